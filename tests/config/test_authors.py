"""The authors of a report: what their tables allow, and ORCID's check digit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reports import TEXT, changed, error_of, settings_of

from ginn.config.authors import Author, check_digit, named_authors

LINE = 'author = "The replication authors"\n'
IDS = ("0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X")


def with_author(keys: str) -> str:
    return changed("[[experiment]]", f'[[site.authors]]\nname = "Ada"\n{keys}\n[[experiment]]')


@pytest.mark.parametrize("orcid", IDS)
def test_check_digit_of_published_ids_is_theirs(orcid: str) -> None:
    digits = orcid.replace("-", "")
    assert check_digit(digits[:-1]) == digits[-1]


@given(st.text("0123456789", min_size=15, max_size=15), st.integers(0, 14), st.integers(1, 9))
def test_check_digit_finds_each_wrong_digit(digits: str, at: int, more: int) -> None:
    wrong = digits[:at] + str((int(digits[at]) + more) % 10) + digits[at + 1 :]
    assert check_digit(wrong) != check_digit(digits)


@given(st.text("0123456789", min_size=15, max_size=15))
def test_check_digit_makes_the_weighted_sum_one_modulo_eleven(digits: str) -> None:
    # ISO 7064 states the check as a polynomial in 2 whose value is 1 modulo 11.
    values = [*map(int, digits), "0123456789X".index(check_digit(digits))]
    assert sum(value * 2 ** (15 - place) for place, value in enumerate(values)) % 11 == 1


@pytest.mark.parametrize("written", [IDS[0], f"https://orcid.org/{IDS[0]}"])
def test_author_of_a_report_has_an_orcid_as_number_or_address(tmp_path: Path, written: str) -> None:
    settings = settings_of(tmp_path, with_author(f'orcid = "{written}"'))
    (author,) = settings.site.authors
    assert author.orcid == IDS[0]
    assert author.profile == f"https://orcid.org/{IDS[0]}"
    assert settings.site.author == "The replication authors"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('orcid = "0000-0002-1825-0098"', "'0000-0002-1825-0098', allowed: an ORCID iD such as"),
        ('orcid = "0000000218250097"', "allowed: an ORCID iD such as"),
        ('orcid = "http://orcid.org/0000-0002-1825-0097"', "allowed: an ORCID iD such as"),
        ('url = "ada"', "allowed: an address such as"),
        ('email = "ada"', "allowed: an e-mail address"),
        ('affiliations = "London"', "allowed: a list of texts"),
        ('affiliation = "London"', "an unknown key, allowed: affiliations, email, name"),
    ],
)
def test_author_with_a_mistake_is_refused_with_line_and_key(
    tmp_path: Path, keys: str, said: str
) -> None:
    text = with_author(keys)
    error = error_of(tmp_path, text)
    assert error
    assert error.line == text.split("\n").index(keys) + 1
    assert error.key == f"site.authors.{keys.split()[0]}"
    assert said in str(error)


def test_report_with_authors_alone_names_them_in_its_foot(tmp_path: Path) -> None:
    both = with_author('[[site.authors]]\nname = "Bo"')
    site = settings_of(tmp_path, both.replace(LINE, "")).site
    assert [author.name for author in site.credited] == ["Ada", "Bo"]


def test_report_without_any_author_is_refused(tmp_path: Path) -> None:
    for text in (TEXT.replace(LINE, ""), TEXT.replace(LINE, "authors = []\n")):
        said = str(error_of(tmp_path, text))
        assert "site.author: found nothing, allowed: a line of text, or [[site.authors]]" in said


def test_named_authors_with_a_name_alone_are_those_known() -> None:
    ada, bo = Author(name="Ada", orcid=IDS[0]), Author(name="Bo", email="b@c.example")
    assert named_authors("Ada", (), (ada,)) == (ada,)
    assert named_authors("Eve", (), (ada,)) == (Author(name="Eve"),)
    assert named_authors("", (Author(name="Ada"), bo), (ada,)) == (ada, bo)
    assert named_authors("", ()) == ()
