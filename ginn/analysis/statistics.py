"""Intervals and p-values that assume no distribution: exact, or resampled from a fixed seed.

p-values are two-sided unless a name says otherwise. One that is counted exactly includes the
observation itself, so it is never zero; one from random permutations counts it as one of the draws
(Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9: 39), which keeps the test valid.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ginn.network.run import Float64

LEVEL = 0.95
DRAWS = 9_999
SEED = 20_181_004
# Up to this many differences every assignment of signs is counted, 2^20 of them.
MOST_SIGNS = 20

# Sums that differ by less than this share of their size are taken for equal.
TIE = 1e-12


@dataclass(frozen=True)
class Interval:
    """A confidence interval from `low` to `high`, in the unit of what it is about."""

    low: float
    high: float


def proportion_interval(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval of a proportion, in [0, 1]: it covers at least `level`.

    The ends are where the binomial's tail from the count on, or up to it, is (1 - level) / 2
    (Biometrika 26, 1934). ValueError unless 0 <= successes <= trials and trials > 0.
    """
    _require_count(successes, trials)
    tail = (1.0 - level) / 2.0
    low = (
        0.0
        if successes == 0
        else _bisected(lambda p: binomial_upper_tail(successes, trials, p) - tail)
    )
    high = (
        1.0
        if successes == trials
        else _bisected(lambda p: binomial_upper_tail(successes + 1, trials, p) - (1.0 - tail))
    )
    return Interval(low, high)


def wilson_interval(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Wilson's score interval of a proportion, in [0, 1]: shorter, it covers `level` on average.

    Wilson 1927, J. Am. Stat. Assoc. 22: 209; Newcombe 1998, Stat. Med. 17: 857, method 3.
    """
    _require_count(successes, trials)
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    scale = 1 + z * z / trials
    low = 0.0 if successes == 0 else (centre - half) / scale
    high = 1.0 if successes == trials else (centre + half) / scale
    return Interval(low, high)


def binomial_upper_tail(successes: int, trials: int, probability: float) -> float:
    """The probability of `successes` or more of `trials`, each with `probability`."""
    return math.fsum(
        math.comb(trials, k) * probability**k * (1.0 - probability) ** (trials - k)
        for k in range(successes, trials + 1)
    )


def fisher_p_value(table: ArrayLike) -> float:
    """Fisher's exact test of a 2 x 2 table of counts: does the row tell anything of the column?

    Two-sided: the probability, with the margins held, of all tables no likelier than this one.
    """
    (a, b), (c, d) = np.asarray(table, dtype=np.int64).tolist()
    if min(a, b, c, d) < 0:
        raise ValueError(f"table: found {[[a, b], [c, d]]}, expected counts, none below 0")
    row, column, total = a + b, a + c, a + b + c + d
    ways = [
        math.comb(column, k) * math.comb(total - column, row - k)
        for k in range(max(0, row + column - total), min(row, column) + 1)
    ]
    own = math.comb(column, a) * math.comb(total - column, b)
    return sum(way for way in ways if way <= own) / math.comb(total, row)


def sign_flip_p_value(differences: ArrayLike) -> float:
    """Fisher's test that paired differences (n,) lie symmetrically about zero.

    The share of the 2^n assignments of signs whose sum is as far from zero as the observed one
    (Fisher, The Design of Experiments, section 21); random ones above MOST_SIGNS differences. With
    n pairs it cannot go below 2^(1 - n). 1 where there are none.
    """
    values = _finite(differences)
    observed = abs(values.sum()) * (1.0 - TIE)
    if values.size > MOST_SIGNS:
        signs = np.random.default_rng(SEED).choice([-1.0, 1.0], (DRAWS, values.size))
        return float(1 + np.count_nonzero(np.abs(signs @ values) >= observed)) / (DRAWS + 1)
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    return float(np.count_nonzero(np.abs(sums) >= observed) / sums.size)


def rank_sum_p_value(first: ArrayLike, second: ArrayLike) -> float:
    """Wilcoxon's rank sum test (Mann and Whitney's U) of two samples, exact with ties.

    All assignments of the pooled mid-ranks are counted by dynamic programming, whatever their
    number; two-sided: as far from the mean rank sum as the observed one. 1 if a sample is empty.
    """
    one, two = _finite(first), _finite(second)
    doubled = np.rint(2 * ranks(np.concatenate([one, two]))).astype(np.int64)
    doubled -= doubled.min(initial=0)
    sizes, most = one.size, int(np.sort(doubled)[::-1][: one.size].sum())
    ways: NDArray[Any] = np.zeros((sizes + 1, most + 1), dtype=object)
    ways[0, 0] = 1
    for rank in doubled.tolist():
        for size in range(sizes, 0, -1):
            ways[size, rank:] = ways[size, rank:] + ways[size - 1, : most + 1 - rank]
    # Everything times the pooled size, so that the mean is a whole number too.
    total = one.size + two.size
    mean = int(doubled.sum()) * one.size
    observed = abs(int(doubled[: one.size].sum()) * total - mean)
    far = [int(w) for s, w in enumerate(ways[sizes]) if abs(s * total - mean) >= observed]
    return sum(far) / math.comb(total, one.size)


def probability_of_superiority(first: ArrayLike, second: ArrayLike) -> float:
    """The share of pairs in which the first sample's is the larger; ties count half. In [0, 1].

    0.5 where the samples do not differ; Mann and Whitney's U over the number of pairs. NaN where a
    sample is empty.
    """
    one, two = _finite(first)[:, None], _finite(second)[None, :]
    if one.size == 0 or two.size == 0:
        return math.nan
    return float(((one > two) + 0.5 * (one == two)).mean())


def ranks(values: ArrayLike) -> Float64:
    """The rank of each value (n,), from 1; equal ones share the mean of their ranks."""
    array = _finite(values)
    _, inverse, count = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2.0)[inverse], dtype=np.float64)


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rank correlation of two paired samples (n,), in [-1, 1], with mid-ranks.

    0 where neither tells of the other; NaN where a sample is constant.
    """
    one, two = ranks(first), ranks(second)
    if one.size != two.size:
        raise ValueError(f"found {one.size} values and {two.size}, expected pairs")
    return float(_correlation_of_rows(one[None], two[None])[0])


