"""Loops that compute a layer's values in float64, and the error bounds that `rounded` states.

The arrays are those of `rounded.RoundedSubdivision`, whose docstring says what they hold.
"""

from __future__ import annotations

from typing import Any

from ginn.geometry.compiled import loop

# Copies of the constants in `cutting`: Numba keeps compiled code by the time stamp of one module.
TAIL, HEAD, LINE, ON_LEFT, ON_RIGHT, OWNER = range(6)
SNAPSHOT, MADE_TAIL, MADE_HEAD, MADE_ON, FIRST_OWNER, SECOND_OWNER = range(6)
VERTICES, EDGES, LINES, CELLS = range(4)
ERROR, FIRST = 2, 3

SAFETY = 2.0
# The least bound, of an error and of a scale.
LEAST = 2.0**-63


@loop
def affine(
    inputs: Any, count: int, made: Any, weight: Any, bias: Any, sums: Any, entered: Any
) -> None:
    """Set the rows of `entered` from FIRST on to a layer's pre-activations at `count` vertices.

    `inputs` (in, V) are the pre-activations of the layer before, or x and y; `weight` is
    (B, in, out), `bias` (B, out). Sums go in the order of the inputs, and the bias comes last.
    `sums` (out,) is overwritten.
    """
    for v in range(count):
        b = made[SNAPSHOT, v]
        sums[:] = 0.0
        for k in range(inputs.shape[0]):
            activation = inputs[k, v]
            if activation > 0.0:
                for j in range(sums.shape[0]):
                    sums[j] += weight[b, k, j] * activation
        for j in range(sums.shape[0]):
            entered[FIRST + j, v] = sums[j] + bias[b, j]


@loop
def bounds(
    inputs: Any, error: Any, count: int, made: Any, weight: Any, bias: Any, terms: float,
    scale: Any, slope: Any, inherited: Any, peak: Any, sums: Any, new_scale: Any, new_slope: Any,
    new_error: Any,
) -> None:  # fmt: skip
    """Set the bounds of a layer, from those of the layer before.

    `weight` and `bias` are the absolute values of those of `affine`, `error` (V,), `scale` and
    `slope` (B, in) the bounds before, and `new_error`, `new_scale`, `new_slope` those to be set.
    `inherited` (V, in), `peak` (B, in) and `sums` (out,) are overwritten.
    """
    ins, outs = inputs.shape[0], sums.shape[0]
    peak[:] = 0.0
    for v in range(count):
        b = made[SNAPSHOT, v]
        for k in range(ins):
            inherited[v, k] = 0.0
            if not inputs[k, v] < 0.0:  # a neuron that is off passes on exactly zero
                passed = max(scale[b, k], LEAST) * max(error[v], LEAST)
                inherited[v, k] = terms * inputs[k, v] + passed
                peak[b, k] = max(peak[b, k], inherited[v, k])
    new_slope[:] = 0.0
    for b in range(bias.shape[0]):
        for j in range(outs):
            sums[j] = terms * bias[b, j]
        for k in range(ins):
            for j in range(outs):
                sums[j] += weight[b, k, j] * peak[b, k]
                if peak[b, k] > 0.0:
                    new_slope[b, j] += weight[b, k, j] * slope[b, k]
        for j in range(outs):
            new_scale[b, j] = 1.01 * sums[j]
    for v in range(count):
        b = made[SNAPSHOT, v]
        for j in range(outs):
            sums[j] = terms * bias[b, j]
        for k in range(ins):
            if inherited[v, k] > 0.0:
                for j in range(outs):
                    sums[j] += weight[b, k, j] * inherited[v, k]
        new_error[v] = LEAST
        for j in range(outs):
            if new_scale[b, j] > 0.0:
                new_error[v] = max(new_error[v], 1.01 * sums[j] / new_scale[b, j])


@loop
def crossing_errors(
    values: Any,
    made: Any,
    scale: Any,
    slope: Any,
    neuron: int,
    tail: int,
    head: int,
    vertex_error: float,
) -> tuple[float, float]:
    """Bounds of the distance, along an edge, from a boundary's crossing to the exact crossing.

    Returns (error, gain). `error` is the bound if the edge is exact. If the edge's line has a
    deviation, the bound is `error + gain * deviation`.
    """
    right = abs(values[0, head] - values[0, tail])
    down = abs(values[1, head] - values[1, tail])
    apart = abs(values[FIRST + neuron, tail] - values[FIRST + neuron, head])
    flat = 3.0 * (max(right, down) + vertex_error) / apart
    b = made[SNAPSHOT, tail]
    error = scale[b, neuron] * max(values[ERROR, tail], values[ERROR, head]) * flat
    return error, 1.0 + slope[b, neuron] * flat


