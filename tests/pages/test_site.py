"""The parts of a site, and that its files lead to each other."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import replace

import pytest
from support.link_checker import complaints
from support.pages import BASE, article_of, plain_report, report_pages
from support.sample_report import SEEDS
from support.words import ENGLISH

from ginn.errors import AuthorError
from ginn.files import TEMPLATES
from ginn.pages.articles import Article
from ginn.pages.metadata import Publication
from ginn.pages.site import ALL_ARTICLES, MOST_IN_HEADER, Pages
from ginn.runtime.digests import digest

FAILED = frozenset({2, 5})


def pages_of(articles: list[Article], meaning: str = "A bend.") -> Pages:
    meanings = {"kink": meaning}
    return Pages([plain_report()], articles, {}, meanings, TEMPLATES, Publication(), ENGLISH)


@pytest.mark.parametrize(
    ("failed", "base_url"),
    [(frozenset(), ""), (FAILED, ""), (frozenset(SEEDS), ""), (frozenset(), BASE)],
)
def test_every_address_leads_to_a_file_and_no_file_is_an_orphan(
    failed: frozenset[int], base_url: str
) -> None:
    assert complaints(report_pages(failed, base_url), base_url, ("data/",)) == []


def test_names_of_files_that_pages_load_follow_their_contents() -> None:
    for address, content in report_pages(FAILED).items():
        if not address.endswith((".html", ".txt", ".xml", "/newest.js")):
            assert hashlib.sha256(content).hexdigest()[:10] in address


def test_a_page_with_its_figures_and_its_script_is_light() -> None:
    site = report_pages(FAILED)
    shown = set(re.findall(r"figures/[^\"]+", site["index.html"].decode()))
    parts = [a for a in site if a in shown or a.startswith("assets/style") or a == "index.html"]
    assert len(parts) > 20
    assert sum(len(gzip.compress(site[a])) for a in parts) < 200_000
    (script,) = (data for name, data in site.items() if name.startswith("assets/art"))
    assert len(gzip.compress(script)) <= 2_000


def test_parts_have_names_of_their_own_and_needs_with_a_digest() -> None:
    parts = list(pages_of([article_of("a"), article_of("b", "b")]).parts())
    names = [part.name for part in parts]
    assert len(set(names)) == len(names)
    assert {"assets", "article-index", "article-b", "explore-bottle", "whole"} <= set(names)
    digest([part.needs for part in parts])


def test_needs_of_an_article_change_with_its_text_and_with_nothing_else() -> None:
    def needs(body: str) -> dict[str, str]:
        parts = pages_of([article_of("a"), article_of(body, "b")]).parts()
        return {part.name: digest(part.needs) for part in parts}

    before, after = needs("b"), needs("c")
    assert {name for name in before if before[name] != after[name]} == {"article-b"}


def test_shared_inputs_hold_what_any_page_may_show() -> None:
    articles = [article_of("a")]
    before = digest(pages_of(articles).shared())
    assert digest(pages_of(articles, "A turn.").shared()) != before
    assert digest(pages_of(articles).shared()) == before
    titled = [replace(articles[0], title="Another")]
    # The header does not have the title of the first article.
    assert digest(pages_of(titled).shared()) == before
    assert digest(pages_of([*articles, article_of("b", "b")]).shared()) != before


@pytest.mark.parametrize("count", [MOST_IN_HEADER, MOST_IN_HEADER + 1])
def test_header_names_few_articles_and_one_page_names_all(count: int) -> None:
    articles = [article_of("a"), *(article_of("b", f"b-{n}") for n in range(count))]
    pages = pages_of(articles)
    (whole,) = (pages.make(part) for part in pages.parts() if part.name == "whole")
    header = [link.title for link in pages.layout.header]
    others = ["Explore", "Laboratory", "Data"]
    if count <= MOST_IN_HEADER:
        assert header == [*["T"] * count, *others]
        assert ALL_ARTICLES not in whole.files
    else:
        assert header == [*["T"] * MOST_IN_HEADER, "All articles", *others]
        links = whole.links[ALL_ARTICLES].targets
        assert {f"../{article.address}" for article in articles} <= set(links)


def test_make_of_an_article_that_names_a_missing_page_is_refused_with_its_line() -> None:
    pages = pages_of([article_of('a\n[x]({{ page("y") }})')])
    (part,) = (part for part in pages.parts() if part.name == "article-index")
    with pytest.raises(AuthorError, match=r"index\.md:9: page: found 'y', allowed: index, explore"):
        pages.make(part)
