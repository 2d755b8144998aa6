"""Works from BibTeX as other programs write it, and the line of each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latexencode import unicode_to_latex

from ginn.errors import AuthorError
from ginn.pages.bibtex_files import plain, read_bibtex
from ginn.pages.citations import Source

# The same kind of work, as each program exports it.
ZOTERO = r"""
@misc{darlowGINNGeometricIllustrations2018,
	title = {{GINN}: {Geometric} {Illustrations} for {Neural} {Networks}},
	shorttitle = {{GINN}},
	url = {http://arxiv.org/abs/1810.01860},
	doi = {10.48550/arXiv.1810.01860},
	abstract = {This informal technical report \textbackslash{} details geometric illustrations.},
	urldate = {2024-05-01},
	publisher = {arXiv},
	author = {Darlow, Luke Nicholas and Storkey, Amos},
	month = oct,
	year = {2018},
	note = {arXiv:1810.01860 [cs, stat]},
	keywords = {Computer Science - Machine Learning},
}
"""
JABREF = r"""% Encoding: UTF-8

@Article{Erdos1960,
  author    = {Erd{\H{o}}s, P{\'a}l and R{\'e}nyi, Alfr{\'e}d and others},
  title     = {On the evolution of random graphs},
  journal   = publ,
  volume    = {5},
  number    = {1},
  pages     = {17--60},
  date      = {1960-02-01},
  publisher = {Publ},
}

@Comment{jabref-meta: databaseType:bibtex;}
"""
SCHOLAR = """@article{kingma2014adam,
  title={Adam: A method for stochastic optimization},
  author={Kingma, Diederik P and Ba, Jimmy},
  journal={arXiv preprint arXiv:1412.6980},
  year={2014}
}
"""
CROSSED = r"""
@inproceedings{a,
  author = "{Google Brain Team} and Ludwig van Beethoven and Knuth, Jr., Donald",
  title = "50\% of R&D, in " # "{Ox}ford",
  pages = {1-9},
  crossref = {P},
}
@proceedings{p, title = {Proc. of X}, year = 1999, editor = {E. D.}, publisher = {Y}}
"""


def works_of(tmp_path: Path, text: str) -> dict[str, Source]:
    path = tmp_path / "bibliography.bib"
    path.write_text(text, encoding="utf-8")
    return read_bibtex(path)


def test_works_of_zotero_jabref_and_scholar_are_read_as_they_are(tmp_path: Path) -> None:
    text = f'{ZOTERO}\n@string{{publ = "Publ. Math." # " Inst."}}\n{JABREF}\n{SCHOLAR}'
    zotero, jabref, scholar = works_of(tmp_path, text).values()
    assert zotero == Source(
        "darlowGINNGeometricIllustrations2018",
        ("Luke Nicholas Darlow", "Amos Storkey"),
        "GINN: Geometric Illustrations for Neural Networks",
        2018,
        doi="10.48550/arXiv.1810.01860",
        link="http://arxiv.org/abs/1810.01860",
    )
    assert jabref.text == (
        "Pál Erdős, Alfréd Rényi and others, On the evolution of random graphs, "
        "Publ. Math. Inst. 5(1), 17–60, 1960"
    )
    assert scholar.text.endswith("stochastic optimization, arXiv:1412.6980, 2014")
    assert scholar.address == "https://arxiv.org/abs/1412.6980"


def test_work_inherits_from_its_crossref_which_is_no_work_itself(tmp_path: Path) -> None:
    (work,) = works_of(tmp_path, CROSSED).values()
    assert work.authors == ("Google Brain Team", "Ludwig van Beethoven", "Donald Knuth Jr.")
    assert work.title == "50% of R&D, in Oxford"
    assert (work.where, work.year) == ("Proc. of X, 1–9", 1999)


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ("@book{k, publisher = {P}, edition = {2nd}", "P, 2nd"),
        ("@misc{k, howpublished = {A talk}", "A talk"),
        ("@techreport{k, institution = {U}, number = {7}", "Technical report 7, U"),
        ("@phdthesis{k, school = {U}", "PhD thesis, U"),
        ("@mastersthesis{k, school = {U}", "Master's thesis, U"),
        ("@online{k, url = {https://a.example/x_y%20z}", ""),
        ("@InCollection(k, booktitle = {B}", "B"),
    ],
)
def test_work_of_each_type_says_where_it_appeared(tmp_path: Path, entry: str, where: str) -> None:
    end = ")" if "(" in entry else "}"
    text = f"{entry}, title = {{T}}, author = {{A B}}, year = 2000{end}"
    assert works_of(tmp_path, text)["k"].where == where


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (r"url = {https://a.example/x\_y%20z?a=1&b=2#c}", "https://a.example/x_y%20z?a=1&b=2#c"),
        (r"howpublished = {\url{https://a.example/x}}", "https://a.example/x"),
        ("doi = {https://doi.org/10.1000/a_b}", "https://doi.org/10.1000/a_b"),
        ("eprint = {1810.01860}, archiveprefix = {arXiv}", "https://arxiv.org/abs/1810.01860"),
    ],
)
def test_address_of_a_work_is_plain(tmp_path: Path, written: str, address: str) -> None:
    text = f"@misc{{k, title = {{T}}, author = {{A B}}, year = 2000,\n{written} }}"
    assert works_of(tmp_path, text)["k"].address == address


GOOD = "@article{k,\n  title = {T},\n  author = {A B},\n  journal = {J},\n  year = 2000,\n}\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("  year = 2000,\n", "", 1, "k.year: found an @article without year or date, allowed:"),
        ("  journal = {J},\n", "", 1, "k.journal: found an @article without journal or journal"),
        ("  title = {T},\n", "", 1, "k.title: found an @article without title"),
        ("  author = {A B},\n", "", 1, "k.author: found an @article without author"),
        ("= 2000", "= {soon}", 5, "k.year: found 'soon', allowed: a year such as 2018"),
        ("@article", "@artikle", 1, "k: found the type @artikle, allowed: article, inproceedings"),
        ("{k,", "{ö k,", 1, "found the key 'ö k', allowed: a key of letters"),
        ("{J}", "jour", 4, "k.journal: found 'jour', which no @string above defines"),
        ("{J},", "{J}", 4, "k.journal: found '{J}"),
        ("{T}", r"{\foo{T}}", 2, "k.title: found the command 'foo' of LaTeX, allowed: accents"),
        ("{T}", "{{}}", 2, "k.title: found '{}', allowed: a text that is not empty"),
        ("{A B}", "{A, B, C, D}", 3, "k.author: found the name 'A, B, C, D', allowed: names such"),
        ("{J},", "{J},\n  journal = {K},", 1, "found journal twice in an entry, allowed: each"),
        ("{J},", "{J},\n  crossref = {l},", 5, "k.crossref: found 'l', allowed: none"),
        ("{J},", "{J},\n  crossref = {k},", 5, "k.crossref: found 'k', which leads back to 'k'"),
        ("{J},", "{J},\n  doi = {about},", 5, "k.doi: found 'about', allowed: a DOI such as"),
        ("{J},", "{J},\n  url = {about},", 5, "k.url: found 'about', allowed: an address that"),
        ("2000,\n}", "2000,\n", 1, "found an entry that cannot be read, '@article{k,', allowed: @"),
        ("2000,\n}\n", "2000,\n}\n@misc{K, title={}}", 7, "K: found the key 'K', which line 1 has"),
        ("2000,\n}\n", "2000,\n}\n@misc{k, title={}}", 7, "k: found the key 'k', which line 1 has"),
    ],
)  # fmt: skip
def test_file_with_a_mistake_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert works_of(tmp_path, GOOD)["k"].text == "A B, T, J, 2000"
    assert old in GOOD
    with pytest.raises(AuthorError) as caught:
        works_of(tmp_path, GOOD.replace(old, new))
    assert caught.value.line == line
    assert said in str(caught.value)


# Letters with one accent, which LaTeX writes as a command and a letter.
@given(st.text("abcdeéèêëñöüßçøåŁőăāčžAÉÖ ", min_size=1).filter(str.strip))
def test_plain_text_of_encoded_text_is_the_text(text: str) -> None:
    assert plain(unicode_to_latex(text)) == " ".join(text.split())


@given(st.text(r"ab{}\"'#$%&@~,=()^_ " + "\n", max_size=40))
def test_any_file_is_read_or_refused_in_our_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    refused = []
    for written in (text, GOOD.replace("T", text), GOOD.replace("{A B}", text)):
        try:
            works_of(folder, written)
        except AuthorError as error:
            refused.append(error)
    assert all(error.allowed and error.line for error in refused)
