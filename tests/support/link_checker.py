"""Checks of a built site: every link leads to one of its files, and every file is linked.

`python tests/support/link_checker.py SITE [BASE_URL]` prints the faults of a built site.
"""

from __future__ import annotations

import itertools
import json
import posixpath
import re
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

# Hosts, crawlers, later builds and old pages read these files by name, so they need no link.
ENTRIES = (
    "index.html", "404.html", "robots.txt", "sitemap.xml", "build.json", "assets/newest.js",
)  # fmt: skip
# The attributes with addresses. The scripts of pages load those that begin with `data-`.
ADDRESSES = (
    "href", "src", "poster", "action", "data", "data-index", "data-export",
    "data-details", "data-neurons", "data-moments",
)  # fmt: skip
# The attributes of elements that read the part after "#" in the page's address.
STATEFUL = ("data-address", "data-laboratory")
# Elements that can name another host, because a browser loads it only if a reader follows the link.
NEVER_LOADED = {("a", "href"), ("link license", "href"), ("meta", "content")}
DATA_SUFFIXES = "js|webp|png|svg|json|npz"


class Reference(NamedTuple):
    """An address in a file: its element and attribute, its text, and its base folder."""

    place: tuple[str, str]
    target: str
    folder: str


def complaints(
    files: Mapping[str, bytes], base_url: str = "", elsewhere: tuple[str, ...] = ()
) -> list[str]:
    """The faults of a site's links: dead links and fragments, other hosts, orphans.

    `files` are by address relative to the root. `base_url` is the address of the published site.
    Addresses that begin with one of `elsewhere` are assumed to exist.
    """
    found: list[str] = []
    pages = {name: _Page(data.decode()) for name, data in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        found += [f"{name}: id {i!r} twice" for i in sorted(set(page.ids)) if page.ids.count(i) > 1]
    reached: set[str] = set()
    waiting = [name for name in ENTRIES if name in files]
    while waiting:
        name = waiting.pop()
        if name in reached:
            continue
        reached.add(name)
        for reference in _references(name, files[name], pages):
            target, complaint = _resolved(reference, files, pages, name, base_url, elsewhere)
            if complaint:
                found.append(f"{name}: {complaint}")
            elif target in files:
                waiting.append(target)
    return found + [f"{name}: an orphan" for name in sorted(files.keys() - reached)]


def files_of(folder: Path) -> dict[str, bytes]:
    """All files of a built site except `.gitignore`, by address."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in named.items() if name != ".gitignore"}


class _Page(HTMLParser):
    """The ids and addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[tuple[tuple[str, str], str]] = []
        self.has_state = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.ids += [said["id"]] if "id" in said else []
        self.has_state |= not said.keys().isdisjoint(STATEFUL)
        element = f"link {said['rel']}" if tag == "link" and said.get("rel") == "license" else tag
        for name in ADDRESSES:
            if name in said:
                self.addresses.append(((element, name), said[name]))
        for target, _ in itertools.chain.from_iterable(json.loads(said.get("data-replay") or "[]")):
            self.addresses.append(((element, "data-replay"), target))
        for candidate in said.get("srcset", "").split(","):
            if candidate.strip():
                self.addresses.append(((element, "srcset"), candidate.split()[0]))
        if tag == "meta" and said.get("content", "").startswith(("http://", "https://")):
            self.addresses.append(((element, "content"), said["content"]))


def _references(name: str, data: bytes, pages: Mapping[str, _Page]) -> Iterator[Reference]:
    """Every address in a file; the kind of the file decides how it is read."""
    folder = posixpath.dirname(name)
    if name in pages:
        yield from (Reference(place, target, folder) for place, target in pages[name].addresses)
    elif name.endswith(".css"):
        for target in re.findall(r"""(?:url\(|@import\s)\s*["']?([^"')\s]+)""", data.decode()):
            yield Reference(("css", "url"), target, folder)
    elif name.endswith(".webmanifest"):
        manifest = json.loads(data)
        targets = [manifest["start_url"], *(icon["src"] for icon in manifest["icons"])]
        yield from (Reference(("manifest", "src"), target, folder) for target in targets)
    elif name.endswith(".js") and name.startswith("data/"):
        for target in re.findall(rf'"([\w./-]+\.(?:{DATA_SUFFIXES}))"', data.decode()):
            yield Reference(("script", "data"), target, "data")
    elif name.endswith(".xml") or name == "robots.txt":
        for target in re.findall(
            r"""(?:href=["']|<loc>|<id>|Sitemap: )([^"'<\s]+)""", data.decode()
        ):
            yield Reference(("xml", "href"), target, folder)


def _resolved(
    reference: Reference,
    files: Mapping[str, bytes],
    pages: Mapping[str, _Page],
    name: str,
    base_url: str,
    elsewhere: tuple[str, ...],
) -> tuple[str, str]:
    """The file that an address leads to, and its fault, or "" if it has none."""
    target, folder = reference.target, reference.folder
    published = bool(base_url) and target.startswith(base_url)
    if published:
        target, folder = target.removeprefix(base_url), ""
        path, _, fragment = target.partition("#")
        target = f"{path}index.html" if path == "" or path.endswith("/") else path
        target += f"#{fragment}" if fragment else ""
    elif re.match(r"[a-z][a-z0-9+.-]*:|//", target):
        if reference.place in NEVER_LOADED and target.startswith("https://"):
            return "", ""
        return "", f"{target} is of another host, or of another kind"
    path, _, fragment = target.partition("#")
    found = posixpath.normpath(posixpath.join(folder, unquote(path))) if path else name
    if found.startswith("../") or path.startswith("/"):
        return "", f"{reference.target} leaves the site"
    if found.startswith(elsewhere or ("\0",)):
        return "", ""
    if found not in files:
        return "", f"{reference.target} leads nowhere"
    if fragment and found in pages:
        state = pages[found].has_state and "=" in fragment
        if not state and fragment not in pages[found].ids:
            return "", f"{reference.target}: no such id"
    return found, ""


if __name__ == "__main__":
    base = sys.argv[2].rstrip("/") + "/" if len(sys.argv) > 2 else ""
    wrong = complaints(files_of(Path(sys.argv[1])), base)
    print("\n".join(wrong) or "Every link, fragment and file is where it should be.")
    sys.exit(bool(wrong))
