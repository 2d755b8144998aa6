"""Boundaries and Snapshots -> the small files the viewer draws from.

Every file is a classic script that hands one value to the viewer, `GINN.receive(key, value)`, so
that it loads from a static host and from a folder on disk alike. Three kinds: an experiment's
index, a run's header (both JSON), and a run's chunks of boundaries (one string each, below).

A chunk holds the boundaries of consecutive snapshots in the flat layout of `geometry.Boundaries`,
positions quantised to 16 bits (0..65535 over [0, 1]), and on which side of them the domain's top
left corner is, so that a viewer can fill. Its string is a head and six columns, joined by
semicolons:

    ginn-vectors,VERSION,ADLER32,FIRST,SNAPSHOTS,NEURONS,POLYLINES,VERTICES
    lines       (SNAPSHOTS * NEURONS)  the number of polylines of each neuron at each snapshot
    polylines   (POLYLINES)            twice the number of vertices, plus one if closed
    causes      (VERTICES)             cause + 4, so that the sides of the domain are 0..3
    x, y        (VERTICES)             position minus its prediction, zigzag: 0, -1, 1, -2 -> 0..3
    corners     (SNAPSHOTS * NEURONS)  1 where the neuron's pre-activation at (0, 0) is above zero

Head numbers are decimal; ADLER32 is that checksum of everything after the head. Column numbers
are base-64 variable-length quantities as in source maps, unsigned: five bits a character, least
first, the sixth says that more follow. One character is then one symbol to the host's gzip, which
base-64 over bytes is not. A vertex is predicted to stay where the vertex of the same neuron, cause
and rank among these was at the snapshot before, else at the vertex before it on its polyline, else
at the middle of the domain. No bound on widths or depth but the 31 bits of a number.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.geometry import Boundaries
from ginn.network import Snapshots, pre_activations

MAGIC = "ginn-vectors"
VERSION = 2
QUANTA = 65535  # a domain's side in quanta of position
SNAPSHOTS_A_CHUNK = 32

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CHARACTERS = np.frombuffer(_ALPHABET, dtype=np.uint8)
_MIDDLE = (QUANTA + 1) // 2
_SIDES = 4
_HEAD_FIELDS = 8

Int = NDArray[np.int64]


@dataclass(frozen=True)
class VectorChunk:
    """Boundaries of consecutive snapshots from `first` on, quantised; offsets as in `Boundaries`.

    `positions` (V, 2) uint16; `causes` (V,) int32; `polyline_offsets` (P + 1,), `line_offsets`
    (K * neurons + 1,) int64, both from zero; `closed` (P,) bool; `corners` (K * neurons,) bool,
    whether the neuron is on at (0, 0), by its pre-activation in float64.
    """

    first: int
    neurons: int
    positions: NDArray[np.uint16]
    causes: NDArray[np.int32]
    polyline_offsets: Int
    closed: NDArray[np.bool_]
    line_offsets: Int
    corners: NDArray[np.bool_]

    def __len__(self) -> int:
        """The number of snapshots, K."""
        return (len(self.line_offsets) - 1) // self.neurons


@dataclass(frozen=True)
class RunCard:
    """What a reader is told of a run: its identity, role ("good-1"), title and one sentence."""

    id: str
    role: str
    title: str
    outcome: str


def quantised(boundaries: Boundaries, snapshots: Snapshots, first: int, count: int) -> VectorChunk:
    """The chunk of `count` snapshots from `first` on, of a run and its boundaries.

    Raises ValueError where a vertex lies outside the domain by more than half a quantum.
    """
    line_a, line_b = first * boundaries.neurons, (first + count) * boundaries.neurons
    lines = boundaries.line_offsets[line_a : line_b + 1]
    polylines = boundaries.polyline_offsets[lines[0] : lines[-1] + 1]
    vertices = slice(polylines[0], polylines[-1])
    scaled = np.rint(boundaries.vertices[vertices] * QUANTA)
    outside = ~((scaled >= 0) & (scaled <= QUANTA)).all(axis=1)
    if outside.any():
        vertex = int(polylines[0]) + int(np.argmax(outside))
        raise ValueError(
            f"vertex {vertex} is at {boundaries.vertices[vertex].tolist()}; positions from 0 to 1 "
            "are allowed: clip the boundaries to the domain before they are packed"
        )
    return VectorChunk(
        first,
        boundaries.neurons,
        scaled.astype(np.uint16),
        boundaries.causes[vertices],
        polylines - polylines[0],
        boundaries.closed[lines[0] : lines[-1]],
        lines - lines[0],
        _on_at_the_corner(snapshots, slice(first, first + count)),
    )


def encode(chunk: VectorChunk) -> str:
    """A chunk as the string of this module's head."""
    residuals = chunk.positions.astype(np.int64) - _predictions(chunk)
    zigzag = np.where(residuals >= 0, 2 * residuals, -2 * residuals - 1)
    columns = (
        np.diff(chunk.line_offsets),
        2 * np.diff(chunk.polyline_offsets) + chunk.closed,
        chunk.causes + _SIDES,
        zigzag[:, 0],
        zigzag[:, 1],
        chunk.corners.astype(np.int64),
    )
    body = ";".join(_quantities(column) for column in columns)
    head = (MAGIC, VERSION, zlib.adler32(body.encode()), chunk.first, len(chunk), chunk.neurons)
    return ",".join(map(str, (*head, len(chunk.closed), len(chunk.causes)))) + ";" + body


