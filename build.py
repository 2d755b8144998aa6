"""Build the report: `python build.py` reads content/ and templates/, and writes site/.

Train the seeded runs, trace every neuron's boundary at every snapshot, film them as sprite sheets,
write the vectors the viewer draws from, and turn the articles into pages. Every stage's work is
kept; what has not changed is not done again.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ginn import (
    __version__,
    crew,
    phenomena,
    starter,
    store,
    swap,
)
from ginn.articles import Article, read_articles, require_experiments
from ginn.closing import bytes_by_kind, claims_table, outcomes, summary
from ginn.crew import CrewError
from ginn.edition import edition
from ginn.metadata import Publication, build_date, plain_publication, web_address
from ginn.picture import Domain, describe, load_picture, require_parts
from ginn.plates import Report
from ginn.shelf import Hand
from ginn.spec import Experiment, InputError, Spec, draft_of, load_spec, with_picture, within
from ginn.stages import Stages
from ginn.store import StoreError

ROOT = Path(__file__).resolve().parent
DEFAULT_PORT = 8000
KEPT_BYTES = 2_000_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, and serve if asked to; the exit code: 0 done, 2 a mistake that the author can mend."""
    options = parse(arguments)
    try:
        if options.new is not None:
            starter.begin(ROOT / "templates/starter", options.new)
            print(f"A report is begun in {options.new}. See it with:")
            print(f"  {sys.executable} {ROOT / 'build.py'} --draft --content {options.new}")
            return 0
        if options.serve is not None:
            from ginn.serve import serve

            sources = [options.content / name for name in ("report.toml", "articles", "pictures")]
            sources += [ROOT / name for name in ("templates", "ginn", "build.py")]
            sources += [options.picture] if options.picture else []
            command = [sys.executable, str(ROOT / "build.py"), *options.build_arguments]
            return serve(sources, options.site, options.serve, command)
        publication = Publication(
            options.base_url, options.source_url, build_date(os.environ), versions()
        )
        build(
            options.content, options.picture, options.site, options.cache, options.jobs,
            options.executor or "", options.draft, publication,
        )  # fmt: skip
    except (InputError, StoreError, CrewError) as error:
        print(f"build.py: error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"build.py: error: {place}{error.strerror or error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("build.py: stopped; the site is as it was", file=sys.stderr)
        return 130
    return 0


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
    written = load_spec(content / "report.toml")
    spec = draft_of(written) if draft else written
    spec = with_picture(spec, picture) if picture else spec
    articles = read_articles(within(content, content / "articles"))
    articles = articles_of(articles, written, spec)
    domains = [
        look_at(each, number, content, picture) for number, each in enumerate(spec.experiments)
    ]

    with (
        store.opened(cache) as kept,
        swap.replacing(site, [ROOT, cache, content]) as new,
        crew.crew(jobs, executor) as workers,
    ):
        hand = Hand()
        studies = [
            study(spec, experiment, domain, kept, hand, workers)
            for experiment, domain in zip(spec.experiments, domains, strict=True)
        ]
        data = {name: file for each in studies for name, file in each.data.items()}
        reports = [each.report for each in studies]
        made = edition(reports, articles, content, published, {*data, swap.MARKER}, kept)
        write_site(new, {**made, **data}, published)
        kept.forget(KEPT_BYTES)
        sizes = bytes_by_kind(new)

    titles = ["" if len(reports) == 1 else report.experiment.title for report in reports]
    for report, title in zip(reports, titles, strict=True):
        facts = report.facts.experiment
        print(outcomes(facts.audition, facts.cohort, title))
    print(summary(kept.record, sizes, time.perf_counter() - begun))
    for report, title in zip(reports, titles, strict=True):
        print(claims_table(report.facts.claims, title))
    index = (site / "index.html").resolve()
    print(f"\nThe site is in {site}. Open {index} in a browser,")
    print("or run `python build.py --serve` and follow the address that it prints.")


def articles_of(articles: Sequence[Article], written: Spec, spec: Spec) -> tuple[Article, ...]:
    """The articles of the experiments that are built; with `--picture` that is the first alone."""
    require_experiments(articles, [experiment.id for experiment in written.experiments])
    if len(written.experiments) == len(spec.experiments) > 1:
        return tuple(articles)
    # The first page stays, for there is no site without it.
    kept = [a for a in articles if a.experiment in ("", written.experiment.id) or a.slug == "index"]
    return tuple(replace(article, experiment="") for article in kept)


def look_at(experiment: Experiment, number: int, content: Path, picture: Path | None) -> Domain:
    """The picture of an experiment, shown on the terminal before anything is learnt."""
    path = picture or within(content, content / experiment.picture)
    domain = load_picture(path, experiment.pixels, experiment.reading)
    place = f"experiment[{number}].top" if number else "experiment.top"
    require_parts(domain, experiment.top, f"{content / 'report.toml'}: {place}")
    print(describe(domain, experiment.picture), flush=True)
    return domain


@dataclass(frozen=True)
class Study:
    """An experiment that is done: what pages say of it, and the files that the viewer loads."""

    report: Report
    data: Mapping[str, bytes]


def study(
    spec: Spec,
    experiment: Experiment,
    domain: Domain,
    kept: store.Store,
    hand: Hand,
    workers: crew.Crew,
) -> Study:
    """Do one experiment, from the audition to what the viewer draws: its story, stage by stage."""
    if len(spec.experiments) > 1:
        print(f"\n{experiment.title}", flush=True)
    stages = Stages(spec.site, experiment, domain, kept, hand, workers)
    audition = stages.audition()
    cohort = stages.cohort(phenomena.cohort_seeds(experiment, audition))
    runs = stages.outcomes(cohort)
    for run in runs:
        if run.ended:
            print(f"warning: {run.ended}", file=sys.stderr)
    exhibited = phenomena.give_roles(experiment, runs)
    boundaries = stages.trace(exhibited, cohort)
    exhibited = stages.with_traced_regions(exhibited, boundaries)
    variants = [
        Stages(spec.site, variant, domain, kept, hand, workers).variant()
        for variant in spec.variants_of(experiment)
    ]
    findings = stages.claims(cohort, runs, audition, variants)
    facts = phenomena.gather_facts(
        experiment,
        domain,
        audition,
        runs,
        exhibited,
        variants,
        findings.rows,
        stages.examples(exhibited, cohort, boundaries),
        findings.evidence,
    )
    films = stages.film(boundaries, cohort)
    motions = stages.motion(boundaries)
    moments = stages.moments(exhibited, cohort)
    index, data = stages.vectors(exhibited, cohort, boundaries, motions, moments, films)
    small = stages.multiples(facts, cohort)
    leads = experiment == spec.experiment
    return Study(stages.report(facts, cohort, boundaries, index, small, leads), data)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line; argparse answers what is wrong in one line and exits with 2."""
    parser = argparse.ArgumentParser(
        prog="build.py", description="Train, trace and film the report's runs, and write its site."
    )
    parser.add_argument(
        "--new", type=Path, metavar="DIR", help="begin a report of your own in a new folder"
    )
    parser.add_argument(
        "--draft", action="store_true", help="the same report from few seeds and short runs"
    )
    parser.add_argument(
        "--content",
        type=Path,
        default=ROOT / "content",
        metavar="DIR",
        help="the folder of report.toml, articles/ and pictures/ (default: %(default)s)",
    )
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE",
        help="learn this picture in place of report.toml's first; other experiments are left out",
    )
    parser.add_argument(
        "--site",
        type=Path,
        metavar="DIR",
        help="where to write the site (default: site/ here, or in the folder of --content)",
    )
    parser.add_argument(
        "--cache", type=Path, default=ROOT / ".ginn", metavar="DIR", help="where work is kept"
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=_cores(), metavar="N", help="processes (default: the cores)"
    )
    parser.add_argument(
        "--executor",
        type=_executor,
        metavar="dask://HOST:PORT",
        help="work in a Dask cluster that runs already, instead of processes here",
    )
    parser.add_argument(
        "--serve", type=_port, nargs="?", const=DEFAULT_PORT, metavar="PORT",
        help=f"show the site on this machine and rebuild on a change (default: {DEFAULT_PORT})",
    )  # fmt: skip
    parser.add_argument(
        "--base-url", type=_web_address, default="", metavar="URL",
        help="where the site will be, for feed, site map, social cards and 404.html",
    )  # fmt: skip
    parser.add_argument(
        "--source-url", type=_web_address, default="", metavar="URL",
        help="where its sources are, for a link on every page",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if options.site is None:
        here = options.content.resolve() == ROOT / "content"
        options.site = (ROOT if here else options.content) / "site"
    options.build_arguments = [
        *("--content", str(options.content)),
        *(["--executor", options.executor] if options.executor else []),
        *(["--picture", str(options.picture)] if options.picture else []),
        *(["--draft"] if options.draft else []),
        *(["--base-url", options.base_url] if options.base_url else []),
        *(["--source-url", options.source_url] if options.source_url else []),
        *("--site", str(options.site), "--cache", str(options.cache), "--jobs", str(options.jobs)),
    ]
    return options


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: a whole number from 1 to 64")
    return int(text)


def _executor(text: str) -> str:
    if not re.fullmatch(rf"{crew.DASK}(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{{1,5}}", text):
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: dask://HOST:PORT")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed: a whole number up to 65535")
    return int(text)


def _web_address(text: str) -> str:
    """An address with a last slash; "" stays so, for an address that is not known."""
    try:
        return web_address(text) if text else ""
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def versions() -> dict[str, str]:
    """What a site's numbers depend on, for its footer and its manifest."""
    libraries = {name: importlib.metadata.version(name.lower()) for name in ("torch", "NumPy")}
    return {"GINN": __version__, **libraries}


def _cores() -> int:
    """Cores this process may use; more jobs than 64 would not find work."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    return min(cores, 64)


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
    files["build.json"] = store.plain_json(about)
    swap.write_files(folder, files)


if __name__ == "__main__":
    sys.exit(main())
