"""The subdivision of the unit square in float64, and the snapshots that float64 does not decide.

Signs, vertices, edges, cells and owners are those of exact arithmetic on the stored weights, in
every snapshot that is not `uncertain`. Positions and values are rounded. The bounds:

- Every computed vertex has an ideal one: the same interpolations without rounding. The computed
  value of neuron j is its exact affine function on each cell around the vertex, taken at the ideal
  vertex, but for `scale[j] * error`. The row `error` of `values` belongs to the vertex, `scale` to
  the neuron and snapshot. A dot product rounds once a term (Higham, Accuracy and Stability of
  Numerical Algorithms, section 3.1). A vertex is interpolated from others at most once for each
  neuron of a layer, and each time rounds less than three times.
- A line lies at its ends within `deviation` of the exact boundary: the error of the values, divided
  by their slope along the edge that was crossed.
- The exact vertex lies within `radius` of the ideal one, in x and in y: the deviation of the line
  on which it was made, and along that line the error of the values divided by their slope.
- So a computed value and the exact one at the exact vertex differ by at most
  `scale[j] * error + slope[j] * radius`, where `slope` is the sum of |w| times the slopes of the
  layer before, and 1 for x and y. A sign is decided where the value is more than SAFETY times that
  from zero. SAFETY covers terms of second order and the rounding of the bounds.

A sign that is decided is not zero, unless the neuron is exactly zero over the whole domain. So a
line that separates two vertices of a cell passes through its interior: all cells have an area.

Axes: B snapshots of a chunk, V vertices, L lines, C cells, M crossings.
"""

from __future__ import annotations

import numpy as np

from ginn.geometry.subdivision import (
    FIRST,
    HEAD,
    LINE,
    ON_LEFT,
    ON_RIGHT,
    TAIL,
    Bool,
    Crossings,
    Index,
    Subdivision,
)
from ginn.network.run import Float32, Float64

# The largest distance of a vertex of a boundary from the exact one, in x and in y, in domain units:
# half a quantum of the viewer's 16 bits. It is warranted by bounds that hold for every network; on
# trained 16-16-16 networks, vertices were within 1e-13.
POSITION_ERROR = 2.0**-17

SAFETY = 2.0
EPSILON = float(np.finfo(np.float64).eps)
# The least bound, of an error and of a scale; their product is above the least float32.
LEAST = 2.0**-63
# A radius that few vertices exceed.
FAR = 1e-8

ERROR = 2  # the row of `values`


