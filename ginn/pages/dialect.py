"""Markdown as GitHub reads it (CommonMark), rewritten in the form that Python-Markdown needs.

Python-Markdown nests a list by four spaces, and needs an empty line before a list or a table. An
author indents a nested list as far as the text of the item above, and often leaves no empty line.
Without a change, Python-Markdown would show such a list as a paragraph. Other lines stay unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ginn.pages.code_places import OPENING, is_closing, without_code

# The text (a zero-width space) of a list item that begins with code or a figure.
EMPTY = "&#8203;"
# The spaces by which Python-Markdown indents the content of a list item. It is also the indent of a
# code block, and the distance of tab stops, both here and in CommonMark.
LEVEL = 4
MARKER = re.compile(r"(?P<marker>[-+*]|\d{1,9}[.)])(?P<gap>[ ]+|$)(?P<rest>.*)")
# The start of a definition or a footnote. Indented lines continue it, as they continue a list item.
DEFINITION = re.compile(r"(?::[ ]{1,3}|\[\^[^\]\s]+\]:)(?=.*\S)")
RULE = re.compile(r"([-*_])[ \t]*(?:\1[ \t]*){2,}$")
QUOTE = re.compile(r" {0,3}>[ \u00a0]?")
# A marker before a no-break space, which some keyboards type. Markdown needs an ordinary space.
NO_BREAK = re.compile(r"((?:[-+*]|\d{1,9}[.)]|#{1,6}|>)(?=\u00a0))\u00a0")
DELIMITERS = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
VERBATIM = re.compile(r" {0,3}<(pre|svg|math|script|style|textarea)\b", re.IGNORECASE)
BLOCK = re.compile(r" {0,3}<(details|div|section|aside|article|center)\b(?P<about>[^<>]*)>")
# What stands for a figure until the article is HTML: `figure_calls.token` of its name.
FIGURE = re.compile(r"@@figure-[a-z0-9-]+@@")


@dataclass(frozen=True)
class _Item:
    """An open list item: the column of its marker, the column of its text, and its kind of list."""

    marker: int
    text: int
    ordered: bool


def adapted(lines: Sequence[str]) -> list[str]:
    """The lines of a text in Python-Markdown's form."""
    return list(_Reader(lines).lines())


