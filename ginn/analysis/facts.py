"""Facts: the typed tree of everything that the prose or a figure states.

The models are pydantic models. The tree is checked when it is read from the cache. Its JSON Schema
is published beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from ginn.analysis.claim import Claim
from ginn.analysis.evidence import NO_EVIDENCE, Evidence
from ginn.analysis.findings import Findings, merge_findings
from ginn.analysis.outcomes import ExperimentFacts, PartFacts, RunFacts, ScreeningFacts
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset


@dataclass(frozen=True)
class CornerExample:
    """A last-layer neuron of a run whose boundary bends near many corners of the picture.

    At the end, the boundary bends within a fiftieth of a side of `near` of `corners` corners.
    `causes` are the earlier neurons that cause these bends. Neurons are numbered as in
    `network.run`.
    """

    run: str
    neuron: int
    near: int
    corners: int
    causes: tuple[int, ...]


@dataclass(frozen=True)
class DuplicateExample:
    """Two neurons of one layer that are duplicates from iteration `since` to the end of a run.

    The run has `pairs` such pairs. `distance` is the distance of the two boundaries in sides of the
    domain. Neurons are numbered as in `network.run`.
    """

    run: str
    first: int
    second: int
    distance: float
    since: int
    pairs: int


@dataclass(frozen=True)
class LateFlipExample:
    """The neuron of a run that flips most late in training, numbered as in `network.run`.

    `flipped` is the share of the domain that the neuron flips from one snapshot to the next.
    `moved` is the change of the probability of white by this.
    """

    run: str
    neuron: int
    flipped: float
    moved: float


@dataclass(frozen=True)
class DeadLayerExample:
    """A run in which a layer is dead over all of a part from iteration `since` to the end.

    `layer` counts from 1. At the end, `others_alive` of the `others` full runs have no layer that
    is dead over all of the part.
    """

    run: str
    part: str
    layer: int
    since: int
    others_alive: int
    others: int


@dataclass(frozen=True)
class Examples:
    """The examples of the shown runs; None for a kind of example that a build does not have."""

    corner: CornerExample | None = None
    duplicate: DuplicateExample | None = None
    late_flip: LateFlipExample | None = None
    dead_layer: DeadLayerExample | None = None


NO_EXAMPLES = Examples()


@dataclass(frozen=True)
class VariantFacts:
    """The outcome of a variant, the same experiment with another network or training."""

    id: str
    title: str
    widths: tuple[int, ...]
    parameters: int
    screening: ScreeningFacts
    runs: tuple[RunFacts, ...]


@dataclass(frozen=True)
class Facts:
    """The whole tree that articles read as `facts`: the experiment, its outcome, and examples."""

    experiment: ExperimentFacts
    variants: tuple[VariantFacts, ...] = ()
    claims: tuple[Claim, ...] = ()
    examples: Examples = NO_EXAMPLES
    evidence: Evidence = NO_EVIDENCE

    def claim(self, name: str) -> Claim | None:
        """The claim of this name, or None if this build has no such row."""
        return next((claim for claim in self.claims if claim.name == name), None)


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
        id=experiment.id,
        title=experiment.title,
        widths=experiment.widths,
        parameters=parameters(experiment.widths),
        screening=screening,
        runs=tuple(replace(run, regions_end=regions[name]) for name, run in outcomes.items()),
    )


def facts_of_experiment(
    experiment: Experiment,
    dataset: Dataset,
    screening: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    shown_runs: Mapping[str, RunFacts],
    region_counts: Mapping[str, tuple[int, int]],
    variants: Sequence[VariantFacts],
    examples: Examples,
    *findings: Findings,
) -> Facts:
    """The facts of an experiment; `findings` are its claims by group.

    `region_counts` has the numbers of linear regions of each shown run at its start and its end.
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
            parts=tuple(
                PartFacts(part.name, "white" if part.white else "black", part.share, part.major)
                for part in dataset.parts
            ),
            screening=screening,
            full_runs=tuple(full_runs),
            shown_runs=tuple(shown.values()),
            failed_runs=sum(run.failed for run in full_runs),
            top=experiment.top,
            photograph=dataset.image,
            trainer=experiment.trainer,
        ),
        variants=tuple(variants),
        claims=found.rows,
        examples=examples,
        evidence=found.evidence,
    )


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """The tree as dictionaries, lists, strings and numbers."""
    plain: dict[str, Any] = TypeAdapter(Facts).dump_python(facts, mode="json")
    return plain


def facts_schema() -> dict[str, Any]:
    """The JSON Schema of the tree as `facts_as_json` gives it."""
    schema = TypeAdapter(Facts).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Facts"} | schema
