"""Shift and turn, and the shares of bias, weights and inputs, on trajectories that are known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import random_run, run_of

from ginn.analysis.claim import Claim
from ginn.analysis.claims import bias_vs_weights
from ginn.analysis.claims.bias_vs_weights import (
    EARLY,
    WINDOW,
    Motion,
    Shares,
    claim_bias_moves_first,
    claim_later_phases,
    claim_shift_before_turn,
    equal_steps,
    later_phases,
    motion,
    phases,
    shares,
    shift_and_turn,
)
from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import RecordedRun

NETWORK: list[tuple[Any, Any]] = [
    ([[1, 0.5], [0.5, -1]], [-0.6, 0.3]),
    ([[1, 0.25], [-0.5, 1]], [-0.1, 0.05]),
    ([[1, -1]], [0.125]),
]


def moved(layer: int, weight: Any = 0.0, bias: Any = 0.0) -> RecordedRun:
    """Two snapshots of NETWORK: in the second, one layer's weights and biases have moved."""
    later = [(np.array(w, dtype=float), np.array(b, dtype=float)) for w, b in NETWORK]
    later[layer] = (later[layer][0] + weight, later[layer][1] + bias)
    return replace(run_of(NETWORK, later), learning_rate=np.array([1e-3, 1e-3]))


def single(run: RecordedRun) -> Shares:
    parameters = [layer.astype(float) for layer in (*run.weights, *run.biases)]
    return shares(tuple(p[:-1] for p in parameters), tuple(p[1:] for p in parameters))


def line(angle: float, distance: float) -> tuple[Any, Any]:
    """A line at `distance` from the domain's centre, its normal at `angle`; scaled by 3."""
    normal = np.array([math.cos(angle), math.sin(angle)])
    return 3 * normal[None, None], 3 * np.array([[distance - normal.sum() / 2]])


@given(st.floats(-3, 3), st.floats(-0.25, 0.25), st.integers(-64, 64), st.integers(-13, 13))
def test_shift_and_turn_of_a_moved_line_are_what_moved_it(
    angle: float, distance: float, turned: int, shifted: int
) -> None:
    next_line = line(angle + turned / 64, distance + shifted / 64)
    shift, turn = shift_and_turn(*line(angle, distance), *next_line)
    if turned or shifted:
        assert shift[0, 0] == pytest.approx(abs(shifted / 64), abs=1e-12)
        assert turn[0, 0] == pytest.approx(abs(turned / 64) / 2, abs=1e-12)
    else:
        assert np.isnan([shift[0, 0], turn[0, 0]]).all()


def test_shift_and_turn_of_a_line_outside_the_domain_are_nan() -> None:
    for pair in ((line(0, 0.6), line(0, 0.1)), (line(0, 0.1), line(0, 0.6))):
        assert np.isnan(shift_and_turn(*pair[0], *pair[1])).all()


def test_shares_of_a_moving_bias_are_all_bias_and_all_shift() -> None:
    run = moved(0, bias=[0.01, 0.02])
    found = single(run)
    np.testing.assert_allclose(found.bias[0, :2], 1.0)
    np.testing.assert_allclose(found.uniform[0, :2], 1.0)
    np.testing.assert_allclose(motion(run).shift_share, 1.0)
    # The layers above only follow.
    np.testing.assert_allclose(found.inputs[0, 2:], 1.0)


def test_shares_of_a_deeper_bias_leave_the_layers_below_unmoved() -> None:
    found = single(moved(1, bias=[0.01, 0.02]))
    assert np.isnan(found.bias[0, :2]).all()
    np.testing.assert_allclose(found.bias[0, 2:4], 1.0)
    np.testing.assert_allclose(found.inputs[0, 4], 1.0)


def test_shares_of_weights_that_turn_a_line_have_no_shift() -> None:
    run = moved(0, weight=[0.02, -0.02])
    found = single(run)
    np.testing.assert_allclose(found.weights[0, :2], 1.0)
    np.testing.assert_allclose(found.uniform[0, :2], 0.0, atol=1e-6)
    # All the first layer's weights together move the boundary nearly as a bias would.
    together = single(moved(0, weight=[0.02, 0.02]))
    assert (together.uniform[0, :2] > 0.8).all()
    assert (together.bias[0, :2] == 0).all()


