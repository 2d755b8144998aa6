"""A mistake as a page shows it: where, what was found, what is allowed, and the lines around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

AROUND = 3  # lines shown before and after the one with the mistake
LONGEST = 200  # characters of a line that are shown
MOST_BYTES = 1_000_000  # of a file whose lines are shown
HIDE = '<button type="button">Hide</button>\n'

PLACE = r"(?P<file>.+?\.\w+)(?::(?P<line>\d+))?: (?P<said>.*)"
ALLOWED = r"[,;] (?:allowed|expected):? "


@dataclass(frozen=True)
class Mistake:
    """A message taken apart; what it does not say is empty, and `line` is then 0.

    `found` begins with the key at which it was found, if there is one.
    """

    file: str
    line: int
    found: str
    allowed: str
    mend: str


def take_apart(message: str) -> Mistake:
    """A build's message, "FILE:LINE: FOUND, allowed: THIS; DO THAT" or less of that."""
    place = re.fullmatch(PLACE, message, re.DOTALL)
    said = place["said"] if place else message
    file, line = (place["file"], int(place["line"] or 0)) if place else ("", 0)
    found, *rest = re.split(ALLOWED, said, maxsplit=1)
    allowed, _, mend = rest[0].partition("; ") if rest else ("", "", "")
    if not rest:
        found, _, mend = found.partition("; ")
    return Mistake(file, line or _line_of_key(Path(file), found), found, allowed, mend)


def as_html(message: str) -> str:
    """A message as a piece of HTML: a heading, what there is to say, and the file's lines.

    A message of several lines, such as Python's account of an error in the program, stays as it is.
    """
    if "\n" in message.strip():
        return f"{HIDE}<h2>The build failed</h2>\n<pre>{escape(message.strip())}</pre>"
    mistake = take_apart(message)
    colon = f":{mistake.line}" if mistake.line else ""
    place = f"<p><code>{escape(mistake.file)}{colon}</code></p>" if mistake.file else ""
    rows = [
        ("Found", mistake.found), ("Allowed", mistake.allowed), ("To mend it", mistake.mend)
    ]  # fmt: skip
    told = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    lines = _excerpt(Path(mistake.file), mistake.line) if mistake.line else ""
    return f"{HIDE}<h2>A mistake stopped the build</h2>\n{place}\n<dl>{told}</dl>\n{lines}"


def _text(file: Path) -> list[str]:
    """A file's lines, or none where it cannot be shown."""
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return []
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except (OSError, ValueError):
        return []


def _line_of_key(file: Path, found: str) -> int:
    """Where a TOML file sets the key that `found` begins with, as in "table.key: "; or 0."""
    keys = re.match(r"([\w.-]+): ", found)
    if file.suffix != ".toml" or not keys:
        return 0
    *tables, key = keys[1].split(".")
    table = ""
    for number, line in enumerate(_text(file), 1):
        if head := re.match(r"\s*\[\[?\s*([\w.-]+)\s*\]", line):
            table = head[1]
        if table == ".".join(tables) and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return 0


def _excerpt(file: Path, line: int) -> str:
    """The lines around one, which is marked, each with its number; "" where there are none."""
    lines = _text(file)
    if line > len(lines):
        return ""
    first = max(line - AROUND, 1)
    shown = []
    for number, text in enumerate(lines[first - 1 : line + AROUND], first):
        short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
        row = f"{number:>5}  {escape(short)}"
        shown.append(f"<mark>{row}</mark>" if number == line else row)
    return "<pre>{}</pre>".format("\n".join(shown))
