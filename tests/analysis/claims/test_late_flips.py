"""Late flips: a neuron that flips without effect, one with an effect, and one at rest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.datasets import halves
from support.runs import Layer, layer_of, random_run, run_of, threshold

from ginn.analysis.claims.late_flip_claim import FlippingNeuron, claim_late_flips, summarise
from ginn.analysis.claims.late_flips import (
    LATE,
    MIDDLE,
    Flips,
    flipped_shares,
    flips,
    patched,
    state,
    window,
)
from ginn.network.forward import pre_activations, probability

POINTS = halves(40).points()
STEP = range(0, 1)


def two_lines(first: float, second: float, weight: float) -> list[Layer]:
    """Lines at x = `first`, with a small outgoing weight, and at x = `second`, with `weight`."""
    return [layer_of(threshold(first), threshold(second)), ([[1e-5, weight]], [-0.2])]


def test_flips_of_a_neuron_without_effect_are_late_flips() -> None:
    told = flips(run_of(two_lines(0.3, 0.6, 5), two_lines(0.5, 0.6, 5)), STEP, POINTS)
    np.testing.assert_allclose(told.flipped, [0.2, 0.0])
    np.testing.assert_allclose(told.most, told.flipped)
    assert told.late.tolist() == [True, False]
    assert 0 < told.moved[0] < 1e-6
    assert told.moved[1] == 0.0
    assert told.layer == (0, 0)


def test_flips_of_a_neuron_with_an_effect_are_none() -> None:
    told = flips(run_of(two_lines(0.3, 0.6, 5), two_lines(0.3, 0.4, 5)), STEP, POINTS)
    np.testing.assert_allclose(told.flipped, [0.0, 0.2])
    assert not told.late.any()
    assert told.moved[1] > 0.05


def test_flips_of_a_network_at_rest_are_zero() -> None:
    told = flips(run_of(*[two_lines(0.3, 0.6, 5)] * 3), range(0, 2), POINTS)
    assert not told.flipped.any()
    assert not told.moved.any()
    assert np.isnan(told.push).all()
    assert np.isnan(told.certainty).all()


def test_flips_push_is_the_weight_times_the_activation() -> None:
    told = flips(run_of(two_lines(0.3, 0.6, 5), two_lines(0.3, 0.4, 5)), STEP, POINTS)
    x = POINTS[:, 0]
    flipped = (x > 0.4) & (x < 0.6)
    assert told.push[1] == pytest.approx(5 * (x - 0.4)[flipped].mean(), rel=1e-6)
    assert told.certainty[1] == pytest.approx(0.2, rel=1e-4)
    assert told.usual[1] == pytest.approx(5 * (x - 0.6)[x > 0.6].mean(), rel=1e-6)


def test_flips_are_averaged_and_the_largest_is_kept() -> None:
    run = run_of(*[two_lines(x, 0.6, 5) for x in (0.5, 0.3, 0.35)])
    told = flips(run, range(0, 2), POINTS)
    assert told.flipped[0] == pytest.approx(0.125)
    assert told.most[0] == pytest.approx(0.2)
    np.testing.assert_allclose(flipped_shares(run, range(0, 2), POINTS), told.flipped)
    single = [flips(run, range(step, step + 1), POINTS) for step in (0, 1)]
    np.testing.assert_allclose(single[1].flipped, [0.05, 0.0])
    assert told.moved[0] == pytest.approx((single[0].moved[0] + single[1].moved[0]) / 2)


@pytest.mark.parametrize("widths", [(5,), (5, 4), (5, 4, 3), (3, 8, 2, 7)])
def test_patched_logit_is_that_of_the_whole_forward_pass(widths: tuple[int, ...]) -> None:
    run = random_run(widths)
    network = state(run, 1, POINTS)
    rng = np.random.default_rng(0)
    for layer, width in enumerate(widths):
        change = rng.normal(size=len(POINTS)) * (rng.random(len(POINTS)) < 0.5)
        row = width - 1
        activation = np.maximum(network.values[layer], 0.0)
        activation[:, row] += change
        weights = tuple(weight[1] for weight in run.weights[layer + 1 :])
        biases = tuple(bias[1] for bias in run.biases[layer + 1 :])
        expected = pre_activations(weights, biases, activation)[-1][:, 0]
        np.testing.assert_allclose(patched(network, layer, row, change), expected, atol=1e-10)


def test_flips_moved_is_the_neurons_change_in_the_earlier_network() -> None:
    run = random_run((5, 4, 3))
    told = flips(run, range(1, 2), POINTS)
    earlier, later = (state(run, snapshot, POINTS).values for snapshot in (1, 2))
    neuron, layer, row = 5 + 3, 1, 3
    activation = np.maximum(earlier[layer], 0.0)
    activation[:, row] = np.maximum(later[layer][:, row], 0.0)
    logit = pre_activations(
        tuple(weight[1] for weight in run.weights[2:]),
        tuple(bias[1] for bias in run.biases[2:]),
        activation,
    )[-1]
    moved = np.abs(probability(logit) - probability(earlier[-1])).mean()
    assert told.moved[neuron] == pytest.approx(moved)
    assert moved > 0
    flipped = (earlier[layer][:, row] > 0) != (later[layer][:, row] > 0)
    assert told.flipped[neuron] == pytest.approx(flipped.mean())
    assert told.layer == (0,) * 5 + (1,) * 4 + (2,) * 3
    # `usual` is the change of the logit if the neuron is removed, where the neuron is on.
    activation = np.maximum(earlier[layer], 0.0)
    on = activation[:, row] > 0
    activation[:, row] = 0.0
    without = pre_activations(
        tuple(weight[1] for weight in run.weights[2:]),
        tuple(bias[1] for bias in run.biases[2:]),
        activation,
    )[-1]
    assert told.usual[neuron] == pytest.approx(np.abs(without - earlier[-1])[on].mean())


def test_window_holds_the_steps_that_lie_within_it() -> None:
    run = run_of(*[two_lines(0.3, 0.6, 5)] * 21, iterations=np.arange(21) * 50)  # 0 to 1,000
    assert window(run, LATE) == range(18, 20)  # 900 -> 950 -> 1,000
    assert window(run, (0.5, 0.6)) == range(10, 12)
    # The step from 400 to 450 begins before this window.
    assert window(run, (0.41, 0.51)) == range(9, 10)


@pytest.mark.parametrize("iterations", [[0, 1], [0, 600], [0, 9_500, 20_000], [0]])
def test_window_without_a_whole_step_is_empty(iterations: list[int]) -> None:
    run = run_of(*[two_lines(0.3, 0.6, 5)] * len(iterations), iterations=np.array(iterations))
    assert not window(run, LATE)
    assert not window(run, MIDDLE)


@given(st.sets(st.integers(1, 1_000), min_size=1), st.sampled_from([LATE, MIDDLE]))
def test_window_is_all_steps_within_it(ends: set[int], shares: tuple[float, float]) -> None:
    iterations = np.array([0, *sorted(ends)])
    run = run_of(*[two_lines(0.3, 0.6, 5)] * len(iterations), iterations=iterations)
    begin, end = (share * iterations[-1] for share in shares)
    within = [
        step for step, (a, b) in enumerate(itertools.pairwise(iterations)) if begin <= a < b <= end
    ]
    assert list(window(run, shares)) == within


def flips_of(flipped: list[float], moved: list[float], seed: int = 0) -> Flips:
    """Two neurons in the first layer and one in the second."""
    zeros = np.zeros(3)
    return Flips(
        seed, (0, 0, 1), np.array(flipped), np.array(moved), zeros, zeros, zeros,
        2 * np.array(flipped),
    )  # fmt: skip


def test_summarise_counts_runs_and_names_the_top_neuron() -> None:
    felt = flips_of([0.5, 0.002, 0.0], [0.2, 1e-5, 0.0])
    unfelt = flips_of([0.002, 0.001, 0.02], [0.1, 0.2, 1e-5], seed=4)
    half = flips_of([0.0, 0.0, 0.006], [0.0, 0.0, 1e-4], seed=5)
    told = summarise([felt, unfelt, half], [np.full(3, 0.02)] * 3)
    assert (told.runs, told.neurons, told.late, told.runs_with) == (3, 9, 1, 1)
    assert told.late_once == 2
    assert told.top == FlippingNeuron(4, 1, 0, 0.02, 0.04, 1e-5, 0.0, 0.0, 0.0)
    # The ranks of flipped and moved are equal in runs 1 and 3. In run 2 they are 2 1 3 and 2 3 1.
    assert told.correlation == pytest.approx((1.0, -1.0, 1.0))
    assert told.flipped_middle == pytest.approx(0.02)
    assert told.flipped_late == pytest.approx((0.502 + 0.023 + 0.006) / 9)


def test_summarise_compares_late_with_the_middle() -> None:
    runs = [flips_of([0.01, 0.02, 0.03], [0.3, 0.2, 0.1], seed) for seed in range(6)]
    same = summarise(runs, [np.array([0.03, 0.01, 0.02])] * 6)
    assert same.calmer_p_value == 1.0
    assert same.correlation_p_value == 2 / 2**6
    assert same.top is None
    calmer = summarise(runs, [np.full(3, 0.2)] * 6)
    assert calmer.calmer_p_value == 2 / 2**6


def test_summarise_of_runs_at_rest_has_no_correlation() -> None:
    told = summarise([flips_of([0.0] * 3, [0.0] * 3)], [np.zeros(3)])
    assert told.correlation == ()
    assert told.top is None


def test_claim_late_flips_holds_if_any_neuron_has_them() -> None:
    jumps, rests = flips_of([0.0, 0.0, 0.02], [0.0, 0.0, 1e-5]), flips_of([0.0] * 3, [0.0] * 3)
    middle = [np.full(3, 0.02)]
    claim = claim_late_flips(summarise([jumps], middle))
    assert claim.verdict == "holds"
    assert "1 of 3 neurons, in 1 of 1 run" in claim.value
    assert "; this one, layer 2 neuron 1 of seed 0, flips 2.00% of the picture" in claim.value
    assert claim_late_flips(summarise([rests], middle)).verdict == "does not hold"
    little = flips_of([0.0, 0.0, 0.009], [0.0, 0.0, 1e-5])
    claim = claim_late_flips(summarise([little], middle))
    assert claim.verdict == "does not hold"
    assert "the nearest, layer 2 neuron 1" in claim.value


def test_claim_late_flips_without_a_late_step_is_not_measured() -> None:
    claim = claim_late_flips(None)
    assert claim.verdict == "not decidable here"
    assert "no two snapshots are within the last tenth" in claim.definition


def test_claim_late_flips_without_a_step_in_the_middle_has_no_such_control() -> None:
    run = run_of(*[two_lines(x, 0.6, 5) for x in (0.3, 0.5)])
    unknown = flipped_shares(run, range(0), POINTS)
    claim = claim_late_flips(summarise([flips(run, STEP, POINTS)], [unknown]))
    assert claim.verdict == "holds"
    assert "in the middle of training no two snapshots" in claim.control
    assert "nan" not in claim.control
