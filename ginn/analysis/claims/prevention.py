"""Prevention: do runs fail less often with another network, another start or another training?

Each variant is screened as the plain network is: the same picture, length and judgement. A variant
of the same seed has the same minibatches, and the same initial weights where it does not change
them. Fisher's test takes the two groups of runs as independent. If runs of the same seed are alike,
it is on the safe side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ginn.analysis.claim import SIGNIFICANT
from ginn.analysis.failure_rates import FailureRate, PreventionSeries
from ginn.analysis.series import shares
from ginn.analysis.statistics import Interval, fisher_p_value, proportion_interval

# The quantile of the normal distribution for an interval at LEVEL.
DEVIATIONS = 1.959963984540054


@dataclass(frozen=True)
class Arm:
    """The screening runs of one network: its name, what it changes, and how many of them failed."""

    title: str
    change: str
    screenings: int
    failed: int


def prevention_series(plain: Arm, arms: Sequence[Arm], iterations: int) -> PreventionSeries:
    """The failure rates of the plain network and of each arm, with their comparisons.

    The p-values are corrected for the number of arms.
    """
    p_values = [fisher_p_value(_table(plain, each)) for each in arms]
    compared = zip(arms, p_values, holm(p_values), strict=True)
    return PreventionSeries(
        iterations,
        _rate(plain),
        tuple(_compared(plain, each, p, corrected) for each, p, corrected in compared),
    )


def _table(plain: Arm, arm: Arm) -> list[list[int]]:
    return [[each.failed, each.screenings - each.failed] for each in (plain, arm)]


def _rate(arm: Arm) -> FailureRate:
    interval = proportion_interval(arm.failed, arm.screenings)
    low, high = shares([interval.low, interval.high])
    return FailureRate(arm.title, arm.change, arm.screenings, arm.failed, low, high)


def _compared(plain: Arm, arm: Arm, p_value: float, corrected: float) -> FailureRate:
    difference = arm.failed / arm.screenings - plain.failed / plain.screenings
    ends = difference_interval(arm, plain)
    value, low, high = shares([difference, ends.low, ends.high])
    rate = _rate(arm)
    return FailureRate(
        rate.title, rate.change, rate.screenings, rate.failed, rate.low, rate.high,
        value, low, high, p_value, corrected, _verdict(difference, corrected),
    )  # fmt: skip


def _verdict(difference: float, corrected: float) -> str:
    """Whether failures are rarer than in the plain network, by the corrected p-value."""
    if corrected > SIGNIFICANT:
        return "not decidable here"
    return "rarer" if difference < 0 else "commoner"


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of several tests, corrected for their number by Holm's method, in their order.

    Source: Holm 1979, Scand. J. Stat. 6: 65.
    """
    corrected, largest = [0.0] * len(p_values), 0.0
    order = sorted(range(len(p_values)), key=lambda each: p_values[each])
    for before, each in enumerate(order):
        largest = max(largest, min(1.0, p_values[each] * (len(p_values) - before)))
        corrected[each] = largest
    return corrected


def difference_interval(one: Arm, other: Arm) -> Interval:
    """Newcombe's 95% interval of the difference of two shares (Stat. Med. 17: 873, 1998)."""
    (low, share, high), (other_low, other_share, other_high) = map(_wilson, (one, other))
    difference = share - other_share
    below = math.sqrt((share - low) ** 2 + (other_high - other_share) ** 2)
    above = math.sqrt((high - share) ** 2 + (other_share - other_low) ** 2)
    return Interval(difference - below, difference + above)


def _wilson(arm: Arm) -> tuple[float, float, float]:
    """The share of failed runs between the ends of Wilson's interval."""
    runs, share, square = arm.screenings, arm.failed / arm.screenings, DEVIATIONS**2
    middle = (share + square / (2 * runs)) / (1 + square / runs)
    spread = math.sqrt(share * (1 - share) / runs + square / (4 * runs**2))
    half = DEVIATIONS / (1 + square / runs) * spread
    return max(0.0, middle - half), share, min(1.0, middle + half)
