"""An edition of the site: each page is kept while nothing that stands on it has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ginn.pages import images
from ginn.pages.articles import Article
from ginn.pages.citations import read_bibliography
from ginn.pages.glossary import read_glossary
from ginn.pages.layout import Rendered
from ginn.pages.links import Links, find_dead_link
from ginn.pages.metadata import Publication
from ginn.pages.report import Report
from ginn.pages.site import Pages
from ginn.runtime import cache
from ginn.runtime.cache import Cache
from ginn.runtime.encodings import FILES, Encoding

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
LIBRARIES = ["numpy", "pillow", "jinja2", "markdown", "pygments", "rjsmin"]


# Beside a part's files stands one for their links; no address of the site is such a name.
LINKS = "links"


def take_apart(rendered: Rendered) -> dict[str, bytes]:
    """The files of a part, and one more with their links."""
    links = {at: [each.targets, sorted(each.ids)] for at, each in rendered.links.items()}
    return {**rendered.files, LINKS: json.dumps(links).encode()}


def put_together(files: Mapping[str, bytes]) -> Rendered:
    """What `take_apart` took apart."""
    links = json.loads(files[LINKS])
    return Rendered(
        {at: file for at, file in files.items() if at != LINKS},
        {at: Links(tuple(targets), frozenset(ids)) for at, (targets, ids) in links.items()},
    )


RENDERED: Encoding[Rendered] = FILES.via(take_apart, put_together)


def edition(
    reports: Sequence[Report],
    articles: Sequence[Article],
    content: Path,
    publication: Publication,
    others: Iterable[str],
    kept: Cache,
) -> dict[str, bytes]:
    """Every page with its stills, style and scripts: address -> content.

    `reports` are the experiments', the first one leading; `others` holds the addresses of the files
    of the site that are not made here. Raises AuthorError for what an article says that does not
    hold.
    """
    works = read_bibliography(content / "bibliography.toml")
    meanings = read_glossary(content / "glossary.toml")
    site = Pages(reports, articles, works, meanings, TEMPLATES, publication)
    parts = {part.name: part for part in site.parts()}
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    # Which article shows which picture is known only when it has been made.
    pictures = images.images_in(content / "articles")
    # Pages draw on nearly every room and one takes some milliseconds: whatever changes in the code,
    # they are all made again.
    sources = [*pictures, *templates, *sorted((ROOT / "ginn").rglob("*.py"))]
    shared = [
        site.shared(),
        [path.relative_to(content).as_posix() for path in pictures],
        [path.relative_to(TEMPLATES).as_posix() for path in templates],
    ]
    own = {name: part.needs for name, part in parts.items()}
    keys = cache.keys("pages", own, shared, sources, LIBRARIES)

    def work(missing: Sequence[str]) -> Iterator[tuple[str, Rendered]]:
        for name in missing:
            yield name, site.make(parts[name])

    rendered = kept.keep_each("pages", keys, RENDERED, work)
    files = {at: file for each in rendered.values() for at, file in each.files.items()}
    links = {at: found for each in rendered.values() for at, found in each.links.items()}
    if dead := find_dead_link(articles, links, {*files, *others}):
        name = f"article-{dead.article.slug}"
        # What is refused is not kept.
        kept.drop("pages", name, keys[name], RENDERED)
        # A page that was kept may ask for one that is gone: made again, it says so with its line.
        site.make(parts[name])
        raise dead.error()
    return files
