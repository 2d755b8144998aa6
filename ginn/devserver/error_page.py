"""Show why a build failed as HTML: the place, what was found, and the lines around it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from ginn.errors import AuthorError

LINES_AROUND = 3  # lines shown before and after the one with the mistake
LONGEST_LINE = 200  # characters of a line that are shown
MOST_BYTES = 1_000_000  # a larger file's lines are not shown
HIDE = '<button type="button">Hide</button>\n'


def error_html(error: AuthorError) -> str:
    """An author's mistake as HTML: its place, its parts, and the file's lines."""
    place = ""
    if error.path:
        line = f":{error.line}" if error.line else ""
        place = f"<p><code>{escape(str(error.path))}{line}</code></p>"
    found = f"{error.key}: {error.found}" if error.key else error.found
    rows = [("Found", found), ("Allowed", error.allowed), ("To mend it", error.hint)]
    terms = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
    lines = _excerpt(error.path, error.line) if error.path and error.line else ""
    return f"{HIDE}<h2>A mistake stopped the build</h2>\n{place}\n<dl>{terms}</dl>\n{lines}"


def crash_html(account: str) -> str:
    """A fault of the program as HTML, with Python's unchanged traceback."""
    return f'{HIDE}<h2>The build failed</h2>\n<pre tabindex="0">{escape(account.strip())}</pre>'


def _excerpt(path: Path, line: int) -> str:
    """The numbered lines around `line`, which is marked. "" if there are none."""
    lines = _lines(path)
    if line > len(lines):
        return ""
    first = max(line - LINES_AROUND, 1)
    rows = []
    for number, text in enumerate(lines[first - 1 : line + LINES_AROUND], first):
        short = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
        row = f"{number:>5}  {escape(short)}"
        rows.append(f"<mark>{row}</mark>" if number == line else row)
    return '<pre tabindex="0">{}</pre>'.format("\n".join(rows))


def _lines(path: Path) -> list[str]:
    """A file's lines, or an empty list if the file cannot be shown."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            return []
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except (OSError, ValueError):
        return []
