"""Elementary functions with the same bits on every processor and system.

NumPy has separate code for each kind of processor, and Python calls the system's library. So the
last bits of their results differ between processors or systems. The functions here consist of sums,
products, quotients and roots of float64 in a stated order, each of which IEEE 754 rounds correctly.
Errors are some 1e-16 of the result, except where noted. For matrix products and the logistic
function, see `network.product`.
"""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

SINE_TERMS = 14  # for angles up to a quarter turn; the rest is below 1e-25
LOGARITHM_TERMS = 11  # for s up to 0.172; the rest is below 1e-17
ARCTANGENT_TERMS = 13  # for tangents of angles up to pi / 16; the rest is below 1e-18
LOG_2, LOG_10 = 0.6931471805599453, 2.302585092994046  # the natural logarithms of 2 and of 10
TANGENT = 0.41421356237309503  # of pi / 8


def hypotenuse(x: Float64, y: Float64) -> Float64:
    """The length of (x, y), within 2 units of the last place unless x * x over- or underflows."""
    return np.asarray(np.sqrt(x * x + y * y))


def sine_of_half_turns(share: Float64) -> Float64:
    """sin(pi share) for shares from 0 to 1/2."""
    angle = share * math.pi
    square = angle * angle
    series = np.ones_like(square)
    for k in range(SINE_TERMS, 0, -1):
        series = 1.0 - series * (square / ((2 * k) * (2 * k + 1)))
    return np.asarray(angle * series)


def cosine_of_half_turns(share: Float64) -> Float64:
    """cos(pi share) for shares from 0 to 1, within 1e-15: 1 - 2 sin^2(pi share / 2)."""
    sine = sine_of_half_turns(share / 2)
    return 1.0 - 2.0 * (sine * sine)


def logarithm(values: Float64) -> Float64:
    """The natural logarithm of numbers above zero: n log 2 + 2 artanh(s), a series in s^2."""
    fraction, power = np.frexp(values)
    small = fraction < math.sqrt(0.5)
    fraction = np.where(small, 2.0 * fraction, fraction)
    s = (fraction - 1.0) / (fraction + 1.0)
    square = s * s
    series = np.full_like(square, 1.0 / (2 * LOGARITHM_TERMS + 1))
    for k in range(LOGARITHM_TERMS - 1, -1, -1):
        series = series * square + 1.0 / (2 * k + 1)
    return np.asarray((power - small) * LOG_2 + 2.0 * s * series)


def common_logarithm(values: Float64) -> Float64:
    """The logarithm of numbers above zero to base 10."""
    return logarithm(values) / LOG_10


def angle_of(x: Float64, y: Float64) -> Float64:
    """The angle from 0 to pi between (x, y), with y of at least 0, and the positive x axis.

    It is 0 for (0, 0), and NaN where x or y is.
    """
    wide = np.abs(x)
    steep = y > wide
    over, under = np.where(steep, wide, y), np.where(steep, y, wide)
    tangent = over / np.where(under == 0.0, 1.0, under)  # up to 1
    half = tangent > TANGENT
    tangent = np.where(half, (tangent - 1.0) / (tangent + 1.0), tangent)
    # The angle of this tangent is at most pi / 8. Next comes the tangent of half of it, which is at
    # most that of pi / 16. The result has twice its angle.
    tangent = tangent / (1.0 + np.sqrt(1.0 + tangent * tangent))
    square = tangent * tangent
    series = np.full_like(square, 1.0 / (2 * ARCTANGENT_TERMS + 1))
    for k in range(ARCTANGENT_TERMS - 1, -1, -1):
        series = 1.0 / (2 * k + 1) - series * square
    angle = 2.0 * tangent * series + np.where(half, math.pi / 4, 0.0)
    angle = np.where(steep, math.pi / 2 - angle, angle)
    return np.asarray(np.where(x < 0.0, math.pi - angle, angle))


def decade(value: float) -> int:
    """The power of ten of the first digit of a number above zero: 2 for 100 to 999.9."""
    return Decimal(value).adjusted()


def power_of_ten(exponent: int) -> float:
    """The float64 nearest to a power of ten."""
    return float(f"1e{exponent}")
