"""What a build hands to its workers: functions of plain arguments, and how they are shared out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from ginn.analysis import claims_table
from ginn.analysis.claims_table import Findings
from ginn.analysis.outcomes import NamedSnapshot, named_snapshots
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.network import run as network
from ginn.network.run import RecordedRun
from ginn.runtime import workers

# More seeds in one batched step are no faster, and fewer steps on the way make progress coarse.
MOST_SEEDS_A_STEP = 32


def training_of(experiment: Experiment) -> dict[str, Any]:
    """The fields of `train.Training`, without loading torch."""
    return {
        "widths": experiment.widths,
        "iterations": experiment.iterations,
        "batch": experiment.batch,
        "learning_rate": experiment.learning_rate,
    }


def groups(seeds: Sequence[int], jobs: int) -> list[list[int]]:
    """Seeds in groups of nearly equal size: as many as there are jobs, or a multiple of that."""
    rounds = -(-len(seeds) // (jobs * MOST_SEEDS_A_STEP))
    count = min(rounds * jobs, len(seeds))
    return [list(map(int, group)) for group in np.array_split(seeds, count)]


def train_group(
    training: dict[str, Any],
    dataset: Dataset,
    seeds: list[int],
    recorded: tuple[int, ...],
    start: network.Start | None = None,
) -> list[RecordedRun]:
    """In a worker: train a group of seeds together, from a start if one is given."""
    # Here and not above: loading torch takes longer than a build that has nothing to train.
    from ginn.network.settings import Training
    from ginn.network.training import train

    return train(Training(**training), dataset, seeds, recorded, workers.report_progress, start)


def find_moments(
    name: str, run: RecordedRun, dataset: Dataset
) -> tuple[str, tuple[NamedSnapshot, ...]]:
    """In a worker: a run's name and its moments."""
    return name, named_snapshots(run, dataset)


def make_findings(group: str, *read: Any) -> tuple[str, Findings]:
    """In a worker: the name of a group, and what is found from what the group reads."""
    makers: dict[str, Callable[..., Findings]] = {
        "boundaries": claims_table.findings_of_boundaries,
        "networks": claims_table.findings_of_networks,
        "picture": claims_table.findings_of_the_picture,
    }
    return group, makers[group](*read)


def train_trials(
    training: dict[str, Any],
    dataset: Dataset,
    streams: list[int],
    recorded: tuple[int, ...],
    start: network.Start,
    number: int,
) -> tuple[int, list[RecordedRun]]:
    """In a worker: train a group of trials on from where they start; its number, and its runs."""
    return number, train_group(training, dataset, streams, recorded, start)


def bar(words: str, total: int = 0, names: Sequence[str] | None = None) -> Any:
    """A progress bar on standard error, or nothing where that is no terminal."""
    return tqdm(names, desc=words, total=total or None, disable=None, unit_scale=True, leave=False)
