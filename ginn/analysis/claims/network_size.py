"""Network size: does a larger network fail less often, and how much better does it end?

Each larger network is trained exactly as the plain one: the same picture, length, minibatches and
learning rate, the same screening of as many seeds. Compared are screenings with screenings, and
full runs with those full runs of the plain network whose seeds nobody chose: seeds trained in
full because their screening had failed are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.statistics import (
    Interval,
    fisher_p_value,
    probability_of_superiority,
    proportion_interval,
    rank_sum_p_value,
)
from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun, last_state


@dataclass(frozen=True)
class Network:
    """The outcome of one network: its screening, and its full runs in order of seed.

    `errors` are the shares of wrong pixels of the full runs, `regions` their linear regions at the
    end; `failed_screenings` of `screenings` seeds had failed.
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

    `failure` is its share of failed screenings with its 95% interval (Clopper and Pearson);
    `failure_p` Fisher's exact p-value that it is as large as the plain network's; `better` the
    share of pairs of full runs in which the larger network has the smaller error, 0.5 under no
    effect; `error_p` the exact rank sum p-value of that.
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
    """One network to compare; `runs` are full runs whose seeds nobody chose."""
    return Network(
        title=title,
        widths=widths,
        screenings=screening.seeds,
        failed_screenings=screening.failed,
        errors=tuple(1 - run.accuracy for run in runs),
        failed_runs=sum(run.failed for run in runs),
        regions=tuple(run.regions_end for run in runs),
    )


def regions_at_end(run: RecordedRun) -> int:
    """The linear regions of a run's last snapshot."""
    return int(trace(last_state(run)).regions[-1])


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
    """Claim 9, which the original asked as a question: a deeper or wider network does better.

    It holds where every larger network has the smaller error, as one of all tests made; failure
    rates stand beside it.
    """
    compared = [compare(plain, each) for each in larger]
    tests = 2 * len(compared)
    results = "; ".join(
        f"{each.title.lower()}: {formatting.percent(each.error_median, 2)} of pixels wrong "
        f"({formatting.p_value(each.error_p)}), {one.failed_screenings} of "
        f"{formatting.count(one.screenings, 'screening run')} failed "
        f"({formatting.p_value(each.failure_p)}), "
        f"{each.regions_median:,.0f} regions"
        for each, one in zip(compared, larger, strict=True)
    )
    return Claim(
        name="Deeper and wider",
        statement="A deeper or a wider network models the picture better.",
        definition="Share of wrong pixels at the end, over full runs of unchosen seeds: exact rank "
        "sum tests. Share of screening runs failed: Fisher's exact tests. Without an effect, "
        f"either is the better one of half of all pairs. {tests} tests. The verdict is on pixels "
        "alone, by the tests of all larger networks.",
        value=f"{results} (pixels, regions: medians over runs)"
        if results
        else "no larger network was trained",
        control=f"{plain.title.lower()} ({'-'.join(map(str, plain.widths))}): "
        f"{formatting.percent(float(np.median(plain.errors)), 2)} of pixels wrong, "
        f"{plain.failed_screenings} of {formatting.count(plain.screenings, 'screening run')} "
        f"failed, {np.median(plain.regions):,.0f} regions",
        runs=len(plain.errors) + sum(each.runs for each in compared),
        verdict=_verdict(compared, tests),
    )


def _verdict(compared: Sequence[Larger], tests: int) -> Verdict:
    """It holds if every larger network is clearly better, and does not if any is clearly worse."""
    clear = [each.error_p * tests <= SIGNIFICANT for each in compared]
    if any(sure and each.better < 0.5 for sure, each in zip(clear, compared, strict=True)):
        return "does not hold"
    return "holds" if compared and all(clear) else "not decidable here"
