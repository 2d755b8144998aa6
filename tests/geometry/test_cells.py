"""Cells with their areas, against geometry known by hand and against counted points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.runs import IDENTITY, layer_of, random_run, run_of, threshold

from ginn.geometry.cells import cells, overlaps, silent_areas
from ginn.network.forward import pre_activations

# Areas are sums of some hundred rounded terms.
ROUNDING = 1e-12
DIAMOND = np.array([[0.5, 0.2], [0.8, 0.5], [0.5, 0.8], [0.2, 0.5]])
HOOK = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.7, 0.9], [0.7, 0.3], [0.1, 0.3]])
ONE = ([[1, 1]], [0])


def area_of(polygon: np.ndarray) -> float:
    """The shoelace formula."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


@pytest.mark.parametrize("outline", [None, DIAMOND, HOOK])
def test_the_cells_of_every_layer_and_snapshot_fill_the_domain_and_the_outline(
    outline: np.ndarray | None,
) -> None:
    run = random_run((6, 5, 4), snapshots=40)  # more than one chunk
    whole, within = np.zeros((2, 3, 40))
    for each in cells(run, outline):
        whole[each.layer] += np.bincount(each.snapshot, each.area, 40)
        within[each.layer] += np.bincount(each.snapshot, each.area * each.inside, 40)
    np.testing.assert_allclose(whole, 1.0, atol=ROUNDING)
    expected = 1.0 if outline is None else area_of(outline)
    np.testing.assert_allclose(within, expected, atol=ROUNDING)


def test_overlaps_are_the_areas_that_two_vertical_lines_leave() -> None:
    layer = layer_of(threshold(0.25), threshold(0.75), threshold(0.5, on_to_the_right=False))
    (both,) = overlaps(run_of([layer, ([[1, 1, 1]], [0])]))
    expected = [[0.75, 0.25, 0.25], [0.25, 0.25, 0.0], [0.25, 0.0, 0.5]]
    np.testing.assert_allclose(both[0], expected, atol=ROUNDING)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2), st.lists(st.integers(2, 6), min_size=1, max_size=3))
def test_overlaps_agree_with_counted_points(snapshot: int, widths: list[int]) -> None:
    run = random_run(tuple(widths))
    side = 300
    centre = (np.arange(side) + 0.5) / side
    points = np.stack(np.meshgrid(centre, centre), axis=-1).reshape(-1, 2)
    weights = tuple(weight[snapshot] for weight in run.weights)
    biases = tuple(bias[snapshot] for bias in run.biases)
    for both, values in zip(
        overlaps(run), pre_activations(weights, biases, points)[:-1], strict=True
    ):
        on = (values > 0).astype(float)
        # A boundary passes through some 2 * 300 of 90,000 squares, and halves them on average.
        np.testing.assert_allclose(both[snapshot], on.T @ on / side**2, atol=4 / side)


def test_a_layer_silenced_left_of_a_line_is_silent_over_the_diamonds_left_corner() -> None:
    # On right of x = .35 and right of x = .6: silent left of .35, a corner with a right angle.
    second = layer_of(threshold(0.35), threshold(0.6))
    run = run_of([IDENTITY, second, ONE])
    # The identity is off on two sides of the square alone.
    np.testing.assert_allclose(silent_areas(run), [[0.0, 0.35]], atol=1e-7)
    corner = 0.15**2 / area_of(DIAMOND)
    # The threshold is float32.
    np.testing.assert_allclose(silent_areas(run, DIAMOND), [[0.0, corner]], atol=1e-6)


def test_a_layer_with_a_neuron_on_either_side_is_silent_nowhere() -> None:
    second = layer_of(threshold(0.5), threshold(0.5, on_to_the_right=False))
    np.testing.assert_allclose(
        silent_areas(run_of([IDENTITY, second, ONE]), HOOK), 0.0, atol=ROUNDING
    )


def test_beyond_a_silent_layer_the_next_may_still_be_on() -> None:
    never = ([[-1, -1], [-1, -1]], [-1, -1])
    run = run_of([IDENTITY, never, ([[1, 1]], [0.5]), ([[1]], [0])])
    np.testing.assert_allclose(silent_areas(run, DIAMOND), [[0.0, 1.0, 0.0]], atol=ROUNDING)
