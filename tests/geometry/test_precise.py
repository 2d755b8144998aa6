"""Signs and positions from weights with twice the digits, against exact integers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from support.exact_oracle import disagreement, traced
from support.runs import run_as_trained, run_of_arrays
from support.weight_kinds import run_of_kind

from ginn.geometry.boundaries import trace
from ginn.geometry.cutting import FIRST, FIRST_OWNER, HEAD, ON_LEFT, ON_RIGHT, SNAPSHOT, TAIL
from ginn.geometry.layers import subdivisions_before
from ginn.geometry.rounded import OFF, POSITION_ERROR, VALUE, RoundedSubdivision, X, Y
from ginn.network.run import RecordedRun


def decided(run: RecordedRun) -> tuple[Any, Any, Any, Any]:
    """The result of `decide` at all vertices (4, width, V), and exact x, y (V,), values (width, V).

    Both are about the last layer of the run's first snapshot.
    """
    *_, rounded = subdivisions_before(run, 0, 1)
    *_, exact = subdivisions_before(run, 0, 1, exact=True)
    assert isinstance(rounded, RoundedSubdivision)
    edges = rounded.edges[:, : rounded.edge_count]
    assert (edges == exact.edges[:, : exact.edge_count]).all()
    cell_at = np.empty(rounded.vertices, np.intp)
    cell_at[edges[TAIL]] = cell_at[edges[HEAD]] = edges[ON_LEFT : ON_RIGHT + 1].max(axis=0)
    width = len(rounded.values) - FIRST
    neuron, vertex = np.divmod(np.arange(width * rounded.vertices), rounded.vertices)
    found = rounded._precisely(
        rounded.made[FIRST_OWNER:, vertex], rounded.first_neuron + neuron, cell_at[vertex],
        rounded.made[SNAPSHOT, vertex],
    )  # fmt: skip
    x, y, denominator = exact.values[:FIRST, : exact.vertices]
    values = exact.values[FIRST:, : exact.vertices]
    return found.reshape(4, width, -1), x, y, (values, denominator)


@pytest.mark.parametrize("kind", ["default", "times 1000", "times 1e-3"])
def test_decide_generic_network_gives_every_sign_and_position(kind: str) -> None:
    for seed in range(3):
        found, x, y, (values, denominator) = decided(run_of_kind(kind, (5, 4, 4), seed))
        signs = np.sign(found[VALUE])
        assert (signs == (values > 0) * 1.0 - (values < 0) * 1.0).all(), "each is decided"
        for row, exact in ((X, x), (Y, y)):
            for place, off, top, under in zip(
                found[row][0], found[OFF][0], exact, denominator, strict=True
            ):
                assert abs(Fraction(place) - Fraction(top, under)) <= Fraction(off)
        assert (found[OFF] < 1e-9).all()


@pytest.mark.parametrize("kind", ["thin strips", "near copies"])
def test_decide_network_with_coincidences_gives_no_wrong_sign(kind: str) -> None:
    some = 0
    for seed in range(10):
        run = run_of_kind(kind, (4, 4, 3), seed)
        *_, rounded = subdivisions_before(run, 0, 1)
        if rounded.uncertain.any():
            continue
        found, _, _, (values, _) = decided(run)
        signs = np.sign(found[VALUE])
        exact = (values > 0) * 1.0 - (values < 0) * 1.0
        assert ((signs == exact) | (signs == 0)).all()
        some += int((signs != 0).sum())
    assert some > 0


def past_a_crossing(power: int, side: int, tilt: int) -> RecordedRun:
    """Two lines that cross at (5/7, 5/7), and a third that misses that point by 2 ** -power."""
    flat = 2.0**-tilt
    # The first layer gives x + 1 and y + 1.
    rows = np.array([[7, 0, 0, -12], [7, 7 * flat, 0, -12 * (1 + flat)], [0, 7, side, -12]])
    return run_of_arrays(
        [[[1, 0], [0, 1], [0, 0]], rows[:, :3], [[1, 1, 1]]],
        [[1, 1, 2.0**-power], rows[:, 3], [-0.25]],
    )


@pytest.mark.parametrize(("tilt", "most"), [(0, 75), (10, 75), (18, 60)])
def test_trace_line_past_a_crossing_by_less_than_a_rounding_needs_no_integers(
    tilt: int, most: int
) -> None:
    for power, side in product(range(40, most + 1, 5), (-1, 1)):
        run = past_a_crossing(power, side, tilt)
        for divided in subdivisions_before(run, 0, 1):
            divided.crossing_places(divided.polylines()[0])
        assert not divided.uncertain.any(), (power, side)
        assert disagreement(traced(run), trace(run), 0, POSITION_ERROR) == ""


@pytest.mark.parametrize("power", range(80, 126, 5))
def test_trace_line_past_a_crossing_by_less_than_twice_the_digits_is_exact(power: int) -> None:
    for side in (-1, 1):
        run = past_a_crossing(power, side, 10)
        assert disagreement(traced(run), trace(run), 0, POSITION_ERROR) == ""


@pytest.mark.parametrize(("widths", "seed"), [((4, 4), 117), ((5, 4, 3), 106)])
def test_trace_vertices_within_a_rounding_of_each_other_keep_their_signs(
    widths: tuple[int, ...], seed: int
) -> None:
    """Lines pass a corner at 1e-17. The sign at a new vertex is lost if a computed 0 is kept."""
    run = run_of_kind("tiny biases", widths, seed)
    assert disagreement(traced(run), trace(run), 0, POSITION_ERROR) == ""


def test_trace_deep_wide_network_needs_no_integers() -> None:
    run = run_as_trained((64,) * 6, 1, seed=1)
    for divided in subdivisions_before(run, 0, 1):
        divided.crossing_places(divided.polylines()[0])
    assert divided.regions()[0] > 17_000
    assert not divided.uncertain.any()
