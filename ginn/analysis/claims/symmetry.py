"""Symmetry: do the boundaries of better networks mirror the picture's own symmetry?

The mirror score of a layer is a mean likeness. Each neuron is matched with the mirror image of one
neuron, one to one, so that the mean likeness is largest. A neuron's map says at which pixels the
neuron is on. The likeness of two neurons is the absolute correlation of their maps (Pearson's phi).
It is 1 if they have the same boundary, whether they are on at the same side or not. It is near 0 if
the maps are independent. Neurons that are on or off everywhere have no boundary and are left out.

The matching is the best of many, so even unrelated neurons have a score above 0. Two controls give
the score without an effect: the same networks before training, and the score for an axis about
which the picture is not symmetric. A picture that is symmetric about both axes lacks the second
control. For a picture that is symmetric about neither axis, there is no claim.

Axes: N neurons of a layer, P pixels, L hidden layers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.claim import (
    Claim,
    Least,
    enough_runs,
    layers,
    least_of_pairs,
    medians,
    row_by_tests,
)
from ginn.analysis.effects import correlated, paired_by_layer
from ginn.analysis.rules import Rule
from ginn.analysis.statistics import Correlation, Interval, correlation
from ginn.dataset.dataset import Axis, Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun

# What a mirroring exchanges, in words. An axis is named by the sides that it exchanges.
DIRECTIONS: dict[Axis, str] = {"left-right": "left to right", "top-bottom": "top to bottom"}
# The fields of `MirrorScores` that are scores.
SCORES: tuple[Literal["own", "other"], ...] = ("own", "other")
OTHER: dict[Axis, Axis] = {"left-right": "top-bottom", "top-bottom": "left-right"}
# Stands for the mean over all layers where the number of a layer is expected.
ALL_LAYERS = -1

MIRRORED = Rule(
    name="Mirrored boundaries",
    statement="A trained network's boundaries mirror the picture's symmetry.",
    measure="Mirror score by hidden layer: the mean likeness (absolute phi) of a run's neurons and "
    "mirrored neurons, best matched; 1 for a symmetric layer. The score at the end less that of "
    "the control; one test for each layer and control.",
    control="the same run before training, and the score for the other axis, unless the picture "
    "is symmetric about it, too.",
    sample="first",
    tests=("signed ranks",),
)
BETTER = Rule(
    name="Better is more symmetric",
    statement="The better a network, the more its boundaries mirror the picture's symmetry.",
    measure="Spearman's correlation, over the runs, of a run's mirror score, averaged over its "
    "hidden layers, and its loss at the end; negative if the claim holds. One test. Correlations "
    "by layer and over the screening runs are described.",
    control="the same for the mirror score about the other axis, unless the picture is symmetric "
    "about it, too. It is described, without a test.",
    sample="first",
    tests=("correlation",),
)


@dataclass(frozen=True)
class MirrorScores:
    """Mirror scores of one network by hidden layer, (L,) each, in [0, 1], and its loss in nats.

    `own` is the score for an axis of the picture, `other` for the other axis. A layer without a
    boundary has NaN.
    """

    own: Float64
    other: Float64
    loss: float


def mirror_scores(
    snapshots: RecordedRun, dataset: Dataset, axis: Axis = "left-right", snapshot: int = -1
) -> MirrorScores:
    """The mirror scores of each layer for the picture's `axis`, at one snapshot."""
    values = pre_activations(*snapshots.at(snapshot), dataset.points())[:-1]
    maps = [(value > 0).T.reshape(-1, *dataset.labels.shape) for value in values]
    return MirrorScores(
        own=np.array([mirror_score(on, axis) for on in maps]),
        other=np.array([mirror_score(on, OTHER[axis]) for on in maps]),
        loss=float(snapshots.loss[snapshot]),
    )


def mirror_score(on: NDArray[np.bool_], axis: Axis) -> float:
    """The mean likeness of maps (N, n, n) and their mirror images in the best one-to-one match.

    It is in [0, 1], and NaN if no neuron has a boundary. `axis` names the sides that are exchanged.
    """
    flat = on.reshape(len(on), -1)
    on = on[flat.any(axis=1) & ~flat.all(axis=1)]
    if not len(on):
        return math.nan
    likeness = mirror_likenesses(on, axis)
    matched = scipy.optimize.linear_sum_assignment(likeness, maximize=True)
    return float(likeness[matched].mean())


def mirror_likenesses(maps: NDArray[np.bool_], axis: Axis) -> Float64:
    """The absolute correlation of each map (N, n, n) with each mirrored map, (N, N).

    No map may be constant. The result is symmetric and in [0, 1].
    """
    states = maps.astype(np.float32)
    mirrored = states[:, :, ::-1] if axis == "left-right" else states[:, ::-1]
    # These sums are whole numbers below 2^24, so they have the same bits in every order.
    both = (states.reshape(len(maps), -1) @ mirrored.reshape(len(maps), -1).T).astype(np.float64)
    pixels, on = maps[0].size, np.count_nonzero(maps, axis=(1, 2)).astype(np.float64)
    spread = np.sqrt(on * (pixels - on))
    phi = (pixels * both - on[:, None] * on) / (spread[:, None] * spread)
    return np.asarray(np.minimum(np.abs(phi), 1.0))


