"""Links within the site lead somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from ginn.config.models import InputError
from ginn.pages.links import check_links, links_of


def check(tmp_path: Path, link: str) -> None:
    source = tmp_path / "deep.md"
    source.write_text(f"one\n[x]({link})\n", encoding="utf-8")
    page = f'<h2 id="here">Here</h2><a href="{link}">x</a>'
    files = {
        "index.html": b'<h2 id="top">Top</h2>',
        "deep/index.html": page.encode(),
        "figures/a b.svg": b"",
    }
    sources = {"index.html": tmp_path / "index.md", "deep/index.html": source}
    pages = {name: links_of(files[name]) for name in sources}
    check_links(pages, {*files, "data/facts.json"}, sources)


@pytest.mark.parametrize(
    "link",
    [
        "../index.html",
        "../index.html#top",
        "#here",
        "index.html#here",
        "../figures/a%20b.svg",
        "../data/facts.json",
        "https://example.org/nowhere",
        "mailto:someone@example.org",
    ],
)
def test_a_link_to_what_is_there_is_taken(tmp_path: Path, link: str) -> None:
    check(tmp_path, link)


@pytest.mark.parametrize(
    "link",
    [
        "index.md",
        "../nowhere.html",
        "#there",
        "../index.html#here",
        "../../index.html",
        "/index.html",
        "//example.org/",
        "file:///etc/hosts",
        "javascript:alert()",
        "http://[",
    ],
)
def test_a_link_to_nowhere_is_refused_with_its_line(tmp_path: Path, link: str) -> None:
    with pytest.raises(InputError) as refused:
        check(tmp_path, link)
    assert str(refused.value).startswith(f"{tmp_path / 'deep.md'}:2: found a link to '{link}'")
