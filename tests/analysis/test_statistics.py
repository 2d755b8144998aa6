"""Intervals and p-values against published ones, closed forms and plain enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, wilcoxon

from ginn.analysis import statistics
from ginn.analysis.statistics import (
    Interval,
    fisher_p_value,
    holm,
    proportion_interval,
    rank_correlation,
    rank_correlation_interval,
    rank_correlation_p_value,
    rank_sum_p_value,
    sign_test_p_value,
    signed_rank_p_value,
)

# Newcombe 1998, Stat. Med. 17: 857, table I: method 5.
NEWCOMBE = [
    (81, 263, Interval(0.2527, 0.3676)),
    (15, 148, Interval(0.0578, 0.1617)),
    (0, 20, Interval(0.0000, 0.1684)),
    (1, 29, Interval(0.0009, 0.1776)),
]


@pytest.mark.parametrize(("successes", "trials", "exact"), NEWCOMBE)
def test_proportion_interval_of_newcombes_counts_is_the_published_one(
    successes: int, trials: int, exact: Interval
) -> None:
    found = proportion_interval(successes, trials)
    assert (round(found.low, 4), round(found.high, 4)) == (exact.low, exact.high)


@given(st.integers(1, 40), st.data())
def test_proportion_interval_covers_at_least_its_level(trials: int, data: st.DataObject) -> None:
    truth = data.draw(st.floats(0.01, 0.99))
    covered = sum(
        math.comb(trials, k) * truth**k * (1 - truth) ** (trials - k)
        for k in range(trials + 1)
        if proportion_interval(k, trials).low <= truth <= proportion_interval(k, trials).high
    )
    assert covered >= 0.95 - 1e-9


def test_proportion_interval_of_a_count_out_of_range_is_refused() -> None:
    for successes, trials in ((3, 2), (-1, 2), (0, 0)):
        with pytest.raises(ValueError, match=f"found {successes} successes in {trials}"):
            proportion_interval(successes, trials)


def test_fisher_p_value_is_that_of_the_lady_tasting_tea() -> None:
    # Fisher, The Design of Experiments, chapter II: 1 way in 70, and 16 with one mistake.
    assert fisher_p_value([[4, 0], [0, 4]]) == pytest.approx(2 / 70)
    assert fisher_p_value([[3, 1], [1, 3]]) == pytest.approx((1 + 16 + 16 + 1) / 70)
    assert fisher_p_value([[2, 2], [2, 2]]) == 1.0
    with pytest.raises(ValueError, match="none below 0"):
        fisher_p_value([[-1, 2], [2, 2]])


def test_signed_rank_p_value_of_darwins_maize_is_the_published_one() -> None:
    # Negative ranks 14 and 11 of 15 pairs: 2 * 675 of 32,768 sums.
    maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert signed_rank_p_value(maize) == pytest.approx(wilcoxon(maize, method="exact").pvalue)


@given(st.lists(st.integers(-4, 4), max_size=9))
def test_signed_rank_p_value_with_ties_matches_enumeration(values: list[int]) -> None:
    different = np.array([each for each in values if each])
    ranks = rankdata(np.abs(different))
    signs = np.array(list(itertools.product([-1, 1], repeat=len(different))))
    sums = np.abs((signs * ranks).sum(axis=1))
    observed = abs((np.sign(different) * ranks).sum())
    assert signed_rank_p_value(values) == pytest.approx((sums >= observed - 1e-9).mean())


def test_signed_rank_p_value_of_one_sign_is_the_least() -> None:
    assert signed_rank_p_value([0.1, 0.2, 0.3, 0.4]) == 2 / 16
    assert signed_rank_p_value([1.0, -1.0]) == signed_rank_p_value([0.0]) == 1.0
    assert signed_rank_p_value([]) == 1.0
    assert signed_rank_p_value(np.arange(1, 41)) == 2 / 2**40


def test_holm_of_a_textbook() -> None:
    # Holm's example has three steps: the smallest is multiplied by their number, and so on.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert holm([0.5, 0.5]) == (1.0, 1.0)
    assert holm([]) == ()


def test_holm_finds_a_false_effect_in_at_most_one_table_of_twenty() -> None:
    rng = np.random.default_rng(5)
    # Fifteen rows without an effect, which depend on each other, beside one with an effect.
    shared = rng.random((2_000, 1))
    p_values = np.where(rng.random((2_000, 15)) < 0.3, shared, rng.random((2_000, 15)))
    false = [min(holm([1e-9, *row.tolist()])[1:]) <= 0.05 for row in p_values]
    assert np.mean(false) <= 0.05


small = st.lists(st.integers(0, 4), min_size=1, max_size=5)


@given(small, small)
def test_rank_sum_p_value_with_ties_matches_enumeration(one: list[int], two: list[int]) -> None:
    pooled = rankdata([*one, *two])
    mean = pooled.mean() * len(one)
    sums = np.array([sum(c) for c in itertools.combinations(pooled, len(one))])
    far = np.abs(sums - mean) >= abs(pooled[: len(one)].sum() - mean) - 1e-9
    assert rank_sum_p_value(one, two) == pytest.approx(far.mean())


def test_rank_sum_p_value_of_separated_samples_is_the_published_one() -> None:
    # Complete separation of 5 and 5: critical value of the two-sided 1 % table, p = 2 / 252.
    assert rank_sum_p_value(range(5), range(10, 15)) == pytest.approx(2 / 252)
    assert rank_sum_p_value(range(5), range(10, 133)) == pytest.approx(2 / math.comb(128, 5))
    assert rank_sum_p_value([], [1.0]) == 1.0


def test_rank_sum_p_value_of_large_samples_is_close_to_the_exact_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    one, two = rng.normal(0, 1, 12), rng.normal(0.7, 1, 20)
    exact = rank_sum_p_value(one, two)
    monkeypatch.setattr(statistics, "MOST_COUNTED", 5)
    drawn = rank_sum_p_value(one, two)
    assert drawn != exact
    # Four standard errors of a share of 9,999 draws.
    assert abs(drawn - exact) < 4 * math.sqrt(exact * (1 - exact) / 9_999)


def test_rank_correlation_of_a_textbook() -> None:
    # Intelligence and hours of television a week: rho = -29 / 165.
    iq = [106, 86, 100, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 0, 27, 50, 28, 29, 20, 12, 6, 17]
    assert rank_correlation(iq, hours) == pytest.approx(-29 / 165)
    # Published: p = 0.627 by Student's t; shuffling agrees to two decimals.
    assert abs(rank_correlation_p_value(iq, hours) - 0.627) < 0.02


def test_rank_correlation_of_monotone_and_shuffled_pairs_is_known() -> None:
    x = np.arange(16.0)
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1.0)
    assert rank_correlation(x, -(x**3)) == pytest.approx(-1.0)
    assert rank_correlation_p_value(x, x**2) == pytest.approx(1 / 10_000)
    apart = np.random.default_rng(3).permutation(x)
    assert rank_correlation_p_value(x, apart) > 0.05
    interval = rank_correlation_interval(x, apart)
    assert interval.low < 0 < interval.high
    assert math.isnan(rank_correlation(x, np.ones(16)))
    assert math.isnan(rank_correlation_p_value(x, np.ones(16)))
    assert math.isnan(rank_correlation([], []))
    with pytest.raises(ValueError, match="expected pairs"):
        rank_correlation(x, x[1:])


def test_rank_correlation_interval_with_ties_is_the_percentiles_of_resampled_pairs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(statistics, "DRAWS", 200)
    one, two = np.random.default_rng(6).integers(0, 5, (2, 14)).astype(float)
    chosen = np.random.default_rng(statistics.SEED).integers(0, 14, (200, 14))
    ranks = [(rankdata(one[each]), rankdata(two[each])) for each in chosen]
    low, high = np.quantile([np.corrcoef(*pair)[0, 1] for pair in ranks], [0.025, 0.975])
    found = rank_correlation_interval(one, two)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_rank_correlation_interval_without_varying_pairs_is_nan() -> None:
    assert math.isnan(rank_correlation_interval([], []).low)
    assert math.isnan(rank_correlation_interval([1.0, 1.0], [1.0, 2.0]).low)


def test_rank_correlation_interval_leaves_constant_resamples_out() -> None:
    # One in nine resamples of three pairs consists of one pair three times.
    found = rank_correlation_interval([1, 2, 3], [1, 2, 3])
    assert (found.low, found.high) == pytest.approx((1.0, 1.0))


def test_rank_correlation_p_value_of_few_pairs_counts_all_permutations() -> None:
    # Of 24 permutations of four, only the identity and its reverse are as strong.
    assert rank_correlation_p_value(range(4), range(4)) == pytest.approx(2 / 24)


def test_sign_test_is_that_of_a_fair_coin() -> None:
    # Eight of ten: 2 (45 + 10 + 1) / 1024.
    assert sign_test_p_value(8, 2) == pytest.approx(112 / 1024)
    assert sign_test_p_value(2, 8) == sign_test_p_value(8, 2)
    assert sign_test_p_value(5, 5) == sign_test_p_value(0, 0) == 1.0


def test_p_values_under_no_effect_are_uniform() -> None:
    rng = np.random.default_rng(4)
    signs = np.array([signed_rank_p_value(rng.normal(size=10)) for _ in range(400)])
    pairs = np.array([rank_sum_p_value(rng.normal(size=6), rng.normal(size=6)) for _ in range(400)])
    for p in (signs, pairs):
        # Four standard errors of 400 trials.
        for level in (0.05, 0.25, 0.5):
            assert abs((p <= level).mean() - level) < 4 * math.sqrt(level * (1 - level) / 400)


def test_values_that_are_not_finite_are_refused() -> None:
    for bad in ([1.0, math.nan], [math.inf], [[1.0]]):
        with pytest.raises(ValueError, match="finite numbers"):
            signed_rank_p_value(bad)
