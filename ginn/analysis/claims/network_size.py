"""Network size: does a larger network fail less often, and how much better does it end?

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
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, needed
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.statistics import (
    Interval,
    fisher_p_value,
    probability_of_superiority,
    proportion_interval,
    rank_sum_p_value,
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


@dataclass(frozen=True)
class Larger:
    """One larger network against the plain one.

    `failure` is the 95% interval of its share of failed screening runs (Clopper and Pearson).
    `failure_p` is the p-value of Fisher's exact test that both networks fail as often. `better` is
    the share of pairs of full runs in which the larger network has the smaller error; it is 0.5 if
    there is no effect. `error_p` is the p-value of the exact rank sum test of this.
    """

    title: str
    failure: float
    interval: Interval
    failure_p: float
    better: float
    error_p: float
    error_median: float
    regions_median: float
    runs: int


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


def compare(plain: Network, larger: Network) -> Larger:
    """A larger network compared with the plain one; see `Larger`."""
    table = [
        [each.failed_screenings, each.screenings - each.failed_screenings]
        for each in (plain, larger)
    ]
    return Larger(
        title=larger.title,
        failure=larger.failed_screenings / larger.screenings,
        interval=proportion_interval(larger.failed_screenings, larger.screenings),
        failure_p=fisher_p_value(table),
        better=probability_of_superiority(plain.errors, larger.errors),
        error_p=rank_sum_p_value(plain.errors, larger.errors),
        error_median=float(np.median(larger.errors)),
        regions_median=float(np.median(larger.regions)),
        runs=len(larger.errors),
    )


def claim_larger_is_better(plain: Network, larger: Sequence[Network]) -> Claim:
    """The row of claim 9, a question in the original: a deeper or wider network does better.

    The claim holds if every larger network has the smaller error, corrected for the number of
    tests. Failure rates are reported and do not decide.
    """
    compared = [compare(plain, each) for each in larger]
    tests = 2 * len(compared)
    results = "; ".join(
        f"{each.title.lower()}: {formatting.percent(each.error_median, 2)} of pixels wrong "
        f"({formatting.p_value(each.error_p)}), {one.failed_screenings} of "
        f"{formatting.count(one.screenings, 'screening run')} failed "
        f"({formatting.p_value(each.failure_p)}), "
        f"{formatting.count(round(each.regions_median), 'region')}"
        for each, one in zip(compared, larger, strict=True)
    )
    return Claim(
        name="Deeper and wider",
        statement="A deeper or a wider network models the picture better.",
        definition="Share of wrong pixels at the end, over full runs with seeds not chosen by "
        "result: exact rank sum tests. Share of screening runs failed: Fisher's exact tests. "
        "Without an effect, each network is the better one in half of all pairs. "
        f"{tests} tests. The verdict uses the pixels only, and the tests of all larger networks.",
        value=f"{results} (pixels, regions: medians over runs)"
        if results
        else "no larger network was trained",
        control=f"{plain.title.lower()} ({'-'.join(map(str, plain.widths))}): "
        f"{formatting.percent(float(np.median(plain.errors)), 2)} of pixels wrong, "
        f"{plain.failed_screenings} of {formatting.count(plain.screenings, 'screening run')} "
        f"failed, {formatting.count(round(float(np.median(plain.regions))), 'region')}",
        runs=len(plain.errors) + sum(each.runs for each in compared),
        verdict=_verdict(compared, tests),
        needed_full=needed(
            min([len(plain.errors), *(each.runs for each in compared)]),
            tests,
            lambda n: rank_sum_p_value(range(n), range(n, 2 * n)),
        ),
    )


def _verdict(compared: Sequence[Larger], tests: int) -> Verdict:
    """The verdict: "holds" if every larger network is clearly better.

    It is "does not hold" if any larger network is clearly worse.
    """
    clear = [each.error_p * tests <= SIGNIFICANT for each in compared]
    if any(sure and each.better < 0.5 for sure, each in zip(clear, compared, strict=True)):
        return "does not hold"
    return "holds" if compared and all(clear) else "not decidable here"
