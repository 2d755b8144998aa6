"""Checks of traced boundaries against the forward pass.

Tolerances, all in float64:

| residual | bound | unit | reason |
| --- | --- | --- | --- |
| pre-activation at a vertex, own or cause's | 8 eps x its scale | pre-activation | `scale` sums |w| and |b| through the network; a vertex is rounded to eps in position, and a few more roundings come from its computation; measured: at most 1.1 on every tenth snapshot of eight full runs |
| position, mirrored or rotated network | 1e-12 | domain | the same point is computed with other roundings; bad condition of crossings increases them to some thousands of eps |
| position, power-of-two rescaled network | 0 | domain | powers of two commute with rounding |
| points left out of the side test | 8 eps to 1e-11 x scale | pre-activation | a ray may pass a point this near on the other side by rounding; smaller values count as zero |
| area of all cells together | 1e-12 | domain | a sum of some thousand rounded terms |
"""  # noqa: E501

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from ginn.geometry.boundaries import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Boundaries,
    Polyline,
)
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun, layer_slices
from support.runs import run_of_arrays

EPSILON = np.finfo(np.float64).eps


SHAPES = [
    (1,),
    (8,),
    (1, 1),
    (1, 5, 1),
    (6, 6),
    (32,),
    (32, 8),
    (7, 3, 9),
    (5, 5, 5, 5, 5),
    (16,) * 3,
]


def scales(snapshots: RecordedRun, snapshot: int) -> Float64:
    """The sum of |w| and |b| through the network for each neuron; no term can be larger."""
    reach = np.ones(2)
    per_neuron = []
    for weight, bias in zip(snapshots.weights, snapshots.biases, strict=True):
        reach = np.abs(weight[snapshot]).astype(float) @ reach + np.abs(bias[snapshot])
        per_neuron.append(reach)
    return np.concatenate(per_neuron)


def values_at(snapshots: RecordedRun, snapshot: int, points: Float64) -> Float64:
    """The pre-activations (P, N) of all neurons and the output, by the plain forward pass."""
    weights = tuple(weight[snapshot] for weight in snapshots.weights)
    biases = tuple(bias[snapshot] for bias in snapshots.biases)
    return np.concatenate(pre_activations(weights, biases, points), axis=1)


def segments(lines: list[Polyline]) -> tuple[Float64, Float64]:
    """The first and second ends, (S, 2) each, of all segments of some polylines."""
    first = [line.vertices if line.closed else line.vertices[:-1] for line in lines]
    second = [
        np.roll(line.vertices, -1, axis=0) if line.closed else line.vertices[1:] for line in lines
    ]
    return np.concatenate([np.empty((0, 2)), *first]), np.concatenate([np.empty((0, 2)), *second])


def on_side_by_rays(lines: list[Polyline], points: Float64, on_at_top: Any) -> NDArray[np.bool_]:
    """Whether each point is on, by a vertical ray from the point to y = 0.

    The state at y = 0 is known, and changes at each line that the ray crosses.
    """
    first, second = segments(lines)
    flips = np.zeros(len(points), dtype=np.int64)
    x, y = points.T
    for (x0, y0), (x1, y1) in zip(first, second, strict=True):
        spans = np.flatnonzero((x0 > x) != (x1 > x))
        flips[spans] += y0 + (x[spans] - x0) * (y1 - y0) / (x1 - x0) < y[spans]
    return np.asarray(on_at_top ^ (flips % 2 == 1))


def check_sides(snapshots: RecordedRun, boundaries: Boundaries, snapshot: int, count: int) -> None:
    points = np.random.default_rng(count).uniform(0, 1, (count, 2))
    values = values_at(snapshots, snapshot, points)
    top = values_at(snapshots, snapshot, points * [1, 0])
    scale = scales(snapshots, snapshot)
    # Where a pre-activation is exactly zero over an area, the forward pass gives rounding errors.
    # The neuron counts as off there.
    zero, margin = 8 * EPSILON * scale, 1e-11 * scale
    clear = (np.abs(values) <= zero) | (np.abs(values) > margin)
    clear &= (np.abs(top) <= zero) | (np.abs(top) > margin)
    assert clear.mean() > 0.99
    for neuron in range(boundaries.neurons):
        kept = clear[:, neuron]
        lines = boundaries.polylines(snapshot, neuron)
        traced = on_side_by_rays(lines, points[kept], top[kept, neuron] > zero[neuron])
        wrong = np.flatnonzero(traced != (values[kept, neuron] > zero[neuron]))
        assert not len(wrong), (snapshot, neuron, points[kept][wrong[:3]])


