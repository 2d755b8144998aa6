"""The final outputs of runs: their order, their values, and their conversion to and from arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.runs import random_run
from support.sample_report import bottle

from ginn.figures.final_outputs import (
    SIDE,
    FinalOutput,
    final_outputs,
    outputs_as_arrays,
    outputs_from_arrays,
)
from ginn.network.forward import pre_activations


def test_final_outputs_best_come_first_and_failed_runs_last() -> None:
    bottled = [replace(random_run((5, 5), 2), seed=seed) for seed in range(9)]
    for run in bottled:
        rng = np.random.default_rng(run.seed)
        run.biases[-1][:] = rng.normal(size=run.biases[-1].shape)
    found = final_outputs(bottled, {3, 8}, bottle())
    assert [each.failed for each in found] == [False] * 7 + [True] * 2
    for group in (found[:7], found[7:]):
        shares = [each.right for each in group]
        assert shares == sorted(shares, reverse=True)
    assert {each.seed for each in found} == set(range(9))


def test_final_outputs_are_the_networks_own_at_the_middle_of_each_cell() -> None:
    run = random_run((6, 4), 3)
    (found,) = final_outputs([run], (), bottle())
    row, column = 10, 31
    place = np.array([[(column + 0.5) / SIDE, (row + 0.5) / SIDE]])
    last = [[each[-1] for each in arrays] for arrays in (run.weights, run.biases)]
    logit = pre_activations(tuple(last[0]), tuple(last[1]), place)[-1][0, 0]
    assert found.output[row, column] == pytest.approx(1 / (1 + np.exp(-logit)))


def test_outputs_as_arrays_and_back_are_the_same() -> None:
    def made(count: int) -> tuple[FinalOutput, ...]:
        flat = [np.full((SIDE, SIDE), 1 - k / count) for k in range(count)]
        return tuple(FinalOutput(k, k == 2, 0.9, output) for k, output in enumerate(flat))

    groups = {"screening runs": made(7), "full runs": made(2)}
    again = outputs_from_arrays(outputs_as_arrays(groups))
    assert list(again) == list(groups)
    for what, group in groups.items():
        for one, other in zip(group, again[what], strict=True):
            assert (one.seed, one.failed, one.right) == (other.seed, other.failed, other.right)
            np.testing.assert_array_equal(one.output, other.output)
