"""The degenerate cases that `boundaries` states, one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.boundary_checks import (
    check_sides,
    polyline_lists,
    same_line,
    validate,
    values_at,
)
from support.runs import random_run_within, run_of_arrays

from ginn.geometry.boundaries import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Boundaries,
    trace,
)
from ginn.network.run import RecordedRun


def only_neuron(weight: tuple[float, float], bias: float) -> Boundaries:
    network = run_of_arrays([[weight], [[0.0]]], [[bias], [0.0]])
    boundaries = trace(network)
    validate(network, boundaries)
    return boundaries


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.0])
def test_trace_zero_weights_gives_no_polyline(bias: float) -> None:
    boundaries = only_neuron((0.0, 0.0), bias)
    assert polyline_lists(boundaries, 0) == []
    assert boundaries.regions[0] == 1


def test_trace_line_along_a_side_is_traced_only_if_the_domain_is_on() -> None:
    on, off = only_neuron((1.0, 0.0), 0.0), only_neuron((-1.0, 0.0), 0.0)
    assert polyline_lists(on, 0) == [([[0, 1], [0, 0]], [BOTTOM, TOP], False)]
    assert polyline_lists(off, 0) == []
    assert on.regions[0] == off.regions[0] == 1


def test_trace_line_through_two_corners_ends_at_both() -> None:
    boundaries = only_neuron((1.0, -1.0), 0.0)
    (vertices, causes, closed), *rest = polyline_lists(boundaries, 0)
    assert rest == []
    assert not closed
    assert vertices == [[1, 1], [0, 0]]
    assert causes == [RIGHT, TOP]
    assert boundaries.regions[0] == 2


def test_trace_line_that_touches_a_corner_has_two_vertices_there() -> None:
    boundaries = only_neuron((1.0, 1.0), 0.0)
    assert polyline_lists(boundaries, 0) == [([[0, 0], [0, 0]], [LEFT, TOP], False)]
    assert boundaries.regions[0] == 1
    assert polyline_lists(only_neuron((-1.0, -1.0), 0.0), 0) == []


def test_trace_line_through_a_vertex_has_one_vertex_for_each_cause() -> None:
    # Two lines cross at (1/2, 1/2); the layer after has a line through that point.
    network = run_of_arrays(
        [[[1, 0], [0, 1], [1, 0], [0, 1]], [[1, 2, -2, 1]], [[1]]],
        [[-0.5, -0.5, 0, 0], [0.5], [0]],
    )
    boundaries = trace(network)
    validate(network, boundaries)
    check_sides(network, boundaries, 0, 5_000)
    (line,) = boundaries.polylines(0, 4)
    middle = (line.vertices == 0.5).all(axis=1)
    assert sorted(line.causes[middle].tolist()) == [0, 1]


def test_trace_copied_neuron_has_the_same_polylines() -> None:
    base = random_run_within((4, 3), 1, seed=7)
    for factor in (1.0, 3.0, 0.1):
        network = with_copied_last_neuron(base, factor)
        boundaries = trace(network)
        validate(network, boundaries)
        original, copy = boundaries.polylines(0, 6), boundaries.polylines(0, 7)
        assert len(original) > 0
        assert same_line(original, copy, 1e-6)
        assert boundaries.regions[0] == trace(base).regions[0] or factor == 0.1


def with_copied_last_neuron(network: RecordedRun, factor: float) -> RecordedRun:
    """The network with one more neuron: the last hidden neuron times `factor`, with weight 0."""
    scale = np.float32(factor)
    *first, last, output = network.weights
    *first_biases, last_bias, output_bias = network.biases
    return replace(
        network,
        weights=(
            *first,
            np.concatenate([last, scale * last[:, -1:]], axis=1),
            np.concatenate([output, 0 * output[:, :, -1:]], axis=2),
        ),
        biases=(
            *first_biases,
            np.concatenate([last_bias, scale * last_bias[:, -1:]], axis=1),
            output_bias,
        ),
    )


def test_trace_line_along_an_earlier_boundary_names_the_neurons_that_cross() -> None:
    # Neuron 2 has the same line as neuron 0. The line of neuron 1 crosses it at (1/2, 1/3).
    network = run_of_arrays([[[1, 0], [0, 3]], [[1, 0]], [[1]]], [[-0.5, -1], [0], [-0.125]])
    boundaries = trace(network)
    validate(network, boundaries)
    (line,) = boundaries.polylines(0, 2)
    assert line.causes.tolist() == [BOTTOM, 1, TOP]
    assert (line.vertices[:, 0] == 0.5).all()
    assert boundaries.regions[0] == 4


def test_trace_zero_over_an_area_traces_the_border_of_the_on_area() -> None:
    # The second layer is zero wherever the first is off: over the whole left half.
    network = run_of_arrays([[[2, 0]], [[1]], [[1]]], [[-1], [0], [0]])
    boundaries = trace(network)
    for neuron in (0, 1, 2):
        assert polyline_lists(boundaries, neuron) == [([[0.5, 1], [0.5, 0]], [BOTTOM, TOP], False)]
    assert boundaries.regions[0] == 2


def test_trace_zero_to_rounding_over_an_area_gives_no_polyline() -> None:
    # Neuron 1 is three times neuron 0. Neuron 5 is the difference 3 n0 - n1, which is zero except
    # for rounding.
    first = [[0.7109375, -0.46875], [3 * 0.7109375, 3 * -0.46875], [3, 1], [1, 3], [-1, 5]]
    network = run_of_arrays(
        [first, [[3, -1, 0, 0, 0], [0, 0, 1, -1, 0]], [[1, 1]]],
        [[0.1015625, 3 * 0.1015625, -1, -2, -1], [0, -0.25], [-0.125]],
    )
    rounded = [
        np.abs(values_at(network, 0, line.vertices)[:, 5]).max()
        for neuron in range(5)
        for line in trace(network).polylines(0, neuron)
    ]
    assert max(rounded) > 0
    assert polyline_lists(trace(network), 5) == []
    assert len(polyline_lists(trace(network), 6)) > 0


def test_trace_thousands_of_concurrent_lines_agrees_with_the_forward_pass() -> None:
    rng = np.random.default_rng(11)
    shapes = [(256, 8, 2), (256, 8, 8), (256, 8, 8), (256, 8, 8), (256, 1, 8)]
    network = run_of_arrays(
        [rng.integers(-3, 4, shape) for shape in shapes],
        [rng.integers(-3, 4, shape[:2]) for shape in shapes],
    )
    boundaries = trace(network)
    assert (boundaries.vertices[1:] == boundaries.vertices[:-1]).all(axis=1).sum() > 1_000
    for snapshot in range(0, 256, 16):
        check_sides(network, boundaries, snapshot, 200)


def diamond() -> RecordedRun:
    """Layer 2 is on where |x - 1/2| + |y - 1/2| < 1/4."""
    return run_of_arrays(
        [[[1, 0], [-1, 0], [0, 1], [0, -1]], [[-1, -1, -1, -1]], [[1]]],
        [[-0.5, 0.5, -0.5, 0.5], [0.25], [-0.125]],
    )


def test_trace_closed_ring_is_marked_closed() -> None:
    network = diamond()
    boundaries = trace(network)
    validate(network, boundaries)
    (line,) = boundaries.polylines(0, 4)
    assert line.closed
    tips = np.unique(line.vertices, axis=0)
    assert tips.tolist() == [[0.25, 0.5], [0.5, 0.25], [0.5, 0.75], [0.75, 0.5]]
    # Each tip lies on a line that two neurons with opposite signs share. It is one corner.
    assert (boundaries.polylines(0, 5)[0].closed, boundaries.regions[0]) == (True, 8)


def test_trace_denormal_weights_hold_every_invariant() -> None:
    tiny = np.float32(1e-45)
    network = run_of_arrays(
        [[[tiny, 0], [0, -tiny]], [[tiny, tiny]], [[tiny]]], [[-tiny, tiny], [-tiny], [tiny]]
    )
    validate(network, trace(network))
    half = run_of_arrays([[[4 * tiny, 0]], [[1]]], [[-2 * tiny], [0]])
    assert polyline_lists(trace(half), 0) == [([[0.5, 1], [0.5, 0]], [BOTTOM, TOP], False)]
