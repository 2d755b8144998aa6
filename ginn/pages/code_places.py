"""Which parts of a Markdown text are code: fenced blocks, and spans in backticks.

Text in code may look like a heading, a formula or a tag, but is not one. Checks of an article's
source, and the search for the line of a mistake, therefore read the text without its code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A fence may be in quotations and list items, also on the line with the list marker.
OPENING = re.compile(
    r"[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<about>.*)"
)
CLOSING = re.compile(r"[ \t>]*(?P<fence>`{3,}|~{3,})[ \t]*$")
SPAN = re.compile(r"(?s)(?<![`\\])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)")
NOT_NEWLINE = re.compile(r"[^\n]")


@dataclass(frozen=True)
class Fence:
    """A fenced block: its first and last line (from 0), and the words after its opening fence."""

    first: int
    last: int
    about: str
    closed: bool = True


def is_closing(line: str, opening: str) -> bool:
    """Whether a line ends the block that the fence `opening` began (CommonMark 0.31, 4.5)."""
    found = CLOSING.match(line)
    return bool(found and found["fence"].startswith(opening))


def fences(lines: Sequence[str]) -> list[Fence]:
    """The fenced blocks of a text, in order; one that is not closed goes on to the last line."""
    found = []
    number = 0
    while number < len(lines):
        opening = OPENING.match(lines[number])
        if opening:
            ends = (
                n for n in range(number + 1, len(lines)) if is_closing(lines[n], opening["fence"])
            )
            last = next(ends, -1)
            about = opening["about"].strip()
            found.append(Fence(number, last if last > 0 else len(lines) - 1, about, last > 0))
            number = found[-1].last
        number += 1
    return found


def without_code(text: str) -> str:
    """The text with a space for each character of code, so that all others keep their places."""
    lines = text.split("\n")
    for fence in fences(lines):
        for number in range(fence.first, fence.last + 1):
            lines[number] = " " * len(lines[number])
    return SPAN.sub(lambda span: NOT_NEWLINE.sub(" ", span[0]), "\n".join(lines))
