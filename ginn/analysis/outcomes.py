"""The outcome of runs: the accuracy of each run, whether it failed, and which runs are shown.

A run has failed if it gets more than half of a major part of the picture wrong. The roles of the
shown runs follow from measurements, never from the numbers of their seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from ginn import formatting
from ginn.analysis.described import DESCRIBED
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset, ImageSource
from ginn.elementary import logarithm
from ginn.network.logits import logits
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun, run_id

# A run has failed if it gets less than this share of a major part right.
FAILED_BELOW = 0.5
# The number of pixels evaluated at once. A layer's activations at this many pixels fit into a
# core's cache.
PIXELS_AT_ONCE = 2_000

# The kind of a shown run, by the first part of its role and by whether it failed.
KINDS = {
    ("good", False): "good",
    ("good", True): "failed",
    ("bad", False): "worst",
    ("bad", True): "bad",
}


@dataclass(frozen=True, config=DESCRIBED)
class PartFacts:
    """A named part: its colour, the share of the domain it covers, and whether it is major."""

    name: str
    """The name of the part."""
    label: str
    """Its colour, "white" or "black"."""
    share: float
    """The share of the picture that it covers."""
    major: bool
    """Whether the part is large enough to decide if a run has failed."""


@dataclass(frozen=True, config=DESCRIBED)
class ScreeningFacts:
    """The screening runs: how many seeds, for how many iterations, and which runs failed."""

    seeds: int
    """The number of screening runs."""
    iterations: int
    """The length of each run, in minibatches."""
    failed: int
    """The number of runs that failed."""
    failed_seeds: tuple[int, ...]
    """The seeds of these runs."""


@dataclass(frozen=True, config=DESCRIBED)
class RunFacts:
    """The outcome of one run. Shares are fractions of pixels."""

    id: str
    """The id of the run, such as "seed-7"."""
    seed: int
    """The seed of its random numbers."""
    role: str
    """"good-1", "bad-1", ... for a shown run, and empty for other runs."""
    title: str
    """The name of the run on pages."""
    failed: bool
    """Whether the run gets more than half of a major part wrong."""
    loss: float
    """The loss at the end, in nats."""
    accuracy: float
    """The share of pixels that are right at the end."""
    part_accuracy: dict[str, float]
    """The share of right pixels of each part, by the part's name."""
    regions_start: int
    """The number of linear regions at the start; 0 for a run that was not traced."""
    regions_end: int
    """The number of linear regions at the end; 0 for a run that was not traced."""
    ended: str
    """Why the run stopped early, and empty for a run that did not."""
    number: int = 0
    """The number of a shown run among those of its role; 0 for the only one, and for other runs."""

    @property
    def called(self) -> str:
        """The name of the run in a sentence: "good run 1"; "the bad run" if it is the only one."""
        name = self.title.lower()
        return name if self.number else f"the {name}"

    @property
    def kind(self) -> str:
        """The kind of a shown run: "good", "failed", "worst" or "bad"."""
        return KINDS[self.role.partition("-")[0], self.failed]

    @property
    def ending(self) -> str:
        """One sentence that says how the run ended."""
        if self.ended:
            return f"Stopped early: {self.ended}."
        return (
            f"{'Failed' if self.failed else 'Ended well'}: accuracy "
            f"{formatting.percent(self.accuracy)}, loss {formatting.significant(self.loss)}."
        )


@dataclass(frozen=True)
class NamedSnapshot:
    """A named snapshot: its name and its number."""

    name: str
    snapshot: int


