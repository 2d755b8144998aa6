"""Pages in another language have no English words of the layout, unless marked as English."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import babel
import pytest
from support.pages import VOID, build_pages
from support.paths import ROOT
from support.sample_evidence import sample_evidence
from support.sample_report import make_report
from support.words import ENGLISH, GERMAN, pseudo

from ginn.analysis.claim import Claim
from ginn.files import TEMPLATES
from ginn.language.word_files import read_words
from ginn.language.words import Words
from ginn.pages.metadata import Publication
from ginn.pages.report import Report

pytestmark = pytest.mark.slow

FRONT = """+++
title = "Жж"
slug = "{slug}"
description = "Жж."
order = {order}
date = 2026-11-23
draft = {draft}
+++
"""
# An article with every function that adds words of the layout.
BODY = """
Жж {{ see("one") }} {{ layer(1) }} {{ interval(1, 3) }} {{ 0.99999 | percent }}
{{ 3 | words("жж") }} {{ 5000 | iteration }} {{ cite("work") }} {{ term("жж") }} "жж" жж[^1]

{{ figure("one", run=["good-1", "bad-1"], step=["first", "last"], caption="Жж.") }}

## Жж

{{ figure("two", "strip", caption="Жж.") }}

{{ figure("three", "loss", caption="Жж.") }}

{{ figure("four", "accuracy", caption="Жж.") }}

{{ figure("five", "screening_runs", caption="Жж.") }}

{{ figure("six", "regions", caption="Жж.") }}

{{ figure("seven", neurons=["layer 1", "layer 2 neuron 3", "none"], at=[0.3, 0.4], caption="Жж.") }}

{{ figure("eight", background="regions", neurons="none", caption="Жж.") }}

{{ evidence("Regions grow") }}

> [!NOTE]
> Жж

> [!WARNING]
> Жж

- [ ] жж
- [x] жж

