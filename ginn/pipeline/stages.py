"""The stages of a build as one table. It is the diagram of the program.

Read a row from left to right: the stage's name; the function that computes a result; the needs,
which are the arguments of the function in their order; the mapping `each`; how a result is stored;
and where the function runs.

A need is the name of another stage or of an input; "experiment.top" is a field of an input. Inputs
are made by `experiment.inputs`, `experiment.run_experiment` and `site.render_site`:

    experiment, site        the settings of `report.toml`
    training                the settings that a trained run depends on
    dataset, pixels         the picture with its named parts, and its labels alone
    screening-seeds         run id -> seed, of the screening runs
    screening-snapshots     the recorded iterations of a screening run
    first-seeds             the seeds that are trained in full, whatever their screening shows
    draft                   whether pictures take less time and more bytes, for `--draft`
    variants                the facts of the experiment's variants
    confirmation            the second block of seeds, or none
    page-parts              name -> part of the site, whose pages are rendered in one call
    page-surroundings       what every page depends on: templates, style, pictures, glossary

`each` names a mapping. The stage has one result for each key of this mapping. For a result, the
function is given the entry of that key: from the mapping, and from every need that has one result
for each key. A stage without `each` has one result, and is given whole mappings.

Functions are named by their paths and are imported when they are called, so a build that trains
nothing does not load torch. Keys are derived in `runner`; none is written by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

# Where a function runs: in the build's own process, or in a worker.
HERE, WORKERS = "here", "workers"


@dataclass(frozen=True)
class Stored:
    """How a result is stored: as "arrays", "json" or "files".

    `functions` are two paths: the function that turns a result into plain arrays or files, and its
    inverse. JSON needs none, since the return type of the stage's function describes it.
    """

    kind: str
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One row of the table.

    With `at_once`, a call makes a batch of results in a worker, and gives them as a list. Needs
    that differ between results are lists, too. The last need is a list of recorded iterations,
    whose span is the amount of work of one result. `at_once` names a function of the first need,
    which returns how many results take about as long as one, and the time of an iteration in any
    unit.
    """

    name: str
    function: str
    needs: tuple[str, ...]
    each: str = ""
    stored: Stored = Stored("json")
    place: str = HERE
    at_once: str = ""


def _stored(kind: str, value: str) -> Stored:
    """The storage by the functions VALUE_as_KIND and VALUE_from_KIND of a module."""
    return Stored(kind, (f"{value}_as_{kind}", f"{value}_from_{kind}"))


RUN = _stored("arrays", "ginn.network.run.run")
STARTS = _stored("arrays", "ginn.network.starts.starts")
BOUNDARIES = _stored("arrays", "ginn.geometry.boundaries.boundaries")
ONE_ARRAY = Stored(
    "arrays", ("ginn.runtime.encodings.one_array", "ginn.runtime.encodings.from_one_array")
)
SHEETS = _stored("files", "ginn.viewer_data.sprite_sheets.sheets")
VIEWER_FILES = _stored("files", "ginn.viewer_data.viewer_files.viewer_files")
OUTPUTS = _stored("arrays", "ginn.figures.final_outputs.outputs")
SWEEP = _stored("files", "ginn.figures.sweep.sweep")
PICTURED = _stored("arrays", "ginn.analysis.pictured.pictured")
PAGES = _stored("files", "ginn.pages.site_parts.rendered")

SEEDS_AT_ONCE = "ginn.network.kernel.seeds_at_once"

