"""Files in `static/` go to the site's root unchanged, or are refused before the training."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.pages import article_of

from ginn.errors import AuthorError
from ginn.pipeline.static import read_static


def store(content: Path, *names: str) -> None:
    for name in names:
        path = content / "static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def test_read_static_gives_all_files_but_what_systems_leave_behind(tmp_path: Path) -> None:
    kept = ["CNAME", ".nojekyll", ".well-known/a.txt", "papers/Ünï paper.pdf"]
    store(tmp_path, *kept, "._CNAME", ".DS_Store", "papers/Thumbs.db", "CNAME~")
    assert read_static(tmp_path, []) == {name: name.encode() for name in kept}


def test_read_static_without_the_folder_is_empty(tmp_path: Path) -> None:
    assert read_static(tmp_path, []) == {}


@pytest.mark.parametrize(
    "name", ["index.html", "INDEX.html", "mine/index.html", "build.json", "data/x.js", "robots.txt"]
)
def test_read_static_of_an_address_of_the_site_is_refused(tmp_path: Path, name: str) -> None:
    store(tmp_path, name)
    articles = [article_of(""), article_of("", "mine")]
    with pytest.raises(AuthorError, match="the build itself makes") as caught:
        read_static(tmp_path, articles)
    assert caught.value.path == tmp_path / "static" / name


@pytest.mark.skipif(sys.platform == "win32", reason="needs the right to make links")
@pytest.mark.parametrize("target", ["/etc/hosts", "link"])
def test_read_static_of_a_link_that_leads_out_or_back_is_refused(
    tmp_path: Path, target: str
) -> None:
    store(tmp_path)
    (tmp_path / "static").mkdir()
    (tmp_path / "static/link").symlink_to(target)
    with pytest.raises(AuthorError, match="a link "):
        read_static(tmp_path, [])
