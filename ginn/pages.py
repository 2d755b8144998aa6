"""Articles, Facts and figures to pages: all HTML, style, scripts and stills of the site.

Addresses are relative to the site's root, and links to the page they stand on: so the site works
under any sub-path, and from a double-clicked file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import rjsmin

from ginn import figures, numerals
from ginn.address import hashed
from ginn.articles import FILTERS, Article, read_articles, render_article
from ginn.bibliography import Source, bibtex, read_bibliography
from ginn.figures import Colours, FigureError
from ginn.phenomena import RunFacts
from ginn.plates import EXPLORER, Report, Still, token
from ginn.sprites import target_picture


def render_site(
    report: Report, articles: Path, templates: Path, base_url: str = ""
) -> dict[str, bytes]:
    """Every page with its stills, style and scripts: address relative to the root -> content.

    `articles` and `templates` are folders. `base_url` is needed by `404.html` alone, which a host
    serves at the address that failed: it ends in a slash. Without it that page finds its style and
    its way home only from the root's own folder.

    Raises ArticleError, with file and line, for whatever an article says that does not hold.
    """
    read = read_articles(articles)
    files, assets = _assets(templates, report)
    works = read_bibliography(articles.parent / "bibliography.toml")
    site = _Pages(report, read, templates, assets, works)
    for article in read:
        files |= site.article(article)
    files |= site.explorer()
    files |= site.not_found(base_url)
    return files


class _Pages:
    """Pages of one site: what they share, and the addresses between them."""

    def __init__(
        self,
        report: Report,
        articles: Sequence[Article],
        templates: Path,
        assets: Mapping[str, str],
        works: Mapping[str, Source],
    ) -> None:
        self.report, self.articles, self.asset_addresses = report, articles, assets
        self.works = works
        self.templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(templates),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= FILTERS

    def article(self, article: Article) -> dict[str, bytes]:
        """An article's page and its figures' stills."""
        root = "../" * article.address.count("/")
        pages = {a.slug: root + a.address for a in self.articles} | {"explore": root + EXPLORER}

        def page(slug: str) -> str:
            if slug not in pages:
                raise FigureError("page", slug, ", ".join(pages))
            return pages[slug]

        names = {"site": self.report.site, "page": page}
        body = render_article(article, self.report, names, self.works)
        files: dict[str, bytes] = {}
        html = body.html
        macros: Any = self.templates.get_template("macros.html").module
        for placed in body.figures:
            entries = [self._still(still, root, files) for still in placed.stills]
            rendered = str(macros.figure(placed, entries, pages["explore"], placed.number == 1))
            html = html.replace(f"<p>{token(placed.name)}</p>", rendered)
        context: dict[str, Any] = {"article": article, "body": html, "contents": body.contents}
        context["index"] = root + self.report.data["index"]
        context["sources"] = body.sources
        context["this"] = this = self._as_source(article)
        context["bibtex"] = bibtex(this)
        files[article.address] = self._render("article.html", article.address, **context)
        return files

    def _as_source(self, article: Article) -> Source:
        """An article as others may cite it."""
        site = self.report.site
        where = "" if article.title == site.title else site.title
        key = f"ginn-{article.slug}-{article.date.year}"
        return Source(key, (site.author,), article.title, article.date.year, where)

    def _still(self, still: Still, root: str, files: dict[str, bytes]) -> dict[str, Any]:
        """A still as the macro takes it; what it draws is added to `files`."""
        entry: dict[str, Any] = {"still": still, "moment": still.moment and root + still.moment}
        for width, draw in (("wide", still.draw), ("narrow", still.draw_narrow)):
            if draw is not None:
                svg = draw()
                address = _add(files, f"figures/{still.name}.svg", svg.encode())
                entry[width] = {"address": root + address, **_size(svg)}
        return entry

    def explorer(self) -> dict[str, bytes]:
        """The explorer's page, and each exhibited run's last moment for those without scripts."""
        report, root = self.report, "../"
        files: dict[str, bytes] = {}
        runs = []
        for run in report.facts.experiment.exhibited:
            neurons = tuple(range(report.boundaries[run.id].neurons))
            stage = report.stage(run, len(report.snapshots[run.id]) - 1, neurons)
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
        context: dict[str, Any] = {"experiment": report.experiment, "runs": runs, "data": data}
        files[EXPLORER] = self._render("explore.html", EXPLORER, **context)
        return files

    def not_found(self, base_url: str) -> dict[str, bytes]:
        """The page for an address that does not exist; its own address is never known."""
        return {"404.html": self._render("404.html", "404.html", base_url)}

    def _render(self, template: str, address: str, root: str = "", **context: Any) -> bytes:
        """One page at `address`, with navigation and assets as seen from there, or from `root`.

        The first page is not in the navigation: the site's title leads to it.
        """
        root = root or "../" * address.count("/")
        others = [(a.title, a.address) for a in self.articles if a.slug != "index"]
        html = self.templates.get_template(template).render(
            site=self.report.site,
            root=root,
            navigation=[
                {"title": title, "address": root + target, "current": target == address}
                for title, target in (*others, ("Explore", EXPLORER))
            ],
            assets={name: root + target for name, target in self.asset_addresses.items()},
            **context,
        )
        return html.encode()


def _size(svg: str) -> dict[str, str]:
    """Width and height that an SVG states in its first tag."""
    match = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    return {"width": match[1], "height": match[2]} if match else {}


def _assets(templates: Path, report: Report) -> tuple[dict[str, bytes], dict[str, str]]:
    """Style, scripts and icon under content-hashed names: their files, and name -> address."""
    style = colour_properties(report.colours).encode() + (templates / "style.css").read_bytes()
    contents = {"style.css": style, "icon.png": target_picture(report.domain.labels)}
    viewer = templates / "viewer"
    contents["viewer.css"] = (viewer / "viewer.css").read_bytes()
    contents["viewer.js"] = _bundle(viewer, (viewer / "scripts.txt").read_text("utf-8").split())
    contents["article.js"] = _bundle(viewer, ["article"])
    files: dict[str, bytes] = {}
    addresses = {name: _add(files, f"assets/{name}", content) for name, content in contents.items()}
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
