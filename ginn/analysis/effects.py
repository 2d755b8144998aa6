"""Effects: what the tests of a row have found, each with its interval over runs and its p-value."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.described import DESCRIBED
from ginn.analysis.estimates import Estimate, share_difference, typical_difference, typical_shift
from ginn.analysis.series import number
from ginn.analysis.statistics import (
    Correlation,
    Interval,
    fisher_p_value,
    proportion_interval,
    rank_sum_p_value,
    sign_test_p_value,
    signed_rank_p_value,
)
from ginn.network.run import Float64

# The units of shares, and of differences of shares.
PER_CENT, POINTS = "%", "percentage points"


@dataclass(frozen=True, config=DESCRIBED)
class Effect:
    """One effect over runs. All numbers except the p-value have four significant digits."""

    of: str
    """What was measured. Of two things that were compared, the second is subtracted."""
    value: float | None
    """The size of the effect; none if no run could show it."""
    low: float | None
    """The lower end of its 95% interval over runs; none from too few runs."""
    high: float | None
    """The upper end of this interval."""
    without: float
    """The value if there were no effect."""
    runs: int
    """The number of runs that were compared."""
    p_value: float | None
    """The two-sided p-value of its test; none if no test decides."""
    supports: bool
    """Whether the effect has the direction of the claim."""

    unit: str = ""
    """The unit of these numbers; empty for numbers without one."""

    @property
    def text(self) -> str:
        """The effect and its interval: `"regions, end against start: +532 (+486 to +580)"`."""
        return f"{self.of}: {self.numbers}"

    @property
    def numbers(self) -> str:
        """The size of the effect and its interval: `"+532 (+486 to +580)"`."""
        if self.value is None:
            return "nothing to compare"
        unit = f" {self.unit}" if self.unit and self.unit != PER_CENT else ""
        if self.low is None or self.high is None:
            return f"{self._number(self.value)}{unit}, too few runs for an interval"
        ends = f"{self._number(self.low)} to {self._number(self.high)}"
        return f"{self._number(self.value)}{unit} ({ends})"

    def _number(self, value: float) -> str:
        """A share as a percentage, and another number in three digits with its sign."""
        if self.unit == PER_CENT:
            return formatting.percent(value / 100)
        text = formatting.significant(value, 3)
        return text if self.without or value <= 0 else f"+{text}"


def _effect(
    of: str,
    estimate: Estimate,
    runs: int,
    p_value: float | None,
    supports: bool,
    unit: str = "",
    without: float = 0.0,
) -> Effect:
    """An effect; the numbers of the estimate are shares if its unit is POINTS or PER_CENT."""
    scale = 100.0 if unit in (POINTS, PER_CENT) else 1.0
    ends = estimate.interval or Interval(math.nan, math.nan)
    value, low, high = (number(each * scale) for each in (estimate.value, ends.low, ends.high))
    return Effect(of, value, low, high, without * scale, runs, p_value, supports, unit)


def paired(of: str, differences: Float64, unit: str = "") -> Effect:
    """The effect "these paired differences (runs,) lie above zero", by signed ranks.

    Runs whose difference is NaN are left out.
    """
    finite = differences[np.isfinite(differences)]
    estimate = typical_difference(finite)
    p_value = signed_rank_p_value(finite)
    return _effect(of, estimate, finite.size, p_value, estimate.value > 0, unit)


def paired_by_layer(of: str, differences: Float64, unit: str = "") -> list[Effect]:
    """The effects of differences (runs, L) in each hidden layer."""
    return [
        paired(f"layer {layer}, {of}", each, unit) for layer, each in enumerate(differences.T, 1)
    ]


def smaller(of: str, groups: Sequence[Sequence[float]], unit: str = "") -> Effect:
    """The effect "runs of the first group have smaller values than the others", by rank sums.

    The size of the effect is how much smaller the first group's values are.
    """
    one, two = (np.array(group, dtype=np.float64) for group in groups)
    estimate = typical_shift(one, two)
    p_value = rank_sum_p_value(one, two)
    return _effect(of, estimate, one.size + two.size, p_value, estimate.value > 0, unit)


def commoner(of: str, part: int, whole: int, other_part: int, other_whole: int) -> Effect:
    """The effect "a share is larger in one group of runs than in another", by Fisher's test."""
    table = [[part, whole - part], [other_part, other_whole - other_part]]
    estimate = share_difference(part, whole, other_part, other_whole)
    runs = whole + other_whole
    return _effect(of, estimate, runs, fisher_p_value(table), estimate.value > 0, POINTS)


def most_runs(of: str, part: int, whole: int) -> Effect:
    """The effect "more than half of the runs", by the sign test."""
    found = _share(part, whole)
    p_value = sign_test_p_value(part, whole - part)
    return _effect(of, found, whole, p_value, 2 * part > whole, PER_CENT, without=0.5)


def share_of_runs(of: str, part: int, whole: int) -> Effect:
    """A share of the runs, without a test."""
    return _effect(of, _share(part, whole), whole, None, False, PER_CENT, without=0.5)


def _share(part: int, whole: int) -> Estimate:
    if not whole:
        return Estimate(math.nan, None)
    return Estimate(part / whole, proportion_interval(part, whole))


def correlated(of: str, found: Correlation) -> Effect:
    """The effect "a correlation is negative"; a correlation of NaN has the p-value 1."""
    estimate = Estimate(found.value, found.interval)
    p_value = found.p_value if math.isfinite(found.p_value) else 1.0
    return _effect(of, estimate, found.runs, p_value, found.value < 0)
