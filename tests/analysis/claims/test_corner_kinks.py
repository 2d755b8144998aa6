"""How near bends are to corners, for bends and corners at chosen places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from support.paths import BOTTLE
from support.runs import random_run, run_of

from ginn.analysis.claims.corner_kinks import (
    FARTHEST,
    MOST_SNAPSHOTS,
    Nearness,
    claim_bends_at_corners,
    distances,
    nearness,
    outline_points,
    points_of,
)
from ginn.analysis.claims.kinks import BEND, kinks
from ginn.dataset.dataset import Dataset, Part
from ginn.dataset.picture import load_picture
from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun


def square_picture(low: float = 0.3, high: float = 0.7, n: int = 40) -> Dataset:
    """A black square on white."""
    black = np.zeros((n, n), dtype=bool)
    black[round(low * n) : round(high * n), round(low * n) : round(high * n)] = True
    corners = np.array([[x, y] for y in (low, high) for x in (low, high)])
    return Dataset(~black, (Part("square", False, black),), corners)


def hat(x: float, y: float) -> list[tuple[Any, Any]]:
    """A network whose neuron 2, in layer 2, has a line that bends once, by 90 degrees at (x, y)."""
    # The first neuron is on to the right of x. The second is on everywhere.
    first = ([[1, 0], [1, 1]], [-x, 0])
    # With u = x' - x and v = y' - y at (x', y'), neuron 2 is u + v if u < 0, and v - u otherwise.
    return [first, ([[-2, 1]], [-x - y]), ([[1]], [-9])]


def hats(*places: tuple[float, float]) -> RecordedRun:
    return run_of(*[hat(*place) for place in places])


def test_hats_made_for_these_tests_bend_where_expected() -> None:
    found = kinks(trace(hats((0.3, 0.7))))
    bent = found.angle > 1
    np.testing.assert_allclose(found.place[bent], [[0.3, 0.7]], atol=1e-6)
    np.testing.assert_allclose(found.angle[bent], 90, atol=1e-4)


def test_distances_are_to_the_nearest_place() -> None:
    points = np.array([[0.0, 0.0], [1.0, 1.0], [0.5, 0.5]])
    places = np.array([[0.3, 0.4], [1.0, 0.9]])
    found = distances(points, places)
    np.testing.assert_allclose(found, [0.5, 0.1, np.hypot(0.2, 0.1)])
    assert (distances(points, places[:0]) == FARTHEST).all()
    assert np.sqrt(2) < FARTHEST


def test_outline_points_are_between_black_and_white_pixels() -> None:
    dataset = square_picture()
    points = outline_points(dataset)
    assert len(points) == 4 * 16
    from_centre = np.abs(points - 0.5).max(axis=1)
    np.testing.assert_allclose(from_centre, 0.2)


def test_points_of_a_picture_are_corners_lattice_and_outline() -> None:
    points = points_of(load_picture(BOTTLE, 60))
    assert points.corners.shape == (22, 2)
    np.testing.assert_allclose(points.anywhere.mean(axis=0), 0.5)
    assert len(np.unique(points.anywhere, axis=0)) == 400
    assert len(points.outline) > 300


def test_nearness_of_a_bend_on_one_corner_is_the_distance_of_the_others() -> None:
    dataset = square_picture()
    run = hats((0.3, 0.3))
    found = nearness(trace(run), run.iterations, points_of(dataset))
    assert found.corners.shape == (1, 2)
    expected = (0 + 0.4 + 0.4 + 0.4 * np.sqrt(2)) / 4
    np.testing.assert_allclose(found.corners[0, 0], expected, atol=1e-6)
    # The output's line has no bend at all.
    assert found.corners[0, 1] == found.outline[0, 1] == found.anywhere[0, 1] == FARTHEST


def test_nearness_keeps_layers_and_snapshots_apart() -> None:
    run = random_run((5, 5, 5), 200)
    boundaries = trace(run)
    points = points_of(square_picture())
    found = nearness(boundaries, run.iterations, points)
    assert len(found.iterations) == MOST_SNAPSHOTS
    assert found.iterations[[0, -1]].tolist() == run.iterations[[0, -1]].tolist()
    told = kinks(boundaries)
    some = 0
    for row in range(0, MOST_SNAPSHOTS, 9):
        snapshot = int(np.flatnonzero(run.iterations == found.iterations[row])[0])
        for layer, neurons in enumerate((range(5, 10), range(10, 15), range(15, 16))):
            bent = (told.snapshot == snapshot) & np.isin(told.neuron, neurons)
            places = told.place[bent & (told.angle >= BEND)]
            nearest = [
                min((math.dist(corner, place) for place in places), default=FARTHEST)
                for corner in points.corners
            ]
            assert found.corners[row, layer] == pytest.approx(np.mean(nearest))
            some += bool(len(places))
    assert some > 5


def near(corner: float, outline: float, anywhere: float) -> Nearness:
    def rows(last: float) -> Any:
        return np.array([[0.4, 0.4], [last, last / 2]])

    return Nearness(np.array([0, 9]), rows(corner), rows(anywhere), rows(outline))


def test_claim_bends_at_corners_needs_both_controls() -> None:
    steps = [1 + 0.01 * i for i in range(10)]

    def verdict(corner: float, outline: float, anywhere: float, runs: int = 10) -> str:
        made = [near(corner * s, outline * s, anywhere * s) for s in steps[:runs]]
        return claim_bends_at_corners(made).verdict

    claim = claim_bends_at_corners([near(0.01 * s, 0.03 * s, 0.1 * s) for s in steps])
    assert claim.value.count("in layer") + claim.value.count("in the output") == 2
    assert [each.of.partition(",")[0] for each in claim.effects] == ["layer 2", "the output"] * 2
    assert verdict(0.01, 0.03, 0.1) == "holds"
    assert verdict(0.01, 0.03, 0.1, runs=5) == "not decidable here"
    assert verdict(0.03, 0.03, 0.1) == "not decidable here"
    assert verdict(0.05, 0.03, 0.1) == "does not hold"
    assert verdict(0.01, 0.03, 0.005) == "does not hold"


def test_claim_bends_at_corners_of_random_bends_does_not_hold() -> None:
    dataset, rng = square_picture(), np.random.default_rng(2)
    runs = []
    for _ in range(12):
        run = hats(*rng.uniform(0.1, 0.9, (1, 2)).tolist())
        runs.append(nearness(trace(run), run.iterations, points_of(dataset)))
    assert claim_bends_at_corners(runs).verdict != "holds"
