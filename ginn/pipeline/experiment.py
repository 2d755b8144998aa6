"""One experiment of a report: its stages, and what its pages and the viewer need of the results.

The key of a result holds only what its stage is given. So two experiments share every result that
is the same for both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ginn.analysis.facts import Facts
from ginn.config.models import Experiment, Settings, Site
from ginn.config.overrides import block_starts
from ginn.dataset.dataset import Dataset
from ginn.network.run import run_id
from ginn.network.settings import Training
from ginn.pages.report import Report
from ginn.pipeline.content import Content
from ginn.pipeline.runner import Input, Known, Runner, Source
from ginn.runtime.digests import digest
from ginn.runtime.lock import say_on_stderr
from ginn.viewer_data.sprite_sheets import RunSheets
from ginn.viewer_data.viewer_files import ViewerFiles

# The folder of the site that the viewer loads from. All experiments share it, since the names of
# the files have hashes.
DATA = "data"
# The stages of the claims table.
MEASURED = (
    "claims-boundaries",
    "claims-networks",
    "claims-failures",
    "claims-picture",
    "claims-interventions",
    "claims-variants",
)


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
    known = inputs(settings.site, experiment, dataset)
    known["draft"] = Input(settings.is_draft)
    (made, *second), variants = blocks_with_variants(settings, experiment, dataset, runner, known)
    confirmation = None
    if second:
        # Both tables are measured together, so that the workers share them.
        made, *second = runner.run_together(MEASURED, [made, *second])
        confirmation = runner.run(["second-block"], second[0])["second-block"].value
    made = runner.run(
        ["facts", "boundary-chunks", "final-outputs", "pictured-runs", "sweeps"],
        {**made, "confirmation": Input(confirmation)},
    )
    networks = [{**block, "sizes": made["sizes"]} for block in (made, *variants)]
    pictured = [
        each["pictured-network"] for each in runner.run_together(["pictured-network"], networks)
    ]
    index, data = viewer_data(made)
    shown = [made["pictured-runs"], *pictured]
    return FinishedExperiment(report(content, experiment, dataset, index, made, shown), data)


def blocks_with_variants(
    settings: Settings, experiment: Experiment, dataset: Dataset, runner: Runner, known: Known
) -> tuple[list[dict[str, Source]], list[dict[str, Source]]]:
    """The trained runs of an experiment for each block of seeds, and those of its larger networks.

    Each block has the facts of the variants, too. The larger networks are the variants that were
    trained in full, in the first block. `known` are the inputs of the first block.
    """
    blocks = [runner.run(["boundary-limit"], known)]
    starts, variants = block_starts(settings, experiment), settings.variants[experiment.id]
    for start in starts[1:]:
        blocks[0] = runner.run(["hardest-part"], blocks[0])
        second = inputs(settings.site, experiment, dataset, start)
        # The claims are about the same part in both blocks.
        blocks.append({**second, "hardest-part": Input(blocks[0]["hardest-part"].value)})
    others = [
        variant_inputs(settings.site, variant, dataset, start)
        for start in starts
        for variant in variants
    ]
    if len(blocks) + len(others) > 1:
        titles = [each.title for each in (experiment, *variants)]
        runner.reporter.heading(
            ", ".join(titles) + (", two blocks of seeds" if len(starts) > 1 else "")
        )
    # All networks are trained in full together, so that no worker waits for the last of one kind.
    together = runner.run_together(["outcomes"], [*blocks, *others])
    blocks, others = together[: len(blocks)], together[len(blocks) :]
    for block in blocks:
        for outcome in block["outcomes"].value.values():
            if outcome.ended:
                say_on_stderr(f"warning: {outcome.ended}")
    # Boundaries that are too large to keep are refused before anything is measured.
    blocks[0] = runner.run(["boundaries"], blocks[0])
    found = [each["variant-facts"].value for each in runner.run_together(["variant-facts"], others)]
    for number, block in enumerate(blocks):
        own = found[number * len(variants) : (number + 1) * len(variants)]
        block["variants"] = Input(tuple(own))
    full = [each for each in others[: len(variants)] if each["full-run-seeds"].value]
    return blocks, full


def inputs(
    site: Site, experiment: Experiment, dataset: Dataset, first_seed: int = 0
) -> dict[str, Source]:
    """The inputs of an experiment's stages, by name, for the block of seeds from `first_seed`."""
    screened = range(first_seed, first_seed + experiment.screening.seeds)
    first_seeds = range(first_seed, first_seed + experiment.full_runs.first_seeds)
    seeds = {run_id(seed): seed for seed in screened}
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
        "first-seeds": tuple(first_seeds),
    }
    return {name: Input(value) for name, value in given.items()}


def variant_inputs(
    site: Site, variant: Experiment, dataset: Dataset, first_seed: int = 0
) -> dict[str, Source]:
    """The inputs of a variant's stages. Only its first seeds are trained in full."""
    full_runs = variant.full_runs.model_copy(update={"failed_seeds": 0})
    changed = variant.model_copy(update={"full_runs": full_runs})
    known = inputs(site, changed, dataset, first_seed)
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
    content: Content,
    experiment: Experiment,
    dataset: Dataset,
    index: str,
    made: Mapping[str, Source],
    pictured: Sequence[Source],
) -> Report:
    """The report of an experiment. Its key is a digest of everything in it.

    `pictured` are runs that the explorer does not have, by their names.
    """
    facts: Facts = made["facts"].value
    stages = ("facts", "full-runs", "boundaries", "final-outputs", "sweeps", "sprite-sheets")
    sheets: Mapping[str, RunSheets] = made["sprite-sheets"].value
    site, first = content.settings.site, experiment == content.settings.experiment
    digests = [each.digest for each in (*pictured, *(made[stage] for stage in stages))]
    return Report(
        site,
        experiment,
        facts,
        dataset,
        made["full-runs"].value,
        made["boundaries"].value,
        content.words,
        {"index": index},
        made["final-outputs"].value,
        {name: run for each in pictured for name, run in each.value.items()},
        made["sweeps"].value,
        {
            run: [[f"{DATA}/{name}" for name in names] for names in each.names]
            for run, each in sheets.items()
        },
        first,
        digest([site, experiment, dataset, first, index, *digests]),
    )
