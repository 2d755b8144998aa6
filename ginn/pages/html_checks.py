"""Checks of the HTML that an article became: the policy of the pages, ids, tags, and pictures.

Markdown passes an author's HTML on. A mistake in it can hide an element or the rest of a page, and
a browser does not report it.
"""

from __future__ import annotations

from collections.abc import Collection
from html.parser import HTMLParser

from ginn.config.policy import Policy
from ginn.errors import AuthorError, quoted
from ginn.pages.articles import Article
from ginn.pages.identifiers import OF_LAYOUT
from ginn.pages.policy import NOTHING_MORE, is_allowed_elsewhere, refusal

VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
# Elements whose end tag may be left out (HTML, 13.1.2.4).
OPTIONAL_END = {
    "li", "p", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "caption",
    "option", "optgroup", "rt", "rp",
}  # fmt: skip


def check_html(
    html: str,
    article: Article,
    taken: Collection[str],
    images: Collection[str],
    policy: Policy = NOTHING_MORE,
) -> None:
    """Raise AuthorError with the line of the first mistake in an article's HTML.

    `taken` has the ids that other parts of the page have. `images` has the addresses of pictures
    that were placed from Markdown. `policy` is the allow-list of `report.toml`.
    """
    checker = _Checker(article, taken, images, policy)
    checker.feed(html)
    checker.close()
    checker.finish()


class _Checker(HTMLParser):
    def __init__(
        self, article: Article, taken: Collection[str], images: Collection[str], policy: Policy
    ) -> None:
        super().__init__()
        self.article, self.taken, self.images, self.policy = article, taken, images, policy
        self.ids: set[str] = set()
        self.opened: list[tuple[str, str]] = []  # the name and the text of each open tag

    def error(self, error: AuthorError, *texts: str) -> AuthorError:
        """The error with the line of the first of these texts that the article has."""
        return error.at(self.article.file, self.article.line_of(*texts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = self.get_starttag_text() or f"<{tag}"
        attributes = {name: value or "" for name, value in attrs}
        written = [
            form.format(name, value)
            for name, value in attributes.items()
            for form in ('{}="{}"', "{}='{}'", "{}={}")
        ]
        refused = refusal(tag, attributes, self.policy)
        if refused:
            blocked = [text for text in written if text.partition("=")[0] in refused.found]
            raise self.error(refused, said, *blocked, *attributes.values(), f"<{tag}")
        source = attributes.get("src", "")
        elsewhere = is_allowed_elsewhere(source, self.policy)
        if tag == "img" and source not in self.images and not elsewhere:
            found = f"a picture in HTML, <img src={quoted(source)}>"
            hint = "a width is written ![what it shows](cat.png){width=300}"
            allowed = f"![{attributes.get('alt') or 'what it shows'}]({source})"
            raise self.error(AuthorError(found, allowed, hint), said, source, "<img")
        if tag == "iframe" and not attributes.get("title", "").strip():
            found, allowed = "an <iframe> without a title", 'title="what it shows"'
            hint = "describe it for those who do not see it"
            raise self.error(AuthorError(found, allowed, hint), said, "<iframe")
        self._check_id(attributes.get("id", ""), said)
        if tag not in VOID:
            self.opened.append((tag, said))

    def _check_id(self, name: str, said: str) -> None:
        if not name:
            return
        places = (f"{{#{name}", f"#{name}", f'id="{name}"', f"id='{name}'", f"id={name}", said)
        if name in OF_LAYOUT or name in self.taken:
            found = f"the id {quoted(name)}, which the layout of the page uses"
            raise self.error(AuthorError(found, "another id"), *places)
        if name in self.ids:
            raise self.error(AuthorError(f"the id {quoted(name)} twice", "it once"), *places)
        self.ids.add(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID and any(name in ("svg", "math") for name, _ in self.opened):
            self.opened.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        while self.opened and self.opened[-1][0] != tag and self.opened[-1][0] in OPTIONAL_END:
            self.opened.pop()
        if self.opened and self.opened[-1][0] == tag:
            self.opened.pop()
            return
        if any(name == tag for name, _ in self.opened):
            self._refuse_open()
        allowed = f"a <{tag}> before it"
        raise self.error(AuthorError(f"</{tag}> that ends nothing", allowed), f"</{tag}")

    def _refuse_open(self) -> None:
        name, said = self.opened[-1]
        found, allowed = f"{quoted(said)} that is not closed", f"</{name}> after it"
        raise self.error(AuthorError(found, allowed), said, f"<{name}")

    def finish(self) -> None:
        """Raise AuthorError for an element that is still open at the end."""
        while self.opened and self.opened[-1][0] in OPTIONAL_END:
            self.opened.pop()
        if self.opened:
            self._refuse_open()
