"""The claims about shift, on invented trajectories for which the right verdict is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.runs import random_run

from ginn.analysis.claim import Claim
from ginn.analysis.claims.bias_vs_weights import EARLY, Motion, Shares, motion
from ginn.analysis.claims.shift_claims import (
    WINDOW,
    claim_bias_moves_first,
    claim_later_phases,
    claim_shift_before_turn,
    later_phases,
    phases,
)
from ginn.network.run import RecordedRun


def random_walk(seed: int) -> RecordedRun:
    """A run whose parameters take equal steps of random sign at every iteration: no effect."""
    rng = np.random.default_rng(seed)
    count, rate = EARLY + 60, 1e-3

    def walk(*shape: int) -> Any:
        steps = rate * rng.choice([-1.0, 1.0], (count, *shape))
        return (rng.uniform(-0.5, 0.5, shape) + np.cumsum(steps, axis=0)).astype(np.float32)

    run = random_run((6, 6), count)
    return replace(
        run,
        iterations=np.arange(count),
        weights=(walk(6, 2), walk(6, 6), walk(1, 6)),
        biases=(walk(6), walk(6), walk(1)),
        learning_rate=np.full(count, rate),
    )


def biased_walk(seed: int) -> RecordedRun:
    """The same run, except that only biases move in the first EARLY iterations."""
    run = random_walk(seed)
    weights = tuple(
        np.concatenate([np.repeat(w[EARLY : EARLY + 1], EARLY, axis=0), w[EARLY:]])
        for w in run.weights
    )
    return replace(run, weights=weights)


def all_claims(runs: list[Motion]) -> list[Claim]:
    return [claim_shift_before_turn(runs), claim_bias_moves_first(runs), claim_later_phases(runs)]


def test_claims_of_random_walks_do_not_hold() -> None:
    runs = [motion(random_walk(seed)) for seed in range(8)]
    verdicts = [claim.verdict for claim in all_claims(runs)]
    assert verdicts[0] == "not decidable here"
    assert verdicts[1] != "holds"
    # Signs are random in the control and in the run, so their shares differ by chance only.
    for run in runs:
        for name in ("bias", "weights", "uniform"):
            measured, control = (getattr(each, name).mean() for each in (run.shares, run.control))
            assert abs(measured - control) < 0.05


def test_claims_of_walks_that_begin_with_biases_hold() -> None:
    # In deeper layers, inputs move with the biases below. So only the first layer is checked.
    runs = [motion(biased_walk(seed)) for seed in range(8)]
    for run in runs:
        early = run.iterations < EARLY - 1
        np.testing.assert_allclose(run.shares.bias[early, 0], 1.0)
        np.testing.assert_allclose(run.shift_share[early], 1.0)
        assert run.shares.bias[~early, 0].mean() < 0.9
    # The share of the inputs is 0 in the first layer, whose inputs never change.
    value = claim_bias_moves_first(runs).value
    shares = [each.split(" (")[0].split(", ") for each in value.split("inputs ")[1:]]
    inputs = [float(each) for each in shares[0]]
    assert inputs[0] == 0.0 < min(inputs[1:])


def test_phases_are_stretches_at_the_level_or_above() -> None:
    share = np.array([0.9, 0.1, 0.1, 0.8, 0.9, 0.1, np.nan, 0.9])
    assert phases(np.arange(8), share, 0.8, window=1) == [(0, 0), (3, 4), (7, 7)]
    assert phases(np.arange(8), share, 0.8, window=2) == [(3, 3), (6, 6)]
    assert phases(np.arange(8), np.zeros(8), 0.8, window=2) == []


def made(shift: Any, bias: float = 0.5, control: float = 0.4, layers: int = 1) -> Motion:
    """A motion with the given shares, which are equal in all layers."""
    share = np.asarray(shift, dtype=float)
    count = len(share)

    def all_layers(value: Any) -> Any:
        return np.broadcast_to(np.reshape(value, (-1, 1)), (count, layers + 1))

    measured = Shares(all_layers(bias), all_layers(1 - bias), all_layers(0.0), all_layers(share))
    of_control = Shares(*[all_layers(control)] * 4)
    constant = np.full(count, control)
    begin = np.arange(count)
    return Motion(begin, begin + 1, share, constant, measured, of_control)


def falling(top: float, count: int = EARLY + 100) -> Any:
    share = np.full(count, 0.3)
    share[:EARLY] = top
    return share


@pytest.mark.parametrize("layers", [1, 2])
def test_claims_of_made_motions_hold_where_they_should(layers: int) -> None:
    tops = [0.8 + 0.01 * i for i in range(8)]
    first = [made(falling(top), bias=0.7, layers=layers) for top in tops]
    verdicts = [claim.verdict for claim in all_claims(first)]
    assert verdicts == ["holds", "holds", "does not hold"]
    # One layer without a later phase is enough for "does not hold". Its p-value is multiplied by
    # the number of tests.
    again = all_claims(first)[2]
    assert again.p_value == 2 / 2**8 * 2 * layers
    few = [claim.verdict for claim in all_claims(first[:4])]
    assert few == ["not decidable here"] * 3
    rising = [made(1 - falling(top), bias=0.3, layers=layers) for top in tops]
    assert [claim.verdict for claim in all_claims(rising)[:2]] == ["does not hold"] * 2
    # The boundaries shift less than in the control, although more at the start than later.
    like_control = [made(falling(top), bias=0.7, control=0.9) for top in tops]
    assert [claim.verdict for claim in all_claims(like_control)[:2]] == ["does not hold"] * 2


def test_later_phases_count_once_the_first_is_over() -> None:
    share = falling(0.8)
    assert found_phases(made(share)) == [[]]
    share[EARLY : EARLY + 20] = 0.8  # still the first phase
    assert found_phases(made(share)) == [[]]
    share[EARLY + 60 : EARLY + 80] = 0.9
    again = made(share)
    assert [len(each or []) for each in found_phases(again)] == [1]
    assert claim_later_phases([again] * 12).verdict == "holds"
    none = claim_later_phases([made(falling(0.8))] * 12)
    assert none.effects[0].text == "layer 1, runs with such a phase: 0.0% (0.0% to 26.5%)"
    assert none.verdict == "does not hold"
    half = claim_later_phases([again, made(falling(0.8))] * 6)
    assert half.verdict == "not decidable here"


def found_phases(run: Motion) -> list[list[tuple[int, int]] | None]:
    return [each and each.phases for each in later_phases(run)]


def test_later_phases_of_one_stretch_rank_above_its_intervals_in_random_order() -> None:
    share = falling(0.8, EARLY + 200)
    share[EARLY + 60 : EARLY + 80] = 0.9
    (stretch,) = later_phases(made(share))
    assert stretch
    assert stretch.rank == 1.0
    share = falling(0.8, EARLY + 200)
    share[EARLY + 20 :: 9] = 0.9  # as many high intervals, far apart
    (apart,) = later_phases(made(share))
    assert apart
    assert apart.rank < 0.1


def test_later_phases_without_a_first_one_are_none() -> None:
    always = made(np.full(EARLY + 100, 0.5))
    rising = made(1 - falling(0.8))
    short = made(falling(0.8, EARLY + 2 * WINDOW - 1))
    for run in (always, rising, short):
        assert later_phases(run) == [None]
        assert claim_later_phases([run] * 3).verdict == "not decidable here"
