"""Build the report: `python build.py` reads content/ and templates/, and writes site/.

Train the seeded runs, trace every neuron's boundary at every snapshot, film them as sprite sheets,
write the vectors the viewer draws from, and turn the articles into pages. Every stage's work is
kept; what has not changed is not done again.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import importlib.metadata
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ginn.runtime import signals
from ginn.runtime import workers as worker_processes

if __name__ == "__main__":
    # Before the rest is loaded, which takes a while and has NumPy decide on its threads.
    signals.exit_on_signal()
    os.environ.update(worker_processes.ONE_THREAD)

from ginn import __version__, new_project
from ginn.analysis.facts import gather_facts
from ginn.analysis.outcomes import full_run_seeds, give_roles
from ginn.cli import parse
from ginn.config.loader import load_settings
from ginn.config.models import Experiment, Settings
from ginn.config.overrides import as_draft, require_memory, with_picture
from ginn.config.validation import read_document
from ginn.dataset.dataset import Dataset, describe, require_parts
from ginn.dataset.image import ImageReading
from ginn.dataset.picture import load_picture
from ginn.errors import AuthorError
from ginn.files import plain_json, within
from ginn.pages.articles import Article, read_articles, require_experiments
from ginn.pages.metadata import Publication, build_date, plain_publication
from ginn.pages.report import Report
from ginn.pipeline.site import TEMPLATES, edition
from ginn.pipeline.stages import Stages
from ginn.pipeline.summary import bytes_by_kind, claims_table, outcomes, peak_memory, summary
from ginn.runtime import output_dir
from ginn.runtime.cache import Cache, RecentValues, open_cache
from ginn.runtime.workers import WorkerPool, worker_pool

ROOT = Path(__file__).resolve().parent
KEPT_BYTES = 2_000_000_000
MISTAKES = (AuthorError,)
ERROR = "build.py: error: "


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, and serve if asked to; the exit code.

    0: done; 2: a mistake that the author can mend; 130: stopped by Ctrl-C or SIGTERM.
    """
    try:
        options = parse(arguments)
        if options.new is not None:
            new_project.begin(TEMPLATES / "starter", options.new)
            print(f"A report is begun in {options.new}. See it with:")
            print(f"  {sys.executable} {ROOT / 'build.py'} --draft --content {options.new}")
        elif options.serve is not None:
            serve(options)
        else:
            build_as_asked(options)
    except KeyboardInterrupt:
        signals.report_stopped()
        return signals.EXIT_CODE
    except (*MISTAKES, OSError) as error:
        print(mistake_line(error), file=sys.stderr)
        return 2
    return 0


def build_as_asked(options: argparse.Namespace) -> None:
    """Build as the command line says."""
    publication = Publication(
        options.base_url, options.source_url, build_date(os.environ), versions()
    )
    build(
        options.content, options.picture, options.site, options.cache, options.jobs,
        options.executor or "", options.draft, publication,
    )  # fmt: skip


def serve(options: argparse.Namespace) -> None:
    """Serve, and build whenever something changes, until stopped."""
    from ginn.devserver.watcher import keep_building

    content = options.content
    named = ("report.toml", "bibliography.toml", "glossary.toml", "articles", "pictures")
    sources = [*(content / name for name in named), TEMPLATES]
    sources += [options.picture] if options.picture else []
    code = [ROOT / "ginn", ROOT / "build.py"]
    attempt = functools.partial(attempt_build, options)
    keep_building(sources, code, options.site, TEMPLATES / "devserver", options.serve, attempt)


def attempt_build(options: argparse.Namespace) -> AuthorError | None:
    """Build for the server. Returns the mistake that stopped the build, or None."""
    try:
        build_as_asked(options)
    except AuthorError as error:
        print(f"{ERROR}{error}", file=sys.stderr)
        return error
    except (*MISTAKES, OSError) as error:
        print(mistake_line(error), file=sys.stderr)
        return AuthorError(mistake_line(error).removeprefix(ERROR))
    return None


def mistake_line(error: Exception) -> str:
    """What a mistake is answered with."""
    if not isinstance(error, OSError):
        return f"{ERROR}{error}"
    place = f"{error.filename}: " if error.filename else ""
    return f"{ERROR}{place}{error.strerror or error}"


