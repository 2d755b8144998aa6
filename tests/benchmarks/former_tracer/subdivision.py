"""The subdivision of the unit square by a ReLU network, for many snapshots at once.

Every pre-activation of a layer is affine on every cell of the subdivision made by the layers before
it. So a layer cuts each cell in straight lines, and the values at the vertices determine the cut:
an edge whose ends differ in sign is crossed once, at the place that linear interpolation gives.
Compare "edge subdivision", Berzins 2023, arXiv:2306.07212.

Sign. A neuron is on where its pre-activation is above zero; at zero it is off. When a layer is
entered, a value within `rounding_bound` of zero is read as zero. So every vertex is on or off, and
no vertex is ever moved. A line through a vertex, or along another line, is cut like a line that
passes a little to the on side of it. What it cuts off there has no area.

Why this suffices. Around a convex cell, an affine function changes its sign at most twice. If the
values have this property when the layer is entered, they keep it, whatever the rounding: a new
vertex lies between two on ends and is on, or between two off ends and is off, so it adds no change
of sign, and a part of a cell has no more changes than the cell. If the values do not have the
property, an AuthorError says so.

Axes: B snapshots of a chunk, V vertices, E edges, C cells, M crossings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ginn.errors import AuthorError
from ginn.network.run import Float32, Float64, layer_slices

# A cause below zero is the side of the domain where a boundary ends.
LEFT, TOP, RIGHT, BOTTOM = -1, -2, -3, -4

# The cell that stands for everything beyond the domain.
OUTSIDE = 0

# Rows of `Subdivision.edges`.
TAIL, HEAD, ON_LEFT, ON_RIGHT, OWNER = range(5)

EPSILON = float(np.finfo(np.float64).eps)
SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)

# The ratio of area to perimeter, in domain units, below which a cell is two coincident lines: a few
# times the rounding error of the cell's vertices.
THINNEST_REGION = 64 * EPSILON

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
    screen with y down. It leaves the cell `before` and enters the cell `after`.
    """

    neuron: Index
    edge: Index
    snapshot: Index
    before: Index
    after: Index


