"""The rule book: it has every rule and constant, and its hash changes with each of them."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

import pytest
from support.paths import ROOT

from ginn.analysis import rule_book as module
from ginn.analysis import rules
from ginn.analysis.claim_names import CLAIM_NAMES
from ginn.analysis.claims import dead_layers, duplicate_neurons, late_flips, shift_claims
from ginn.analysis.rule_book import MODULES, all_rules, constants, rule_book


def test_rule_book_has_a_rule_for_every_claim_and_its_hash_is_that_of_the_text() -> None:
    book = rule_book()
    assert list(all_rules()) == list(CLAIM_NAMES)
    assert book.hash == "sha256:" + hashlib.sha256(book.text.encode()).hexdigest()
    assert book == rule_book()
    for rule in all_rules().values():
        assert rule.name in book.text
        assert rule.statement in book.text
        assert rule.definition in book.text
        assert rule.decision in book.text


def test_rule_book_lists_the_rules_that_are_not_common_in_the_words_of_the_rows() -> None:
    own = {each.name: each.rule for each in rule_book().own}
    assert list(own) == [
        "Straight first layer",
        "Bends through open paths",
        "Copycats",
        "The indecisive neuron",
        "What prevents failure",
    ]
    for name, rule in all_rules().items():
        assert (own.get(name, "The rule of all rows.")) in rule.decision
        assert rule.tested or name in own
        assert name in own or not rule.one_is_enough


@pytest.mark.parametrize("field", [each.name for each in fields(rules.Rule)])
def test_hash_of_another_rule_is_another(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rule_book().hash
    rule = dead_layers.EARLY_DEAD
    changed = {
        "sample": "screening",
        "tests": ("none",),
        "one_is_enough": True,
        "name": rule.name,
    }
    other = replace(rule, **{field: changed.get(field, "Something else.")})
    monkeypatch.setattr(dead_layers, "EARLY_DEAD", other)
    # The other wording of a statement is no part of the rule.
    assert (rule_book().hash == before) == (field in ("name", "positive"))


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        (late_flips, "FLIPS", 0.02),
        (late_flips, "LATE", (0.8, 1.0)),
        (shift_claims, "WINDOW", 11),
        (duplicate_neurons, "ALIKE", 0.95),
        (module, "COMMON", "Anything goes."),
        (rules, "SIGNIFICANT", 0.01),
    ],
)
def test_hash_of_another_threshold_window_or_common_rule_is_another(
    place: object, name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rule_book().hash
    monkeypatch.setattr(place, name, value)
    assert rule_book().hash != before


def test_constants_are_those_of_all_modules_of_claims() -> None:
    folder = {each.__name__ for each in MODULES}
    found = constants()
    assert {f"ginn.analysis.claims.{name}" for name in module_names()} <= folder
    assert found["late_flips.FLIPS"] == late_flips.FLIPS
    assert found["shift_claims.WINDOW"] == shift_claims.WINDOW
    assert found["revival.IMPOSED_ON"] == 32


def module_names() -> set[str]:
    """The names of all modules of claims."""
    paths = (ROOT / "ginn/analysis/claims").glob("*.py")
    return {path.stem for path in paths} - {"__init__"}
