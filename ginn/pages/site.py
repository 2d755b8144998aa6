"""Articles, Facts and figures to pages: all HTML, style, scripts and stills of the site.

Addresses are relative to the site's root, and links to the page they stand on: so the site works
under any sub-path, and from a double-clicked file.
"""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ginn import formatting
from ginn.analysis.facts import Facts, facts_as_json
from ginn.analysis.outcomes import RunFacts
from ginn.figures import network_figure, social_card
from ginn.figures.network_figure import PAPER, FigureError, Stage
from ginn.pages import assets, feeds, gallery, metadata
from ginn.pages.articles import FILTERS, Article, read_articles, render_article
from ginn.pages.assets import add
from ginn.pages.citations import Source, bibtex, read_bibliography
from ginn.pages.figure_calls import Report, Still, token
from ginn.pages.glossary import Glossary, read_glossary
from ginn.pages.metadata import Publication
from ginn.pages.templates import environment, mistakes_told
from ginn.viewer_data import downloads
from ginn.viewer_data.downloads import Download

# Lines of a still in the gallery are this much heavier: it is shown at a third of its size.
THUMBNAIL_WEIGHT = 2.2
# The article that lists the glossary, and that its words lead to.
GLOSSARY_PAGE = "methods"
# So many articles are named in the header of every page; if there are more, one page names all.
MOST_IN_HEADER = 8
ALL_ARTICLES = "articles/index.html"
# Among the templates: the program that readers are given to start from.
EXAMPLE = "redraw.py"


@dataclass(frozen=True)
class Part:
    """Files of the site that are made together, by a `name` that no other part has.

    `needs`, in JSON's types, is all that they depend on besides what every page shares.
    """

    name: str
    needs: Any
    make: Callable[[], dict[str, bytes]]


def render_site(
    report: Report,
    articles: Path,
    templates: Path,
    publication: Publication | None = None,
    others: Sequence[Report] = (),
) -> dict[str, bytes]:
    """Every page with its stills, style and scripts: address relative to the root -> content.

    `articles` and `templates` are folders; `report` is of the experiment that leads, `others` of
    those that follow. Raises ArticleError, with file and line, for whatever an article says that
    does not hold, and InputError for a mistake in a template.
    """
    read = read_articles(articles)
    published = publication or Publication()
    site = Pages((report, *others), read, articles.parent, templates, published)
    files: dict[str, bytes] = {}
    for part in site.parts():
        files |= site.make(part)
    return files


