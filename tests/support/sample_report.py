"""A small report from trained snapshots, for the tests of figures and pages."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from ginn.analysis.examples import find_examples
from ginn.analysis.facts import Examples, TwinsExample, VariantFacts, facts_of_experiment
from ginn.analysis.outcomes import RunFacts, ScreeningFacts, shown_runs
from ginn.analysis.pictured import PicturedRun, compared_sizes, network_name, pictured_runs
from ginn.analysis.rule_book import rule_book
from ginn.config.loader import load_settings
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.dataset.picture import load_picture
from ginn.figures.final_outputs import final_outputs
from ginn.geometry.boundaries import Boundaries, trace
from ginn.geometry.counts import first_and_last_regions
from ginn.language.words import Words
from ginn.network.run import run_id
from ginn.pages.report import Report
from support.paths import ROOT
from support.runs import trained_run
from support.words import ENGLISH

PIXELS = 50
SEEDS = range(6)


@cache
def traced() -> Boundaries:
    """The exact boundaries of the trained run."""
    return trace(trained_run())


@cache
def bottle() -> Dataset:
    """The dataset of the bottle with few pixels."""
    return load_picture(ROOT / "content/pictures/bottle.toml", PIXELS)


def run_facts(seed: int, failed: bool) -> RunFacts:
    """The outcome of a run; the numbers differ between seeds."""
    accuracy = {part.name: 0.99 - 0.011 * seed for part in bottle().parts}
    if failed:
        accuracy["diamond"] = 0.03 + 0.01 * seed
    return RunFacts(
        id=f"seed-{seed}",
        seed=seed,
        role="",
        title=f"Seed {seed}",
        failed=failed,
        loss=(0.4 if failed else 0.01) * (1 + 0.1 * seed),
        accuracy=0.9 if failed else 0.98 - 0.01 * seed,
        part_accuracy=accuracy,
        regions_start=0,
        regions_end=0,
        ended="",
    )


@cache
def make_report(failed: frozenset[int] = frozenset(), words: Words = ENGLISH) -> Report:
    """A report in which the runs of the seeds `failed` failed."""
    spec = load_settings(ROOT / "content/report.toml")
    snapshots = trained_run()
    changed = {
        "pixels": PIXELS,
        "iterations": int(snapshots.iterations[-1]),
        "snapshots": tuple(snapshots.iterations.tolist()),
    }
    experiment: Experiment = spec.experiment.model_copy(update=changed)
    runs = [run_facts(seed, seed in failed) for seed in SEEDS]
    outcomes = {run.id: run for run in runs}
    screening = ScreeningFacts(128, 10_000, len(failed), tuple(sorted(failed)))
    shown = shown_runs(experiment, outcomes)
    boundaries = dict.fromkeys(shown, traced())
    found = find_examples(
        shown,
        dict.fromkeys(outcomes, snapshots),
        boundaries,
        bottle(),
        "diamond",
        screening,
        {},
        {},
        None,
    )
    if failed:
        found = replace(found, twins=twins(min(failed)))
    regions = dict.fromkeys(shown, first_and_last_regions(traced()))
    facts = facts_of_experiment(
        experiment,
        bottle(),
        SEEDS,
        screening,
        outcomes,
        shown,
        regions,
        (),
        found,
        rule_book(),
        None,
    )
    scale = {run.id: run.loss / float(snapshots.loss[-1]) for run in runs}
    fall = np.linspace(0, 1, len(snapshots))
    full_runs = {
        run.id: replace(snapshots, seed=run.seed, loss=snapshots.loss * scale[run.id] ** fall)
        for run in runs
    }
    data = {"index": "data/bottle/index-0123456789.js"}
    last = final_outputs(full_runs.values(), failed, bottle())
    outputs = {"screening runs": last, "full runs": last}
    parts = (spec.site, experiment, facts, bottle(), full_runs, boundaries)
    return Report(*parts, words, data, outputs, pictured(found))


def twins(seed: int) -> TwinsExample:
    """A revived copy of a run and its untouched twin, with invented outcomes."""
    return TwinsExample(
        seed=seed,
        part="diamond",
        layer=2,
        raised="raised-0001",
        untouched="raised-0000",
        begun=int(trained_run().iterations[0]),
        iterations=int(trained_run().iterations[-1]),
        raised_right=0.97,
        untouched_right=0.02,
    )


def pictured(found: Examples) -> dict[str, PicturedRun]:
    """The pictured runs of a report; each is the trained run."""
    seeds = found.beginnings.seeds if found.beginnings else ()
    screening = {run_id(seed): replace(trained_run(), seed=seed) for seed in seeds}
    copies = dict.fromkeys(("raised-0000", "raised-0001"), trained_run())
    return pictured_runs(found, screening, copies)


def with_networks(report: Report, variants: tuple[VariantFacts, ...]) -> Report:
    """The report with these variants, and with pictures of the networks that they can be held to.

    Each pictured run is the trained run.
    """
    facts = report.facts
    outcomes = {run.id: run for run in facts.experiment.full_runs}
    sizes = compared_sizes(report.experiment, outcomes, SEEDS, variants)
    names = [network_name(each.id) for each in sizes.networks] if sizes else []
    examples = replace(facts.examples, sizes=sizes)
    pictures = dict.fromkeys(names, PicturedRun(trained_run(), traced()))
    return replace(
        report,
        facts=replace(facts, variants=variants, examples=examples),
        pictured={**report.pictured, **pictures},
    )


def network_facts(name: str, widths: tuple[int, ...], runs: tuple[RunFacts, ...]) -> VariantFacts:
    """The facts of a variant with these full runs and a few screening runs."""
    screening = ScreeningFacts(40, 10_000, 0, ())
    numbers = (widths, 9_000, 128, 1e-3, 0, 1.0, "uniform")
    return VariantFacts(name, name.title(), *numbers, screening, runs)
