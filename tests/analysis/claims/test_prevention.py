"""What prevents failure: the comparison of failure rates, and how often it is wrong by chance."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from ginn.analysis.claims.prevention import claim_prevention, failure_rate, prevention_series
from ginn.analysis.failure_series import FailureRate

PLAIN = failure_rate("Plain", "", 1_024, 60)


def arm(failed: int, screenings: int = 512, title: str = "Small start") -> FailureRate:
    return failure_rate(title, "less", screenings, failed)


@pytest.mark.parametrize(
    ("failed", "verdict"),
    [((3, 30), "holds"), ((30, 31), "not decidable here"), ((80, 90), "does not hold")],
)
def test_claim_prevention_holds_if_one_arm_fails_less_often(
    failed: tuple[int, int], verdict: str
) -> None:
    claim = claim_prevention(PLAIN, [arm(each) for each in failed])
    assert claim.verdict == verdict
    assert claim.runs == 2 * 512 + 1_024
    assert claim.effect


def test_claim_prevention_of_few_runs_says_how_many_are_enough() -> None:
    claim = claim_prevention(failure_rate("Plain", "", 4, 2), [arm(0, 4)])
    assert claim.verdict == "not decidable here"
    assert claim.needed_screening > 4


def test_prevention_series_compares_each_arm_with_the_plain_network() -> None:
    series = prevention_series(PLAIN, [arm(3), arm(30), arm(90)], 10_000)
    assert (series.plain.failed, series.plain.difference) == (60, None)
    assert [each.verdict for each in series.arms] == ["rarer", "not decidable here", "commoner"]
    first = series.arms[0]
    expected = scipy.stats.fisher_exact([[60, 964], [3, 509]]).pvalue
    assert first.p_value == pytest.approx(expected, rel=1e-9)
    # By Holm's method: it is the second smallest of three p-values, so the factor is 2.
    assert first.corrected == pytest.approx(2 * expected)
    assert first.difference == pytest.approx(100 * (3 / 512 - 60 / 1_024), abs=1e-3)
    assert first.difference_low is not None
    assert first.difference_high is not None
    assert first.difference_low < first.difference < first.difference_high < 0


@pytest.mark.slow
def test_claim_and_series_of_arms_that_change_nothing_rarely_have_a_verdict() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.binomial([256, *[128] * 6], 0.12, (200, 7)).tolist()
    decided = []
    for first, *others in drawn:
        plain = failure_rate("Plain", "", 256, first)
        arms = [arm(each, 128) for each in others]
        series = prevention_series(plain, arms, 10)
        decided.append(
            (
                {each.verdict for each in series.arms} != {"not decidable here"},
                claim_prevention(plain, arms).verdict != "not decidable here",
            )
        )
    assert (np.mean(decided, axis=0) <= 0.05).all()
