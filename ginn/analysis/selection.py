"""Selections from an experiment's first results: the full runs, a part, and the shown runs."""

from __future__ import annotations

from collections.abc import Mapping

from ginn.analysis import outcomes
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun, run_id


def screening_outcomes(
    experiment: Experiment, screening: Mapping[str, RecordedRun], dataset: Dataset
) -> ScreeningFacts:
    """The outcome of the screening: how many runs failed, and which."""
    return outcomes.screening_facts(experiment, list(screening.values()), dataset)


def full_run_seeds(
    experiment: Experiment, screening: ScreeningFacts, vertices: int
) -> dict[str, int]:
    """The full runs, run id -> seed.

    `vertices` is not used. It is a parameter because the boundaries must be traceable first.
    """
    return {run_id(seed): seed for seed in outcomes.full_run_seeds(experiment, screening)}


def hardest_part(screening: Mapping[str, RecordedRun], dataset: Dataset) -> str:
    """The part of the picture for claims and examples: the hardest one for the screening runs."""
    return outcomes.hardest_part(list(screening.values()), dataset)


def shown_runs(experiment: Experiment, runs: Mapping[str, RunFacts]) -> dict[str, RunFacts]:
    """The shown runs, run id -> outcome, the best first, with their roles and titles."""
    return {run.id: run for run in outcomes.give_roles(experiment, list(runs.values()))}
