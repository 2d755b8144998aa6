"""The claims of an experiment by group, and the examples in its runs. Stages call this module.

Runs are mappings, run id -> run. No claim uses a run that ended early. If every run ended early,
there are no claims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ginn.analysis import claims_table
from ginn.analysis.claims.network_size import network_of
from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.claims_table import Findings
from ginn.analysis.examples import find_examples
from ginn.analysis.facts import Examples, VariantFacts
from ginn.analysis.interventions import finished, intervention_name
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import Boundaries
from ginn.network.run import RecordedRun

NOTHING = Findings(())
Runs = Mapping[str, RecordedRun]


def claims_of_boundaries(full_runs: Runs, screening: Runs, dataset: Dataset) -> Findings:
    """The claims that are measured on boundaries."""
    runs = finished(full_runs)
    if not runs:
        return NOTHING
    return claims_table.findings_of_boundaries(runs, list(screening.values()), dataset)


def claims_of_networks(full_runs: Runs, screening: Runs, dataset: Dataset, part: str) -> Findings:
    """The claims that are measured on neurons and layers."""
    runs = finished(full_runs)
    if not runs:
        return NOTHING
    return claims_table.findings_of_networks(runs, list(screening.values()), dataset, part)


def claims_of_the_picture(
    full_runs: Runs,
    screening: Runs,
    outcomes: Mapping[str, RunFacts],
    screening_outcomes: ScreeningFacts,
    dataset: Dataset,
    top: tuple[str, ...],
) -> Findings:
    """The claims about symmetry and about the parts of the picture."""
    runs = finished(full_runs)
    if not runs:
        return NOTHING
    failed = [outcome.seed for outcome in outcomes.values() if outcome.failed]
    return claims_table.findings_of_the_picture(
        runs, list(screening.values()), failed, screening_outcomes.failed_seeds, dataset, top
    )


def claims_of_interventions(
    planned: Mapping[str, Sequence[InterventionRun]], runs: Runs, dataset: Dataset
) -> Findings:
    """The claims that the intervention runs test."""
    if not planned:
        return NOTHING
    ends = {
        kind: [runs[intervention_name(kind, number)] for number in range(len(copies))]
        for kind, copies in planned.items()
    }
    return claims_table.findings_of_interventions(planned, ends, dataset)


def claims_of_variants(
    experiment: Experiment,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    regions: Mapping[str, int],
    variants: Sequence[VariantFacts],
) -> Findings:
    """The claims that compare the experiment with its variants, over seeds not chosen by result."""
    if all(outcome.ended for outcome in outcomes.values()):
        return NOTHING
    unchosen = [
        replace(outcome, regions_end=regions[name])
        for name, outcome in outcomes.items()
        if outcome.seed < experiment.full_runs.first_seeds
    ]
    plain = network_of("Plain", experiment.widths, screening, unchosen)
    others = [network_of(v.title, v.widths, v.screening, v.runs) for v in variants]
    return claims_table.findings_of_variants(plain, others)


def examples_in_shown_runs(
    shown_runs: Mapping[str, RunFacts],
    full_runs: Runs,
    boundaries: Mapping[str, Boundaries],
    dataset: Dataset,
    part: str,
) -> Examples:
    """The examples in the shown runs."""
    shown = {name: full_runs[name] for name, outcome in shown_runs.items() if not outcome.ended}
    return find_examples(shown, boundaries, list(full_runs.values()), dataset, part)
