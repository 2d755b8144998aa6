"""Runs and outcomes for the tests of claims."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from ginn.analysis.claims.network_size import Network
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun
from support.runs import random_run

PLAIN_NETWORK = Network(
    "Plain", (16, 16), 128, 5, tuple(0.02 + 0.001 * k for k in range(12)), 1, (300,) * 12
)


def larger_network(better_by: float, failed: int = 5, runs: int = 8) -> Network:
    """A larger network whose errors are smaller than the plain network's by `better_by`."""
    errors = tuple(error - better_by for error in PLAIN_NETWORK.errors[:runs])
    return Network("Wider", (32, 32), 128, failed, errors, 0, (900,) * runs)


@cache
def four_runs() -> tuple[RecordedRun, ...]:
    """Four runs of small random networks, in place of trained runs."""
    made = []
    for seed in range(4):
        run = random_run((4, 4, 3), 12)
        rng = np.random.default_rng(seed)
        weights = tuple(rng.normal(size=each.shape).astype(np.float32) for each in run.weights)
        iterations = np.array([0, *(2**k for k in range(4, 15))])
        made.append(replace(run, seed=seed, weights=weights, iterations=iterations))
    return tuple(made)


def with_dead_layer(run: RecordedRun, layer: int) -> RecordedRun:
    """The run with a hidden layer that is off everywhere."""
    biases = tuple(
        np.full_like(bias, -100) if number == layer else bias
        for number, bias in enumerate(run.biases)
    )
    return replace(run, biases=biases)


def without_corners(dataset: Dataset) -> Dataset:
    """The same picture without known corners, as from an image file."""
    return replace(dataset, corners=np.empty((0, 2)))
