"""The subdivision of the unit square by one network in exact arithmetic, on integers of any size.

The algorithm is that of `subdivision`; only the numbers differ. A vertex is (x / d, y / d), and all
its values have the denominator d times a power of two for each layer. So x, y, d and the values are
integers, with the right signs, because d is above zero. float32 weights become integers when they
are multiplied by a power of two. A vertex between two others is their sum, each weighted by the
distance of the other's value from zero; it needs no division.

The values are multiples of the greatest common divisor of x, y and d, since they are linear in
these with integer coefficients. Each new vertex is divided by it, which keeps the integers short.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ginn.geometry.cutting import (
    FIRST,
    HEAD,
    MADE_HEAD,
    MADE_TAIL,
    ON_LEFT,
    ON_RIGHT,
    TAIL,
    cut,
)
from ginn.geometry.subdivision import Bool, Index, Subdivision, grown
from ginn.network.run import Float32, Float64

DENOMINATOR = 2  # the row of `values`
Exact = NDArray[np.object_]


class ExactSubdivision(Subdivision):
    """The subdivision of one snapshot, with Python integers as `values`; it is never uncertain."""

    def __init__(self, first_snapshot: int = 0) -> None:
        """Begin with the unit square."""
        corners = np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1] * 4], dtype=object)
        super().__init__(1, first_snapshot, corners)
        self._shift = 0  # pre-activations are multiplied by two to this power

    def enter_layer(self, first_neuron: int, weight: Float32, bias: Float32) -> None:
        """Compute the pre-activations of a layer of one snapshot."""
        activation = np.maximum(self.inputs(), 0)
        shift = max(_shift(weight), _shift(bias) - self._shift)
        self._shift += shift
        values = _scaled(weight[0], shift) @ activation
        values += _scaled(bias[0], self._shift)[:, None] * self.values[DENOMINATOR, : self.vertices]
        values = np.concatenate([self.values[:FIRST, : self.vertices], values])
        self.values = grown(values, self.made.shape[1])
        self.first_neuron = first_neuron

    def cut(self) -> None:
        """Cut every cell through which the boundary of a neuron of the layer passes."""
        for neuron in range(len(self.values) - FIRST):
            first = self.vertices
            on = np.asarray(self.values[FIRST + neuron, :first] > 0, dtype=np.bool_)
            while crossings := self._cut(neuron, on):
                self._reserve(neuron, crossings)
            tail, head = self.made[MADE_TAIL : MADE_HEAD + 1, first : self.vertices]
            if tail.size:
                new = self._between(neuron, tail, head, slice(None))
                self.values[:, first : self.vertices] = new // np.gcd.reduce(new[:FIRST], axis=0)

    def _cut(self, neuron: int, on: Bool) -> int:
        """Cut by one neuron with these signs; returns what `cutting.cut` does."""
        return cut(
            on, self.edges, self.made, self.line_ends, self.cell_snapshot, self.cell_on,
            self._scratch, self.counts, self.first_neuron + neuron,
        )  # fmt: skip

    def crossing_places(self, order: Index) -> Float64:
        """The position of crossings, (2, M): the nearest float64 numbers."""
        neuron, edge = order
        tail, head = self.edges[: HEAD + 1, edge]
        x, y, denominator = self._between(neuron, tail, head, slice(FIRST))
        return np.stack([x / denominator, y / denominator]).astype(np.float64)

    def areas(self) -> Float64:
        """The area of each cell, (C,), in domain units, rounded once; not for OUTSIDE."""
        return self._areas().astype(np.float64)

    def has_area(self) -> Bool:
        """Whether each cell has an area, (C,); not for OUTSIDE."""
        return np.asarray(self._areas() > 0)

    def _between(self, neuron: int | Index, tail: Index, head: Index, rows: slice) -> Exact:
        """Rows of `values` at crossings, (rows, M), times a positive integer for each crossing."""
        at_tail = np.abs(self.values[FIRST + neuron, tail])
        at_head = np.abs(self.values[FIRST + neuron, head])
        values = self.values[rows]
        return np.asarray(at_head * values[:, tail] + at_tail * values[:, head])

    def _areas(self) -> Exact:
        x, y, denominator = self.values[:FIRST, : self.vertices]
        fraction = np.frompyfunc(Fraction, 2, 1)
        x, y = fraction(x, denominator), fraction(y, denominator)
        edges = self.edges[:, : self.edge_count]
        tail, head = edges[TAIL], edges[HEAD]
        halved = (x[tail] * y[head] - x[head] * y[tail]) / 2
        area = np.full(self.cells, Fraction(0), dtype=object)
        np.add.at(area, edges[ON_LEFT], halved)
        np.subtract.at(area, edges[ON_RIGHT], halved)
        return area


def _shift(numbers: Float32) -> int:
    """The least exponent of two with which the numbers, multiplied by the power, are integers."""
    return max(value.as_integer_ratio()[1].bit_length() - 1 for value in numbers.ravel().tolist())


def _scaled(numbers: Float32, shift: int) -> Exact:
    """The numbers times two to the power of `shift`, as integers."""
    scale = 1 << shift
    return np.array(
        [int(Fraction(value) * scale) for value in numbers.ravel().tolist()], dtype=object
    ).reshape(numbers.shape)
