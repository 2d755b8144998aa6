"""HTML as a tree, for tests of which element contains which."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from support.pages import VOID, html_of


class _Builder(HTMLParser):
    """Feeds a tree builder; the tags must be balanced."""

    def __init__(self) -> None:
        """The tree has a root of its own, so that the HTML can have several elements."""
        super().__init__()
        self.tree = ET.TreeBuilder()
        self.tree.start("root", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        if tag in VOID:
            self.tree.end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attrs})
        self.tree.end(tag)

    def handle_endtag(self, tag: str) -> None:
        ended = self.tree.end(tag)
        assert ended.tag == tag

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


def html_tree(html: str) -> ET.Element:
    """The root of a tree with the elements of some HTML."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    builder.tree.end("root")
    return builder.tree.close()


def article_tree(body: str) -> ET.Element:
    """An `article` element with the elements of the page's prose, for an article with this body."""
    whole = ET.Element("article")
    for part in html_tree(html_of(body)).iter("div"):
        if part.get("class") == "prose":
            whole.extend(part)
    return whole


def words(element: ET.Element | None) -> str:
    """The text of an element with single spaces."""
    assert element is not None
    return " ".join("".join(element.itertext()).split())


def outline(element: ET.Element) -> str:
    """The names of an element's descendants, such as "ul(li(p ul(li)) li)"."""
    return " ".join(
        f"{child.tag}({inner})" if (inner := outline(child)) else child.tag for child in element
    )
