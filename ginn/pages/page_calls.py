"""The functions with which an article refers to other pages and shows claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
from markupsafe import Markup

from ginn.analysis.facts import Facts
from ginn.errors import AuthorError, quoted


class PageCalls:
    """The functions of one article that need the whole site.

    `pages` has the links by the names that `page` accepts. `facts` are those of the article's
    experiment.
    """

    def __init__(
        self, pages: Mapping[str, str], facts: Facts, templates: jinja2.Environment
    ) -> None:
        """`templates` has the macros of claims."""
        self.pages, self.facts = pages, facts
        self.macros: Any = templates.get_template("partials/claims.html").module

    def page(self, slug: str) -> str:
        """The link to an article by its slug, or to "explore" or "downloads".

        Raises AuthorError for a page that the site does not have.
        """
        if slug not in self.pages:
            raise AuthorError(quoted(slug), ", ".join(self.pages), key="page")
        return self.pages[slug]

    def evidence(self, name: str) -> Markup:
        """The box of a claim with what was measured; nothing for a claim that was not measured."""
        row = self.facts.claim(name)
        return _block(self.macros.box(row, self.page("methods"))) if row else Markup("")

    def claims_table(self) -> Markup:
        """The table of all claims, and each with its definition and numbers."""
        return _block(self.macros.table(self.facts.claims))

    def functions(self) -> dict[str, object]:
        """The functions by the names that articles use."""
        return {
            "page": self.page,
            "evidence": self.evidence,
            "claims_table": self.claims_table,
        }


def _block(html: Markup) -> Markup:
    """HTML as a block of its own in Markdown."""
    return Markup("\n\n{}\n\n").format(html.strip())