def build(
    content: Path,
    picture: Path | None,
    site: Path,
    cache: Path,
    jobs: int,
    executor: str,
    draft: bool,
    publication: Publication | None = None,
) -> None:
    """Make the whole site: the story, stage by stage."""
    begun = time.perf_counter()
    published = publication or Publication()
    written = load_settings(content / "report.toml")
    spec = as_draft(written) if draft else written
    spec = with_picture(spec, picture) if picture else spec
    require_memory(spec)
    articles = read_articles(within(content, content / "articles"))
    articles = articles_of(articles, written, spec)
    domains = [
        look_at(each, number, content, picture) for number, each in enumerate(spec.experiments)
    ]

    with (
        open_cache(cache) as kept,
        output_dir.replacing(site, [ROOT, cache, content]) as new,
        worker_pool(jobs, executor) as workers,
    ):
        recent = RecentValues()
        studies = [
            study(spec, experiment, dataset, kept, recent, workers)
            for experiment, dataset in zip(spec.experiments, domains, strict=True)
        ]
        data = {name: file for each in studies for name, file in each.data.items()}
        reports = [each.report for each in studies]
        made = edition(reports, articles, content, published, {*data, output_dir.MARKER}, kept)
        write_site(new, {**made, **data}, published)
        kept.forget(KEPT_BYTES)
        sizes = bytes_by_kind(new)

    titles = ["" if len(reports) == 1 else report.experiment.title for report in reports]
    for report, title in zip(reports, titles, strict=True):
        facts = report.facts.experiment
        print(outcomes(facts.screening, facts.full_runs, title))
    memory = peak_memory(0 if executor else jobs)
    print(summary(kept.record, sizes, time.perf_counter() - begun, memory))
    for report, title in zip(reports, titles, strict=True):
        print(claims_table(report.facts.claims, title))
    index = (site / "index.html").resolve()
    print(f"\nThe site is in {site}. Open {index} in a browser,")
    print("or run `python build.py --serve` and follow the address that it prints.")


def articles_of(
    articles: Sequence[Article], written: Settings, spec: Settings
) -> tuple[Article, ...]:
    """The articles of the experiments that are built; with `--picture` that is the first alone."""
    require_experiments(articles, [experiment.id for experiment in written.experiments])
    if len(written.experiments) == len(spec.experiments) > 1:
        return tuple(articles)
    # The first page stays, for there is no site without it; it is called as the site is.
    kept = [a for a in articles if a.experiment in ("", written.experiment.id) or a.slug == "index"]
    titles = {written.site.title: spec.site.title}
    return tuple(replace(a, experiment="", title=titles.get(a.title, a.title)) for a in kept)


def look_at(experiment: Experiment, number: int, content: Path, picture: Path | None) -> Dataset:
    """The picture of an experiment, shown on the terminal before anything is learnt."""
    path = picture or within(content, content / experiment.picture)
    reading = ImageReading(experiment.threshold, experiment.fit, experiment.parts)
    dataset = load_picture(path, experiment.pixels, reading)
    try:
        require_parts(dataset, experiment.top)
    except AuthorError as error:
        report = read_document(content / "report.toml", "the report's TOML")
        raise report.at(("experiment", number, "top"), error) from error
    print(describe(dataset, experiment.picture), flush=True)
    return dataset


@dataclass(frozen=True)
class Study:
    """An experiment that is done: what pages say of it, and the files that the viewer loads."""

    report: Report
    data: Mapping[str, bytes]


def study(
    spec: Settings,
    experiment: Experiment,
    dataset: Dataset,
    kept: Cache,
    recent: RecentValues,
    workers: WorkerPool,
) -> Study:
    """Do one experiment, from the screening to what the viewer draws: its story, stage by stage."""
    if len(spec.experiments) > 1:
        print(f"\n{experiment.title}", flush=True)
    stages = Stages(spec.site, experiment, dataset, kept, recent, workers)
    screening = stages.screening()
    stages.require_room()
    full_runs = stages.full_runs(full_run_seeds(experiment, screening))
    runs = stages.outcomes(full_runs)
    for run in runs:
        if run.ended:
            print(f"warning: {run.ended}", file=sys.stderr)
    shown_runs = give_roles(experiment, runs)
    boundaries = stages.trace(shown_runs, full_runs)
    shown_runs = stages.with_traced_regions(shown_runs, boundaries)
    variants = [
        Stages(spec.site, variant, dataset, kept, recent, workers).variant()
        for variant in spec.variants[experiment.id]
    ]
    findings = stages.claims(full_runs, runs, screening, variants)
    facts = gather_facts(
        experiment,
        dataset,
        screening,
        runs,
        shown_runs,
        variants,
        findings.rows,
        stages.examples(shown_runs, full_runs, boundaries),
        findings.evidence,
    )
    films = stages.film(boundaries, full_runs)
    motions = stages.motion(boundaries)
    moments = stages.moments(shown_runs, full_runs)
    index, data = stages.vectors(shown_runs, full_runs, boundaries, motions, moments, films)
    small = stages.multiples(facts, full_runs)
    leads = experiment == spec.experiment
    return Study(stages.report(facts, full_runs, boundaries, index, small, leads), data)


def versions() -> dict[str, str]:
    """What a site's numbers depend on, for its footer and its manifest."""
    libraries = {name: importlib.metadata.version(name.lower()) for name in ("torch", "NumPy")}
    return {"GINN": __version__, **libraries}


def write_site(
    folder: Path,
    made: Mapping[str, bytes],
    publication: Publication,
) -> None:
    """Write every file of the site into an empty folder, and a manifest of all of them."""
    files = dict(made)
    manifest = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }
    about = {"generator": "ginn", **plain_publication(publication), "files": manifest}
    files["build.json"] = plain_json(about)
    output_dir.write_files(folder, files)


if __name__ == "__main__":
    signals.interrupt_on_signal()
    code = main()
    signals.ignore_signals()
    sys.exit(code)
