"""The page of an article: its body with figures, its references, and how to cite it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ginn.config.policy import Policy
from ginn.pages import metadata
from ginn.pages.article_body import render_article
from ginn.pages.articles import Article
from ginn.pages.assets import add
from ginn.pages.citations import Source, bibtex
from ginn.pages.credits import authors_of, byline
from ginn.pages.figure_calls import token
from ginn.pages.figure_image import FigureImage
from ginn.pages.glossary import Glossary
from ginn.pages.layout import LAB, Layout, Rendered, root_from
from ginn.pages.page_calls import PageCalls
from ginn.pages.policy import NOTHING_MORE, policy_text
from ginn.pages.report import Report

# The slug of the article that lists the glossary. Words in other articles link to it.
GLOSSARY_PAGE = "methods"


@dataclass(frozen=True)
class References:
    """What an article may refer to: pages, experiments, works to cite, and words to explain.

    `hidden` has the slugs of drafts, which this site does not show. `policy` says what articles may
    load from elsewhere.
    """

    articles: Sequence[Article]
    reports: Mapping[str, Report]
    works: Mapping[str, Source]
    meanings: Mapping[str, str]
    hidden: frozenset[str] = frozenset()
    policy: Policy = NOTHING_MORE

    def pages(self, root: str, report: Report) -> dict[str, str]:
        """The links by the names that `page()` accepts; `root` is the link to the site's root.

        Names are the slugs of articles, "lab", and "explore" and "downloads" with the id of an
        experiment. Without an id, they mean the pages of `report`.
        """
        pages = {article.slug: root + article.address for article in self.articles}
        pages |= {
            "explore": root + report.explorer,
            "downloads": root + report.downloads,
            "lab": root + LAB,
        }
        for name, other in self.reports.items():
            pages[f"explore/{name}"] = root + other.explorer
            pages[f"downloads/{name}"] = root + other.downloads
        return pages


def article_page(
    layout: Layout, article: Article, report: Report, references: References
) -> Rendered:
    """The page of an article with its images and figures.

    Raises AuthorError with file and line for a mistake in the article.
    """
    root = root_from(article.address)
    pages = references.pages(root, report)

    calls = PageCalls(pages, report, layout.templates, references.hidden)
    known = {"site": layout.site, "draft": layout.publication.draft}
    names: dict[str, Any] = {**known, **calls.functions()}
    names["experiments"] = {name: each.facts for name, each in references.reports.items()}
    home = "" if article.slug == GLOSSARY_PAGE else pages.get(GLOSSARY_PAGE, "")
    glossary = Glossary(references.meanings, home)
    policy, reports = references.policy, references.reports
    body = render_article(article, report, names, references.works, glossary, policy, reports)
    files: dict[str, bytes] = dict(body.images)
    opening, sections = body.opening, body.sections
    macros: Any = layout.templates.get_template("partials/figure.html").module
    for placed in body.figures:
        entries = [_image(image, placed.report, root, files) for image in placed.images]
        stills = [entry for entry in entries if entry["image"].still]
        addresses = (pages["explore"], pages["lab"])
        first = placed.number == 1
        rendered = str(macros.figure(placed, stills, *addresses, first, _replay(entries)))
        opening = opening.replace(token(placed.name), rendered)
        sections = sections.replace(token(placed.name), rendered)
    own = [figure for figure in body.figures if figure.report is report]
    scenes = [image.scene for figure in own for image in figure.images if image.scene]
    # The card shows the first figure with boundaries, or the first figure of all.
    drawn = [scene for scene in scenes if scene.neurons] or scenes
    card = layout.card(article.slug, article.title, report, files, drawn[0] if drawn else None)
    this = as_source(layout, article)
    site, publication = layout.site, layout.publication
    context = {
        "policy": policy_text(policy),
        "article": article,
        "authors": authors_of(article, site),
        "byline": byline(authors_of(article, site)),
        "opening": opening,
        "sections": sections,
        "contents": body.contents,
        "card": card,
        "citation": metadata.citation(article, site, publication),
        "linked_data": metadata.linked_data(article, site, publication, card.get("address", "")),
        "index": root + report.data["index"],
        "sources": body.sources,
        "this": this,
        "bibtex": bibtex(this),
    }
    return layout.page("article.html", article.address, context, files)


def as_source(layout: Layout, article: Article) -> Source:
    """The article as a work that others can cite."""
    site = layout.site
    where = "" if article.title == site.title else site.title
    key = f"ginn-{article.slug}-{article.date.year}"
    address = layout.publication.absolute(article.address)
    names = tuple(author.name for author in authors_of(article, site))
    return Source(key, names, article.title, article.date.year, where, link=address)


def _replay(entries: Sequence[Mapping[str, Any]]) -> str:
    """The moments of each thing that a figure replays, as JSON for its script; "" for nothing.

    A moment is an address and a label.
    """
    moments: dict[str, list[tuple[str, str]]] = {}
    for entry in entries:
        image: FigureImage = entry["image"]
        if image.replayed:
            moment = (entry["wide"]["address"], image.label)
            moments.setdefault(image.replayed, []).append(moment)
    return json.dumps(list(moments.values()), ensure_ascii=False) if moments else ""


def _image(
    image: FigureImage, report: Report, root: str, files: dict[str, bytes]
) -> dict[str, Any]:
    """A figure image in the form for the macro; its drawings are added to `files`."""
    explorer = root + report.explorer_at(image.state) if image.state else ""
    entry: dict[str, Any] = {"image": image, "explorer": explorer}
    for width, draw in (("wide", image.draw), ("narrow", image.draw_narrow)):
        if draw is not None:
            svg = draw()
            address = add(files, f"figures/{image.name}.svg", svg.text.encode())
            # In HTML, sizes are whole pixels.
            size = {"width": round(svg.width), "height": round(svg.height)}
            entry[width] = {"address": root + address, **size}
    return entry
