"""The authors of an article: their line on the page, and their metadata for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ginn.config.authors import Author, named_authors
from ginn.config.models import Site
from ginn.pages.articles import Article


@dataclass(frozen=True)
class Credit:
    """An author with the numbers of the affiliations, as journals print them beside the name."""

    author: Author
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Byline:
    """The authors in order, and the affiliations that they share, in order of their numbers.

    `numbered` is false if all authors have the same affiliations, so that no numbers are needed.
    """

    credits: tuple[Credit, ...]
    affiliations: tuple[str, ...]
    numbered: bool


def authors_of(article: Article, site: Site) -> tuple[Author, ...]:
    """The authors whom the article names, or those of the site.

    If the article gives only an author's name, the other data come from the site's author of that
    name.
    """
    return named_authors(article.author, article.authors, site.authors) or site.credited


def byline(authors: Sequence[Author]) -> Byline:
    """The line of these authors. Affiliations are numbered in the order in which they come."""
    numbers: dict[str, int] = {}
    for author in authors:
        for affiliation in author.affiliations:
            numbers.setdefault(affiliation, len(numbers) + 1)
    numbered = tuple(
        Credit(author, tuple(dict.fromkeys(numbers[each] for each in author.affiliations)))
        for author in authors
    )
    return Byline(numbered, tuple(numbers), len({each.numbers for each in numbered}) > 1)


def linked_author(author: Author) -> dict[str, Any]:
    """An author in JSON-LD.

    There is a `@type` only if the author is surely a person, since a name alone can be a group's.
    """
    person = {"@type": "Person"} if author.orcid or author.affiliations else {}
    about = {
        **person,
        "@id": author.profile,
        "name": author.name,
        "affiliation": [{"@type": "Organization", "name": each} for each in author.affiliations],
        "url": author.url,
        "email": author.email,
    }
    return {name: value for name, value in about.items() if value}


def citation_tags(author: Author) -> list[tuple[str, str]]:
    """The tags (name, content) of an author, in the order that Google Scholar and Zotero read."""
    tags = [
        ("citation_author", author.name),
        *(("citation_author_institution", each) for each in author.affiliations),
        ("citation_author_orcid", author.profile),
        ("citation_author_email", author.email or ""),
    ]
    return [(name, content) for name, content in tags if content]
