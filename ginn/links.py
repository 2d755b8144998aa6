"""Links within the site: each leads to a file of it, and to a place in that file.

Markdown lets an author write any address, so the pages are read again once all of them are there.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Container, Mapping
from html.parser import HTMLParser
from pathlib import Path

from ginn.spec import InputError, shown

ELSEWHERE = ("https", "http", "mailto")


class _Links(HTMLParser):
    """The addresses that a page refers to, and the ids in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect from one tag."""
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.targets.append(value)
            elif name == "id" and value:
                self.ids.add(value)


def check_links(
    files: Mapping[str, bytes], others: Container[str], sources: Mapping[str, Path]
) -> None:
    """InputError for the first link of an article that leads nowhere.

    `files` are the site's pages and what belongs to them by address, `others` further addresses,
    and `sources` the file of each article by its page's address. Addresses in the explorer carry
    the viewer's state behind "#", so only those of articles are looked up.
    """
    pages = {name: _Links(files[name].decode()) for name in sources}
    for address, source in sources.items():
        for target in pages[address].targets:
            try:
                parts = urllib.parse.urlsplit(target)
            except ValueError:
                parts = urllib.parse.urlsplit("unreadable:")
            if parts.scheme in ELSEWHERE:
                continue
            path = posixpath.join(posixpath.dirname(address), urllib.parse.unquote(parts.path))
            found = posixpath.normpath(path) if parts.path else address
            there = not parts.scheme and not parts.netloc and (found in files or found in others)
            if there and parts.fragment and found in pages:
                there = urllib.parse.unquote(parts.fragment) in pages[found].ids
            if not there:
                raise InputError(
                    f"{source}:{_line_with(source, target)}: found a link to {shown(target)}, "
                    'which is nowhere in the site, allowed: page("slug"), a heading\'s #id, an '
                    "address with https://"
                )


def _line_with(source: Path, target: str) -> int:
    """The line of an article on which a link's address stands, or 1."""
    lines = source.read_text(encoding="utf-8").splitlines()
    pattern = re.escape(target)
    return next((n for n, line in enumerate(lines, 1) if re.search(pattern, line)), 1)
