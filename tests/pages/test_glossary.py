"""The glossary: read strictly, shown at a word's first use, and listed under anchors."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.paths import ROOT

from ginn.errors import AuthorError
from ginn.pages.glossary import Glossary, Terms, anchor, read_glossary

WORDS = {"kink": "A bend & more.", "linear region": "A piece."}


def test_term_shows_its_meaning_at_the_first_use_only() -> None:
    terms = Terms(Glossary(WORDS, "../methods/index.html"))
    first = terms.term("kink", "kinks")
    assert 'href="../methods/index.html#term-kink"' in first
    assert 'aria-describedby="term-kink-meaning">kinks</a>' in first
    assert 'role="tooltip" id="term-kink-meaning">A bend &amp; more.<' in first
    assert terms.term("kink", "a <b>") == "a &lt;b&gt;"
    assert "term-linear-region" in terms.term("linear region")


def test_term_that_is_unknown_is_refused_with_the_known_ones() -> None:
    with pytest.raises(AuthorError, match="found 'bend', allowed: kink, linear region"):
        Terms(Glossary(WORDS)).term("bend")
    with pytest.raises(AuthorError, match="the glossary is empty"):
        Terms(Glossary()).term("kink")


def test_listed_has_every_word_under_its_anchor() -> None:
    listed = Glossary(WORDS).listed()
    for word in WORDS:
        assert listed.count(f'<div id="{anchor(word)}"><dt>{word}</dt>') == 1
    assert "A bend &amp; more." in listed


@pytest.mark.parametrize("text", ["a = 3", 'a = ""', 'a = "b\\nc"', "[a]\nb = 'c'"])
def test_read_glossary_with_a_meaning_that_is_no_line_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "glossary.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError, match=r"glossary\.toml:1: a: found"):
        read_glossary(file)


def test_read_glossary_without_a_file_has_no_words(tmp_path: Path) -> None:
    assert read_glossary(tmp_path / "glossary.toml") == {}


def test_read_glossary_of_the_report_has_one_anchor_a_word() -> None:
    words = read_glossary(ROOT / "content/glossary.toml")
    assert len({anchor(word) for word in words}) == len(words) > 8
    assert all(meaning.endswith(".") for meaning in words.values())