class Subdivision:
    """The vertices, edges and cells of all snapshots of a chunk, in flat arrays that grow in place.

    The arrays are longer than needed; `vertices`, `edge_count` and `cells` are the lengths in use.
    `values` (2 + width, V) holds x, y and the layer's pre-activations at each vertex, `on` (width,
    V) whether these are above zero, `vertex_snapshot` (V,) the snapshot. `edges` (5, E) holds tail
    and head vertex, the cells left and right of tail-to-head in the axes (x, y), and the owner: the
    neuron on whose boundary the edge lies, or a side of the domain. `cell_snapshot` is (C,); cell 0
    is OUTSIDE. `zero` (width, B) is the bound within which a pre-activation is read as zero. The
    chunk's first snapshot is `first_snapshot`, and the layer's first neuron `first_neuron`.
    """

    def __init__(self, snapshots: int, first_snapshot: int = 0) -> None:
        """Begin with the unit square, once for each of `snapshots` snapshots."""
        corners = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
        count = np.arange(snapshots)
        tail = np.arange(4 * snapshots)
        head = tail.reshape(-1, 4)[:, [1, 2, 3, 0]].ravel()
        inside = np.repeat(count + 1, 4)
        owner = np.tile([TOP, RIGHT, BOTTOM, LEFT], snapshots)
        self.snapshots, self.first_snapshot, self.first_neuron = snapshots, first_snapshot, 0
        self.vertices, self.edge_count, self.cells = 4 * snapshots, 4 * snapshots, snapshots + 1
        self.values: Float64 = np.tile(corners, snapshots)
        self.on: Bool = np.empty((0, self.vertices), dtype=np.bool_)
        self.vertex_snapshot: Index = np.repeat(count, 4)
        self.edges: Index = np.stack([tail, head, inside, np.full_like(tail, OUTSIDE), owner])
        self.cell_snapshot: Index = np.concatenate([[-1], count])
        self.zero: Float64 = np.empty((0, snapshots))

    def enter_layer(self, first_neuron: int, values: Float64, zero: Float64) -> None:
        """Set a layer's pre-activations (width, V) at the vertices, and their bounds (width, B)."""
        snapshot = self.vertex_snapshot[: self.vertices]
        values = np.where(np.abs(values) <= np.take(zero, snapshot, axis=1), 0.0, values)
        self.first_neuron, self.zero = first_neuron, zero
        self.values = np.concatenate([self.values[:2, : self.vertices], values])
        self.on = values > 0.0

    def crossings(self) -> Crossings:
        """Every crossing of the layer's boundaries with the edges."""
        edges = self.edges[:, : self.edge_count]
        tail_on = np.take(self.on, edges[TAIL], axis=1)  # (width, E)
        differ = tail_on != np.take(self.on, edges[HEAD], axis=1)
        neuron, edge = np.divmod(np.flatnonzero(differ), max(self.edge_count, 1))
        return self._oriented(neuron, edge, tail_on[neuron, edge])

    def predecessors(self, crossings: Crossings, neurons: int) -> Index:
        """The crossing before each one on its boundary, (M,); itself where the boundary begins.

        `neurons` is 1 if all crossings are of one neuron, else the layer's width. Raises
        AuthorError if a boundary passes twice through one cell.
        """
        itself = np.arange(crossings.edge.size)
        column = crossings.neuron % neurons
        into = np.full((self.cells, neurons), -1, dtype=np.intp)
        into[crossings.after, column] = itself
        twice = (into[crossings.after, column] != itself) & (crossings.after != OUTSIDE)
        if twice.any():
            self._refuse(crossings, int(np.argmax(twice)))
        return np.where(crossings.before == OUTSIDE, itself, into[crossings.before, column]).astype(
            np.intp
        )

    def fractions(self, crossings: Crossings) -> Float64:
        """The position of each crossing between tail (0) and head (1), (M,)."""
        row = crossings.neuron + 2
        tail = self.values[row, self.edges[TAIL, crossings.edge]]
        head = self.values[row, self.edges[HEAD, crossings.edge]]
        return np.asarray(tail / (tail - head))

    def along(self, edge: Index, fraction: Float64, rows: slice) -> Float64:
        """Rows of `values` interpolated on edges, (rows, M); exact at both ends."""
        values = self.values[rows]
        tail = np.take(values, self.edges[TAIL, edge], axis=1)
        head = np.take(values, self.edges[HEAD, edge], axis=1)
        # Unlike tail + t (head - tail), this form keeps a sign that both ends have.
        return np.asarray((1.0 - fraction) * tail + fraction * head)

    def split(self, neuron: int) -> None:
        """Cut every cell through which the boundary of the layer's neuron `neuron` passes."""
        on = self.on[neuron]
        tail_on = on[self.edges[TAIL, : self.edge_count]]
        edge = np.flatnonzero(tail_on != on[self.edges[HEAD, : self.edge_count]])
        if edge.size == 0:
            return
        crossings = self._oriented(np.full_like(edge, neuron), edge, tail_on[edge])
        previous = self.predecessors(crossings, 1)
        self._reserve(neuron, edge.size)
        vertex = self._add_vertices(crossings)
        self._halve_edges(edge, vertex)
        # The entry of a crossed edge is now its tail half; its head half is at the end.
        self._move_off_sides(crossings, np.concatenate([~tail_on, tail_on[edge]]))
        self._add_chords(crossings, vertex[previous], vertex)

    def areas(self) -> tuple[Float64, Float64]:
        """The area and the perimeter of each cell, (C,) each, in domain units; not for OUTSIDE."""
        edges = self.edges[:, : self.edge_count]
        tail, head = self.values[:2, edges[TAIL]], self.values[:2, edges[HEAD]]
        step = head - tail
        length = np.hypot(step[0], step[1])
        doubled = tail[0] * step[1] - tail[1] * step[0]
        area, perimeter = np.zeros(self.cells), np.zeros(self.cells)
        for side, sign in ((ON_LEFT, 0.5), (ON_RIGHT, -0.5)):
            area += sign * np.bincount(edges[side], doubled, self.cells)
            perimeter += np.bincount(edges[side], length, self.cells)
        return area, perimeter

    def regions(self) -> NDArray[np.int32]:
        """The number of cells of each snapshot that are thicker than THINNEST_REGION, (B,)."""
        area, perimeter = self.areas()
        region = area > THINNEST_REGION * perimeter
        region[OUTSIDE] = False
        count = np.bincount(self.cell_snapshot[: self.cells][region], minlength=self.snapshots)
        return count.astype(np.int32)

    def _oriented(self, neuron: Index, edge: Index, tail_on: Bool) -> Crossings:
        left, right = self.edges[ON_LEFT, edge], self.edges[ON_RIGHT, edge]
        return Crossings(
            neuron=neuron,
            edge=edge,
            snapshot=self.vertex_snapshot[self.edges[TAIL, edge]],
            before=np.where(tail_on, right, left),
            after=np.where(tail_on, left, right),
        )

    def _refuse(self, crossings: Crossings, crossing: int) -> None:
        cell, neuron = crossings.after[crossing], crossings.neuron[crossing]
        ends = self.edges[:2, crossings.edge[(crossings.after == cell)]].ravel()
        snapshot = crossings.snapshot[crossing]
        largest = np.abs(self.values[neuron + 2, ends]).max()
        raise AuthorError(
            f"a boundary of neuron {self.first_neuron + neuron} at snapshot "
            f"{self.first_snapshot + snapshot} that enters one cell more than once, near "
            f"{self.values[:2, ends[0]].tolist()}, with values there within {largest:.3g} of zero",
            f"values that rounding can decide: up to {self.zero[neuron, snapshot]:.3g} is read as "
            "zero, and an affine function enters a convex cell once at most",
            "leave the snapshot out, or record it one iteration earlier or later",
        )

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
            self.on = grown(self.on, 2 * vertices)
            self.vertex_snapshot = grown(self.vertex_snapshot, 2 * vertices)
        if edges > self.edges.shape[1]:
            self.edges = grown(self.edges, 2 * edges)
        if cells > self.cell_snapshot.size:
            self.cell_snapshot = grown(self.cell_snapshot, 2 * cells)

    def _add_vertices(self, crossings: Crossings) -> Index:
        values = self.along(crossings.edge, self.fractions(crossings), slice(None))
        values[2 + crossings.neuron[0]] = 0.0
        first, self.vertices = self.vertices, self.vertices + crossings.edge.size
        self.values[:, first : self.vertices] = values
        self.on[:, first : self.vertices] = values[2:] > 0.0
        self.vertex_snapshot[first : self.vertices] = crossings.snapshot
        return np.arange(first, self.vertices)

    def _halve_edges(self, edge: Index, vertex: Index) -> None:
        first, self.edge_count = self.edge_count, self.edge_count + edge.size
        self.edges[:, first : self.edge_count] = self.edges[:, edge]
        self.edges[TAIL, first : self.edge_count] = vertex
        self.edges[HEAD, edge] = vertex

    def _move_off_sides(self, crossings: Crossings, off: Bool) -> None:
        """Give the off part of every cut cell a new number, in order of the crossings."""
        cell = crossings.before[crossings.before != OUTSIDE]
        off_part = np.arange(self.cells)
        off_part[cell] = np.arange(self.cells, self.cells + cell.size)
        edge = np.flatnonzero(off)
        for side in (ON_LEFT, ON_RIGHT):
            self.edges[side, edge] = off_part[self.edges[side, edge]]

    def _add_chords(self, crossings: Crossings, tail: Index, head: Index) -> None:
        inner = crossings.before != OUTSIDE
        cell = crossings.before[inner]
        first_edge, self.edge_count = self.edge_count, self.edge_count + cell.size
        first_cell, self.cells = self.cells, self.cells + cell.size
        chord = self.edges[:, first_edge : self.edge_count]
        chord[TAIL], chord[HEAD] = tail[inner], head[inner]
        chord[ON_LEFT], chord[ON_RIGHT] = cell, np.arange(first_cell, self.cells)
        chord[OWNER] = self.first_neuron + crossings.neuron[0]
        self.cell_snapshot[first_cell : self.cells] = self.cell_snapshot[cell]


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


