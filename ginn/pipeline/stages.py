"""The stages of a build: each has its key, its work and its place in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ginn.analysis import claims_table, examples, outcomes
from ginn.analysis import facts as facts_module
from ginn.analysis.claims import revival
from ginn.analysis.claims.network_size import network_of, regions_at_end
from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.claims_table import Findings
from ginn.analysis.facts import Examples, Facts, VariantFacts
from ginn.analysis.outcomes import NamedSnapshot, RunFacts, ScreeningFacts
from ginn.config.models import Experiment, Site
from ginn.dataset.dataset import Dataset
from ginn.figures import final_outputs
from ginn.figures.final_outputs import FinalOutput
from ginn.geometry import boundaries as geometry
from ginn.geometry import motion
from ginn.geometry.boundaries import Boundaries
from ginn.network import run as network
from ginn.network.run import Float64, RecordedRun, last_state
from ginn.pages.report import Report
from ginn.pipeline.tasks import (
    bar,
    find_moments,
    groups,
    make_findings,
    train_group,
    train_trials,
    training_of,
)
from ginn.runtime import cache
from ginn.runtime.cache import Cache, RecentValues, lazy_results
from ginn.runtime.encodings import ARRAYS, FILES, JSON, Encoding, json_model
from ginn.runtime.workers import WorkerPool
from ginn.viewer_data.sprite_sheets import (
    RunSheets,
    run_sheets,
    sheets_as_files,
    sheets_from_files,
)
from ginn.viewer_data.viewer_files import (
    ViewedExperiment,
    ViewedRun,
    ViewerFiles,
    viewer_files,
    viewer_files_as_files,
    viewer_files_from_files,
)

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOTS = ARRAYS.via(network.run_as_arrays, network.run_from_arrays)
BOUNDARIES = ARRAYS.via(geometry.boundaries_as_arrays, geometry.boundaries_from_arrays)
ONE_ARRAY: Encoding[Float64] = ARRAYS.via(
    lambda array: {"array": array}, lambda arrays: arrays["array"]
)
FINDINGS: Encoding[Findings] = json_model(Findings)
EXAMPLES: Encoding[Examples] = json_model(Examples)
SHEETS = FILES.via(sheets_as_files, sheets_from_files)
VIEWER_FILES = FILES.via(viewer_files_as_files, viewer_files_from_files)
# The folder of the site that the viewer loads from. Experiments share it: content names the files.
DATA = "data"
# The rooms behind every measure, and behind the words of its claim.
GEOMETRY = ("geometry", "complex", "network", "picture")
MEASURES = (
    "numerals",
    *(f"measures/{path.stem}" for path in sorted((ROOT / "ginn/analysis/claims").glob("*.py"))),
)
MULTIPLES: Encoding[dict[str, tuple[FinalOutput, ...]]] = ARRAYS.via(
    final_outputs.outputs_as_arrays, final_outputs.outputs_from_arrays
)
MOMENTS: Encoding[tuple[NamedSnapshot, ...]] = json_model(tuple[NamedSnapshot, ...])
SCREENING: Encoding[ScreeningFacts] = json_model(ScreeningFacts)
OUTCOMES: Encoding[tuple[RunFacts, ...]] = json_model(tuple[RunFacts, ...])


def rooms(*names: str) -> list[Path]:
    """The source files of rooms, for the keys of the stages that use them."""
    return sorted((ROOT / "ginn").rglob("*.py"))


class Stages:
    """The stages of one experiment: each has its key, its work and its place in the store.

    Keys hold all that a stage depends on, and no experiment's name unless the stage writes it: so
    experiments never take each other's work, but for work that is the same.
    """

    def __init__(
        self,
        site: Site,
        experiment: Experiment,
        dataset: Dataset,
        kept: Cache,
        recent: RecentValues,
        workers: WorkerPool,
    ) -> None:
        """Prepare what the keys share; `recent` is of all experiments of a build."""
        self.site, self.experiment, self.recent = site, experiment, recent
        self.dataset, self.kept, self.workers = dataset, kept, workers
        self.labels = hashlib.sha256(dataset.labels.tobytes()).hexdigest()
        self.parts = hashlib.sha256(
            b"".join(part.name.encode() + part.mask.tobytes() for part in dataset.parts)
        ).hexdigest()
        self.corners = dataset.corners.tolist()
        self.run_keys: dict[str, str] = {}
        self.trace_keys: dict[str, str] = {}
        self.multiples_key = ""

    def screening(self) -> ScreeningFacts:
        """Train many seeds briefly, and see which of them have failed by then."""
        experiment = self.experiment
        outcome_key = cache.key(
            "screening-outcome",
            {"runs": list(self.screening_keys().values()), "parts": self.parts},
            rooms("phenomena", "network", "picture"),
            ["numpy"],
        )

        def measure() -> ScreeningFacts:
            return outcomes.screening_facts(experiment, self.screened, self.dataset)

        return self.kept.keep("screening-outcome", outcome_key, SCREENING, measure)

    def require_room(self) -> None:
        """AuthorError where the boundaries of full runs would be too many, by the first trial's.

        Better before a training of hours than after it; `geometry.trace` counts again.
        """
        end = self.experiment.screening.iterations
        recorded = sum(iteration >= end for iteration in self.experiment.snapshots)
        keys = dict(list(self.screening_keys().items())[:1])
        key = cache.key("size", [keys, recorded], rooms("geometry", "complex", "network"), [])

        def measure() -> int:
            (trial,) = self.kept.keep_each(
                "screening", keys, SNAPSHOTS, self.train((0, end))
            ).values()
            return geometry.require_room(last_state(trial), recorded)

        self.kept.keep("size", key, JSON, measure)

    def full_runs(self, seeds: Sequence[int]) -> Mapping[str, RecordedRun]:
        """Train the full runs in full: run id -> snapshots."""
        recorded = self.experiment.snapshots
        self.run_keys = self.training_keys(seeds, recorded)
        return lazy_results(
            self.kept, self.recent, "train", self.run_keys, SNAPSHOTS, self.train(recorded)
        )

    def training_keys(self, seeds: Sequence[int], recorded: Sequence[int]) -> dict[str, str]:
        """Run id -> key of its training up to the last recorded iteration."""
        inputs = training_of(self.experiment) | {"labels": self.labels, "recorded": list(recorded)}
        own = {f"seed-{seed}": seed for seed in seeds}
        return cache.keys("train", own, inputs, rooms("train", "network"), ["torch", "numpy"])

    def screening_keys(self) -> dict[str, str]:
        """Run id -> key of its screening."""
        recorded = (0, self.experiment.screening.iterations)
        return self.training_keys(range(self.experiment.screening.seeds), recorded)

    @cached_property
    def screened(self) -> list[RecordedRun]:
        """The screening's runs themselves: two snapshots each, so all of them are little."""
        train = self.train((0, self.experiment.screening.iterations))
        return list(
            self.kept.keep_each("screening", self.screening_keys(), SNAPSHOTS, train).values()
        )

    @cached_property
    def hardest_part(self) -> str:
        """The part that claims and examples look at, which the trials choose."""
        return outcomes.hardest_part(self.screened, self.dataset)

    def variant(self) -> VariantFacts:
        """What becomes of this experiment, as a variant of another: screenings and full runs."""
        screening = self.screening()
        full_runs = self.full_runs(range(self.experiment.full_runs.first_seeds))
        runs = self.with_regions(self.outcomes(full_runs), full_runs)
        return facts_module.variant_facts(self.experiment, screening, runs)

    def with_regions(
        self, runs: Sequence[RunFacts], full_runs: Mapping[str, RecordedRun]
    ) -> list[RunFacts]:
        """Runs with the linear regions that they end with."""
        key = cache.key(
            "regions", [self.run_keys[run.id] for run in runs], rooms("claims", *GEOMETRY),
            ["numpy"],
        )  # fmt: skip
        regions = self.kept.keep(
            "regions",
            key,
            JSON,
            lambda: {run.id: regions_at_end(full_runs[run.id]) for run in runs},
        )
        return [replace(run, regions_end=regions[run.id]) for run in runs]

    def claims(
        self,
        full_runs: Mapping[str, RecordedRun],
        runs: Sequence[RunFacts],
        screening: ScreeningFacts,
        variants: Sequence[VariantFacts],
    ) -> Findings:
        """The claims table and its evidence; a run that ended early is in neither."""
        if all(run.ended for run in runs):
            return Findings(())
        failed = [run.seed for run in runs if run.failed]
        inputs = {
            "runs": self.run_keys,
            "domain": [self.labels, self.parts, self.corners],
            "screening": [training_of(self.experiment), screening],
            "top": self.experiment.top,
        }
        own = {"boundaries": [], "networks": [], "picture": [failed], "trials": []}
        keys = cache.keys(
            "claims", own, inputs, rooms("claims", "evidence", *GEOMETRY, *MEASURES), ["numpy"]
        )
        unchosen = [run for run in runs if run.seed < self.experiment.full_runs.first_seeds]

        def work(missing: list[str]) -> Iterator[tuple[str, Findings]]:
            whole = [full_runs[run.id] for run in runs if not run.ended]
            screened = self.screened
            part = self.hardest_part
            calls: dict[str, tuple[Any, ...]] = {
                "networks": (whole, screened, self.dataset, part),
                "boundaries": (whole, screened, self.dataset),
                "picture": (
                    whole, screened, failed, screening.failed_seeds, self.dataset,
                    self.experiment.top,
                ),
            }  # fmt: skip
            wanted = {name: (name, *call) for name, call in calls.items() if name in missing}
            with bar("measuring", len(missing)) as progress:
                for _, (name, found) in self.workers.run(make_findings, wanted):
                    progress.update()
                    yield name, found
            if "trials" in missing:
                trials = revival.intervention_runs(screened, self.dataset, part)
                ends = {name: self.try_out(each, screened) for name, each in trials.items()}
                yield "trials", claims_table.findings_of_interventions(trials, ends, self.dataset)

        made = self.kept.keep_each("claims", keys, FINDINGS, work)
        widths = self.experiment.widths
        plain = network_of("Plain", widths, screening, self.with_regions(unchosen, full_runs))
        others = [network_of(v.title, v.widths, v.screening, v.runs) for v in variants]
        return claims_table.merge_findings(
            [*made.values(), claims_table.findings_of_variants(plain, others)]
        )

    def try_out(
        self, trials: Sequence[InterventionRun], screened: Sequence[RecordedRun]
    ) -> list[RecordedRun]:
        """Train intervention runs, in the order given."""
        experiment = self.experiment
        begin = experiment.screening.iterations
        recorded = revival.recorded(begin, experiment.iterations)
        networks = {run.seed: run for run in screened}
        parts = [
            [trials[number] for number in group]
            for group in groups(range(len(trials)), self.workers.jobs)
        ] if trials else []  # fmt: skip
        calls = [
            (training_of(experiment), self.dataset, [trial.stream for trial in part], recorded,
             revival.start(part, networks), number)
            for number, part in enumerate(parts)
        ]  # fmt: skip
        done: dict[int, list[RecordedRun]] = {}
        with bar(f"trying out {len(trials)}", len(trials) * (recorded[-1] - begin)) as progress:
            for _, (number, runs) in self.workers.run(
                train_trials, dict(enumerate(calls)), progress.update
            ):
                done[number] = runs
        return [run for number in sorted(done) for run in done[number]]

    def examples(
        self,
        shown_runs: Sequence[RunFacts],
        full_runs: Mapping[str, RecordedRun],
        boundaries: Mapping[str, Boundaries],
    ) -> Examples:
        """Where to look in the runs that are shown."""
        inputs = {
            "runs": self.run_keys,
            "trials": self.screening_keys(),
            "shown": [run.id for run in shown_runs],
            "domain": [self.labels, self.parts, self.corners],
        }
        key = cache.key("examples", inputs, rooms("examples", *GEOMETRY, *MEASURES), ["numpy"])

        def look() -> Examples:
            part = self.hardest_part
            shown = {run.id: full_runs[run.id] for run in shown_runs if not run.ended}
            return examples.find_examples(
                shown, boundaries, list(full_runs.values()), self.dataset, part
            )

        return self.kept.keep("examples", key, EXAMPLES, look)

    def train(
        self, recorded: Sequence[int]
    ) -> Callable[[list[str]], Iterator[tuple[str, RecordedRun]]]:
        """The work of a training stage: the missing runs, in groups that fill the cores."""

        def work(missing: list[str]) -> Iterator[tuple[str, RecordedRun]]:
            seeds = [int(name.removeprefix("seed-")) for name in missing]
            calls = [
                (training_of(self.experiment), self.dataset, group, tuple(recorded))
                for group in groups(seeds, self.workers.jobs)
            ]
            with bar(f"training {len(seeds)} runs", len(seeds) * recorded[-1]) as progress:
                for _, runs in self.workers.run(
                    train_group, dict(enumerate(calls)), progress.update
                ):
                    yield from ((f"seed-{run.seed}", run) for run in runs)

        return work

    def outcomes(self, full_runs: Mapping[str, RecordedRun]) -> tuple[RunFacts, ...]:
        """How each run of the full runs came out, by seed."""
        key = cache.key(
            "outcomes",
            {"runs": list(self.run_keys.values()), "parts": self.parts},
            rooms("phenomena", "network", "picture"),
            ["numpy"],
        )

        def measure() -> tuple[RunFacts, ...]:
            return tuple(outcomes.outcome(run, self.dataset) for run in full_runs.values())

        return self.kept.keep("outcomes", key, OUTCOMES, measure)

    def trace(
        self, shown_runs: Sequence[RunFacts], runs: Mapping[str, RecordedRun]
    ) -> Mapping[str, Boundaries]:
        """The exact boundaries of the shown runs, by run id."""
        own = {run.id: self.run_keys[run.id] for run in shown_runs}
        sources = rooms("geometry", "complex", "network")
        self.trace_keys = cache.keys("trace", own, {}, sources, ["numpy"])

        def work(missing: list[str]) -> Iterator[tuple[str, Boundaries]]:
            # A run takes a fraction of a second: less than handing it to another process.
            for name in bar("tracing", names=missing):
                yield name, geometry.trace(runs[name])

        return lazy_results(self.kept, self.recent, "trace", self.trace_keys, BOUNDARIES, work)

    def with_traced_regions(
        self, shown_runs: Sequence[RunFacts], boundaries: Mapping[str, Boundaries]
    ) -> tuple[RunFacts, ...]:
        """The shown runs with the linear regions that they begin and end with."""
        keys = cache.keys("traced-regions", self.trace_keys, {}, rooms("phenomena"), [])

        def work(missing: list[str]) -> Iterator[tuple[str, list[int]]]:
            for run in shown_runs:
                if run.id in missing:
                    counted = outcomes.with_regions(run, boundaries[run.id].regions)
                    yield run.id, [counted.regions_start, counted.regions_end]

        counts = self.kept.keep_each("traced-regions", keys, JSON, work)
        return tuple(
            replace(run, regions_start=counts[run.id][0], regions_end=counts[run.id][1])
            for run in shown_runs
        )

    def film(
        self, boundaries: Mapping[str, Boundaries], runs: Mapping[str, RecordedRun]
    ) -> dict[str, RunSheets]:
        """The sprite sheets of the shown runs, by run id."""
        inputs = {"colours": self.site.layer_colours, "pixels": self.experiment.pixels}
        sources = rooms("film", "sprites", "address", "phenomena", "network")
        keys = cache.keys("film", self.trace_keys, inputs, sources, ["numpy", "pillow"])

        def work(missing: list[str]) -> Iterator[tuple[str, RunSheets]]:
            colours = self.site.layer_colours
            calls = {
                name: (boundaries[name], runs[name], colours, self.dataset) for name in missing
            }
            with bar("drawing sprite sheets", len(calls)) as progress:
                for name, sheets in self.workers.run(run_sheets, calls):
                    progress.update()
                    yield name, sheets

        return self.kept.keep_each("film", keys, SHEETS, work)

    def motion(self, boundaries: Mapping[str, Boundaries]) -> dict[str, Float64]:
        """How far each layer's boundaries moved: run id -> (snapshots, layers)."""
        keys = cache.keys("motion", self.trace_keys, {}, rooms("motion", "network"), ["numpy"])

        def work(missing: list[str]) -> Iterator[tuple[str, Float64]]:
            for name in bar("measuring motion", names=missing):
                yield name, motion.motion(boundaries[name])

        return self.kept.keep_each("motion", keys, ONE_ARRAY, work)

    def moments(
        self, shown_runs: Sequence[RunFacts], runs: Mapping[str, RecordedRun]
    ) -> dict[str, tuple[NamedSnapshot, ...]]:
        """The named moments of the shown runs, by run id."""
        own = {run.id: self.run_keys[run.id] for run in shown_runs}
        sources = rooms("phenomena", "network", "picture")
        keys = cache.keys("moments", own, {"parts": self.parts}, sources, ["numpy"])

        def work(missing: list[str]) -> Iterator[tuple[str, tuple[NamedSnapshot, ...]]]:
            calls = [(name, runs[name], self.dataset) for name in missing]
            with bar("finding moments", len(calls)) as progress:
                for _, (name, found) in self.workers.run(find_moments, dict(enumerate(calls))):
                    progress.update()
                    yield name, found

        return self.kept.keep_each("moments", keys, MOMENTS, work)

    def vectors(
        self,
        shown_runs: Sequence[RunFacts],
        runs: Mapping[str, RecordedRun],
        boundaries: Mapping[str, Boundaries],
        motions: Mapping[str, Float64],
        moments: Mapping[str, Sequence[NamedSnapshot]],
        sheets: Mapping[str, RunSheets],
    ) -> tuple[str, dict[str, bytes]]:
        """The index's address, and everything the viewer loads: address -> content."""
        experiment, site = self.experiment, self.site
        inputs = {"runs": shown_runs, "traces": self.trace_keys}
        inputs |= {"labels": self.labels, "parts": self.parts}
        inputs |= {"id": experiment.id, "title": experiment.title}
        inputs |= {"colours": [site.layer_colours, site.output_colour]}
        sources = [
            *rooms("vectors", "weights", "quantities", "motion", "film", "sprites", "address"),
            *rooms("network", "phenomena", "picture", "pages", "numerals"),
            Path(__file__),
        ]
        key = cache.key("vectors", inputs, sources, ["numpy", "pillow"])

        def work() -> ViewerFiles:
            about = ViewedExperiment(
                experiment.id,
                experiment.title,
                experiment.widths,
                site.layer_colours,
                site.output_colour,
            )
            viewed = (
                ViewedRun(
                    run,
                    runs[run.id],
                    boundaries[run.id],
                    motions[run.id],
                    moments[run.id],
                    sheets[run.id],
                )
                for run in shown_runs
            )
            return viewer_files(about, self.dataset.labels, viewed)

        made = self.kept.keep("vectors", key, VIEWER_FILES, work)
        everything = [each.files for each in sheets.values()] + [made.files]
        content = {f"{DATA}/{name}": data for files in everything for name, data in files.items()}
        return f"{DATA}/{made.index}", content

    def multiples(
        self, facts: Facts, runs: Mapping[str, RecordedRun]
    ) -> dict[str, tuple[FinalOutput, ...]]:
        """The last output of every trial and every full run, small."""
        failed_trials = facts.experiment.screening.failed_seeds
        failed_runs = [run.seed for run in facts.experiment.full_runs if run.failed]
        inputs = {
            "trials": self.screening_keys(),
            "runs": self.run_keys,
            "failed": [failed_trials, failed_runs],
            "labels": self.labels,
        }
        self.multiples_key = cache.key(
            "multiples", inputs, rooms("multiples", "phenomena", "network", "picture"), ["numpy"]
        )

        def paint() -> dict[str, tuple[FinalOutput, ...]]:
            return {
                "screening runs": final_outputs.final_outputs(
                    self.screened, failed_trials, self.dataset
                ),
                "full runs": final_outputs.final_outputs(runs.values(), failed_runs, self.dataset),
            }

        return self.kept.keep("multiples", self.multiples_key, MULTIPLES, paint)

    def report(
        self,
        facts: Facts,
        runs: Mapping[str, RecordedRun],
        boundaries: Mapping[str, Boundaries],
        index: str,
        small: Mapping[str, tuple[FinalOutput, ...]],
        leads: bool,
    ) -> Report:
        """All that pages speak of, under a key of what it was made from."""
        inputs = {
            "facts": facts,
            "site": self.site.model_dump(mode="json"),
            "experiment": self.experiment.model_dump(mode="json"),
            "traces": self.trace_keys,
            "runs": self.run_keys,
            "domain": [self.labels, self.parts, self.corners],
            "index": index,
            "multiples": self.multiples_key,
            "leads": leads,
        }
        key = cache.key("report", inputs, [], [])
        return Report(
            self.site, self.experiment, facts, self.dataset, runs, boundaries, {"index": index},
            small, leads, key,
        )  # fmt: skip
