"""Runs that start from given networks: merged, stored, and trained from their starts."""

from __future__ import annotations

import numpy as np
import pytest
from support.datasets import disc
from support.runs import random_run

from ginn.network.run import RecordedRun, Start
from ginn.network.settings import Training
from ginn.network.starts import StartedRun, merged_start, starts_as_arrays, starts_from_arrays
from ginn.network.training import train, train_from_starts


def started(run: RecordedRun, snapshot: int, seed: int) -> StartedRun:
    """A run that starts from one snapshot of another, at iteration 100."""
    one = slice(snapshot, snapshot + 1)
    weights = tuple(weight[one] for weight in run.weights)
    biases = tuple(bias[one] for bias in run.biases)
    return StartedRun(seed, Start(100, weights, biases))


def test_merged_start_has_the_networks_in_order() -> None:
    run = random_run((4, 3))
    start = merged_start([started(run, k, seed=k) for k in (2, 0, 1)])
    assert start.iteration == 100
    for merged, own in zip(
        (*start.weights, *start.biases), (*run.weights, *run.biases), strict=True
    ):
        np.testing.assert_array_equal(merged, own[[2, 0, 1]])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_starts_from_arrays_gives_back_the_runs(count: int) -> None:
    runs = {f"run-{k}": started(random_run((4, 3)), k, seed=10 + k) for k in range(count)}
    back = starts_from_arrays(starts_as_arrays(runs))
    assert list(back) == list(runs)
    for found, expected in zip(back.values(), runs.values(), strict=True):
        assert (found.seed, found.start.iteration) == (expected.seed, 100)
        for one, other in zip(found.start.weights, expected.start.weights, strict=True):
            np.testing.assert_array_equal(one, other)
        for one, other in zip(found.start.biases, expected.start.biases, strict=True):
            np.testing.assert_array_equal(one, other)


def test_train_from_starts_is_train_from_the_merged_start() -> None:
    training, runs = (
        Training((4, 3), 1000, 16, 1e-3),
        [started(random_run((4, 3)), k, k) for k in (0, 2)],
    )
    found = train_from_starts(training, disc(), runs, [100, 150])
    expected = train(training, disc(), [0, 2], [100, 150], start=merged_start(runs))
    for one, other in zip(found, expected, strict=True):
        assert one.seed == other.seed
        np.testing.assert_array_equal(one.weights[0], other.weights[0])
    assert train_from_starts(training, disc(), [], [100, 150]) == []
