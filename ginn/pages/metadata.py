"""Metadata of pages, for social sites, search engines and reference managers.

Addresses in a page are relative, so that the site works anywhere. Only what leaves the page must be
absolute: canonical links, social cards, citations, the feed and the site map. They are made where
the site's own address is known, and left out where it is not.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ginn.config.models import Site
from ginn.errors import AuthorError, quoted
from ginn.pages.articles import Article

# The site's own origin and nothing else: scripts, styles and pictures come from files of the site;
# a `default-src` of none refuses connections, frames, plug-ins, fonts and workers. What a reader
# saves is a download, to which the policy does not apply.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)


@dataclass(frozen=True)
class Publication:
    """Where, when and with what a site is made.

    `base_url` is its address with a last slash, `source_url` that of its sources; "" where unknown.
    `date` is a day, or None for that of the newest article. `versions` are names of programs.
    """

    base_url: str = ""
    source_url: str = ""
    date: datetime.date | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def absolute(self, address: str) -> str:
        """The full address of a file of the site; "" where the site's own is not known.

        A folder's `index.html` goes by the folder's name.
        """
        if not self.base_url:
            return ""
        return self.base_url + re.sub(r"(^|/)index\.html$", r"\1", address)


def web_address(text: str) -> str:
    """`text` if it is an address of the web, with a last slash.

    Raises AuthorError for another scheme, no host, a query, a fragment or a space.
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    wrong = parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment
    if wrong or re.search(r"[\s\"'<>\\]|[?#]$", text):
        raise AuthorError(quoted(text), "an address such as https://name.example/report/")
    return text.rstrip("/") + "/"


def build_date(environment: Mapping[str, str]) -> datetime.date | None:
    """The day that SOURCE_DATE_EPOCH names (reproducible-builds.org), or None where it is not set.

    The clock is never asked: the same sources give the same site on every day.
    """
    found = environment.get("SOURCE_DATE_EPOCH", "")
    if not found:
        return None
    allowed = "seconds since 1970, such as `git log -1 --format=%ct` prints"
    try:
        return datetime.datetime.fromtimestamp(int(found), datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise AuthorError(quoted(found), allowed, key="SOURCE_DATE_EPOCH") from None


def linked_data(article: Article, site: Site, publication: Publication, card: str) -> str:
    """An article as JSON-LD (schema.org's Article), safe inside a script element.

    `card` is the absolute address of its picture, or "". An author's `@type` is left open: a name
    alone does not say whether it is one person's.
    """
    address = publication.absolute(article.address)
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.description,
        "datePublished": article.date.isoformat(),
        "dateModified": article.date.isoformat(),
        "author": {"name": site.author},
        "inLanguage": site.language,
        "license": site.licence_url,
        "isPartOf": {"@type": "WebSite", "name": site.title, "url": publication.base_url},
        "url": address,
        "mainEntityOfPage": address,
        "image": card,
    }
    if not publication.base_url:
        del about["isPartOf"]["url"]
    known = {name: value for name, value in about.items() if value}
    text = json.dumps(known, ensure_ascii=False, indent=1)
    # "</script>" in a title must not end the element (HTML, 4.12.1.3).
    return text.replace("<", "\\u003c")


def citation(article: Article, site: Site, publication: Publication) -> list[tuple[str, str]]:
    """An article's citation tags, name and content, as Google Scholar and Zotero read them."""
    address = publication.absolute(article.address)
    tags = [
        ("citation_title", article.title),
        ("citation_author", site.author),
        ("citation_publication_date", article.date.strftime("%Y/%m/%d")),
        ("citation_language", site.language),
        ("citation_fulltext_html_url", address),
    ]
    return [(name, content) for name, content in tags if content]


def plain_publication(publication: Publication) -> dict[str, Any]:
    """A publication as JSON takes it."""
    day = publication.date.isoformat() if publication.date else None
    return dataclasses.asdict(publication) | {"date": day}