def decode(text: str) -> VectorChunk:
    """The chunk that `encode` made `text` from; the viewer's decoder, written to be read.

    Raises ValueError where the string is of another kind or version, or damaged.
    """
    head, _, body = text.partition(";")
    fields = head.split(",")
    if fields[:2] != [MAGIC, str(VERSION)] or len(fields) != _HEAD_FIELDS:
        raise ValueError(f"starts with {head[:40]!r}; allowed is '{MAGIC},{VERSION},...'")
    checksum, first, snapshots, neurons, polylines, vertices = map(int, fields[2:])
    if zlib.adler32(body.encode()) != checksum:
        raise ValueError(f"the checksum is {zlib.adler32(body.encode())}, the head says {checksum}")
    columns = [_numbers(column) for column in body.split(";")]
    found = [len(column) for column in columns]
    a_line = snapshots * neurons
    allowed = [a_line, polylines, vertices, vertices, vertices, a_line]
    if found != allowed:
        raise ValueError(f"the columns hold {found} numbers, the head says {allowed}")
    lines, lengths, causes, x, y, corners = columns
    residuals = np.stack([x, y], axis=1)
    residuals = np.where(residuals % 2 == 0, residuals // 2, -(residuals + 1) // 2)
    chunk = VectorChunk(
        first,
        neurons,
        np.zeros((vertices, 2), dtype=np.uint16),
        (causes - _SIDES).astype(np.int32),
        np.concatenate([[0], np.cumsum(lengths // 2)]),
        lengths % 2 == 1,
        np.concatenate([[0], np.cumsum(lines)]),
        corners == 1,
    )
    before, previous = _predecessors(chunk)
    positions = np.full((vertices, 2), _MIDDLE)
    for vertex in range(vertices):
        source = before[vertex] if before[vertex] >= 0 else previous[vertex]
        positions[vertex] = residuals[vertex] + (positions[source] if source >= 0 else _MIDDLE)
    chunk.positions[:] = positions
    return chunk


def run_files(
    card: RunCard,
    snapshots: Snapshots,
    boundaries: Boundaries,
    sprites: Mapping[str, Any],
    snapshots_a_chunk: int = SNAPSHOTS_A_CHUNK,
) -> tuple[str, dict[str, bytes]]:
    """The name of a run's header, and its files: name relative to the data folder -> content.

    `sprites` is plain data for the viewer: {"layers": [film, ...], "output": film}, where a film is
    a `sprites.BoundaryLayout` or `OutputLayout` as a dict, with "files", the names of its sheets in
    order, relative to the data folder.
    """
    files: dict[str, bytes] = {}
    chunks = []
    for number, first in enumerate(range(0, len(snapshots), snapshots_a_chunk)):
        count = min(snapshots_a_chunk, len(snapshots) - first)
        name, content = _script(
            f"{card.id}/vectors-{number:03d}",
            encode(quantised(boundaries, snapshots, first, count)),
        )
        chunks.append(name)
        files[name] = content
    header = {
        "version": VERSION,
        "id": card.id,
        "seed": snapshots.seed,
        "role": card.role,
        "title": card.title,
        "outcome": card.outcome,
        "ended": snapshots.ended,
        "widths": list(snapshots.widths),
        "iterations": snapshots.iterations.tolist(),
        "loss": _rounded(snapshots.loss),
        "accuracy": _rounded(snapshots.accuracy),
        "learning_rate": _rounded(snapshots.learning_rate),
        "regions": boundaries.regions.tolist(),
        "snapshots_a_chunk": snapshots_a_chunk,
        "chunks": chunks,
        "sprites": dict(sprites),
    }
    name, content = _script(f"{card.id}/run", header)
    files[name] = content
    return name, files


def index_file(
    experiment: Mapping[str, Any], runs: Sequence[tuple[RunCard, int, str]]
) -> tuple[str, bytes]:
    """The name and content of an experiment's index, the first file the viewer asks for.

    `experiment` is plain data: id, title, pixels, widths, target (file name of the picture),
    layer_colours, output_colour; each run is its card, its number of snapshots, its header's name.
    """
    index = {
        "version": VERSION,
        **experiment,
        "runs": [
            {
                "id": card.id,
                "role": card.role,
                "title": card.title,
                "outcome": card.outcome,
                "snapshots": snapshots,
                "header": header,
            }
            for card, snapshots, header in runs
        ],
    }
    return _script("index", index)


def _script(key: str, value: object) -> tuple[str, bytes]:
    """Content-hashed file name and script that hands `value` to the viewer under `key`."""
    value_text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    content = f"GINN.receive({json.dumps(key)},{value_text});\n".encode()
    return f"{key}.{hashlib.sha256(content).hexdigest()[:10]}.js", content


def _rounded(values: NDArray[np.float64]) -> list[float]:
    """Five significant digits: more than the page prints, fewer than the file would carry."""
    return [float(f"{value:.5g}") for value in values]


def _on_at_the_corner(snapshots: Snapshots, part: slice) -> NDArray[np.bool_]:
    """Whether each neuron is on at the domain's top left corner, snapshot by snapshot (K * N,)."""
    weights = tuple(weight[part] for weight in snapshots.weights)
    biases = tuple(bias[part] for bias in snapshots.biases)
    layers = pre_activations(weights, biases, np.zeros((1, 2)))  # (K, 1, out) each
    return (np.concatenate(layers, axis=-1) > 0).ravel()


def _predictions(chunk: VectorChunk) -> Int:
    """Where each vertex is predicted to be, in quanta (V, 2)."""
    before, previous = _predecessors(chunk)
    source = np.where(before >= 0, before, previous)
    positions = chunk.positions.astype(np.int64)
    return np.where(source[:, None] >= 0, positions[source], _MIDDLE)


def _predecessors(chunk: VectorChunk) -> tuple[Int, Int]:
    """For each vertex its like at the snapshot before, and the vertex before it; -1 where none."""
    vertices = len(chunk.causes)
    if vertices == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    polyline = np.repeat(np.arange(len(chunk.closed)), np.diff(chunk.polyline_offsets))  # (V,)
    starts = chunk.polyline_offsets[polyline]  # (V,)
    number = np.arange(vertices)
    previous = np.where(number > starts, number - 1, -1)

    line = np.repeat(np.arange(len(chunk.line_offsets) - 1), np.diff(chunk.line_offsets))  # (P,)
    causes = chunk.neurons + _SIDES
    kind = line[polyline] * causes + chunk.causes + _SIDES  # (V,) snapshot, neuron and cause
    order = np.argsort(kind, kind="stable")
    first_of_kind = np.searchsorted(kind[order], kind[order])
    rank = np.empty(vertices, dtype=np.int64)
    rank[order] = number - first_of_kind
    ranked = kind * vertices + rank  # one number for snapshot, neuron, cause and rank
    ascending = ranked[order]
    wanted = ranked - chunk.neurons * causes * vertices
    found = np.minimum(np.searchsorted(ascending, wanted), vertices - 1)
    before = np.where(ascending[found] == wanted, order[found], -1)
    return before, previous


def _quantities(values: NDArray[Any]) -> str:
    """Non-negative whole numbers as base-64 variable-length quantities."""
    rest = values.astype(np.int64)
    digits = []
    while True:
        digits.append(rest & 31)
        rest = rest >> 5
        if not rest.any():
            break
    table = np.stack(digits, axis=1)  # (V, most digits)
    used = values[:, None] >= np.int64(32) ** np.arange(len(digits))
    used[:, 0] = True
    more = np.zeros_like(used)
    more[:, :-1] = used[:, 1:]
    return bytes(_CHARACTERS[(table + 32 * more)[used]].tobytes()).decode()


def _numbers(text: str) -> Int:
    """The numbers of one column of base-64 variable-length quantities."""
    numbers = []
    number = shift = 0
    for character in text:
        digit = _ALPHABET.index(character.encode())
        number += (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(number)
            number = shift = 0
    return np.array(numbers, dtype=np.int64)
