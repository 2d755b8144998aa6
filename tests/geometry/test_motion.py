"""How far boundaries move: known shifts, and a slow walk along every line as the oracle."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import random_run

from ginn.geometry.boundaries import Boundaries, trace
from ginn.geometry.motion import BLOCK, SPACING, motion
from ginn.network.run import RecordedRun, layer_slices

Line = Sequence[tuple[float, float]]
# The place of a point along a boundary is a sum of lengths, which are rounded.
ROUNDING = 1e-9


def drawn(snapshots: Sequence[Sequence[Sequence[Line]]], rings: bool = False) -> Boundaries:
    """Boundaries of one hidden layer: for each snapshot, for each line, its polylines.

    The output's line comes last; `rings` closes every polyline.
    """
    lines = [line for snapshot in snapshots for line in snapshot]
    polylines = [polyline for line in lines for polyline in line]
    return Boundaries(
        widths=(len(snapshots[0]) - 1,),
        vertices=np.array([place for polyline in polylines for place in polyline]).reshape(-1, 2),
        causes=np.full(sum(map(len, polylines)), -1, dtype=np.int32),
        polyline_offsets=np.cumsum([0, *map(len, polylines)]),
        closed=np.full(len(polylines), rings),
        line_offsets=np.cumsum([0, *map(len, lines)]),
        regions=np.ones(len(snapshots), dtype=np.int32),
        corners=np.zeros((len(snapshots), len(snapshots[0])), dtype=np.bool_),
    )


def upright(x: float, low: float = 1.0) -> Line:
    """A line from the top straight down to `low`."""
    return [(x, 0.0), (x, low)]


def at(snapshots: RecordedRun, order: Sequence[int]) -> RecordedRun:
    """The run's snapshots in another order."""
    arrays = {
        field.name: tuple(each[list(order)] for each in value)
        if isinstance(value := getattr(snapshots, field.name), tuple)
        else value[list(order)]
        for field in fields(snapshots)
        if field.name not in ("seed", "ended")
    }
    return replace(snapshots, **arrays)


@given(st.floats(0, 0.6), st.floats(0.1, 1))
def test_motion_of_a_line_that_shifts_is_its_shift(shift: float, low: float) -> None:
    found = motion(drawn([[[upright(0.3, low)], []], [[upright(0.3 + shift, low)], []]]))
    np.testing.assert_allclose(found, [[0, 0], [shift, 0]], atol=ROUNDING)


@pytest.mark.parametrize("angle", [0.01, 0.3, math.pi / 4])
def test_motion_of_a_line_that_turns_is_the_mean_over_its_points(angle: float) -> None:
    """A point at distance r from the centre is r sin(angle) from the other line, on either line.

    r is at most 1/2 on the vertical line and 1 / (2 cos(angle)) on the other one. The expected
    value is the integral over both lines, divided by their length.
    """
    reach = 0.5 * math.tan(angle)
    turned = [(0.5 - reach, 0.0), (0.5 + reach, 1.0)]
    long = 0.5 / math.cos(angle)
    expected = math.sin(angle) * (0.5**2 + long**2) / 2 / (0.5 + long)
    found = motion(drawn([[[upright(0.5)], []], [[turned], []]]))
    # The middle points integrate r exactly, except in the stretches beside the centre.
    assert found[1, 0] == pytest.approx(expected, abs=SPACING**2)


def test_motion_of_equal_snapshots_is_zero() -> None:
    boundaries = trace(at(random_run((30, 20)), [1, 1, 1]))
    assert len(boundaries.vertices) > 60
    np.testing.assert_allclose(motion(boundaries), 0, atol=ROUNDING)


def test_motion_of_a_long_run_has_a_row_for_each_step() -> None:
    places = np.random.default_rng(0).random(2 * BLOCK + 3)
    found = motion(drawn([[[upright(x)], [upright(x / 2)]] for x in places]))
    steps = np.abs(np.diff(places, prepend=places[0]))
    np.testing.assert_allclose(found, np.stack([steps, steps / 2], axis=1), atol=ROUNDING)


def test_motion_is_weighted_by_length() -> None:
    before = [[upright(0.1, 1.0)], [upright(0.5, 0.5)], []]
    after = [[upright(0.2, 1.0)], [upright(0.7, 0.5)], []]
    expected = (0.1 * 1 + 0.2 * 0.5) / 1.5
    assert motion(drawn([before, after]))[1, 0] == pytest.approx(expected)


