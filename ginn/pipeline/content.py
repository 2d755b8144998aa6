"""Read and check what an author wrote, before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ginn.config.loader import load_settings
from ginn.config.models import Experiment, Settings
from ginn.config.overrides import (
    as_draft,
    require_memory,
    with_picture,
    with_second_block,
    with_trainer,
    without_optional,
)
from ginn.config.validation import read_document
from ginn.dataset.dataset import Dataset, describe, require_parts
from ginn.dataset.image import ImageReading
from ginn.dataset.picture import EXPECTED, load_picture
from ginn.errors import AuthorError, quoted
from ginn.files import TEMPLATES, found_in, paths_in, within
from ginn.language.word_files import missing_language, read_words
from ginn.language.words import Words
from ginn.pages.articles import Article, read_articles, require_experiments, shown_articles
from ginn.pipeline.checks import check_articles, require_frozen
from ginn.pipeline.static import read_static
from ginn.runtime.progress import write_line


@dataclass(frozen=True)
class Reading:
    """What a build reads: a folder, and how the settings in it are changed.

    `picture` takes the place of the first experiment's picture; the other experiments are left out.
    `trainer` replaces every experiment's trainer, unless it is "". With `confirm`, the claims are
    tested on a second block of seeds, too. Optional experiments are left out unless `every` is
    true. Articles with draft = true are checked and may be linked only if `with_drafts` is true.
    """

    folder: Path
    picture: Path | None = None
    draft: bool = False
    trainer: str = ""
    confirm: bool = False
    every: bool = False
    with_drafts: bool = True


@dataclass(frozen=True)
class Content:
    """The settings of a report, its articles, and the dataset of each experiment, in order.

    `words` are those of the layout. `left_out` has the titles of the optional experiments that this
    build leaves out. `static` has the author's own files, address in the site -> content.
    """

    folder: Path
    settings: Settings
    articles: tuple[Article, ...]
    datasets: tuple[Dataset, ...]
    words: Words
    left_out: tuple[str, ...] = ()
    static: Mapping[str, bytes] = field(default_factory=dict)

    def experiments(self) -> Iterator[tuple[Experiment, Dataset]]:
        """Each experiment with its dataset, the leading one first."""
        return zip(self.settings.experiments, self.datasets, strict=True)

    def descriptions(self) -> str:
        """For the terminal: each picture, how it was read, and what the build lacks."""
        lines = [describe(dataset, each.picture) for each, dataset in self.experiments()]
        if self.left_out:
            lines.append(f"Left out: {', '.join(self.left_out)}. With --all they are built, too.")
        return "\n".join([*lines, *filter(None, [missing_language(self.words)])])


@dataclass(frozen=True)
class Subject:
    """The inputs of training: the settings, as written and as they are built, and the datasets."""

    written: Settings
    settings: Settings
    datasets: tuple[Dataset, ...]


def read_subject(read: Reading) -> Subject:
    """The settings of a folder and the datasets of its experiments.

    Raises AuthorError for what cannot be used.
    """
    written = load_settings(read.folder / "report.toml")
    settings = written if read.every else without_optional(written)
    settings = as_draft(settings) if read.draft else settings
    settings = with_picture(settings, read.picture) if read.picture else settings
    settings = with_trainer(settings, read.trainer) if read.trainer else settings
    if read.confirm:
        require_frozen(read.folder, settings.confirmation)
        settings = with_second_block(settings)
    require_memory(settings)
    datasets = tuple(
        _dataset(experiment, number, read.folder, read.picture)
        for number, experiment in _numbered(written, settings)
    )
    return Subject(written, settings, datasets)


def read_content(read: Reading) -> Content:
    """The content of a folder. Raises AuthorError for what cannot be used."""
    subject, folder = read_subject(read), read.folder
    written, settings = subject.written, subject.settings
    articles = read_articles(within(folder, folder / "articles"))
    require_experiments(articles, [experiment.id for experiment in written.experiments])
    _require_first_page(articles, written)
    # With `--picture`, the first experiment has another id.
    later = {experiment.id for experiment in settings.experiments[1:]}
    absent = [each.id for each in written.experiments[1:] if each.id not in later]
    built = _built_articles(articles, written, settings, absent)
    left_out = [a for a in articles if a.slug not in {each.slug for each in built}]
    static = read_static(folder, articles)
    words = read_words(settings.site.language, TEMPLATES, folder)
    shown = shown_articles(built, read.with_drafts)
    hidden = [article.slug for article in built if article not in shown]
    check_articles(folder, shown, settings, words, left_out, absent, list(static), hidden)
    all_built = read.picture or read.every
    optional = () if all_built else (each.title for each in written.experiments if each.optional)
    return Content(folder, settings, built, subject.datasets, words, tuple(optional), static)


def _require_first_page(articles: Sequence[Article], written: Settings) -> None:
    """Raise AuthorError where the site's first page is about an optional experiment."""
    optional = {each.id for each in written.experiments if each.optional}
    for article in articles:
        if article.slug == "index" and article.experiment in optional:
            found = f"{quoted(article.experiment)}, which a build without --all leaves out"
            others = ", ".join(each.id for each in written.experiments if not each.optional)
            line = article.key_lines["experiment"]
            raise AuthorError(found, others, path=article.file, line=line, key="experiment")


