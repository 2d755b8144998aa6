"""The claim that compares the experiment with its variants: networks of other sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ginn.analysis.claims.network_size import Network, claim_larger_is_better, network_of
from ginn.analysis.evidence import Evidence, NetworkOutcome, NetworkSeries
from ginn.analysis.facts import VariantFacts
from ginn.analysis.findings import NOTHING, Findings
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
) -> Findings:
    """The claim about larger networks, over seeds not chosen by result.

    It reads the variants with full runs; there is none without such a variant. `regions` has each
    full run's number of linear regions at its end.
    """
    trained = [each for each in variants if each.runs]
    if not trained or all(outcome.ended for outcome in outcomes.values()):
        return NOTHING
    unchosen = [
        replace(outcome, regions_end=regions[name])
        for name, outcome in outcomes.items()
        if outcome.seed < experiment.full_runs.first_seeds
    ]
    plain = network_of("Plain", experiment.widths, screening, unchosen)
    others = [network_of(each.title, each.widths, each.screening, each.runs) for each in trained]
    series = NetworkSeries(tuple(map(_network, (plain, *others))))
    return Findings((claim_larger_is_better(plain, others),), Evidence(variants=series))


def _network(each: Network) -> NetworkOutcome:
    interval = proportion_interval(each.failed_screenings, each.screenings)
    return NetworkOutcome(
        title=each.title,
        widths=each.widths,
        errors=shares(each.errors),
        failed_runs=each.failed_runs,
        regions=each.regions,
        screenings=each.screenings,
        failed_screenings=each.failed_screenings,
        failure_low=shares([interval.low])[0],
        failure_high=shares([interval.high])[0],
    )
