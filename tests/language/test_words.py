"""Numbers, dates and plurals, in English as in claims, and in German."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import babel
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.words import ENGLISH, GERMAN, pseudo

from ginn import formatting
from ginn.language.words import Words

NUMBERS = st.floats(-1e12, 1e12, allow_nan=False)
SHARES = st.floats(0, 1)


@given(NUMBERS, st.integers(0, 6))
def test_decimal_in_english_is_that_of_claims(value: float, digits: int) -> None:
    assert ENGLISH.decimal(value, digits) == formatting.decimal(value, digits)


@given(NUMBERS, st.integers(1, 6))
def test_significant_in_english_is_that_of_claims(value: float, digits: int) -> None:
    assert ENGLISH.significant(value, digits) == formatting.significant(value, digits)


@given(SHARES, st.integers(0, 4))
def test_percent_and_p_value_in_english_are_those_of_claims(share: float, digits: int) -> None:
    assert ENGLISH.percent(share, digits) == formatting.percent(share, digits)
    assert ENGLISH.p_value(share) == formatting.p_value(share)
    assert ENGLISH.degrees(share * 360, digits) == formatting.degrees(share * 360, digits)


@given(st.integers(0, 10**9), st.floats(0, 1e6))
def test_counts_and_times_in_english_are_those_of_claims(value: int, seconds: float) -> None:
    assert ENGLISH.count(-value) == formatting.count(-value)
    assert ENGLISH.count(value, "run") == formatting.count(value, "run")
    assert ENGLISH.words(value, "run") == formatting.words(value, "run")
    assert ENGLISH.words(value % 14) == formatting.words(value % 14)
    assert ENGLISH.iteration(value) == formatting.iteration(value)
    assert ENGLISH.duration(seconds) == formatting.duration(seconds)


def test_kilobytes_of_any_size_are_at_least_one() -> None:
    sizes = {0: "1 kB", 1_499: "1 kB", 1_501: "2 kB", 1_050_000: "1,050 kB"}
    assert {size: ENGLISH.kilobytes(size) for size in sizes} == sizes


@given(
    st.tuples(SHARES, SHARES).map(sorted),
    st.sampled_from(["percent", "decimal", "significant", "degrees"]),
)
def test_span_in_english_is_that_of_claims(ends: list[float], form: str) -> None:
    assert ENGLISH.span(ends, form) == formatting.span(ends, form)
    ends = [round(1e4 * end) for end in ends]
    assert ENGLISH.span(ends, "iteration") == formatting.span(ends, "iteration")
    assert ENGLISH.span([-1, *ends[:1]], form="count") == formatting.span([-1, *ends[:1]], "count")


@given(st.lists(st.text("ab", min_size=1)))
def test_listing_in_english_is_that_of_claims(items: list[str]) -> None:
    assert ENGLISH.listing(items) == formatting.listing(items)


@given(NUMBERS, st.integers(0, 4))
def test_decimal_in_german_is_the_same_number(value: float, digits: int) -> None:
    written = GERMAN.significant(value, digits + 1)
    plain = written.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-")
    assert Decimal(plain) == Decimal(formatting.significant(value, digits + 1)
                                     .replace(",", "").replace("\N{MINUS SIGN}", "-"))  # fmt: skip


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (lambda w: w.count(1_234_567), "1.234.567"),
        (lambda w: w.decimal(0.25), "0,25"),
        (lambda w: w.decimal(-1.5, 1), "−1,5"),
        (lambda w: w.percent(0.7), "70,0\N{NO-BREAK SPACE}%"),
        (lambda w: w.percent(0.99999), "über 99,9\N{NO-BREAK SPACE}%"),
        (lambda w: w.span([0.02, 0.08], "percent"), "2,0–8,0\N{NO-BREAK SPACE}%"),
        (lambda w: w.span([-1, 2]), "−1,00 bis 2,00"),
        (lambda w: w.span([5, 5_000], "iteration"), "Iterationen 5–5.000"),
        (lambda w: w.p_value(0.0001), "p < 0,001"),
        (lambda w: w.words(0, "Lauf", "Läufe"), "keine Läufe"),
        (lambda w: w.words(1, "Lauf", "Läufe"), "1 Lauf"),
        (lambda w: w.words(3, "Lauf", "Läufe"), "drei Läufe"),
        (lambda w: w.listing(["a", "b", "c"]), "a, b und c"),
        (lambda w: w.date(datetime.date(2026, 11, 3)), "3. November 2026"),
        (lambda w: w.say("claim.from", count=1), "Aus 1 Lauf."),
        (lambda w: w.say("claim.from", count=1200), "Aus 1.200 Läufen."),
    ],
)
def test_german_is_written_as_germans_do(write: Callable[[Words], str], text: str) -> None:
    assert write(GERMAN) == text


def test_say_chooses_the_form_of_the_language() -> None:
    forms = {name: f"{name} {{count}}" for name in ("one", "few", "many", "other")}
    russian = replace(ENGLISH, texts={"a.b": forms}, locale=babel.Locale("ru"))
    said = [russian.say("a.b", count=count) for count in (1, 3, 5, 21)]
    assert said == ["one 1", "few 3", "many 5", "one 21"]


def test_words_with_the_same_texts_are_equal_and_others_are_not() -> None:
    same = replace(GERMAN, texts=dict(GERMAN.texts))
    assert same == GERMAN
    assert hash(same) == hash(GERMAN)
    assert replace(GERMAN, texts={**GERMAN.texts, "page.skip": "x"}) != GERMAN
    assert replace(GERMAN, locale=babel.Locale("de", "AT")) != GERMAN


def test_pseudo_words_have_every_word_in_brackets() -> None:
    said = pseudo().say("claim.verdict-from", count=2, verdict="V")
    assert said == "V⟦, from ⟧2⟦ runs.⟧"
