"""The common parts of all pages of a site: header, footer, assets and social card.

Addresses are relative to the site's root. Links are relative to the page that contains them, so the
site works under any sub-path, and from a double-clicked file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2

from ginn.config.models import Site
from ginn.figures import network_figure, social_card
from ginn.figures.network_figure import Scene
from ginn.figures.theme import PAPER
from ginn.language.words import Words
from ginn.pages import feeds
from ginn.pages.assets import add
from ginn.pages.links import Links, links_of
from ginn.pages.metadata import Publication
from ginn.pages.policy import policy_text
from ginn.pages.report import Report

# The address of the laboratory.
LAB = "lab/index.html"
# Languages written from right to left, and such scripts (BCP 47).
# fmt: off
RIGHT_TO_LEFT = {
    "ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "khw", "ks", "lrc", "mzn", "nqo",
    "pnb", "prs", "ps", "rhg", "sd", "sdh", "syr", "ug", "ur", "yi",
}
SCRIPTS_RIGHT_TO_LEFT = {
    "adlm", "arab", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa",
}
# fmt: on


@dataclass(frozen=True)
class HeaderLink:
    """A link in the header of every page: its words, and its target address.

    `own` says that the words are an author's, and not the layout's.
    """

    title: str
    address: str
    own: bool = True


@dataclass(frozen=True)
class Rendered:
    """Files of the site that are made together, by address, and the links of their pages."""

    files: Mapping[str, bytes]
    links: Mapping[str, Links]


@dataclass(frozen=True)
class Layout:
    """The frame of a site's pages.

    `header` has the links of the header. The link to the first page is not in it, because it is the
    site's title. `assets` is name -> address. `words` are those of the site's language.
    """

    site: Site
    publication: Publication
    templates: jinja2.Environment
    header: Sequence[HeaderLink]
    assets: Mapping[str, str]
    words: Words

    def page(
        self,
        template: str,
        address: str,
        context: Mapping[str, Any],
        files: Mapping[str, bytes],
        root: str = "",
    ) -> Rendered:
        """A page at `address` with the files that it shows.

        `root` is given for a page that a host serves at any address. It is the site's absolute
        address, from which the page's links start. Such a page does not state its own address.
        """
        canonical = "" if root else self.publication.absolute(address)
        root = root or root_from(address)
        html = self.templates.get_template(f"pages/{template}").render(
            site=self.site,
            direction=direction(self.site.language),
            root=root,
            navigation=[
                {
                    "title": link.title,
                    "address": root + link.address,
                    "current": _current(link.address, address),
                    "own": link.own,
                }
                for link in self.header
            ],
            assets={name: root + target for name, target in self.assets.items()},
            paper=PAPER,
            publication=self.publication,
            canonical=canonical,
            feed=root + feeds.FEED if self.publication.base_url else "",
            **{"policy": policy_text(), **context},
        )
        return Rendered({**files, address: html.encode()}, {address: links_of(html)})

    def card(
        self, name: str, title: str, report: Report, files: dict[str, bytes], scene: Scene | None
    ) -> dict[str, Any]:
        """A page's social card in the form for the template; the PNG is added to `files`.

        It is empty if the site's address is not known, because a card's address must be absolute.
        Without a `scene`, the card shows the end of the best run.
        """
        if not self.publication.base_url:
            return {}
        shown = scene or report.last_scene(report.facts.experiment.shown_runs[0])
        image = social_card.social_card(shown, title, report.site.title, report.colours)
        address = add(files, f"cards/{name}.png", image)
        return {
            "address": self.publication.absolute(address),
            "width": social_card.WIDTH,
            "height": social_card.HEIGHT,
            "alternative": network_figure.scene_description(shown, self.words),
        }


def direction(language: str) -> str:
    """The direction of a language's text, "ltr" or "rtl"; the tag's script decides if it has one.

    >>> direction("ar-EG"), direction("az-Arab"), direction("he-Latn")
    ('rtl', 'rtl', 'ltr')
    """
    first, *rest = language.lower().split("-")
    scripts = [part for part in rest if len(part) == 4 and part.isalpha()]
    right = scripts[0] in SCRIPTS_RIGHT_TO_LEFT if scripts else first in RIGHT_TO_LEFT
    return "rtl" if right else "ltr"


def root_from(address: str) -> str:
    """The relative link to the site's root from a page.

    >>> root_from("explore/bottle/index.html")
    '../../'
    """
    return "../" * address.count("/")


def links_between(
    reports: Sequence[Report], report: Report, kind: str
) -> list[dict[str, str | bool]]:
    """The links from an experiment's page to the same kind of page of all experiments.

    `kind` is "explorer" or "downloads", as in Report.
    """
    root = root_from(getattr(report, kind))
    return [
        {
            "title": each.experiment.title,
            "address": root + getattr(each, kind),
            "current": each is report,
        }
        for each in reports
    ]


def _current(target: str, address: str) -> str:
    """The value of `aria-current` for a header's link on a page.

    It is "page" if the link leads to the page itself, "true" if it leads to the page's section, and
    "" otherwise.
    """
    if target == address:
        return "page"
    section = posixpath.dirname(target)
    return "true" if address.startswith(f"{section}/") else ""
