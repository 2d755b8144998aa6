"""The subdivision of the unit square in float64, and the snapshots that float64 does not decide.

Signs, vertices, edges, cells and owners are those of exact arithmetic on the stored weights, in
every snapshot that is not `uncertain`. Positions and values are rounded. The bounds:

- Every computed vertex has an ideal one: the same interpolations without rounding. On each cell
  around the vertex, neuron j is an exact affine function. Its computed value at the vertex differs
  from this function at the ideal vertex by at most `scale[j] * error`. Each vertex has its own
  `error`, in a row of `values`. Each neuron has its own `scale` in each snapshot. A dot product
  rounds once for each term (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1). A
  vertex is interpolated from others at most once for each neuron of a layer, with fewer than three
  roundings each time.
- A line lies at its ends within `deviation` of the exact boundary: the error of the values, divided
  by their slope along the edge that was crossed.
- The exact vertex lies within `radius` of the ideal one, in x and in y: the deviation of the line
  on which it was made, and along that line the error of the values divided by their slope.
- So a computed value and the exact one at the exact vertex differ by at most
  `scale[j] * error + slope[j] * radius`, where `slope` is the sum of |w| times the slopes of the
  layer before, and 1 for x and y. A sign is decided where the value is more than SAFETY times that
  from zero. SAFETY covers terms of second order and the rounding of the bounds.

A sign or position that the bounds leave open is found from the weights, with twice the digits: see
`precise`. Where the computed value has the other sign, it is replaced, and the vertex's `error`
grows by the difference. A snapshot is uncertain where twice the digits do not decide either.

A sign that is decided is not zero, unless the neuron is exactly zero over the whole domain. So a
line that separates two vertices of a cell passes through its interior: all cells have an area.

Axes: B snapshots of a chunk, V vertices, L lines, C cells, M crossings.
"""

from __future__ import annotations

import numpy as np

from ginn.geometry.bounding import affine, bounds, open_signs, places, radii
from ginn.geometry.cutting import (
    BITS,
    ERROR,
    FIRST,
    FIRST_OWNER,
    HEAD,
    ON_LEFT,
    ON_RIGHT,
    OWNER,
    SNAPSHOT,
    TAIL,
    cut_layer,
    mark_cells,
)
from ginn.geometry.precise import decide
from ginn.geometry.subdivision import Bool, Index, Subdivision, grown
from ginn.network.run import Float32, Float64

# The largest distance of a vertex of a boundary from the exact one, in x and in y, in domain units:
# half a quantum of the viewer's 16 bits. It is warranted by bounds that hold for every network; on
# trained 16-16-16 networks, vertices were within 1e-13.
POSITION_ERROR = 2.0**-17
EPSILON = float(np.finfo(np.float64).eps)
X, Y, OFF, VALUE = range(4)  # rows of what `precise.decide` finds


