"""The ids of headings and words, in any script, and the ids that the layout of a page uses."""

from __future__ import annotations

import re
import unicodedata

# The ids in the templates of an article's page, and the beginnings of those that templates or
# functions complete with a name or a number. A test collects them from the templates.
OF_LAYOUT = frozenset({"main", "contents-title", "references", "cite-this"})
PREFIXES = ("figure-", "reference-", "citation-", "term-", "claim-", "viewer-")
# The id of a heading without a letter or a digit.
NAMELESS = "section"


def identifier(text: str) -> str:
    """The id of a text: its letters, marks and digits in lower case, its words joined by hyphens.

    It is "" for a text without any of these.

    >>> identifier("Слой 1: don't *wait*")
    'слой-1-dont-wait'
    """
    known = (
        c for c in unicodedata.normalize("NFKC", text) if c in "_-" or c.isspace() or _in_word(c)
    )
    return re.sub(r"[-\s]+", "-", "".join(known).lower()).strip("-")


def _in_word(character: str) -> bool:
    """Whether a character is a letter, a mark on a letter, or a digit."""
    return unicodedata.category(character)[0] in "LMN"


def heading_identifier(text: str, separator: str = "-") -> str:
    """The id of a heading, never one that the layout can use; Markdown's `toc` makes it unique."""
    name = identifier(text) or NAMELESS
    return f"{NAMELESS}-{name}" if is_of_layout(name) else name


def is_of_layout(name: str) -> bool:
    """Whether the layout of a page uses an id, or may use it."""
    return name in OF_LAYOUT or name.startswith(PREFIXES)
