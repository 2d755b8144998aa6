"""Facts: the typed tree of everything that the prose or a figure states.

The models are pydantic models. The tree is checked when it is read from the cache. Its JSON Schema
is published beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from ginn.analysis.claim import Claim
from ginn.analysis.confirmation import Confirmation, SecondBlock, confirmation
from ginn.analysis.described import DESCRIBED
from ginn.analysis.evidence import NO_EVIDENCE, Evidence
from ginn.analysis.findings import Findings, merge_findings
from ginn.analysis.outcomes import ExperimentFacts, PartFacts, RunFacts, ScreeningFacts
from ginn.analysis.rules import NO_RULES, RuleBook
from ginn.analysis.samples import is_chosen
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset


@dataclass(frozen=True, config=DESCRIBED)
class CornerExample:
    """A last-layer neuron of a run whose boundary bends near many corners of the picture.

    This is at the end. Near means within a fiftieth of a side of the picture. Only bends of `turn`
    degrees or more count. Neurons are numbered as in `network.run`.
    """

    run: str
    """The id of the run."""
    neuron: int
    """The number of the neuron, from 0 layer by layer."""
    near: int
    """The number of corners that the boundary bends near."""
    corners: int
    """The number of corners of the picture."""
    causes: tuple[int, ...]
    """The numbers of the earlier neurons that cause these bends."""
    turn: float
    """The least angle of a bend that counts, in degrees."""


@dataclass(frozen=True, config=DESCRIBED)
class DuplicateExample:
    """Two neurons of one layer that are duplicates from iteration `since` to the end of a run."""

    run: str
    """The id of the run."""
    first: int
    """The number of one of the two neurons, from 0 layer by layer."""
    second: int
    """The number of the other neuron."""
    distance: float
    """The distance of the two boundaries, in sides of the picture."""
    since: int
    """The iteration from which the two are duplicates, to the end."""
    pairs: int
    """The number of such pairs in the run."""


@dataclass(frozen=True, config=DESCRIBED)
class LateFlipExample:
    """The neuron of a run that flips most late in training."""

    run: str
    """The id of the run."""
    neuron: int
    """The number of the neuron, from 0 layer by layer."""
    flipped: float
    """The share of the picture that the neuron flips from one snapshot to the next."""
    moved: float
    """The change of the probability of white by this."""


@dataclass(frozen=True, config=DESCRIBED)
class DeadLayerExample:
    """A run in which a layer is dead over all of a part from iteration `since` to the end."""

    run: str
    """The id of the run."""
    part: str
    """The name of the part."""
    layer: int
    """The number of the layer, from 1."""
    since: int
    """The iteration from which the layer is dead, to the end."""
    others_alive: int
    """The number of other full runs that have no dead layer over the part at the end."""
    others: int
    """The number of other full runs."""
    neurons_on: tuple[int, ...]
    """How many neurons of each hidden layer are on at some pixel of the part at the end."""
    gradients: tuple[float, ...]
    """The norm of the gradient of the part's loss by layer at the end, the output last."""
    white: float
    """The probability of white at the end, the same at every pixel of the part."""


@dataclass(frozen=True, config=DESCRIBED)
class BeginningsExample:
    """Eight screening runs of neighbouring seeds of which exactly one failed."""

    seeds: tuple[int, ...]
    """The seeds of the runs, in rising order."""
    failed: int
    """The seed that failed."""
    place: int
    """The place of this seed among the eight, from 1."""


@dataclass(frozen=True, config=DESCRIBED)
class TwinsExample:
    """Two copies of a screening run with a dead layer: one was revived, the other left as it was.

    Both were trained on with the same minibatches. The revived copy learnt the part, and the other
    copy did not.
    """

    seed: int
    """The seed of the copied run."""
    part: str
    """The name of the part."""
    layer: int
    """The number of the dead layer, from 1."""
    raised: str
    """The name of the revived copy."""
    untouched: str
    """The name of the other copy."""
    begun: int
    """The iteration at which the run was copied."""
    iterations: int
    """The number of iterations that the copies were trained for."""
    raised_right: float
    """The share of the part that the revived copy gets right at the end."""
    untouched_right: float
    """The share of the part that the other copy gets right at the end."""


@dataclass(frozen=True, config=DESCRIBED)
class NetworkExample:
    """The median full run of one network, by how much of a part it gets right at its end.

    Runs are those of the first seeds. Of an even number of runs, it is the better one of the two in
    the middle, so at least half of the runs get as much of the part right or less.
    """

    id: str
    """The id of the network: that of the experiment, or of the variant."""
    title: str
    """The title of the variant; empty for the network of the experiment itself."""
    seed: int
    """The seed of the median run."""
    right: float
    """The share of the part that the median run gets right."""
    runs: int
    """The number of runs."""
    half_right: int
    """The number of these runs that get at least half of the part right."""


@dataclass(frozen=True, config=DESCRIBED)
class SizesExample:
    """The part that the experiment's own network misses most, and how each network draws it."""

    part: str
    """The part of which the median run of the experiment's own network gets the least right."""
    networks: tuple[NetworkExample, ...]
    """The experiment's own network, and its variants that were trained in full."""


@dataclass(frozen=True, config=DESCRIBED)
class Examples:
    """The examples of the shown runs; None for a kind of example that a build does not have."""

    corner: CornerExample | None = None
    """A neuron that bends near many corners of the picture."""
    duplicate: DuplicateExample | None = None
    """Two neurons with nearly one boundary."""
    late_flip: LateFlipExample | None = None
    """The neuron that flips most late in training."""
    dead_layer: DeadLayerExample | None = None
    """A layer that is dead over a whole part."""
    beginnings: BeginningsExample | None = None
    """Eight screening runs of which one failed."""
    twins: TwinsExample | None = None
    """A revived copy of a run with a dead layer, and its untouched twin."""
    sizes: SizesExample | None = None
    """The median runs of networks of different sizes; for a report with such variants."""