class RoundedSubdivision(Subdivision):
    """The subdivision of many snapshots in float64, as the module's docstring states.

    `radius` is (V,), `deviation` is (L,), `scale` and `slope` are (B, width). The weights and
    biases of the layers so far are `layers`.
    """

    def __init__(self, snapshots: int, first_snapshot: int = 0) -> None:
        """Begin with the unit square, once for each of `snapshots` snapshots."""
        corners = np.array([[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0] * 4])
        super().__init__(snapshots, first_snapshot, corners)
        self.radius: Float64 = np.zeros(self.vertices)
        self.deviation: Float64 = np.zeros(self.lines)
        self.scale: Float64 = np.zeros((snapshots, 2))
        self.slope: Float64 = np.ones((snapshots, 2))
        self.layers: list[tuple[Float32, Float32]] = []

    def enter_layer(self, first_neuron: int, weight: Float32, bias: Float32) -> None:
        """Compute the pre-activations of a layer; a snapshot with an open sign is uncertain."""
        if self.layers:
            self._mark_cells()
        self.layers.append((weight, bias))
        self.require_room(len(self.values) - FIRST, self.vertices * (FIRST + weight.shape[1]))
        inputs = self.values[FIRST:] if len(self.values) > FIRST else self.values[:ERROR]
        factors = np.ascontiguousarray(weight.transpose(0, 2, 1), dtype=np.float64)
        offsets = bias.astype(np.float64)
        entered = np.empty((FIRST + weight.shape[1], self.made.shape[1]))
        entered[:ERROR, : self.vertices] = self.values[:ERROR, : self.vertices]
        sums = np.empty(weight.shape[1])
        affine(inputs, self.vertices, self.made, factors, offsets, sums, entered)
        scale, slope = np.empty(bias.shape), np.empty(bias.shape)
        terms = (weight.shape[2] + 2 + 3 * weight.shape[1]) * EPSILON
        bounds(
            inputs, self.values[ERROR], self.vertices, self.made, np.abs(factors), np.abs(offsets),
            terms, self.scale, self.slope, np.empty((self.vertices, weight.shape[2])),
            np.empty(self.scale.shape), sums, scale, slope, entered[ERROR],
        )  # fmt: skip
        self.values, self.scale, self.slope = entered, scale, slope
        self.first_neuron = first_neuron
        self._decide(0)

    def cut(self) -> None:
        """Cut by the layer, and find the bounds of what it has made."""
        counts, edges = self.counts.copy(), self.edges[:, : self.edge_count].copy()
        first, width = self.vertices, len(self.values) - FIRST
        self._cut(0, width)
        if self._decide(first, cut=True):
            # Go back, and decide the signs at new vertices before the next neuron cuts.
            self.counts[:], self.edges[:, : edges.shape[1]] = counts, edges
            for neuron in range(width):
                first = self.vertices
                self._cut(neuron, neuron + 1)
                self._decide(first)

    def _cut(self, neuron: int, stop: int) -> None:
        """Cut by the layer's neurons from `neuron` up to `stop`, and set what bounds the errors."""
        first, first_line = self.vertices, self.lines
        while True:
            size = self.made.shape[1]
            neuron, crossings = cut_layer(
                self.values, np.empty(size, np.bool_), np.empty((2, size)), self.edges, self.made,
                self.line_ends, self.cell_snapshot, self.cell_on, self._scratch, self.counts,
                self.first_neuron, neuron, stop,
            )  # fmt: skip
            if not crossings:
                break
            self._reserve(neuron, crossings)
        self.radius = grown(self.radius[:first], self.vertices)
        self.deviation = grown(self.deviation[:first_line], self.lines)
        radii(
            self.values, self.made, self.line_ends, self.scale, self.slope, self._vertex_error(),
            self.first_neuron, first, self.vertices, first_line, self.lines, self.deviation,
            self.radius, np.empty(self.vertices),
        )  # fmt: skip

    def crossing_places(self, order: Index) -> Float64:
        """The position of each crossing, (2, M), within POSITION_ERROR."""
        place, far = np.empty(order.shape), np.empty(order.shape[1], np.intp)
        count = places(
            self.values, self.edges, self.made, self.deviation, self.scale, self.slope,
            self._vertex_error(), order, POSITION_ERROR, place, far,
        )  # fmt: skip
        if count:
            neuron, edge = order[:, far[:count]]
            owners = np.stack([self.edges[OWNER, edge], self.first_neuron + neuron])
            cell = self.edges[ON_LEFT : ON_RIGHT + 1, edge].max(axis=0)
            snapshot = self.made[SNAPSHOT, self.edges[TAIL, edge]]
            found = self._precisely(owners, owners[1], cell, snapshot)
            place[:, far[:count]] = found[: Y + 1]
            self.uncertain[snapshot[~(found[OFF] < POSITION_ERROR)]] = True
        return place

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

    def _vertex_error(self) -> float:
        """A bound of the distance of a computed vertex from its ideal one."""
        return 4 * EPSILON * (self.first_neuron + len(self.values))

    def _mark_cells(self) -> None:
        """Store which neurons of the layer that has just cut are on in each cell."""
        on = self.signs()
        words = np.zeros((-(-len(on) // BITS), self.cell_on.shape[1]), dtype=np.intp)
        mark_cells(on, self.edges, self.edge_count, np.empty(self.vertices, np.intp), words)
        self.cell_on = np.concatenate([self.cell_on, words])

    def _decide(self, first: int, cut: bool = False) -> bool:
        """Decide the signs at the vertices from `first` on. Returns whether one was wrong.

        If `first` is above zero, these are the vertices that the layer has made. Snapshots in which
        a sign stays open become uncertain. `cut` says that the layer has already cut by these
        signs. Wrong signs are then left as they are.
        """
        wrong, room = False, 1_000
        while True:
            found = np.empty((2, room), np.intp)
            count = open_signs(
                self.values, self.edges, self.edge_count, self.made, self.radius, self.deviation,
                self.scale, self.slope, self._vertex_error(), self.first_neuron, first,
                self.vertices, np.empty(self.vertices, np.intp), found,
            )  # fmt: skip
            if count <= room:
                break
            room = count
        if count:
            wrong = self._settle(found[:, :count], cut)
        if self.uncertain.any():
            self._leave_out()
        return wrong

    def _settle(self, signs: Index, cut: bool) -> bool:
        """Decide signs (2, M), neuron and vertex, from the weights. Returns whether one was wrong.

        With `cut`, wrong signs are left as they are. Otherwise they are corrected.
        """
        edges = self.edges[:, : self.edge_count]
        cell_at = np.empty(self.vertices, np.intp)
        cell_at[edges[TAIL]] = cell_at[edges[HEAD]] = edges[ON_LEFT : ON_RIGHT + 1].max(axis=0)
        neuron, vertex = signs
        owners, snapshot = self.made[FIRST_OWNER:, vertex], self.made[SNAPSHOT, vertex]
        found = self._precisely(owners, self.first_neuron + neuron, cell_at[vertex], snapshot)
        exact, computed = found[VALUE], self.values[FIRST + neuron, vertex]
        self.uncertain[snapshot[exact == 0.0]] = True
        # A computed zero is corrected, too, since new vertices interpolate from it.
        other = (np.sign(exact) != np.sign(computed)) & ~self.uncertain[snapshot]
        if not cut:
            neuron, vertex, snapshot = neuron[other], vertex[other], snapshot[other]
            self.values[FIRST + neuron, vertex] = exact[other]
            change = np.abs(exact - computed)[other] / self.scale[snapshot, neuron]
            np.add.at(self.values[ERROR], vertex, 1.01 * change)
        return bool(other.any())

    def _precisely(self, owners: Index, neuron: Index, cell: Index, snapshot: Index) -> Float64:
        """The result of `precise.decide`, (4, M), for M points.

        `owners` has both lines through each point, `neuron` the neuron to decide there, `cell` a
        cell at the point, and `snapshot` the point's snapshot; (M,) each.
        """
        found = np.zeros((4, neuron.size))
        found[OFF] = np.inf
        items = np.stack([*owners, neuron, cell])
        widths = np.array([self.layers[0][0].shape[2], *(b.shape[1] for _, b in self.layers)])
        for number in np.unique(snapshot):
            if self.uncertain[number]:
                continue
            which = np.flatnonzero(snapshot == number)
            which = which[np.argsort(cell[which], kind="stable")]
            parameters = np.concatenate(
                [each[number].ravel() for layer in self.layers for each in layer]
            ).astype(np.float64)
            own = np.empty((4, which.size))
            decide(
                items[:, which], self.cell_on, widths, parameters, np.empty(widths.max(), np.intp),
                np.empty((widths.sum(), 3, 3)), np.empty((4, 3, 3)), own,
            )  # fmt: skip
            found[:, which] = own
        return found

    def _leave_out(self) -> None:
        """Set all values of uncertain snapshots below zero, so that no boundary cuts them."""
        vertex = np.flatnonzero(self.uncertain[self.made[SNAPSHOT, : self.vertices]])
        self.values[ERROR, vertex] = 0.0
        self.values[FIRST:, vertex] = -1.0
        self.radius[vertex[vertex < self.radius.size]] = 0.0
