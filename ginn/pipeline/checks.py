"""Find the mistakes in a report's articles and frozen rules before anything is trained."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ginn.analysis.rule_book import rule_book
from ginn.config.models import Confirmation, Settings
from ginn.config.validation import read_document
from ginn.errors import quoted
from ginn.language.words import Words
from ginn.pages.article_checks import Named, check_article
from ginn.pages.articles import Article
from ginn.pages.bibliography import read_works
from ginn.pages.glossary import read_glossary
from ginn.pages.source_checks import check_source
from ginn.pages.stand_ins import check_text
from ginn.pipeline.static import OF_BUILD


def require_frozen(folder: Path, confirmation: Confirmation) -> None:
    """Raise AuthorError if the rules differ from those that `report.toml` has frozen.

    A claim is confirmed only by rules that were fixed before anyone looked at the second block.
    """
    now = rule_book().hash
    if confirmation.rules not in (None, now):
        report = read_document(folder / "report.toml", "the report's TOML")
        hint = (
            "the rules have changed since they were frozen: freeze these, and choose another "
            "`first-seed`, whose runs nobody has looked at"
        )
        raise report.error(("confirmation", "rules"), quoted(confirmation.rules), now, hint)


def check_articles(
    folder: Path,
    articles: Sequence[Article],
    settings: Settings,
    words: Words,
    left_out: Sequence[Article] = (),
    absent: Sequence[str] = (),
    files: Collection[str] = (),
    hidden: Collection[str] = (),
) -> None:
    """Raise AuthorError for the first mistake in an article that needs no results to be found.

    `folder` has the bibliography and the glossary, which are checked, too. `words` are those of the
    layout. `left_out` and `absent` are the articles and the ids of the experiments that this build
    leaves out. `files` has the addresses of the author's own files in the site, and `hidden` the
    slugs of drafts that the site does not show.
    """
    ids = [*(experiment.id for experiment in settings.experiments), *absent]
    kinds = ("explore", "downloads")
    pages = [*(article.slug for article in (*articles, *left_out)), *kinds, "lab"]
    pages += [f"{kind}/{name}" for kind in kinds for name in ids]
    without = {article.slug: article.experiment for article in left_out}
    without |= {f"{kind}/{name}": name for kind in kinds for name in absent}
    works = read_works(folder, settings.site)
    meanings = read_glossary(folder / "glossary.toml")
    not_here = {"page": without, "experiment": {name: name for name in absent}}
    named = Named(pages, list(works), list(meanings), ids, not_here, hidden)
    for article in articles:
        check_article(article, named, words)
        check_source(article)
    check_text(articles, words, settings.policy, {*files, *OF_BUILD})