NO_EXAMPLES = Examples()


@dataclass(frozen=True, config=DESCRIBED)
class VariantFacts:
    """The outcome of a variant, the same experiment with another network or training."""

    id: str
    """The id of the variant in `report.toml`."""
    title: str
    """The title of the variant in `report.toml`."""
    widths: tuple[int, ...]
    """The number of neurons in each hidden layer."""
    parameters: int
    """The number of weights and biases."""
    batch: int
    """The number of pixels in a minibatch."""
    learning_rate: float
    """The highest learning rate."""
    warm_up: int
    """The number of iterations over which the learning rate rises."""
    initial_scale: float
    """The factor of the initial weights and biases; 1 for those of PyTorch."""
    bias: str
    """How initial biases are drawn: "uniform", "zero" or "covering"."""
    screening: ScreeningFacts
    """The screening runs of the variant."""
    runs: tuple[RunFacts, ...]
    """The full runs of the variant, by seed; none for a variant that was only screened."""


@dataclass(frozen=True, config=DESCRIBED)
class Facts:
    """The whole tree that articles read as `facts`: the experiment, its outcome, and examples."""

    experiment: ExperimentFacts
    """The experiment and the outcome of its runs."""
    variants: tuple[VariantFacts, ...] = ()
    """The same experiment with other networks or training."""
    claims: tuple[Claim, ...] = ()
    """The rows of the claims table."""
    examples: Examples = NO_EXAMPLES
    """Examples in the shown runs."""
    evidence: Evidence = NO_EVIDENCE
    """The series that the charts of evidence draw."""
    rules: RuleBook = NO_RULES
    """The rules that decide the claims."""
    confirmation: Confirmation | None = None
    """The same claims of a second block of seeds; none for a build without `--confirm`."""

    def claim(self, name: str) -> Claim | None:
        """The claim of this name, or None if this build has no such row."""
        return next((claim for claim in self.claims if claim.name == name), None)


# The facts of a variant that are its settings.
VARIED = ("id", "title", "widths", "batch", "learning_rate", "warm_up", "initial_scale", "bias")


def parameters(widths: Sequence[int]) -> int:
    """The number of weights and biases of a network 2 - widths - 1."""
    return sum(out * (in_ + 1) for out, in_ in zip((*widths, 1), (2, *widths), strict=True))


def facts_of_variant(
    experiment: Experiment,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    regions: Mapping[str, int],
) -> VariantFacts:
    """The facts of a variant; `regions` has each run's number of linear regions at its end."""
    return VariantFacts(
        **{name: getattr(experiment, name) for name in VARIED},
        parameters=parameters(experiment.widths),
        screening=screening,
        runs=tuple(replace(run, regions_end=regions[name]) for name, run in outcomes.items()),
    )


def facts_of_experiment(
    experiment: Experiment,
    dataset: Dataset,
    first_seeds: Collection[int],
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    shown_runs: Mapping[str, RunFacts],
    region_counts: Mapping[str, tuple[int, int]],
    variants: Sequence[VariantFacts],
    examples: Examples,
    rules: RuleBook,
    second_block: SecondBlock | None,
    *findings: Findings,
) -> Facts:
    """The facts of an experiment; `findings` are its claims by group.

    `region_counts` has the numbers of linear regions of each shown run at its start and its end.
    `second_block` has the same claims of other seeds, if they were asked for.
    """
    shown = {
        name: replace(run, regions_start=region_counts[name][0], regions_end=region_counts[name][1])
        for name, run in shown_runs.items()
    }
    full_runs = sorted({**outcomes, **shown}.values(), key=lambda run: run.seed)
    found = merge_findings(findings)
    return Facts(
        ExperimentFacts(
            id=experiment.id,
            pixels=dataset.pixels,
            widths=experiment.widths,
            parameters=parameters(experiment.widths),
            iterations=experiment.iterations,
            batch=experiment.batch,
            snapshots=len(experiment.snapshots),
            white_share=float(dataset.labels.mean()),
            parts=_parts(dataset),
            screening=screening,
            full_runs=tuple(full_runs),
            shown_runs=tuple(shown.values()),
            failed_runs=sum(run.failed for run in full_runs),
            top=experiment.top,
            photograph=dataset.image,
            trainer=experiment.trainer,
            subject=dataset.subject,
            chosen_seeds=tuple(
                run.seed
                for run in full_runs
                if is_chosen(run.seed, first_seeds, screening.failed_seeds)
            ),
        ),
        variants=tuple(variants),
        claims=found.rows,
        examples=examples,
        evidence=found.evidence,
        rules=rules,
        confirmation=confirmation(found.rows, second_block),
    )


def _parts(dataset: Dataset) -> tuple[PartFacts, ...]:
    """The parts of the picture."""
    return tuple(
        PartFacts(
            name=part.name,
            label="white" if part.white else "black",
            share=part.share,
            major=dataset.is_major(part),
        )
        for part in dataset.parts
    )


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """The tree as dictionaries, lists, strings and numbers."""
    plain: dict[str, Any] = TypeAdapter(Facts).dump_python(facts, mode="json")
    return plain


@cache
def facts_schema() -> Mapping[str, Any]:
    """The JSON Schema of the tree as `facts_as_json` gives it."""
    schema = TypeAdapter(Facts).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Facts"} | schema
