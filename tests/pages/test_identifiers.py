"""Ids of headings and words: in any script, and never one that the layout uses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.extensions.toc import slugify
from support.paths import ROOT

from ginn.analysis.claim import unmeasured
from ginn.analysis.claims.corner_kinks import AT_CORNERS
from ginn.pages.glossary import anchor
from ginn.pages.identifiers import (
    NAMELESS,
    OF_LAYOUT,
    PREFIXES,
    heading_identifier,
    identifier,
    is_of_layout,
)

TEMPLATES = [
    *(ROOT / "templates/partials").glob("*.html"),
    ROOT / "templates/pages/article.html",
    ROOT / "ginn/pages/citations.py",
    ROOT / "ginn/pages/glossary.py",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Слой 1", "слой-1"),
        ("図", "図"),
        ("שלום עולם", "שלום-עולם"),
        ("नमस्ते", "नमस्ते"),
        ("Ελλάδα", "ελλάδα"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("Don't *wait* -- a_b", "dont-wait-a_b"),
        ("\N{PARTY POPPER}!", ""),
    ],
)
def test_identifier_keeps_letters_of_any_script(text: str, expected: str) -> None:
    assert identifier(text) == expected


@given(st.text(st.characters(max_codepoint=126)))
def test_identifier_of_ascii_is_that_of_markdown(text: str) -> None:
    assert identifier(text).strip("-") == slugify(text, "-").strip("-")


@given(st.one_of(st.text(), st.sampled_from(sorted(OF_LAYOUT)), st.sampled_from(PREFIXES)))
def test_heading_identifier_is_a_name_that_the_layout_never_uses(text: str) -> None:
    name = heading_identifier(text)
    assert name
    assert not re.search(r"\s", name)
    assert not is_of_layout(name)


def test_heading_identifier_without_letters_is_named() -> None:
    assert heading_identifier("\N{PARTY POPPER}") == NAMELESS
    assert heading_identifier("Main") == "section-main"


def test_every_id_of_the_templates_is_kept_from_headings() -> None:
    found = [
        (path.name, name)
        for path in TEMPLATES
        for name in re.findall(r'\bid="([^"]*)"', path.read_text(encoding="utf-8"))
        # The id begins with the result of `anchor`, whose module is in the list.
        if not name.startswith("{")
    ]
    assert len(found) >= 8
    for file, name in found:
        beginning = re.split(r"\{", name)[0]
        kept = name in OF_LAYOUT if "{" not in name else beginning in PREFIXES
        assert kept or name.startswith(PREFIXES), (file, name)
    assert anchor("x").startswith(PREFIXES)
    macros = (ROOT / "templates/partials/claims.html").read_text(encoding="utf-8")
    assert 'id="{{ row.anchor }}"' in macros
    assert unmeasured(AT_CORNERS, "no corners").anchor == "claim-bends-at-corners"
