"""One experiment of a report: its stages, and what its pages and the viewer need of the results.

The key of a result holds only what its stage is given. So two experiments share every result that
is the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ginn.analysis.facts import Facts
from ginn.config.models import Experiment, Site
from ginn.dataset.dataset import Dataset
from ginn.language.words import Words
from ginn.network.run import run_id
from ginn.network.settings import Training
from ginn.pages.report import Report
from ginn.pipeline.content import Content
from ginn.pipeline.runner import Input, Runner, Source
from ginn.runtime.digests import digest
from ginn.runtime.lock import say_on_stderr
from ginn.viewer_data.viewer_files import ViewerFiles

# The folder of the site that the viewer loads from. File names have hashes, so all share it.
DATA = "data"


@dataclass(frozen=True)
class FinishedExperiment:
    """The report of an experiment for its pages, and the viewer's files by their addresses."""

    report: Report
    data: Mapping[str, bytes]


def run_experiment(
    content: Content, experiment: Experiment, dataset: Dataset, runner: Runner
) -> FinishedExperiment:
    """An experiment's report and viewer files. Results that the cache lacks are made."""
    settings = content.settings
    if len(settings.experiments) > 1:
        runner.reporter.heading(experiment.title)
    # A network that is too large to trace is refused before its variants are trained.
    made = runner.run(["boundary-limit"], inputs(settings.site, experiment, dataset))
    variants = settings.variants[experiment.id]
    others = [variant_inputs(settings.site, variant, dataset) for variant in variants]
    if variants:
        titles = (each.title for each in (experiment, *variants))
        runner.reporter.heading(", ".join(titles))
    # All networks are trained in full together, so that no worker waits for the last of one kind.
    made, *others = runner.run_together(["outcomes"], [made, *others])
    for outcome in made["outcomes"].value.values():
        if outcome.ended:
            say_on_stderr(f"warning: {outcome.ended}")
    # Boundaries that are too large to keep are refused before anything is measured.
    made = runner.run(["boundaries"], made)
    others = runner.run_together(["variant-facts"], others)
    found = tuple(each["variant-facts"].value for each in others)
    made = runner.run(
        ["facts", "boundary-chunks", "final-outputs"], {**made, "variants": Input(found)}
    )
    index, data = viewer_data(made)
    first = experiment == settings.experiment
    shown = (settings.site, experiment, dataset, content.words, first, index)
    return FinishedExperiment(report(*shown, made), data)


def inputs(site: Site, experiment: Experiment, dataset: Dataset) -> dict[str, Source]:
    """The inputs of an experiment's stages, by name."""
    seeds = {run_id(seed): seed for seed in range(experiment.screening.seeds)}
    given = {
        "site": site,
        "experiment": experiment,
        "training": Training(
            experiment.widths,
            experiment.iterations,
            experiment.batch,
            experiment.learning_rate,
            experiment.trainer,
            experiment.initial_scale,
            experiment.bias,
            experiment.warm_up,
        ),
        "dataset": dataset,
        "pixels": Dataset(dataset.labels, ()),
        "screening-seeds": seeds,
        "screening-snapshots": (0, experiment.screening.iterations),
    }
    return {name: Input(value) for name, value in given.items()}


def variant_inputs(site: Site, variant: Experiment, dataset: Dataset) -> dict[str, Source]:
    """The inputs of a variant's stages. Only its first seeds are trained in full."""
    full_runs = variant.full_runs.model_copy(update={"failed_seeds": 0})
    known = inputs(site, variant.model_copy(update={"full_runs": full_runs}), dataset)
    if full_runs.first_seeds == 0:
        # No run will be traced, so no limit is checked.
        known["boundary-limit"] = Input(0)
    return known


def viewer_data(made: Mapping[str, Source]) -> tuple[str, dict[str, bytes]]:
    """The address of the viewer's index, and all files that the viewer loads, by address."""
    viewer_files: ViewerFiles = made["boundary-chunks"].value
    files = dict(viewer_files.files)
    for sheets in made["sprite-sheets"].value.values():
        files |= sheets.files
    return f"{DATA}/{viewer_files.index}", {f"{DATA}/{name}": file for name, file in files.items()}


def report(
    site: Site,
    experiment: Experiment,
    dataset: Dataset,
    words: Words,
    first: bool,
    index: str,
    made: Mapping[str, Source],
) -> Report:
    """The report of an experiment. Its key is a digest of everything in it."""
    facts: Facts = made["facts"].value
    stages = ("facts", "full-runs", "boundaries", "final-outputs")
    given: list[Any] = [site, experiment, dataset, first, index]
    return Report(
        site,
        experiment,
        facts,
        dataset,
        made["full-runs"].value,
        made["boundaries"].value,
        words,
        {"index": index},
        made["final-outputs"].value,
        first,
        digest([*given, *(made[stage].digest for stage in stages)]),
    )
