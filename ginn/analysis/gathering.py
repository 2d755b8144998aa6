"""The facts of an experiment, gathered from the results of its stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ginn.analysis.claims_table import Findings, merge_findings
from ginn.analysis.facts import Examples, Facts, VariantFacts, gather_facts, variant_facts
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset


def facts_of_variant(
    experiment: Experiment,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    regions: Mapping[str, int],
) -> VariantFacts:
    """The facts of a variant; `regions` has each run's number of linear regions at its end."""
    runs = [replace(run, regions_end=regions[name]) for name, run in outcomes.items()]
    return variant_facts(experiment, screening, runs)


def facts_of_experiment(
    experiment: Experiment,
    dataset: Dataset,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    shown_runs: Mapping[str, RunFacts],
    region_counts: Mapping[str, tuple[int, int]],
    variants: Sequence[VariantFacts],
    examples: Examples,
    *findings: Findings,
) -> Facts:
    """The facts of an experiment; `findings` are its claims by group."""
    shown = [
        replace(run, regions_start=region_counts[name][0], regions_end=region_counts[name][1])
        for name, run in shown_runs.items()
    ]
    claims = merge_findings(findings)
    return gather_facts(
        experiment,
        dataset,
        screening,
        list(outcomes.values()),
        shown,
        variants,
        claims.rows,
        examples,
        claims.evidence,
    )
