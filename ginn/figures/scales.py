"""Scales of charts: the map from values to pixels, and the ticks of an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ginn.elementary import common_logarithm, decade, logarithm, power_of_ten
from ginn.figures.marks import LETTER, TEXT
from ginn.formatting import ENGLISH, Numbers
from ginn.network.run import Float64

# Multiples of powers of ten that a log axis may name, from coarse to fine.
MULTIPLES = (
    (1,),
    (1, 2, 5),
    (1, 1.5, 2, 3, 4, 6, 8),
    (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9),
)

MOST_POWERS = 9  # the largest number of powers of ten on a log axis
# The smallest value on a log axis. It is far above the smallest numbers of float64, whose
# logarithms and quotients are not exact.
LEAST = 1e-300

# A value on an axis, and its name.
Tick = tuple[float, str]


@dataclass(frozen=True)
class Scale:
    """A map of values from `low` to `high` onto pixels from `start` to `end`.

    Values beyond a limit are mapped to the limit. "log1p" is the logarithm of one plus the value,
    which is defined for 0. "root" is the square root. If both limits are equal, all values are
    mapped to `start`.
    """

    low: float
    high: float
    start: float
    end: float
    kind: Literal["linear", "log", "log1p", "root"] = "linear"

    def at(self, values: ArrayLike) -> Float64:
        """The pixels of values (n,)."""
        clipped = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        low, high = self._transformed(np.array([self.low, self.high]))
        share = (self._transformed(clipped) - low) / ((high - low) or 1)
        return np.asarray(self.start + share * (self.end - self.start))

    def place(self, value: float) -> float:
        """The pixel of one value."""
        return float(self.at([value])[0])

    def _transformed(self, values: Float64) -> Float64:
        """The values after the transformation of this kind of scale."""
        if self.kind == "log":
            return common_logarithm(values)
        if self.kind == "log1p":
            # The values are iterations: adding 1 to a whole number is exact.
            return logarithm(1.0 + values)
        return np.asarray(np.sqrt(values)) if self.kind == "root" else values


def numbers(values: Sequence[float | None]) -> Float64:
    """The values (n,) of a series, with NaN in place of None."""
    return np.array([math.nan if each is None else each for each in values], dtype=np.float64)


def iteration_ticks(last: int, width: float, words: Numbers = ENGLISH) -> list[Tick]:
    """The ticks 0 and powers of ten up to `last`, for a "log1p" scale of `width` px.

    There are as many powers as fit. They are written in full if that fits, too. Otherwise they are
    written with "k" and "M".
    """
    if last < 10:
        return [(0, "0"), (last, f"{last}")] if last else [(0, "0")]
    powers = range(1, decade(last) + 1)
    full = LETTER * TEXT * len(f"{10 ** powers[-1]:,}") + 8
    step = next(s for s in (1, 2, 3, 4, 9) if width / (len(powers) / s) >= min(full, 44) or s == 9)
    kept = [p for p in powers if p % step == powers[-1] % step]
    name = words.short if width / (len(powers) / step) < full else words.count
    return [(0, "0"), *((power_of_ten(p), name(10**p)) for p in kept)]


def even_ticks(high: float, most: int = 6) -> list[Tick]:
    """The ticks at round numbers from 0 to `high`, evenly spaced; at most `most` besides 0.

    If `high` is not above 0, the only tick is 0.
    """
    if not high > 0:
        return [(0, "0")]
    rough = high / most
    size = power_of_ten(decade(rough))
    steps = [size * f for f in (1, 2, 5, 10) if size * f <= high * (1 + 1e-9)]
    step = next((each for each in steps if each >= rough * (1 - 1e-9)), steps[-1])
    ticks = [step * i for i in range(int(high / step + 1e-9) + 1)]
    return [(each, ENGLISH.plain(each)) for each in ticks]


def share_ticks(high: float = 1.0, most: int = 5) -> list[Tick]:
    """The ticks at evenly spaced percentages from 0 to a share."""
    return [(value / 100, f"{words}%") for value, words in even_ticks(100 * high, most)]


def share_limit(shares: Sequence[float]) -> float:
    """The end of an axis from 0 to the largest share. If all shares are 0, it is one percent."""
    return max(shares) * 1.05 or 0.01


def log_ticks(low: float, high: float, words: Numbers = ENGLISH) -> list[Tick]:
    """The ticks at powers of ten between two numbers; if fewer than three, also at multiples.

    At most MOST_POWERS powers are kept, evenly spaced.
    """
    decades = range(decade(low), decade(high) + 2)
    if len(decades) > MOST_POWERS:
        decades = decades[:: -(-len(decades) // MOST_POWERS)]
    kept: list[float] = []
    for factors in MULTIPLES:
        values = [factor * power_of_ten(exponent) for exponent in decades for factor in factors]
        kept = [value for value in values if low <= value <= high]
        if len(kept) >= 3:
            break
    return [(value, words.plain(value)) for value in kept]


def log_bounds(values: Float64) -> tuple[float, float]:
    """The range of the values above zero, slightly widened; 0.1 to 1 if there are none.

    Values below LEAST count as zero: they are losses that differ from zero only by rounding.
    """
    positive = values[np.isfinite(values) & (values >= LEAST)]
    if not positive.size:
        return 0.1, 1.0
    return float(positive.min()) / 1.25, float(positive.max()) * 1.25
