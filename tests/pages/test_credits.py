"""The authors of an article: on its page, in its metadata, in the feed, and in its citation."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from support.pages import BASE, ParsedPage, article_of, page_of, plain_layout, plain_report

from ginn.config.authors import Author
from ginn.pages import feeds
from ginn.pages.articles import Article
from ginn.pages.credits import authors_of, byline
from ginn.pages.metadata import Publication

ORCID = "0000-0002-1825-0097"
ADA = Author(
    name="Ada",
    affiliations=("London", "Engines & Co"),
    orcid=ORCID,
    url="https://a.example/",
    email="ada@a.example",
)
BO, CY = Author(name="Bo <B>", affiliations=("London",)), Author(name="Cy")
ATOM = "{http://www.w3.org/2005/Atom}"


def by(*authors: Author) -> Article:
    return replace(article_of("Text."), authors=authors)


def html_by(*authors: Author) -> str:
    article = by(*authors)
    return page_of(article).files[article.address].decode()


def line_of(html: str) -> str:
    found = re.search(r'<div class="byline">.*?</div>', html, re.DOTALL)
    assert found
    return " ".join(ParsedPage(found[0]).text.split())


def test_byline_numbers_shared_affiliations_in_their_order() -> None:
    said = line_of(html_by(ADA, BO, CY))
    assert said.startswith("Ada1,2 ada@a.example, Bo <B>1, Cy, ")
    assert said.endswith("1London 2Engines & Co")


def test_byline_where_all_share_their_affiliations_has_no_numbers() -> None:
    assert line_of(html_by(BO, replace_name(BO, "Di"))).startswith("Bo <B>, Di, ")
    assert line_of(html_by(BO)).endswith("London")


def replace_name(author: Author, name: str) -> Author:
    return author.model_copy(update={"name": name})


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), min_size=1, max_size=5))
def test_byline_of_any_authors_numbers_each_affiliation_once(lists: list[list[str]]) -> None:
    authors = [Author(name=str(n), affiliations=tuple(each)) for n, each in enumerate(lists)]
    made = byline(authors)
    assert len(set(made.affiliations)) == len(made.affiliations)
    for credit in made.credits:
        found = [made.affiliations[number - 1] for number in credit.numbers]
        assert found == list(dict.fromkeys(credit.author.affiliations))
    firsts = [number for credit in made.credits for number in credit.numbers]
    assert list(dict.fromkeys(firsts)) == list(range(1, len(made.affiliations) + 1))


def test_byline_links_page_and_orcid_with_a_name_for_screen_readers() -> None:
    links = ParsedPage(html_by(ADA, CY)).all("a")
    (orcid,) = [link for link in links if link.get("class") == "orcid"]
    assert orcid["href"] == f"https://orcid.org/{ORCID}"
    assert "Ada" in orcid["aria-label"]
    assert {"https://a.example/", "mailto:ada@a.example"} <= {link["href"] for link in links}


def test_metadata_names_every_author_in_order() -> None:
    html = html_by(ADA, CY)
    meta = [
        (each.get("name", ""), each["content"])
        for each in ParsedPage(html).all("meta")
        if "author" in each.get("name", "")
    ]
    assert meta == [
        ("author", "Ada"),
        ("author", "Cy"),
        ("citation_author", "Ada"),
        ("citation_author_institution", "London"),
        ("citation_author_institution", "Engines & Co"),
        ("citation_author_orcid", f"https://orcid.org/{ORCID}"),
        ("citation_author_email", "ada@a.example"),
        ("citation_author", "Cy"),
    ]
    found = re.search(r"ld\+json\">\n(.*?)</script>", html, re.DOTALL)
    assert found
    ada, cy = json.loads(found[1])["author"]
    assert (ada["@type"], ada["@id"]) == ("Person", f"https://orcid.org/{ORCID}")
    assert [each["name"] for each in ada["affiliation"]] == ["London", "Engines & Co"]
    assert cy == {"name": "Cy"}


def test_citation_of_an_article_names_its_authors() -> None:
    html = html_by(ADA, CY)
    assert "author = {Ada and Cy}" in html
    assert "Ada and Cy, T" in html
    assert "by The replication authors." in html


def test_article_without_authors_has_those_of_the_site() -> None:
    site = plain_report().site
    assert authors_of(article_of(""), site) == site.credited
    known = site.model_copy(update={"authors": (ADA, BO)})
    assert authors_of(article_of(""), known) == (ADA, BO)
    assert authors_of(replace(article_of(""), author="Ada"), known) == (ADA,)


def test_feed_names_the_authors_of_the_site_and_an_articles_own() -> None:
    site = plain_report().site.model_copy(update={"authors": (BO, CY)})
    articles = [by(ADA), article_of("", "b")]
    written = feeds.atom(plain_layout().templates, articles, site, Publication(BASE))
    root = ElementTree.fromstring(written)
    assert [each.findtext(f"{ATOM}name") for each in root.findall(f"{ATOM}author")] == [
        "Bo <B>",
        "Cy",
    ]
    own, other = root.findall(f"{ATOM}entry")
    assert [(each.tag, each.text) for each in own.find(f"{ATOM}author") or ()] == [
        (f"{ATOM}name", "Ada"),
        (f"{ATOM}uri", "https://a.example/"),
        (f"{ATOM}email", "ada@a.example"),
    ]
    assert other.find(f"{ATOM}author") is None
