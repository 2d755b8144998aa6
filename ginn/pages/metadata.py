"""Metadata of pages, for social sites, search engines and reference managers.

Addresses in a page are relative, so that the site works anywhere. Addresses that other programs
read must be absolute: canonical links, social cards, citations, the feed and the site map. These
are left out if the site's own address is not known.
"""

from __future__ import annotations

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
from ginn.pages.credits import authors_of, citation_tags, linked_author


@dataclass(frozen=True)
class Publication:
    """Where and when a site is published, and which programs made it.

    `base_url` is the site's address with a slash at its end, and `source_url` is the address of its
    sources. They are "" if unknown. `date` is a day, or None for the day of the newest article.
    `versions` maps the names of programs to their versions. `draft` says that the build was made
    with `--draft`, and `served` that it was made with `--serve`.
    """

    base_url: str = ""
    source_url: str = ""
    date: datetime.date | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False
    served: bool = False

    @property
    def with_drafts(self) -> bool:
        """Whether the site shows articles that are drafts. A site to publish does not."""
        return self.draft or self.served

    def absolute(self, address: str) -> str:
        """The full address of a file of the site; "" if the site's own address is not known.

        The address of a folder's `index.html` is that of the folder.
        """
        if not self.base_url:
            return ""
        return self.base_url + re.sub(r"(^|/)index\.html$", r"\1", address)


def web_address(text: str) -> str:
    """The web address `text`, with one slash at its end.

    Raises AuthorError unless it is an http or https address with a host. It may have no query, no
    fragment and no space.
    """
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    # An empty query or fragment, as in "https://a.example/?", is not in `parts`.
    wrong = parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment
    if wrong or re.search(r"[\s\"'<>\\]|[?#]$", text):
        raise AuthorError(quoted(text), "an address such as https://name.example/report/")
    return text.rstrip("/") + "/"


def build_date(environment: Mapping[str, str]) -> datetime.date | None:
    """The day in SOURCE_DATE_EPOCH (reproducible-builds.org), or None if it is not set.

    The clock is never read, so that the same sources give the same site on every day.
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
    """The JSON-LD of an article (schema.org's Article), safe inside a script element.

    `card` is the absolute address of its picture, or "".
    """
    address = publication.absolute(article.address)
    authors = [linked_author(author) for author in authors_of(article, site)]
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.description,
        "datePublished": article.date.isoformat(),
        "dateModified": article.date.isoformat(),  # an article has one date
        "author": authors if len(authors) > 1 else authors[0],
        "inLanguage": site.language,
        "license": site.licence_url,
        "isPartOf": {"@type": "WebSite", "name": site.title, "url": publication.base_url},
        "url": address,
        "mainEntityOfPage": address,
        "image": card,
    }
    if not publication.base_url:
        del about["isPartOf"]["url"]
    # What is not known is left out.
    known = {name: value for name, value in about.items() if value}
    text = json.dumps(known, ensure_ascii=False, indent=1)
    # "</script>" in a title must not end the element (HTML, 4.12.1.3).
    return text.replace("<", "\\u003c")


def citation(article: Article, site: Site, publication: Publication) -> list[tuple[str, str]]:
    """The citation tags (name, content) of an article, for Google Scholar and Zotero."""
    address = publication.absolute(article.address)
    tags = [
        ("citation_title", article.title),
        *(tag for author in authors_of(article, site) for tag in citation_tags(author)),
        ("citation_publication_date", article.date.strftime("%Y/%m/%d")),
        ("citation_language", site.language),
        ("citation_fulltext_html_url", address),
    ]
    return [(name, content) for name, content in tags if content]
