"""Elementary functions against the system's, which are right to the last digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn import elementary

NUMBERS = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(NUMBERS, NUMBERS)
def test_hypotenuse_is_the_length(x: float, y: float) -> None:
    found = elementary.hypotenuse(np.array([x]), np.array([y]))
    np.testing.assert_allclose(found, math.hypot(x, y), rtol=1e-15, atol=1e-150)


@given(st.floats(0, 1))
def test_sine_and_cosine_are_right_within_rounding(share: float) -> None:
    shares = np.array([share])
    half = elementary.sine_of_half_turns(shares / 2)
    np.testing.assert_allclose(half, math.sin(math.pi * share / 2), atol=1e-15)
    cosine = elementary.cosine_of_half_turns(shares)
    np.testing.assert_allclose(cosine, math.cos(math.pi * share), atol=2e-15)


@given(st.floats(min_value=5e-324, max_value=1.7e308))
def test_logarithm_is_right_within_rounding(value: float) -> None:
    values = np.array([value])
    np.testing.assert_allclose(elementary.logarithm(values), math.log(value), rtol=1e-15)
    np.testing.assert_allclose(elementary.common_logarithm(values), math.log10(value), rtol=1e-15)


@given(NUMBERS, st.floats(0, 1e6, allow_subnormal=False))
def test_angle_is_right_within_rounding(x: float, y: float) -> None:
    found = elementary.angle_of(np.array([x]), np.array([y]))
    # Python's angle of (-0.0, 0) is pi. A subnormal angle has fewer digits.
    np.testing.assert_allclose(found, math.atan2(y, x + 0.0), rtol=1e-15, atol=1e-323)


def test_angle_of_the_axes_is_a_number_of_quarter_turns() -> None:
    x, y = np.array([[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(elementary.angle_of(x, y), np.array([0, 0.5, 1, 0]) * math.pi)
    assert np.isnan(elementary.angle_of(np.array([np.nan]), np.array([1.0])))


@pytest.mark.parametrize("exponent", [-20, -3, -1, 0, 1, 2, 3, 22])
def test_decade_changes_at_a_power_of_ten(exponent: int) -> None:
    power = elementary.power_of_ten(exponent)
    assert elementary.decade(math.nextafter(power, math.inf)) == exponent
    assert elementary.decade(math.nextafter(power, 0)) in (exponent - 1, exponent)
    assert elementary.decade(0.99 * power) == exponent - 1
