"""What the first results of an experiment select: runs to train in full, a part, runs to show."""

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
    """How many screening runs failed, and which."""
    return outcomes.screening_facts(experiment, list(screening.values()), dataset)


def full_run_seeds(
    experiment: Experiment, screening: ScreeningFacts, vertices: int
) -> dict[str, int]:
    """Run id -> seed of the runs that are trained in full.

    `vertices` is only there to say that the boundaries of these runs can be traced.
    """
    return {run_id(seed): seed for seed in outcomes.full_run_seeds(experiment, screening)}


def hardest_part(screening: Mapping[str, RecordedRun], dataset: Dataset) -> str:
    """The part of the picture that claims and examples look at; the screening runs choose it."""
    return outcomes.hardest_part(list(screening.values()), dataset)


def shown_runs(experiment: Experiment, runs: Mapping[str, RunFacts]) -> dict[str, RunFacts]:
    """Run id -> outcome of the shown runs, the best first, with their roles and titles."""
    return {run.id: run for run in outcomes.give_roles(experiment, list(runs.values()))}
