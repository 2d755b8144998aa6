"""Links within the site: each must lead to one of its files, and to an id in that file.

In Markdown, an author can write any address. The links of a page are therefore read from its HTML
when it is made. They are checked when all pages have been made.
"""

from __future__ import annotations

import posixpath
import re
import urllib.parse
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from ginn.errors import AuthorError, quoted
from ginn.pages.articles import Article

TAG = re.compile(r"<[a-zA-Z][^<>]*>")
# An address of the folder `static/`, whose files are at the site's root.
STATIC = re.compile(r'(\s(?:src|href|poster|data)=")(?:\.\./)?static/')
EXTERNAL_SCHEMES = ("https", "http", "mailto", "tel", "sms")


def with_static(html: str, root: str) -> str:
    """The HTML of an article in which addresses of files in `static/` lead to the site's root.

    An author names such a file by its path in the sources: `static/demo.js`, or
    `../static/demo.js`. `root` is the link from the article's page to the site's root.

    >>> with_static('<video src="static/a.mp4">', "../")
    '<video src="../a.mp4">'
    """
    return TAG.sub(lambda tag: STATIC.sub(rf"\g<1>{root}", tag[0]), html)


def as_written(target: str) -> str:
    """The address of a file in `static/` as an author writes it."""
    return f"static/{target.removeprefix('../')}"


@dataclass(frozen=True)
class Links:
    """The addresses that a page refers to, each once, and the ids in the page.

    `more_ids` says that the page may have ids that are not known yet.
    """

    targets: tuple[str, ...]
    ids: frozenset[str]
    more_ids: bool = False

    def may_have(self, name: str) -> bool:
        """Whether the page has an id, or may have it."""
        return self.more_ids or name in self.ids


@dataclass(frozen=True)
class DeadLink:
    """A link of an article to an address or an id that the site does not have."""

    article: Article
    target: str

    def error(self) -> AuthorError:
        """The error to raise, with the line of the link."""
        in_static = as_written(self.target)
        target = in_static if in_static in self.article.body else self.target
        is_article = self.target.partition("#")[0].endswith(".md")
        return AuthorError(
            f"a link to {quoted(target)}, which is nowhere in the site",
            'page("slug"), a heading\'s #id, an address with https://',
            'an article is named by its slug: [words]({{ page("slug") }})' if is_article else "",
            path=self.article.file,
            line=self.article.line_of(target),
        )


@dataclass(frozen=True)
class _Target:
    """The target of a link: the address of a file of the site, and an id in it or ""."""

    address: str
    id: str = ""


class _Reader(HTMLParser):
    """Collects addresses and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, None] = {}
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.targets[value] = None
            elif name == "id" and value:
                self.ids.add(value)


def links_of(html: str) -> Links:
    """The links and ids of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Links(tuple(reader.targets), frozenset(reader.ids))


def find_dead_link(
    articles: Sequence[Article], links: Mapping[str, Links], files: Container[str]
) -> DeadLink | None:
    """The first link of an article that leads nowhere, or None.

    `links` has the links of each page by its address. `files` has the addresses of the whole site.
    Ids are checked in articles only, because in the explorer they are states of the viewer.
    """
    of_articles = {article.address: links[article.address] for article in articles}
    for article in articles:
        for link in of_articles[article.address].targets:
            target = _resolve(posixpath.dirname(article.address), link)
            if target is None:
                continue
            address = target.address or article.address
            page = of_articles.get(address)
            if address not in files or (page and target.id and not page.may_have(target.id)):
                return DeadLink(article, link)
    return None


@cache
def _resolve(folder: str, link: str) -> _Target | None:
    """The target of a link from a page in a folder; None if it is outside the site.

    A link to the page itself has the address "". A link that cannot lead anywhere has ".", which is
    not the address of a file.
    """
    try:
        parts = urllib.parse.urlsplit(link)
    except ValueError:
        return _Target(".")
    if parts.scheme in EXTERNAL_SCHEMES:
        return None
    if parts.scheme or parts.netloc or not link:
        return _Target(".")
    fragment = urllib.parse.unquote(parts.fragment)
    if not parts.path:
        return _Target("", fragment)
    path = posixpath.join(folder, urllib.parse.unquote(parts.path))
    return _Target(posixpath.normpath(path), fragment)
