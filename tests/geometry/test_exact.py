"""Boundaries, region counts and corner signs of every kind of network, against exact integers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from support.boundary_checks import lattice_networks, polyline_lists
from support.exact_oracle import disagreement, traced
from support.runs import random_run, run_of_arrays, trained_run
from support.weight_kinds import KINDS, SHAPES, run_of_kind

from ginn.geometry.boundaries import BOTTOM, LEFT, RIGHT, TOP, trace
from ginn.geometry.cells import cells
from ginn.geometry.exact import ExactSubdivision
from ginn.geometry.layers import subdivisions_before
from ginn.geometry.rounded import POSITION_ERROR
from ginn.network.run import RecordedRun


def assert_exact(run: RecordedRun, snapshots: Sequence[int] = (0,)) -> None:
    """What `trace` finds is what the oracle finds, positions within the stated error."""
    found = trace(run)
    for snapshot in snapshots:
        assert disagreement(traced(run, snapshot), found, snapshot, POSITION_ERROR) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_trace_of_a_kind_of_weights_is_exact(kind: str) -> None:
    for seed, widths in enumerate(SHAPES[KINDS.index(kind) % 3 :: 3]):
        assert_exact(run_of_kind(kind, widths, seed))


@pytest.mark.slow
@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_trace_of_every_kind_of_weights_is_exact(widths: tuple[int, ...]) -> None:
    for kind, seed in itertools.product(KINDS, range(4)):
        assert_exact(run_of_kind(kind, widths, 100 + seed))


@pytest.mark.weekly
@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_trace_of_more_weights_of_every_kind_is_exact(widths: tuple[int, ...]) -> None:
    for kind, seed in itertools.product(KINDS, range(16)):
        assert_exact(run_of_kind(kind, widths, 104 + seed))


@settings(max_examples=200, deadline=None)
@given(lattice_networks())
def test_trace_of_small_integer_weights_is_exact(network: RecordedRun) -> None:
    assert_exact(network)


def test_trace_of_trained_snapshots_is_exact() -> None:
    assert_exact(trained_run(), range(len(trained_run())))


def test_trace_of_trained_and_random_snapshots_needs_no_exact_arithmetic() -> None:
    for run in (trained_run(), random_run((16, 16, 16), 40)):
        *_, divided = subdivisions_before(run, 0, len(run))
        assert not divided.uncertain.any()


def test_trace_bias_of_1e_17_is_above_zero() -> None:
    network = run_of_arrays([[[1, 0]], [[1]]], [[-0.5], [1e-17]])
    assert polyline_lists(trace(network), 1) == []
    assert trace(network).corners.tolist() == [[False, True]]
    assert_exact(network)


def test_trace_bias_of_one_beside_weights_of_1e15_is_above_zero() -> None:
    network = run_of_arrays([[[1e15, 0]], [[1]]], [[-5e14], [1]])
    assert polyline_lists(trace(network), 1) == []
    assert_exact(network)


def test_trace_weights_of_1e16_and_of_one_bend_the_output_once() -> None:
    network = run_of_arrays([[[1e16, 0], [0, 1]], [[1, 1]]], [[-5e15, 0], [-0.5]])
    ((vertices, causes, closed),) = polyline_lists(trace(network), 2)
    assert vertices[:2] == [[0, 0.5], [0.5, 0.5]]
    np.testing.assert_allclose(vertices[2:], [[0.5, 0]] * (len(vertices) - 2), atol=POSITION_ERROR)
    assert (causes[0], causes[-1], closed) == (LEFT, TOP, False)
    assert_exact(network)


def test_trace_default_weights_times_1000_loses_no_region() -> None:
    for seed in range(10):
        assert_exact(run_of_kind("times 1000", (4, 4, 4, 4), seed))
        assert_exact(run_of_kind("times 1000", (4, 4, 4, 4, 4), seed))


def test_trace_strip_thinner_than_64_epsilon_is_a_region() -> None:
    network = run_of_arrays(
        [[[1, 0], [0, 0]], [[1, 0], [1, -1e-14]], [[1, 1]]], [[0, 1], [-0.5, -0.5], [-0.25]]
    )
    assert trace(network).regions[0] == 3
    assert_exact(network)


@pytest.mark.filterwarnings("error")
def test_trace_sums_beyond_float64_are_exact() -> None:
    huge = [np.full((1, 1, 2 if layer == 0 else 1), 3e38) for layer in range(12)]
    biases = [np.full((1, 1), -3e38 if layer == 0 else 3e38) for layer in range(12)]
    network = run_of_arrays(huge, biases)
    assert polyline_lists(trace(network), 0) == [([[0, 1], [1, 0]], [BOTTOM, RIGHT], False)]
    assert_exact(network)


def test_trace_uncertain_snapshots_leave_the_others_of_their_chunk_as_they_are() -> None:
    kinds = ["default", "signs", "default", "no biases", "default", "copies"]
    runs = [run_of_kind(kind, (4, 4, 4), seed) for seed, kind in enumerate(kinds)]
    together = run_of_arrays(
        [np.concatenate(parts) for parts in zip(*(run.weights for run in runs), strict=True)],
        [np.concatenate(parts) for parts in zip(*(run.biases for run in runs), strict=True)],
    )
    *_, divided = subdivisions_before(together, 0, len(runs))
    assert divided.uncertain.any()
    assert not divided.uncertain.all()
    assert_exact(together, range(len(runs)))
    found = np.zeros(len(runs))
    for each in cells(together):
        found += np.bincount(each.snapshot, each.area, len(runs))
    np.testing.assert_allclose(found, 3, atol=1e-12)


def test_cells_of_an_uncertain_snapshot_have_their_exact_areas() -> None:
    # Both neurons are zero along the diagonal, and the second also is half the first.
    (found,) = cells(run_of_arrays([[[1, -1], [0.5, -0.5]], [[1, 1]]], [[0, 0], [0]]))
    with_area = found.area > 0
    assert found.area[with_area].tolist() == [0.5, 0.5]
    assert sorted(found.on[:, with_area].T.tolist()) == [[False, False], [True, True]]


def test_exact_subdivision_keeps_whole_numbers_without_a_common_divisor() -> None:
    run = run_of_kind("default", (5, 5), 3)
    *_, divided = subdivisions_before(run, 0, 1, exact=True)
    assert isinstance(divided, ExactSubdivision)
    x, y, denominator = divided.values[:3, : divided.vertices]
    assert all(type(value) is int for value in (*x, *y, *denominator))
    assert set(np.gcd.reduce(np.stack([x, y, denominator]), axis=0).tolist()) == {1}
    assert (denominator > 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize("tilt", [5, 10, 15, 20])
def test_trace_third_line_past_a_flat_crossing_is_on_its_side(
    tilt: int, order: tuple[int, ...]
) -> None:
    # Two lines cross at (a/m, a/m), at an angle of 2 ** -tilt. The third line misses that point by
    # 2 ** -power. At so small an angle, the computed place has far fewer digits than the values.
    flat = 2.0**-tilt
    for power, side, (a, m) in itertools.product(range(24, 54, 3), (-1, 1), ((5, 7), (3, 11))):
        rows = np.array([[m, 0, 0, -a], [m, m * flat, 0, -a * (1 + flat)], [0, m, side, -a]])
        rows = rows[list(order)]
        network = run_of_arrays(
            [[[1, 0], [0, 1], [0, 0]], rows[:, :3], [[1, 1, 1]]],
            [[0, 0, 2.0**-power], rows[:, 3], [-0.25]],
        )
        assert_exact(network)


def radii(run: RecordedRun) -> tuple[Any, Any, Any]:
    """The computed and the exact places of all vertices (2, V), and the radii (V,)."""
    *_, rounded = subdivisions_before(run, 0, 1)
    *_, exact = subdivisions_before(run, 0, 1, exact=True)
    assert not rounded.uncertain.any()
    assert (rounded.edges[:, : rounded.edge_count] == exact.edges[:, : exact.edge_count]).all()
    x, y, denominator = exact.values[:3, : exact.vertices]
    fraction = np.frompyfunc(Fraction, 2, 1)
    places = np.stack([fraction(x, denominator), fraction(y, denominator)])
    return rounded.values[:2, : rounded.vertices], places, rounded.radius


@pytest.mark.parametrize("kind", ["default", "times 1000", "nearly parallel", "thin strips"])
def test_rounded_vertices_lie_within_their_radius(kind: str) -> None:
    compared = 0
    for seed in range(20):
        run = run_of_kind(kind, (5, 5, 4), seed)
        *_, divided = subdivisions_before(run, 0, 1)
        if divided.uncertain.any():
            continue
        computed, exact, radius = radii(run)
        apart = np.abs(np.vectorize(Fraction, otypes=[object])(computed) - exact).max(axis=0)
        assert (apart <= radius + 32 * np.finfo(float).eps).all()
        compared += computed.shape[1]
    assert compared > 50


def test_trace_line_through_all_corners_of_a_lattice_names_each_cause() -> None:
    network = run_of_arrays([[[1, 0], [0, 1], [1, -1]], [[1, 1, 1]]], [[-0.5, -0.5, 0], [-0.5]])
    (line,) = polyline_lists(trace(network), 2)
    assert (line[1][0], line[1][-1]) == (RIGHT, TOP)
    assert BOTTOM not in line[1]
    assert_exact(network)
