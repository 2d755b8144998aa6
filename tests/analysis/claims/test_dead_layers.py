"""Dead layers: counts of made-up runs, and gradients against autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.datasets import halves
from support.measured import ALIVE, DEAD_LEFT, history
from support.runs import random_run, run_of

from ginn.analysis.claims.dead_layers import (
    Contingency,
    claim_dead_early_fails,
    claim_dead_where_failed,
    contingency,
    layer_gradients,
)
from ginn.analysis.part_history import PartHistory, part_points
from ginn.analysis.statistics import fisher_p_value
from ginn.network.run import RecordedRun


def whole_gradient(run: RecordedRun, points: np.ndarray, white: bool) -> np.ndarray:
    """The norms of the gradients by layer, computed by autograd in float64."""
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


def test_layer_gradients_of_points_in_several_pieces_are_those_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = random_run((5, 4))
    points, white = part_points(halves(), "left")
    whole = layer_gradients(run, 0, points, white)
    monkeypatch.setattr("ginn.analysis.claims.dead_layers.POINTS", 7)
    np.testing.assert_allclose(layer_gradients(run, 0, points, white), whole, rtol=1e-10)


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


def histories(
    dead_failed: int, dead_learnt: int, alive_failed: int, alive_learnt: int
) -> list[PartHistory]:
    """The histories of these numbers of runs. A layer is dead at all snapshots or at none."""
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
    table = [[counts[0], counts[1]], [counts[2], counts[3]]]
    assert claim.p_value == fisher_p_value(table)
    failures = counts[0] + counts[2]
    runs = f"screening run{'' if failures == 1 else 's'}"
    some, none = f"{counts[0]} of {failures} {runs} that failed on the left", "no screening run"
    assert claim.value.startswith(some if failures else none)
    assert "7 of 8 hidden layers; any other came after" in claim.control
    assert claim_dead_early_fails(histories(*counts), 10).verdict == verdict


def test_claim_dead_where_failed_reads_the_last_snapshot() -> None:
    died = [history([False, True], 0.1, seed) for seed in range(5)]
    revived = [history([True, False], 0.9, seed) for seed in range(5)]
    claim = claim_dead_where_failed([*died, *revived], np.zeros((5, 2)))
    assert claim.verdict == "holds"
    assert "that failed on the left had a dead layer; of 5 other runs none had one" in claim.value
    assert "5 of 5 hidden layers" in claim.control
    assert "behind" not in claim.control
    none_dead = claim_dead_where_failed(revived, np.zeros((0, 2)))
    assert none_dead.control == "none failed on the left without a dead layer"


def test_claim_dead_early_fails_of_runs_that_recover_is_not_decidable() -> None:
    recovered = [history([False, True, False], 0.9, seed) for seed in range(6)]
    claim = claim_dead_early_fails([*recovered, *histories(0, 0, 0, 9)], 10)
    assert claim.verdict == "not decidable here"
    assert "none of 6 runs that had a dead layer at iteration 10 failed" in claim.value
    assert claim.value.endswith("; 6 other runs recovered by iteration 20")
    had_none = "none of 9 runs that had no dead layer at iteration 10"
    assert claim.control == f"{had_none} failed on the left in the end"


def test_claim_dead_early_fails_counts_recovery_only_of_runs_dead_early_that_learnt() -> None:
    """These do not count: a later dead period, the recovery of a failed run, and a lucky output."""
    others = [history([False, False, True, False], 0.9, 7), history([False, True, False], 0.1, 8)]
    assert "recovered" not in claim_dead_early_fails(others, 10).value
    lucky = [*others, history([True, True, True], 0.9, 9), history([True, True, False], 0.9, 10)]
    value = claim_dead_early_fails(lucky, 10).value
    assert (
        "1 other run recovered by iteration 20; 1 had it right by luck, with a dead layer" in value
    )


def test_claim_dead_early_fails_reads_and_names_a_snapshot_before_the_end() -> None:
    runs = histories(1, 0, 0, 1)  # snapshots at 0, 10 and 20
    claim = claim_dead_early_fails(runs, 19)
    assert "at iteration 10" in claim.value
    assert "at iteration 0 " in claim_dead_early_fails(runs, 9).value
    late = claim_dead_early_fails(runs, 20)
    assert (late.verdict, late.runs) == ("not decidable here", 0)
    assert late.value == "not measured: no snapshot lies between the screening and the end"


def test_claim_dead_early_fails_of_chosen_runs_has_a_row_of_its_own() -> None:
    """The row compares chosen runs with a dead layer to first seeds' runs without a dead layer."""
    first = histories(1, 2, 0, 9)
    chosen = [history([True] * 3, 0.1, 50 + seed) for seed in range(6)]
    chosen += [history([False] * 3, 0.1, 70)]  # failed its screening without a dead layer
    claim = claim_dead_early_fails(first, 10, chosen)
    assert claim.name == "Early dead layers, chosen runs"
    assert "chosen because their screening run had failed" in claim.sample
    assert claim.runs == 6 + 9
    assert claim.value.startswith("6 of 6 runs that had a dead layer")
    assert claim.control.startswith("none of 9 runs that had no dead layer")
    assert claim.effects[0].value == 100.0
    assert claim.verdict == "holds"
    alone = claim_dead_early_fails(first, 10)
    assert (alone.name, alone.runs) == ("Early dead layers", 12)
