"""The runs that are trained for longer after a failed screening, to see what becomes of them.

A full run of a seed shows more, but there are few full runs. So each other failed seed is trained
further than its screening run and less far than a full run.
"""

from __future__ import annotations

from collections.abc import Mapping

from ginn.analysis.outcomes import ScreeningFacts
from ginn.config.models import Experiment
from ginn.network.run import run_id

# The largest length of these runs, as a multiple of the length of screening runs.
FOLLOWED = 10
# The largest number of failed seeds, including those that have full runs.
MOST_FOLLOWED = 128


def followed_seeds(
    experiment: Experiment, screening: ScreeningFacts, full_runs: Mapping[str, int]
) -> dict[str, int]:
    """The failed seeds that are trained for longer and have no full run: run id -> seed."""
    if last_followed(experiment) == experiment.screening.iterations:
        return {}
    chosen = screening.failed_seeds[:MOST_FOLLOWED]
    return {name: seed for seed in chosen if (name := run_id(seed)) not in full_runs}


def last_followed(experiment: Experiment) -> int:
    """The last iteration of the runs that are trained for longer."""
    return min(FOLLOWED * experiment.screening.iterations, experiment.iterations)


def followed_snapshots(experiment: Experiment) -> tuple[int, ...]:
    """The recorded iterations: the end of the screening, and those of a full run after it."""
    begun, last = experiment.screening.iterations, last_followed(experiment)
    return tuple(sorted({begun, *(at for at in experiment.snapshots if begun < at < last), last}))