def test_shares_over_the_lattice_are_close_to_those_over_every_pixel() -> None:
    run = random_run((5, 4), 6)
    n = 100
    points = Dataset(np.zeros((n, n), dtype=bool), ()).points()
    values = pre_activations(run.weights, run.biases, points)
    change = [np.diff(value, axis=0) for value in values]  # (T, P, out)
    uniform = [each.mean(axis=1) ** 2 / (each**2).mean(axis=1) for each in change]
    found = single(run)
    np.testing.assert_allclose(found.uniform, np.concatenate(uniform, axis=1), atol=0.02)
    np.testing.assert_allclose(found.bias + found.weights + found.inputs, 1.0)
    # The first layer in closed form: the mean of (a x + b y)^2 is (a^2 + b^2) / 3 + a b / 2.
    a, b = np.diff(run.weights[0].astype(float), axis=0).transpose(2, 0, 1)
    by_bias = np.diff(run.biases[0].astype(float), axis=0) ** 2
    exact = by_bias / (by_bias + (a * a + b * b) / 3 + a * b / 2)
    np.testing.assert_allclose(found.bias[:, :5], exact, atol=0.01)


def test_equal_steps_move_what_moved_by_one_learning_rate() -> None:
    old, new = np.zeros((3, 40, 2)), np.ones((3, 40, 2))
    new[:, :, 1] = 0.0
    (step,) = equal_steps((old,), (new,), np.array([1.0, 2.0, 0.5]))
    assert (np.abs(step[:, :, 0]) == np.array([1.0, 2.0, 0.5])[:, None]).all()
    assert (step[:, :, 1] == 0).all()
    assert 0 < (step[:, :, 0] > 0).mean() < 1


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
    """The same, but for the first EARLY iterations nothing moves except biases."""
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
    # Signs are as random in the control as in the run, so shares agree but for chance.
    for run in runs:
        for name in ("bias", "weights", "uniform"):
            measured, control = (getattr(each, name).mean() for each in (run.shares, run.control))
            assert abs(measured - control) < 0.05


def test_claims_of_walks_that_begin_with_biases_hold() -> None:
    # Deeper layers' inputs move with the biases below, so the claim is of the first layer.
    runs = [motion(biased_walk(seed)) for seed in range(8)]
    for run in runs:
        early = run.iterations < EARLY - 1
        np.testing.assert_allclose(run.shares.bias[early, 0], 1.0)
        np.testing.assert_allclose(run.shift_share[early], 1.0)
        assert run.shares.bias[~early, 0].mean() < 0.9
    # Whose the rest is: the first layer's inputs stay, a deeper layer's move with what is below.
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
    """A motion whose share of shift is given, with the same in every layer."""
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
    few = [claim.verdict for claim in all_claims(first[:4])]
    assert few == ["not decidable here", "not decidable here", "does not hold"]
    rising = [made(1 - falling(top), bias=0.3, layers=layers) for top in tops]
    assert [claim.verdict for claim in all_claims(rising)[:2]] == ["does not hold"] * 2
    # As much shift as the control: Adam alone would do it.
    like_control = [made(falling(top), bias=0.7, control=0.9) for top in tops]
    assert [claim.verdict for claim in all_claims(like_control)[:2]] == ["does not hold"] * 2


def test_later_phases_count_once_the_first_is_over() -> None:
    share = falling(0.8)
    assert later_phases(made(share)) == [[]]
    share[EARLY : EARLY + 20] = 0.8  # still the first phase
    assert later_phases(made(share)) == [[]]
    share[EARLY + 60 : EARLY + 80] = 0.9
    again = made(share)
    assert len(later_phases(again)[0]) == 1
    assert claim_later_phases([again] * 3).verdict == "holds"
    assert claim_later_phases([again, made(falling(0.8))]).verdict == "does not hold"


def test_later_phases_without_a_first_one_are_none() -> None:
    always = made(np.full(EARLY + 100, 0.5))
    rising = made(1 - falling(0.8))
    short = made(falling(0.8, EARLY + WINDOW - 1))
    for run in (always, rising, short):
        assert later_phases(run) == [None]
        assert claim_later_phases([run] * 3).verdict == "not decidable here"


def test_shares_of_a_layer_at_rest_are_nan() -> None:
    found = motion(moved(1, bias=[0.01, 0.02]))
    assert np.isnan(found.shares.bias[0, 0])
    assert np.isnan(found.shift_share[0])
    assert bias_vs_weights.finite_mean(np.array([np.nan, 1.0, 3.0]), 0) == 2.0