@dataclass(frozen=True, config=DESCRIBED)
class ExperimentFacts:
    """One experiment and its outcome."""

    id: str
    """The id of the experiment in `report.toml`."""
    pixels: int
    """The number of pixels along a side of the picture."""
    widths: tuple[int, ...]
    """The number of neurons in each hidden layer."""
    parameters: int
    """The number of weights and biases."""
    iterations: int
    """The length of the training, in minibatches."""
    batch: int
    """The number of pixels in a minibatch."""
    snapshots: int
    """The number of recorded snapshots of a full run."""
    white_share: float
    """The share of pixels that are white."""
    parts: tuple[PartFacts, ...]
    """The parts of the picture."""
    screening: ScreeningFacts
    """The short runs of many seeds."""
    full_runs: tuple[RunFacts, ...]
    """The runs that were trained in full, by seed."""
    shown_runs: tuple[RunFacts, ...]
    """The runs that the site shows one by one, the best one first."""
    failed_runs: int
    """The number of full runs that failed."""
    top: tuple[str, ...] = ()
    """The names of the parts at the top of the picture."""
    photograph: ImageSource | None = None
    """The image file of the picture and how it was read; none for a drawing."""
    trainer: str = "kernel"
    """How the runs were trained: "kernel" or "torch"."""
    subject: str = ""
    """A noun for what the picture shows; empty where the picture's file does not say it."""
    chosen_seeds: tuple[int, ...] = ()
    """The seeds that were trained in full because their screening run had failed."""


def logits_at(snapshots: RecordedRun, snapshot: int, dataset: Dataset) -> Float64:
    """The logit of white at every pixel (n, n) of one snapshot, in float64."""
    found = logits(*snapshots.at(snapshot), dataset.points())
    return found.reshape(dataset.labels.shape)


def part_accuracy(snapshots: RecordedRun, snapshot: int, dataset: Dataset) -> dict[str, float]:
    """The share of each part's pixels on the right side of p = 0.5 at one snapshot."""
    right = (logits_at(snapshots, snapshot, dataset) > 0) == dataset.labels
    return {part.name: float(right[part.mask].mean()) for part in dataset.parts}


def hardest_part(screening: Mapping[str, RecordedRun], dataset: Dataset) -> str:
    """The name of the major part on which the most screening runs have failed at their end.

    If there are several such parts, or no run has failed, the result is the part with the lowest
    mean accuracy.
    """
    parts = [part.name for part in dataset.parts if dataset.is_major(part)]
    accuracies = [part_accuracy(run, -1, dataset) for run in screening.values()]

    def ease(part: str) -> tuple[int, float]:
        right = [accuracy[part] for accuracy in accuracies]
        return sum(share >= FAILED_BELOW for share in right), float(np.mean(right))

    return min(parts, key=ease)


def has_failed(accuracy: Mapping[str, float], dataset: Dataset) -> bool:
    """Whether a run has failed: more than half of some major part is wrong."""
    return any(
        dataset.is_major(part) and accuracy[part.name] < FAILED_BELOW for part in dataset.parts
    )


def outcome(snapshots: RecordedRun, dataset: Dataset) -> RunFacts:
    """The outcome of one run, without a role; a run that ended early has failed."""
    accuracy = part_accuracy(snapshots, -1, dataset)
    return RunFacts(
        id=run_id(snapshots.seed),
        seed=snapshots.seed,
        role="",
        title=f"Seed {snapshots.seed}",
        failed=bool(snapshots.ended) or has_failed(accuracy, dataset),
        loss=float(snapshots.loss[-1]),
        accuracy=float(snapshots.accuracy[-1]),
        part_accuracy=accuracy,
        regions_start=0,
        regions_end=0,
        ended=snapshots.ended,
    )


def named_snapshots(snapshots: RecordedRun, dataset: Dataset) -> tuple[NamedSnapshot, ...]:
    """The named snapshots of a run, in order.

    "first-good" and "last-good" are the first and the last snapshot at which no major part is more
    than half wrong. They exist only if there is such a snapshot. "steepest" is the snapshot after
    the recorded step in which the logarithm of the loss falls most. It exists only if the loss
    falls.
    """
    found = []
    good = np.flatnonzero(good_snapshots(snapshots, dataset))
    if good.size:
        found.append(NamedSnapshot("first-good", int(good[0])))
        found.append(NamedSnapshot("last-good", int(good[-1])))
    # The logarithm of 0 is not finite, so the smallest positive number replaces a loss of 0.
    falls = -np.diff(logarithm(np.maximum(snapshots.loss, np.finfo(np.float64).tiny)))
    if falls.size and falls.max() > 0:
        found.append(NamedSnapshot("steepest", int(falls.argmax()) + 1))
    return tuple(sorted(found, key=lambda each: each.snapshot))


