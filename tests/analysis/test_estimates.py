"""Estimates agree with published ones, with the tests that they belong to, and with enumeration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ginn.analysis import estimates
from ginn.analysis.estimates import (
    share_difference,
    typical_difference,
    typical_shift,
    wilson_interval,
)
from ginn.analysis.statistics import rank_sum_p_value, signed_rank_p_value

values = st.lists(st.floats(-8, 8).map(lambda x: round(x, 6)), min_size=6, max_size=12, unique=True)


@settings(deadline=None)
@given(values)
def test_interval_of_a_typical_difference_has_what_its_test_does_not_reject(
    differences: list[float],
) -> None:
    found = typical_difference(differences)
    assert found.interval
    assert found.interval.low <= found.value <= found.interval.high
    width = found.interval.high - found.interval.low
    for end, side in ((found.interval.low, -1), (found.interval.high, 1)):
        outside = np.array(differences) - (end + side * 1e-9)
        assert signed_rank_p_value(outside) <= 0.05
        inside = np.array(differences) - (end - side * min(1e-9, width / 3))
        ties = len(np.unique(np.abs(inside))) < len(inside)
        assert ties or signed_rank_p_value(inside) > 0.05


@settings(deadline=None)
@given(values, values)
def test_interval_of_a_typical_shift_has_what_its_test_does_not_reject(
    one: list[float], two: list[float]
) -> None:
    found = typical_shift(one, two)
    assert found.interval
    assert found.interval.low <= found.value <= found.interval.high
    for end, side in ((found.interval.low, -1), (found.interval.high, 1)):
        assert rank_sum_p_value(one, np.array(two) - (end + side * 1e-9)) <= 0.05


def test_estimates_of_few_runs_have_no_interval() -> None:
    assert typical_difference([1.0, 2.0, 4.0]).value == pytest.approx(2.25)
    assert typical_difference([1.0] * 5).interval is None
    assert typical_shift([1.0], [3.0]).value == 2.0
    assert typical_shift([1.0], [3.0]).interval is None
    assert math.isnan(typical_difference([]).value)
    assert math.isnan(typical_shift([], [1.0]).value)


def test_share_difference_is_newcombes() -> None:
    # Newcombe 1998, Stat. Med. 17: 873, table II: (a) and (e), method 10.
    found = share_difference(56, 70, 48, 80)
    assert found.interval
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    none = share_difference(0, 10, 0, 20)
    assert none.interval
    assert (none.interval.low, none.interval.high) == pytest.approx((-0.1611, 0.2775), abs=5e-5)
    assert math.isnan(share_difference(0, 0, 1, 2).value)


def test_wilson_interval_is_the_published_one() -> None:
    # Newcombe 1998, Stat. Med. 17: 857, table I: method 3.
    found = wilson_interval(81, 263)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_interval_of_large_groups_is_close_to_the_exact_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exact = estimates._outside_rank_sums.__wrapped__(30, 40)
    monkeypatch.setattr(estimates, "MOST_PAIRS", 5)
    assert abs(estimates._outside_rank_sums.__wrapped__(30, 40) - exact) <= 2
