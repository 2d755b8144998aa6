"""Network size: does a larger network fail less often, and end with fewer wrong pixels?

Each larger network is trained exactly as the plain one: the same picture, length, minibatches,
learning rate and number of screening runs. Screening runs are compared with screening runs, and
full runs with full runs. Some seeds of the plain network were chosen for a full run because their
screening run had failed. These full runs are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim, Least, enough_runs, least_of_groups, row_by_tests
from ginn.analysis.effects import POINTS, smaller
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.rules import Rule
from ginn.analysis.statistics import proportion_interval

LARGER = Rule(
    name="Deeper and wider",
    statement="A deeper or a wider network models the picture better.",
    measure="Share of wrong pixels at the end, in the plain network's runs less in those of each "
    "larger network; one test for each larger network.",
    control="the plain network, trained in the same way. The shares of screening runs that failed, "
    "with their 95% intervals (Clopper and Pearson), are described.",
    sample="networks",
    tests=("rank sums",),
)


@dataclass(frozen=True)
class Network:
    """The outcome of one network: its screening, and its full runs in order of seed.

    `errors` are the shares of wrong pixels of the full runs, and `regions` are their numbers of
    linear regions at the end. `failed_screenings` of `screenings` screening runs failed.
    """

    title: str
    widths: tuple[int, ...]
    screenings: int
    failed_screenings: int
    errors: tuple[float, ...]
    failed_runs: int
    regions: tuple[int, ...]


def network_of(
    title: str, widths: tuple[int, ...], screening: ScreeningFacts, runs: Sequence[RunFacts]
) -> Network:
    """The outcome of one network; the seeds of the full runs `runs` were not chosen by result."""
    return Network(
        title=title,
        widths=widths,
        screenings=screening.seeds,
        failed_screenings=screening.failed,
        errors=tuple(1 - run.accuracy for run in runs),
        failed_runs=sum(run.failed for run in runs),
        regions=tuple(run.regions_end for run in runs),
    )


def claim_larger_is_better(plain: Network, larger: Sequence[Network]) -> Claim:
    """The claim that a deeper or wider network does better, a question in the original paper."""
    runs = min(len(each.errors) for each in (plain, *larger))
    return row_by_tests(
        LARGER,
        [
            smaller(
                f"wrong pixels, {plain.title.lower()} against {each.title.lower()}",
                (each.errors, plain.errors),
                POINTS,
            )
            for each in larger
        ],
        Least(least_of_groups(2 * runs), full=enough_runs(lambda n: least_of_groups(2 * n))),
        value=f"{'; '.join(map(_outcome, larger))} (pixels, regions: medians over runs)",
        control=_outcome(plain),
        runs=sum(len(each.errors) for each in (plain, *larger)),
    )


def _outcome(network: Network) -> str:
    """A network's errors, failures and regions in words."""
    failures = proportion_interval(network.failed_screenings, network.screenings)
    return (
        f"{network.title.lower()} ({'-'.join(map(str, network.widths))}): "
        f"{formatting.percent(float(np.median(network.errors)), 2)} of pixels wrong, "
        f"{network.failed_screenings} of {formatting.count(network.screenings, 'screening run')} "
        f"failed ({formatting.span([failures.low, failures.high], 'percent')}), "
        f"{formatting.count(round(float(np.median(network.regions))), 'region')}"
    )