def _built_articles(
    articles: Sequence[Article], written: Settings, settings: Settings, absent: Sequence[str]
) -> tuple[Article, ...]:
    """The articles of the experiments that are built; `absent` has the ids of the others."""
    # The first page is always kept, since a site needs it. Its title follows the site's title.
    kept = [a for a in articles if a.experiment not in absent or a.slug == "index"]
    of_first = (written.experiment.id, *absent)
    titles = {written.site.title: settings.site.title}
    return tuple(
        replace(
            a,
            experiment="" if a.experiment in of_first else a.experiment,
            title=titles.get(a.title, a.title),
        )
        for a in kept
    )


def _numbered(written: Settings, settings: Settings) -> list[tuple[int, Experiment]]:
    """The experiments that are built, each with its place in `report.toml`."""
    places = {each.id: number for number, each in enumerate(written.experiments)}
    return [(places.get(each.id, 0), each) for each in settings.experiments]


def _no_picture(folder: Path, number: int, named: str, path: Path) -> AuthorError:
    """The error for a picture in `report.toml` that is no file, with the pictures that are."""
    files = [each for each in paths_in(folder / "pictures", "**/*") if each.is_file()]
    names = [each.relative_to(folder).as_posix() for each in files[:5]]
    hint = f"there is {', '.join(names)}" if names else "put it into pictures/"
    found = f"the folder {quoted(named)}" if path.is_dir() else f"no file {quoted(named)}"
    report = read_document(folder / "report.toml", "the report's TOML")
    return report.error(("experiment", number, "picture"), found, EXPECTED, hint)


def _dataset(experiment: Experiment, number: int, folder: Path, picture: Path | None) -> Dataset:
    """The picture of an experiment as a dataset."""
    path = picture or within(folder, found_in(folder, experiment.picture))
    if picture is None and not path.is_file():
        raise _no_picture(folder, number, experiment.picture, path)
    reading = ImageReading(experiment.threshold, experiment.fit, experiment.parts)
    try:
        dataset = load_picture(path, experiment.pixels, reading)
    except AuthorError:
        if reading.parts:
            # The mistake may be in the names. If so, the author needs to see the regions.
            unnamed = load_picture(path, experiment.pixels, replace(reading, parts={}))
            write_line(describe(unnamed, experiment.picture))
        raise
    try:
        require_parts(dataset, experiment.top)
    except AuthorError as error:
        write_line(describe(dataset, experiment.picture))
        report = read_document(folder / "report.toml", "the report's TOML")
        raise report.at(("experiment", number, "top"), error) from error
    return dataset
