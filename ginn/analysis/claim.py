"""A row of the claims table: the claim, its rule, the measured effects and the verdict."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.claim_names import CLAIM_NAMES
from ginn.analysis.described import DESCRIBED
from ginn.analysis.effects import Effect
from ginn.analysis.rules import SAMPLES, SIGNIFICANT, Rule
from ginn.analysis.statistics import fisher_p_value, holm, rank_sum_p_value
from ginn.network.run import Float64

Verdict = Literal["holds", "does not hold", "not decidable here"]


@dataclass(frozen=True, config=DESCRIBED)
class Claim:
    """One claim in words."""

    name: str
    """The name of the claim, as `evidence` takes it."""
    statement: str
    """The claim in a sentence."""
    definition: str
    """What is measured, and the control."""
    value: str
    """What else was measured, with its unit."""
    control: str
    """The value of the control, with its unit."""
    runs: int
    """The number of runs that were read."""
    verdict: Verdict
    """Whether the claim holds."""
    effects: tuple[Effect, ...] = ()
    """The measured effects: one for each test of the claim."""
    decisive: int = 0
    """The place of the effect among these whose p-value is the row's."""
    p_value: float | None = None
    """The p-value of the row, before the correction; none for a row that no test decides."""
    corrected: float | None = None
    """The p-value after the correction for the number of rows (Holm)."""
    supports: bool = False
    """Whether this p-value is for the claim; otherwise it is for the opposite."""
    sample: str = ""
    """Which runs were read."""
    rule: str = ""
    """The tests and the rule that decides."""
    least: float | None = None
    """The p-value of the clearest possible outcome of so many runs."""
    needed_full: int = 0
    """A number of full runs with which the row can be decided; 0 if other runs decide it."""
    needed_screening: int = 0
    """The same for screening runs."""

    @property
    def effect(self) -> Effect | None:
        """The effect that decides, or the first one; none for a claim that was not measured."""
        return self.effects[self.decisive] if self.effects else None

    @property
    def anchor(self) -> str:
        """The id of the claim's place on the page with all claims."""
        return f"claim-{self.name.lower().replace(',', '').replace(' ', '-')}"


@dataclass(frozen=True)
class Least:
    """The clearest outcome that a row can have with the runs of this build.

    `p_value` is the p-value of one of the row's tests. `full` and `screening` are the numbers of
    full runs and screening runs that are enough to decide the row, or 0.
    """

    p_value: float
    full: int = 0
    screening: int = 0


def unmeasured(rule: Rule, why: str) -> Claim:
    """The row of a claim that needs what this build does not have."""
    return Claim(
        name=rule.name,
        statement=rule.positive or rule.statement,
        definition=f"Not measured: {why}. {rule.definition}",
        value=f"not measured: {why}",
        control="none",
        runs=0,
        verdict="not decidable here",
        sample=SAMPLES[rule.sample],
        rule=rule.decision,
    )


def row_by_count(
    rule: Rule, effect: Effect, verdict: Verdict, value: str, control: str, details: str = ""
) -> Claim:
    """The row of a claim that no test decides."""
    return replace(
        unmeasured(rule, ""),
        definition=_sentences(rule.definition, details),
        value=value,
        control=control,
        runs=effect.runs,
        verdict=verdict,
        effects=(effect,),
    )


def row_by_tests(
    rule: Rule,
    effects: Sequence[Effect],
    least: Least,
    value: str,
    control: str,
    details: str = "",
    runs: int | None = None,
) -> Claim:
    """The row of a claim that is decided by the tests of its effects, not yet corrected.

    `details` are sentences about this build that follow the definition. `runs` is the number of
    runs; by default, it is the largest number of runs of any effect.
    """
    decisive, p_value, supports = decide(effects, rule.one_is_enough)
    # In the clearest outcome, all tests have the least p-value.
    factor = len(effects) if rule.one_is_enough else 1
    return replace(
        unmeasured(rule, ""),
        definition=_sentences(rule.definition, details),
        value=value,
        control=control,
        runs=max(each.runs for each in effects) if runs is None else runs,
        verdict=verdict_of(p_value, supports),
        effects=tuple(effects),
        decisive=decisive,
        p_value=p_value,
        corrected=p_value,
        supports=supports,
        least=min(1.0, least.p_value * factor),
        needed_full=least.full,
        needed_screening=least.screening,
    )


def _sentences(*texts: str) -> str:
    return " ".join(text for text in texts if text)