def correlation_with_loss(
    runs: Sequence[MirrorScores], layer: int, score: Literal["own", "other"]
) -> Correlation:
    """The correlation of a layer's scores with the loss; runs without a score are left out.

    It is negative if better networks are more symmetric. For ALL_LAYERS, it is that of the mean
    score over a run's layers.
    """
    pairs = [(_score(getattr(run, score), layer), run.loss) for run in runs]
    scores, losses = np.array([pair for pair in pairs if math.isfinite(pair[0])]).reshape(-1, 2).T
    return correlation(scores, losses)


def _score(scores: Float64, layer: int) -> float:
    """The score of a layer, or the mean over the layers that have one."""
    if layer != ALL_LAYERS:
        return float(scores[layer])
    finite = scores[np.isfinite(scores)]
    return float(finite.mean()) if finite.size else math.nan


def claim_symmetric_boundaries(
    trained: Sequence[MirrorScores], untrained: Sequence[MirrorScores], axes: Sequence[Axis]
) -> Claim:
    """The claim that trained boundaries mirror the picture's symmetry.

    `untrained` has the scores of the same runs at their first snapshot, in the same order. `axes`
    are the picture's axes of symmetry. The field `own` of a score is about the first axis.
    """
    own, other, before = (
        np.array([getattr(run, name) for run in runs])  # (runs, L)
        for runs, name in ((trained, "own"), (trained, "other"), (untrained, "own"))
    )
    effects = paired_by_layer("mirror score, trained against untrained", own - before)
    if len(axes) == 1:
        effects += paired_by_layer("mirror score, this axis against the other", own - other)
    return row_by_tests(
        MIRRORED,
        effects,
        least_of_pairs(len(trained)),
        value=f"mirror score in {layers(own.shape[1])}, {DIRECTIONS[axes[0]]}: {medians(own)} "
        "(medians over runs); 1 is a perfect mirror",
        control=f"before training {medians(before)}; " + _for_the_other_axis(medians(other), axes),
    )


def claim_better_is_more_symmetric(
    full_runs: Sequence[MirrorScores], screenings: Sequence[MirrorScores], axes: Sequence[Axis]
) -> Claim:
    """The claim that, among full runs, the better network is the more symmetric one.

    `screenings` has the scores of the screening runs at their end. `axes` are the picture's axes of
    symmetry. The field `own` of a score is about the first axis.
    """
    hidden = range(len(full_runs[0].own))
    full, full_other, screened, screened_other = (
        [correlation_with_loss(runs, layer, score) for layer in hidden]
        for runs in (full_runs, screenings)
        for score in SCORES
    )
    whole = correlation_with_loss(full_runs, ALL_LAYERS, "own")
    in_screening = f"in {formatting.count(len(screenings), 'screening run')}"
    return row_by_tests(
        BETTER,
        [correlated("rank correlation of mirror score and loss", whole)],
        Least(least_of_correlation(len(full_runs)), full=enough_runs(least_of_correlation)),
        value=f"rank correlation with loss in {layers(len(full))}: "
        f"{_correlations(full, len(full_runs))}; {in_screening} "
        f"{_correlations(screened, len(screenings))}",
        control=_for_the_other_axis(
            f"{_correlations(full_other, len(full_runs))}; {in_screening} "
            f"{_correlations(screened_other, len(screenings))}",
            axes,
        ),
        runs=len(full_runs),
    )


def least_of_correlation(runs: int) -> float:
    """The least p-value that a rank correlation over `runs` runs can have.

    Two of all permutations have a perfect correlation: the ascending and the descending order.
    """
    return min(1.0, 2 / math.factorial(runs))


def _for_the_other_axis(measured: str, axes: Sequence[Axis]) -> str:
    """A clause with what was measured for the other axis.

    It is a control unless the picture is symmetric about that axis, too.
    """
    if len(axes) > 1:
        return "the picture is symmetric about the other axis too, so that is no control"
    return f"mirrored {DIRECTIONS[OTHER[axes[0]]]} instead: {measured}"


def _correlations(found: Sequence[Correlation], runs: int) -> str:
    """Correlations with their intervals, and each one's runs if they are not all `runs`."""
    return ", ".join(
        f"{each.value:+.2f}{_interval(each.interval)}".replace("-", "\u2212")
        + ("" if each.runs == runs else f" ({formatting.count(each.runs, 'run')})")
        if math.isfinite(each.value)
        else "none"
        for each in found
    )


def _interval(ends: Interval) -> str:
    """The ends of an interval in brackets; "" without an interval."""
    if not (math.isfinite(ends.low) and math.isfinite(ends.high)):
        return ""
    return f" [{ends.low:+.2f}, {ends.high:+.2f}]"