def good_snapshots(snapshots: RecordedRun, dataset: Dataset) -> NDArray[np.bool_]:
    """Whether no major part is more than half wrong at each snapshot, (K,), computed in float64."""
    points = dataset.points().T  # (2, P)
    layers = [
        (weight.astype(np.float64), bias.astype(np.float64)[..., None])
        for weight, bias in zip(snapshots.weights, snapshots.biases, strict=True)
    ]
    white = np.empty((len(snapshots), points.shape[1]), dtype=np.bool_)
    for first in range(0, points.shape[1], PIXELS_AT_ONCE):
        pixels = slice(first, first + PIXELS_AT_ONCE)
        for snapshot in range(len(snapshots)):
            activation = points[:, pixels]
            for weight, bias in layers:
                pre_activation = product(weight[snapshot], activation)  # (out, pixels)
                pre_activation += bias[snapshot]
                activation = np.maximum(pre_activation, 0)
            white[snapshot, pixels] = pre_activation[0] > 0
    right = white.reshape(-1, *dataset.labels.shape) == dataset.labels  # (K, n, n)
    accuracies = (
        {part.name: float(each[part.mask].mean()) for part in dataset.parts} for each in right
    )
    return np.array([not has_failed(accuracy, dataset) for accuracy in accuracies], dtype=np.bool_)


def screening_outcomes(
    experiment: Experiment, screening: Mapping[str, RecordedRun], dataset: Dataset
) -> ScreeningFacts:
    """The outcome of the screening: how many runs failed, and which."""
    failed = tuple(run.seed for run in screening.values() if outcome(run, dataset).failed)
    return ScreeningFacts(len(screening), experiment.screening.iterations, len(failed), failed)


def full_run_seeds(
    experiment: Experiment,
    first_seeds: Sequence[int],
    screening: ScreeningFacts,
    vertices: int,
) -> dict[str, int]:
    """The full runs, run id -> seed: the first seeds, and others whose screening run failed.

    Seeds are in ascending order. If fewer others failed than the experiment needs, the next seeds
    are added. `vertices` is not used. It is a parameter so that the full runs wait for the check
    that their boundaries can be traced.
    """
    others = [seed for seed in screening.failed_seeds if seed not in first_seeds]
    chosen = [*first_seeds, *others[: experiment.full_runs.failed_seeds]]
    following = max(first_seeds, default=0) + 1
    while len(chosen) < len(first_seeds) + experiment.full_runs.failed_seeds:
        if following not in chosen:
            chosen.append(following)
        following += 1
    return {run_id(seed): seed for seed in sorted(chosen)}


def shown_runs(experiment: Experiment, runs: Mapping[str, RunFacts]) -> dict[str, RunFacts]:
    """The shown runs, run id -> outcome with its role and title, the best first.

    The best by loss have good roles, and the worst have bad roles. Failed runs rank after all
    others. A title states what was measured. If no run failed, the last run is the "Worst run". A
    failed run with a good role is a "Failed run".
    """
    ranked = sorted(runs.values(), key=lambda run: (run.failed, run.loss, run.seed))
    good = ranked[: experiment.shown.good]
    bad = ranked[::-1][: experiment.shown.bad]
    return {
        run.id: _named(run, role, place, len(group))
        for role, group in (("good", good), ("bad", bad))
        for place, run in enumerate(group, 1)
    }


def _named(run: RunFacts, role: str, place: int, count: int) -> RunFacts:
    """The run at a place among the `count` shown runs of its role, with its role and its title."""
    number = place if count > 1 else 0
    name = f"{KINDS[role, run.failed].capitalize()} run"
    title = f"{name} {number}" if number else name
    return replace(run, role=f"{role}-{place}", title=title, number=number)
