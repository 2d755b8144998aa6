"""The subdivision of the unit square by ReLU networks, for any kind of arithmetic.

Every pre-activation of a layer is affine on every cell of the subdivision made by the layers before
it. So a layer cuts each cell in straight lines, and the values at the vertices determine the cut:
an edge whose ends differ in sign is crossed once, at the place that linear interpolation gives.
Compare "edge subdivision", Berzins 2023, arXiv:2306.07212.

Sign. A neuron is on where its pre-activation is above zero; at zero it is off. So every vertex is
on or off, and no vertex is ever moved. A boundary through a vertex, or along another line, cuts as
if it passed a little further towards its on side. What it cuts off there has no area.

Why this suffices. Around a convex cell, an affine function changes its sign at most twice. If the
values have this property when the layer is entered, they keep it, whatever the rounding. If a
neuron is on at both ends of an edge, it is on at a new vertex between them, too. The same holds if
it is off. So a new vertex adds no change of sign, and a part of a cell has no more changes than the
cell. A boundary therefore enters a cell at most once.

`rounded.RoundedSubdivision` computes in float64, and knows where that does not decide a sign.
`exact.ExactSubdivision` computes on integers, for these cases.

Axes: B snapshots of a chunk, V vertices, E edges, L lines, C cells, M crossings.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ginn.errors import AuthorError
from ginn.geometry.cutting import (
    CELLS,
    EDGES,
    FIRST,
    LINES,
    OFF_PART,
    OUTSIDE,
    VERTICES,
    chains,
)
from ginn.network.run import Float32, Float64

# A cause below zero is the side of the domain where a boundary ends.
LEFT, TOP, RIGHT, BOTTOM = -1, -2, -3, -4

# Snapshots cut together: enough to spread the cost of NumPy's calls, few enough to stay in cache.
CHUNK = 16
# The largest number of values at the vertices of a chunk. The work holds up to ten arrays of that
# size, 0.6 GB, for any network.
MOST_NUMBERS = 6_000_000

Bool = NDArray[np.bool_]
Index = NDArray[np.intp]
Array = TypeVar("Array", bound=NDArray[Any])
T = TypeVar("T")


class _TooLargeError(AuthorError):
    """A chunk that needs more memory than allowed. Fewer snapshots at a time may fit."""


class Subdivision(ABC):
    """The vertices, edges and cells of all snapshots of a chunk, in flat arrays that grow in place.

    The arrays are longer than needed; `vertices`, `edge_count`, `lines` and `cells` are the lengths
    in use. `values` (3 + width, V) holds x, y, a number that the kind of arithmetic needs, and the
    layer's pre-activations at each vertex; `made` (6, V) holds the snapshot, and how the vertex was
    made: tail, head, line and owner of the edge that was crossed, and the neuron that crossed it.
    The corners of the domain lie on two sides, and are their own tail and head. Vertex 4 b is the
    top left corner of the domain in snapshot b.

    `edges` (6, E) holds tail and head vertex, the line on which the edge lies, the cells left and
    right of tail-to-head in the axes (x, y), and the owner: the neuron on whose boundary the edge
    lies, or a side of the domain. A line is the part of a boundary in the cell that it cut;
    `line_ends` (2, L) are its vertices. `cell_snapshot` is (C,); cell 0 is OUTSIDE. `cell_on`
    (words, C) says which neurons of the layers before are on in each cell, if the arithmetic needs
    it.

    `uncertain` (B,) marks snapshots that this arithmetic does not decide; their data have no
    meaning. The chunk's first snapshot is `first_snapshot`, and the layer's first neuron is
    `first_neuron`.
    """

    def __init__(self, snapshots: int, first_snapshot: int, corners: NDArray[Any]) -> None:
        """Begin with the unit square, once for each of `snapshots` snapshots.

        `corners` (3, 4) are the first rows of `values` at its corners.
        """
        count = np.arange(snapshots)
        tail = np.arange(4 * snapshots)
        head = tail.reshape(-1, 4)[:, [1, 2, 3, 0]].ravel()
        owner = np.array([TOP, RIGHT, BOTTOM, LEFT] * snapshots)
        other = np.array([LEFT, TOP, RIGHT, BOTTOM] * snapshots)
        snapshot, outside = np.repeat(count, 4), np.full_like(tail, OUTSIDE)
        self.snapshots, self.first_snapshot, self.first_neuron = snapshots, first_snapshot, 0
        # The entries are VERTICES, EDGES, LINES and CELLS.
        self.counts: Index = np.array([4 * snapshots] * 3 + [snapshots + 1])
        self.values: NDArray[Any] = np.tile(corners, snapshots)
        self.made: Index = np.stack([snapshot, tail, tail, tail, owner, other])
        self.edges: Index = np.stack([tail, head, tail, snapshot + 1, outside, owner])
        self.line_ends: Index = np.stack([tail, head])
        self.cell_snapshot: Index = np.concatenate([[-1], count])
        self.cell_on: Index = np.zeros((0, snapshots + 1), dtype=np.intp)
        self.uncertain: Bool = np.zeros(snapshots, dtype=np.bool_)
        self._scratch = _scratch(4 * snapshots + 1)

    @property
    def vertices(self) -> int:
        """The number of vertices, V."""
        return int(self.counts[VERTICES])

    @property
    def edge_count(self) -> int:
        """The number of edges, E."""
        return int(self.counts[EDGES])

    @property
    def lines(self) -> int:
        """The number of lines, L."""
        return int(self.counts[LINES])

    @property
    def cells(self) -> int:
        """The number of cells, C, with OUTSIDE."""
        return int(self.counts[CELLS])

    @abstractmethod
    def enter_layer(self, first_neuron: int, weight: Float32, bias: Float32) -> None:
        """Compute the pre-activations of a layer, with `weight` (B, out, in) and `bias` (B, out).

        Before the call, `values` holds the pre-activations of the layer before, if there is one.
        """

    @abstractmethod
    def cut(self) -> None:
        """Cut every cell through which the boundary of a neuron of the layer passes.

        Marks as uncertain the snapshots that the cuts leave open.
        """

    @abstractmethod
    def crossing_places(self, order: Index) -> Float64:
        """The position of crossings, (2, M), within `rounded.POSITION_ERROR`.

        `order` (2, M) holds the neuron, counted in the layer, and the crossed edge. Marks as
        uncertain the snapshots in which a position is not sure.
        """

    @abstractmethod
    def areas(self) -> Float64:
        """The area of each cell, (C,), in domain units; the entry of OUTSIDE has no meaning."""

    @abstractmethod
    def has_area(self) -> Bool:
        """Whether each cell has an area, (C,); the entry of OUTSIDE has no meaning."""

    def inputs(self) -> NDArray[Any]:
        """The pre-activations of the layer in `values`, or x and y before the first layer."""
        rows = slice(FIRST, None) if len(self.values) > FIRST else slice(2)
        return self.values[rows, : self.vertices]

    def signs(self) -> Bool:
        """Whether each neuron of the layer is on at each vertex, (width, V)."""
        return np.asarray(self.values[FIRST:, : self.vertices] > 0)

    def polylines(self) -> tuple[Index, Index]:
        """The boundaries of the layer: all crossings in order, (2, M), and the polylines' starts.

        A crossing is a neuron, counted in the layer, and an edge. A boundary runs with its on side
        to the left in the axes (x, y), which is to the right on a screen with y down. The second
        array (2, P) holds the first crossing of each polyline, and whether it is closed.
        """
        on, edges, count = self.signs(), self.edges, self.edge_count
        following, crossing = np.empty(self.cells, np.intp), np.empty((4, count), np.intp)
        room = 2 * count
        while True:
            order, starts = np.empty((2, room), np.intp), np.empty((2, room), np.intp)
            found, pieces = chains(on, edges, count, following, crossing, order, starts)
            if found <= room:
                return order[:, :found], starts[:, :pieces]
            room = found

    def regions(self) -> NDArray[np.int32]:
        """The number of cells of each snapshot that have an area, (B,)."""
        region = self.has_area()
        region[OUTSIDE] = False
        count = np.bincount(self.cell_snapshot[: self.cells][region], minlength=self.snapshots)
        return count.astype(np.int32)

    def require_room(self, neuron: int, numbers: int) -> None:
        """Raise _TooLargeError if `numbers` is more than MOST_NUMBERS."""
        if numbers > MOST_NUMBERS:
            each = np.bincount(self.cell_snapshot[1 : self.cells], minlength=self.snapshots)
            fullest = int(np.argmax(each))
            raise _TooLargeError(
                f"{each[fullest]:,} linear regions at snapshot {self.first_snapshot + fullest} for "
                f"neuron {self.first_neuron + neuron} to cut, and {numbers:,} numbers to hold",
                f"{MOST_NUMBERS:,} numbers, which take some 80 bytes each",
                "use fewer units, or raise MOST_NUMBERS in ginn/geometry/subdivision.py",
            )

    def _reserve(self, neuron: int, crossings: int) -> None:
        """Make room for a number of crossings by a neuron, counted in the layer."""
        vertices, edges = self.vertices + crossings, self.edge_count + 2 * crossings
        lines, cells = self.lines + crossings, self.cells + crossings
        self.require_room(neuron, vertices * len(self.values))
        if vertices > min(self.made.shape[1], self.values.shape[1]):
            self.values = grown(self.values, 2 * vertices)
            self.made = grown(self.made, 2 * vertices)
        if edges > self.edges.shape[1]:
            self.edges = grown(self.edges, 2 * edges)
        if lines > self.line_ends.shape[1]:
            self.line_ends = grown(self.line_ends, 2 * lines)
        if cells > self.cell_snapshot.size:
            self.cell_snapshot = grown(self.cell_snapshot, 2 * cells)
            self.cell_on = grown(self.cell_on, 2 * cells)
        most = max(self.edges.shape[1], self.cell_snapshot.size)
        if most > self._scratch.shape[1]:
            self._scratch = _scratch(most)


def _scratch(size: int) -> Index:
    """What `cutting.cut` overwrites, (3, size)."""
    scratch = np.empty((3, size), dtype=np.intp)
    scratch[OFF_PART] = np.arange(size)
    return scratch


def by_chunks(snapshots: int, work: Callable[[int, int], T]) -> Iterator[T]:
    """The results of `work(first, count)` for each chunk of snapshots, in order.

    A chunk that needs too much memory is tried again with half as many snapshots, and the following
    chunks are no longer than that. Raises AuthorError if one snapshot alone needs too much.
    """
    first, longest = 0, CHUNK
    while first < snapshots:
        count = min(longest, snapshots - first)
        try:
            result = work(first, count)
        except _TooLargeError:
            if count == 1:
                raise
            longest = count // 2
            continue
        yield result
        first += count


def grown(array: Array, size: int) -> Array:
    """The array, extended to `size` entries on its last axis; the new entries are undefined."""
    larger = np.empty((*array.shape[:-1], size), dtype=array.dtype)
    larger[..., : array.shape[-1]] = array
    return larger  # type: ignore[return-value]
