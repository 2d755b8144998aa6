"""The claims that the intervention runs test: dead layers revived, and layers made dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ginn.analysis.claims import revival_results
from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.claims.revival_results import Intervention
from ginn.analysis.evidence import Evidence, InterventionArm, InterventionSeries, Treatment
from ginn.analysis.findings import NOTHING, Findings
from ginn.analysis.interventions import intervention_name
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun


def findings(
    planned: Mapping[str, Sequence[InterventionRun]],
    runs: Mapping[str, RecordedRun],
    dataset: Dataset,
) -> Findings:
    """The claims that the intervention runs test; `runs` has these runs by name."""
    if not planned:
        return NOTHING
    found = {
        treated: revival_results.evaluate(
            copies,
            [runs[intervention_name(treated, number)] for number in range(len(copies))],
            dataset,
            treated,
        )
        if copies
        else None
        for treated, copies in planned.items()
    }
    rows = (
        revival_results.claim_revival(found["raised"]),
        revival_results.claim_imposed(found["lowered"]),
    )
    return Findings(rows, Evidence(interventions=intervention_series(found)))


def intervention_series(found: Mapping[str, Intervention | None]) -> InterventionSeries | None:
    """The results of both interventions; None if neither was made.

    `found` has the interventions by the name of the treated arm.
    """
    made = {name: _treatment(name, each) for name, each in found.items() if each}
    return InterventionSeries(made.get("raised"), made.get("lowered")) if made else None


def _treatment(treated: str, found: Intervention) -> Treatment:
    return Treatment(
        treated=treated,
        source_runs=len(found.sources),
        streams=found.streams,
        iterations=tuple(each - found.iterations[0] for each in found.iterations),
        arms=tuple(InterventionArm(arm.name, arm.copies, arm.learnt) for arm in found.arms),
    )
