"""Boundaries and Snapshots -> the small files the viewer draws from.

Every file is a classic script that hands one value to the viewer, `GINN.receive(key, value)`, so
that it loads from a static host and from a folder on disk alike. Four kinds: an experiment's
index, a run's header (both JSON), a run's chunks of boundaries (one text each, below), and the
weights of the same snapshots (see `weights`).

A chunk holds the boundaries of consecutive snapshots in the flat layout of `geometry.Boundaries`,
positions quantised to 16 bits (0..65535 over [0, 1]), and on which side of them the domain's top
left corner is, so that a viewer can fill. Its text is sealed as in `quantities`, with six columns:

    ginn-vectors,VERSION,ADLER32,FIRST,SNAPSHOTS,NEURONS,POLYLINES,VERTICES
    lines       (SNAPSHOTS * NEURONS)  the number of polylines of each neuron at each snapshot
    polylines   (POLYLINES)            twice the number of vertices, plus one if closed
    causes      (VERTICES)             cause + 4, so that the sides of the domain are 0..3
    x, y        (VERTICES)             position minus its prediction, zigzag
    corners     (SNAPSHOTS * NEURONS)  1 where the neuron's pre-activation at (0, 0) is above zero

A vertex is predicted to stay where the vertex of the same neuron, cause and rank among these was at
the snapshot before, else at the vertex before it on its polyline, else at the middle of the domain.
No bound on widths or depth but the 31 bits of a number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.outcomes import NamedSnapshot
from ginn.geometry.boundaries import Boundaries
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun
from ginn.viewer_data import weight_chunks as weights
from ginn.viewer_data.vlq import Int, sealed, signed, unsealed, zigzag

MAGIC = "ginn-vectors"
VERSION = 2
QUANTA = 65535  # a domain's side in quanta of position
SNAPSHOTS_A_CHUNK = 32

_MIDDLE = (QUANTA + 1) // 2
_SIDES = 4
_FIELDS = 5


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


def quantised(
    boundaries: Boundaries, snapshots: RecordedRun, first: int, count: int
) -> VectorChunk:
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
    """A chunk as the text of this module's head."""
    residuals = chunk.positions.astype(np.int64) - _predictions(chunk)
    packed = zigzag(residuals)
    columns = (
        np.diff(chunk.line_offsets),
        2 * np.diff(chunk.polyline_offsets) + chunk.closed,
        chunk.causes + _SIDES,
        packed[:, 0],
        packed[:, 1],
        chunk.corners.astype(np.int64),
    )
    fields = (chunk.first, len(chunk), chunk.neurons, len(chunk.closed), len(chunk.causes))
    return sealed(MAGIC, VERSION, fields, columns)


def decode(text: str) -> VectorChunk:
    """The chunk that `encode` made `text` from; the viewer's decoder, written to be read.

    Raises ValueError where the text is of another kind or version, or damaged.
    """
    fields, columns = unsealed(text, MAGIC, VERSION, _FIELDS)
    first, snapshots, neurons, polylines, vertices = map(int, fields)
    found = [len(column) for column in columns]
    a_line = snapshots * neurons
    allowed = [a_line, polylines, vertices, vertices, vertices, a_line]
    if found != allowed:
        raise ValueError(f"the columns hold {found} numbers, the head says {allowed}")
    lines, lengths, causes, x, y, corners = columns
    residuals = signed(np.stack([x, y], axis=1))
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
    snapshots: RecordedRun,
    boundaries: Boundaries,
    motion: Float64,
    moments: Sequence[NamedSnapshot],
    sprites: Mapping[str, Any],
    snapshots_a_chunk: int = SNAPSHOTS_A_CHUNK,
) -> tuple[str, dict[str, bytes]]:
    """The name of a run's header, and its files: name relative to the data folder -> content.

    `motion` (K, layers) is that of `motion.motion`; the header holds it layer by layer. `moments`
    are in order of snapshot.
    `sprites` is plain data for the viewer: {"layers": [film, ...], "output": film}, where a film is
    a `sprites.BoundaryLayout` or `OutputLayout` as a dict, with "files", the names of its sheets in
    order, relative to the data folder.
    """
    files: dict[str, bytes] = {}
    chunks, weight_chunks = [], []
    for number, first in enumerate(range(0, len(snapshots), snapshots_a_chunk)):
        count = min(snapshots_a_chunk, len(snapshots) - first)
        name, content = _script(
            f"{card.id}/vectors-{number:03d}",
            encode(quantised(boundaries, snapshots, first, count)),
        )
        chunks.append(name)
        files[name] = content
        name, content = _script(
            f"{card.id}/weights-{number:03d}",
            weights.encode(weights.parameters(snapshots, first, count)),
        )
        weight_chunks.append(name)
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
        "loss": _rounded(snapshots.loss, 5),
        "accuracy": _rounded(snapshots.accuracy, 5),
        "learning_rate": _rounded(snapshots.learning_rate, 5),
        "regions": boundaries.regions.tolist(),
        "motion": [_rounded(layer, 3) for layer in motion.T],
        "moments": [
            {"name": moment.name, "step": moment.snapshot, "text": moment.text}
            for moment in moments
        ],
        "snapshots_a_chunk": snapshots_a_chunk,
        "chunks": chunks,
        "weights": weight_chunks,
        "sprites": dict(sprites),
    }
    name, content = _script(f"{card.id}/run", header)
    files[name] = content
    return name, files


def labels_text(labels: NDArray[np.bool_]) -> str:
    """The picture's labels as lengths of runs, row by row, black first: a sealed text.

    Browsers do not let a page read the pixels of a picture that lies in a local folder.
    """
    flat = labels.ravel().astype(np.int8)
    edges = np.flatnonzero(np.diff(flat, prepend=0, append=1 - flat[-1:]))
    runs = np.diff(edges, prepend=0)
    return sealed("ginn-labels", 1, [len(runs)], [runs])


def index_file(
    experiment: Mapping[str, Any],
    labels: NDArray[np.bool_],
    runs: Sequence[tuple[RunCard, int, str]],
) -> tuple[str, bytes]:
    """The name and content of an experiment's index, the first file the viewer asks for.

    `experiment` is plain data: id, title, pixels, widths, target (file name of the picture),
    layer_colours, output_colour; `labels` (n, n) is the picture itself; each run is its card, its
    number of snapshots, its header's name.
    """
    index = {
        "version": VERSION,
        **experiment,
        "labels": labels_text(labels),
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


def _rounded(values: Float64, digits: int) -> list[float]:
    """Significant digits: more than the page shows, fewer than the file would carry."""
    return [float(f"{value:.{digits}g}") for value in values]


def _on_at_the_corner(snapshots: RecordedRun, part: slice) -> NDArray[np.bool_]:
    """Whether each neuron is on at the domain's top left corner, snapshot by snapshot (K * N,)."""
    layers = pre_activations(
        tuple(weight[part] for weight in snapshots.weights),
        tuple(bias[part] for bias in snapshots.biases),
        np.zeros((1, 2)),
    )  # (K, 1, out) each
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
