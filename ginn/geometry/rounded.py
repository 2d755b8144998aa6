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
    ON_LEFT,
    ON_RIGHT,
    TAIL,
    Bool,
    Crossings,
    Index,
    Subdivision,
    grown,
)
from ginn.network.run import Float32, Float64

# The largest distance of a vertex of a boundary from the exact one, in x and in y, in domain units.
POSITION_ERROR = 2.0**-20

SAFETY = 2.0
EPSILON = float(np.finfo(np.float64).eps)
# Added once to a bound, for products that underflow in float32.
SMALLEST_NORMAL = float(np.finfo(np.float32).tiny)
LEAST = 2.0**-63

ERROR = 2  # the row of `values`


class RoundedSubdivision(Subdivision):
    """The subdivision of many snapshots in float64, as the module's docstring states.

    `radius` is (V,), `deviation` (L,), `scale` and `slope` (B, width).
    """

    def __init__(self, snapshots: int, first_snapshot: int = 0) -> None:
        """Begin with the unit square, once for each of `snapshots` snapshots."""
        corners = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0] * 4])
        super().__init__(snapshots, first_snapshot, corners)
        self.radius: Float64 = np.zeros(self.vertices)
        self.deviation: Float64 = np.zeros(self.lines)
        self.scale: Float64 = np.zeros((snapshots, 2))
        self.slope: Float64 = np.ones((snapshots, 2))

    def enter_layer(self, first_neuron: int, weight: Float32, bias: Float32) -> None:
        """Compute the pre-activations of a layer; a snapshot with an open sign is uncertain."""
        with np.errstate(over="ignore", invalid="ignore"):
            error, values = self._affine(weight.astype(np.float64), bias.astype(np.float64))
        self.values = np.concatenate([self.values[:ERROR, : self.vertices], error, values])
        self.first_neuron = first_neuron
        self._decide(0)

    def leave_layer(self) -> None:
        """Find the bounds of what the layer has made; a snapshot with an open sign is uncertain."""
        first, first_line = self.radius.size, self.deviation.size
        if first == self.vertices:
            return
        tail, head, line, neuron = self.origin[:, first : self.vertices]
        slip, slide = self._slips(neuron, tail, head)
        ends = self.line_ends[:, first_line : self.lines] - first
        self.deviation = grown(self.deviation, self.lines)
        self.deviation[first_line:] = slip[ends].min(axis=0)
        self.radius = grown(self.radius, self.vertices)
        self.radius[first:] = slip + self.deviation[line] * slide
        self._decide(first)

    def crossing_places(self, crossings: Crossings) -> Float64:
        """The position of each crossing, (2, M), within POSITION_ERROR."""
        neuron, tail, head = crossings.neuron, crossings.tail, crossings.head
        fraction = self._fraction(neuron, tail, head)
        slip, slide = self._slips(neuron, tail, head)
        far = ~(slip + self.deviation[crossings.line] * slide + self._blur() < POSITION_ERROR)
        if far.any():
            self.uncertain[self.vertex_snapshot[tail[far]]] = True
        at_tail = np.take(self.values[:2], tail, axis=1)
        return np.asarray(
            (1.0 - fraction) * at_tail + fraction * np.take(self.values[:2], head, axis=1)
        )

    def between(self, neuron: int, tail: Index, head: Index) -> Float64:
        """The values (3 + width, M) where the boundary of a neuron crosses edges."""
        fraction = self._fraction(neuron, tail, head)
        at_tail, at_head = np.take(self.values, tail, axis=1), np.take(self.values, head, axis=1)
        # Unlike tail + t (head - tail), this form keeps a sign that both ends have.
        new = (1.0 - fraction) * at_tail + fraction * at_head
        np.maximum(at_tail[ERROR], at_head[ERROR], out=new[ERROR])
        new[FIRST + neuron] = 0.0
        return np.asarray(new)

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

    def _fraction(self, neuron: int | Index, tail: Index, head: Index) -> Float64:
        """The position of each crossing between tail (0) and head (1), (M,)."""
        at_tail, at_head = self.values[FIRST + neuron, tail], self.values[FIRST + neuron, head]
        return np.asarray(at_tail / (at_tail - at_head))

    def _slips(self, neuron: Index, tail: Index, head: Index) -> tuple[Float64, Float64]:
        """How far boundaries lie from the exact ones where they cross edges, along these, (M,).

        The first is the distance if the edge is exact, the second, times the deviation of the
        edge's line, what that adds.
        """
        snapshot = self.vertex_snapshot[tail]
        apart = np.abs(self.values[FIRST + neuron, tail] - self.values[FIRST + neuron, head])
        flat = 3.0 * self._length(tail, head) / apart
        error = np.maximum(self.values[ERROR, tail], self.values[ERROR, head])
        slip = self.scale[snapshot, neuron] * error * flat
        return slip, 1.0 + self.slope[snapshot, neuron] * flat

    def _length(self, tail: Index, head: Index) -> Float64:
        """The length of edges in the maximum norm, (M,), with allowance for rounding."""
        step = np.abs(self.values[:2, head] - self.values[:2, tail])
        return np.asarray(step.max(axis=0) + self._blur())

    def _blur(self) -> float:
        """A bound of the distance of a computed vertex from its ideal one."""
        return 4 * EPSILON * (self.first_neuron + len(self.values))

    def _decide(self, first: int) -> None:
        """Mark snapshots in which a sign is open at a vertex, from `first` on, as uncertain.

        At a vertex made in this layer, only the neurons after the one that made it are in question.
        """
        part = slice(first, self.vertices)
        values = self.values[FIRST:, part]
        # First with the largest bounds of all snapshots, which is quick, then where that fails.
        with np.errstate(over="ignore", invalid="ignore"):
            bound = (SAFETY * self.scale.max(axis=0))[:, None] * self.values[ERROR, part]
            bound += (SAFETY * self.slope.max(axis=0))[:, None] * self.radius[part]
            near = ~(np.abs(values) > bound)
            if first:
                near &= np.arange(len(values))[:, None] > self.origin[3, part]
            neuron, vertex = np.nonzero(near)
            if neuron.size:
                bound = SAFETY * self._errors(neuron, first + vertex, made=first > 0)
                clear = (np.abs(values[neuron, vertex]) > bound) | (bound == 0.0)
                self.uncertain[self.vertex_snapshot[first + vertex[~clear]]] = True
        if self.uncertain.any():
            self._leave_out()

    def _errors(self, neuron: Index, vertex: Index, made: bool) -> Float64:
        """Bounds of the errors of some values, (M,), at vertices of this layer if these are `made`.

        A vertex of this layer is off by its line's deviation, and by what remains along the line.
        Along it, the values at the ends of the crossed edge give the slope, which may be far less
        than `slope` if the neuron nearly is a copy of others.
        """
        snapshot = self.vertex_snapshot[vertex]
        slope, radius = self.slope[snapshot, neuron], self.radius[vertex]
        rounding = self.scale[snapshot, neuron] * self.values[ERROR, vertex]
        if not made:
            return np.asarray(rounding + slope * radius)
        tail, head, line, _ = self.origin[:, vertex]
        across = rounding + slope * self.deviation[line]
        apart = np.abs(self.values[FIRST + neuron, tail] - self.values[FIRST + neuron, head])
        along = 2.0 * (apart + 2.0 * across) / self._length(tail, head)
        return np.asarray(across + np.minimum(slope, along) * (radius - self.deviation[line]))

    def _leave_out(self) -> None:
        """Give uncertain snapshots values that are off everywhere, so that nothing cuts them."""
        vertex = np.flatnonzero(self.uncertain[self.vertex_snapshot[: self.vertices]])
        self.values[ERROR, vertex] = 0.0
        self.values[FIRST:, vertex] = -1.0
        self.radius[vertex[vertex < self.radius.size]] = 0.0

    def _affine(self, weight: Float64, bias: Float64) -> tuple[Float64, Float64]:
        """The errors (1, V) and the pre-activations (out, V) of a layer; sets `scale`, `slope`."""
        inputs = self.inputs()
        slot, most = self._slots(len(inputs))
        padded = np.full((len(inputs), self.snapshots * most), -1.0)
        padded[:, slot] = inputs
        padded = padded.reshape(len(inputs), self.snapshots, most)
        activation = np.maximum(padded, 0.0)
        values = np.matmul(weight, activation.transpose(1, 0, 2)) + bias[:, :, None]
        values = values.transpose(1, 0, 2).reshape(weight.shape[1], -1)  # (out, B * most)
        before = np.zeros(self.snapshots * most)
        before[slot] = self.values[ERROR, : self.vertices]
        before = before.reshape(self.snapshots, most)
        error = self._bounds(np.abs(weight), np.abs(bias), padded, activation, before)
        return np.take(error.reshape(1, -1), slot, axis=1), np.take(values, slot, axis=1)

    def _bounds(
        self, weight: Float64, bias: Float64, padded: Float64, activation: Float64, error: Float64
    ) -> Float64:
        """The errors (B, most) of a layer from those before; sets `scale` and `slope`.

        `weight` and `bias` are absolute values, `padded` and `activation` (in, B, most).
        """
        terms = (weight.shape[2] + 2 + 3 * weight.shape[1]) * EPSILON
        used = activation.max(axis=2).T > 0.0  # (B, in)
        passed = np.stack([used, np.where(used, self.slope, 0.0)], axis=2)
        touched, self.slope = np.matmul(weight, passed).transpose(2, 0, 1)
        # Bounds need few digits. LEAST keeps their products within float32.
        scale = np.maximum(self.scale.T, LEAST).astype(np.float32)
        inherited = scale[:, :, None] * np.maximum(error, LEAST).astype(np.float32)
        inherited += activation.astype(np.float32) * np.float32(terms)
        np.copyto(inherited, 0.0, where=padded < 0.0)  # off, a neuron passes on zero exactly
        bound = np.matmul(weight.astype(np.float32), inherited.transpose(1, 0, 2))
        least = np.where(touched + bias == 0.0, 0.0, SMALLEST_NORMAL)
        bound += (terms * bias + least).astype(np.float32)[:, :, None]  # (B, out, most)
        highest = bound.max(axis=2)
        bound /= np.where(highest > 0.0, highest, 1.0)[:, :, None]
        self.scale = 1.01 * highest.astype(np.float64)
        return bound.max(axis=1).astype(np.float64)

    def _slots(self, inputs: int) -> tuple[Index, int]:
        """The place of each vertex (V,) if every snapshot is padded to the fullest, of that length."""
        snapshot = self.vertex_snapshot[: self.vertices]
        count = np.bincount(snapshot, minlength=self.snapshots)
        most = int(count.max())
        self.require_room(len(self.values) - FIRST, self.snapshots * most * inputs)
        order = np.argsort(snapshot, kind="stable")
        first = np.cumsum(count) - count
        slot = np.empty_like(order)
        slot[order] = np.arange(order.size) + np.repeat(np.arange(len(count)) * most - first, count)
        return slot, most
