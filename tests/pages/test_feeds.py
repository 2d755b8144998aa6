"""The files for programs, as a parser that is not ours reads them."""

from __future__ import annotations

import datetime
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from support.pages import render_site
from support.paths import ROOT
from support.report_double import make_report

from ginn.pages import feeds
from ginn.pages.articles import read_articles
from ginn.pages.metadata import Publication

ARTICLES, TEMPLATES = ROOT / "content/articles", ROOT / "templates"
BASE = "https://a.example/name/"
KNOWN = Publication(BASE)


@cache
def site() -> dict[str, bytes]:
    return render_site(make_report(), ARTICLES, TEMPLATES, KNOWN)


ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_holds_what_rfc_4287_asks_of_it() -> None:
    root = ElementTree.fromstring(site()["feed.xml"])
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == len(read_articles(ARTICLES))
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    assert len(set(ids)) == len(ids)
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        updated = element.findtext(f"{ATOM}updated") or ""
        assert datetime.datetime.fromisoformat(updated).tzinfo
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == [None, "self"]


# XML 1.0 has no place for these (2.2 Characters).
XML_TEXT = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")


@given(title=st.text(XML_TEXT, min_size=1))
def test_any_title_survives_the_feed(title: str) -> None:
    article = replace(read_articles(ARTICLES)[0], title=title)
    written = feeds.atom([article], make_report().site, KNOWN)
    entry = ElementTree.fromstring(written).find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == title


def test_the_site_map_lists_every_page_that_can_be_asked_for() -> None:
    root = ElementTree.fromstring(site()["sitemap.xml"])
    listed = {element.text for element in root.iter() if element.tag.endswith("}loc")}
    pages = {name for name in site() if name.endswith(".html")} - {"404.html"}
    assert listed == {BASE + name.removesuffix("index.html") for name in pages}
    assert f"Sitemap: {BASE}sitemap.xml" in site()["robots.txt"].decode()
