"""Intervals and p-values that assume no distribution: exact, or resampled from a fixed seed.

p-values are two-sided unless a name says otherwise. An exact one includes the observation itself,
so it is never zero. One from random permutations counts the observation as one of the draws
(Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9: 39), which keeps the test valid.

SciPy loads `scipy.stats` at its first use, which takes half a second. A build that measures nothing
does not load it.
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from ginn.network.run import Float64

LEVEL = 0.95
DRAWS = 9_999
SEED = 20_181_004
# All assignments of ranks are counted if this takes at most this number of additions.
MOST_COUNTED = 200_000_000
# The quantile of the normal distribution for LEVEL.
DEVIATIONS = 1.959963984540054
# Halvings of the interval from 0 to 1, down to the distance of two float64 numbers.
BISECTIONS = 60


@dataclass(frozen=True)
class Interval:
    """A confidence interval from `low` to `high`, in the unit of the estimated quantity."""

    low: float
    high: float


def proportion_interval(successes: int, trials: int, level: float = LEVEL) -> Interval:
    """Clopper and Pearson's interval of a proportion, in [0, 1], with coverage of at least `level`.

    Its ends are quantiles of beta distributions (Biometrika 26, 1934). Raises ValueError unless
    0 <= successes <= trials and trials > 0.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(
            f"found {successes} successes in {trials} trials, expected 0 <= successes <= trials "
            "and at least one trial"
        )
    tail, failures = (1.0 - level) / 2.0, trials - successes
    return Interval(
        _share_with_tail(trials, successes, tail) if successes else 0.0,
        1.0 - _share_with_tail(trials, failures, tail) if failures else 1.0,
    )


@functools.cache
def _share_with_tail(trials: int, least: int, tail: float) -> float:
    """The share for which `least` or more successes in some trials have the probability `tail`.

    SciPy's quantile of the beta distribution is not used: its last bits depend on the system.
    """
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        share = (low + high) / 2
        if _tail(trials, least, share) < tail:
            low = share
        else:
            high = share
    return (low + high) / 2


def _tail(trials: int, least: int, share: float) -> float:
    """The probability of `least` or more successes in some trials of this success probability."""
    odds = share / (1.0 - share)
    # Relative to the likeliest number of successes, so that nothing over- or underflows.
    peak = min(int(share * (trials + 1)), trials)
    below, above, term = [], [], 1.0
    for k in range(peak, 0, -1):
        term *= k / (trials - k + 1) / odds
        below.append(term)
    term = 1.0
    for k in range(peak, trials):
        term *= (trials - k) / (k + 1) * odds
        above.append(term)
    terms = [*reversed(below), 1.0, *above]
    return math.fsum(terms[least:]) / math.fsum(terms)


def fisher_p_value(table: ArrayLike) -> float:
    """The p-value of Fisher's exact test that rows and columns of a 2 x 2 table are independent.

    It is the probability of all tables with the same margins that are no likelier than this one.
    Raises ValueError for a count below 0.
    """
    (a, b), (c, d) = np.asarray(table).tolist()
    if min(a, b, c, d) < 0:
        raise ValueError(f"found the counts {[[a, b], [c, d]]}, expected none below 0")
    row, column, total = a + b, a + c, a + b + c + d
    # For each table with these margins, the number of assignments that give it: an exact integer.
    ways = [
        math.comb(column, k) * math.comb(total - column, row - k)
        for k in range(max(0, row + column - total), min(row, column) + 1)
    ]
    observed = math.comb(column, a) * math.comb(total - column, b)
    return float(sum(each for each in ways if each <= observed) / sum(ways))


def sign_test_p_value(better: int, worse: int) -> float:
    """The p-value of the exact sign test of pairs that differ; 1 if there are none.

    Without an effect, each pair is as likely to be better as to be worse (McNemar 1947,
    Psychometrika 12: 153).
    """
    pairs = better + worse
    # Both tails are equally likely, because the distribution is symmetric.
    ways = sum(math.comb(pairs, k) for k in range(max(better, worse), pairs + 1))
    share: float = 2 * ways / (1 << pairs)
    return min(1.0, share)