@loop
def radii(
    values: Any, made: Any, line_ends: Any, scale: Any, slope: Any, vertex_error: float,
    first_neuron: int, first: int, count: int, first_line: int, lines: int, deviation: Any,
    radius: Any, gain: Any,
) -> None:  # fmt: skip
    """Set the `radius` of the vertices, and the `deviation` of the lines, that a layer has made.

    These are the vertices from `first` up to `count`, and the lines from `first_line` up to
    `lines`. `gain` (V,) is overwritten.
    """
    for v in range(first, count):
        radius[v], gain[v] = crossing_errors(
            values, made, scale, slope, made[SECOND_OWNER, v] - first_neuron, made[MADE_TAIL, v],
            made[MADE_HEAD, v], vertex_error,
        )  # fmt: skip
    for line in range(first_line, lines):
        deviation[line] = min(radius[line_ends[0, line]], radius[line_ends[1, line]])
    for v in range(first, count):
        radius[v] += deviation[made[MADE_ON, v]] * gain[v]


@loop
def open_signs(
    values: Any, edges: Any, edge_count: int, made: Any, radius: Any, deviation: Any, scale: Any,
    slope: Any, vertex_error: float, first_neuron: int, first: int, count: int, beside: Any,
    found: Any,
) -> int:  # fmt: skip
    """The number of signs that the bounds leave open, at the vertices from `first` up to `count`.

    If `first` is above zero, these are the vertices that the layer has made, and only the neurons
    after the one that made a vertex are in question. Sets `found` (2, most): neuron and vertex of
    each open sign, as far as there is room. `beside` (V,) is overwritten.
    """
    number, ready = 0, False
    for j in range(values.shape[0] - FIRST):
        for v in range(first, count):
            b = made[SNAPSHOT, v]
            value = abs(values[FIRST + j, v])
            rounding = scale[b, j] * values[ERROR, v]
            bound = SAFETY * (rounding + slope[b, j] * radius[v])
            if value > bound or bound == 0.0:
                continue
            if first > 0 and j <= made[SECOND_OWNER, v] - first_neuron:
                continue
            if not ready:
                _neighbours(edges, edge_count, made, beside)
                ready = True
            # A vertex is off by the deviation of the line on which it was made, and by what remains
            # of its radius along that line. There the value at the next vertex on the line gives
            # the slope, which may be far less than `slope`.
            n, off = beside[v], deviation[made[MADE_ON, v]]
            across = rounding + slope[b, j] * off
            other = scale[b, j] * values[ERROR, n] + slope[b, j] * off
            right, down = abs(values[0, v] - values[0, n]), abs(values[1, v] - values[1, n])
            length = max(right, down) - 2.0 * off - vertex_error
            along = slope[b, j]
            if length > 0.0:
                rise = abs(values[FIRST + j, v] - values[FIRST + j, n]) + across + other
                along = min(along, rise / length)
            if not value > SAFETY * (across + along * (radius[v] - off)):
                if number < found.shape[1]:
                    found[0, number], found[1, number] = j, v
                number += 1
    return number


@loop
def _neighbours(edges: Any, edge_count: int, made: Any, beside: Any) -> None:
    """Set `beside` (V,) to a vertex beside each one, on the line on which it was made."""
    for e in range(edge_count):
        tail, head, line = edges[TAIL, e], edges[HEAD, e], edges[LINE, e]
        if made[MADE_ON, tail] == line:
            beside[tail] = head
        if made[MADE_ON, head] == line:
            beside[head] = tail


@loop
def places(
    values: Any, edges: Any, made: Any, deviation: Any, scale: Any, slope: Any, vertex_error: float,
    order: Any, limit: float, place: Any, far: Any,
) -> int:  # fmt: skip
    """Set `place` (2, M) to the positions of crossings, `order` (2, M): neuron and edge.

    Returns how many are not sure to be within `limit` of the exact position; sets `far` to these.
    """
    number = 0
    for i in range(order.shape[1]):
        j, e = order[0, i], order[1, i]
        tail, head = edges[TAIL, e], edges[HEAD, e]
        error, gain = crossing_errors(values, made, scale, slope, j, tail, head, vertex_error)
        if not error + deviation[edges[LINE, e]] * gain + vertex_error < limit:
            far[number] = i
            number += 1
        value = values[FIRST + j, tail]
        fraction = value / (value - values[FIRST + j, head])
        for row in range(2):
            place[row, i] = (1.0 - fraction) * values[row, tail] + fraction * values[row, head]
    return number