# A row takes two or three lines, so that the table is read on one screen.
# fmt: off
STAGES = (
    # Training: every seed for a short time, then the chosen seeds in full.
    Stage("screening", "ginn.network.training.train",
          ("training", "pixels", "screening-seeds", "screening-snapshots"),
          each="screening-seeds", stored=RUN, at_once=SEEDS_AT_ONCE),
    Stage("screening-outcomes", "ginn.analysis.outcomes.screening_outcomes",
          ("experiment", "screening", "dataset"), place=WORKERS),
    Stage("boundary-limit", "ginn.geometry.counts.require_traceable",
          ("screening", "experiment.snapshots")),
    Stage("full-run-seeds", "ginn.analysis.outcomes.full_run_seeds",
          ("experiment", "first-seeds", "screening-outcomes", "boundary-limit")),
    Stage("full-runs", "ginn.network.training.train",
          ("training", "pixels", "full-run-seeds", "experiment.snapshots"),
          each="full-run-seeds", stored=RUN, at_once=SEEDS_AT_ONCE),
    Stage("outcomes", "ginn.analysis.outcomes.outcome",
          ("full-runs", "dataset"), each="full-run-seeds"),

    # The shown runs, and the files from which the viewer draws them.
    Stage("shown-runs", "ginn.analysis.outcomes.shown_runs",
          ("experiment", "outcomes")),
    Stage("boundaries", "ginn.geometry.boundaries.trace",
          ("full-runs",), each="shown-runs", stored=BOUNDARIES),
    Stage("region-counts", "ginn.geometry.counts.first_and_last_regions",
          ("boundaries",), each="shown-runs"),
    Stage("sprite-sheets", "ginn.viewer_data.sprite_sheets.run_sheets",
          ("boundaries", "full-runs", "site.layer_colours", "pixels", "draft"),
          each="shown-runs", stored=SHEETS, place=WORKERS),
    Stage("motion", "ginn.geometry.motion.motion",
          ("boundaries",), each="shown-runs", stored=ONE_ARRAY),
    Stage("named-snapshots", "ginn.analysis.outcomes.named_snapshots",
          ("full-runs", "dataset"), each="shown-runs", place=WORKERS),
    Stage("boundary-chunks", "ginn.viewer_data.viewer_files.experiment_files",
          ("experiment", "site", "dataset", "shown-runs", "full-runs", "boundaries", "motion",
           "named-snapshots", "sprite-sheets"), stored=VIEWER_FILES),

    # The claims table: one stage for each group of claims.
    Stage("hardest-part", "ginn.analysis.outcomes.hardest_part",
          ("screening", "dataset")),
    Stage("claims-boundaries", "ginn.analysis.claim_groups.boundaries.findings",
          ("full-runs", "screening", "dataset", "first-seeds"),
          place=WORKERS),
    Stage("claims-networks", "ginn.analysis.claim_groups.networks.findings",
          ("full-runs", "screening", "dataset", "hardest-part", "screening-outcomes",
           "first-seeds"), place=WORKERS),
    Stage("claims-picture", "ginn.analysis.claim_groups.picture.findings",
          ("full-runs", "screening", "outcomes", "screening-outcomes", "dataset",
           "experiment.top", "first-seeds"), place=WORKERS),
    Stage("interventions", "ginn.analysis.interventions.interventions",
          ("full-runs", "screening", "dataset", "hardest-part")),
    Stage("intervention-starts", "ginn.analysis.interventions.intervention_starts",
          ("interventions", "screening"), stored=STARTS),
    Stage("intervention-snapshots", "ginn.analysis.interventions.intervention_snapshots",
          ("experiment",)),
    Stage("intervention-runs", "ginn.network.training.train_from_starts",
          ("training", "pixels", "intervention-starts", "intervention-snapshots"),
          each="intervention-starts", stored=RUN, at_once=SEEDS_AT_ONCE),
    Stage("claims-interventions", "ginn.analysis.claim_groups.interventions.findings",
          ("interventions", "intervention-runs", "dataset")),
    Stage("followed-seeds", "ginn.analysis.followed.followed_seeds",
          ("experiment", "screening-outcomes", "full-run-seeds")),
    Stage("followed-snapshots", "ginn.analysis.followed.followed_snapshots", ("experiment",)),
    Stage("followed-runs", "ginn.network.training.train",
          ("training", "pixels", "followed-seeds", "followed-snapshots"),
          each="followed-seeds", stored=RUN, at_once=SEEDS_AT_ONCE),
    Stage("claims-failures", "ginn.analysis.claim_groups.failures.findings",
          ("experiment", "full-runs", "followed-runs", "screening", "dataset", "hardest-part",
           "screening-outcomes"), place=WORKERS),
    Stage("final-regions", "ginn.geometry.counts.regions_at_end",
          ("full-runs",), each="full-run-seeds"),
    Stage("variant-facts", "ginn.analysis.facts.facts_of_variant",
          ("experiment", "screening-outcomes", "outcomes", "final-regions")),
    Stage("claims-variants", "ginn.analysis.claim_groups.variants.findings",
          ("experiment", "screening-outcomes", "outcomes", "final-regions", "variants",
           "first-seeds")),

    # The rules, and the claims of another block of seeds by the same rules.
    Stage("rules", "ginn.analysis.rule_book.rule_book", ()),
    Stage("second-block", "ginn.analysis.confirmation.second_block",
          ("first-seeds", "screening-outcomes", "outcomes", "rules", "claims-boundaries",
           "claims-networks", "claims-failures", "claims-picture", "claims-interventions",
           "claims-variants")),

    # What the pages state and draw, and the pages.
    Stage("sizes", "ginn.analysis.pictured.compared_sizes",
          ("experiment", "outcomes", "first-seeds", "variants")),
    Stage("pictured-network", "ginn.analysis.pictured.pictured_network",
          ("experiment", "full-runs", "sizes"), stored=PICTURED),
    Stage("examples", "ginn.analysis.examples.find_examples",
          ("shown-runs", "full-runs", "boundaries", "dataset", "hardest-part",
           "screening-outcomes", "interventions", "intervention-runs", "sizes")),
    Stage("replay-starts", "ginn.analysis.pictured.replay_starts",
          ("examples", "intervention-starts"), stored=STARTS),
    Stage("replay-snapshots", "ginn.analysis.pictured.replay_snapshots",
          ("intervention-snapshots",)),
    Stage("replay-runs", "ginn.network.training.train_from_starts",
          ("training", "pixels", "replay-starts", "replay-snapshots"),
          each="replay-starts", stored=RUN, at_once=SEEDS_AT_ONCE),
    Stage("pictured-runs", "ginn.analysis.pictured.pictured_runs",
          ("examples", "screening", "replay-runs"), stored=PICTURED),
    Stage("facts", "ginn.analysis.facts.facts_of_experiment",
          ("experiment", "dataset", "first-seeds", "screening-outcomes", "outcomes", "shown-runs",
           "region-counts", "variants", "examples", "rules", "confirmation", "claims-boundaries",
           "claims-networks", "claims-failures", "claims-picture", "claims-interventions",
           "claims-variants")),
    Stage("final-outputs", "ginn.figures.final_outputs.outputs_of_experiment",
          ("screening", "full-runs", "screening-outcomes", "outcomes", "pixels"), stored=OUTPUTS),
    Stage("sweeps", "ginn.figures.sweep.sweep",
          ("boundaries", "full-runs", "site.layer_colours", "site.output_colour", "pixels",
           "draft"), each="shown-runs", stored=SWEEP, place=WORKERS),
    Stage("pages", "ginn.pages.site_parts.render_part",
          ("page-parts", "page-surroundings"), each="page-parts", stored=PAGES),
)
# fmt: on
