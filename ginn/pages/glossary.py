"""The glossary: the meanings of words, shown where a word is first used, and as a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup

from ginn.config.validation import LINE, read_document
from ginn.errors import AuthorError, quoted
from ginn.files import is_file
from ginn.pages.identifiers import identifier


@dataclass(frozen=True)
class Glossary:
    """Words and their meanings in the file's order; `home` is the page that lists them, or ""."""

    meanings: Mapping[str, str] = field(default_factory=dict)
    home: str = ""

    def listed(self) -> Markup:
        """The list of all words with their meanings, each with its own anchor."""
        rows = [
            Markup('<div id="{}"><dt>{}</dt><dd>{}</dd></div>').format(anchor(word), word, meaning)
            for word, meaning in self.meanings.items()
        ]
        return Markup('\n\n<dl class="glossary">\n{}\n</dl>\n\n').format(Markup("\n").join(rows))


def read_glossary(path: Path) -> dict[str, str]:
    """The words of a glossary and their meanings; empty if there is no such file.

    Raises AuthorError with file and word for a meaning that is not a line of text.
    """
    if not is_file(path):
        return {}
    document = read_document(path, "a glossary")
    for word, meaning in document.values.items():
        if not isinstance(meaning, str) or not re.fullmatch(LINE, meaning):
            raise document.error((word,), quoted(meaning), "a line of text")
    places: dict[str, str] = {}
    for word in document.values:
        other = places.setdefault(anchor(word), word)
        if other != word or not identifier(word):
            found = f"{quoted(word)}, which has the same letters as {quoted(other)}"
            found = found if identifier(word) else f"{quoted(word)}, which has no letter"
            raise document.error((word,), found, "words that differ in letters or digits")
    return document.values


def anchor(word: str) -> str:
    """The id of a word's place in the list."""
    return f"term-{identifier(word)}"


class Terms:
    """The words of a glossary that one rendering of an article has used so far."""

    def __init__(self, glossary: Glossary) -> None:
        """`glossary` holds the words that an article may use."""
        self.glossary = glossary
        self.used: set[str] = set()

    def term(self, word: str, text: str = "") -> Markup:
        """A word, written as `text` if given. At its first use, hover and focus show the meaning.

        Raises AuthorError for a word that is not in the glossary.
        """
        if word not in self.glossary.meanings:
            allowed = ", ".join(self.glossary.meanings) or "none, since the glossary is empty"
            raise AuthorError(quoted(word), allowed, key="term")
        if word in self.used:
            return Markup.escape(text or word)
        self.used.add(word)
        return Markup(
            '<span class="citation term"><a href="{}#{}" aria-describedby="{}-meaning">{}</a>'
            '<span class="source" role="tooltip" id="{}-meaning">{}</span></span>'
        ).format(
            self.glossary.home, anchor(word), anchor(word), text or word, anchor(word),
            self.glossary.meanings[word],
        )  # fmt: skip
