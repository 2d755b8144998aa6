"""The cache of pages: only pages whose inputs changed are rendered again, and the site is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.in_process import in_process_runner
from support.link_checker import complaints
from support.pages import build_pages
from support.sample_report import make_report
from support.words import ENGLISH

from ginn.errors import AuthorError
from ginn.files import TEMPLATES
from ginn.pages.articles import read_articles
from ginn.pages.layout import Layout, Rendered
from ginn.pages.metadata import Publication
from ginn.pages.report import Report
from ginn.pages.site import MOST_IN_HEADER, Pages
from ginn.pipeline.site import render_site as render_with_cache
from ginn.runtime.cache import Cache

pytestmark = pytest.mark.slow

COUNT = 32
FRONT = """+++
title = "Article {number}"
slug = "{slug}"
description = "About {number}."
order = {number}
date = 2026-11-23
{more}
+++
"""
LIST = "articles/index.html"


def slug(number: int) -> str:
    return f"article-{number}" if number else "index"


def write(folder: Path, number: int, body: str, more: str = "", title: str = "") -> None:
    text = FRONT.format(number=number, slug=slug(number), more=more) + body
    text = text.replace(f'title = "Article {number}"', title or f'title = "Article {number}"')
    (folder / f"articles/{slug(number)}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Many articles, each with a link to the next one."""
    (tmp_path / "articles").mkdir()
    for number in range(COUNT):
        write(
            tmp_path, number, f'On to [the next]({{{{ page("{slug((number + 1) % COUNT)}") }}}}).'
        )
    return tmp_path


def reports(second_key: str = "second") -> tuple[Report, Report]:
    first = replace(make_report(), key="first")
    other = first.experiment.model_copy(update={"id": "other", "title": "Other"})
    return first, replace(first, experiment=other, first=False, key=second_key)


def rendered_pages(
    content: Path, both: tuple[Report, Report] | None = None
) -> tuple[set[str], Any]:
    """The pages that were rendered for the site as it is now, and the site."""
    rendered: set[str] = set()
    page = Layout.page

    def note(self: Layout, template: str, address: str, *more: Any, **named: Any) -> Rendered:
        rendered.add(address)
        return page(self, template, address, *more, **named)

    articles = tuple(read_articles(content / "articles"))
    others = {"build.json", make_report().data["index"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layout, "page", note)
        made = render_with_cache(
            content,
            articles,
            both or reports(),
            Publication(),
            others,
            in_process_runner(Cache(content / "cache")),
        )
    return rendered, made


def test_render_site_edit_of_one_article_renders_one_article(content: Path) -> None:
    everything, first = rendered_pages(content)
    # The articles, two explorers, two pages of downloads, the laboratory, the list of articles, and
    # the page for missing addresses.
    assert len(everything) == COUNT + 2 + 2 + 1 + 1 + 1
    assert rendered_pages(content) == (set(), first)
    write(content, 30, f"Another text, and [the next]({{{{ page('{slug(31)}') }}}}).")
    rendered, site = rendered_pages(content)
    assert rendered == {"article-30/index.html"}
    assert {name for name in site if site[name] != first.get(name)} == {"article-30/index.html"}
    report, other = reports()
    assert site == build_pages(report, content, others=[other])


def test_render_site_new_title_renders_the_pages_that_show_it(content: Path) -> None:
    everything, _ = rendered_pages(content)
    last = COUNT - 1
    body = '[the first]({{ page("index") }})'
    write(content, last, body, title='title = "Renamed"')
    rendered, site = rendered_pages(content)
    assert rendered == {f"{slug(last)}/index.html", LIST, "404.html"}
    assert b"Renamed" in site[LIST]
    write(content, 1, body, title='title = "Renamed, too"')
    assert rendered_pages(content)[0] == everything


def test_render_site_header_names_a_few_articles_and_the_list_all(content: Path) -> None:
    _, site = rendered_pages(content)
    for address in ("index.html", f"{slug(COUNT - 1)}/index.html"):
        header = site[address].decode().split("</header>")[0]
        others = ["All articles", "Explore", "Laboratory", "Data"]
        assert header.count("<li>") == MOST_IN_HEADER + len(others)
        assert 'articles/index.html">All articles</a>' in header
    assert all(f'href="../{slug(n)}/index.html"'.encode() in site[LIST] for n in range(1, COUNT))
    assert complaints(site, elsewhere=("data/",)) == []


def test_render_site_new_facts_render_the_pages_that_read_them(content: Path) -> None:
    write(content, 1, '{{ experiments["other"].experiment.id }}')
    write(content, 2, "Of the other one.", 'experiment = "other"')
    rendered_pages(content)
    changed = reports("changed")
    rendered, _ = rendered_pages(content, changed)
    # The page of the laboratory depends on the runs of every experiment.
    own = {"explore/other/index.html", "downloads/other/index.html", "lab/index.html"}
    assert rendered == {f"{slug(n)}/index.html" for n in (1, 2)} | own


def test_render_site_dead_link_of_a_kept_page_is_refused_and_not_kept(content: Path) -> None:
    rendered_pages(content)
    (content / "articles/article-31.md").unlink()
    with pytest.raises(AuthorError, match="page: found 'article-31', allowed: index") as caught:
        rendered_pages(content)
    assert caught.value.path.name == "article-30.md"
    assert caught.value.line == 9
    write(content, 30, "[gone](../article-31/index.html)")
    before = set((content / "cache/pages").iterdir())
    for _ in range(2):
        with pytest.raises(AuthorError, match=r"article-30\.md:9: found a link to '\.\./art"):
            rendered_pages(content)
        # A page with a mistake is not kept.
        assert set((content / "cache/pages").iterdir()) <= before


def test_render_site_new_glossary_renders_every_page(content: Path) -> None:
    everything, _ = rendered_pages(content)
    (content / "glossary.toml").write_text('"kink" = "A bend."\n', encoding="utf-8")
    assert rendered_pages(content)[0] == everything


@pytest.mark.parametrize("count", [1, 2, 8, 9])
def test_experiments_list_of_more_than_eight_is_folded(content: Path, count: int) -> None:
    site = Pages(
        reports(), read_articles(content / "articles"), {}, {}, TEMPLATES, Publication(), ENGLISH
    )
    one = {"title": "One", "address": "x.html", "current": False}
    html = site.templates.get_template("partials/experiments.html").render(
        experiments=[one] * count
    )
    assert html.count("<li>") == (count if count > 1 else 0)
    assert ("<details>" in html) == (count > 8)


def test_changed_word_makes_every_page_again_and_only_once(content: Path) -> None:
    first, second = reports()
    rendered_pages(content, (first, second))
    words = replace(ENGLISH, texts={**ENGLISH.texts, "page.skip": "Skip"})
    changed = (replace(first, words=words), replace(second, words=words))
    again, _ = rendered_pages(content, changed)
    assert {"index.html", "404.html", first.explorer, first.downloads, LIST} <= again
    assert rendered_pages(content, changed)[0] == set()
