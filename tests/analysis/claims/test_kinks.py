"""Kinks and their causes, on networks whose kinks are known, and the growth of regions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import random_run, run_of, trained_run

from ginn.analysis.claims.kink_claims import (
    claim_bends_through_open_paths,
    claim_first_layer_straight,
    claim_regions_grow,
)
from ginn.analysis.claims.kinks import (
    AGREEMENT,
    BEND,
    KinkCounts,
    RegionGrowth,
    arrangement_bound,
    count_kinks,
    kinks,
    network_bound,
    predict,
    region_growth,
    turn,
)
from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.run import RecordedRun


def one_bend(slope: float) -> RecordedRun:
    """A second-layer line at y = 0.5, bent at x = 0.5: its slope is 0 to the left, and then -slope.

    On a screen, where y grows downwards, it rises for a positive `slope`.
    """
    # The first neuron is on to the right of x = 0.5. The second is on everywhere.
    first = ([[1, 0], [0, 1]], [-0.5, 0])
    second = ([[slope, 1]], [-0.5])
    return run_of([first, second, ([[1]], [-9])])


def gate(open_: bool) -> RecordedRun:
    """A third-layer line at y = 0.5 that a first-layer neuron bends by 45 degrees at x = 0.5.

    The only path from that neuron to the line leads through the second neuron of layer 2, which is
    on everywhere if `open_` is true, and nowhere otherwise.
    """
    first = ([[1, 0], [0, 1]], [-0.5, 0])
    second = ([[0, 1], [1, 0]], [1, 1 if open_ else -2])
    third = ([[1, 1]], [-2.5 if open_ else -1.5])
    return run_of([first, second, third, ([[1]], [-9])])


@pytest.mark.parametrize("slope", [0.25, 0.5, 0.75])
def test_kinks_have_their_place_cause_and_angle(slope: float) -> None:
    found = kinks(trace(one_bend(slope)))
    assert (found.snapshot.tolist(), found.neuron.tolist()) == ([0], [2])
    assert found.cause.tolist() == [0]
    np.testing.assert_allclose(found.place, [[0.5, 0.5]])
    np.testing.assert_allclose(found.angle, [math.degrees(math.atan(slope))])


def test_bends_of_a_neuron_without_influence_are_none() -> None:
    run = one_bend(0.0)
    found = count_kinks(run, trace(run))
    assert found.crossings.tolist() == [[0, 0], [1, 0], [0, 0]]
    assert found.bends.sum() == 0


@given(st.floats(-180, 180), st.floats(-180, 180))
def test_turn_is_the_smaller_angle_between_two_directions(one: float, two: float) -> None:
    directions = np.radians([[one], [two]])
    pair = np.stack([np.cos(directions), np.sin(directions)], axis=-1)
    apart = abs(one - two) % 360
    assert turn(*pair)[0] == pytest.approx(min(apart, 360 - apart), abs=1e-6)


def test_kinks_stand_in_order_and_an_open_lines_ends_are_none() -> None:
    run = random_run((6, 6), 20)
    boundaries = trace(run)
    found = kinks(boundaries)
    expected = [
        (snapshot, neuron, cause)
        for snapshot in range(len(boundaries))
        for neuron in range(boundaries.neurons)
        for line in boundaries.polylines(snapshot, neuron)
        for cause in line.causes.tolist()
        if cause >= 0
    ]
    assert len(expected) > 20
    told = zip(found.snapshot.tolist(), found.neuron.tolist(), found.cause.tolist(), strict=True)
    assert list(told) == expected


def test_kinks_of_a_closed_ring_turn_once_around() -> None:
    # |x - .5| + |y - .5| < .3, from |t| = 2 relu(t) - t: four right angles, none of them at an end.
    first = ([[1, 0], [0, 1], [1, 0], [0, 1]], [-0.5, -0.5, 0, 0])
    run = run_of([first, ([[-2, -2, 1, 1]], [-0.7]), ([[1]], [-9])])
    np.testing.assert_allclose(kinks(trace(run)).angle, [90.0] * 4, atol=1e-4)


@pytest.mark.parametrize("open_", [True, False])
def test_bends_of_a_third_layer_line_need_an_open_path(open_: bool) -> None:
    run = gate(open_)
    found = kinks(trace(run))
    told = predict(run, found)
    at = np.flatnonzero((found.neuron == 4) & (found.cause == 0))
    assert len(at) == 1
    assert told.paths[at].tolist() == [int(open_)]
    np.testing.assert_allclose(found.angle[at], 45.0 if open_ else 0.0, atol=1e-9)
    np.testing.assert_allclose(told.angle[at], 45.0 if open_ else 0.0, atol=1e-9)
    whole = count_kinks(run, trace(run))
    assert (whole.without_path, whole.bends[2, 0]) == (0, int(open_))
    assert whole.largest_error < AGREEMENT


def test_bends_without_an_open_path_are_counted() -> None:
    run = gate(open_=False)
    boundaries = trace(run)
    vertices = boundaries.vertices.copy()
    kink = np.flatnonzero((boundaries.causes == 0) & (np.abs(vertices[:, 1] - 0.5) < 1e-9))
    vertices[kink[-1], 1] += 0.1
    tampered = count_kinks(run, replace(boundaries, vertices=vertices))
    assert tampered.without_path == 1
    assert tampered.largest_error > BEND


@pytest.mark.parametrize("widths", [(5, 5), (4, 4, 4), (3, 3, 3, 3)])
def test_predict_of_random_networks_agrees_with_the_tracing(widths: tuple[int, ...]) -> None:
    run = random_run(widths, 60)
    found = count_kinks(run, trace(run))
    assert found.bends.sum() > 10
    assert found.without_path == 0
    assert found.largest_error < AGREEMENT


def test_predict_of_a_trained_network_disagrees_with_other_gates() -> None:
    run = trained_run()
    found = count_kinks(run, trace(run))
    assert found.crossings[2, 0] > 100
    assert found.without_path == 0
    assert found.largest_error < AGREEMENT
    assert found.error_with_other_gates > 1.0
    assert found.first_layer_bent == 0 < found.first_layer_lines


def test_kinks_where_boundaries_meet_have_no_angle() -> None:
    # Two equal neurons in the first layer: the second layer's line crosses both at one place.
    first = ([[1, 0], [1, 0], [0, 1]], [-0.5, -0.5, 0])
    run = run_of([first, ([[0.5, 0.5, 1]], [-0.5]), ([[1]], [-9])])
    found = count_kinks(run, trace(run))
    assert (found.without_angle, found.crossings.sum()) == (2, 0)


def test_bounds_are_reached_by_lines_in_general_position() -> None:
    assert [arrangement_bound(n) for n in (0, 1, 2, 3, 4)] == [1, 2, 4, 7, 11]
    # Tangents of a circle around the domain's centre cross each other, all within the domain here.
    turns = np.array([0.1, 1.2, 2.2, 3.4, 4.5])
    normal = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    run = run_of([(normal, -normal @ [0.5, 0.5] - 0.02), ([[1] * 5], [-9])])
    growth = region_growth(run, trace(run))
    assert growth.end <= arrangement_bound(5) == growth.arrangement == growth.bound == 16
    assert network_bound((2, 3)) == 4 * 7


def test_region_growth_has_the_fewest_with_their_iteration() -> None:
    def lines(count: int) -> list[tuple[Any, Any]]:
        bias = [-0.2 * (i + 1) if i < count else 1 for i in range(4)]
        return [([[1, 0]] * 4, bias), ([[0] * 4], [-1])]

    run = run_of(lines(2), lines(0), lines(4), lines(3), iterations=[0, 7, 9, 20])
    assert region_growth(run, trace(run)) == RegionGrowth(3, 1, 7, 4, 11, 11)


def with_regions(start: int, end: int) -> RegionGrowth:
    return RegionGrowth(start, min(start, end), 0, end, 1177, 2_571_353)


def test_claim_regions_grow_needs_enough_runs_that_agree() -> None:
    growing = [with_regions(50 + i, 500 + i) for i in range(8)]
    assert claim_regions_grow(growing, [40, 60]).verdict == "holds"
    assert claim_regions_grow(growing[:4], [40, 60]).verdict == "not decidable here"
    shrinking = [with_regions(run.end, run.start) for run in growing]
    assert claim_regions_grow(shrinking, [40, 60]).verdict == "does not hold"
    mixed = growing[:4] + shrinking[:4]
    assert claim_regions_grow(mixed, [40, 60]).verdict == "not decidable here"


def both(run: KinkCounts) -> Sequence[str]:
    return [
        claim_first_layer_straight([run]).verdict,
        claim_bends_through_open_paths([run]).verdict,
    ]


def bent_first_layer(boundaries: Boundaries) -> Boundaries:
    """The same lines, numbered as if those of the second layer were in the first layer."""
    return replace(boundaries, widths=(3, 1))


def test_claims_of_bends_say_how_many_lack_a_path() -> None:
    run = gate(open_=True)
    found = count_kinks(run, trace(run))
    whole = claim_bends_through_open_paths([found]).value
    bent = int(found.bends.sum())
    assert bent == 1
    assert "none of 1 bend lacks an open path; 1 is at a line two or more layers earlier" in whole
    broken = replace(found, without_path=2, largest_error=7.24e-9)
    value = claim_bends_through_open_paths([broken]).value
    assert "2 of 1 bend lack an open path" in value
    assert "agree to 7.2 × 10⁻⁹ degrees" in value


def test_claims_of_bends_can_fail() -> None:
    run = gate(open_=True)
    found = count_kinks(run, trace(run))
    assert both(found) == ["holds", "holds"]
    assert both(replace(found, first_layer_bent=1)) == ["does not hold", "holds"]
    assert both(replace(found, first_layer_lines=0)) == ["not decidable here", "holds"]
    assert both(replace(found, without_path=1)) == ["holds", "does not hold"]
    assert both(replace(found, largest_error=0.1)) == ["holds", "does not hold"]
    # No layer lies between cause and line, so there is no path through a layer to measure.
    one = one_bend(0.0)
    assert both(count_kinks(one, trace(one))) == ["holds", "not decidable here"]
    one = one_bend(0.5)
    assert count_kinks(one, bent_first_layer(trace(one))).first_layer_bent == 1