class Pages:
    """The pages of one site: what they share, and the addresses between them.

    Where `publication` knows the site's address there are social cards, a feed and a site map as
    well. So does `404.html` need it, which a host serves at the address that failed: without it,
    that page finds its style and its way home only from the root's own folder.
    """

    def __init__(
        self,
        reports: Sequence[Report],
        articles: Sequence[Article],
        content: Path,
        templates: Path,
        publication: Publication,
    ) -> None:
        """`reports` are the experiments', the first one leading; `content` holds the files of works
        to cite and of words to explain.
        """
        self.reports = {report.experiment.id: report for report in reports}
        self.report, self.site = reports[0], reports[0].site
        self.articles, self.example = articles, templates / EXAMPLE
        self.newest = max(article.date for article in articles)
        self.publication = replace(publication, date=publication.date or self.newest)
        self.works = read_bibliography(content / "bibliography.toml")
        self.meanings = read_glossary(content / "glossary.toml")
        depth = max(len(report.experiment.widths) for report in reports)
        self.assets, self.asset_addresses = assets.assets(
            templates, self.site, depth, self.report.dataset.labels
        )
        self.folder, self.templates = templates, environment(templates, FILTERS)

    def make(self, part: Part) -> dict[str, bytes]:
        """A part's files; InputError for a mistake in a template."""
        with mistakes_told(self.templates, self.folder):
            return part.make()

    def shared(self) -> dict[str, Any]:
        """What every page depends on besides templates and code, in JSON's types.

        Of the other articles these are the titles that the header names. Where `page()` leads is
        not among it: an address follows from a slug, and whether it is there is seen afterwards.
        """
        return {
            "site": dataclasses.asdict(self.site),
            "publication": metadata.plain_publication(self.publication),
            "assets": self.asset_addresses,
            "header": self.header(),
            "leads": self.report.experiment.id,
            "glossary": GLOSSARY_PAGE in {article.slug for article in self.articles},
        }

    def header(self) -> list[tuple[str, str]]:
        """What the header names, title and address: the first page is behind the site's title."""
        articles = [article for article in self.articles if article.slug != "index"]
        entries = [(each.title, each.address) for each in articles[:MOST_IN_HEADER]]
        entries += [("All articles", ALL_ARTICLES)] if len(articles) > MOST_IN_HEADER else []
        return [*entries, ("Explore", self.report.explorer), ("Data", self.report.downloads)]

    def parts(self) -> Iterator[Part]:
        """The whole site."""
        yield Part("assets", [], lambda: self.assets)
        keys = {name: report.key for name, report in self.reports.items()}
        for article in self.articles:
            said = {**dataclasses.asdict(article), "file": "", "date": article.date.isoformat()}
            facts = self.report_of(article).key
            others = keys if "experiments" in article.body else {}
            needs: dict[str, Any] = {"article": said, "facts": facts, "others": others}
            yield Part(f"article-{article.slug}", needs, partial(self.article, article))
        titles = [[name, report.experiment.title] for name, report in self.reports.items()]
        for name, report in self.reports.items():
            needs = {"facts": report.key, "experiments": titles}
            yield Part(f"explore-{name}", needs, partial(self.explorer, report))
            yield Part(f"downloads-{name}", needs, partial(self.downloads, report))
        fronts = [
            [each.title, each.slug, each.description, each.order, each.date.isoformat()]
            for each in self.articles
        ]
        yield Part("whole", {"articles": fronts, "experiments": list(keys)}, self.whole)

    def report_of(self, article: Article) -> Report:
        """What an article speaks of."""
        return self.reports[article.experiment] if article.experiment else self.report

    def whole(self) -> dict[str, bytes]:
        """What speaks of the whole site: the page for what is not there, and files for programs."""
        files = self.not_found()
        if ALL_ARTICLES in dict(self.header()).values():
            listed: dict[str, Any] = {"articles": self.articles}
            files[ALL_ARTICLES] = self._render("articles.html", ALL_ARTICLES, **listed)
        files[feeds.ROBOTS] = feeds.robots(self.publication)
        if self.publication.base_url:
            files[feeds.FEED] = feeds.atom(self.articles, self.site, self.publication)
            days = {article.address: article.date for article in self.articles}
            days |= {address: self.newest for address in files if address == ALL_ARTICLES}
            for report in self.reports.values():
                days |= dict.fromkeys((report.explorer, report.downloads), self.newest)
            files[feeds.SITE_MAP] = feeds.site_map(days, self.publication)
        return files

    def pages_from(self, root: str, report: Report) -> dict[str, str]:
        """What `page()` knows, by name: articles, and the explorer and the data of experiments.

        Without more words, these two are those of the `report` at hand.
        """
        pages = {article.slug: root + article.address for article in self.articles}
        pages |= {"explore": root + report.explorer, "downloads": root + report.downloads}
        for name, other in self.reports.items():
            pages[f"explore/{name}"] = root + other.explorer
            pages[f"downloads/{name}"] = root + other.downloads
        return pages

    def article(self, article: Article) -> dict[str, bytes]:
        """An article's page and its figures' stills."""
        root = "../" * article.address.count("/")
        report = self.report_of(article)
        pages = self.pages_from(root, report)

        def page(slug: str) -> str:
            if slug not in pages:
                raise FigureError("page", slug, ", ".join(pages))
            return pages[slug]

        names = {"site": self.site, "page": page, **self._claims(page, report.facts)}
        names["experiments"] = {name: each.facts for name, each in self.reports.items()}
        home = "" if article.slug == GLOSSARY_PAGE else pages.get(GLOSSARY_PAGE, "")
        glossary = Glossary(self.meanings, home)
        body = render_article(article, report, names, self.works, glossary)
        files: dict[str, bytes] = dict(body.pictures)
        html = body.html
        macros: Any = self.templates.get_template("macros.html").module
        for placed in body.figures:
            entries = [self._still(still, root, files) for still in placed.stills]
            rendered = str(macros.figure(placed, entries, pages["explore"], placed.number == 1))
            html = html.replace(f"<p>{token(placed.name)}</p>", rendered)
        stills = [still for figure in body.figures for still in figure.stills]
        stage = next((still.stage for still in stills if still.stage), None)
        publication = self.publication
        shown = self._card(article.slug, article.title, stage, report, files)
        context: dict[str, Any] = {"article": article, "body": html, "contents": body.contents}
        context |= {
            "card": shown,
            "citation": metadata.citation(article, self.site, publication),
            "linked_data": metadata.linked_data(
                article, self.site, publication, shown["address"] if shown else ""
            ),
        }
        context["index"] = root + report.data["index"]
        context["sources"] = body.sources
        context["this"] = this = self._as_source(article)
        context["bibtex"] = bibtex(this)
        files[article.address] = self._render("article.html", article.address, **context)
        return files

    def _claims(self, page: Callable[[str], str], facts: Facts) -> dict[str, Callable[..., Markup]]:
        """What articles call to show claims: `evidence("Copycats")` and `claims_table()`.

        A build without that row shows nothing there: its picture could not be asked.
        """
        macros: Any = self.templates.get_template("claims.html").module

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
        site = self.site
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
                address = add(files, f"figures/{still.name}.svg", svg.encode())
                entry[width] = {"address": root + address, **_size(svg)}
        return entry

    def _card(
        self, name: str, title: str, stage: Stage | None, report: Report, files: dict[str, bytes]
    ) -> dict[str, Any]:
        """A page's social card as the template takes it, or nothing where no one could fetch it.

        Without a `stage` of its own a page shows the best run's end; the PNG is added to `files`.
        """
        if not self.publication.base_url:
            return {}
        shown = stage or _end_of(report, report.facts.experiment.shown_runs[0])
        picture = social_card.social_card(shown, title, report.site.title, report.colours)
        address = add(files, f"cards/{name}.png", picture)
        return {
            "address": self.publication.absolute(address),
            "width": social_card.WIDTH,
            "height": social_card.HEIGHT,
            "alternative": network_figure.stage_description(shown),
        }

    def explorer(self, report: Report) -> dict[str, bytes]:
        """An explorer's page, and each shown run's last moment for those without scripts."""
        root = "../" * report.explorer.count("/")
        files: dict[str, bytes] = {}
        runs = []
        for run in report.facts.experiment.shown_runs:
            stage = _end_of(report, run)
            still = network_figure.stage_svg(stage, report.colours).encode()
            runs.append(
                {
                    "id": run.id,
                    "seed": run.seed,
                    "role": run.role,
                    "title": run.title,
                    "outcome": outcome(run),
                    "still": root + add(files, f"figures/{run.id}-{stage.iteration}.svg", still),
                    "alternative": network_figure.stage_description(stage),
                }
            )
        data = {name: root + address for name, address in report.data.items()}
        places = [
            {
                "place": place,
                "address": root + place.address,
                "still": root + _thumbnail(report, place.stage, files),
            }
            for place in gallery.gallery(report)
        ]
        context: dict[str, Any] = {
            "experiment": report.experiment, "runs": runs, "data": data, "places": places,
        }  # fmt: skip
        context["experiments"] = self._experiments(report, root, "explorer")
        context["card"] = self._card(
            "explore", f"Explore: {report.experiment.title}", None, report, files
        )
        files[report.explorer] = self._render("explore.html", report.explorer, **context)
        return files

    def _experiments(self, report: Report, root: str, kind: str) -> list[dict[str, Any]]:
        """All experiments for the page of one, each with the address of its page of that kind."""
        return [
            {
                "title": each.experiment.title,
                "address": root + getattr(each, kind),
                "current": each is report,
            }
            for each in self.reports.values()
        ]

    def downloads(self, report: Report) -> dict[str, bytes]:
        """The page of an experiment's files to take away, and these: runs, Facts and a program."""
        root, folder = "../" * report.downloads.count("/"), posixpath.dirname(report.downloads)
        facts = facts_as_json(report.facts)
        program = self.example.read_bytes().replace(b"\r\n", b"\n")
        offered = [
            *(
                (
                    Download.of(
                        f"{run.id}.npz",
                        downloads.run_file(report.snapshots[run.id], report.dataset),
                        folder,
                    ),
                    f"Snapshots of {run.title}",
                )
                for run in report.facts.experiment.shown_runs
            ),
            (
                Download.of("facts.json", downloads.facts_file(facts), folder),
                "Every number of the report",
            ),
            (Download.of(EXAMPLE, program, folder), "Redraws a figure from a run's snapshots"),
        ]
        files = {each.address: each.content for each, _ in offered}
        title = f"Data: {report.experiment.title}" if len(self.reports) > 1 else "Data"
        context: dict[str, Any] = {
            "title": title,
            "entries": [
                {
                    "name": each.name,
                    "address": each.address,
                    "meaning": meaning,
                    "size": formatting.kilobytes(len(each.content)),
                }
                for each, meaning in offered
            ],
            "arrays": downloads.RUN_ARRAYS,
            "outline": downloads.outline(facts),
            "example": program.decode(),
            "experiment": report.experiment,
            "experiments": self._experiments(report, root, "downloads"),
            "card": self._card("downloads", title, None, report, files),
        }
        files[report.downloads] = self._render("downloads.html", report.downloads, **context)
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
        html = self.templates.get_template(template).render(
            site=self.site,
            root=root,
            navigation=[
                {"title": title, "address": root + target, "current": _current(target, address)}
                for title, target in self.header()
            ],
            assets={name: root + target for name, target in self.asset_addresses.items()},
            policy=metadata.POLICY,
            paper=PAPER,
            publication=self.publication,
            canonical=self.publication.absolute(address) if address else "",
            feed=root + feeds.FEED if self.publication.base_url else "",
            **context,
        )
        return html.encode()


