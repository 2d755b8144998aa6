"""Drafts: shown by --draft and --serve with a badge, and absent from a site to publish."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from support.pages import BASE, FRONT, build_pages, plain_report
from support.paths import STARTER

from ginn import cli
from ginn.errors import AuthorError
from ginn.pages.metadata import Publication
from ginn.pipeline.content import Reading, read_content

pytestmark = pytest.mark.slow

WORDS = "Words of the draft."


def write(content: Path, slug: str, body: str = "Words.", draft: bool = False) -> None:
    head = FRONT.format(slug).replace('"T"', f'"Title of {slug}"')
    head = head.replace("+++\n", "+++\ndraft = true\n", 1) if draft else head
    (content / "articles").mkdir(exist_ok=True)
    (content / "articles" / f"{slug}.md").write_text(f"{head}{body}\n", encoding="utf-8")


def site(content: Path, **publication: bool) -> Mapping[str, bytes]:
    return build_pages(plain_report(), content, Publication(BASE, **publication))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Content with a draft."""
    write(tmp_path, "index")
    write(tmp_path, "later", WORDS, draft=True)
    return tmp_path


@pytest.fixture
def many(content: Path) -> Path:
    """Content with a draft, and with so many other articles that a page lists them all."""
    for number in range(9):
        write(content, f"other-{number}")
    return content


@pytest.mark.parametrize("publication", [{"draft": True}, {"served": True}])
def test_draft_is_shown_with_a_badge_while_it_is_written(
    many: Path, publication: dict[str, bool]
) -> None:
    pages = site(many, **publication)
    page = pages["later/index.html"].decode()
    assert WORDS in page
    assert '<b class="badge">Draft</b>' in page
    assert '<b class="badge">Draft</b>' in pages["articles/index.html"].decode()
    assert '<b class="badge">' not in pages["index.html"].decode()


def test_draft_is_nowhere_in_a_site_to_publish(many: Path) -> None:
    pages = site(many)
    assert "later/index.html" not in pages
    for address, file in pages.items():
        assert b"Title of later" not in file, address
        assert b"/later" not in file, address
    assert b"other-3" in pages["feed.xml"]


@pytest.mark.parametrize("link", ['[a]({{ page("later") }})', "[a](later/index.html)"])
def test_link_to_a_draft_is_refused_in_a_site_to_publish(content: Path, link: str) -> None:
    write(content, "index", link)
    assert site(content, draft=True)
    with pytest.raises(AuthorError) as caught:
        site(content)
    assert caught.value.path == content / "articles" / "index.md"
    assert caught.value.line == FRONT.count("\n") + 1
    assert "later" in caught.value.found


@pytest.mark.parametrize("link", ['[a]({{ page("later") }})', "[a](later/index.html)"])
def test_link_to_a_draft_is_found_before_the_training(tmp_path: Path, link: str) -> None:
    shutil.copytree(STARTER, tmp_path / "report")
    article = tmp_path / "report/articles/index.md"
    text = article.read_text(encoding="utf-8")
    write(tmp_path / "report", "later", draft=True)
    for condition in ("", "{% if draft %}"):
        end = "{% endif %}" if condition else ""
        article.write_text(f"{text}\n{condition}{link}{end}\n", encoding="utf-8")
        read_content(Reading(tmp_path / "report", draft=True))
        if condition and "page" in link:
            read_content(Reading(tmp_path / "report", with_drafts=False))
        else:
            with pytest.raises(AuthorError, match="later") as caught:
                read_content(Reading(tmp_path / "report", with_drafts=False))
            assert caught.value.line == text.count("\n") + 2


def test_link_to_a_draft_says_that_it_is_one(content: Path) -> None:
    write(content, "index", '[a]({{ page("later") }})')
    with pytest.raises(AuthorError, match="'later', an article with draft = true"):
        site(content)


def test_first_page_as_a_draft_is_refused_in_a_site_to_publish(content: Path) -> None:
    write(content, "index", draft=True)
    assert site(content, draft=True)
    with pytest.raises(AuthorError) as caught:
        site(content)
    assert (caught.value.key, caught.value.line) == ("draft", 2)


def test_drafts_are_shown_by_the_options_for_writing() -> None:
    shown = [cli.parse(words).publication.with_drafts for words in ([], ["--draft"], ["--serve"])]
    assert shown == [False, True, True]
