"""The estimate of Kaplan and Meier, against a product by hand and against SciPy's."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from ginn.analysis.survival import exponential, kaplan_meier

RUNS = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=24)


def test_kaplan_meier_of_remissions_is_the_published_estimate() -> None:
    """The treated group of Freireich et al. 1963, as in Kalbfleisch and Prentice, table 1.3."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = kaplan_meier([*ended, *censored], [True] * len(ended) + [False] * len(censored))
    assert [step.time for step in found] == [6, 7, 10, 13, 16, 22, 23]
    published = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [step.share for step in found] == pytest.approx(published, abs=5e-4)


@given(RUNS)
def test_kaplan_meier_is_the_product_of_the_shares_that_stay(runs: list[tuple[int, bool]]) -> None:
    found = {step.time: step.share for step in kaplan_meier(*zip(*runs, strict=True))}
    for time in range(13):
        product = 1.0
        for earlier in range(1, time + 1):
            there = [over for each, over in runs if each >= earlier]
            left = [over for each, over in runs if each == earlier and over]
            product *= 1 - len(left) / len(there) if there else 1.0
        latest = max((each for each in found if each <= time), default=None)
        assert (1.0 if latest is None else found[latest]) == pytest.approx(product, abs=1e-12)


@given(RUNS)
def test_kaplan_meier_intervals_are_those_of_scipy(runs: list[tuple[int, bool]]) -> None:
    times, ended = zip(*runs, strict=True)
    found = kaplan_meier(times, ended)
    data = scipy.stats.CensoredData.right_censored(times, np.logical_not(ended))
    curve = scipy.stats.ecdf(data).sf
    assert [step.share for step in found] == pytest.approx(
        [float(curve.evaluate(step.time)) for step in found], abs=1e-12
    )
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy warns where the share is 0 or 1.
        bounds = curve.confidence_interval(0.95, method="log-log")
    for step in found:
        if step.share == 0.0:
            assert math.isnan(step.low)
            assert math.isnan(step.high)
            continue
        ends = [float(each.evaluate(step.time)) for each in (bounds.low, bounds.high)]
        assert [step.low, step.high] == pytest.approx(ends, abs=1e-9)


def test_kaplan_meier_without_an_end_has_no_step() -> None:
    assert kaplan_meier([5, 5, 7], [False] * 3) == []
    assert kaplan_meier([], []) == []


@pytest.mark.parametrize("x", [-30.0, -1.0, 0.0, 0.5, 25.0])
def test_exponential_is_that_of_the_library_to_the_last_digits(x: float) -> None:
    assert exponential(x) == pytest.approx(math.exp(x), rel=1e-14)
