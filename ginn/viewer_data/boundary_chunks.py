"""Boundaries of a run as text that the viewer draws from.

A chunk holds the boundaries of consecutive snapshots in the flat layout of `boundaries.Boundaries`.
Positions are quantised to 16 bits (0..65535 over [0, 1]). For each neuron, the chunk holds whether
the neuron is on at the domain's top left corner, so that a viewer can fill the on side. The text
has the format of `vlq`, with six columns:

    ginn-boundaries,VERSION,ADLER32,FIRST,SNAPSHOTS,NEURONS,POLYLINES,VERTICES
    lines       (SNAPSHOTS * NEURONS)  the number of polylines of each neuron at each snapshot
    polylines   (POLYLINES)            twice the number of vertices, plus one if closed
    causes      (VERTICES)             cause + 4, so that the sides of the domain are 0..3
    x, y        (VERTICES)             position minus its prediction, zigzag
    corners     (SNAPSHOTS * NEURONS)  1 where the neuron's pre-activation at (0, 0) is above zero

The prediction of a vertex is the position of the matching vertex at the snapshot before. The two
match if they have the same neuron, the same cause, and the same rank among the vertices of that
neuron and cause. If no vertex matches, the prediction is the previous vertex of the polyline. For
the first vertex of a polyline, it is the middle of the domain. A number has at most 31 bits; no
other bound on widths or depth applies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.geometry.boundaries import Boundaries
from ginn.viewer_data.vlq import Int, encode_columns, zigzag

MAGIC = "ginn-boundaries"
VERSION = 2
QUANTA = 65535  # the length of the domain's side, in quanta of position

_MIDDLE = (QUANTA + 1) // 2
_SIDES = 4


@dataclass(frozen=True)
class BoundaryChunk:
    """Quantised boundaries of K consecutive snapshots from `first` on; offsets as in `Boundaries`.

    `positions` is (V, 2) uint16, `causes` (V,) int32, `closed` (P,) bool. `polyline_offsets`
    (P + 1,) and `line_offsets` (K * neurons + 1,), int64, begin at zero. `corners` (K * neurons,)
    bool says whether a neuron is on at (0, 0), as in `Boundaries`.
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


def boundary_chunk(boundaries: Boundaries, first: int, count: int) -> BoundaryChunk:
    """The chunk of `count` snapshots from `first` on, of the boundaries of a run.

    Raises ValueError if a vertex lies outside the domain by more than half a quantum.
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
            "are allowed: clip the boundaries to the domain before they are encoded"
        )
    return BoundaryChunk(
        first,
        boundaries.neurons,
        scaled.astype(np.uint16),
        boundaries.causes[vertices],
        polylines - polylines[0],
        boundaries.closed[lines[0] : lines[-1]],
        lines - lines[0],
        boundaries.corners[first : first + count].ravel(),
    )


def overview_chunk(boundaries: Boundaries, stride: int) -> BoundaryChunk:
    """The chunk of every `stride`-th snapshot from the first on, as if they were consecutive."""
    parts = [
        boundary_chunk(boundaries, step, 1) for step in range(0, len(boundaries.regions), stride)
    ]
    return BoundaryChunk(
        0,
        boundaries.neurons,
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.causes for part in parts]),
        _joined([part.polyline_offsets for part in parts]),
        np.concatenate([part.closed for part in parts]),
        _joined([part.line_offsets for part in parts]),
        np.concatenate([part.corners for part in parts]),
    )


def _joined(offsets: Sequence[Int]) -> Int:
    """The offsets of parts that follow one another, from those of each part."""
    return np.concatenate([[0], np.cumsum(np.concatenate([np.diff(part) for part in offsets]))])


def encode(chunk: BoundaryChunk) -> str:
    """The text of a chunk, as the module's docstring states."""
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
    return encode_columns(MAGIC, VERSION, fields, columns)


def _predictions(chunk: BoundaryChunk) -> Int:
    """The predicted position of each vertex, in quanta, (V, 2)."""
    before, previous = _predecessors(chunk)
    source = np.where(before >= 0, before, previous)
    positions = chunk.positions.astype(np.int64)
    return np.where(source[:, None] >= 0, positions[source], _MIDDLE)


def _predecessors(chunk: BoundaryChunk) -> tuple[Int, Int]:
    """For each vertex, the matching one and the previous one on its polyline, (V,) each.

    Both are indices of vertices, or -1 if there is none.
    """
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
