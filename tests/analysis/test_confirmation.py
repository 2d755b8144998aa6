"""Whether the claims of one block of seeds repeat in another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.sample_report import run_facts

from ginn.analysis.claim import Claim
from ginn.analysis.confirmation import Confirmation, confirmation, second_block
from ginn.analysis.findings import Findings
from ginn.analysis.outcomes import ScreeningFacts
from ginn.analysis.rule_book import rule_book

OPEN: Any = "not decidable here"
NOT_DECIDABLE = "not decidable in the second block"


def row(name: str, verdict: Any, least: float | None = 0.001, p: float | None = 0.01) -> Claim:
    return Claim(name, "It is.", "Counted.", "1", "2", 4, verdict, p_value=p, least=least)


def compared(first: Claim, *second: Claim) -> Confirmation:
    """The comparison of a first block of one row with a second block of these rows."""
    block = second_block((100,), ScreeningFacts(4, 10, 0, ()), {}, rule_book(), Findings())
    found = confirmation([first], replace(block, claims=second))
    assert found is not None
    return found


def repeats(first: Claim, *second: Claim) -> str:
    """Whether the first row repeats in a second block of these rows."""
    return compared(first, *second).repeats(first.name)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("holds", "holds", "repeats"),
        ("does not hold", "does not hold", "repeats"),
        ("holds", "does not hold", "does not repeat"),
        ("holds", OPEN, "does not repeat"),
        (OPEN, "holds", "decided in the second block alone"),
        (OPEN, OPEN, NOT_DECIDABLE),
    ],
)
def test_repeats_compares_verdicts(first: str, second: str, said: str) -> None:
    assert repeats(row("A", first), row("A", second)) == said


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("holds", "holds", "repeats: 1"),
        ("holds", "does not hold", "does not repeat (it does not hold there): 1"),
        ("holds", OPEN, "does not repeat (it is not decidable there): 1"),
        (OPEN, "holds", "decided in the second block alone (it holds there): 1"),
        (OPEN, OPEN, f"{NOT_DECIDABLE}: 1"),
    ],
)
def test_words_of_a_repetition_have_the_verdict_there_where_it_says_more(
    first: str, second: str, said: str
) -> None:
    assert compared(row("A", first), row("A", second)).words("A") == said
    assert compared(row("A", first)).words("A") == NOT_DECIDABLE


def test_repeats_of_a_block_with_too_few_runs_is_not_decidable() -> None:
    assert repeats(row("A", "holds"), row("A", OPEN, least=0.06)) == NOT_DECIDABLE
    # The least p-values are corrected for the number of rows: 0.03 becomes 0.06 with two rows.
    short = [row(name, OPEN, least=0.03) for name in "AB"]
    assert repeats(row("A", "holds"), short[0]) == "does not repeat"
    assert repeats(row("A", "holds"), *short) == NOT_DECIDABLE
    # The second block has no such row, or nothing could be measured in it.
    assert repeats(row("A", "holds"), row("B", "holds")) == NOT_DECIDABLE
    assert repeats(row("A", "holds"), row("A", OPEN, least=None, p=None)) == NOT_DECIDABLE


def test_second_block_counts_its_runs_corrects_its_rows_and_has_the_hash_of_the_rules() -> None:
    outcomes = {f"seed-{seed}": run_facts(seed, seed in (11, 15)) for seed in (10, 11, 13, 15)}
    rows = (row("A", "holds", p=0.03), row("B", "holds", p=0.04))
    screening = ScreeningFacts(8, 5, 3, (11, 13, 17))
    block = second_block((10, 11), screening, outcomes, rule_book(), Findings(rows))
    assert (block.first_seed, block.full_runs, block.failed_runs) == (10, 4, 2)
    # Seed 15 took the place of a seed that did not fail, so it was not chosen.
    assert block.chosen_runs == 1
    assert block.rules == rule_book().hash
    assert [each.verdict for each in block.claims] == [OPEN, OPEN]
    found = confirmation(rows, block)
    assert found is not None
    assert found.about == (
        "The second block begins with seed 10 and shares no seed with the first. It has 8 "
        "screening runs and 4 full runs, 1 of them chosen because their screening run had failed."
    )
    assert found.claim("A") == block.claims[0]
    assert found.claim("C") is None
    assert found.repeats("C") == ""


def test_confirmation_without_a_second_block_is_none() -> None:
    assert confirmation([row("A", "holds")], None) is None