[^1]: Жж.
"""
# Words that are the same in every language: names of programs, formats and files.
NAMES = r"GINN|NumPy|Python|Жж|жж|JSON|SVG|PNG|[\w.-]+\.(?:json|npz|py)|x|y|K|n|L|out|in"
SPOKEN = ("aria-label", "alt", "title", "aria-valuetext", "placeholder")
META = ("description", "og:title", "og:description", "og:image:alt", "og:site_name")


class Spoken(HTMLParser):
    """All texts of a page that a reader can see or hear.

    Elements whose language is `without` are left out.
    """

    def __init__(self, page: str, without: str = "") -> None:
        """Read the whole page."""
        super().__init__()
        self.without, self.texts = without, list[str]()
        self.open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        hidden = bool(self.open and self.open[-1][1])
        if "lang" in given:
            hidden = given["lang"] == self.without
        if not hidden:
            self.texts += [given[name] for name in SPOKEN if name in given]
            if (given.get("name") or given.get("property")) in META:
                self.texts.append(given["content"])
        if tag not in VOID and tag not in ("path", "circle"):
            self.open.append((tag, hidden or tag in ("script", "style", "code", "pre", "var")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and tag not in ("path", "circle") and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.open and self.open[-1][1]):
            self.texts.append(data)


def site_in(words: Words, language: str) -> Report:
    """A report whose own texts are in no Latin letters, with claims and evidence."""
    report = make_report(frozenset({2}), words)
    named = {"title": "Жж", "description": "Жж.", "author": "Жж", "licence": "Жж"}
    site = report.site.model_copy(update={**named, "language": language})
    claims = (
        Claim("Regions grow", "A statement.", "A definition.", "a value", "a control", 3, "holds"),
    )
    parts = tuple(replace(part, name="жж") for part in report.dataset.parts)
    facts = report.facts.experiment
    of_parts = tuple(replace(part, name="жж") for part in facts.parts)
    runs = tuple(
        replace(run, part_accuracy={"жж": next(iter(run.part_accuracy.values()))})
        for run in facts.full_runs
    )
    facts = replace(facts, parts=of_parts[:1], full_runs=runs)
    look = report.facts.examples
    dead = replace(look.dead_layer, part="жж") if look.dead_layer else None
    return replace(
        report,
        site=site,
        experiment=report.experiment.model_copy(update={"title": "Жж"}),
        dataset=replace(report.dataset, parts=parts),
        facts=replace(
            report.facts,
            claims=claims,
            evidence=sample_evidence(),
            experiment=facts,
            examples=replace(look, dead_layer=dead),
        ),
    )


@cache
def pages_in(words: Words, language: str, folder: Path) -> Mapping[str, str]:
    """The pages of a site of nine articles and two experiments."""
    (folder / "articles").mkdir(parents=True)
    for order in range(10):
        slug = "index" if order == 0 else "methods" if order == 1 else f"a-{order}"
        front = FRONT.format(slug=slug, order=order, draft=str(order == 2).lower())
        body = {0: BODY, 1: "{{ glossary() }}\n\n{{ claims_table() }}"}.get(order, "Жж.")
        (folder / f"articles/{slug}.md").write_text(front + body, encoding="utf-8")
    work = '[work]\nauthors = ["Жж"]\ntitle = "Жж"\nyear = 2018\n'
    (folder / "bibliography.toml").write_text(work, encoding="utf-8")
    (folder / "glossary.toml").write_text('"жж" = "жж"\n', encoding="utf-8")
    report = site_in(words, language)
    other = report.experiment.model_copy(update={"id": "other"})
    second = replace(report, experiment=other, first=False)
    made = build_pages(
        report,
        folder,
        Publication("https://a.example/", "https://b.example/", None, {"GINN": "9"}, draft=True),
        [second],
    )
    return {name: file.decode() for name, file in made.items() if name.endswith(".html")}


def left_over(page: str, without: str) -> list[str]:
    """The texts of a page with Latin words that are neither in brackets nor in NAMES."""
    found = []
    for text in Spoken(page, without).texts:
        rest = re.sub(rf"⟦[^⟧]*⟧|\b(?:{NAMES})\b", " ", text)
        if re.search(r"[A-Za-z]{2,}", rest):
            found.append(text)
    return found


def test_page_in_a_made_up_language_has_no_word_from_elsewhere(tmp_path: Path) -> None:
    # Bulgarian has the same plural forms as English, and writes months and "and" in Cyrillic.
    words = replace(pseudo(), language="qps", page="qps", locale=babel.Locale("bg"))
    pages = pages_in(words, "qps", tmp_path)
    assert {"index.html", "404.html", "articles/index.html", "explore/index.html"} <= set(pages)
    left = {name: found for name, page in pages.items() if (found := left_over(page, "en"))}
    assert left == {}
    # The check can fail: if English elements are not left out, it finds the sentences of claims.
    assert "A statement." in left_over(pages["index.html"], "")


def test_words_in_place_of_a_missing_language_are_marked(tmp_path: Path) -> None:
    words = replace(pseudo(read_words("fr", TEMPLATES)), page="fr")
    for name, page in pages_in(words, "fr", tmp_path).items():
        assert '<html lang="fr"' in page
        outside = [text for text in Spoken(page, "en").texts if "⟦" in text]
        # An author's sentence may contain words of the layout, from a filter. They are not marked.
        outside = [text for text in outside if "жж" not in text.lower()]
        # Words in a page's title and metadata cannot be marked, since these contain no elements.
        in_head = [text for text in outside if text in html.unescape(page.partition("<body>")[0])]
        assert outside == in_head, name


def test_german_page_is_german(tmp_path: Path) -> None:
    pages = pages_in(GERMAN, "de", tmp_path)
    index, explorer = pages["index.html"], pages["explore/index.html"]
    assert '<html lang="de">' in index
    assert "Zum Inhalt springen" in index
    assert '<b class="number">Abbildung 1.</b>' in index
    assert "23. November 2026" in index
    assert "Genauigkeit 98,0\N{NO-BREAK SPACE}%" in index
    assert "„жж“" in index
    assert '<dd lang="en">a value</dd>' in index
    assert "Aus 3 Läufen." in index
    assert '<h2 id="viewer-help-title">Hilfe</h2>' in explorer
    assert "Iteration 60.000" in index


def test_english_site_has_no_marks(tmp_path: Path) -> None:
    for page in pages_in(ENGLISH, "en-GB", tmp_path).values():
        assert 'lang="en"' not in page
        assert "⟦" not in page


# Attributes whose values come from separate blocks and macros.
NO_WORDS = re.compile(r"\{% block (?:type|kind) %\}\w+\{% endblock %\}|claim-")
PLACED = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("p*/*.html")), ids=lambda path: path.stem)
def test_template_has_no_word_of_its_own(path: Path) -> None:
    text = PLACED.sub("", NO_WORDS.sub("", path.read_text(encoding="utf-8")))
    own = [
        each
        for each in Spoken(text).texts
        if re.search(r"[A-Za-z]{2,}", each) and "Content-Security-Policy" not in each
    ]
    assert own == []


def test_every_word_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder, kind in ((ROOT / "ginn", "*.py"), (TEMPLATES, "*.html"), (TEMPLATES, "*.js"))
        for path in folder.rglob(kind)
    )
    unused, written = [], set(re.findall(r"\w+", sources))
    sections = {key.partition(".")[0] for key in ENGLISH.texts}
    used = {section for section in sections if f"{section}." in sources}
    for key in ENGLISH.texts:
        section, _, name = key.partition(".")
        last = name.removesuffix("-text").removesuffix("-keys").rpartition("-")[2]
        known = last in written or f'"{key}"' in sources
        unused += [] if known and section in used else [key]
    assert unused == []