@pytest.mark.parametrize("backwards", [False, True])
def test_motion_leaves_out_a_neuron_with_a_boundary_at_one_snapshot_only(backwards: bool) -> None:
    snapshots = [[[upright(0.1)], [upright(0.5)], []], [[upright(0.2)], [], [upright(0.3)]]]
    found = motion(drawn(snapshots[::-1] if backwards else snapshots))
    np.testing.assert_allclose(found, [[0, 0], [0.1, 0]], atol=ROUNDING)


def test_motion_counts_a_piece_that_appears_like_one_that_disappears() -> None:
    """The distance is 0 from the line of one snapshot, and 1/2 from half of the other's length."""
    one, two = [[upright(0.2)], []], [[upright(0.2), upright(0.7)], []]
    assert motion(drawn([one, two]))[1, 0] == pytest.approx(0.5 / 3)
    assert motion(drawn([two, one]))[1, 0] == pytest.approx(0.5 / 3)


def test_motion_of_a_ring_includes_the_side_that_closes_it() -> None:
    square = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
    elsewhere = square[2:] + square[:2]
    np.testing.assert_allclose(
        motion(drawn([[[square], []], [[elsewhere], []]], rings=True)), 0, atol=ROUNDING
    )
    smaller = [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)]
    found = motion(drawn([[[square], []], [[smaller], []]], rings=True))[1, 0]
    assert found == pytest.approx(oracle_of([[square + square[:1]]], [[smaller + smaller[:1]]]))


@pytest.mark.filterwarnings("error")
def test_motion_without_boundaries_is_zero() -> None:
    point = [(0.0, 0.0), (0.0, 0.0)]  # what a line through a corner may leave
    for run in (
        [[[], []]] * 3,
        [[[upright(0.1)], []]],
        [[[point], []], [[point], []]],
        [[[upright(0.1)], []], [[point], []]],
    ):
        np.testing.assert_array_equal(motion(drawn(run)), np.zeros((len(run), 2)))


@pytest.mark.parametrize("widths", [(12,), (30, 20), (16, 16, 16)])
def test_motion_of_reversed_snapshots_is_the_same(widths: tuple[int, ...]) -> None:
    run = random_run(widths, 4)
    forwards = motion(trace(run))
    backwards = motion(trace(at(run, [3, 2, 1, 0])))
    np.testing.assert_allclose(forwards[1:], backwards[:0:-1], atol=ROUNDING)


@pytest.mark.parametrize("widths", [(12,), (30, 20), (16, 16, 16)])
def test_motion_agrees_with_a_walk_along_every_line(widths: tuple[int, ...]) -> None:
    boundaries = trace(random_run(widths, 4))
    found = motion(boundaries)
    assert (found[1:] > 0).sum() >= 2 * len(widths)
    for k in range(1, 4):
        for layer, neurons in enumerate(layer_slices(widths)):
            before, after = (
                [
                    [
                        [*map(tuple, line.vertices), *map(tuple, line.vertices[: int(line.closed)])]
                        for line in boundaries.polylines(snapshot, neuron)
                    ]
                    for neuron in range(neurons.start, neurons.stop)
                ]
                for snapshot in (k - 1, k)
            )
            assert found[k, layer] == pytest.approx(oracle_of(before, after), abs=ROUNDING)


def oracle_of(before: Sequence[Sequence[Line]], after: Sequence[Sequence[Line]]) -> float:
    """The motion of one layer, from each neuron's polylines before and after.

    A closed polyline ends at its first vertex.
    """
    total = length = 0.0
    for pair in zip(before, after, strict=True):
        if all(pair):
            for source, target in (pair, pair[::-1]):
                places, stretch = walked(source)
                total += stretch * sum(distance(place, target) for place in places)
                length += stretch * len(places)
    return total / length if length else 0.0


def walked(lines: Sequence[Line]) -> tuple[list[tuple[float, float]], float]:
    """The middles of equal stretches along all polylines together, and the stretches' length."""
    sides = [(a, b, math.dist(a, b)) for line in lines for a, b in itertools.pairwise(line)]
    whole = sum(long for *_, long in sides)
    count = math.ceil(whole / SPACING)
    places = []
    for number in range(count):
        left = (number + 0.5) * whole / count
        for a, b, long in sides:
            if left <= long:
                share = left / long
                places.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
                break
            left -= long
    return places, whole / count


def distance(place: tuple[float, float], lines: Sequence[Line]) -> float:
    """The distance from a place to the nearest point of the lines."""
    nearest = math.inf
    for line in lines:
        for a, b in itertools.pairwise(line):
            square = math.dist(a, b) ** 2
            along = (place[0] - a[0]) * (b[0] - a[0]) + (place[1] - a[1]) * (b[1] - a[1])
            share = min(max(along / square, 0), 1) if square else 0
            foot = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
            nearest = min(nearest, math.dist(place, foot))
    return nearest
