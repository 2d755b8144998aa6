"""Runs and outcomes for the tests of claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from ginn.analysis.claim_groups import boundaries, networks, picture
from ginn.analysis.claim_groups import variants as variants_group
from ginn.analysis.claims.network_size import Network
from ginn.analysis.facts import facts_of_variant
from ginn.analysis.findings import Findings
from ginn.analysis.outcomes import ScreeningFacts
from ginn.analysis.part_history import PartHistory
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun, last_state, run_id
from support.runs import IDENTITY, layer_of, random_run, threshold
from support.sample_report import bottle, make_report, run_facts

PLAIN_NETWORK = Network(
    "Plain", (16, 16), 128, 5, tuple(0.02 + 0.001 * k for k in range(12)), 1, (300,) * 12
)

# Its second layer is dead left of x = .5; the output is white where that layer is on.
DEAD_LEFT = [IDENTITY, layer_of(threshold(0.5), threshold(0.6)), ([[1, 1]], [-0.01])]
# The same network with one neuron on at the left.
ALIVE = [
    IDENTITY,
    layer_of(threshold(0.5), threshold(0.5, on_to_the_right=False)),
    ([[1, -1]], [-0.01]),
]


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
        iterations = np.array([*range(0, 91, 10), 95, 100])
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


def history(dead: list[bool], right: float = 0.0, seed: int = 0) -> PartHistory:
    """The history of a run of one layer that is dead at some snapshots, ten iterations apart."""
    share = np.array(dead, dtype=float)[:, None]
    times = tuple(range(0, 10 * len(dead), 10))
    return PartHistory(seed, "left", times, share, np.full(len(dead), right))


def by_id(runs: Sequence[RecordedRun]) -> dict[str, RecordedRun]:
    """Runs by their ids, as the stages pass them on."""
    return {run_id(run.seed): run for run in runs}


@cache
def boundary_findings() -> Findings:
    """The findings about the boundaries of random networks."""
    return boundaries.findings(by_id(four_runs()), by_id(four_runs()), bottle(), range(4))


@cache
def network_findings() -> Findings:
    """The findings about the neurons of random networks."""
    # The screening runs end at an earlier iteration.
    short = by_id([replace(last_state(run), iterations=np.array([20])) for run in four_runs()])
    return networks.findings(
        by_id(four_runs()), short, bottle(), "diamond", ScreeningFacts(4, 20, 0, ()), range(4)
    )


def picture_findings(dataset: Dataset, top: tuple[str, ...], first_seeds: int = 4) -> Findings:
    """The findings about a picture: the full run 1 has failed, and the screening runs 0 and 2."""
    runs = by_id(four_runs())
    outcomes = {name: run_facts(run.seed, run.seed == 1) for name, run in runs.items()}
    screening = ScreeningFacts(4, 10, 2, (0, 2))
    return picture.findings(runs, runs, outcomes, screening, dataset, top, range(first_seeds))


def variant_findings(variants: int, screened: int = 0) -> Findings:
    """The findings about some variants, whose runs are those of the plain network.

    `screened` more have screening runs only.
    """
    experiment = make_report().experiment
    outcomes = {run_id(seed): run_facts(seed, seed == 2) for seed in range(14)}
    screening = ScreeningFacts(128, 10, 5, (2, 12, 13, 20, 21))
    regions = {name: 100 + run.seed for name, run in outcomes.items()}
    variant = facts_of_variant(experiment, screening, outcomes, regions)
    several = (replace(variant, runs=()),) * screened + (variant,) * variants
    return variants_group.findings(experiment, screening, outcomes, regions, several, range(12))
