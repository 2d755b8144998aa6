"""Prevention: do runs fail less often with another network, another start or another training?

Each variant is screened as the plain network is: the same picture, the same length and the same
definition of failure. Runs of the same seed have the same minibatches, and the same initial weights
unless the variant changes them. Fisher's test assumes that the two groups of runs are independent.
If runs of the same seed have similar outcomes, the test is conservative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ginn import formatting
from ginn.analysis.claim import Claim, Least, enough_runs, least_of_table, row_by_tests
from ginn.analysis.effects import Effect, commoner
from ginn.analysis.failure_series import FailureRate, PreventionSeries
from ginn.analysis.rules import SIGNIFICANT, Rule
from ginn.analysis.series import shares
from ginn.analysis.statistics import holm, proportion_interval

PREVENTION = Rule(
    name="What prevents failure",
    statement="Another network, another start or another training makes failures rarer.",
    measure="Share of screening runs that failed, in the plain network's runs less in those of "
    "each variant; one test for each variant.",
    control="the plain network, with the same picture, the same seeds from 0 on and runs of the "
    "same length.",
    sample="screening",
    tests=("two shares",),
    own="One variant is enough: the p-value is the smallest one times the number of variants. For "
    "the opposite, all of them are needed.",
    one_is_enough=True,
)


def failure_rate(title: str, change: str, screenings: int, failed: int) -> FailureRate:
    """The screening runs of a network, which differs from the plain one by `change`."""
    interval = proportion_interval(failed, screenings)
    low, high = shares([interval.low, interval.high])
    return FailureRate(title, change, screenings, failed, low, high)


def claim_prevention(plain: FailureRate, arms: Sequence[FailureRate]) -> Claim:
    """The claim about what makes failures rarer, a question that the original paper leaves open."""
    runs = min(each.screenings for each in (plain, *arms))
    return row_by_tests(
        PREVENTION,
        [_effect(plain, each) for each in arms],
        Least(least_of_table(2 * runs), screening=enough_runs(least_of_table)),
        value="; ".join(map(_outcome, arms)),
        control=_outcome(plain),
        runs=sum(each.screenings for each in (plain, *arms)),
    )


def _effect(plain: FailureRate, arm: FailureRate) -> Effect:
    name = f"failed, {plain.title.lower()} against {arm.title.lower()}"
    return commoner(name, plain.failed, plain.screenings, arm.failed, arm.screenings)


def _outcome(arm: FailureRate) -> str:
    """An arm's failures in words."""
    runs = formatting.count(arm.screenings, "screening run")
    return f"{arm.title.lower()}: {arm.failed} of {runs} failed"


def prevention_series(
    plain: FailureRate, arms: Sequence[FailureRate], iterations: int
) -> PreventionSeries:
    """The failure rates of the plain network and of each arm, with their comparisons.

    The p-values are corrected for the number of arms.
    """
    effects = [_effect(plain, each) for each in arms]
    corrected = holm([each.p_value for each in effects if each.p_value is not None])
    compared = zip(arms, effects, corrected, strict=True)
    return PreventionSeries(iterations, plain, tuple(_compared(*each) for each in compared))


def _compared(arm: FailureRate, effect: Effect, corrected: float) -> FailureRate:
    """The failure rate of an arm. Its difference has the opposite sign of the effect."""
    return replace(
        arm,
        difference=_negated(effect.value),
        difference_low=_negated(effect.high),
        difference_high=_negated(effect.low),
        p_value=effect.p_value,
        corrected=corrected,
        verdict=_verdict(effect, corrected),
    )


def _negated(value: float | None) -> float | None:
    """The negative of a number, or None. The negative of 0 is 0, not -0."""
    return None if value is None else 0.0 - value


def _verdict(effect: Effect, corrected: float) -> str:
    """Whether failures are rarer than in the plain network, by the corrected p-value."""
    if corrected > SIGNIFICANT:
        return "not decidable here"
    return "rarer" if effect.supports else "commoner"
