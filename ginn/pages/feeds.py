"""Files for readers that are programs: Atom feed, site map, robots.txt and web manifest."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from ginn.config.models import Site
from ginn.pages.articles import Article
from ginn.pages.metadata import Publication

FEED, SITE_MAP, ROBOTS = "feed.xml", "sitemap.xml", "robots.txt"


def atom(articles: Sequence[Article], site: Site, publication: Publication) -> bytes:
    """The feed of a site's articles, newest first (RFC 4287); the site's address must be known."""
    newest = sorted(articles, key=lambda article: (article.date, -article.order), reverse=True)
    home, own = publication.base_url, publication.absolute(FEED)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(site.language)}>',
        f"<title>{escape(site.title)}</title>",
        f"<subtitle>{escape(site.description)}</subtitle>",
        f"<id>{escape(own)}</id>",
        f"<link href={quoteattr(home)}/>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        f"<updated>{_midnight(newest[0].date)}</updated>",
        f"<author><name>{escape(site.author)}</name></author>",
        f"<rights>{escape(site.licence)}</rights>",
    ]
    for article in newest:
        address = publication.absolute(article.address)
        lines += [
            "<entry>",
            f"<title>{escape(article.title)}</title>",
            f"<id>{escape(address)}</id>",
            f"<link href={quoteattr(address)}/>",
            f"<updated>{_midnight(article.date)}</updated>",
            f"<summary>{escape(article.description)}</summary>",
            "</entry>",
        ]
    return ("\n".join([*lines, "</feed>"]) + "\n").encode()


def site_map(pages: Mapping[str, datetime.date], publication: Publication) -> bytes:
    """The site map (sitemaps.org): address relative to the root -> day of the last change."""
    entries = [
        f"<url><loc>{escape(publication.absolute(address))}</loc>"
        f"<lastmod>{day.isoformat()}</lastmod></url>"
        for address, day in pages.items()
    ]
    opening = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    lines = ['<?xml version="1.0" encoding="utf-8"?>', opening, *entries, "</urlset>"]
    return ("\n".join(lines) + "\n").encode()


def robots(publication: Publication) -> bytes:
    """Everyone may read everything (RFC 9309), and where the site map is if that is known.

    Crawlers read it at a domain's root alone; under a sub-path it does no harm.
    """
    found = publication.absolute(SITE_MAP)
    return ("User-agent: *\nAllow: /\n" + (f"Sitemap: {found}\n" if found else "")).encode()


def web_manifest(site: Site, icons: Mapping[str, int], paper: str) -> bytes:
    """The web application manifest, for a file in the folder `assets/`.

    `icons` are addresses as seen from there, with their sides (px); `paper` is the page's colour.
    """
    manifest = {
        "name": site.title,
        "short_name": "GINN",
        "description": site.description,
        "lang": site.language,
        "start_url": "../index.html",
        "scope": "../",
        "display": "minimal-ui",
        "background_color": paper,
        "theme_color": paper,
        "icons": [
            {
                "src": address,
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for address, side in icons.items()
        ],
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def _midnight(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
