"""Links within the site: each leads to a file of it, and to a place in that file.

Markdown lets an author write any address, so the pages are read again once all of them are there.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from ginn.config.models import InputError
from ginn.errors import quoted

ELSEWHERE = ("https", "http", "mailto")


class DeadLinkError(InputError):
    """A link of the page at `address` that leads nowhere."""

    def __init__(self, address: str, words: str) -> None:
        """The message is `words`, one line."""
        self.address = address
        super().__init__(words)


@dataclass(frozen=True)
class Links:
    """The addresses that a page refers to, each once, and the ids in it."""

    targets: tuple[str, ...]
    ids: frozenset[str]


class _Reader(HTMLParser):
    """Collects addresses and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, None] = {}
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect from one tag."""
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.targets[value] = None
            elif name == "id" and value:
                self.ids.add(value)


def links_of(page: bytes) -> Links:
    """The links of a page."""
    reader = _Reader()
    reader.feed(page.decode())
    reader.close()
    return Links(tuple(reader.targets), frozenset(reader.ids))


def check_links(
    pages: Mapping[str, Links], files: Container[str], sources: Mapping[str, Path]
) -> None:
    """DeadLinkError for the first link of an article that leads nowhere.

    `pages` are the links of the articles' pages and `sources` their files, by the pages' addresses;
    `files` are all addresses of the site. Addresses in the explorer carry the viewer's state behind
    "#", so only those of articles are looked up.
    """
    for address, links in pages.items():
        folder = posixpath.dirname(address)
        for target in links.targets:
            elsewhere, path, fragment = _parts(folder, target)
            if elsewhere:
                continue
            found = address if path is None else path
            there = found in files
            if there and fragment and found in pages:
                there = fragment in pages[found].ids
            if not there:
                raise DeadLinkError(
                    address,
                    f"{sources[address]}:{_line_with(sources[address], target)}: found a link to "
                    f'{quoted(target)}, which is nowhere in the site, allowed: page("slug"), a '
                    "heading's #id, an address with https://",
                )


@cache
def _parts(folder: str, target: str) -> tuple[bool, str | None, str]:
    """Whether a link leaves the site; else the address that it leads to from a folder, None for the
    page itself, and the id there.
    """
    try:
        parts = urllib.parse.urlsplit(target)
    except ValueError:
        return False, "", ""
    if parts.scheme in ELSEWHERE:
        return True, None, ""
    if parts.scheme or parts.netloc:
        return False, "", ""
    fragment = urllib.parse.unquote(parts.fragment)
    if not parts.path:
        return False, None, fragment
    path = posixpath.join(folder, urllib.parse.unquote(parts.path))
    return False, posixpath.normpath(path), fragment


def _line_with(source: Path, target: str) -> int:
    """The line of an article on which a link's address stands, or 1."""
    lines = source.read_text(encoding="utf-8").splitlines()
    pattern = re.escape(target)
    return next((n for n, line in enumerate(lines, 1) if re.search(pattern, line)), 1)
