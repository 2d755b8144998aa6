"""An edition of the site: each page is kept while nothing that stands on it has changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ginn.pages import images
from ginn.pages.articles import Article
from ginn.pages.figure_calls import Report
from ginn.pages.links import DeadLinkError, Links, check_links, links_of
from ginn.pages.metadata import Publication
from ginn.pages.site import Pages
from ginn.runtime import cache
from ginn.runtime.cache import Cache
from ginn.runtime.encodings import FILES, Encoding

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
LIBRARIES = ["numpy", "pillow", "jinja2", "markdown", "pygments", "rjsmin"]


@dataclass(frozen=True)
class Printed:
    """Files of the site that were made together, by address, and the links of those in HTML."""

    files: Mapping[str, bytes]
    links: Mapping[str, Links]


# Beside a part's files stands one for their links; no address of the site is such a name.
LINKS = "links"


def take_apart(printed: Printed) -> dict[str, bytes]:
    """The files of a part, and one more with their links."""
    links = {at: [each.targets, sorted(each.ids)] for at, each in printed.links.items()}
    return {**printed.files, LINKS: json.dumps(links).encode()}


def put_together(files: Mapping[str, bytes]) -> Printed:
    """What `take_apart` took apart."""
    links = json.loads(files[LINKS])
    return Printed(
        {at: file for at, file in files.items() if at != LINKS},
        {at: Links(tuple(targets), frozenset(ids)) for at, (targets, ids) in links.items()},
    )


PRINTED: Encoding[Printed] = FILES.via(take_apart, put_together)


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
    of the site that are not made here. Raises ArticleError or DeadLinkError for what an article
    says that does not hold.
    """
    site = Pages(reports, articles, content, TEMPLATES, publication)
    parts = {part.name: part for part in site.parts()}
    beside = [content / f"{name}.toml" for name in ("bibliography", "glossary")]
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    # Which article shows which picture is known only when it has been made.
    pictures = images.beside(content / "articles")
    # Pages draw on nearly every room and one takes some milliseconds: whatever changes in the code,
    # they are all made again.
    sources = [path for path in beside if path.exists()]
    sources += [*pictures, *templates, *sorted((ROOT / "ginn").rglob("*.py"))]
    shared = [
        site.shared(),
        [path.relative_to(content).as_posix() for path in pictures],
        [path.relative_to(TEMPLATES).as_posix() for path in templates],
    ]
    own = {name: part.needs for name, part in parts.items()}
    keys = cache.keys("pages", own, shared, sources, LIBRARIES)

    def work(missing: Sequence[str]) -> Iterator[tuple[str, Printed]]:
        for name in missing:
            files = site.make(parts[name])
            pages = {at: links_of(page) for at, page in files.items() if at.endswith(".html")}
            yield name, Printed(files, pages)

    printed = kept.keep_each("pages", keys, PRINTED, work)
    files = {at: file for each in printed.values() for at, file in each.files.items()}
    links = {at: found for each in printed.values() for at, found in each.links.items()}
    sources_of = {article.address: article.file for article in articles}
    of_articles = {address: links[address] for address in sources_of}
    try:
        check_links(of_articles, {*files, *others}, sources_of)
    except DeadLinkError as dead:
        (slug,) = (article.slug for article in articles if article.address == dead.address)
        name = f"article-{slug}"
        # What is refused is not kept.
        kept.drop("pages", name, keys[name], PRINTED)
        # A page that was kept may ask for one that is gone: made again, it says so with its line.
        site.make(parts[name])
        raise
    return files
