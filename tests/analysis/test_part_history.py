"""The history of a part, on layers that are made dead by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.datasets import halves
from support.measured import ALIVE, DEAD_LEFT, history
from support.runs import IDENTITY, layer_of, random_run, run_of, threshold

from ginn.analysis.evidence import DeadPeriod
from ginn.analysis.part_history import PartHistory, dead_periods, part_history


def test_part_history_of_a_part_in_several_pieces_counts_all_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = random_run((5, 4))
    whole = part_history(run, halves(), "left")
    monkeypatch.setattr("ginn.analysis.part_history.POINTS", 7)
    pieces = part_history(run, halves(), "left")
    np.testing.assert_array_equal(whole.dead_share, pieces.dead_share)
    np.testing.assert_array_equal(whole.right, pieces.right)


def test_part_history_of_a_dead_layer_is_the_share_of_the_part_over_which_it_is_dead() -> None:
    run = run_of(DEAD_LEFT, ALIVE)
    left, right = (part_history(run, halves(), part) for part in ("left", "right"))
    np.testing.assert_array_equal(left.dead_share, [[0.0, 1.0], [0.0, 0.0]])
    # Both neurons are off up to x = .5. Beyond that, at least one is on.
    np.testing.assert_array_equal(right.dead_share, np.zeros((2, 2)))
    assert left.has_dead_layer.tolist() == [True, False]
    assert left.iterations == (0, 10)


def test_part_history_right_is_the_share_of_the_parts_own_pixels() -> None:
    # The left half is black, and the output of the network with a dead layer is black there.
    assert part_history(run_of(DEAD_LEFT), halves(), "left").right.tolist() == [1.0]
    white_left = halves(left_white=True)
    assert part_history(run_of(DEAD_LEFT), white_left, "left").right.tolist() == [0.0]
    quarter = [IDENTITY, layer_of(threshold(0.25), threshold(0.25)), ([[1, 1]], [0])]
    got = part_history(run_of(quarter), white_left, "left")
    assert got.right.tolist() == [0.5]
    assert got.learnt.tolist() == [True]
    assert history([False], 0.49).learnt.tolist() == [False]
    np.testing.assert_array_equal(got.dead_share, [[0.0, 0.5]])


@pytest.mark.parametrize(
    ("right", "since"),
    [([0.4, 0.6, 0.4, 0.7], 30), ([0.6, 0.7, 0.8, 0.9], 0), ([0.9, 0.9, 0.9, 0.4], np.inf)],
)
def test_learnt_alive_since_is_when_the_last_stretch_begins(
    right: list[float], since: float
) -> None:
    run = PartHistory(0, "left", (0, 10, 20, 30), np.zeros((4, 1)), np.array(right))
    assert run.learnt_alive_since == since


def test_learnt_alive_since_counts_no_snapshot_with_a_dead_layer() -> None:
    assert history([True, False, False], 0.9).learnt_alive_since == 10
    assert history([False, True, False], 0.9).learnt_alive_since == 20
    assert history([False, True], 0.9).learnt_alive_since == np.inf


def test_part_history_at_an_iteration_is_the_last_snapshot_until_then() -> None:
    run = history([False, True, False])
    assert [run.at(iteration) for iteration in (0, 9, 10, 19, 99)] == [0, 0, 1, 1, 2]
    with pytest.raises(ValueError, match="found iteration -1, allowed: 0"):
        run.at(-1)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_dead_periods_are_the_stretches_with_a_dead_layer(dead: list[bool]) -> None:
    run = history(dead)
    found = dead_periods(run)
    covered = np.zeros(len(dead), dtype=bool)
    for period in found:
        first = run.at(period.begun)
        last = len(dead) if period.ended is None else run.at(period.ended)
        assert first < last
        assert first == 0 or not dead[first - 1]
        covered[first:last] = True
    np.testing.assert_array_equal(covered, run.has_dead_layer)
    assert not found or (found[-1].ended is None) == dead[-1]


def test_dead_periods_name_the_deepest_dead_layer_at_their_begin() -> None:
    share = np.array([[0.0, 0.9], [1.0, 1.0], [0.0, 1.0], [0.5, 0.0]])
    run = PartHistory(4, "left", (0, 5, 20, 100), share, np.array([0.0, 0.0, 0.4, 0.6]))
    assert dead_periods(run) == (DeadPeriod(layer=2, begun=5, ended=100),)


def test_dead_periods_of_a_run_without_a_dead_layer_are_none() -> None:
    found = part_history(replace(run_of(ALIVE), seed=3), halves(), "left")
    assert dead_periods(found) == ()
    assert found.seed == 3
