"""Decoders of the viewer's chunks, written from the formats in the encoders' modules.

They share no code with the encoders except the types of chunks.
"""

from __future__ import annotations

import itertools
import zlib

import numpy as np
from numpy.typing import NDArray

from ginn.viewer_data.boundary_chunks import QUANTA, BoundaryChunk
from ginn.viewer_data.vlq import Int
from ginn.viewer_data.weight_chunks import WeightChunk

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SIDES, MIDDLE = 4, 32768


def decode_columns(text: str, magic: str, version: int, fields: int) -> tuple[list[str], list[Int]]:
    """The head's fields as text, and the columns, of a text of `vlq`.

    Raises ValueError if the text has another kind or version, or is damaged.
    """
    head, _, body = text.partition(";")
    found = head.split(",")
    if found[:2] != [magic, str(version)] or len(found) != fields + 3:
        raise ValueError(f"starts with {head[:40]!r}; allowed is '{magic},{version},...'")
    if zlib.adler32(body.encode()) != int(found[2]):
        raise ValueError(f"the checksum is {zlib.adler32(body.encode())}, the head says {found[2]}")
    return found[3:], [_numbers(column) for column in body.split(";")]


def _numbers(text: str) -> Int:
    """The numbers of one column."""
    numbers = []
    number = shift = 0
    for character in text:
        digit = ALPHABET.index(character)
        number += (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(number)
            number = shift = 0
    return np.array(numbers, dtype=np.int64)


def from_zigzag(values: Int) -> Int:
    """The signed numbers from which `vlq.zigzag` makes these."""
    return np.where(values % 2 == 0, values // 2, -(values + 1) // 2)


def decode_weights(text: str) -> WeightChunk:
    """The chunk in a text of `weight_chunks`. Raises ValueError as `decode_columns` does."""
    (first, snapshots, sizes_text), columns = decode_columns(text, "ginn-weights", 1, 3)
    sizes = tuple(map(int, sizes_text.split("-")))
    count = sum(out * (in_ + 1) for in_, out in itertools.pairwise(sizes))
    if [column.size for column in columns] != [count * int(snapshots)]:
        raise ValueError(f"the head says {count} parameters at {snapshots} snapshots")
    steps: NDArray[np.int64] = from_zigzag(columns[0]).reshape(count, int(snapshots))
    bits = np.cumsum(steps, axis=1).astype(np.uint32)  # modulo 2^32
    return WeightChunk(int(first), sizes, np.ascontiguousarray(bits.view(np.float32).T))


def decode_boundaries(text: str) -> BoundaryChunk:
    """The chunk in a text of `boundary_chunks`. Raises ValueError as `decode_columns` does."""
    fields, columns = decode_columns(text, "ginn-boundaries", 2, 5)
    first, snapshots, neurons, polylines, vertices = map(int, fields)
    found = [len(column) for column in columns]
    a_line = snapshots * neurons
    allowed = [a_line, polylines, vertices, vertices, vertices, a_line]
    if found != allowed:
        raise ValueError(f"the columns hold {found} numbers, the head says {allowed}")
    lines, lengths, causes, x, y, corners = columns
    steps = from_zigzag(np.stack([x, y], axis=1)).tolist()

    positions: list[tuple[int, int]] = []
    before: dict[tuple[int, ...], tuple[int, int]] = {}
    here: dict[tuple[int, ...], tuple[int, int]] = {}
    length = iter((lengths // 2).tolist())
    for line, count in enumerate(lines.tolist()):
        neuron = line % neurons
        if neuron == 0:
            before, here = here, {}
        ranks = dict.fromkeys(range(neurons + SIDES), 0)
        for _ in range(count):
            position = (MIDDLE, MIDDLE)
            for _ in range(next(length)):
                cause = int(causes[len(positions)])
                key = (neuron, cause, ranks[cause])
                ranks[cause] += 1
                predicted = before.get(key, position)
                step = steps[len(positions)]
                position = (predicted[0] + step[0], predicted[1] + step[1])
                here[key] = position
                positions.append(position)
    return BoundaryChunk(
        first,
        neurons,
        np.array(positions, dtype=np.uint16).reshape(-1, 2),
        (causes - SIDES).astype(np.int32),
        np.concatenate([[0], np.cumsum(lengths // 2)]),
        lengths % 2 == 1,
        np.concatenate([[0], np.cumsum(lines)]),
        corners == 1,
    )


def segments_of(chunk: BoundaryChunk, snapshot: int, neuron: int) -> NDArray[np.float64]:
    """The segments (S, 2, 2) of a neuron's boundary at a snapshot of the chunk, in domain units."""
    line = snapshot * chunk.neurons + neuron
    found = [np.zeros((0, 2, 2))]
    for p in range(chunk.line_offsets[line], chunk.line_offsets[line + 1]):
        vertices = chunk.positions[chunk.polyline_offsets[p] : chunk.polyline_offsets[p + 1]]
        pairs = np.stack([vertices, np.roll(vertices, -1, axis=0)], axis=1) / QUANTA
        found.append(pairs if chunk.closed[p] else pairs[:-1])
    return np.concatenate(found)
