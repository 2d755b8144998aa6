"""Articles, Facts and figures to pages: all HTML, style, scripts and stills of the site.

Addresses are relative to the site's root, and links to the page they stand on: so the site works
under any sub-path, and from a double-clicked file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import rjsmin
from markupsafe import Markup

from ginn import card, downloads, feed, figures, gallery, metadata, numerals
from ginn.address import hashed
from ginn.articles import FILTERS, Article, read_articles, render_article
from ginn.bibliography import Source, bibtex, read_bibliography
from ginn.downloads import Download
from ginn.figures import PAPER, Colours, FigureError, Stage
from ginn.glossary import Glossary, read_glossary
from ginn.metadata import Publication
from ginn.phenomena import RunFacts, facts_as_json
from ginn.plates import EXPLORER, Report, Still, token
from ginn.sprites import target_picture
from ginn.templates import environment, mistakes_told

# Lines of a still in the gallery are this much heavier: it is shown at a third of its size.
THUMBNAIL_WEIGHT = 2.2
# The article that lists the glossary, and that its words lead to.
GLOSSARY_PAGE = "methods"
DOWNLOADS = f"{downloads.FOLDER}/index.html"
# Among the templates: the program that readers are given to start from.
EXAMPLE = "redraw.py"
# Sides (px) of the icons for home screens; Apple's takes the first.
ICONS = (180, 192, 512)


def render_site(
    report: Report,
    articles: Path,
    templates: Path,
    publication: Publication | None = None,
) -> dict[str, bytes]:
    """Every page with its stills, style and scripts: address relative to the root -> content.

    `articles` and `templates` are folders. Where `publication` knows the site's address there are
    social cards, a feed and a site map as well. So does `404.html` need it, which a host serves at
    the address that failed: without it, that page finds its style and its way home only from the
    root's own folder.

    Raises ArticleError, with file and line, for whatever an article says that does not hold, and
    InputError for a mistake in a template.
    """
    read = read_articles(articles)
    published = publication or Publication()
    newest = max(article.date for article in read)
    published = replace(published, date=published.date or newest)
    files, assets = _assets(templates, report)
    works = read_bibliography(articles.parent / "bibliography.toml")
    meanings = read_glossary(articles.parent / "glossary.toml")
    site = _Pages(report, read, templates, assets, published, works, meanings)
    with mistakes_told(site.templates, templates):
        for article in read:
            files |= site.article(article)
        files |= site.explorer()
        files |= site.downloads(templates / EXAMPLE)
        files |= site.not_found()
    files[feed.ROBOTS] = feed.robots(published)
    if published.base_url:
        files[feed.FEED] = feed.atom(read, report.site, published)
        days = {article.address: article.date for article in read} | dict.fromkeys(
            (EXPLORER, DOWNLOADS), newest
        )
        files[feed.SITE_MAP] = feed.site_map(days, published)
    return files


class _Pages:
    """Pages of one site: what they share, and the addresses between them."""

    def __init__(
        self,
        report: Report,
        articles: Sequence[Article],
        templates: Path,
        assets: Mapping[str, str],
        publication: Publication,
        works: Mapping[str, Source],
        meanings: Mapping[str, str],
    ) -> None:
        self.report, self.articles, self.asset_addresses = report, articles, assets
        self.publication, self.works, self.meanings = publication, works, meanings
        self.templates = environment(templates, FILTERS)

    def article(self, article: Article) -> dict[str, bytes]:
        """An article's page and its figures' stills."""
        root = "../" * article.address.count("/")
        pages = {a.slug: root + a.address for a in self.articles}
        pages |= {"explore": root + EXPLORER, "downloads": root + DOWNLOADS}

        def page(slug: str) -> str:
            if slug not in pages:
                raise FigureError("page", slug, ", ".join(pages))
            return pages[slug]

        names = {"site": self.report.site, "page": page, **self._claims(page)}
        home = "" if article.slug == GLOSSARY_PAGE else pages.get(GLOSSARY_PAGE, "")
        glossary = Glossary(self.meanings, home)
        body = render_article(article, self.report, names, self.works, glossary)
        files: dict[str, bytes] = dict(body.pictures)
        html = body.html
        macros: Any = self.templates.get_template("macros.html").module
        for placed in body.figures:
            entries = [self._still(still, root, files) for still in placed.stills]
            rendered = str(macros.figure(placed, entries, pages["explore"], placed.number == 1))
            html = html.replace(f"<p>{token(placed.name)}</p>", rendered)
        stills = [still for figure in body.figures for still in figure.stills]
        stage = next((still.stage for still in stills if still.stage), None)
        site, publication = self.report.site, self.publication
        shown = self._card(article.slug, article.title, stage, files)
        context: dict[str, Any] = {"article": article, "body": html, "contents": body.contents}
        context |= {
            "card": shown,
            "citation": metadata.citation(article, site, publication),
            "linked_data": metadata.linked_data(
                article, site, publication, shown["address"] if shown else ""
            ),
        }
        context["index"] = root + self.report.data["index"]
        context["sources"] = body.sources
        context["this"] = this = self._as_source(article)
        context["bibtex"] = bibtex(this)
        files[article.address] = self._render("article.html", article.address, **context)
        return files

    def _claims(self, page: Callable[[str], str]) -> dict[str, Callable[..., Markup]]:
        """What articles call to show claims: `evidence("Copycats")` and `claims_table()`.

        A build without that row shows nothing there: its picture could not be asked.
        """
        macros: Any = self.templates.get_template("claims.html").module
        facts = self.report.facts

        def block(html: Markup) -> Markup:
            # An empty line would end the block for Markdown.
            lines = [line for line in html.splitlines() if line.strip()]
            return Markup("\n\n{}\n\n").format(Markup("\n").join(lines))

        def evidence(name: str) -> Markup:
            row = facts.claim(name)
            return block(macros.box(row, page("methods"))) if row else Markup("")

        return {"evidence": evidence, "claims_table": lambda: block(macros.table(facts.claims))}

    def _as_source(self, article: Article) -> Source:
        """An article as others may cite it."""
        site = self.report.site
        where = "" if article.title == site.title else site.title
        key = f"ginn-{article.slug}-{article.date.year}"
        address = self.publication.absolute(article.address)
        return Source(key, (site.author,), article.title, article.date.year, where, link=address)

    def _still(self, still: Still, root: str, files: dict[str, bytes]) -> dict[str, Any]:
        """A still as the macro takes it; what it draws is added to `files`."""
        entry: dict[str, Any] = {"still": still, "moment": still.moment and root + still.moment}
        for width, draw in (("wide", still.draw), ("narrow", still.draw_narrow)):
            if draw is not None:
                svg = draw()
                address = _add(files, f"figures/{still.name}.svg", svg.encode())
                entry[width] = {"address": root + address, **_size(svg)}
        return entry

    def _card(
        self, name: str, title: str, stage: Stage | None, files: dict[str, bytes]
    ) -> dict[str, Any]:
        """A page's social card as the template takes it, or nothing where no one could fetch it.

        Without a `stage` of its own a page shows the best run's end; the PNG is added to `files`.
        """
        if not self.publication.base_url:
            return {}
        report = self.report
        shown = stage or self._end_of(report.facts.experiment.exhibited[0])
        picture = card.social_card(shown, title, report.site.title, report.colours)
        address = _add(files, f"cards/{name}.png", picture)
        return {
            "address": self.publication.absolute(address),
            "width": card.WIDTH,
            "height": card.HEIGHT,
            "alternative": figures.stage_description(shown),
        }

    def _end_of(self, run: RunFacts) -> Stage:
        """A run's last moment with every boundary."""
        neurons = tuple(range(self.report.boundaries[run.id].neurons))
        return self.report.stage(run, len(self.report.snapshots[run.id]) - 1, neurons)

    def explorer(self) -> dict[str, bytes]:
        """The explorer's page, and each exhibited run's last moment for those without scripts."""
        report, root = self.report, "../"
        files: dict[str, bytes] = {}
        runs = []
        for run in report.facts.experiment.exhibited:
            stage = self._end_of(run)
            still = figures.stage_svg(stage, report.colours).encode()
            runs.append(
                {
                    "id": run.id,
                    "seed": run.seed,
                    "role": run.role,
                    "title": run.title,
                    "outcome": outcome(run),
                    "still": root + _add(files, f"figures/{run.id}-{stage.iteration}.svg", still),
                    "alternative": figures.stage_description(stage),
                }
            )
        data = {name: root + address for name, address in report.data.items()}
        places = [
            {
                "place": place,
                "address": root + place.address,
                "still": root + self._thumbnail(place.stage, files),
            }
            for place in gallery.gallery(report)
        ]
        context: dict[str, Any] = {
            "experiment": report.experiment, "runs": runs, "data": data, "places": places,
        }  # fmt: skip
        context["card"] = self._card("explore", f"Explore: {report.experiment.title}", None, files)
        files[EXPLORER] = self._render("explore.html", EXPLORER, **context)
        return files

    def _thumbnail(self, stage: Stage, files: dict[str, bytes]) -> str:
        """The address of a stage drawn to be shown small; its file is added to `files`."""
        svg = figures.stage_svg(stage, self.report.colours, THUMBNAIL_WEIGHT).encode()
        return _add(files, f"figures/{stage.run.id}-{stage.iteration}.svg", svg)

    def downloads(self, example: Path) -> dict[str, bytes]:
        """The page of files to take away, and these: runs, Facts and a program."""
        report = self.report
        facts = facts_as_json(report.facts)
        program = example.read_bytes().replace(b"\r\n", b"\n")
        offered = [
            *(
                (
                    Download.of(
                        f"{run.id}.npz", downloads.run_file(report.snapshots[run.id], report.domain)
                    ),
                    f"Snapshots of {run.title}",
                )
                for run in report.facts.experiment.exhibited
            ),
            (Download.of("facts.json", downloads.facts_file(facts)), "Every number of the report"),
            (Download.of(EXAMPLE, program), "Redraws a figure from a run's snapshots"),
        ]
        files = {each.address: each.content for each, _ in offered}
        context: dict[str, Any] = {
            "entries": [
                {
                    "name": each.name,
                    "address": each.address,
                    "meaning": meaning,
                    "size": numerals.kilobytes(len(each.content)),
                }
                for each, meaning in offered
            ],
            "arrays": downloads.RUN_ARRAYS,
            "outline": downloads.outline(facts),
            "example": program.decode(),
            "experiment": report.experiment,
            "card": self._card("downloads", "Data", None, files),
        }
        files[DOWNLOADS] = self._render("downloads.html", DOWNLOADS, **context)
        return files

    def not_found(self) -> dict[str, bytes]:
        """The page for an address that does not exist; its own address is never known."""
        return {"404.html": self._render("404.html", "", self.publication.base_url)}

    def _render(self, template: str, address: str, root: str = "", **context: Any) -> bytes:
        """One page at `address`, with navigation and assets as seen from there, or from `root`.

        A page whose address is not known has "" for it. The first page is not in the navigation:
        the site's title leads to it.
        """
        root = root or "../" * address.count("/")
        others = [(a.title, a.address) for a in self.articles if a.slug != "index"]
        html = self.templates.get_template(template).render(
            site=self.report.site,
            root=root,
            navigation=[
                {"title": title, "address": root + target, "current": target == address}
                for title, target in (*others, ("Explore", EXPLORER), ("Data", DOWNLOADS))
            ],
            assets={name: root + target for name, target in self.asset_addresses.items()},
            policy=metadata.POLICY,
            paper=PAPER,
            publication=self.publication,
            canonical=self.publication.absolute(address) if address else "",
            feed=root + feed.FEED if self.publication.base_url else "",
            **context,
        )
        return html.encode()


