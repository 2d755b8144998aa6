"""Metadata of pages, as social sites, search engines and reference managers read it."""

from __future__ import annotations

import datetime
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.pages import BASE, ParsedPage, article_of, plain_report, report_pages
from support.paths import CONTENT

from ginn.errors import AuthorError
from ginn.pages.articles import read_articles
from ginn.pages.metadata import Publication, build_date, linked_data, web_address

PAGES = ["index.html", "explore/index.html"]


def site() -> Mapping[str, bytes]:
    """The report's pages, for a site whose address is known."""
    return report_pages(base_url=BASE)


class Head:
    """A page's meta and link elements, and its blocks of data."""

    def __init__(self, html: bytes) -> None:
        """Read the whole page."""
        page = ParsedPage(html)
        self.meta = {
            each.get("name") or each.get("property") or each.get("http-equiv", ""): each.get(
                "content", ""
            )
            for each in page.all("meta")
        }
        self.links = {each["rel"]: each["href"] for each in page.all("link")}
        self.data = re.findall(r'(?s)type="application/ld\+json">(.*?)</script>', html.decode())


# --- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_page_states_its_address_and_has_a_social_card(address: str) -> None:
    head = Head(site()[address])
    here = BASE + address.removesuffix("index.html")
    assert head.links["canonical"] == head.meta["og:url"] == here
    assert head.meta["og:title"]
    assert head.meta["og:description"] == head.meta["description"]
    picture = site()[head.meta["og:image"].removeprefix(BASE)]
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "PNG"
        assert image.size == (1200, 630)
        assert [str(side) for side in image.size] == [
            head.meta["og:image:width"],
            head.meta["og:image:height"],
        ]
    assert len(picture) < 300_000
    assert "boundaries of layer 1" in head.meta["og:image:alt"]
    assert head.meta["generator"] == "GINN 9.9"
    html = site()[address].decode()
    assert 'href="https://b.example/source/"' in html
    assert 'rel="license"' in html
    assert "NumPy 8.8" in html


def test_social_cards_differ_between_pages() -> None:
    cards = {Head(site()[address]).meta["og:image"] for address in PAGES}
    assert len(cards) == len(PAGES)


def test_page_without_the_sites_address_states_none() -> None:
    files = report_pages()
    assert not [name for name in files if name.startswith("cards/") or name.endswith(".xml")]
    for name in (*PAGES, "404.html"):
        head = Head(files[name])
        assert not {"og:url", "og:image", "citation_fulltext_html_url"} & set(head.meta)
        assert not {"canonical", "alternate"} & set(head.links)
    assert files["robots.txt"] == b"User-agent: *\nAllow: /\n"


def test_article_has_citation_tags_and_linked_data() -> None:
    head, article = Head(site()["index.html"]), read_articles(CONTENT / "articles")[0]
    assert head.meta["citation_title"] == article.title
    assert head.meta["citation_fulltext_html_url"] == BASE
    day = datetime.datetime.strptime(head.meta["citation_publication_date"], "%Y/%m/%d")
    assert day.date() == article.date
    (text,) = head.data
    data = json.loads(text)
    assert data["@type"] == "Article"
    assert data["headline"] == article.title
    assert data["url"] == BASE
    assert data["image"] == head.meta["og:image"]
    assert datetime.date.fromisoformat(data["datePublished"]) == article.date
    assert Head(site()["explore/index.html"]).data == []


def test_linked_data_of_any_title_cannot_end_its_element() -> None:
    article = replace(article_of(""), title="</script><script>alert(1)<!--")
    text = linked_data(article, plain_report().site, Publication(BASE), "")
    assert "<" not in text
    assert json.loads(text)["headline"] == article.title


def test_policy_comes_before_every_link() -> None:
    for name in (*PAGES, "404.html"):
        html = site()[name].decode()
        policy = html.index("Content-Security-Policy")
        assert policy < min(html.index("<link"), html.index("<body"))
        rules = dict(r.split(" ", 1) for r in Head(site()[name]).meta[
            "Content-Security-Policy"
        ].split("; "))  # fmt: skip
        assert rules["default-src"] == "'none'"
        assert {rules[f"{kind}-src"] for kind in ("script", "style", "img")} == {"'self'"}
        assert "unsafe" not in str(rules)


def test_icons_have_the_sizes_that_the_manifest_states() -> None:
    head = Head(site()["index.html"])
    manifest = json.loads(site()[head.links["manifest"]])
    for entry in manifest["icons"]:
        with Image.open(io.BytesIO(site()[f"assets/{entry['src']}"])) as image:
            assert f"{image.width}x{image.height}" == entry["sizes"]
    assert {"192x192", "512x512"} <= {entry["sizes"] for entry in manifest["icons"]}


# --- addresses and dates --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/name/", "https://a.example/name/"),
        ("http://localhost:8000/x/y", "http://localhost:8000/x/y/"),
    ],
)
def test_web_address_ends_in_a_slash(text: str, address: str) -> None:
    assert web_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "name", "/name/", "ftp://a.example", "https://", "https://a.example/?q=1",
     "https://a.example/#x", "https://a.example/?", "https://a example/", "javascript:alert(1)",
     'https://a.example/"onload="x', "https://[::1"],
)  # fmt: skip
def test_web_address_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(AuthorError, match="allowed: an address such as"):
        web_address(text)


@given(st.dates(datetime.date(1970, 1, 1), datetime.date(9998, 1, 1)), st.integers(0, 86_399))
def test_build_date_is_the_day_of_the_epoch(day: datetime.date, second: int) -> None:
    begun = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    epoch = str(int(begun.timestamp()) + second)
    assert build_date({"SOURCE_DATE_EPOCH": epoch}) == day
    assert build_date({}) is None


@pytest.mark.parametrize("found", ["yesterday", "1.5", "9" * 30])
def test_build_date_of_no_number_of_seconds_is_refused(found: str) -> None:
    with pytest.raises(AuthorError, match="SOURCE_DATE_EPOCH: found"):
        build_date({"SOURCE_DATE_EPOCH": found})
