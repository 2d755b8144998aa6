"""Links of articles lead to files and ids of the site, or are refused with their line."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ginn.pages.articles import Article
from ginn.pages.links import DeadLink, find_dead_link, links_of

OTHERS = {"figures/a b.svg", "data/facts.json", "explore/index.html"}


def article(slug: str, body: str) -> Article:
    day = datetime.date(2026, 1, 1)
    return Article(Path(f"{slug}.md"), "Title", slug, "Description", 1, day, body)


def find(link: str) -> DeadLink | None:
    """What is found wrong with a link of the second of two articles."""
    articles = [article("index", ""), article("deep", f"one\n[x]({link})\n")]
    pages = {
        "index.html": '<h2 id="top">Top</h2>',
        "deep/index.html": f'<h2 id="here">Here</h2><a href="{link}">x</a>',
    }
    links = {address: links_of(html) for address, html in pages.items()}
    return find_dead_link(articles, links, {*pages, *OTHERS})


def test_links_of_a_page_are_its_addresses_and_ids_each_once() -> None:
    html = '<a href="a&amp;b" id="one">x</a><img src=\'c\'><a href="a&amp;b"></a><p id="">'
    links = links_of(html)
    assert links.targets == ("a&b", "c")
    assert links.ids == {"one"}


@pytest.mark.parametrize(
    "link",
    [
        "../index.html",
        "../index.html#top",
        "#here",
        "index.html#here",
        "../figures/a%20b.svg",
        "../data/facts.json",
        "../explore/index.html#run=seed-1&step=2",
        "https://example.org/nowhere",
        "mailto:someone@example.org",
        "tel:+441234567890",
    ],
)
def test_find_dead_link_of_a_link_that_leads_somewhere_is_none(link: str) -> None:
    assert find(link) is None


@pytest.mark.parametrize(
    "link",
    [
        "index.md",
        "../nowhere.html",
        "#there",
        "../index.html#here",
        "../../index.html",
        "/index.html",
        "//example.org",
        "//example.org/",
        "file:///etc/hosts",
        "javascript:alert()",
        "http://[",
    ],
)
def test_find_dead_link_of_a_link_to_nowhere_has_its_line(link: str) -> None:
    dead = find(link)
    assert dead is not None
    assert str(dead.error()).startswith(f"deep.md:2: found a link to '{link}', which is nowhere")