def _size(svg: str) -> dict[str, int]:
    """Width and height that an SVG states in its first tag, in the whole pixels that HTML knows."""
    match = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    return {"width": round(float(match[1])), "height": round(float(match[2]))} if match else {}


def _assets(templates: Path, report: Report) -> tuple[dict[str, bytes], dict[str, str]]:
    """Style, scripts and icons under content-hashed names: their files, and name -> address."""
    style = colour_properties(report.colours).encode() + (templates / "style.css").read_bytes()
    contents = {"style.css": style, "icon.png": target_picture(report.domain.labels)}
    viewer = templates / "viewer"
    contents["viewer.css"] = (viewer / "viewer.css").read_bytes()
    contents["viewer.js"] = _bundle(viewer, (viewer / "scripts.txt").read_text("utf-8").split())
    contents["article.js"] = _bundle(viewer, ["article"])
    files: dict[str, bytes] = {}
    contents |= {f"icon-{side}.png": card.icon(report.domain.labels, side) for side in ICONS}
    addresses = {name: _add(files, f"assets/{name}", content) for name, content in contents.items()}
    icons = {addresses[f"icon-{side}.png"].removeprefix("assets/"): side for side in ICONS}
    manifest = feed.web_manifest(report.site, icons, PAPER.light)
    addresses["manifest"] = _add(files, "assets/site.webmanifest", manifest)
    return files, addresses


