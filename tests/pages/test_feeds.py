"""Feed, site map, robots.txt and manifest, as other parsers read them."""

from __future__ import annotations

import datetime
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.pages import BASE, article_of, articles_of, plain_layout, plain_report, report_pages
from support.paths import CONTENT

from ginn.pages import feeds
from ginn.pages.metadata import Publication

ATOM = "{http://www.w3.org/2005/Atom}"


def test_feed_holds_what_rfc_4287_requires() -> None:
    root = ElementTree.fromstring(report_pages(base_url=BASE)["feed.xml"])
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == len(articles_of(CONTENT, [plain_report()]))
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    assert len(set(ids)) == len(ids)
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        updated = element.findtext(f"{ATOM}updated") or ""
        assert datetime.datetime.fromisoformat(updated).tzinfo
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == [None, "self"]


# XML 1.0 does not allow the excluded characters (2.2 Characters).
XML_TEXT = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")


@given(title=st.text(XML_TEXT, min_size=1))
def test_feed_of_any_title_can_be_read_back(title: str) -> None:
    article = replace(article_of(""), title=title)
    templates, publication = plain_layout().templates, Publication(BASE)
    written = feeds.atom(templates, [article], plain_report().site, publication)
    entry = ElementTree.fromstring(written).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == title


def test_site_map_lists_every_page_but_that_for_wrong_addresses() -> None:
    root = ElementTree.fromstring(report_pages(base_url=BASE)["sitemap.xml"])
    listed = {element.text for element in root.iter() if element.tag.endswith("}loc")}
    pages = {name for name in report_pages(base_url=BASE) if name.endswith(".html")} - {"404.html"}
    assert listed == {BASE + name.removesuffix("index.html") for name in pages}
    assert f"Sitemap: {BASE}sitemap.xml" in report_pages(base_url=BASE)["robots.txt"].decode()


def test_feed_begins_with_the_newest_article() -> None:
    days = [datetime.date(2026, 1, day) for day in (2, 3, 1)]
    articles = [replace(article_of("", f"a-{day.day}"), date=day) for day in days]
    templates, publication = plain_layout().templates, Publication(BASE)
    root = ElementTree.fromstring(feeds.atom(templates, articles, plain_report().site, publication))
    links = [link.get("href") for link in root.findall(f"{ATOM}entry/{ATOM}link")]
    assert links == [f"{BASE}a-3/", f"{BASE}a-2/", f"{BASE}a-1/"]
    assert root.findtext(f"{ATOM}updated") == "2026-01-03T00:00:00Z"


@given(text=st.text(XML_TEXT, min_size=1))
def test_web_manifest_of_any_words_can_be_read_back(text: str) -> None:
    site = plain_report().site.model_copy(update={"title": text, "description": text})
    icons = {"a.png": 192, "b.png": 512}
    manifest = json.loads(feeds.web_manifest(plain_layout().templates, site, icons, "#fff"))
    assert manifest["name"] == manifest["description"] == text
    assert [(icon["src"], icon["sizes"]) for icon in manifest["icons"]] == [
        ("a.png", "192x192"), ("b.png", "512x512"),
    ]  # fmt: skip
    assert manifest["background_color"] == manifest["theme_color"] == "#fff"
