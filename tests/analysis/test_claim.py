"""Verdicts from effects, alone and in a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.analysis.claim import (
    Claim,
    Least,
    corrected_together,
    decide,
    enough_runs,
    least_of_pairs,
    least_of_table,
    medians,
    row_by_tests,
    too_few_runs,
    unmeasured,
    verdict_of,
)
from ginn.analysis.claim_names import CLAIM_NAMES
from ginn.analysis.effects import Effect, paired
from ginn.analysis.rules import Rule
from ginn.analysis.statistics import fisher_p_value

RULE = Rule("A", "It is.", "Counted.", "others.", "first", ("signed ranks",))


def effect(p_value: float, supports: bool = True) -> Effect:
    return Effect("it", 1.0, 0.5, 1.5, 0.0, 12, p_value, supports)


def test_decide_of_effects_that_must_all_agree_takes_the_largest_p_value() -> None:
    assert decide([effect(0.01), effect(0.03), effect(0.02)], False) == (1, 0.03, True)
    # One opposite effect is enough against the claim, at three times its p-value.
    against = [effect(0.01), effect(0.002, False), effect(0.02)]
    assert decide(against, False) == (1, pytest.approx(0.006), False)
    assert decide([effect(0.4, False)], False) == (0, 0.4, False)


def test_decide_of_effects_of_which_one_is_enough_takes_the_smallest_times_their_number() -> None:
    assert decide([effect(0.5), effect(0.01), effect(0.02, False)], True) == (1, 0.03, True)
    against = [effect(0.01, False), effect(0.02, False)]
    assert decide(against, True) == (1, 0.02, False)


@given(
    st.lists(st.tuples(st.floats(0.001, 1), st.booleans()), min_size=1, max_size=5), st.booleans()
)
def test_decide_of_the_opposite_claim_is_that_of_the_other_rule(
    found: list[tuple[float, bool]], one: bool
) -> None:
    own = decide([effect(p, supports) for p, supports in found], one)
    other = decide([effect(p, not supports) for p, supports in found], not one)
    assert own[1] == other[1]
    assert own[1] == 1.0 or own[2] != other[2]


def test_corrected_together_multiplies_by_the_number_of_rows_and_decides_anew() -> None:
    rows = [
        row_by_tests(replace(RULE, name=name), [effect(p)], Least(0.001), "1", "2")
        for name, p in (("A", 0.02), ("B", 0.03), ("C", 0.001))
    ]
    assert [row.verdict for row in rows] == ["holds"] * 3
    alone = unmeasured(replace(RULE, name="D"), "there is nothing")
    found = corrected_together([*rows, alone])
    assert [row.p_value for row in found] == [0.02, 0.03, 0.001, None]
    assert [row.corrected for row in found[:3]] == pytest.approx([0.04, 0.04, 0.003])
    assert [row.verdict for row in found] == ["holds"] * 3 + ["not decidable here"]
    assert found[3] == alone
    four = corrected_together([*rows, replace(rows[1], name="E")])
    assert [row.verdict for row in four[:2]] == ["not decidable here"] * 2


def test_verdict_of_a_p_value_has_its_direction() -> None:
    assert verdict_of(0.05, True) == "holds"
    assert verdict_of(0.05, False) == "does not hold"
    assert verdict_of(0.0501, True) == "not decidable here"


def test_effect_of_pairs_leaves_out_what_was_not_measured_and_shows_its_interval() -> None:
    found = paired("gain", np.append(np.linspace(0.1, 0.2, 8), np.nan))
    assert (found.runs, found.p_value, found.supports) == (8, 2 / 2**8, True)
    assert found.text == "gain: +0.150 (+0.114 to +0.186)"
    few = paired("gain", np.array([-0.25, -0.25]))
    assert few.text == "gain: \u22120.250, too few runs for an interval"
    assert paired("gain", np.array([np.nan])).text == "gain: nothing to compare"


def test_medians_are_of_the_finite_values_layer_by_layer() -> None:
    values = np.array([[0.125, np.nan, np.nan], [0.375, 1.0, np.nan], [9.0, 2.0, np.nan]])
    assert medians(values) == "0.38, 1.50, none"
    assert medians(values, 3) == "0.375, 1.500, none"


@pytest.mark.parametrize("tests", [1, 3])
def test_least_of_pairs_has_a_number_of_runs_that_decides_in_every_table(tests: int) -> None:
    enough = least_of_pairs(1, tests).full
    clearest = paired("it", np.arange(1.0, enough + 1))
    assert clearest.p_value == least_of_pairs(enough).p_value
    level = 0.05 / len(CLAIM_NAMES)
    assert least_of_pairs(enough).p_value * tests <= level
    assert least_of_pairs(enough - 1).p_value * tests > level


def test_enough_runs_of_a_table_is_the_least_number_of_which_some_table_decides() -> None:
    def least(runs: int) -> float:
        return min(fisher_p_value([[k, 0], [0, runs - k]]) for k in range(1, runs))

    enough = enough_runs(least_of_table)
    level = 0.05 / len(CLAIM_NAMES)
    assert least(enough) <= level < least(enough - 1)


def row(name: str, verdict: Any, least: float = 1.0, full: int = 0, screening: int = 0) -> Claim:
    return Claim(
        name, "It is.", "Counted.", "1", "2", 4, verdict, least=least, needed_full=full,
        needed_screening=screening,
    )  # fmt: skip


def test_too_few_runs_names_the_claims_once_and_how_many_are_enough() -> None:
    rows = [
        row("A", "not decidable here", 0.1, 8), row("B", "not decidable here", 0.02, 6),
        row("C", "not decidable here", 0.3, 0, 7), row("D", "not decidable here"),
        row("E", "does not hold", 0.1, 8), unmeasured(RULE, "there is nothing"),
        row("F", "not decidable here", 0.001, 8),
    ]  # fmt: skip
    assert too_few_runs(rows) == (
        "This build has too few runs to decide 3 of 7 claims, whatever the runs show: A, B and C. "
        "8 full runs and 7 screening runs would be enough."
    )
    assert too_few_runs(rows[3:]) == ""
    assert too_few_runs([]) == ""