def rank_correlation_p_value(first: ArrayLike, second: ArrayLike, draws: int = DRAWS) -> float:
    """How often shuffled pairs are as strongly rank-correlated: random permutations, fixed seed.

    NaN where a sample is constant.
    """
    one, two = ranks(first), ranks(second)
    observed = rank_correlation(first, second)
    if math.isnan(observed):
        return math.nan
    shuffled = np.random.default_rng(SEED).permuted(np.tile(two, (draws, 1)), axis=1)
    drawn = _correlation_of_rows(one[None], shuffled)
    return float(1 + np.count_nonzero(np.abs(drawn) >= abs(observed) * (1 - TIE))) / (draws + 1)


def rank_correlation_interval(
    first: ArrayLike, second: ArrayLike, level: float = LEVEL, draws: int = DRAWS
) -> Interval:
    """The percentile bootstrap's interval of Spearman's rank correlation, pairs resampled.

    Resamples in which a sample is constant are left out.
    """
    one, two = _finite(first), _finite(second)
    if one.size == 0:
        return Interval(math.nan, math.nan)
    chosen = np.random.default_rng(SEED).integers(0, one.size, (draws, one.size))
    values = _correlation_of_rows(_resampled_ranks(one, chosen), _resampled_ranks(two, chosen))
    return _percentiles(values, level)


def _resampled_ranks(values: Float64, chosen: NDArray[np.int64]) -> Float64:
    """The mid-ranks within each resample (R, n) of values (n,), `chosen` by index."""
    _, level = np.unique(values, return_inverse=True)
    levels = int(level.max()) + 1
    drawn = level[chosen]
    row = np.arange(len(chosen))[:, None]
    count = np.bincount((row * levels + drawn).ravel(), minlength=len(chosen) * levels)
    count = count.reshape(-1, levels)
    return np.asarray((np.cumsum(count, axis=1) - (count - 1) / 2.0)[row, drawn])


def bootstrap_interval(
    sample: ArrayLike,
    statistic: Callable[[Float64], float],
    level: float = LEVEL,
    draws: int = DRAWS,
) -> Interval:
    """The percentile bootstrap's interval of a statistic of `sample` (n, ...), rows resampled.

    Efron 1979, Ann. Stat. 7: 1. It covers less than `level` for few rows (n < 20, say). Values that
    are not finite are left out; NaN where none is finite or the sample is empty.
    """
    rows = np.asarray(sample, dtype=np.float64)
    if len(rows) == 0:
        return Interval(math.nan, math.nan)
    chosen = np.random.default_rng(SEED).integers(0, len(rows), (draws, len(rows)))
    return _percentiles(np.array([statistic(rows[choice]) for choice in chosen]), level)


def _percentiles(values: Float64, level: float) -> Interval:
    """The middle `level` of the values that are finite; NaN where none is."""
    values = values[np.isfinite(values)]
    if values.size == 0:
        return Interval(math.nan, math.nan)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def _correlation_of_rows(one: Float64, two: Float64) -> Float64:
    """Pearson's correlation of each row of two (R, n); NaN where a row is constant or empty."""
    if one.shape[1] == 0:
        return np.full(len(one), np.nan)
    one = one - one.mean(axis=1, keepdims=True)
    two = two - two.mean(axis=1, keepdims=True)
    size = np.sqrt((one * one).sum(axis=1) * (two * two).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((one * two).sum(axis=1) / np.where(size > 0, size, np.nan))


def _bisected(rising: Callable[[float], float]) -> float:
    """Where a rising function on [0, 1] crosses zero, to the last bit."""
    low, high = 0.0, 1.0
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return middle


def _finite(values: ArrayLike) -> Float64:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"found {array!r}, expected a list of finite numbers")
    return array


def _require_count(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(
            f"found {successes} successes in {trials} trials, expected 0 <= successes <= trials "
            "and at least one trial"
        )