def _bundle(viewer: Path, names: Sequence[str]) -> bytes:
    """Scripts as one file, which compresses better than many, and best in the viewer's order.

    Comments are for whoever changes the scripts, and one directive at the head holds for all.
    """
    scripts = [rjsmin.jsmin((viewer / f"{name}.js").read_text(encoding="utf-8")) for name in names]
    directive = '"use strict";'
    return (directive + "".join(str(s).removeprefix(directive) for s in scripts) + "\n").encode()


def _add(files: dict[str, bytes], name: str, content: bytes) -> str:
    """Add a file under a content-hashed name, and give its address."""
    address = hashed(name, content)
    files[address] = content
    return address


def colour_properties(colours: Colours) -> str:
    """The site's colours as custom properties, light and dark, ahead of the style sheet.

    Paper is always light: a page printed from a dark screen is dark ink on white.
    """
    light, dark = (
        "".join(f"--{name}:{shades[theme]};" for name, shades in colours.properties().items())
        for theme in (0, 1)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        "@media print{:root{color-scheme:only light}}\n"
    )


def outcome(run: RunFacts) -> str:
    """How a run ended, in one sentence."""
    if run.ended:
        return f"Stopped early: {run.ended}."
    verdict = "Failed" if run.failed else "Ended well"
    return (
        f"{verdict}: accuracy {numerals.percent(run.accuracy)}, "
        f"loss {numerals.significant(run.loss)}."
    )