class _Reader:
    """Rewrites the lines of one level of block quotes, from first to last."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.source = list(lines)
        self.at = 0
        self.items: list[_Item] = []
        # The items that this line ends: for each depth, whether the item was numbered.
        self.ended: dict[int, bool] = {}
        # Whether the line before this one is empty, or made so.
        self.after_empty = True
        # The depth of the list item with which the lines since the last empty line begin, or -1 if
        # they begin with something else. Only an item at this depth or deeper needs no empty line
        # before it.
        self.block_depth = -1

    def lines(self) -> Iterator[str]:
        """The rewritten lines."""
        while self.at < len(self.source):
            line = self.source[self.at]
            if not line.strip():
                self.at += 1
                self.after_empty, self.block_depth = True, -1
                yield ""
                continue
            yield from self._read(NO_BREAK.sub(r"\1 ", _indented_by_spaces(line), count=1))

    def _read(self, line: str) -> Iterator[str]:
        """Rewrite the block that begins with this line. The line is not empty."""
        column = len(line) - len(line.lstrip(" "))
        text = line[column:]
        open_before = len(self.items)
        self._close_items(column, text)
        inner = column - (self.items[-1].text if self.items else 0)
        if inner < LEVEL:
            if fence := _fence_of(text):
                yield from self._fence(column, text, fence)
                return
            if QUOTE.match(text):
                yield from self._quotation()
                return
            if verbatim := VERBATIM.match(text):
                yield from self._verbatim(f"</{verbatim[1].lower()}")
                return
            marker = MARKER.match(text)
            if marker and self._begins_item(marker, in_list=bool(open_before)):
                yield from self._item(column, marker)
                return
            if DEFINITION.match(text):
                if len(self.items) < open_before and not self.after_empty:
                    yield ""
                yield from self._text(line, column, text)
                self.items.append(_Item(column, column + LEVEL, ordered=False))
                return
        yield from self._text(line, column, text)

    def _close_items(self, column: int, text: str) -> None:
        """End the items to which a line at this column cannot belong."""
        begins_item = MARKER.match(text) and not RULE.match(text)
        self.ended = {}
        while self.items:
            item = self.items[-1]
            if column >= min(item.text, item.marker + LEVEL):
                return
            # A bullet list in a numbered item, or the reverse, is nested from two columns on.
            if begins_item and column >= item.marker + 2 and item.ordered != text[0].isdigit():
                return
            # A line that continues a paragraph may have any indent (a lazy line in CommonMark).
            begins = begins_item or DEFINITION.match(text) or _begins_block(text)
            if not (begins or self.after_empty):
                return
            self.items.pop()
            self.ended[len(self.items)] = item.ordered

    def _begins_item(self, found: re.Match[str], in_list: bool) -> bool:
        """Whether a marker begins a list item here; `in_list` is true within a list."""
        if RULE.match(found.string):
            return False
        if self.after_empty or in_list:
            return True
        # Within a paragraph, "2020. " or a marker alone is text (CommonMark 0.31, 5.2).
        return found["marker"] in ("-", "+", "*", "1.", "1)") and bool(found["rest"].strip())

    def _item(self, column: int, found: re.Match[str]) -> Iterator[str]:
        """The first line of a list item."""
        depth, ordered = len(self.items), found["marker"][0].isdigit()
        continues = 0 <= self.block_depth <= depth and ordered == self.ended.get(depth, ordered)
        if not self.after_empty and not continues:
            yield ""
            self.after_empty = True
        if self.after_empty:
            self.block_depth = depth
        # Python-Markdown knows no numbers with a bracket.
        marker, gap, rest = found["marker"].replace(")", "."), len(found["gap"]), found["rest"]
        # After more spaces than LEVEL the text is code, and begins one space after the marker.
        text_at = column + len(marker) + (gap if 1 <= gap <= LEVEL else 1)
        self.items.append(_Item(column, text_at, ordered))
        self.at += 1
        self.after_empty = False
        begin = f"{' ' * LEVEL * depth}{marker} "
        figure = FIGURE.search(rest) if "|" not in rest else None
        has_more = bool(figure and figure[0] != rest.strip())
        begins_item = MARKER.match(rest) and not RULE.match(rest)
        if _fence_of(rest) or QUOTE.match(rest) or has_more or (begins_item and rest.strip()):
            # Another block on the line of the marker is read as if it were on the next line.
            self.at -= 1
            self.source[self.at] = " " * text_at + rest
            self.after_empty = True
            yield from (begin + EMPTY, "")
        else:
            yield begin + rest
            yield from self._rest_of_formula(rest)

    def _text(self, line: str, column: int, text: str) -> Iterator[str]:
        """A line of a paragraph, a heading, a table, or HTML."""
        depth, self.at = len(self.items), self.at + 1
        indent = " " * LEVEL * depth
        if depth:
            extra = column - self.items[-1].text
            if extra >= LEVEL and self.after_empty:
                # Indented code in a list item. CommonMark counts its indent from the column of the
                # item's text (`extra`), Python-Markdown from LEVEL spaces for each open item
                # (`beyond`). The latter is used if it is at least LEVEL, so that the line is code.
                beyond = column - LEVEL * depth
                indent += " " * (beyond if beyond >= LEVEL else extra)
            line = indent + text
        line = self._with_markdown_inside(line, text)
        if FIGURE.search(without_code(text)) and "|" not in text:
            yield from self._figures(indent, text)
            return
        begins_table = "|" in text and self.at < len(self.source)
        if begins_table and not self.after_empty and self._is_delimiters(self.source[self.at]):
            yield ""
        self.after_empty = False
        yield line
        yield from self._rest_of_formula(text)

    def _rest_of_formula(self, text: str) -> Iterator[str]:
        """The lines up to the end of a formula that begins on this line.

        A sign such as "-" in a formula is no list marker.
        """
        inside = text.count("$$") % 2 == 1
        while inside and self.at < len(self.source) and self.source[self.at].strip():
            line = self.source[self.at].strip()
            self.at += 1
            inside = "$$" not in line
            yield " " * LEVEL * len(self.items) + line

    def _with_markdown_inside(self, line: str, text: str) -> str:
        """The line, with `markdown="1"` if it begins an HTML element around an empty line.

        In CommonMark, an HTML block ends at an empty line, and Markdown is read after it. In
        Python-Markdown the element needs this attribute. `self.at` is the line after this one.
        """
        found = BLOCK.match(text)
        if not found or "markdown=" in found["about"]:
            return line
        opening, closing = re.compile(rf"<{found[1]}\b"), f"</{found[1]}>"
        depth, empty = len(opening.findall(text)) - text.count(closing), False
        for later in self.source[self.at :]:
            if depth <= 0:
                break
            empty = empty or not later.strip()
            depth += len(opening.findall(later)) - later.count(closing)
        closed = depth <= 0
        if not (closed and empty):
            return line
        return line.replace(found[0], f'{found[0][:-1]} markdown="1">', 1)

    @staticmethod
    def _is_delimiters(line: str) -> bool:
        """Whether a line can be the one below the head of a table."""
        return "|" in line and bool(DELIMITERS.match(line.strip()))

    def _figures(self, indent: str, text: str) -> Iterator[str]:
        """A line with figures: each becomes a paragraph of its own."""
        at = 0
        if not self.after_empty:
            yield ""
        self.block_depth = -1
        for figure in FIGURE.finditer(text):
            before = text[at : figure.start()].strip()
            for paragraph in (before, figure[0]) if before else (figure[0],):
                yield from (indent + paragraph, "")
            at = figure.end()
        rest = text[at:].strip()
        self.after_empty = not rest
        if rest:
            yield indent + rest

    def _fence(self, column: int, text: str, fence: str) -> Iterator[str]:
        """A fenced block, with an empty line before and after it."""
        indent = " " * LEVEL * len(self.items)
        if not self.after_empty:
            yield ""
        yield indent + text
        self.at += 1
        while self.at < len(self.source):
            line = self.source[self.at]
            self.at += 1
            closes = is_closing(line, fence)
            yield indent + (line.strip() if closes else _without_indent(line, column))
            if closes:
                break
        yield ""
        self.after_empty, self.block_depth = True, -1

    def _quotation(self) -> Iterator[str]:
        """Lines that begin with ">". Their content is rewritten as a text of its own."""
        inner = []
        indent = " " * LEVEL * len(self.items)
        if self.items and not self.after_empty:
            yield ""
        while self.at < len(self.source):
            line = NO_BREAK.sub(r"\1 ", _indented_by_spaces(self.source[self.at]), count=1)
            marker = QUOTE.match(line.lstrip(" "))
            if not marker:
                break
            inner.append(line.lstrip(" ")[marker.end() :])
            self.at += 1
        content = list(_Reader(inner).lines())
        self.after_empty, self.block_depth = not content[-1], -1
        while content and not content[-1]:
            content.pop()
        yield from (f"{indent}> {line}".rstrip() for line in content or [""])
        # A line without ">" would continue a quoted paragraph. If the content did not end in one,
        # an empty line ends the quotation here.
        if self.after_empty:
            yield ""

    def _verbatim(self, end: str) -> Iterator[str]:
        """HTML in which every space counts, up to the line with `end`."""
        ended = False
        while self.at < len(self.source) and not ended:
            line = self.source[self.at]
            self.at += 1
            ended = end in line.lower()
            yield line
        self.after_empty = False


def _fence_of(text: str) -> str:
    """The fence with which a text begins, or ""."""
    found = OPENING.fullmatch(text)
    return found["fence"] if found and text[0] in "`~" else ""


def _begins_block(text: str) -> bool:
    """Whether a line can begin a block in the middle of a paragraph."""
    return bool(_fence_of(text) or text.startswith(("#", ">", "<")) or RULE.match(text))


def _indented_by_spaces(line: str) -> str:
    """The line with spaces in place of the tabs before its text; a tab stop is every 4 columns."""
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].expandtabs(LEVEL) + text


def _without_indent(line: str, most: int) -> str:
    """The line without at most `most` columns of the white space before its text.

    A tab that reaches beyond these columns stays.
    """
    column = 0
    for number, character in enumerate(line):
        width = {" ": 1, "\t": LEVEL - column % LEVEL}.get(character, most)
        if column >= most or character not in " \t" or column + width > most:
            return line[number:]
        column += width
    return ""