def subdivisions_before(
    weights: tuple[Float32, ...], biases: tuple[Float32, ...], first_snapshot: int = 0
) -> Iterator[Subdivision]:
    """For each layer, the subdivision by the layers before it, with that layer's values.

    `weights[l]` is (B, out, in), `biases[l]` (B, out). The last layer is the output, and its
    subdivision that of the whole network. All are the same object, which is cut further on each
    turn: read it before the next one. Raises AuthorError if a pre-activation is not finite, if
    rounding cannot decide a boundary, or if there are more vertices than memory allows.
    """
    turns = _turns(weights, biases, first_snapshot)
    return (subdivision for subdivision, cut in turns if not cut)


def subdivisions_after(
    weights: tuple[Float32, ...], biases: tuple[Float32, ...], first_snapshot: int = 0
) -> Iterator[Subdivision]:
    """For each hidden layer, the subdivision by it and the layers before it, with its values.

    Arguments, errors and the rule for reading are those of `subdivisions_before`.
    """
    turns = _turns(weights, biases, first_snapshot)
    return (subdivision for subdivision, cut in turns if cut)


def _turns(
    weights: tuple[Float32, ...], biases: tuple[Float32, ...], first_snapshot: int
) -> Iterator[tuple[Subdivision, bool]]:
    """The subdivision when a layer is entered, with False, and after its cut, with True."""
    subdivision = Subdivision(len(weights[0]), first_snapshot)
    widths = tuple(bias.shape[1] for bias in biases[:-1])
    activation = subdivision.values[:2, : subdivision.vertices]  # (in, V)
    bound = np.full((2, subdivision.snapshots), EPSILON)  # (in, B)
    for weight, bias, neurons in zip(weights, biases, layer_slices(widths), strict=True):
        weight64, bias64 = weight.astype(np.float64), bias.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            values, largest = affine(subdivision, weight64, bias64, activation)
            bound = rounding_bound(weight64, bias64, largest, bound)
        _require_finite(bound, subdivision.first_snapshot, neurons.start)
        subdivision.enter_layer(neurons.start, values, bound)
        yield subdivision, False
        if neurons.start < sum(widths):
            for neuron in range(weight.shape[1]):
                subdivision.split(neuron)
            yield subdivision, True
            activation = np.maximum(subdivision.values[2:, : subdivision.vertices], 0.0)