def _current(target: str, address: str) -> str:
    """What a link to `target` says on a page: it is this one, of this section, or neither ("")."""
    if target == address:
        return "page"
    section = posixpath.dirname(target)
    return "true" if section and address.startswith(f"{section}/") else ""


def _end_of(report: Report, run: RunFacts) -> Stage:
    """A run's last moment with every boundary."""
    neurons = tuple(range(report.boundaries[run.id].neurons))
    return report.stage(run, len(report.snapshots[run.id]) - 1, neurons)


def _thumbnail(report: Report, stage: Stage, files: dict[str, bytes]) -> str:
    """The address of a stage drawn to be shown small; its file is added to `files`."""
    svg = network_figure.stage_svg(stage, report.colours, THUMBNAIL_WEIGHT).encode()
    return add(files, f"figures/{stage.run.id}-{stage.iteration}.svg", svg)


def _size(svg: str) -> dict[str, int]:
    """Width and height that an SVG states in its first tag, in the whole pixels that HTML knows."""
    match = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    return {"width": round(float(match[1])), "height": round(float(match[2]))} if match else {}


def outcome(run: RunFacts) -> str:
    """How a run ended, in one sentence."""
    if run.ended:
        return f"Stopped early: {run.ended}."
    verdict = "Failed" if run.failed else "Ended well"
    return (
        f"{verdict}: accuracy {formatting.percent(run.accuracy)}, "
        f"loss {formatting.significant(run.loss)}."
    )
