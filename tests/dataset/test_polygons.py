"""Points inside a polygon, and the corners of an outline."""

from __future__ import annotations

import numpy as np
import pytest
from support.paths import BOTTLE

from ginn.dataset.picture import load_picture
from ginn.dataset.polygons import inside_polygon, outline_corners


def test_inside_polygon_holds_upper_and_left_edges_alone() -> None:
    x, y = np.meshgrid([0.0, 0.5, 1.0], [0.0, 0.5, 1.0])
    inside = inside_polygon(square(0, 0, 1), x, y)
    np.testing.assert_array_equal(inside, [[1, 1, 0], [1, 1, 0], [0, 0, 0]])


def test_inside_polygon_of_a_star_leaves_out_its_doubly_wound_middle() -> None:
    turns = 2 * np.pi * np.arange(5) * 2 / 5
    star = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    x, y = np.array([0.0, 0.6, 0.9]), np.array([0.0, 0.0, 0.0])
    assert inside_polygon(star, x, y).tolist() == [False, True, True]


def test_outline_corners_of_the_bottle_are_those_that_can_be_seen() -> None:
    bottle = load_picture(BOTTLE, 200)
    corners = {(round(x, 4), round(y, 4)) for x, y in bottle.corners.tolist()}
    expected = {(0.5 + sign * x, y) for x, y in [
        (0.08, 0.014), (0.08, 0.117), (0.067, 0.117), (0.067, 0.18), (0.236, 0.275),
        (0.221, 0.617), (0.195, 0.617), (0.179, 0.617),
    ] for sign in (-1, 1)}  # fmt: skip
    expected |= {(0.5, 0.617 + sign * h) for h in (0.221, 0.195, 0.179) for sign in (-1, 1)}
    # Sixteen corners beside the axis and six on it. The rounded corners of the body do not count.
    # The upper corners of the body are at the same points as the lower corners of the shoulders.
    assert corners == {(round(x, 4), round(y, 4)) for x, y in expected}
    assert len(bottle.corners) == 22


def square(x: float, y: float, side: float) -> np.ndarray:
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])


def corners(*painted: tuple[np.ndarray, bool]) -> list[tuple[float, float]]:
    return [(round(x, 6), round(y, 6)) for x, y in outline_corners(painted, True).tolist()]


def test_outline_corners_of_crossing_shapes_are_where_edges_cross() -> None:
    found = corners((square(0.1, 0.1, 0.4), False), (square(0.3, 0.3, 0.4), False))
    assert found == [
        (0.1, 0.1), (0.5, 0.1), (0.5, 0.3), (0.7, 0.3),
        (0.1, 0.5), (0.3, 0.5), (0.3, 0.7), (0.7, 0.7),
    ]  # fmt: skip


def test_outline_corners_leave_out_what_is_painted_over_or_on_the_edge() -> None:
    black = (square(0.2, 0.2, 0.2), False)
    assert corners(black, (square(0.1, 0.1, 0.5), True)) == []
    assert corners((square(0.2, 0.2, 0.2), True)) == []
    assert corners((square(0.0, 0.0, 0.5), False)) == [(0.5, 0.5)]
    # Two squares with a common edge form one rectangle. A common corner of two squares is a corner.
    halves = [(square(x, 0.2, 0.2), False) for x in (0.2, 0.4)]
    assert corners(*halves) == [(0.2, 0.2), (0.6, 0.2), (0.2, 0.4), (0.6, 0.4)]
    assert (0.4, 0.4) in corners(black, (square(0.4, 0.4, 0.2), False))


@pytest.mark.parametrize(("sides", "count"), [(4, 4), (7, 7), (9, 0), (40, 0)])
def test_outline_corners_leave_out_turns_below_45_degrees(sides: int, count: int) -> None:
    turns = 2 * np.pi * np.arange(sides) / sides + 0.1
    polygon = 0.5 + 0.3 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    assert len(corners((polygon, False))) == count
