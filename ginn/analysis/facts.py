"""Snapshots and Boundaries become Facts: everything the prose or a figure states.

Nothing is promised by a seed's number. A run has failed when it gets more than half of a major
part of the picture wrong; roles follow from what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ginn.analysis.claim import Claim
from ginn.analysis.claims.network_size import Network
from ginn.analysis.evidence import NO_EVIDENCE, Evidence
from ginn.analysis.examples import Examples
from ginn.analysis.outcomes import ExperimentFacts, PartFacts, RunFacts, ScreeningFacts
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset

NO_EXAMPLES = Examples()


@dataclass(frozen=True)
class VariantFacts:
    """The same experiment with another network or training: its screenings and its full runs."""

    id: str
    title: str
    widths: tuple[int, ...]
    parameters: int
    screening: ScreeningFacts
    runs: tuple[RunFacts, ...]


@dataclass(frozen=True)
class Facts:
    """The whole tree that articles read as `facts`: what was done, found, and where to look."""

    experiment: ExperimentFacts
    variants: tuple[VariantFacts, ...] = ()
    claims: tuple[Claim, ...] = ()
    examples: Examples = NO_EXAMPLES
    evidence: Evidence = NO_EVIDENCE

    def claim(self, name: str) -> Claim | None:
        """The claim of that name, or None where this build has no such row."""
        return next((claim for claim in self.claims if claim.name == name), None)


def parameters(widths: Sequence[int]) -> int:
    """The weights and biases of a network 2 - widths - 1."""
    return sum(out * (in_ + 1) for out, in_ in zip((*widths, 1), (2, *widths), strict=True))


def gather_facts(
    experiment: Experiment,
    dataset: Dataset,
    screening: ScreeningFacts,
    runs: Sequence[RunFacts],
    shown_runs: Sequence[RunFacts],
    variants: Sequence[VariantFacts] = (),
    claims: Sequence[Claim] = (),
    examples: Examples = NO_EXAMPLES,
    evidence: Evidence = NO_EVIDENCE,
) -> Facts:
    """Everything measured about an experiment, as one tree."""
    shown = {run.seed: run for run in shown_runs}
    full_runs = tuple(shown.get(run.seed, run) for run in sorted(runs, key=lambda run: run.seed))
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
            full_runs=full_runs,
            shown_runs=tuple(shown_runs),
            failed_runs=sum(run.failed for run in full_runs),
            top=experiment.top,
            photograph=dataset.image,
        ),
        variants=tuple(variants),
        claims=tuple(claims),
        examples=examples,
        evidence=evidence,
    )


def variant_facts(
    experiment: Experiment, screening: ScreeningFacts, runs: Sequence[RunFacts]
) -> VariantFacts:
    """What became of a variant of the experiment."""
    return VariantFacts(
        experiment.id, experiment.title, experiment.widths, parameters(experiment.widths),
        screening, tuple(runs),
    )  # fmt: skip


def as_network(
    title: str, widths: tuple[int, ...], screening: ScreeningFacts, runs: Sequence[RunFacts]
) -> Network:
    """One network as `measures.larger` reads it; `runs` are of seeds that nobody chose."""
    return Network(
        title,
        widths,
        screening.seeds,
        screening.failed,
        tuple(1 - run.accuracy for run in runs),
        sum(run.failed for run in runs),
        tuple(run.regions_end for run in runs),
    )


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """The tree as plain dictionaries, lists, strings and numbers."""
    return asdict(facts)
