"""The bibliography: its file is checked, and a reader made for the test parses its BibTeX."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.paths import ROOT

from ginn.errors import AuthorError
from ginn.pages.citations import Citations, Source, bibtex, read_bibliography

GOOD = '[a-b]\nauthors = ["Ann A", "Bo B"]\ntitle = "T"\nyear = 1999\n'
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="\\{}"),
    min_size=1,
)


def read(folder: Path, text: str) -> dict[str, Source]:
    file = folder / "bibliography.toml"
    file.write_text(text, encoding="utf-8")
    return read_bibliography(file)


def test_source_text_joins_authors_title_place_and_year(tmp_path: Path) -> None:
    work = read(tmp_path, GOOD + 'where = "Journal"\narxiv = "1.2"\n')["a-b"]
    assert work.text == "Ann A and Bo B, T, Journal, arXiv:1.2, 1999"
    assert work.address == "https://arxiv.org/abs/1.2"


def test_read_bibliography_of_the_report_gives_addresses_of_the_web() -> None:
    works = read_bibliography(ROOT / "content/bibliography.toml")
    addresses = [work.address for work in works.values() if work.address]
    assert len(addresses) > 5
    assert all(address.startswith("https://") for address in addresses)
    assert "darlow-storkey" in works


def test_cite_without_a_bibliography_is_refused(tmp_path: Path) -> None:
    works = read_bibliography(tmp_path / "none.toml")
    with pytest.raises(AuthorError, match="found 'a', allowed: none, for the"):
        Citations(works).cite("a")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("year = 1999", "year = '1999'", "a-b.year: found '1999', allowed: a year"),
        ("year = 1999", "year = true", "a-b.year: found true, allowed: a year"),
        ("year = 1999", "yaer = 1999", "a-b.yaer: found an unknown key, allowed: arxiv, authors,"),
        ("year = 1999", "", "a-b.year: found nothing, allowed: a year"),
        ('title = "T"', 'title = ""', "a-b.title: found ''"),
        ('title = "T"', 'title = "{T}"', "a-b.title: found '{T}', allowed: text without braces"),
        ('title = "T"', 'title = "T"\ndoi = "a{b"', "a-b.doi: found 'a{b', allowed: text without"),
        ('["Ann A", "Bo B"]', '"Ann A"', "a-b.authors: found 'Ann A', allowed: a list of names"),
        ('["Ann A", "Bo B"]', '["A", 2]', "a-b.authors: found ['A', 2], allowed: a list of names"),
        ('["Ann A", "Bo B"]', "[]", "a-b.authors: found [], allowed: a list of names"),
        ("[a-b]", "[A_b]", "found 'A_b', allowed: a table [key], in lower-case letters"),
        ("[a-b]", "[a-b", "allowed: TOML"),
    ],
)  # fmt: skip
def test_read_bibliography_with_a_mistake_names_file_line_and_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert said in str(caught.value)
    assert caught.value.path == tmp_path / "bibliography.toml"
    assert caught.value.line >= 1


@given(st.lists(TEXT, min_size=1, max_size=3), TEXT, st.integers(1000, 2100))
def test_bibtex_of_any_work_can_be_read_back(authors: list[str], title: str, year: int) -> None:
    source = Source("key-1", tuple(authors), title, year)
    entry = bibtex(source)
    assert entry.count("{") == entry.count("}")
    assert entry.startswith("@misc{key-1,\n")
    assert not re.search(r"(?<!\\)[&%$#_]", entry.partition("\n")[2])
    values = dict(re.findall(r"(?m)^  (\w+) = \{(.*)\},?$", entry))
    plain = {name: re.sub(r"\\([&%$#_])", r"\1", value) for name, value in values.items()}
    assert plain == {"author": " and ".join(authors), "title": f"{{{title}}}", "year": str(year)}


def test_bibtex_of_a_group_keeps_its_name_whole() -> None:
    assert "author = {{The Authors} and Ann A}" in bibtex(
        Source("k", ("The Authors", "Ann A"), "T", 1)
    )


def test_cite_numbers_works_by_first_mention_with_a_note_each() -> None:
    works = {key: Source(key, ("A",), f"Title <{key}>", 2000) for key in "abc"}
    citations = Citations(works)
    html = "".join(citations.cite(key) for key in "bab")
    assert re.findall(r"\[(\d)\]", html) == ["1", "2", "1"]
    assert [source.key for source in citations.sources] == ["b", "a"]
    notes = re.findall(r'aria-describedby="([^"]+)"', html)
    assert re.findall(r'id="([^"]+)"', html) == notes
    assert len(set(notes)) == 3
    assert "Title &lt;a&gt;" in html
