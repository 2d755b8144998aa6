"""Dead layers: layers made dead by hand, and gradients against autograd."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.datasets import halves
from support.runs import IDENTITY, layer_of, random_run, run_of, threshold

from ginn.analysis.claims.dead_layers import (
    Contingency,
    PartHistory,
    claim_dead_early_fails,
    claim_dead_where_failed,
    contingency,
    dead_periods,
    layer_gradients,
    part_history,
    part_points,
)
from ginn.analysis.evidence import DeadPeriod
from ginn.network.run import RecordedRun

# Its second layer is dead left of x = .5; the output is white where that layer is on.
DEAD_LEFT = [IDENTITY, layer_of(threshold(0.5), threshold(0.6)), ([[1, 1]], [-0.01])]
# The same network with one neuron on at the left.
ALIVE = [
    IDENTITY,
    layer_of(threshold(0.5), threshold(0.5, on_to_the_right=False)),
    ([[1, -1]], [-0.01]),
]


def history(dead: list[bool], right: float = 0.0, seed: int = 0) -> PartHistory:
    """The history of a run of one layer that is dead at some snapshots, ten iterations apart."""
    share = np.array(dead, dtype=float)[:, None]
    times = tuple(range(0, 10 * len(dead), 10))
    return PartHistory(seed, "left", times, share, np.full(len(dead), right))


def test_part_history_of_a_dead_layer_is_the_share_of_the_part_over_which_it_is_dead() -> None:
    run = run_of(DEAD_LEFT, ALIVE)
    left, right = (part_history(run, halves(), part) for part in ("left", "right"))
    np.testing.assert_array_equal(left.dead_share, [[0.0, 1.0], [0.0, 0.0]])
    # The neurons are both off up to x = .5 only.
    np.testing.assert_array_equal(right.dead_share, np.zeros((2, 2)))
    assert left.has_dead_layer.tolist() == [True, False]
    assert left.iterations == (0, 10)


def test_part_history_right_is_the_share_of_the_parts_own_pixels() -> None:
    # The left half is black, and black is what the network with a dead layer says there.
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


def test_part_history_of_a_part_in_several_pieces_counts_all_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = random_run((5, 4))
    whole = part_history(run, halves(), "left")
    monkeypatch.setattr("ginn.analysis.claims.dead_layers.POINTS", 7)
    pieces = part_history(run, halves(), "left")
    np.testing.assert_array_equal(whole.dead_share, pieces.dead_share)
    np.testing.assert_array_equal(whole.right, pieces.right)
    points, white = part_points(halves(), "left")
    np.testing.assert_allclose(
        layer_gradients(run, 0, points, white), whole_gradient(run, points, white), rtol=1e-10
    )


def whole_gradient(run: RecordedRun, points: np.ndarray, white: bool) -> np.ndarray:
    """The norms by autograd, in float64."""
    layers = [
        (torch.from_numpy(w[0]).double().requires_grad_(), torch.from_numpy(b[0]).double())
        for w, b in zip(run.weights, run.biases, strict=True)
    ]
    activation = torch.from_numpy(points)
    for number, (weight, bias) in enumerate(layers):
        bias.requires_grad_()
        activation = activation @ weight.T + bias
        if number < len(layers) - 1:
            activation = activation.relu()
    target = torch.full_like(activation, float(white))
    torch.nn.functional.binary_cross_entropy_with_logits(activation, target).backward()
    return np.array(
        [float((w.grad.square().sum() + b.grad.square().sum()).sqrt()) for w, b in layers]
    )


@pytest.mark.parametrize("widths", [(16, 16, 16), (5,), (3, 8, 2, 7)])
@pytest.mark.parametrize("white", [True, False])
def test_layer_gradients_are_those_of_autograd(widths: tuple[int, ...], white: bool) -> None:
    run = random_run(widths)
    points = np.random.default_rng(1).random((3000, 2))
    got = layer_gradients(run, 0, points, white)
    np.testing.assert_allclose(got, whole_gradient(run, points, white), rtol=1e-10)


def test_layer_gradients_are_zero_up_to_a_dead_layer_and_not_without_one() -> None:
    points, white = part_points(halves(), "left")
    run = run_of(DEAD_LEFT, ALIVE)
    dead, alive = (layer_gradients(run, snapshot, points, white) for snapshot in (0, 1))
    assert dead[:2].tolist() == [0.0, 0.0]
    assert dead[2] > 0
    assert (alive > 0).all()


def test_contingency_counts_each_kind_of_run() -> None:
    table = contingency([True, True, False, False, False], [True, False, True, False, False])
    assert table == Contingency(1, 1, 1, 2)
    assert table.runs == 5


def test_contingency_p_value_is_that_of_the_lady_tasting_tea() -> None:
    # Fisher, The Design of Experiments, chapter II: 3 of 4 cups right; two-sided 34/70.
    assert Contingency(3, 1, 1, 3).p_value == pytest.approx(34 / 70)
    # A dead layer that has nothing to do with failure.
    assert Contingency(10, 10, 10, 10).p_value == pytest.approx(1.0)


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


def test_part_history_at_an_iteration_is_the_last_snapshot_until_then() -> None:
    run = history([False, True, False])
    assert [run.at(iteration) for iteration in (0, 9, 10, 19, 99)] == [0, 0, 1, 1, 2]
    with pytest.raises(ValueError, match="found iteration -1, allowed: 0"):
        run.at(-1)


def test_learnt_alive_since_counts_no_snapshot_with_a_dead_layer() -> None:
    assert history([True, False, False], 0.9).learnt_alive_since == 10
    assert history([False, True, False], 0.9).learnt_alive_since == 20
    assert history([False, True], 0.9).learnt_alive_since == np.inf


def histories(
    dead_failed: int, dead_learnt: int, alive_failed: int, alive_learnt: int
) -> list[PartHistory]:
    """Runs of each kind, with a dead layer throughout or never."""
    kinds = [(True, 0.1)] * dead_failed + [(True, 0.9)] * dead_learnt
    kinds += [(False, 0.1)] * alive_failed + [(False, 0.9)] * alive_learnt
    return [history([dead] * 3, right, seed) for seed, (dead, right) in enumerate(kinds)]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((4, 0, 1, 20), "holds"),
        ((0, 4, 20, 1), "does not hold"),
        ((2, 2, 2, 2), "not decidable here"),
        ((1, 0, 0, 3), "not decidable here"),
        ((0, 3, 0, 8), "not decidable here"),  # none failed
        ((0, 0, 0, 8), "not decidable here"),
    ],
)
def test_claims_of_dead_layers_have_the_verdict_of_the_table(
    counts: tuple[int, int, int, int], verdict: str
) -> None:
    gradients = np.array([[0.0, 0.0, 0.5]] * 3 + [[0.0, 0.2, 0.5]])
    claim = claim_dead_where_failed(histories(*counts), gradients)
    assert claim.verdict == verdict
    assert claim.runs == sum(counts)
    failures = counts[0] + counts[2]
    words = "screening runs that failed" if failures else "no screening run failed; "
    assert (f"{counts[0]} of {failures} {words}" if failures else words) in claim.value
    assert "7 of 8 hidden layers; the others come after" in claim.control
    assert claim_dead_early_fails(histories(*counts), 10).verdict == verdict


def test_claim_dead_where_failed_reads_the_last_snapshot() -> None:
    died = [history([False, True], 0.1, seed) for seed in range(5)]
    revived = [history([True, False], 0.9, seed) for seed in range(5)]
    claim = claim_dead_where_failed([*died, *revived], np.zeros((5, 2)))
    assert claim.verdict == "holds"
    assert "5 of 5 screening runs that failed had a dead layer; of the 5 others 0" in claim.value
    assert "5 of 5 hidden layers" in claim.control
    assert "behind" not in claim.control
    none_dead = claim_dead_where_failed(revived, np.zeros((0, 2)))
    assert none_dead.control == "0 failed without one"


def test_claim_dead_early_fails_of_runs_that_recover_is_not_decidable() -> None:
    recovered = [history([False, True, False], 0.9, seed) for seed in range(6)]
    claim = claim_dead_early_fails([*recovered, *histories(0, 0, 0, 9)], 10)
    assert claim.verdict == "not decidable here"
    assert "0 of 6 runs that had a dead layer at iteration 10 failed" in claim.value
    assert "the others recovered by iterations 20, 20, 20, 20, 20 and 20" in claim.value
    assert claim.control == "0 of 9 runs that had none then failed"


def test_claim_dead_early_fails_counts_recovery_only_of_runs_dead_early_that_learnt() -> None:
    """Neither a later dead period, nor the recovery of a run that failed, nor luck counts."""
    others = [history([False, False, True, False], 0.9, 7), history([False, True, False], 0.1, 8)]
    assert "recovered" not in claim_dead_early_fails(others, 10).value
    lucky = [*others, history([True, True, True], 0.9, 9), history([True, True, False], 0.9, 10)]
    value = claim_dead_early_fails(lucky, 10).value
    assert "1 other recovered by iteration 20; 1 had it right by luck, with a dead layer" in value
