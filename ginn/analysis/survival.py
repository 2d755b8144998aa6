"""Survival: how long a state lasts in runs that are trained to different ends.

The estimate is Kaplan and Meier's (J. Am. Stat. Assoc. 53: 457, 1958). A run that ends in the state
is censored there: the state lasts longer than was seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn.analysis.statistics import DEVIATIONS
from ginn.elementary import logarithm
from ginn.network.product import logistic


@dataclass(frozen=True)
class Step:
    """The share of runs that are still in the state from `time` on, to the next step.

    `low` and `high` are the ends of its interval, and NaN where the share is 0.
    """

    time: int
    share: float
    low: float
    high: float


def kaplan_meier(times: Sequence[int], ended: Sequence[bool]) -> list[Step]:
    """The steps of the estimated share, one at each time at which the state ended in some run.

    If a run's `ended` is true, its time is the one at which its state ended. Otherwise, its time is
    the one at which the run itself ended in that state. A run that is censored at a time at which
    other runs' states end is still at risk there. The variance is Greenwood's. The interval, with
    the confidence level `statistics.LEVEL`, is symmetric for log(-log share), so that it stays
    within 0 and 1 (Kalbfleisch and Prentice 1980, The Statistical Analysis of Failure Time Data).
    """
    share, variance, steps = 1.0, 0.0, []
    for time in sorted({time for time, over in zip(times, ended, strict=True) if over}):
        at_risk = sum(each >= time for each in times)
        events = sum(each == time and over for each, over in zip(times, ended, strict=True))
        share *= 1.0 - events / at_risk
        if events == at_risk:
            steps.append(Step(time, 0.0, math.nan, math.nan))
            break
        variance += events / (at_risk * (at_risk - events))
        # If log(-log share) grows by d, the share is raised to the power exp(d). At the ends, d is
        # DEVIATIONS standard errors, each the root of the variance, divided by -log share.
        log_share = float(logarithm(np.array(share)))
        factor = exponential(DEVIATIONS * math.sqrt(variance) / -log_share)
        ends = [exponential(log_share * power) for power in (factor, 1.0 / factor)]
        steps.append(Step(time, share, *ends))
    return steps


def exponential(x: float) -> float:
    """The exponential of a number between -700 and 700, with the same bits on every processor.

    It is not in `elementary`, which may not import the logistic function of `network`.
    """
    above, below = logistic(np.array([x, -x])).tolist()
    # With e = exp(x), logistic(x) = 1 / (1 + 1 / e), logistic(-x) = 1 / (1 + e): their ratio is e.
    return float(above / below)
