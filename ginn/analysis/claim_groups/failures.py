"""The claim about seeds whose screening run failed, and the series of their longer runs."""

from __future__ import annotations

from collections.abc import Mapping

from ginn.analysis.claims.late_learning import claim_late_without_lines
from ginn.analysis.evidence import Evidence
from ginn.analysis.failed_runs import failed_run, failed_run_series
from ginn.analysis.findings import NOTHING, Findings
from ginn.analysis.followed import last_followed
from ginn.analysis.outcomes import ScreeningFacts
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun, run_id


def findings(
    experiment: Experiment,
    full_runs: Mapping[str, RecordedRun],
    followed_runs: Mapping[str, RecordedRun],
    screening: Mapping[str, RecordedRun],
    dataset: Dataset,
    part: str,
    screening_outcomes: ScreeningFacts,
) -> Findings:
    """The claim about the runs that failed on the part named `part`, and their series.

    If a seed has a full run, the full run is used, and otherwise the run in `followed_runs`. Runs
    that ended early are left out. Without runs there are no findings.
    """
    failed = [run_id(seed) for seed in screening_outcomes.failed_seeds]
    longer = {
        name: (full_runs if name in full_runs else followed_runs)[name]
        for name in failed
        if name in full_runs or name in followed_runs
    }
    found = [
        failed_run(screening[name], run, dataset, part)
        for name, run in longer.items()
        if not run.ended
    ]
    runs = [run for run in found if run is not None]
    begun, last = experiment.screening.iterations, last_followed(experiment)
    if not runs or last == begun:
        return NOTHING
    return Findings(
        (claim_late_without_lines(runs, part, last),),
        Evidence(failed_runs=failed_run_series(runs, part, begun, last)),
    )
