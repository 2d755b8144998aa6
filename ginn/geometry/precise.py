"""Loops that decide signs with twice the digits of float64, and find positions.

A number is a sum of two float64 numbers, `high + low`. Sums and products are made of float64
operations whose rounding errors are computed as well (Dekker, A floating-point technique for
extending the available precision, 1971; Shewchuk, Adaptive precision floating-point arithmetic,
1997).

A vertex is where two lines cross. Each line is a side of the domain, or the zero set of a neuron
that is affine on the cells around the vertex. The value of neuron f at the vertex is a quotient of
determinants of the functions' coefficients (p for x, q for y, r),

    det(a, b, f) / det(a, b),  where det(a, b) = p_a q_b - p_b q_a.

So the sign follows from the weights and from which neurons are on in the cell. No computed position
is used.

Bounds. A coefficient is off by at most K times its `size`, the same sum of products of absolute
values. In a layer of n inputs, a sum has 3 n + 1 terms. Its high part is summed without error, and
each of the errors is rounded when it is added to the low part, which is below 3 n 2^-52 times the
size. So a layer adds less than (3 n + 2)^2 2^-104 to K. A determinant of two functions is off by
at most (2 K + 2^-98) times the same determinant of sizes with plus signs, and one of three
functions by (3 K + 2^-97) times that; K is far below 1, and SAFETY covers terms of second order.
Every size must be zero or within LEAST and 1 / LEAST, so that nothing overflows and what underflows
does not matter beside the bounds. A sign that is decided is not zero.
"""

from __future__ import annotations

from typing import Any

from ginn.geometry.compiled import loop

# As in `cutting`; Numba's cache knows one module only.
BITS = 32

SAFETY = 2.0
LEAST = 2.0**-250
UNIT = 2.0**-104
ROOT = 2.0**-52  # of UNIT
# Dekker's factor, which splits a number into two of 26 bits.
HALVING = 2.0**27 + 1.0
# Parts of a coefficient.
HIGH, LOW, SIZE = range(3)


@loop
def _added(high: float, low: float, number: float) -> tuple[float, float]:
    """A number added to `high + low`: the high part without error."""
    total = high + number
    other = total - high
    return total, low + ((high - (total - other)) + (number - other))


@loop
def _product(a: float, b: float) -> tuple[float, float]:
    """The product of two float64 numbers, without error."""
    part = HALVING * a
    a_top = part - (part - a)
    a_rest = a - a_top
    part = HALVING * b
    b_top = part - (part - b)
    b_rest = b - b_top
    high = a * b
    low = a_rest * b_rest - (((high - a_top * b_top) - a_rest * b_top) - a_top * b_rest)
    return high, low


@loop
def _crossed(a: Any, b: Any, p: int, q: int, share: float) -> tuple[float, float, float]:
    """The determinant of coefficients p and q of two functions: high, low, and its bound.

    `share` is K.
    """
    high, low = _product(a[HIGH, p], b[HIGH, q])
    low += a[HIGH, p] * b[LOW, q] + a[LOW, p] * b[HIGH, q]
    other, rest = _product(a[HIGH, q], b[HIGH, p])
    rest += a[HIGH, q] * b[LOW, p] + a[LOW, q] * b[HIGH, p]
    high, low = _added(high, low - rest, -other)
    size = a[SIZE, p] * b[SIZE, q] + a[SIZE, q] * b[SIZE, p]
    high, low = _added(high, 0.0, low)
    return high, low, SAFETY * (2.0 * share + 64.0 * UNIT) * size