def affine(
    subdivision: Subdivision, weight: Float64, bias: Float64, activation: Float64
) -> tuple[Float64, Float64]:
    """The pre-activations (out, V) of `activation` (in, V), and the largest activation (in, B)."""
    snapshot = subdivision.vertex_snapshot[: subdivision.vertices]
    count = np.bincount(snapshot, minlength=subdivision.snapshots)
    most = int(count.max())
    # Below, every snapshot is padded to the length of the fullest.
    subdivision.require_room(len(subdivision.on), subdivision.snapshots * most * len(activation))
    order = np.argsort(snapshot, kind="stable")
    first = np.cumsum(count) - count
    slot = np.empty_like(order)
    slot[order] = np.arange(order.size) + np.repeat(np.arange(len(count)) * most - first, count)
    padded = np.zeros((len(activation), subdivision.snapshots * most))
    padded[:, slot] = activation
    stacked = padded.reshape(len(activation), subdivision.snapshots, most)
    values = np.matmul(weight, stacked.transpose(1, 0, 2)) + bias[:, :, None]  # (B, out, most)
    flat = values.transpose(1, 0, 2).reshape(weight.shape[1], -1)  # (out, B * most)
    return np.take(flat, slot, axis=1), stacked.max(axis=2)


def rounding_bound(weight: Float64, bias: Float64, largest: Float64, bound: Float64) -> Float64:
    """The bound (out, B) within which a pre-activation is read as zero.

    `weight` is (B, out, in), `bias` (B, out), `largest` (in, B) the largest activation over the
    domain and `bound` (in, B) the bound of the layer before. The new bound is |w| bound plus 8 + in
    ulps of |w| largest + |b|. A dot product rounds once a term (Higham, Accuracy and Stability of
    Numerical Algorithms, section 3.1); the 8 allow for the interpolations that give the values at a
    vertex. The bound is never below the smallest normal number.
    """
    weight = np.abs(weight)
    scale = np.matmul(weight, largest.T[:, :, None])[:, :, 0] + np.abs(bias)
    inherited = np.matmul(weight, bound.T[:, :, None])[:, :, 0]
    grew = inherited + (8 + weight.shape[2]) * EPSILON * scale
    return np.asarray(np.maximum(grew, SMALLEST_NORMAL).T)


def _require_finite(bound: Float64, first_snapshot: int, first_neuron: int) -> None:
    if not np.isfinite(bound).all():
        neuron, snapshot = np.argwhere(~np.isfinite(bound))[0]
        raise AuthorError(
            f"a pre-activation of {bound[neuron, snapshot]} for neuron {first_neuron + neuron} at "
            f"snapshot {first_snapshot + snapshot}",
            "weights and biases that are finite, and whose sums are within float64",
            "leave out the snapshots after training diverged",
        )
