"""Cells with their areas, against geometry known by hand and against counted points."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.runs import layer_of, random_run, run_of, threshold

from ginn.geometry.cells import cells, overlaps
from ginn.network.forward import pre_activations

# Areas are sums of some hundred rounded terms.
ROUNDING = 1e-12


def test_cells_of_every_layer_and_snapshot_fill_the_domain() -> None:
    run = random_run((6, 5, 4), snapshots=40)  # more than one chunk
    whole = np.zeros((3, 40))
    for each in cells(run):
        whole[each.layer] += np.bincount(each.snapshot, each.area, 40)
    np.testing.assert_allclose(whole, 1.0, atol=ROUNDING)


def test_cells_of_two_crossing_lines_have_their_areas_and_states() -> None:
    first = ([[1, 0], [0, 1]], [-0.25, -0.5])  # on right of x = 1/4, and below y = 1/2
    (found,) = cells(run_of([first, ([[1, 1]], [0])]))
    by_state = {tuple(on): area for on, area in zip(found.on.T.tolist(), found.area, strict=True)}
    expected = {(False, False): 0.125, (False, True): 0.125}
    assert by_state == expected | {(True, False): 0.375, (True, True): 0.375}
    assert (found.layer, found.snapshot.tolist()) == (0, [0] * 4)


def test_overlaps_of_vertical_lines_are_the_areas_by_hand() -> None:
    layer = layer_of(threshold(0.25), threshold(0.75), threshold(0.5, on_to_the_right=False))
    (both,) = overlaps(run_of([layer, ([[1, 1, 1]], [0])]))
    expected = [[0.75, 0.25, 0.25], [0.25, 0.25, 0.0], [0.25, 0.0, 0.5]]
    np.testing.assert_allclose(both[0], expected, atol=ROUNDING)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2), st.lists(st.integers(2, 6), min_size=1, max_size=3))
def test_overlaps_of_random_networks_agree_with_counted_points(
    snapshot: int, widths: list[int]
) -> None:
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
        # A boundary passes through about 2 * 300 of 90,000 squares. On average, it halves them.
        np.testing.assert_allclose(both[snapshot], on.T @ on / side**2, atol=4 / side)
