"""What every page of a site shares: header, footer, assets and social card around its own content.

Addresses are relative to the site's root, and links are relative to the page that holds them: so
the site works under any sub-path, and from a double-clicked file.
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
from ginn.pages import feeds, metadata
from ginn.pages.assets import add
from ginn.pages.links import Links, links_of
from ginn.pages.metadata import Publication
from ginn.pages.report import Report


@dataclass(frozen=True)
class HeaderLink:
    """An entry of the header of every page: its words, and the address that it leads to."""

    title: str
    address: str


@dataclass(frozen=True)
class Rendered:
    """Files of the site that are made together, by address, and the links of the pages in it."""

    files: Mapping[str, bytes]
    links: Mapping[str, Links]


@dataclass(frozen=True)
class Layout:
    """The frame of a site's pages.

    `header` holds the header's links but for that to the first page, which is the site's title.
    `assets` is name -> address.
    """

    site: Site
    publication: Publication
    templates: jinja2.Environment
    header: Sequence[HeaderLink]
    assets: Mapping[str, str]

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
        address, by which the page's links lead there. Such a page states no address of its own.
        """
        canonical = "" if root else self.publication.absolute(address)
        root = root or root_from(address)
        html = self.templates.get_template(f"pages/{template}").render(
            site=self.site,
            root=root,
            navigation=[
                {
                    "title": link.title,
                    "address": root + link.address,
                    "current": _current(link.address, address),
                }
                for link in self.header
            ],
            assets={name: root + target for name, target in self.assets.items()},
            policy=metadata.POLICY,
            paper=PAPER,
            publication=self.publication,
            canonical=canonical,
            feed=root + feeds.FEED if self.publication.base_url else "",
            **context,
        )
        return Rendered({**files, address: html.encode()}, {address: links_of(html)})

    def card(
        self, name: str, title: str, report: Report, files: dict[str, bytes], scene: Scene | None
    ) -> dict[str, Any]:
        """A page's social card as the template takes it; the PNG is added to `files`.

        It is empty where the site's address is not known: a card's address must be absolute.
        Without a `scene` the card shows the best run's end.
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
            "alternative": network_figure.scene_description(shown),
        }


def root_from(address: str) -> str:
    """The relative link from a page to the site's root.

    >>> root_from("explore/bottle/index.html")
    '../../'
    """
    return "../" * address.count("/")


def links_between(
    reports: Sequence[Report], report: Report, kind: str
) -> list[dict[str, str | bool]]:
    """The links from an experiment's page to all experiments' pages of that kind.

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

    "page" where it leads to the page itself, "true" where to its section, "" elsewhere.
    """
    if target == address:
        return "page"
    section = posixpath.dirname(target)
    return "true" if address.startswith(f"{section}/") else ""
