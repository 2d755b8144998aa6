"""Build the report: `python build.py` reads content/ and templates/, and writes site/.

Train the seeded runs, trace every neuron's boundary at every snapshot, film them as sprite sheets,
write the vectors the viewer draws from, and turn the articles into pages. Every stage's work is
kept; what has not changed is not done again.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import importlib.metadata
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ginn import (
    __version__,
    claims,
    crew,
    examples,
    film,
    geometry,
    motion,
    multiples,
    network,
    pages,
    phenomena,
    sprites,
    starter,
    store,
    swap,
    vectors,
)
from ginn.address import hashed
from ginn.articles import read_articles
from ginn.claims import Findings
from ginn.closing import bytes_by_kind, claims_table, summary
from ginn.crew import Crew, CrewError
from ginn.examples import Examples
from ginn.geometry import Boundaries
from ginn.links import check_links
from ginn.measures import intervention, silence
from ginn.measures.intervention import Trial
from ginn.metadata import Publication, build_date, web_address
from ginn.network import Float64, Snapshots
from ginn.phenomena import AuditionFacts, Facts, Moment, RunFacts, VariantFacts
from ginn.picture import Domain, describe, load_picture
from ginn.plates import Report
from ginn.spec import Experiment, InputError, Spec, draft_of, load_spec, with_picture, within
from ginn.store import ARRAYS, FILES, JSON, Form, Store, StoreError

ROOT = Path(__file__).resolve().parent
TEMPLATES = ROOT / "templates"
DEFAULT_PORT = 8000
KEPT_BYTES = 2_000_000_000
# More seeds in one batched step are no faster, and fewer steps on the way make progress coarse.
MOST_SEEDS_A_STEP = 32

SNAPSHOTS = ARRAYS.of(network.snapshots_as_arrays, network.snapshots_from_arrays)
BOUNDARIES = ARRAYS.of(geometry.boundaries_as_arrays, geometry.boundaries_from_arrays)
ONE_ARRAY: Form[Float64] = ARRAYS.of(lambda array: {"array": array}, lambda arrays: arrays["array"])
FINDINGS: Form[Findings] = JSON.of(claims.findings_as_json, claims.findings_from_json)
EXAMPLES: Form[Examples] = JSON.of(dataclasses.asdict, examples.examples_from_json)
# How long a trial goes on after the state that it starts from.
TRIAL_ITERATIONS = 50_000
# The rooms behind every measure.
GEOMETRY = ("geometry", "complex", "network", "picture")
MEASURES = tuple(f"measures/{path.stem}" for path in sorted((ROOT / "ginn/measures").glob("*.py")))
MOMENTS: Form[tuple[Moment, ...]] = JSON.of(
    lambda moments: [dataclasses.asdict(moment) for moment in moments],
    lambda moments: tuple(Moment(**moment) for moment in moments),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, and serve if asked to; the exit code: 0 done, 2 a mistake that the author can mend."""
    options = parse(arguments)
    try:
        if options.new is not None:
            starter.begin(TEMPLATES / "starter", options.new)
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
    spec = load_spec(content / "report.toml")
    spec = draft_of(spec) if draft else spec
    spec = with_picture(spec, picture) if picture else spec
    path = picture or within(content, content / spec.experiment.picture)
    domain = load_picture(path, spec.experiment.pixels, spec.experiment.reading)
    articles = within(content, content / "articles")
    read_articles(articles)
    print(describe(domain, spec.experiment.picture), flush=True)

    with (
        store.opened(cache) as kept,
        swap.replacing(site, [ROOT, cache, content]) as new,
        crew.crew(jobs, executor) as workers,
    ):
        stages = Stages(spec, domain, articles, kept, workers)
        audition = stages.audition()
        cohort = stages.cohort(phenomena.cohort_seeds(spec.experiment, audition))
        runs = stages.outcomes(cohort)
        exhibited = phenomena.give_roles(spec.experiment, runs)
        boundaries = stages.trace({run.id: cohort[run.id] for run in exhibited})
        exhibited = tuple(phenomena.with_regions(run, boundaries[run.id]) for run in exhibited)
        variants = [
            Stages(replace(spec, experiment=variant), domain, articles, kept, workers).variant()
            for variant in spec.variants
        ]
        findings = stages.claims(cohort, runs, audition, variants)
        facts = phenomena.gather_facts(
            spec.experiment,
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
        moments = stages.moments({run.id: cohort[run.id] for run in exhibited})
        data = stages.vectors(exhibited, cohort, boundaries, motions, moments, films)
        made = stages.pages(facts, cohort, boundaries, data, published)
        write_site(new, made, data, published)
        kept.forget(KEPT_BYTES)
        sizes = bytes_by_kind(new)

    print(summary(kept.record, audition, runs, sizes, time.perf_counter() - begun))
    print(claims_table(facts.claims))
    index = (site / "index.html").resolve()
    print(f"\nThe site is in {site}. Open {index} in a browser,")
    print("or run `python build.py --serve` and follow the address that it prints.")


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
        "--picture", type=Path, metavar="FILE", help="learn this picture, not report.toml's"
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


def rooms(*names: str) -> list[Path]:
    """The source files of rooms, for the keys of the stages that use them."""
    return [ROOT / "ginn" / f"{name}.py" for name in names]


def keys_of(
    stage: str, own: Mapping[str, Any], inputs: Any, sources: Sequence[Path], libraries: list[str]
) -> dict[str, str]:
    """A key for each entry of a stage: of its own input, and of all that the entries share."""
    shared = store.key(stage, inputs, sources, libraries)
    return {
        name: store.key(stage, {"own": each, "shared": shared}, [], [])
        for name, each in own.items()
    }


class Stages:
    """The stages of one build: each has its key, its work and its place in the store."""

    def __init__(
        self, spec: Spec, domain: Domain, articles: Path, kept: Store, workers: Crew
    ) -> None:
        """Prepare what the keys share."""
        self.articles = articles
        self.spec, self.domain, self.kept, self.workers = spec, domain, kept, workers
        self.experiment = spec.experiment
        self.labels = hashlib.sha256(domain.labels.tobytes()).hexdigest()
        self.parts = hashlib.sha256(
            b"".join(part.name.encode() + part.mask.tobytes() for part in domain.parts)
        ).hexdigest()
        self.run_keys: dict[str, str] = {}
        self.trace_keys: dict[str, str] = {}

    def audition(self) -> AuditionFacts:
        """Train many seeds briefly, and see which of them have failed by then."""
        experiment = self.experiment
        recorded = (0, experiment.audition_iterations)
        keys = self.training_keys(range(experiment.audition_seeds), recorded)
        outcome_key = store.key(
            "audition-outcome",
            {"runs": list(keys.values()), "parts": self.parts},
            rooms("phenomena", "network", "picture"),
            ["numpy"],
        )

        def listen() -> dict[str, Any]:
            runs = self.kept.keep_each("audition", keys, SNAPSHOTS, self.train(recorded))
            heard = phenomena.audition_facts(experiment, list(runs.values()), self.domain)
            return dataclasses.asdict(heard)

        heard = self.kept.keep("audition-outcome", outcome_key, JSON, listen)
        return AuditionFacts(**{**heard, "failed_seeds": tuple(heard["failed_seeds"])})

    def cohort(self, seeds: Sequence[int]) -> dict[str, Snapshots]:
        """Train the cohort in full: run id -> snapshots."""
        recorded = self.experiment.snapshots
        self.run_keys = self.training_keys(seeds, recorded)
        runs = self.kept.keep_each("train", self.run_keys, SNAPSHOTS, self.train(recorded))
        for run in runs.values():
            if run.ended:
                print(f"warning: {run.ended}", file=sys.stderr)
        return runs

    def training_keys(self, seeds: Sequence[int], recorded: Sequence[int]) -> dict[str, str]:
        """Run id -> key of its training up to the last recorded iteration."""
        inputs = training_of(self.experiment) | {"labels": self.labels, "recorded": list(recorded)}
        own = {f"seed-{seed}": seed for seed in seeds}
        return keys_of("train", own, inputs, rooms("train", "network"), ["torch", "numpy"])

    def auditioned(self) -> list[Snapshots]:
        """The audition's runs themselves, which are kept by then."""
        recorded = (0, self.experiment.audition_iterations)
        keys = self.training_keys(range(self.experiment.audition_seeds), recorded)
        return list(self.kept.keep_each("audition", keys, SNAPSHOTS, self.train(recorded)).values())

    def variant(self) -> VariantFacts:
        """What becomes of this experiment, as a variant of another: auditions and full runs."""
        audition = self.audition()
        cohort = self.cohort(range(self.experiment.first_seeds))
        key = store.key(
            "regions", list(self.run_keys.values()), rooms("claims", *GEOMETRY), ["numpy"]
        )
        regions = self.kept.keep(
            "regions",
            key,
            JSON,
            lambda: {name: claims.regions_at_the_end(run) for name, run in cohort.items()},
        )
        runs = [replace(run, regions_end=regions[run.id]) for run in self.outcomes(cohort)]
        return phenomena.variant_facts(self.experiment, audition, runs)

    def claims(
        self,
        cohort: Mapping[str, Snapshots],
        runs: Sequence[RunFacts],
        audition: AuditionFacts,
        variants: Sequence[VariantFacts],
    ) -> Findings:
        """The claims table and its evidence; a run that ended early is in neither."""
        whole = [run for run in cohort.values() if not run.ended]
        if not whole:
            return Findings(())
        failed = [run.seed for run in runs if run.failed]
        inputs = {
            "runs": self.run_keys,
            "domain": [self.labels, self.parts, self.domain.corners.tolist()],
            "audition": [training_of(self.experiment), audition],
            "top": self.experiment.top,
        }
        own = {"boundaries": [], "networks": [], "picture": [failed], "trials": []}
        keys = keys_of(
            "claims", own, inputs, rooms("claims", "evidence", *GEOMETRY, *MEASURES), ["numpy"]
        )
        plain_runs = [
            replace(run, regions_end=claims.regions_at_the_end(cohort[run.id]))
            for run in runs
            if run.seed < self.experiment.first_seeds
        ]

        def work(missing: list[str]) -> Iterator[tuple[str, Findings]]:
            heard = self.auditioned()
            part = silence.hardest_part(heard, self.domain)
            calls: dict[str, tuple[Any, ...]] = {
                "networks": (whole, heard, self.domain, part),
                "boundaries": (whole, heard, self.domain),
                "picture": (
                    whole, heard, failed, audition.failed_seeds, self.domain, self.experiment.top,
                ),
            }  # fmt: skip
            wanted = [(name, *call) for name, call in calls.items() if name in missing]
            with bar("measuring", len(missing)) as progress:
                for name, found in self.workers.each(claims.make, wanted):
                    progress.update()
                    yield name, found
            if "trials" in missing:
                trials = claims.trials_of(heard, self.domain, part)
                ends = {name: self.try_out(each, heard) for name, each in trials.items()}
                yield "trials", claims.findings_of_trials(trials, ends, self.domain)

        made = self.kept.keep_each("claims", keys, FINDINGS, work)
        widths = self.experiment.widths
        plain = phenomena.as_network("Plain", widths, audition, plain_runs)
        others = [phenomena.as_network(v.title, v.widths, v.audition, v.runs) for v in variants]
        groups = ("boundaries", "networks", "picture", "trials")
        return claims.together(
            [*(made[name] for name in groups), claims.findings_of_variants(plain, others)]
        )

    def try_out(self, trials: Sequence[Trial], heard: Sequence[Snapshots]) -> list[Snapshots]:
        """Train trials on from where their patients stood, in the order given."""
        experiment = self.experiment
        begin = experiment.audition_iterations
        recorded = intervention.recorded(
            begin, min(TRIAL_ITERATIONS, experiment.iterations - begin)
        )
        networks = {run.seed: run for run in heard}
        parts = [
            [trials[number] for number in group]
            for group in groups(range(len(trials)), self.workers.jobs)
        ] if trials else []  # fmt: skip
        calls = [
            (training_of(experiment), self.domain, [trial.stream for trial in part], recorded,
             intervention.start(part, networks), number)
            for number, part in enumerate(parts)
        ]  # fmt: skip
        done: dict[int, list[Snapshots]] = {}
        with bar(f"trying out {len(trials)}", len(trials) * (recorded[-1] - begin)) as progress:
            for number, runs in self.workers.each(train_trials, calls, progress.update):
                done[number] = runs
        return [run for number in sorted(done) for run in done[number]]

    def examples(
        self,
        exhibited: Sequence[RunFacts],
        cohort: Mapping[str, Snapshots],
        boundaries: Mapping[str, Boundaries],
    ) -> Examples:
        """Where to look in the runs that are shown."""
        inputs = {
            "runs": self.run_keys,
            "shown": [run.id for run in exhibited],
            "domain": [self.labels, self.parts, self.domain.corners.tolist()],
        }
        key = store.key("examples", inputs, rooms("examples", *GEOMETRY, *MEASURES), ["numpy"])
        shown = {run.id: cohort[run.id] for run in exhibited if not run.ended}

        def look() -> Examples:
            runs = list(cohort.values())
            part = silence.hardest_part(runs, self.domain)
            return examples.examples(shown, boundaries, runs, self.domain, part)

        return self.kept.keep("examples", key, EXAMPLES, look)

    def train(
        self, recorded: Sequence[int]
    ) -> Callable[[list[str]], Iterator[tuple[str, Snapshots]]]:
        """The work of a training stage: the missing runs, in groups that fill the cores."""

        def work(missing: list[str]) -> Iterator[tuple[str, Snapshots]]:
            seeds = [int(name.removeprefix("seed-")) for name in missing]
            calls = [
                (training_of(self.experiment), self.domain, group, tuple(recorded))
                for group in groups(seeds, self.workers.jobs)
            ]
            with bar(f"training {len(seeds)} runs", len(seeds) * recorded[-1]) as progress:
                for runs in self.workers.each(train_group, calls, progress.update):
                    yield from ((f"seed-{run.seed}", run) for run in runs)

        return work

    def outcomes(self, cohort: Mapping[str, Snapshots]) -> tuple[RunFacts, ...]:
        """How each run of the cohort came out, by seed."""
        key = store.key(
            "outcomes",
            {"runs": list(self.run_keys.values()), "parts": self.parts},
            rooms("phenomena", "network", "picture"),
            ["numpy"],
        )

        def measure() -> list[dict[str, Any]]:
            outcomes = [phenomena.outcome(run, self.domain) for run in cohort.values()]
            return [dataclasses.asdict(outcome) for outcome in outcomes]

        return tuple(RunFacts(**run) for run in self.kept.keep("outcomes", key, JSON, measure))

    def trace(self, runs: Mapping[str, Snapshots]) -> dict[str, Boundaries]:
        """The exact boundaries of the exhibited runs, by run id."""
        own = {name: self.run_keys[name] for name in runs}
        sources = rooms("geometry", "complex", "network")
        self.trace_keys = keys_of("trace", own, {}, sources, ["numpy"])

        def work(missing: list[str]) -> Iterator[tuple[str, Boundaries]]:
            # A run takes a fraction of a second: less than handing it to another process.
            for name in bar("tracing", names=missing):
                yield name, geometry.trace(runs[name])

        return self.kept.keep_each("trace", self.trace_keys, BOUNDARIES, work)

    def film(
        self, boundaries: Mapping[str, Boundaries], runs: Mapping[str, Snapshots]
    ) -> dict[str, Mapping[str, bytes]]:
        """The sprite sheets of the exhibited runs: run id -> name -> content."""
        inputs = {"colours": self.spec.site.layer_colours, "pixels": self.experiment.pixels}
        sources = rooms("film", "sprites", "address", "phenomena", "network")
        keys = keys_of("film", self.trace_keys, inputs, sources, ["numpy", "pillow"])

        def work(missing: list[str]) -> Iterator[tuple[str, Mapping[str, bytes]]]:
            colours = self.spec.site.layer_colours
            calls = [(name, boundaries[name], runs[name], colours, self.domain) for name in missing]
            with bar("filming", len(calls)) as progress:
                for name, files in self.workers.each(film.film, calls):
                    progress.update()
                    yield name, files

        return self.kept.keep_each("film", keys, FILES, work)

    def motion(self, boundaries: Mapping[str, Boundaries]) -> dict[str, Float64]:
        """How far each layer's boundaries moved: run id -> (snapshots, layers)."""
        keys = keys_of("motion", self.trace_keys, {}, rooms("motion", "network"), ["numpy"])

        def work(missing: list[str]) -> Iterator[tuple[str, Float64]]:
            for name in bar("measuring motion", names=missing):
                yield name, motion.motion(boundaries[name])

        return self.kept.keep_each("motion", keys, ONE_ARRAY, work)

    def moments(self, runs: Mapping[str, Snapshots]) -> dict[str, tuple[Moment, ...]]:
        """The named moments of the exhibited runs, by run id."""
        own = {name: self.run_keys[name] for name in runs}
        sources = rooms("phenomena", "network", "picture")
        keys = keys_of("moments", own, {"parts": self.parts}, sources, ["numpy"])

        def work(missing: list[str]) -> Iterator[tuple[str, tuple[Moment, ...]]]:
            calls = [(name, runs[name], self.domain) for name in missing]
            with bar("finding moments", len(calls)) as progress:
                for name, found in self.workers.each(find_moments, calls):
                    progress.update()
                    yield name, found

        return self.kept.keep_each("moments", keys, MOMENTS, work)

    def vectors(
        self,
        exhibited: Sequence[RunFacts],
        runs: Mapping[str, Snapshots],
        boundaries: Mapping[str, Boundaries],
        motions: Mapping[str, Float64],
        moments: Mapping[str, Sequence[Moment]],
        films: Mapping[str, Mapping[str, bytes]],
    ) -> dict[str, bytes]:
        """Everything the viewer loads: name relative to the data folder -> content.

        The file "index" stands for the index's name, which the explorer's page must know.
        """
        experiment, site = self.experiment, self.spec.site
        inputs = {"runs": exhibited, "traces": self.trace_keys}
        inputs |= {"labels": self.labels, "parts": self.parts}
        inputs |= {"id": experiment.id, "title": experiment.title}
        inputs |= {"colours": [site.layer_colours, site.output_colour]}
        sources = [
            *rooms("vectors", "weights", "quantities", "motion", "film", "sprites", "address"),
            *rooms("network", "phenomena", "picture", "pages", "numerals"),
            Path(__file__),
        ]
        key = store.key("vectors", inputs, sources, ["numpy", "pillow"])

        def work() -> Mapping[str, bytes]:
            target = sprites.target_picture(self.domain.labels)
            target_name = hashed("target.png", target)
            files = {target_name: target}
            cards = []
            for run in exhibited:
                card = vectors.RunCard(run.id, run.role, run.title, pages.outcome(run))
                layouts = film.layouts(runs[run.id], self.domain.pixels, list(films[run.id]))
                header, made = vectors.run_files(
                    card,
                    runs[run.id],
                    boundaries[run.id],
                    motions[run.id],
                    moments[run.id],
                    layouts,
                )
                files |= made
                cards.append((card, len(runs[run.id]), header))
            about = {
                "id": experiment.id,
                "title": experiment.title,
                "pixels": self.domain.pixels,
                "widths": list(experiment.widths),
                "target": target_name,
                "layer_colours": list(site.layer_colours),
                "output_colour": site.output_colour,
            }
            index, content = vectors.index_file(about, self.domain.labels, cards)
            return files | {index: content, "index": index.encode()}

        files = self.kept.keep("vectors", key, FILES, work)
        sheets = {name: made[name] for made in films.values() for name in made}
        return sheets | dict(files)

    def pages(
        self,
        facts: Facts,
        runs: Mapping[str, Snapshots],
        boundaries: Mapping[str, Boundaries],
        data: Mapping[str, bytes],
        publication: Publication,
    ) -> Mapping[str, bytes]:
        """Every page with its stills, style and scripts: address -> content."""
        texts = sorted(self.articles.glob("*.md"))
        bibliography = self.articles.parent / "bibliography.toml"
        texts += [bibliography] if bibliography.exists() else []
        templates = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
        names = (
            "pages",
            "bibliography",
            "metadata",
            "feed",
            "card",
            "downloads",
            "gallery",
            "multiples",
            "plates",
            "articles",
            "links",
            "figures",
            "axes",
            "charts",
            "curves",
            "scatters",
            "evidence",
            "mathematics",
            "numerals",
            "network",
            "phenomena",
            "picture",
            "sprites",
            "address",
        )
        inputs = {
            "facts": facts,
            "site": self.spec.site,
            "experiment": self.experiment,
            "traces": self.trace_keys,
            "runs": self.run_keys,
            "labels": self.labels,
            "index": data["index"].decode(),
            "publication": plain_publication(publication),
            "articles": [path.name for path in texts],
            "templates": [path.relative_to(TEMPLATES).as_posix() for path in templates],
        }
        libraries = ["numpy", "pillow", "jinja2", "markdown", "pygments", "rjsmin"]
        key = store.key("pages", inputs, [*texts, *templates, *rooms(*names)], libraries)
        address = {"index": f"data/{data['index'].decode()}"}
        report = Report(
            self.spec.site, self.experiment, facts, self.domain, runs, boundaries, address
        )

        def work() -> Mapping[str, bytes]:
            small = {
                "trials": multiples.multiples(
                    self.auditioned(), facts.experiment.audition.failed_seeds, self.domain
                ),
                "full runs": multiples.multiples(
                    runs.values(),
                    [run.seed for run in facts.experiment.cohort if run.failed],
                    self.domain,
                ),
            }
            whole = replace(report, multiples=small)
            files = pages.render_site(whole, self.articles, TEMPLATES, publication)
            sources = {each.address: each.file for each in read_articles(self.articles)}
            others = {f"data/{name}" for name in data} | {"build.json"}
            check_links(files, others, sources)
            return files

        return self.kept.keep("pages", key, FILES, work)


def training_of(experiment: Experiment) -> dict[str, Any]:
    """The fields of `train.Training`, without loading torch."""
    return {
        "widths": experiment.widths,
        "iterations": experiment.iterations,
        "batch": experiment.batch,
        "learning_rate": experiment.learning_rate,
    }


def groups(seeds: Sequence[int], jobs: int) -> list[list[int]]:
    """Seeds in groups of nearly equal size: as many as there are jobs, or a multiple of that."""
    rounds = -(-len(seeds) // (jobs * MOST_SEEDS_A_STEP))
    count = min(rounds * jobs, len(seeds))
    return [list(map(int, group)) for group in np.array_split(seeds, count)]


def train_group(
    training: dict[str, Any], domain: Domain, seeds: list[int], recorded: tuple[int, ...]
) -> list[Snapshots]:
    """In a worker: train a group of seeds together."""
    # Here and not above: loading torch takes longer than a build that has nothing to train.
    from ginn.train import Training, train

    return train(Training(**training), domain, seeds, recorded, crew.tell)


def find_moments(name: str, run: Snapshots, domain: Domain) -> tuple[str, tuple[Moment, ...]]:
    """In a worker: a run's name and its moments."""
    return name, phenomena.moments(run, domain)


def train_trials(
    training: dict[str, Any],
    domain: Domain,
    streams: list[int],
    recorded: tuple[int, ...],
    start: network.Start,
    number: int,
) -> tuple[int, list[Snapshots]]:
    """In a worker: train a group of trials on from where they start; its number, and its runs."""
    from ginn.train import Training, train

    runs = train(Training(**training), domain, streams, recorded, crew.tell, start)
    return number, runs


def plain_publication(publication: Publication) -> dict[str, Any]:
    """A publication as JSON takes it."""
    day = publication.date.isoformat() if publication.date else None
    return dataclasses.asdict(publication) | {"date": day}


def write_site(
    folder: Path,
    made: Mapping[str, bytes],
    data: Mapping[str, bytes],
    publication: Publication,
) -> None:
    """Write every file of the site into an empty folder, and a manifest of all of them."""
    files = dict(made)
    files |= {f"data/{name}": content for name, content in data.items() if name != "index"}
    manifest = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    }
    about = {"generator": "ginn", **plain_publication(publication), "files": manifest}
    files["build.json"] = store.plain_json(about)
    swap.write_files(folder, files)


def bar(words: str, total: int = 0, names: Sequence[str] | None = None) -> Any:
    """A progress bar on standard error, or nothing where that is no terminal."""
    return tqdm(names, desc=words, total=total or None, disable=None, unit_scale=True, leave=False)


if __name__ == "__main__":
    sys.exit(main())