def signed_rank_p_value(differences: ArrayLike) -> float:
    """The p-value of Wilcoxon's signed rank test that paired differences lie evenly about zero.

    It is exact, also with ties: it counts the assignments of signs whose rank sum is at least as
    far from the mean as the observed one (Wilcoxon 1945, Biometrics Bull. 1: 80). Differences of
    zero are left out. The smallest possible value for n pairs is 2^(1 - n), and without a
    difference the value is 1.
    """
    values = _finite(differences)
    values = values[values != 0.0]
    # Twice the mid-ranks are whole numbers.
    doubled = np.rint(2 * scipy.stats.rankdata(np.abs(values))).astype(np.int64)
    total, positive = int(doubled.sum()), int(doubled[values > 0].sum())
    observed = abs(2 * positive - total)
    ways = sums_of_subsets(doubled.tolist())
    far = sum(int(way) for rank, way in enumerate(ways) if abs(2 * rank - total) >= observed)
    share: float = far / (1 << values.size)
    return share


def sums_of_subsets(numbers: Sequence[int]) -> NDArray[Any]:
    """The number of subsets of whole numbers above zero with each sum, as Python's integers."""
    ways: NDArray[Any] = np.zeros(sum(numbers) + 1, dtype=object)
    ways[0] = 1
    for each in numbers:
        ways[each:] = ways[each:] + ways[:-each]
    return ways


def rank_sum_p_value(first: ArrayLike, second: ArrayLike) -> float:
    """The p-value of Wilcoxon's rank sum test (Mann and Whitney's U), exact also with ties.

    It is the share of the assignments of the pooled mid-ranks whose sum is at least as far from the
    mean rank sum as the observed one. It is 1 if a sample is empty. For large samples, DRAWS random
    assignments are used.
    """
    # SciPy is not used: its exact test does not support ties. Its permutation test lists all
    # assignments, 264 million for 5 of 128 runs. Dynamic programming counts them here.
    one, two = _finite(first), _finite(second)
    doubled = np.rint(2 * scipy.stats.rankdata([*one, *two])).astype(np.int64)
    doubled -= doubled.min(initial=0)
    # All sums are multiplied by the pooled size, so that the mean is a whole number, too.
    total = one.size + two.size
    mean = int(doubled.sum()) * one.size
    observed = abs(int(doubled[: one.size].sum()) * total - mean)
    sizes, most = one.size, int(np.sort(doubled)[::-1][: one.size].sum())
    if sizes * most * total > MOST_COUNTED:
        rows = np.random.default_rng(SEED).permuted(np.tile(doubled, (DRAWS, 1)), axis=1)
        drawn = np.abs(rows[:, :sizes].sum(axis=1) * total - mean)
        return float(1 + np.count_nonzero(drawn >= observed)) / (DRAWS + 1)
    ways: NDArray[Any] = np.zeros((sizes + 1, most + 1), dtype=object)
    ways[0, 0] = 1
    for rank in doubled.tolist():
        for size in range(sizes, 0, -1):
            ways[size, rank:] = ways[size, rank:] + ways[size - 1, : most + 1 - rank]
    far = [int(w) for s, w in enumerate(ways[sizes]) if abs(s * total - mean) >= observed]
    return sum(far) / math.comb(total, one.size)


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation over `runs` paired values, and its uncertainty.

    It is in [-1, 1], and 0 if there is no effect. `interval` is from the bootstrap. `p_value` is
    two-sided and from permutations. All are NaN if a sample is constant.
    """

    runs: int
    value: float
    interval: Interval
    p_value: float


def correlation(first: ArrayLike, second: ArrayLike) -> Correlation:
    """The rank correlation of two paired samples (n,)."""
    return Correlation(
        len(_finite(first)),
        rank_correlation(first, second),
        rank_correlation_interval(first, second),
        rank_correlation_p_value(first, second),
    )


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rank correlation of two paired samples (n,), in [-1, 1], with mid-ranks.

    It is 0 if the samples are not correlated, and NaN if a sample is constant or empty.
    """
    return float(_rank_correlations(*_pairs(first, second)))


