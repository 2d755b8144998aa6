"""The claims that compare the experiment with its variants: about network size, and failure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ginn import formatting
from ginn.analysis.claims.network_size import Network, claim_larger_is_better, network_of
from ginn.analysis.claims.prevention import claim_prevention, failure_rate, prevention_series
from ginn.analysis.evidence import Evidence, NetworkOutcome, NetworkSeries, merge_evidence
from ginn.analysis.facts import VariantFacts
from ginn.analysis.findings import Findings
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.series import shares
from ginn.analysis.statistics import proportion_interval
from ginn.config.models import Experiment


def findings(
    experiment: Experiment,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    regions: Mapping[str, int],
    variants: Sequence[VariantFacts],
    first_seeds: Collection[int],
) -> Findings:
    """The claims about larger networks and about failures, over seeds not chosen by result.

    The claim about larger networks uses the variants with full runs. It is left out if there are
    none, or if all full runs of the experiment ended early. The claim about failures uses the
    screening runs of all variants, and is left out if there are no variants. `regions` has each
    full run's number of linear regions at its end. `first_seeds` are the first seeds of the
    experiment.
    """
    trained = [each for each in variants if each.runs]
    found = []
    if trained and not all(outcome.ended for outcome in outcomes.values()):
        found.append(_about_size(experiment, screening, outcomes, regions, trained, first_seeds))
    if variants:
        found.append(_about_failures(experiment, screening, variants))
    return Findings(
        tuple(row for each in found for row in each.rows),
        merge_evidence([each.evidence for each in found]),
    )


def _about_size(
    experiment: Experiment,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    regions: Mapping[str, int],
    trained: Sequence[VariantFacts],
    first_seeds: Collection[int],
) -> Findings:
    """The claim about larger networks, from the variants with full runs."""
    # Other full runs are left out: their seeds were chosen because the screening run had failed.
    first_runs = [
        replace(outcome, regions_end=regions[name])
        for name, outcome in outcomes.items()
        if outcome.seed in first_seeds
    ]
    plain = network_of("Plain", experiment.widths, screening, first_runs)
    others = [network_of(each.title, each.widths, each.screening, each.runs) for each in trained]
    series = NetworkSeries(tuple(map(_outcome, (plain, *others))))
    return Findings((claim_larger_is_better(plain, others),), Evidence(variants=series))


def _about_failures(
    experiment: Experiment, screening: ScreeningFacts, variants: Sequence[VariantFacts]
) -> Findings:
    """The claim about what prevents failure, from the screening runs of all variants."""
    plain = failure_rate("Plain", "", screening.seeds, screening.failed)
    arms = [
        failure_rate(
            each.title, changes(experiment, each), each.screening.seeds, each.screening.failed
        )
        for each in variants
    ]
    series = prevention_series(plain, arms, screening.iterations)
    return Findings((claim_prevention(plain, arms),), Evidence(prevention=series))


def changes(experiment: Experiment, variant: VariantFacts) -> str:
    """The changes of a variant that affect its screening runs, in words."""
    widths, warm_up = variant.widths, formatting.count(variant.warm_up, "iteration")
    biases = {
        "uniform": "initial biases as PyTorch's",
        "zero": "initial biases of zero",
        "covering": "initial biases with which every boundary crosses the picture",
    }
    words = (
        (widths != experiment.widths, f"hidden layers of {'-'.join(map(str, widths))} neurons"),
        (variant.batch != experiment.batch, f"minibatches of {variant.batch:,} pixels"),
        (
            variant.learning_rate != experiment.learning_rate,
            f"a learning rate of at most {formatting.significant(variant.learning_rate)}",
        ),
        (
            variant.warm_up != experiment.warm_up,
            f"a learning rate that rises over the first {warm_up}",
        ),
        (
            variant.initial_scale != experiment.initial_scale,
            f"initial weights and biases times {variant.initial_scale:g}",
        ),
        (variant.bias != experiment.bias, biases[variant.bias]),
    )
    return formatting.listing([each for differs, each in words if differs]) or "nothing"


def _outcome(each: Network) -> NetworkOutcome:
    """A network's outcome in the form of the evidence: rounded, with the interval of failures."""
    interval = proportion_interval(each.failed_screenings, each.screenings)
    low, high = shares([interval.low, interval.high])
    return NetworkOutcome(
        title=each.title,
        widths=each.widths,
        errors=shares(each.errors),
        failed_runs=each.failed_runs,
        regions=each.regions,
        screenings=each.screenings,
        failed_screenings=each.failed_screenings,
        failure_low=low,
        failure_high=high,
    )
