"""Estimates of effects with intervals over runs, each of which belongs to a test.

| estimate | its test |
| --- | --- |
| typical difference of pairs | signed ranks |
| typical difference of two groups | rank sums |
| difference of two shares | Fisher's exact test |

A typical difference is Hodges and Lehmann's: the median of the means of all pairs of differences,
or the median of all differences between the groups (Ann. Math. Stat. 34: 598, 1963). Its interval
contains the values that the test does not reject, so it assumes no distribution. If there are too
few runs for an interval at LEVEL, there is none.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ginn.analysis.statistics import DEVIATIONS, LEVEL, Interval, sums_of_subsets
from ginn.network.run import Float64

# Up to this many pairs of runs, the ends of an interval are exact.
MOST_PAIRS = 10_000


@dataclass(frozen=True)
class Estimate:
    """An effect, NaN without runs, and its interval, None if there are too few runs."""

    value: float
    interval: Interval | None


def typical_difference(differences: ArrayLike) -> Estimate:
    """The typical difference of pairs, from their differences (n,), which must be finite."""
    values = np.asarray(differences, dtype=np.float64)
    first, second = np.triu_indices(values.size)
    return _middle((values[first] + values[second]) / 2, _outside_signed_ranks(values.size))


def typical_shift(first: ArrayLike, second: ArrayLike) -> Estimate:
    """The typical difference of a value in the second group from one in the first."""
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    return _middle((two[:, None] - one).reshape(-1), _outside_rank_sums(one.size, two.size))


def _middle(values: Float64, outside: int) -> Estimate:
    """The median of the values, with an interval.

    The interval is from the `outside`-th smallest to the `outside`-th largest value. There is none
    if `outside` is 0.
    """
    if not values.size:
        return Estimate(math.nan, None)
    ordered = np.sort(values)
    ends = (float(ordered[outside - 1]), float(ordered[-outside])) if outside else None
    return Estimate(float(np.median(ordered)), Interval(*ends) if ends else None)


@functools.cache
def _outside_signed_ranks(runs: int) -> int:
    """The argument `outside` of `_middle` for the test of signed ranks."""
    return _least_likely(sums_of_subsets(range(1, runs + 1)).tolist(), 1 << runs)


@functools.cache
def _outside_rank_sums(first: int, second: int) -> int:
    """The argument `outside` of `_middle` for the rank sums of two groups.

    For large groups it is found by the normal approximation.
    """
    pairs, total = first * second, first + second
    if pairs > MOST_PAIRS:
        return int(pairs / 2 - DEVIATIONS * math.sqrt(pairs * (total + 1) / 12))
    # The coefficients of the Gaussian binomial: the number of assignments with each rank sum.
    ways = [1] + [0] * pairs
    for each in range(1, first + 1):
        for place in range(pairs, second + each - 1, -1):
            ways[place] -= ways[place - second - each]
        for place in range(each, pairs + 1):
            ways[place] += ways[place - each]
    return _least_likely(ways, math.comb(total, first))


def _least_likely(ways: list[int], every: int) -> int:
    """The number of lowest rank sums whose total probability is at most (1 - LEVEL) / 2."""
    tail = 0
    for number, way in enumerate(ways):
        tail += way
        if tail / every > (1 - LEVEL) / 2:
            return number
    return 0


def share_difference(part: int, whole: int, other_part: int, other_whole: int) -> Estimate:
    """The first share less the second one, with Newcombe's interval from Wilson's intervals.

    Newcombe 1998, Stat. Med. 17: 873, method 10. Without runs in a group, there is no value.
    """
    if not whole or not other_whole:
        return Estimate(math.nan, None)
    one, two = part / whole, other_part / other_whole
    first, second = wilson_interval(part, whole), wilson_interval(other_part, other_whole)
    below = math.sqrt((one - first.low) ** 2 + (second.high - two) ** 2)
    above = math.sqrt((first.high - one) ** 2 + (two - second.low) ** 2)
    return Estimate(one - two, Interval(one - two - below, one - two + above))


def wilson_interval(part: int, whole: int) -> Interval:
    """Wilson's score interval of a share (J. Am. Stat. Assoc. 22: 209, 1927)."""
    share, square = part / whole, DEVIATIONS**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    spread = math.sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    half = DEVIATIONS / (1 + square / whole) * spread
    return Interval(max(0.0, middle - half), min(1.0, middle + half))