def decide(effects: Sequence[Effect], one_is_enough: bool) -> tuple[int, float, bool]:
    """The index of the decisive effect, the row's p-value, and whether it is for the claim.

    Each direction has a p-value, and the smaller of the two is the row's. A direction that all
    effects must have gets the largest p-value of the effects. A direction for which one effect is
    enough gets the smallest p-value, times the number of tests. If `one_is_enough`, one effect is
    enough for the claim, and all are needed for its opposite. Otherwise, all are needed for the
    claim, and one is enough for its opposite.
    """
    for_claim = [_towards(each, True) for each in effects]
    opposite = [_towards(each, False) for each in effects]
    every, single = (opposite, for_claim) if one_is_enough else (for_claim, opposite)
    least, most = min(single), max(every)
    one = (single.index(least), min(1.0, least * len(effects)), one_is_enough)
    whole = (every.index(most), most, not one_is_enough)
    # A direction that no effect has gets the p-value 1, so the other direction is chosen.
    return min(whole, one, key=lambda each: each[1])


def _towards(effect: Effect, claim: bool) -> float:
    """The p-value of an effect in one direction; 1 for an effect in the other direction."""
    tested = effect.p_value is not None and effect.supports == claim
    return effect.p_value if tested and effect.p_value is not None else 1.0


def verdict_of(p_value: float, supports: bool) -> Verdict:
    """The verdict from the corrected p-value of a row and its direction."""
    if p_value > SIGNIFICANT:
        return "not decidable here"
    return "holds" if supports else "does not hold"


def corrected_together(rows: Sequence[Claim]) -> tuple[Claim, ...]:
    """The rows as one table: p-values corrected for the number of rows, and the verdicts by them.

    Rows that no test decides stay as they are.
    """
    corrected = iter(holm([row.p_value for row in rows if row.p_value is not None]))
    return tuple(
        row
        if row.p_value is None
        else replace(row, corrected=(p := next(corrected)), verdict=verdict_of(p, row.supports))
        for row in rows
    )


def enough_runs(least_p_value: Callable[[int], float]) -> int:
    """The least number of runs with which a test can be significant in a table of all claims.

    `least_p_value` gives the p-value of the clearest possible outcome of some runs.
    """
    level = SIGNIFICANT / len(CLAIM_NAMES)
    return next(n for n in itertools.count(2) if least_p_value(n) <= level)


def least_of_pairs(runs: int, tests: int = 1) -> Least:
    """The clearest outcome of signed rank or sign tests over full runs.

    `tests` is the number of tests if one significant test is enough, and otherwise 1.
    """
    return Least(2 / (1 << runs), full=enough_runs(lambda n: tests * 2 / (1 << n)))


def least_of_table(runs: int) -> float:
    """The least p-value that Fisher's test can give for two groups of `runs` runs in all."""
    return fisher_p_value([[runs // 2, 0], [0, runs - runs // 2]])


def least_of_groups(runs: int) -> float:
    """The least p-value that the rank sum test can give for two groups of `runs` runs in all."""
    return rank_sum_p_value(range(runs // 2), range(runs // 2, runs))


def unclear_at_best(claims: Sequence[Claim]) -> set[str]:
    """The names of undecided claims that no outcome of these runs could have decided.

    Either their p-values would be too large even if all rows had the clearest outcomes, or nothing
    could be measured.
    """
    tested = [(each.name, each.least) for each in claims if each.least is not None]
    least = dict(zip([name for name, _ in tested], holm([p for _, p in tested]), strict=True))
    return {
        each.name
        for each in claims
        if each.verdict == "not decidable here" and least.get(each.name, 1.0) > SIGNIFICANT
    }


def too_few_runs(claims: Sequence[Claim]) -> str:
    """A sentence on which claims have too few runs, and how many are enough; "" if none has.

    Rows that are decided by runs of another kind than full runs and screening runs are left out.
    """
    unclear = unclear_at_best(claims)
    short = [
        each
        for each in claims
        if each.name in unclear and (each.needed_full or each.needed_screening)
    ]
    if not short:
        return ""
    most = (
        (max(each.needed_full for each in short), "full run"),
        (max(each.needed_screening for each in short), "screening run"),
    )
    enough = formatting.listing([formatting.count(each, run) for each, run in most if each])
    whole = formatting.count(len(claims), "claim")
    return (
        f"This build has too few runs to decide {len(short)} of {whole}, whatever the runs show: "
        f"{formatting.listing([each.name for each in short])}. {enough} would be enough."
    )


def medians(values: Float64, digits: int = 2) -> str:
    """The medians over runs of values (runs, L), as one text; see `median_texts`."""
    return ", ".join(median_texts(values, digits))


def median_texts(values: Float64, digits: int = 2) -> list[str]:
    """The median over runs of values (runs, L) for each layer, as text.

    NaN values are left out. A layer without any other value reads "none".
    """
    found = [each[np.isfinite(each)] for each in values.T]
    return [f"{np.median(each):.{digits}f}" if each.size else "none" for each in found]


def layers(count: int) -> str:
    """The hidden layers of a network by their numbers: `"layers 1, 2 and 3"`."""
    return formatting.numbered("layer", range(1, count + 1))
