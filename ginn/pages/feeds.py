"""Files for programs: the Atom feed, the site map, robots.txt and the web manifest."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2

from ginn.config.models import Site
from ginn.pages.articles import Article
from ginn.pages.credits import authors_of
from ginn.pages.metadata import Publication

FEED, SITE_MAP, ROBOTS = "feed.xml", "sitemap.xml", "robots.txt"


def atom(
    templates: jinja2.Environment,
    articles: Sequence[Article],
    site: Site,
    publication: Publication,
) -> bytes:
    """The feed of a site's articles, newest first (RFC 4287). The site's address must be known."""
    newest = sorted(articles, key=lambda article: (article.date, -article.order), reverse=True)
    # An entry without authors of its own has those of the feed (RFC 4287, 4.2.1).
    own = {each.slug: authors_of(each, site) for each in articles if each.author or each.authors}
    context = {
        "articles": newest, "site": site, "publication": publication, "address": FEED, "own": own,
    }  # fmt: skip
    return _render(templates, FEED, context)


def site_map(
    templates: jinja2.Environment,
    pages: Mapping[str, datetime.date],
    publication: Publication,
) -> bytes:
    """The site map (sitemaps.org); `pages` maps addresses to the day of the last change."""
    return _render(templates, SITE_MAP, {"pages": pages, "publication": publication})


def robots(templates: jinja2.Environment, publication: Publication) -> bytes:
    """The file robots.txt (RFC 9309), which allows all crawlers and names the site map.

    Crawlers read it at a domain's root only. Under a sub-path it has no effect.
    """
    return _render(templates, ROBOTS, {"publication": publication, "site_map": SITE_MAP})


def web_manifest(
    templates: jinja2.Environment, site: Site, icons: Mapping[str, int], paper: str
) -> bytes:
    """The web application manifest, for a file in the folder `assets/`.

    `icons` has addresses relative to that folder, with their sides (px). `paper` is the page's
    colour.
    """
    return _render(templates, "site.webmanifest", {"site": site, "icons": icons, "paper": paper})


def _render(templates: jinja2.Environment, name: str, context: Mapping[str, Any]) -> bytes:
    text = templates.get_template(f"feeds/{name}").render(context)
    return f"{text.rstrip()}\n".encode()
