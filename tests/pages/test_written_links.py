"""Links in Markdown that are certainly dead are found before pages are rendered, and only these."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ginn.pages.articles import Article
from ginn.pages.links import DeadLink
from ginn.pages.written_links import find_written_dead_link


def article(slug: str, body: str) -> Article:
    day = datetime.date(2026, 1, 1)
    return Article(Path(f"{slug}.md"), "Title", slug, "Description", 1, day, body)


def find(body: str) -> DeadLink | None:
    """The dead link found in an article, on a site with another article and two more files."""
    articles = [article("index", "## The top\n"), article("deep", f"## My *own*\n{body}\n")]
    return find_written_dead_link(articles, {"paper.pdf", "feed.xml"})


@pytest.mark.parametrize(
    "body",
    [
        "[x](../index.html)",
        "[x](../index.html#the-top)",
        "[x](../index.html#figure-one)",
        "[x](../static/paper.pdf)",
        "[x](../paper.pdf)",
        "[x](../feed.xml)",
        "[x](../data/facts.json)",
        "[x](../lab/index.html#anything)",
        "[x](#my-own)",
        "[x](https://example.org/nowhere) [y](mailto:a@example.org)",
        "[x]({{ page('nowhere') }})",
        "`[x](nowhere.html)`",
        "```\n[x](nowhere.html)\n```",
        "<!-- [x](nowhere.html) -->",
        "{# [x](nowhere.html) #}",
        "![x](cat.png)",
        "text[^1]\n\n[^1]: A note.",
    ],
)
def test_find_written_dead_link_of_a_link_that_may_lead_somewhere_is_none(body: str) -> None:
    assert find(body) is None


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("[x](nowhere.html)", "nowhere.html"),
        ("[x](index.md)", "index.md"),
        ("[x](../nowhere/)", "../nowhere/"),
        ("[x](../lab/)", "../lab/"),
        ("[x](cat.png)", "cat.png"),
        ('[x](nowhere.html "A title")', "nowhere.html"),
        ("[x](<nowhere.html>)", "nowhere.html"),
        ("[x][y]\n\n[y]: nowhere.html", "nowhere.html"),
        ('<a class="b" href="nowhere.html">x</a>', "nowhere.html"),
        ("[x](../index.html#bottom)", "../index.html#bottom"),
        ("[x](static/none.pdf)", "static/none.pdf"),
        ("[x](/nowhere)", "/nowhere"),
    ],
)
def test_find_written_dead_link_of_a_link_to_nowhere_has_its_line(body: str, target: str) -> None:
    dead = find(body)
    assert dead is not None
    assert f"a link to '{target}', which is nowhere" in str(dead.error())
    assert dead.error().line == 2 + body[: body.index(target)].count("\n")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("## Here", True),
        ("## Here {#there}", False),
        ('<p id="there">x</p>', False),
        ("## {{ facts.experiment.title }}", False),
        ("There\n-----", False),
        ("## Here\n## Here", False),
        ("> ## There", False),
    ],
)
def test_find_written_dead_link_of_an_id_judges_only_articles_whose_ids_are_known(
    other: str, found: bool
) -> None:
    articles = [article("index", f"[x](#there)\n\n{other}\n")]
    assert bool(find_written_dead_link(articles, ())) == found
