"""The subdivision of the unit square by ReLU networks, whatever the numbers it is computed in.

Every pre-activation of a layer is affine on every cell of the subdivision made by the layers before
it. So a layer cuts each cell in straight lines, and the values at the vertices determine the cut:
an edge whose ends differ in sign is crossed once, at the place that linear interpolation gives.
Compare "edge subdivision", Berzins 2023, arXiv:2306.07212.

Sign. A neuron is on where its pre-activation is above zero; at zero it is off. So every vertex is
on or off, and no vertex is ever moved. A line through a vertex, or along another line, is cut like
a line that passes a little to the on side of it. What it cuts off there has no area.

Why this suffices. Around a convex cell, an affine function changes its sign at most twice. If the
values have this property when the layer is entered, they keep it, whatever the rounding: a new
vertex lies between two on ends and is on, or between two off ends and is off, so it adds no change
of sign, and a part of a cell has no more changes than the cell. So a boundary enters a cell once at
most.

`rounded.RoundedSubdivision` computes in float64, and knows where that does not decide a sign.
`exact.ExactSubdivision` computes on integers, for these cases.

Axes: B snapshots of a chunk, V vertices, E edges, L lines, C cells, M crossings.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ginn.errors import AuthorError
from ginn.network.run import Float32, Float64

# A cause below zero is the side of the domain where a boundary ends.
LEFT, TOP, RIGHT, BOTTOM = -1, -2, -3, -4

# The cell that stands for everything beyond the domain.
OUTSIDE = 0

# Rows of `Subdivision.edges`.
TAIL, HEAD, LINE, ON_LEFT, ON_RIGHT, OWNER = range(6)

# The first row of `Subdivision.values` that holds pre-activations.
FIRST = 3

# Snapshots cut together: enough to spread the cost of NumPy's calls, few enough to stay in cache.
CHUNK = 32
# The largest number of values at the vertices of a chunk. The work holds up to ten arrays of that
# size, 0.6 GB, for any network.
MOST_NUMBERS = 6_000_000

Bool = NDArray[np.bool_]
Index = NDArray[np.intp]
Array = TypeVar("Array", bound=NDArray[Any])
T = TypeVar("T")


class _TooLargeError(AuthorError):
    """A chunk that needs more memory than allowed. Fewer snapshots at a time may fit."""


@dataclass(frozen=True)
class Crossings:
    """The crossings of boundaries and edges, (M,) each: an entry for each neuron and crossed edge.

    A boundary runs with its on side to the left in the axes (x, y), which is to the right on a
    screen with y down. It leaves the cell `before` and enters the cell `after`. `tail`, `head`,
    `line` and `owner` are those of the edge.
    """

    neuron: Index
    tail: Index
    head: Index
    line: Index
    owner: Index
    before: Index
    after: Index


class Cut(NamedTuple):
    """The cut of a neuron: the entries `crossed` (6, M) of the edges on which it made vertices.

    `ends` (2, L) are the vertices at the ends of the lines that it made.
    """

    neuron: int
    crossed: Index
    ends: Index


class Subdivision(ABC):
    """The vertices, edges and cells of all snapshots of a chunk, in flat arrays that grow in place.

    The arrays are longer than needed; `vertices`, `edge_count`, `lines` and `cells` are the lengths
    in use. `values` (3 + width, V) holds x, y, a number that the kind of arithmetic needs, and the
    layer's pre-activations at each vertex; `vertex_snapshot` (V,) is the snapshot. Of snapshot b,
    vertex 4 b is the domain's top left corner.

    `edges` (6, E) holds tail and head vertex, the line on which the edge lies, the cells left and
    right of tail-to-head in the axes (x, y), and the owner: the neuron on whose boundary the edge
    lies, or a side of the domain. A line is the part of a boundary in the cell that it cut. `cuts`
    are those of the layer at hand, in order. `cell_snapshot` is (C,); cell 0 is OUTSIDE.

    `uncertain` (B,) marks snapshots that this arithmetic does not decide; what is held of them has
    no meaning. The chunk's first snapshot is `first_snapshot`, and the layer's first neuron
    `first_neuron`.
    """

    def __init__(self, snapshots: int, first_snapshot: int, corners: NDArray[Any]) -> None:
        """Begin with the unit square, once for each of `snapshots` snapshots.

        `corners` (3, 4) are the first rows of `values` at its corners.
        """
        count = np.arange(snapshots)
        tail = np.arange(4 * snapshots)
        head = tail.reshape(-1, 4)[:, [1, 2, 3, 0]].ravel()
        outside = np.full_like(tail, OUTSIDE)
        owner = np.tile([TOP, RIGHT, BOTTOM, LEFT], snapshots)
        self.snapshots, self.first_snapshot, self.first_neuron = snapshots, first_snapshot, 0
        self.vertices = self.edge_count = self.lines = 4 * snapshots
        self.cells = snapshots + 1
        self.values: NDArray[Any] = np.tile(corners, snapshots)
        self.vertex_snapshot: Index = np.repeat(count, 4)
        self.edges: Index = np.stack([tail, head, tail, np.repeat(count + 1, 4), outside, owner])
        self.cuts: list[Cut] = []
        self.cell_snapshot: Index = np.concatenate([[-1], count])
        self.uncertain: Bool = np.zeros(snapshots, dtype=np.bool_)

    @abstractmethod
    def enter_layer(self, first_neuron: int, weight: Float32, bias: Float32) -> None:
        """Compute the pre-activations of a layer, with `weight` (B, out, in) and `bias` (B, out).

        The values at hand are those of the layer before, or none in front of the first layer.
        """

    @abstractmethod
    def leave_layer(self) -> None:
        """Mark as uncertain the snapshots that the layer's cuts leave open."""

    @abstractmethod
    def crossing_places(self, crossings: Crossings) -> Float64:
        """The position of each crossing, (2, M), within `rounded.POSITION_ERROR`.

        Marks as uncertain the snapshots in which this is not sure.
        """

    @abstractmethod
    def areas(self) -> Float64:
        """The area of each cell, (C,), in domain units; not for OUTSIDE."""

    @abstractmethod
    def has_area(self) -> Bool:
        """Whether each cell has an area, (C,); not for OUTSIDE."""

    @abstractmethod
    def between(self, neuron: int, tail: Index, head: Index) -> NDArray[Any]:
        """The values (3 + width, M) where the boundary of a neuron crosses edges."""

    def inputs(self) -> NDArray[Any]:
        """What the layer to be entered takes: the values at hand, or x and y in front of it."""
        rows = slice(FIRST, None) if len(self.values) > FIRST else slice(2)
        return self.values[rows, : self.vertices]

    def signs(self) -> Bool:
        """Whether each neuron of the layer is on at each vertex, (width, V)."""
        return np.asarray(self.values[FIRST:, : self.vertices] > 0)

    def crossings(self) -> Crossings:
        """Every crossing of the layer's boundaries with the edges."""
        edges, on = self.edges[:, : self.edge_count], self.signs()
        tail_on = np.take(on, edges[TAIL], axis=1)  # (width, E)
        differ = tail_on != np.take(on, edges[HEAD], axis=1)
        neuron, edge = np.divmod(np.flatnonzero(differ), max(self.edge_count, 1))
        tail, head, line, left, right, owner = edges[:, edge]
        forward = tail_on[neuron, edge]
        before, after = np.where(forward, right, left), np.where(forward, left, right)
        return Crossings(neuron, tail, head, line, owner, before, after)

    def predecessors(self, crossings: Crossings) -> Index:
        """The crossing before each one on its boundary, (M,); itself where the boundary begins."""
        width = len(self.values) - FIRST
        itself = np.arange(crossings.tail.size)
        into = np.zeros(self.cells * width, dtype=np.intp)
        into[crossings.after * width + crossings.neuron] = itself
        before = into[crossings.before * width + crossings.neuron]
        return np.where(crossings.before == OUTSIDE, itself, before)

    def split(self, neuron: int) -> None:
        """Cut every cell through which the boundary of the layer's neuron `neuron` passes."""
        first, count = self.vertices, self.edge_count
        on = self.values[FIRST + neuron, :first] > 0
        tail_on = on.take(self.edges[TAIL, :count])
        (edge,) = np.not_equal(tail_on, on.take(self.edges[HEAD, :count])).nonzero()
        if edge.size == 0:
            return
        self._reserve(neuron, edge.size)
        edges, halves = self.edges, count + edge.size
        crossed, forward = edges.take(edge, axis=1), tail_on.take(edge)
        before = np.where(forward, crossed[ON_RIGHT], crossed[ON_LEFT])
        after = np.where(forward, crossed[ON_LEFT], crossed[ON_RIGHT])
        vertex = np.arange(first, first + edge.size)
        into = np.empty(self.cells, dtype=np.intp)  # the vertex where the boundary enters a cell
        into[after] = vertex
        self._add_vertices(neuron, crossed)
        # The entry of a crossed edge becomes its tail half; its head half is at the end.
        edges[:, count:halves] = crossed
        edges[TAIL, count:halves] = edges[HEAD, edge] = vertex
        # The off part of every cut cell gets a new number, in order of the crossings.
        (inner,) = before.nonzero()
        cell = before.take(inner)
        cells = self.cells + cell.size
        off_part = np.arange(cells)
        new_cell = off_part[self.cells :]
        off_part[cell] = new_cell
        sides = edges[ON_LEFT : ON_RIGHT + 1, :halves]
        off = np.concatenate((~tail_on, forward))
        np.copyto(sides, off_part.take(sides), where=off)
        ends = np.stack([into.take(cell), vertex.take(inner)])
        self._add_lines(neuron, halves, ends, (cell, new_cell))
        self.cuts.append(Cut(neuron, crossed, ends))
        self.cell_snapshot[self.cells : cells] = self.cell_snapshot.take(cell)
        self.cells = cells

    def regions(self) -> NDArray[np.int32]:
        """The number of cells of each snapshot that have an area, (B,)."""
        region = self.has_area()
        region[OUTSIDE] = False
        count = np.bincount(self.cell_snapshot[: self.cells][region], minlength=self.snapshots)
        return count.astype(np.int32)

    def _add_vertices(self, neuron: int, crossed: Index) -> None:
        """Add the vertices where a neuron's boundary crosses edges, `crossed` (6, M)."""
        first, self.vertices = self.vertices, self.vertices + crossed.shape[1]
        part = slice(first, self.vertices)
        self.values[:, part] = self.between(neuron, crossed[TAIL], crossed[HEAD])
        self.vertex_snapshot[part] = self.vertex_snapshot[crossed[TAIL]]

    def _add_lines(self, neuron: int, edge: int, ends: Index, cells: tuple[Index, Index]) -> None:
        """Add lines with an edge each, from number `edge` on, between the cells left and right."""
        first, self.lines = self.lines, self.lines + ends.shape[1]
        self.edge_count = edge + ends.shape[1]
        chord = self.edges[:, edge : self.edge_count]
        chord[:LINE] = ends
        chord[LINE] = np.arange(first, self.lines)
        chord[ON_LEFT], chord[ON_RIGHT] = cells
        chord[OWNER] = self.first_neuron + neuron

    def require_room(self, neuron: int, numbers: int) -> None:
        """Raise _TooLargeError if so many numbers are more than MOST_NUMBERS."""
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
        vertices, edges = self.vertices + crossings, self.edge_count + 2 * crossings
        cells = self.cells + crossings
        self.require_room(neuron, vertices * len(self.values))
        if vertices > min(self.vertex_snapshot.size, self.values.shape[1]):
            self.values = grown(self.values, 2 * vertices)
            self.vertex_snapshot = grown(self.vertex_snapshot, 2 * vertices)
        if edges > self.edges.shape[1]:
            self.edges = grown(self.edges, 2 * edges)
        if cells > self.cell_snapshot.size:
            self.cell_snapshot = grown(self.cell_snapshot, 2 * cells)


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
