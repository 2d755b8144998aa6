"""Snapshots and Boundaries become Facts: everything the prose or a figure states.

Nothing is promised by a seed's number. A run has failed when it gets more than half of a major
part of the picture wrong; roles follow from what was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ginn.geometry import Boundaries
from ginn.network import Float64, Snapshots, pre_activations
from ginn.picture import Domain
from ginn.spec import Experiment

# A run has failed when it gets less than this share of a major part right.
FAILED_BELOW = 0.5


@dataclass(frozen=True)
class PartFacts:
    """A named part: its colour, the share of the domain it covers, and whether it is major."""

    name: str
    label: str
    share: float
    major: bool


@dataclass(frozen=True)
class AuditionFacts:
    """How many seeds were trained briefly, for how many iterations, and which failed by then."""

    seeds: int
    iterations: int
    failed: int
    failed_seeds: tuple[int, ...]


@dataclass(frozen=True)
class RunFacts:
    """The outcome of one run. Shares are fractions of pixels; the loss is in nats.

    `role` is "good-1", "bad-1", ... for an exhibited run and empty for the others. Counts of
    linear regions are 0 for a run whose boundaries were not traced. `ended` says why a run
    stopped early, and is empty for one that did not.
    """

    id: str
    seed: int
    role: str
    title: str
    failed: bool
    loss: float
    accuracy: float
    part_accuracy: dict[str, float]
    regions_start: int
    regions_end: int
    ended: str


@dataclass(frozen=True)
class ExperimentFacts:
    """What one experiment was and how it came out."""

    id: str
    pixels: int
    widths: tuple[int, ...]
    parameters: int
    iterations: int
    batch: int
    snapshots: int
    white_share: float
    parts: tuple[PartFacts, ...]
    audition: AuditionFacts
    cohort: tuple[RunFacts, ...]
    exhibited: tuple[RunFacts, ...]
    failed_runs: int


@dataclass(frozen=True)
class Facts:
    """The whole tree that articles read as `facts`."""

    experiment: ExperimentFacts


def logits_at(snapshots: Snapshots, snapshot: int, domain: Domain) -> Float64:
    """The logit of white at every pixel (n, n) of one snapshot, in float64."""
    weights = tuple(weight[snapshot] for weight in snapshots.weights)
    biases = tuple(bias[snapshot] for bias in snapshots.biases)
    logit = pre_activations(weights, biases, domain.points())[-1]
    return logit[:, 0].reshape(domain.labels.shape)


def part_accuracy(snapshots: Snapshots, snapshot: int, domain: Domain) -> dict[str, float]:
    """The share of each part's pixels on the right side of p = 0.5 at one snapshot."""
    right = (logits_at(snapshots, snapshot, domain) > 0) == domain.labels
    return {part.name: float(right[part.mask].mean()) for part in domain.parts}


def has_failed(accuracy: Mapping[str, float], domain: Domain) -> bool:
    """Whether more than half of some major part is wrong."""
    return any(part.major and accuracy[part.name] < FAILED_BELOW for part in domain.parts)


def outcome(snapshots: Snapshots, domain: Domain) -> RunFacts:
    """What became of one run, without a role; a run that ended early has failed."""
    accuracy = part_accuracy(snapshots, -1, domain)
    return RunFacts(
        id=f"seed-{snapshots.seed}",
        seed=snapshots.seed,
        role="",
        title=f"Seed {snapshots.seed}",
        failed=bool(snapshots.ended) or has_failed(accuracy, domain),
        loss=float(snapshots.loss[-1]),
        accuracy=float(snapshots.accuracy[-1]),
        part_accuracy=accuracy,
        regions_start=0,
        regions_end=0,
        ended=snapshots.ended,
    )


def audition_facts(
    experiment: Experiment, auditioned: Sequence[Snapshots], domain: Domain
) -> AuditionFacts:
    """Which seeds had failed when their audition ended."""
    failed = tuple(run.seed for run in auditioned if outcome(run, domain).failed)
    return AuditionFacts(len(auditioned), experiment.audition_iterations, len(failed), failed)


def cohort_seeds(experiment: Experiment, audition: AuditionFacts) -> tuple[int, ...]:
    """The seeds to train in full, rising: the first ones, and others whose audition failed.

    Where fewer others failed than the experiment asks for, the next seeds make up the number.
    """
    first = list(range(experiment.first_seeds))
    others = [seed for seed in audition.failed_seeds if seed >= experiment.first_seeds]
    chosen = first + others[: experiment.failed_seeds]
    following = experiment.first_seeds
    while len(chosen) < experiment.first_seeds + experiment.failed_seeds:
        if following not in chosen:
            chosen.append(following)
        following += 1
    return tuple(sorted(chosen))


def give_roles(experiment: Experiment, runs: Sequence[RunFacts]) -> tuple[RunFacts, ...]:
    """The exhibited runs: the best by loss as good ones, then the worst as bad ones.

    Runs that failed rank behind all that did not. Titles say what was measured: where no run
    failed the last is the "Worst run", and a good role filled by a failed run is "Failed run".
    """
    ranked = sorted(runs, key=lambda run: (run.failed, run.loss, run.seed))
    good = ranked[: experiment.good_runs]
    bad = ranked[::-1][: experiment.bad_runs]
    return tuple(
        replace(run, role=f"{role}-{number}", title=_title(role, number, len(group), run.failed))
        for role, group in (("good", good), ("bad", bad))
        for number, run in enumerate(group, 1)
    )


def _title(role: str, number: int, count: int, failed: bool) -> str:
    """The name a reader sees for an exhibited run."""
    words = {
        ("good", False): "Good run",
        ("good", True): "Failed run",
        ("bad", False): "Worst run",
        ("bad", True): "Bad run",
    }[role, failed]
    return f"{words} {number}" if count > 1 else words


def with_regions(run: RunFacts, boundaries: Boundaries) -> RunFacts:
    """The run with its counts of linear regions at the first and last snapshot."""
    return replace(
        run,
        regions_start=int(boundaries.regions[0]),
        regions_end=int(boundaries.regions[-1]),
    )


def gather_facts(
    experiment: Experiment,
    domain: Domain,
    audition: AuditionFacts,
    runs: Sequence[RunFacts],
    exhibited: Sequence[RunFacts],
) -> Facts:
    """Everything measured about an experiment, as one tree."""
    shown = {run.seed: run for run in exhibited}
    cohort = tuple(shown.get(run.seed, run) for run in sorted(runs, key=lambda run: run.seed))
    outs, ins = (*experiment.widths, 1), (2, *experiment.widths)
    return Facts(
        ExperimentFacts(
            id=experiment.id,
            pixels=domain.pixels,
            widths=experiment.widths,
            parameters=sum(out * (in_ + 1) for out, in_ in zip(outs, ins, strict=True)),
            iterations=experiment.iterations,
            batch=experiment.batch,
            snapshots=len(experiment.snapshots),
            white_share=float(domain.labels.mean()),
            parts=tuple(
                PartFacts(part.name, "white" if part.white else "black", part.share, part.major)
                for part in domain.parts
            ),
            audition=audition,
            cohort=cohort,
            exhibited=tuple(exhibited),
            failed_runs=sum(run.failed for run in cohort),
        )
    )


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """The tree as plain dictionaries, lists, strings and numbers."""
    return asdict(facts)
