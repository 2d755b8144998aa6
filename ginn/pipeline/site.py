"""Make the files of the site. A page is kept until something that it depends on changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ginn.config.policy import Policy
from ginn.files import TEMPLATES, plain_json
from ginn.language.word_files import FOLDER
from ginn.pages import images
from ginn.pages.articles import Article
from ginn.pages.bibliography import read_works
from ginn.pages.glossary import read_glossary
from ginn.pages.layout import Rendered
from ginn.pages.links import find_dead_link
from ginn.pages.metadata import Publication
from ginn.pages.policy import NOTHING_MORE
from ginn.pages.report import Report
from ginn.pages.site import Pages, Part
from ginn.pipeline.content import Content
from ginn.pipeline.experiment import FinishedExperiment
from ginn.pipeline.runner import TABLE, Input, Known, Runner
from ginn.runtime.digests import digest
from ginn.runtime.output_dir import GENERATOR, MARKER


@dataclass(frozen=True)
class PageParts:
    """The parts of a site, as an input of the stage "pages": name -> part.

    A part holds functions, which have no digest. The digest of an entry is made from its `needs`.
    """

    pages: Pages
    parts: Mapping[str, Part]

    @property
    def value(self) -> Mapping[str, Part]:
        """The parts by name."""
        return self.parts

    @property
    def digest(self) -> str:
        """The digest of what all parts need."""
        return digest({name: part.needs for name, part in self.parts.items()})

    def is_several(self) -> bool:
        """False: an input is one value."""
        return False

    def item(self, name: str) -> PagePart:
        """The part of that name."""
        return PagePart(self.pages, self.parts[name])


@dataclass(frozen=True)
class PagePart:
    """One part of a site with the pages that it belongs to."""

    pages: Pages
    part: Part

    @property
    def value(self) -> tuple[Pages, Part]:
        """The pages and the part, as `render_part` takes them."""
        return self.pages, self.part

    @property
    def digest(self) -> str:
        """The digest of what the part needs."""
        return digest([self.part.name, self.part.needs])


def site_files(
    content: Content,
    finished: Sequence[FinishedExperiment],
    publication: Publication,
    runner: Runner,
) -> dict[str, bytes]:
    """Every file of the site: pages, what the viewer loads, static files, and the manifest."""
    # A site that is shown before its build has ended has the reports of the last build. Its words
    # must be those of this build.
    reports = [replace(each.report, words=content.words) for each in finished]
    data = {address: file for each in finished for address, file in each.data.items()}
    others = {**data, **content.static}
    pages = render_site(
        content.folder,
        content.articles,
        reports,
        publication,
        others,
        runner,
        content.settings.policy,
    )
    return with_manifest({**others, **pages}, publication)


def render_site(
    folder: Path,
    articles: Sequence[Article],
    reports: Sequence[Report],
    publication: Publication,
    others: Iterable[str],
    runner: Runner,
    policy: Policy = NOTHING_MORE,
) -> dict[str, bytes]:
    """Every page with its figures, style and scripts: address -> content.

    `folder` is the content's folder, and `articles` are its articles. `reports` are the reports of
    the experiments; the first one is for the main pages. `others` are the addresses of the site's
    other files. `policy` is the allow-list of `report.toml`. Raises AuthorError for a
    mistake in an article, such as a dead link.
    """
    works = read_works(folder, reports[0].site)
    meanings = read_glossary(folder / "glossary.toml")
    words = reports[0].words
    pages = Pages(reports, articles, works, meanings, TEMPLATES, publication, words, policy)
    parts = PageParts(pages, {part.name: part for part in pages.parts()})
    surroundings = Input({"shared": pages.shared(), **sources(folder)})
    known: Known = {"page-parts": parts, "page-surroundings": surroundings}
    made = runner.results(TABLE["pages"], known)
    rendered: Mapping[str, Rendered] = made.value
    files = {at: file for part in rendered.values() for at, file in part.files.items()}
    links = {at: found for part in rendered.values() for at, found in part.links.items()}
    if dead := find_dead_link(pages.articles, links, {*files, *others, MARKER}):
        name = f"article-{dead.article.slug}"
        # A page with a dead link is removed from the cache.
        made.drop(name)
        # The page may be from the cache, and the link's target may have gone since then. If so, the
        # page is rendered again to raise the error with the line.
        pages.make(parts.parts[name])
        raise dead.error()
    return files


def with_manifest(files: Mapping[str, bytes], publication: Publication) -> dict[str, bytes]:
    """The files of a site and its manifest, which lists them all with their sizes and digests."""
    listed = {
        name: {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}
        for name, file in sorted(files.items())
    }
    day = publication.date.isoformat() if publication.date else None
    about = {"generator": GENERATOR, **asdict(publication), "date": day, "files": listed}
    return {**files, MARKER: plain_json(about)}


def sources(content: Path) -> dict[str, Any]:
    """The digests of all files that pages show or are made from, by kind and name."""
    # All pictures count: before rendering, it is not known which article shows which.
    shown = images.images_in(content / "articles")
    # The words of the site's language are among what all pages share.
    templates = sorted(
        path for path in TEMPLATES.rglob("*") if path.is_file() and path.parent.name != FOLDER
    )
    return {
        "images": contents(content, shown),
        "templates": contents(TEMPLATES, templates),
    }


def contents(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """The digests of files by their names in a folder. Windows line ends count as Unix ones."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes().replace(b"\r\n", b"\n")
        ).hexdigest()
        for path in paths
    }
