"""What every page has: landmarks, a policy, a header, and a link to the first page."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from support.pages import (
    BASE,
    ParsedPage,
    article_of,
    parsed,
    plain_layout,
    plain_report,
    report_pages,
)
from support.paths import ROOT
from support.words import ENGLISH

from ginn.files import TEMPLATES
from ginn.pages.layout import direction, links_between, root_from
from ginn.pages.metadata import Publication
from ginn.pages.site import Pages
from ginn.pipeline.site import with_manifest
from ginn.runtime.output_dir import MARKER

FAILED = frozenset({2, 5})


def test_page_is_well_formed_with_landmarks_and_metadata() -> None:
    for address, page in parsed(report_pages(FAILED)).items():
        tags = [tag for tag, _ in page.elements]
        for tag in ("h1", "main", "footer", "title"):
            assert tags.count(tag) == 1, (address, tag)
        assert tags.count("header") >= 1
        assert page.all("html")[0]["lang"] == "en-GB"
        assert ("a", "#main") in list(page.addresses())
        names = [attributes.get("name") for attributes in page.all("meta")]
        assert {"viewport", "description", "color-scheme"} <= set(names)


def test_page_obeys_its_own_policy() -> None:
    for page in parsed(report_pages(FAILED)).values():
        for tag, attributes in page.elements:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
        scripts = [a for a in page.all("script") if a.get("type") != "application/ld+json"]
        assert all("src" in script for script in scripts)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en-GB", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("FA", "rtl"), ("ur-PK", "rtl"),
     ("az", "ltr"), ("az-Arab", "rtl"), ("ar-Latn", "ltr"), ("sr-Cyrl-RS", "ltr")],
)  # fmt: skip
def test_page_has_the_direction_of_its_language(language: str, expected: str) -> None:
    assert direction(language) == expected
    layout = plain_layout()
    site = layout.site.model_copy(update={"language": language})
    rendered = replace(layout, site=site).page("articles.html", "a.html", {"articles": []}, {})
    (html,) = ParsedPage(rendered.files["a.html"]).all("html")
    assert html.get("dir", "ltr") == expected


def test_style_sheet_has_no_side_that_does_not_follow_the_direction() -> None:
    style = (ROOT / "templates/style.css").read_text(encoding="utf-8")
    sides = re.findall(r"(?:margin|padding|border)-(?:left|right)\b|(?:float|clear): [\w-]+", style)
    assert set(sides) == {"float: inline-end", "clear: inline-end"}


def test_page_for_wrong_addresses_links_to_the_site_by_its_address() -> None:
    page = ParsedPage(report_pages(base_url=BASE)["404.html"])
    licence, source = plain_report().site.licence_url, "https://b.example/source/"
    targets = {target for _, target in page.addresses()} - {"#main", licence, source}
    assert f"{BASE}index.html" in targets
    assert all(target.startswith(BASE) for target in targets)
    assert not [link for link in page.all("link") if link["rel"] == "canonical"]


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("explore/index.html", {"Explore": "page"}),
        ("explore/other/index.html", {"Explore": "true"}),
        ("index.html", {}),
        ("explore-more/index.html", {}),
    ],
)
def test_header_marks_the_page_and_its_section(address: str, current: dict[str, str]) -> None:
    rendered = plain_layout().page("articles.html", address, {"articles": []}, {})
    page = ParsedPage(rendered.files[address])
    marked = [a for a in page.all("a") if "aria-current" in a]
    assert [a["aria-current"] for a in marked] == list(current.values())
    assert rendered.links.keys() == {address}
    assert root_from(address) + "index.html" in rendered.links[address].targets


def test_page_keeps_the_files_that_it_shows() -> None:
    rendered = plain_layout().page("articles.html", "a.html", {"articles": []}, {"b.svg": b"c"})
    assert rendered.files["b.svg"] == b"c"
    assert rendered.links.keys() == {"a.html"}


def test_card_without_the_sites_address_is_empty() -> None:
    files: dict[str, bytes] = {}
    assert plain_layout().card("a", "A", plain_report(), files, None) == {}
    assert files == {}


def test_links_between_experiments_mark_the_current_one() -> None:
    report = plain_report()
    (link,) = links_between([report], report, "downloads")
    assert link == {
        "title": report.experiment.title,
        "address": "../downloads/index.html",
        "current": True,
    }


@pytest.mark.parametrize("draft", [True, False])
def test_pages_of_a_draft_say_so_to_readers_and_to_search_engines(draft: bool) -> None:
    site = Pages(
        [plain_report()], [article_of("")], {}, {}, TEMPLATES, Publication(draft=draft), ENGLISH
    )
    for part in site.parts():
        for address, file in site.make(part).files.items():
            if address.endswith(".html") and address != "404.html":
                assert (b'<meta name="robots" content="noindex">' in file) == draft
                assert (b"<b>Draft.</b>" in file) == draft
    assert json.loads(with_manifest({}, Publication(draft=draft))[MARKER])["draft"] == draft
