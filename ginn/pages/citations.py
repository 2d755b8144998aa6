"""The bibliography: what articles cite, from one file, as a sentence and as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from markupsafe import Markup

from ginn.config.models import InputError
from ginn.files import read_toml
from ginn.formatting import listing

# What BibTeX would read as its own. Braces and backslashes have no place in a title or a name.
SPECIAL, ESCAPED = re.compile(r"[&%$#_]"), r"\\\g<0>"


@dataclass(frozen=True)
class Source:
    """One work: its `key` in the file; `where` it appeared; `arxiv`, `doi` and `link` if any."""

    key: str
    authors: tuple[str, ...]
    title: str
    year: int
    where: str = ""
    arxiv: str = ""
    doi: str = ""
    link: str = ""

    @property
    def address(self) -> str:
        """Where it can be read, or ""."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.link

    @property
    def text(self) -> str:
        """Authors, title, place and year, as plain text that does not end a sentence twice."""
        place = [self.where, self.arxiv and f"arXiv:{self.arxiv}"]
        parts = [listing(self.authors), self.title, *filter(None, place)]
        return f"{', '.join(parts)}, {self.year}"


def read_bibliography(file: Path) -> dict[str, Source]:
    """The works of a bibliography by their keys; none where there is no such file.

    Raises InputError, naming file and key, for what is missing, unknown or of the wrong type.
    """
    if not file.exists():
        return {}
    tables = read_toml(file, "a bibliography")
    return {key: _source(file, key, table) for key, table in tables.items()}


def _source(file: Path, key: str, table: object) -> Source:
    """One work, its keys checked one by one."""
    allowed = [field.name for field in fields(Source) if field.name != "key"]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) or not isinstance(table, Mapping):
        raise InputError(
            f"{file}: found {key!r}, allowed: a table [key], in small letters, digits and hyphens"
        )
    for name in table.keys() - set(allowed):
        raise InputError(f"{file}: [{key}] unknown key {name!r}; allowed: {', '.join(allowed)}")
    for name in ("authors", "title", "year"):
        if not table.get(name):
            raise InputError(f"{file}: [{key}] no {name!r}; authors, title and year are needed")
    authors = table["authors"]
    if not isinstance(authors, list) or not all(isinstance(a, str) and a for a in authors):
        raise InputError(f"{file}: [{key}] authors = {authors!r}; allowed: a list of names")
    for name, value in table.items():
        kind = {"authors": list, "year": int}.get(name, str)
        if type(value) is not kind or (kind is str and re.search(r"[\\{}]", str(value))):
            what = "a year" if kind is int else "text without braces and backslashes"
            raise InputError(f"{file}: [{key}] {name} = {value!r}; allowed: {what}")
    return Source(key, **{**table, "authors": tuple(authors)})


def bibtex(source: Source) -> str:
    """The work as a BibTeX entry. A second pair of braces keeps a title's capitals, and keeps the
    name of a group, which begins with "The", from being taken for a first name and a last.
    """
    names = [f"{{{name}}}" if name.startswith("The ") else name for name in source.authors]
    entries = {
        "author": " and ".join(names),
        "title": f"{{{source.title}}}",
        "year": str(source.year),
        "howpublished": source.where,
        "eprint": source.arxiv,
        "archiveprefix": "arXiv" if source.arxiv else "",
        "doi": source.doi,
        "url": source.link,
    }
    written = [
        f"  {name} = {{{value if name == 'url' else SPECIAL.sub(ESCAPED, value)}}}"
        for name, value in entries.items()
        if value
    ]
    return f"@misc{{{source.key},\n" + ",\n".join(written) + "\n}"


class Citations:
    """The works that one rendering of an article cites, numbered by their first mention."""

    def __init__(self, works: Mapping[str, Source]) -> None:
        """`works` are those that can be cited."""
        self.works = works
        self.cited: dict[str, int] = {}
        self.mentions = 0

    def cite(self, key: str) -> Markup:
        """A number in brackets that leads to the work, and shows it on hover and on focus.

        Raises InputError for a key that the bibliography does not hold.
        """
        if key not in self.works:
            allowed = ", ".join(self.works) or "none, for the bibliography is empty"
            raise InputError(f"cite: found {key!r}, allowed: {allowed}")
        number = self.cited.setdefault(key, len(self.cited) + 1)
        self.mentions += 1
        return Markup(
            '<span class="citation"><a href="#reference-{}" aria-describedby="citation-{}">[{}]</a>'
            '<span class="source" role="tooltip" id="citation-{}">{}.</span></span>'
        ).format(key, self.mentions, number, self.mentions, self.works[key].text)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The works cited, in the order of their numbers."""
        return tuple(self.works[key] for key in self.cited)
