"""Links of articles that can be seen to lead nowhere before there are any pages.

They are read from the Markdown. A link that an expression makes is not judged here. All links are
checked again in the finished pages (`ginn.pages.links`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass

from ginn.pages.articles import RESERVED, Article
from ginn.pages.code_places import without_code
from ginn.pages.identifiers import heading_identifier, is_of_layout
from ginn.pages.links import DeadLink, Links, find_dead_link, with_static
from ginn.pages.source_checks import JINJA, JINJA_COMMENT

# The address of a link or of a reference, and an attribute of HTML.
ADDRESSES = (
    re.compile(r"(?<!!)\[[^\[\]\n]*\]\(<?([^<>()\s{}]+)>?(?:\s+[\"'][^\n]*?[\"'])?\)"),
    re.compile(r"(?m)^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*<?([^<>\s{}]+)>?"),
    re.compile(r"<a\s[^<>]*?href=[\"']([^\"'{}]+)[\"']"),
)
COMMENT = re.compile(r"(?s)<!--.*?-->")
HEADING = re.compile(r"(?m)^[ \t>]*#{2,6}[ \t]+(.+?)[ \t]*#*$")
UNDERLINED = re.compile(r"(?m)^ {0,3}(?:=+|-+)[ \t]*$")
OWN_ID = re.compile(r"\{[^{}\n]*#([^\s{}]+)[^{}\n]*\}[ \t]*$")
ID = re.compile(r"\sid=[\"']?([^\"'\s<>]+)")
# Text in which Markdown changes nothing, so that the id of the heading follows from it.
PLAIN = re.compile(r"[^*_`\[\]<>&\\$~:{}]*")


@dataclass(frozen=True)
class _Files(Container[str]):
    """The addresses of the site: the known ones, and any in a folder that a build writes."""

    known: Collection[str]

    def __contains__(self, address: object) -> bool:
        folder, _, name = str(address).partition("/")
        return address in self.known or (folder in RESERVED and bool(name))


def find_written_dead_link(articles: Sequence[Article], files: Collection[str]) -> DeadLink | None:
    """The first link in the Markdown of an article that can lead nowhere, or None.

    `files` has the addresses of all files of the site, except those in the folders that a build
    writes.
    """
    links = {article.address: _links(article) for article in articles}
    return find_dead_link(articles, links, _Files({*files, *links}))


def _links(article: Article) -> Links:
    """The addresses in an article's Markdown, and the ids that its page will have."""
    prose = COMMENT.sub("", without_code(JINJA_COMMENT.sub("", article.body)))
    root = "../" * article.address.count("/")
    written = [html.unescape(at[1]) for form in ADDRESSES for at in form.finditer(prose)]
    # The layout makes ids of its own, such as those of figures.
    judged = [each for each in written if not is_of_layout(each.partition("#")[2])]
    return Links(tuple(_in_page(each, root) for each in judged), *_ids(prose))


def _in_page(target: str, root: str) -> str:
    """The address in an article's page of a link in its Markdown."""
    return with_static(f'<a href="{target}">', root).removeprefix('<a href="').removesuffix('">')


def _ids(prose: str) -> tuple[frozenset[str], bool]:
    """The ids that an article will surely have, and whether there may be more."""
    headings = HEADING.findall(prose)
    plain = [text for text in headings if PLAIN.fullmatch(text)]
    own = [found[1] for found in map(OWN_ID.search, headings) if found]
    known = frozenset([*ID.findall(prose), *own, *map(heading_identifier, plain)])
    # Markdown numbers the ids of footnotes and of headings with the same text.
    more = len(set(plain)) + len(own) < len(headings) or "[^" in prose
    return known, more or bool(UNDERLINED.search(prose)) or "id=" in "".join(JINJA.findall(prose))