def rank_correlation_p_value(first: ArrayLike, second: ArrayLike) -> float:
    """The p-value of a rank correlation: the share of permutations whose own is at least as strong.

    All permutations are used, or DRAWS random ones if there are more. The value is NaN if a sample
    is constant or empty.
    """
    one, two = _pairs(first, second)
    if math.isnan(_rank_correlations(one, two)):
        return math.nan

    found = scipy.stats.permutation_test(
        (two,),
        lambda rows, axis: np.abs(_rank_correlations(one, rows)),
        permutation_type="pairings",
        alternative="greater",
        vectorized=True,
        n_resamples=DRAWS,
        batch=1_000,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)


def rank_correlation_interval(first: ArrayLike, second: ArrayLike) -> Interval:
    """The percentile bootstrap interval of Spearman's rank correlation, at LEVEL.

    Pairs are resampled (Efron 1979, Ann. Stat. 7: 1). Resamples in which a sample is constant are
    left out. The ends are NaN if no resample is left.
    """
    one, two = _pairs(first, second)
    if one.size < 2:
        return Interval(math.nan, math.nan)
    with warnings.catch_warnings():
        # SciPy's own interval is NaN as soon as one resample is constant, and it warns.
        warnings.simplefilter("ignore", scipy.stats.DegenerateDataWarning)
        drawn = scipy.stats.bootstrap(
            (one, two), _rank_correlations, paired=True, vectorized=True, n_resamples=DRAWS,
            method="percentile", rng=np.random.default_rng(SEED),
        ).bootstrap_distribution  # fmt: skip
    kept = drawn[np.isfinite(drawn)]
    if not kept.size:
        return Interval(math.nan, math.nan)
    low, high = np.quantile(kept, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def _rank_correlations(one: Float64, two: Float64, axis: int = -1) -> Float64:
    """Spearman's rank correlation of each row of `one` and `two`, (..., n) each; (...)."""
    if two.shape[-1] < 2:
        return np.full(two.shape[:-1], math.nan)
    # Twice the mid-ranks less their mean: whole numbers, whose sums of products are exact.
    one, two = (
        2.0 * scipy.stats.rankdata(each, axis=-1) - (each.shape[-1] + 1) for each in (one, two)
    )
    spread = np.sqrt((one * one).sum(axis=-1)) * np.sqrt((two * two).sum(axis=-1))
    with np.errstate(invalid="ignore"):
        return np.asarray((one * two).sum(axis=-1) / spread)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values of several tests, corrected for their number by Holm's method, in their order.

    If each corrected value up to .05 counts as an effect, the probability of any false one is at
    most .05, however the tests depend on each other (Holm 1979, Scand. J. Stat. 6: 65).
    """
    corrected, largest = [0.0] * len(p_values), 0.0
    order = sorted(range(len(p_values)), key=lambda each: p_values[each])
    for before, each in enumerate(order):
        largest = max(largest, min(1.0, p_values[each] * (len(p_values) - before)))
        corrected[each] = largest
    return tuple(corrected)


def _pairs(first: ArrayLike, second: ArrayLike) -> tuple[Float64, Float64]:
    """Two samples as arrays (n,); raises ValueError if their sizes differ."""
    one, two = _finite(first), _finite(second)
    if one.size != two.size:
        raise ValueError(f"found {one.size} values and {two.size}, expected pairs")
    return one, two


def _finite(values: ArrayLike) -> Float64:
    """The values as an array (n,); raises ValueError if one is not finite."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"found {array!r}, expected a list of finite numbers")
    return array
