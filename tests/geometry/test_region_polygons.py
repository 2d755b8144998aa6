"""Linear regions as polygons: their areas are those of exact arithmetic, and fill the square."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.exact_oracle import traced
from support.runs import random_run_within, run_of

from ginn.geometry.boundaries import trace
from ginn.geometry.region_polygons import region_polygons
from ginn.network.run import Float64


def doubled_area(polygon: Float64) -> float:
    x, y = polygon.T
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([(1,), (2,), (2, 1), (3, 2)]), st.integers(0, 10_000))
def test_region_polygons_of_a_random_network_are_those_of_exact_arithmetic(
    widths: tuple[int, ...], seed: int
) -> None:
    run = random_run_within(widths, 1, seed)
    areas = sorted(abs(doubled_area(polygon)) for polygon in region_polygons(run))
    expected = sorted(map(float, traced(run).doubled_areas))
    assert areas == pytest.approx(expected, abs=1e-12)
    assert sum(areas) == pytest.approx(2)


def test_region_polygons_are_as_many_as_trace_counts() -> None:
    run = random_run_within((4, 3), 3)
    for snapshot, count in enumerate(trace(run).regions.tolist()):
        assert len(region_polygons(run, snapshot)) == count


def test_region_polygons_of_a_network_without_lines_is_the_square() -> None:
    run = run_of([([[0.0, 0.0]], [1.0]), ([[1.0]], [0.0])])
    (square,) = region_polygons(run)
    assert {tuple(corner) for corner in square.tolist()} == {(0, 0), (1, 0), (1, 1), (0, 1)}
