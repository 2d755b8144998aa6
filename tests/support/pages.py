"""The pages of a report, made as a build makes them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from ginn.files import TEMPLATES
from ginn.pages.articles import read_articles
from ginn.pages.figure_calls import Report
from ginn.pages.metadata import Publication
from ginn.pipeline.site import edition
from ginn.runtime.cache import Cache


def render_site(
    report: Report,
    articles: Path,
    templates: Path = TEMPLATES,
    publication: Publication | None = None,
    others: Sequence[Report] = (),
) -> dict[str, bytes]:
    """Every page of the articles of a folder: address -> content."""
    with tempfile.TemporaryDirectory() as cache:
        return edition(
            (report, *others),
            read_articles(articles),
            articles.parent,
            publication or Publication(),
            set(report.data.values()),
            Cache(Path(cache)),
        )