@loop
def _functions(
    cell: int, cell_on: Any, widths: Any, parameters: Any, active: Any, table: Any
) -> float:
    """K, or -1 if a size is out of range. Sets `table` (2 + N, 3, 3): each neuron's coefficients.

    The axes are the number of the function (x, y, then the neurons), part, and coefficient.
    `parameters` are the weights (out, in) and biases of each layer, one after the other. `active`
    (in,) is overwritten.
    """
    table[:2] = 0.0
    for k in range(2):
        table[k, HIGH, k] = table[k, SIZE, k] = 1.0
    share, start, place, word = 0.0, 0, 0, 0
    for layer in range(1, widths.shape[0]):
        ins, count = widths[layer - 1], 0
        for k in range(ins):
            if layer == 1 or (cell_on[word + k // BITS, cell] >> (k % BITS)) & 1:
                active[count] = k
                count += 1
        for j in range(widths[layer]):
            for c in range(3):
                high = low = size = 0.0
                for i in range(count):
                    k = active[i]
                    weight, value = parameters[place + j * ins + k], table[start + k, HIGH, c]
                    # A float32 weight times half of a value's digits is exact.
                    part = HALVING * value
                    top = part - (part - value)
                    high, low = _added(high, low, weight * top)
                    high, low = _added(high, low, weight * (value - top))
                    low += weight * table[start + k, LOW, c]
                    size += abs(weight) * table[start + k, SIZE, c]
                if c == 2:
                    bias = parameters[place + widths[layer] * ins + j]
                    high, low = _added(high, low, bias)
                    size += abs(bias)
                if size != 0.0 and not LEAST < size < 1.0 / LEAST:
                    return -1.0
                high, low = _added(high, 0.0, low)
                entry = table[start + ins + j]
                entry[HIGH, c], entry[LOW, c], entry[SIZE, c] = high, low, size
        share += (3.0 * count + 2.0) ** 2 * UNIT
        start, place = start + ins, place + (ins + 1) * widths[layer]
        if layer > 1:
            word += (ins + BITS - 1) // BITS
    return share


@loop
def _sides(table: Any) -> None:
    """Set `table` (4, 3, 3) to the functions that are zero on LEFT, TOP, RIGHT and BOTTOM.

    Entry i stands for the owner -1 - i.
    """
    table[:] = 0.0
    for side in range(4):
        table[side, HIGH, side % 2] = table[side, SIZE, side % 2] = 1.0
        if side >= 2:
            table[side, HIGH, 2], table[side, SIZE, 2] = -1.0, 1.0


@loop
def decide(
    items: Any, cell_on: Any, widths: Any, parameters: Any, active: Any, table: Any, sides: Any,
    found: Any,
) -> None:  # fmt: skip
    """Set `found` (4, M) to what is known of the points at which two lines cross.

    `items` (4, M) are the owners of both lines, a neuron and a cell at the point. `found` has x
    and y, the bound of their errors, and the neuron's value, which is 0 if its sign is not decided.
    All points are of one snapshot. `active`, `table` and `sides` are overwritten.
    """
    _sides(sides)
    cell, share = -1, -1.0
    for i in range(items.shape[1]):
        if items[3, i] != cell:
            cell = items[3, i]
            share = _functions(cell, cell_on, widths, parameters, active, table)
        found[:, i] = 0.0
        found[2, i] = 1.0
        if share < 0.0:
            continue
        a = sides[-1 - items[0, i]] if items[0, i] < 0 else table[2 + items[0, i]]
        b = sides[-1 - items[1, i]] if items[1, i] < 0 else table[2 + items[1, i]]
        d, d_low, d_bound = _crossed(a, b, 0, 1, share)
        x, x_low, x_bound = _crossed(a, b, 1, 2, share)
        y, y_low, y_bound = _crossed(a, b, 2, 0, share)
        if not abs(d) > d_bound:
            continue
        found[0, i], found[1, i] = x / d, y / d
        found[2, i] = SAFETY * (max(x_bound, y_bound) + d_bound) / (abs(d) - d_bound) + ROOT
        f = table[2 + items[2, i]]
        high = low = bound = 0.0
        for c, (top, rest, off) in enumerate(
            ((x, x_low, x_bound), (y, y_low, y_bound), (d, d_low, d_bound))
        ):
            product, error = _product(f[HIGH, c], top)
            high, low = _added(high, low, product)
            low += error + (f[HIGH, c] * rest + f[LOW, c] * top)
            bound += f[SIZE, c] * off
        bound *= (3.0 * share + 128.0 * UNIT) / (2.0 * share + 64.0 * UNIT)
        if abs(high + low) > bound:
            found[3, i] = (high + low) / d