def validate(snapshots: RecordedRun, boundaries: Boundaries) -> None:
    """Check the properties that the boundaries of every network have, degenerate or not."""
    layer_start = np.concatenate(
        [np.full(s.stop - s.start, s.start) for s in layer_slices(boundaries.widths)]
    )
    assert boundaries.widths == snapshots.widths
    assert len(boundaries) == len(snapshots) == len(boundaries.regions)
    assert boundaries.vertices.dtype == np.float64
    assert boundaries.causes.dtype == boundaries.regions.dtype == np.int32
    assert boundaries.polyline_offsets[-1] == len(boundaries.vertices) == len(boundaries.causes)
    assert boundaries.line_offsets[-1] == len(boundaries.closed)
    assert (np.diff(boundaries.polyline_offsets) >= 2).all()
    assert ((boundaries.vertices >= 0) & (boundaries.vertices <= 1)).all()
    assert (boundaries.regions >= 1).all()
    for snapshot in range(len(boundaries)):
        bound = 8 * EPSILON * scales(snapshots, snapshot)
        for neuron in range(boundaries.neurons):
            for line in boundaries.polylines(snapshot, neuron):
                check_polyline(line, layer_start[neuron])
                values = np.abs(values_at(snapshots, snapshot, line.vertices))
                assert (values[:, neuron] <= bound[neuron]).all()
                inner = np.flatnonzero(line.causes >= 0)
                cause = line.causes[inner]
                assert (values[inner, cause] <= bound[cause]).all()
                check_on_side(snapshots, snapshot, neuron, line)


def check_polyline(line: Polyline, layer_start: int) -> None:
    inner = line.causes if line.closed else line.causes[1:-1]
    assert ((inner >= 0) & (inner < layer_start)).all()
    if line.closed:
        assert len(line.vertices) >= 3
    else:
        for (x, y), cause in zip(line.vertices[[0, -1]], line.causes[[0, -1]], strict=True):
            assert {LEFT: x == 0, TOP: y == 0, RIGHT: x == 1, BOTTOM: y == 1}[int(cause)]


def check_on_side(snapshots: RecordedRun, snapshot: int, neuron: int, line: Polyline) -> None:
    """Check that the neuron is not off just to the right of a long segment's middle (y down)."""
    first, second = segments([line])
    step = second - first
    length = np.hypot(*step.T)
    long = length > 1e-2
    right = np.stack([-step[:, 1], step[:, 0]], axis=1)[long] / length[long, None]
    middle = (first + second)[long] / 2
    bound = 8 * EPSILON * scales(snapshots, snapshot)[neuron]
    beside = values_at(snapshots, snapshot, middle + 1e-10 * right)[:, neuron]
    assert (beside >= -bound).all()


def same_line(one: list[Polyline], other: list[Polyline], tolerance: float) -> bool:
    """Whether two lines have the same polylines, in any order; a ring can begin anywhere."""
    left = list(other)
    for line in one:
        for candidate in left:
            if line.closed != candidate.closed or len(line.vertices) != len(candidate.vertices):
                continue
            shift = 0
            if line.closed:
                distance = np.abs(candidate.vertices - line.vertices[0]).max(axis=1)
                shift = -int(distance.argmin())
            moved = np.roll(candidate.vertices, shift, axis=0)
            causes = np.roll(candidate.causes, shift)
            if np.abs(moved - line.vertices).max() <= tolerance and (causes == line.causes).all():
                left = [item for item in left if item is not candidate]
                break
        else:
            return False
    return not left


def polyline_lists(boundaries: Boundaries, neuron: int) -> list[tuple[Any, Any, bool]]:
    return [
        (line.vertices.tolist(), line.causes.tolist(), line.closed)
        for line in boundaries.polylines(0, neuron)
    ]


SMALL_WIDTHS = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@st.composite
def lattice_networks(draw: st.DrawFn) -> RecordedRun:
    """A network with small integer weights; many lines are concurrent, coincident or level."""
    widths = draw(SMALL_WIDTHS)
    numbers = st.integers(-2, 2)
    shapes = list(zip([*widths, 1], [2, *widths], strict=True))
    weights = [draw(arrays(np.int64, shape, elements=numbers)) for shape in shapes]
    biases = [draw(arrays(np.int64, shape[0], elements=numbers)) for shape in shapes]
    third = draw(st.sampled_from([1.0, 3.0]))
    return run_of_arrays(weights, [bias / third for bias in biases])