class RoundedSubdivision(Subdivision):
    """The subdivision of many snapshots in float64, as the module's docstring states.

    `radius` and `vertex_line`, the line on which a vertex was made, are (V,), `deviation` is (L,),
    `scale` and `slope` are (B, width).
    """

    def __init__(self, snapshots: int, first_snapshot: int = 0) -> None:
        """Begin with the unit square, once for each of `snapshots` snapshots."""
        corners = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0] * 4])
        super().__init__(snapshots, first_snapshot, corners)
        self.radius: Float64 = np.zeros(self.vertices)
        self.vertex_line: Index = np.arange(self.vertices)
        self.deviation: Float64 = np.zeros(self.lines)
        self.scale: Float64 = np.zeros((snapshots, 2))
        self.slope: Float64 = np.ones((snapshots, 2))

    def enter_layer(self, first_neuron: int, weight: Float32, bias: Float32) -> None:
        """Compute the pre-activations of a layer; a snapshot with an open sign is uncertain."""
        with np.errstate(over="ignore", invalid="ignore"):
            values, error, slot = self._affine(weight.astype(np.float64), bias.astype(np.float64))
        # With room for the vertices that are to come.
        entered = np.empty((FIRST + len(values), 2 * self.vertices))
        entered[:ERROR, : self.vertices] = self.values[:ERROR, : self.vertices]
        entered[ERROR, : self.vertices] = error.take(slot)
        entered[FIRST:, : self.vertices] = values.take(slot, axis=1)
        self.values, self.first_neuron = entered, first_neuron
        self._decide(0)

    def leave_layer(self) -> None:
        """Find the bounds of what the layer has made; a snapshot with an open sign is uncertain."""
        first = self.radius.size
        if first == self.vertices:
            return
        tail, head, line, neuron = origin = self._origin()
        apart = self.values[FIRST + neuron, tail] - self.values[FIRST + neuron, head]
        slip, slide = self._slips(neuron, tail, head, apart, self._length(tail, head))
        ends = np.concatenate([cut.ends for cut in self.cuts], axis=1) - first
        self.deviation = np.concatenate([self.deviation, slip.take(ends).min(axis=0)])
        self.vertex_line = np.concatenate([self.vertex_line, line])
        self.radius = np.concatenate([self.radius, slip + self.deviation.take(line) * slide])
        self._decide(first, origin)
        self.cuts.clear()

    def crossing_places(self, crossings: Crossings) -> Float64:
        """The position of each crossing, (2, M), within POSITION_ERROR."""
        neuron, tail, head = crossings.neuron, crossings.tail, crossings.head
        value = self.values[FIRST + neuron, tail]
        apart = value - self.values[FIRST + neuron, head]
        at_tail, at_head = self.values[:2].take(tail, axis=1), self.values[:2].take(head, axis=1)
        length = np.abs(at_head - at_tail).max(axis=0, initial=0.0) + self._blur()
        slip, slide = self._slips(neuron, tail, head, apart, length)
        slip += self.deviation.take(crossings.line) * slide
        far = ~(slip + self._blur() < POSITION_ERROR)
        if far.any():
            self.uncertain[self.vertex_snapshot[tail[far]]] = True
        return _interpolated(at_tail, at_head, value / apart)

    def between(self, neuron: int, tail: Index, head: Index) -> Float64:
        """The values (3 + width, M) where the boundary of a neuron crosses edges."""
        at_tail, at_head = self.values.take(tail, axis=1), self.values.take(head, axis=1)
        value = at_tail[FIRST + neuron]
        fraction = value / (value - at_head[FIRST + neuron])
        error = np.maximum(at_tail[ERROR], at_head[ERROR])
        new = _interpolated(at_tail, at_head, fraction)
        new[ERROR] = error
        new[FIRST + neuron] = 0.0
        return new

    def areas(self) -> Float64:
        """The area of each cell, (C,), in domain units; not for OUTSIDE."""
        edges = self.edges[:, : self.edge_count]
        tail, head = self.values[:2, edges[TAIL]], self.values[:2, edges[HEAD]]
        step = head - tail
        doubled = tail[0] * step[1] - tail[1] * step[0]
        left = np.bincount(edges[ON_LEFT], doubled, self.cells)
        return np.asarray(0.5 * left - 0.5 * np.bincount(edges[ON_RIGHT], doubled, self.cells))

    def has_area(self) -> Bool:
        """Whether each cell has an area, (C,): all have, as the module's docstring says."""
        return np.ones(self.cells, dtype=np.bool_)

    def _slips(
        self, neuron: Index, tail: Index, head: Index, apart: Float64, length: Float64
    ) -> tuple[Float64, Float64]:
        """How far boundaries lie from the exact ones where they cross edges, along these, (M,).

        The first is the distance if the edge is exact, the second, times the deviation of the
        edge's line, what that adds. `apart` is the difference of the values at the edge's ends.
        """
        snapshot = self.vertex_snapshot.take(tail)
        row = self.values[ERROR]
        flat = 3.0 * length / np.abs(apart)
        slip = self.scale[snapshot, neuron] * np.maximum(row.take(tail), row.take(head)) * flat
        return slip, 1.0 + self.slope[snapshot, neuron] * flat

    def _origin(self) -> Index:
        """Where the layer's vertices were made, (4, M): tail, head and line of the edge, neuron."""
        edges = np.concatenate([cut.crossed[: LINE + 1] for cut in self.cuts], axis=1)
        sizes = [cut.crossed.shape[1] for cut in self.cuts]
        return np.vstack([edges, np.repeat([cut.neuron for cut in self.cuts], sizes)])

    def _length(self, tail: Index, head: Index) -> Float64:
        """The length of edges in the maximum norm, (M,), with allowance for rounding."""
        step = np.abs(self.values[:2, head] - self.values[:2, tail])
        return np.asarray(step.max(axis=0) + self._blur())

    def _blur(self) -> float:
        """A bound of the distance of a computed vertex from its ideal one."""
        return 4 * EPSILON * (self.first_neuron + len(self.values))

    def _decide(self, first: int, origin: Index | None = None) -> None:
        """Mark snapshots in which a sign is open at a vertex, from `first` on, as uncertain.

        `origin` is given if these are the vertices made in this layer. At such a vertex, only the
        neurons after the one that made it are in question.
        """
        part = slice(first, self.vertices)
        values, radius = np.abs(self.values[FIRST:, part]), self.radius[part]
        with np.errstate(over="ignore", invalid="ignore"):
            # First with the largest bounds at all vertices that are not far off, which is quick.
            bound = self.scale.max(axis=0) * self.values[ERROR, part].max()
            bound += self.slope.max(axis=0) * FAR
            near = ~(values > SAFETY * bound[:, None])
            near[:, radius > FAR] = True
            neuron, vertex = near.nonzero()
            if origin is not None:
                later = neuron > origin[-1].take(vertex)
                neuron, vertex = neuron[later], vertex[later]
            if neuron.size:
                bound = SAFETY * self._errors(neuron, first + vertex)
                clear = (values[neuron, vertex] > bound) | (bound == 0.0)
                self.uncertain[self.vertex_snapshot[first + vertex[~clear]]] = True
        if self.uncertain.any():
            self._leave_out()

    def _errors(self, neuron: Index, vertex: Index) -> Float64:
        """Bounds of the errors of some values, (M,).

        A vertex is off by the deviation of the line on which it was made, and by what remains of
        its radius along that line. There the value at the next vertex on the line gives the slope,
        which may be far less than `slope`.
        """
        snapshot, line = self.vertex_snapshot[vertex], self.vertex_line[vertex]
        slope, deviation = self.slope[snapshot, neuron], self.deviation[line]
        rounding = self.scale[snapshot, neuron] * self.values[ERROR, vertex]
        across = rounding + slope * deviation
        beside = self._neighbours(vertex)
        values = self.values[FIRST + neuron, vertex], self.values[FIRST + neuron, beside]
        other = self.scale[snapshot, neuron] * self.values[ERROR, beside] + slope * deviation
        length = self._length(vertex, beside) - 2.0 * (deviation + self._blur())
        along = np.full(length.shape, np.inf)
        rise = np.abs(values[0] - values[1]) + across + other
        np.divide(rise, length, out=along, where=length > 0.0)
        return np.asarray(across + np.minimum(slope, along) * (self.radius[vertex] - deviation))

    def _neighbours(self, vertex: Index) -> Index:
        """A vertex beside each of some vertices (M,) on the line on which it was made, (M,)."""
        edges = self.edges[:, : self.edge_count]
        ends = np.concatenate([edges[: HEAD + 1], edges[HEAD::-1]], axis=1)  # (2, 2 E)
        on_line = np.flatnonzero(self.vertex_line[ends[TAIL]] == np.tile(edges[LINE], 2))
        beside = np.empty(self.vertices, dtype=np.intp)
        beside[ends[TAIL, on_line]] = ends[HEAD, on_line]
        return beside[vertex]

    def _leave_out(self) -> None:
        """Give uncertain snapshots values that are off everywhere, so that nothing cuts them."""
        vertex = np.flatnonzero(self.uncertain[self.vertex_snapshot[: self.vertices]])
        self.values[ERROR, vertex] = 0.0
        self.values[FIRST:, vertex] = -1.0
        self.radius[vertex[vertex < self.radius.size]] = 0.0

    def _affine(self, weight: Float64, bias: Float64) -> tuple[Float64, Float64, Index]:
        """The pre-activations (out, B * most) and errors (B * most,) of a layer, and `_slots`.

        Sets `scale` and `slope`.
        """
        # The rows that are needed are neighbours: x, y and the error, or the error and the values.
        entered = len(self.values) > FIRST
        rows = self.values[ERROR if entered else 0 :, : self.vertices]
        slot, most = self._slots(len(rows))
        padded: Float64 = np.full((len(rows), self.snapshots * most), -1.0)
        padded[:, slot] = rows
        padded = padded.reshape(len(rows), self.snapshots, most)
        inputs, error = (padded[1:], padded[0]) if entered else (padded[:ERROR], padded[ERROR])
        off = inputs < 0.0
        activation = np.maximum(inputs, 0.0, out=inputs)
        values = np.matmul(weight, activation.transpose(1, 0, 2))
        values += bias[:, :, None]
        flat = values.transpose(1, 0, 2).reshape(weight.shape[1], -1)
        return flat, self._bounds(np.abs(weight), np.abs(bias), activation, off, error), slot

    def _bounds(
        self, weight: Float64, bias: Float64, activation: Float64, off: Bool, error: Float64
    ) -> Float64:
        """The errors (B * most,) of a layer from those before; sets `scale` and `slope`.

        `weight` and `bias` are absolute values, `activation` and `off` are (in, B, most).
        """
        terms = (weight.shape[2] + 2 + 3 * weight.shape[1]) * EPSILON
        # Bounds need few digits. LEAST keeps their products within float32.
        scale = np.maximum(self.scale.T, LEAST).astype(np.float32)
        inherited = activation.astype(np.float32)
        inherited *= np.float32(terms)
        inherited += scale[:, :, None] * np.maximum(error, LEAST).astype(np.float32)
        np.copyto(inherited, 0.0, where=off)  # off, a neuron passes on zero exactly
        peak = inherited.max(axis=2).T.astype(np.float64)  # (B, in)
        passed = np.stack([peak, np.where(peak > 0.0, self.slope, 0.0)], axis=2)
        highest, self.slope = np.matmul(weight, passed).transpose(2, 0, 1)
        highest = highest + terms * bias
        self.scale = 1.01 * highest
        highest = np.where(highest > 0.0, highest, 1.0)
        share = (weight / highest[:, :, None]).astype(np.float32)
        bound = np.matmul(share, inherited.transpose(1, 0, 2))  # (B, out, most)
        bound += (terms * bias / highest).astype(np.float32)[:, :, None]
        return np.asarray(np.maximum(bound.max(axis=1).ravel(), LEAST), dtype=np.float64)

    def _slots(self, inputs: int) -> tuple[Index, int]:
        """The places (V,) of the vertices if all snapshots have the length of the fullest; it."""
        if self.snapshots == 1:
            self.require_room(len(self.values) - FIRST, self.vertices * inputs)
            return np.arange(self.vertices), self.vertices
        snapshot = self.vertex_snapshot[: self.vertices]
        count = np.bincount(snapshot, minlength=self.snapshots)
        most = int(count.max())
        self.require_room(len(self.values) - FIRST, self.snapshots * most * inputs)
        order = np.argsort(snapshot, kind="stable")
        first = np.cumsum(count) - count
        slot = np.empty_like(order)
        slot[order] = np.arange(order.size) + np.repeat(np.arange(len(count)) * most - first, count)
        return slot, most


def _interpolated(at_tail: Float64, at_head: Float64, fraction: Float64) -> Float64:
    """The values between tail (0) and head (1), (rows, M); overwrites its arguments."""
    # Unlike tail + t (head - tail), this form keeps a sign that both ends have.
    at_tail *= 1.0 - fraction
    at_head *= fraction
    at_tail += at_head
    return at_tail
