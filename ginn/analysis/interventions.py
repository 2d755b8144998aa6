"""The intervention runs of an experiment: their changes, starts and recorded iterations.

They test the claims about dead layers. `claims.revival` describes how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ginn.analysis.claims import revival
from ginn.analysis.claims.revival import InterventionRun
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun, finished
from ginn.network.starts import StartedRun

Runs = Mapping[str, RecordedRun]


def interventions(
    full_runs: Runs, screening: Runs, dataset: Dataset, part: str
) -> dict[str, tuple[InterventionRun, ...]]:
    """The interventions on screening runs, by their treated arm, "raised" or "lowered"."""
    if not finished(full_runs):
        return {}
    return revival.intervention_runs(list(screening.values()), dataset, part)


def intervention_starts(
    planned: Mapping[str, Sequence[InterventionRun]], screening: Runs
) -> dict[str, StartedRun]:
    """The network that each intervention run starts from, by the name of the run."""
    runs = {run.seed: run for run in screening.values()}
    return {
        intervention_name(kind, number): StartedRun(
            copy.stream, revival.start(copy, runs[copy.source.seed])
        )
        for kind, copies in planned.items()
        for number, copy in enumerate(copies)
    }


def intervention_name(kind: str, number: int) -> str:
    """The name of one intervention run."""
    return f"{kind}-{number:04d}"


def intervention_snapshots(experiment: Experiment) -> tuple[int, ...]:
    """The recorded iterations of the intervention runs."""
    return revival.recorded(experiment.screening.iterations, experiment.iterations)
