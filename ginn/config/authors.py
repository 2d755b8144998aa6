"""The authors of a report as its files name them, and the check digit of an ORCID iD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Strict, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from ginn.config.validation import Allowed, Line, Table, example

WebAddress = Annotated[
    str,
    StringConstraints(pattern=r"""^https?://[^\s"'<>]+$"""),
    Allowed("an address such as 'https://name.example/mit'"),
]
Email = Annotated[
    str,
    StringConstraints(pattern=r"""^[^\s@"'<>]+@[^\s@"'<>]+$"""),
    Allowed("an e-mail address"),
]
ORCID = "https://orcid.org/"


def check_digit(digits: str) -> str:
    """The check digit of a number by ISO 7064, mod 11-2: a digit, or X for ten.

    >>> check_digit("000000021825009")
    '7'
    """
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11]


def _checked(value: str) -> str:
    """The iD without its address. Raises ValueError if its last digit does not fit the others."""
    written = value.removeprefix(ORCID)
    digits = written.replace("-", "")
    if check_digit(digits[:-1]) != digits[-1]:
        raise ValueError("the check digit is another")
    return written


Orcid = Annotated[
    str,
    StringConstraints(
        pattern=rf"^({ORCID.replace('.', r'[.]')})?([0-9]{{4}}-){{3}}[0-9]{{3}}[0-9X]$"
    ),
    AfterValidator(_checked),
    Allowed("an ORCID iD such as '0000-0002-1825-0097', whose last digit fits the others"),
]


class Author(Table):
    """An author of the report or of one article: a person or a group."""

    name: Annotated[Line, example("Ada Lovelace")]
    """The name, as it is printed."""
    affiliations: Annotated[
        tuple[Line, ...],
        Strict(False),
        Allowed("a list of texts"),
        example(["University of London", "Analytical Engines Ltd"]),
    ] = ()
    """Where the author works. Authors who share an affiliation write it alike."""
    orcid: Annotated[Orcid | SkipJsonSchema[None], example("0000-0002-1825-0097")] = None
    """The author's ORCID iD, alone or as an address."""
    url: Annotated[WebAddress | SkipJsonSchema[None], example("https://name.example/ada")] = None
    """The address of the author's own page."""
    email: Annotated[Email | SkipJsonSchema[None], example("ada@name.example")] = None
    """The author's e-mail address, which the site publishes."""

    @property
    def profile(self) -> str:
        """The address of the author's ORCID record, or ""."""
        return f"{ORCID}{self.orcid}" if self.orcid else ""


def named_authors(
    author: str, authors: Sequence[Author], known: Sequence[Author] = ()
) -> tuple[Author, ...]:
    """The authors in `authors`, or the one whose name is `author` if there are none.

    An author given by name alone is replaced by the author of that name in `known`, if any.
    """
    of_name = {each.name: each for each in known}
    listed = authors or ([Author(name=author)] if author else [])
    return tuple(
        of_name.get(each.name, each) if each == Author(name=each.name) else each for each in listed
    )
