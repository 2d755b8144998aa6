"""The works of a folder of content, from TOML and from BibTeX side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pages import build_pages, plain_report, write_article

from ginn.config.models import Site
from ginn.errors import AuthorError
from ginn.pages.bibliography import read_works

TOML = '[a-b]\nauthors = ["Ann A"]\ntitle = "T"\nyear = 1999\n'
BIBTEX = '@misc{%s, title = {M{\\"u}n}, author = {Bo B}, year = 2000}\n'


def site(named: str | None = None) -> Site:
    return plain_report().site.model_copy(update={"bibliography": named})


def test_works_of_both_files_stand_side_by_side(tmp_path: Path) -> None:
    assert read_works(tmp_path, site()) == {}
    (tmp_path / "bibliography.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "bibliography.bib").write_text(BIBTEX % "Bo2000", encoding="utf-8")
    assert list(read_works(tmp_path, site())) == ["a-b", "Bo2000"]


def test_works_with_the_same_key_in_both_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bibliography.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "bibliography.bib").write_text(BIBTEX % "a-b", encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        read_works(tmp_path, site())
    said = "bibliography.toml:1: a-b: found 'a-b', which bibliography.bib has, too"
    assert said in str(caught.value)


def test_works_of_a_named_file_are_read_and_an_absent_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "my.bib").write_text(BIBTEX % "k", encoding="utf-8")
    assert list(read_works(tmp_path, site("my.bib"))) == ["k"]
    text = '[site]\nbibliography = "no.bib"\n'
    (tmp_path / "report.toml").write_text(text, encoding="utf-8")
    with pytest.raises(AuthorError) as caught:
        read_works(tmp_path, site("no.bib"))
    assert "report.toml:2: site.bibliography: found 'no.bib', and no such" in str(caught.value)


def test_article_cites_a_work_of_a_bibtex_file(tmp_path: Path) -> None:
    key = "DBLP:conf/x/B+00"
    (tmp_path / "bibliography.bib").write_text(BIBTEX % key, encoding="utf-8")
    write_article(tmp_path, f'A work {{{{ cite("{key}") }}}}.')
    page = build_pages(plain_report(), tmp_path)["index.html"].decode()
    assert f'href="#reference-{key}"' in page
    assert f'<li id="reference-{key}">Bo B, Mün, 2000.</li>' in page
