"""Make series: choose snapshots along training, round numbers, and find spreads over runs.

Axes: R runs, W chosen snapshots.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ginn.analysis.evidence import Numbers, Spread
from ginn.network.run import Float64

# The largest number of snapshots in a series along training.
SERIES_LENGTH = 64
DIGITS = 4


def evenly_spaced(count: int) -> list[int]:
    """The indices of SERIES_LENGTH of `count` snapshots, evenly spaced from the first to the last.

    If there are fewer snapshots than SERIES_LENGTH, all are included.
    """
    return [int(i) for i in np.unique(np.linspace(0, count - 1, SERIES_LENGTH).round())]


def number(value: float) -> float | None:
    """A number rounded to DIGITS significant digits; None if it is not finite."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def numbers(values: ArrayLike) -> Numbers:
    """Rounded numbers (W,) for a series; None for a number that is not finite."""
    return tuple(number(each) for each in np.asarray(values, dtype=np.float64).tolist())


def shares(values: ArrayLike) -> tuple[float, ...]:
    """Rounded finite numbers (W,) for a series."""
    return tuple(float(f"{each:.{DIGITS}g}") for each in np.asarray(values, dtype=float).tolist())


def over_runs(statistic: Callable[[Float64], Any], values: Float64) -> Numbers:
    """A statistic of the finite values in each column of (R, W); None if a column has none."""
    found = [column[np.isfinite(column)] for column in values.T]
    return tuple(number(float(statistic(each))) if each.size else None for each in found)


def spread(values: Float64) -> Spread:
    """The spread of values (R, W) over runs."""
    return Spread(
        over_runs(np.median, values), over_runs(np.min, values), over_runs(np.max, values)
    )
