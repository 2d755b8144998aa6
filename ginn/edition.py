"""An edition of the site: all of its pages, kept while nothing that stands on them has changed."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path

from ginn import illustrations, pages, store
from ginn.articles import Article
from ginn.links import check_links
from ginn.metadata import Publication, plain_publication
from ginn.plates import Report
from ginn.store import FILES, Store

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
LIBRARIES = ["numpy", "pillow", "jinja2", "markdown", "pygments", "rjsmin"]


def edition(
    reports: Sequence[Report],
    articles: Sequence[Article],
    content: Path,
    publication: Publication,
    data: Container[str],
    kept: Store,
) -> Mapping[str, bytes]:
    """Every page with its stills, style and scripts: address -> content.

    `reports` are the experiments', the first one leading; `data` holds the addresses of the files
    that the viewer loads.
    """
    texts = [article.file for article in articles]
    beside = [content / f"{name}.toml" for name in ("bibliography", "glossary")]
    texts += [path for path in beside if path.exists()]
    pictures = illustrations.beside(content / "articles")
    templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
    # Pages draw on nearly every room and take a second: whatever changes, they are made again.
    sources = sorted((ROOT / "ginn").rglob("*.py"))
    inputs = {
        "reports": [report.key for report in reports],
        "publication": plain_publication(publication),
        "articles": [[article.file.name, article.experiment] for article in articles],
        "pictures": [path.relative_to(content).as_posix() for path in pictures],
        "templates": [path.relative_to(TEMPLATES).as_posix() for path in templates],
    }
    key = store.key("pages", inputs, [*texts, *pictures, *templates, *sources], LIBRARIES)

    def work() -> Mapping[str, bytes]:
        site = pages.Pages(reports, articles, content, TEMPLATES, publication)
        files: dict[str, bytes] = {}
        for part in site.parts():
            files |= site.make(part)
        check_links(files, data, {article.address: article.file for article in articles})
        return files

    return kept.keep("pages", key, FILES, work)
