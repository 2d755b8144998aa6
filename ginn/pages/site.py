"""The pages of a site, in parts that a build makes and stores one by one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ginn.analysis.facts import facts_schema
from ginn.config.policy import Policy
from ginn.files import read_text
from ginn.language.words import Words
from ginn.pages import assets, feeds
from ginn.pages.article_page import GLOSSARY_PAGE, References, article_page
from ginn.pages.articles import Article, shown_articles
from ginn.pages.citations import Source
from ginn.pages.credits import authors_of
from ginn.pages.downloads_page import downloads_page
from ginn.pages.explorer_page import explorer_page
from ginn.pages.lab_page import lab_page
from ginn.pages.layout import LAB, HeaderLink, Layout, Rendered
from ginn.pages.metadata import Publication
from ginn.pages.policy import NOTHING_MORE
from ginn.pages.report import Report
from ginn.pages.templates import environment, template_errors
from ginn.viewer_data.downloads import PROGRAM

# The largest number of articles in the header of every page. More are listed on one page.
MOST_IN_HEADER = 8
ALL_ARTICLES = "articles/index.html"
NOT_FOUND = "404.html"
# What the text of an article contains if it shows other experiments than its own.
OTHERS = re.compile(r"experiments|experiment\s*=")


@dataclass(frozen=True)
class Part:
    """A part: files of the site that are made together. No other part has the same `name`.

    `needs` has all inputs of the files except those that every page shares (`Pages.shared`). The
    key of the part in the cache is made from it.
    """

    name: str
    needs: Any
    make: Callable[[], Rendered]


class Pages:
    """The pages of one site, their common inputs, and the addresses between them.

    If `publication` has the site's address, there are also social cards, a feed and a site map.
    `404.html` needs that address, too, because a host serves the page at any missing address.
    Without it, the links of `404.html` work only for missing addresses in the root's own folder.
    """

    def __init__(
        self,
        reports: Sequence[Report],
        articles: Sequence[Article],
        works: Mapping[str, Source],
        meanings: Mapping[str, str],
        templates: Path,
        publication: Publication,
        words: Words,
        policy: Policy = NOTHING_MORE,
    ) -> None:
        """`reports` has a report for each experiment; the main pages are about the first one.

        `works` can be cited. `meanings` maps the glossary's words to their meanings. `words` are
        those of the layout. `policy` says what articles may load from elsewhere.
        """
        by_name = {report.experiment.id: report for report in reports}
        self.reports, self.report = tuple(reports), reports[0]
        self.articles = shown_articles(articles, publication.with_drafts)
        hidden = {article.slug for article in articles} - {each.slug for each in self.articles}
        self.references = References(
            self.articles, by_name, works, meanings, frozenset(hidden), policy
        )
        self.newest = max(article.date for article in self.articles)
        self.program = read_text(PROGRAM, "a program")
        self.folder, self.templates = templates, environment(templates, words)
        # Figures of a few neurons have two layers, whatever the experiments have.
        site = reports[0].site
        depth = max(2, *(len(each.experiment.widths) for each in reports))
        self.assets, addresses = assets.assets(
            templates, self.templates, site, depth, self.report.dataset.labels, words
        )
        published = replace(publication, date=publication.date or self.newest)
        self.layout = Layout(site, published, self.templates, self._header(words), addresses, words)

    def _header(self, words: Words) -> list[HeaderLink]:
        """The links of the header: to articles, to the explorer and to the downloads."""
        articles = [article for article in self.articles if article.slug != "index"]
        links = [HeaderLink(each.title, each.address) for each in articles[:MOST_IN_HEADER]]
        if len(articles) > MOST_IN_HEADER:
            links.append(HeaderLink(words.say("page.all-articles"), ALL_ARTICLES, own=False))
        explore, data = words.say("page.explore"), words.say("page.data")
        links.append(HeaderLink(explore, self.report.explorer, own=False))
        links.append(HeaderLink(words.say("page.lab"), LAB, own=False))
        return [*links, HeaderLink(data, self.report.downloads, own=False)]

    def make(self, part: Part) -> Rendered:
        """The files of a part. Raises AuthorError for a mistake in an article or a template."""
        with template_errors(self.templates, self.folder):
            return part.make()

    def shared(self) -> dict[str, Any]:
        """The inputs of every page except templates and code.

        A page depends on other articles because their titles are in the header. The targets of
        `page()` are left out: an address follows from its slug, and links are checked after all
        pages are made.
        """
        return {
            "site": self.layout.site,
            "words": self.layout.words.texts,
            "publication": self.layout.publication,
            "assets": self.layout.assets,
            "header": self.layout.header,
            "first": self.report.experiment.id,
            "works": self.references.works,
            "meanings": self.references.meanings,
            "hidden": self.references.hidden,
            "policy": self.references.policy,
            "glossary": GLOSSARY_PAGE in {article.slug for article in self.articles},
        }

    def parts(self) -> Iterator[Part]:
        """All parts of the site."""
        yield Part("assets", [], lambda: Rendered(self.assets, {}))
        by_name = self.references.reports
        keys = {name: report.key for name, report in by_name.items()}
        for article in self.articles:
            # The place of the file on this machine changes no page.
            written = {**dataclasses.asdict(article), "file": ""}
            report = by_name[article.experiment] if article.experiment else self.report
            others = keys if OTHERS.search(article.body) else {}
            needs: dict[str, Any] = {"article": written, "facts": report.key, "others": others}
            make = partial(article_page, self.layout, article, report, self.references)
            yield Part(f"article-{article.slug}", needs, make)
        titles = [[name, report.experiment.title] for name, report in by_name.items()]
        for name, report in by_name.items():
            needs = {"facts": report.key, "experiments": titles}
            explorer = partial(explorer_page, self.layout, report, self.reports)
            yield Part(f"explore-{name}", needs, explorer)
            # The schema shows the docstrings of the facts. The cache's keys do not depend on
            # docstrings, so the schema itself is an input.
            described = {**needs, "schema": facts_schema()}
            downloads = partial(downloads_page, self.layout, report, self.reports, self.program)
            yield Part(f"downloads-{name}", described, downloads)
        lab = partial(lab_page, self.layout, self.reports)
        yield Part("lab", {"facts": list(keys.values()), "experiments": titles}, lab)
        listed = [
            (each.title, each.slug, each.description, each.order, each.date, each.draft,
             authors_of(each, self.layout.site))
            for each in self.articles
        ]  # fmt: skip
        indexes = [report.data["index"] for report in self.reports]
        needs = {"articles": listed, "experiments": list(by_name), "indexes": indexes}
        yield Part("whole", needs, self.whole)

    def whole(self) -> Rendered:
        """The files about the whole site: lists of its pages, and a page for missing addresses."""
        layout, publication = self.layout, self.layout.publication
        pages = [layout.page(NOT_FOUND, NOT_FOUND, {}, {}, root=publication.base_url)]
        if ALL_ARTICLES in [link.address for link in layout.header]:
            listed = {"articles": self.articles}
            pages.append(layout.page("articles.html", ALL_ARTICLES, listed, {}))
        files = {address: file for page in pages for address, file in page.files.items()}
        files[assets.NEWEST] = assets.newest(
            [*layout.assets.values(), *(report.data["index"] for report in self.reports)]
        )
        files[feeds.ROBOTS] = feeds.robots(self.templates, publication)
        if publication.base_url:
            files[feeds.FEED] = feeds.atom(self.templates, self.articles, layout.site, publication)
            files[feeds.SITE_MAP] = feeds.site_map(self.templates, self._days(), publication)
        return Rendered(files, {at: links for page in pages for at, links in page.links.items()})

    def _days(self) -> dict[str, Any]:
        """All pages except `404.html`, with the day of their last change."""
        days = {article.address: article.date for article in self.articles}
        if ALL_ARTICLES in [link.address for link in self.layout.header]:
            days[ALL_ARTICLES] = self.newest
        for report in self.reports:
            days |= dict.fromkeys((report.explorer, report.downloads), self.newest)
        return {**days, LAB: self.newest}
