"""The works that articles cite: read from bibliography.toml, written as sentences and BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from markupsafe import Markup
from pydantic import Field

from ginn.config.validation import Allowed, Table, example, read_document, validated
from ginn.errors import AuthorError, quoted
from ginn.files import is_file
from ginn.formatting import listing

# The characters that BibTeX interprets. Braces and backslashes are not allowed in texts at all.
SPECIAL, ESCAPED = re.compile(r"[&%$#_]"), r"\\\g<0>"
KEY = r"[a-z0-9]+(-[a-z0-9]+)*"
PLAIN = Allowed("text without braces and backslashes")
Text = Annotated[str, Field(pattern=r"^[^\\{}]*$"), PLAIN]


class Work(Table):
    """The keys of one work in the bibliography's file."""

    authors: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(strict=False, min_length=1),
        Allowed("a list of names"),
        example(["Luke Darlow", "Amos Storkey"]),
    ]
    """The names of the authors."""
    title: Annotated[str, Field(pattern=r"^[^\\{}]+$"), PLAIN, example("GINN")]
    """The title of the work."""
    year: Annotated[int, Field(gt=0), Allowed("a year"), example(2018)]
    """The year of publication."""
    where: Annotated[Text, example("Neural Computation 12")] = ""
    """The place of publication, such as a journal."""
    arxiv: Annotated[Text, example("1810.01860")] = ""
    """The number of the work on arXiv."""
    doi: Annotated[Text, example("10.1000/182")] = ""
    """The DOI of the work."""
    link: Annotated[Text, example("https://name.example/paper")] = ""
    """The address of the work, if it has neither a DOI nor a number on arXiv."""


@dataclass(frozen=True)
class Source:
    """One work: `key` is its key in the file, and `where` is the place of publication."""

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
        """The address at which the work can be read, or ""."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else self.link

    @property
    def text(self) -> str:
        """The authors, title, place, arXiv number and year as plain text, without a final stop."""
        place = [self.where, self.arxiv and f"arXiv:{self.arxiv}"]
        parts = [listing(self.authors), self.title, *filter(None, place)]
        return f"{', '.join(parts)}, {self.year}"


def read_bibliography(path: Path) -> dict[str, Source]:
    """The works of a bibliography by their keys; empty if there is no such file.

    Raises AuthorError with file and key for a value that is missing, unknown or of the wrong type.
    """
    if not is_file(path):
        return {}
    document = read_document(path, "a bibliography")
    works = {}
    for key, table in document.values.items():
        if not re.fullmatch(KEY, key) or not isinstance(table, Mapping):
            allowed = "a table [key], in lower-case letters, digits and hyphens"
            raise document.error((key,), quoted(key), allowed)
        works[key] = Source(key, **validated(document, Work, (key,)).model_dump())
    return works


def bibtex(source: Source) -> str:
    """The work as a BibTeX entry.

    A second pair of braces around a title keeps its capitals. One around the name of a group, which
    begins with "The", keeps BibTeX from dividing it into first and last name.
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
        """`works` are all works that can be cited."""
        self.works = works
        self.cited: dict[str, int] = {}
        self.mentions = 0

    def cite(self, key: str) -> Markup:
        """A number in brackets that links to the work, and shows it on hover and on focus.

        Raises AuthorError for a key that is not in the bibliography.
        """
        if key not in self.works:
            allowed = ", ".join(self.works) or "none, for the bibliography is empty"
            raise AuthorError(quoted(key), allowed, key="cite")
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
