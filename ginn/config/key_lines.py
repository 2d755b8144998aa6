"""The line at which a TOML text sets each key.

TOML parsers give values without positions: `tomli` and `tomllib` keep none, and `tomlkit` keeps
white space but no line numbers. So this module walks through the tokens of a text that a parser has
accepted. It skips values and decodes only keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import tomli

Keys = tuple[str | int, ...]

# Strings come first, so that a bracket or a number sign in a string is not a token.
_TOKEN = re.compile(
    r'''
      """(?:\\.|[^"\\]|"{1,2}(?!"))*+"{3,5}
    | \'\'\'(?:[^']|'{1,2}(?!'))*+'{3,5}
    | "(?:\\.|[^"\\\n])*+"
    | '[^'\n]*+'
    | \#[^\n]*+
    | [\[\]{}=,.\n]
    | [^\s\[\]{}=,.\#"']++
    ''',
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> dict[Keys, int]:
    """The line, counted from 1, of every key, table and item of an array in a TOML text.

    Each is named by its path from the root: a string for a key, a number for an item of an array.
    A table has the line of its first header. Without a header, it has that of its first key.
    """
    walk = _Walk(_tokens(text))
    walk.document()
    return walk.lines


def line_of(lines: Mapping[Keys, int], keys: Keys) -> int:
    """The line of a path, or of the nearest table around it that has one; 0 if none has."""
    for end in range(len(keys), 0, -1):
        if keys[:end] in lines:
            return lines[keys[:end]]
    return 0


def _tokens(text: str) -> list[tuple[str, int]]:
    """All tokens but comments, each with its line. A line feed is added as the last one."""
    tokens = []
    line, end = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", end, match.start())
        end = match.start()
        if not match[0].startswith("#"):
            tokens.append((match[0], line))
    return [*tokens, ("\n", line)]


class _Walk:
    """One pass over the tokens of a TOML text, which notes the line of each path."""

    def __init__(self, tokens: list[tuple[str, int]]) -> None:
        self.tokens, self.place = tokens, 0
        self.lines: dict[Keys, int] = {}
        self.tables_of: dict[Keys, int] = {}  # how many tables an array of tables has so far

    def document(self) -> None:
        """Pass over all headers and pairs."""
        table: Keys = ()
        while self.place < len(self.tokens):
            if self.symbol == "\n":
                self.place += 1
            elif self.symbol == "[":
                table = self.header()
            else:
                self.pair(table)

    @property
    def symbol(self) -> str:
        """The text of the current token."""
        return self.tokens[self.place][0]

    def note(self, keys: Keys) -> None:
        """Give a path the current line, unless it has an earlier one."""
        self.lines.setdefault(keys, self.tokens[self.place][1])

    def header(self) -> Keys:
        """The path of the table that a header `[a.b]` or `[[a.b]]` opens."""
        in_array = self.tokens[self.place + 1][0] == "["
        self.place += 2 if in_array else 1
        table: Keys = ()
        while self.symbol != "]":
            if self.symbol != ".":
                table = (*table, _decoded(self.symbol))
                self.note(table)
                last = self.tokens[self.place + 1][0] == "]"
                if not (last and in_array) and table in self.tables_of:
                    table = (*table, self.tables_of[table] - 1)
            self.place += 1
        if in_array:
            number = self.tables_of.get(table, 0)
            self.tables_of[table] = number + 1
            table = (*table, number)
            self.note(table)
        self.place += 2 if in_array else 1
        return table

    def pair(self, table: Keys) -> None:
        """Pass over `key = value` in a table."""
        keys = table
        while self.symbol != "=":
            if self.symbol != ".":
                keys = (*keys, _decoded(self.symbol))
                self.note(keys)
            self.place += 1
        self.place += 1
        self.value(keys)

    def value(self, keys: Keys) -> None:
        """Pass over a value: an inline table, an array, or anything else up to its end."""
        if self.symbol == "{":
            self.place += 1
            while self.symbol != "}":
                if self.symbol in (",", "\n"):
                    self.place += 1
                else:
                    self.pair(keys)
            self.place += 1
        elif self.symbol == "[":
            self.place += 1
            number = 0
            while self.symbol != "]":
                if self.symbol in (",", "\n"):
                    self.place += 1
                else:
                    self.note((*keys, number))
                    self.value((*keys, number))
                    number += 1
            self.place += 1
        else:
            while self.symbol not in (",", "]", "}", "\n"):
                self.place += 1


def _decoded(token: str) -> str:
    """The key that a bare or a quoted token stands for."""
    return next(iter(tomli.loads(f"{token} = 0"))) if token[0] in "\"'" else token
