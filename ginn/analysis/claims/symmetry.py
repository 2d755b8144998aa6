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
    SIGNIFICANT,
    Claim,
    Verdict,
    all_of,
    compared,
    layers,
    medians,
    needed,
    needed_sign_flips,
)
from ginn.analysis.statistics import (
    Interval,
    rank_correlation,
    rank_correlation_interval,
    rank_correlation_p_value,
)
from ginn.dataset.dataset import Axis, Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun

# How a mirroring about each axis exchanges the sides, in words.
DIRECTIONS: dict[Axis, str] = {"left-right": "left to right", "top-bottom": "top to bottom"}
SCORES: tuple[Literal["own", "other"], ...] = ("own", "other")
OTHER: dict[Axis, Axis] = {"left-right": "top-bottom", "top-bottom": "left-right"}


@dataclass(frozen=True)
class MirrorScores:
    """Mirror scores of one network by hidden layer, (L,) each, in [0, 1], and its loss in nats.

    `own` is the score for an axis of the picture, `other` for the other axis. A layer without a
    boundary has NaN.
    """

    own: Float64
    other: Float64
    loss: float


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of scores with final loss over `runs`, and its uncertainty.

    It is in [-1, 1]: negative if better networks are more symmetric, 0 if there is no effect.
    `interval` is from the bootstrap. `p_value` is two-sided and from permutations. All are NaN if a
    sample is constant.
    """

    runs: int
    value: float
    interval: Interval
    p_value: float


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
    """The correlation of a layer's scores with the loss; runs without a score are left out."""
    pairs = [(getattr(run, score)[layer], run.loss) for run in runs]
    scores, losses = np.array([pair for pair in pairs if math.isfinite(pair[0])]).reshape(-1, 2).T
    return Correlation(
        runs=len(scores),
        value=rank_correlation(scores, losses),
        interval=rank_correlation_interval(scores, losses),
        p_value=rank_correlation_p_value(scores, losses),
    )


def claim_symmetric_boundaries(
    trained: Sequence[MirrorScores], untrained: Sequence[MirrorScores], axes: Sequence[Axis]
) -> Claim:
    """The row of claim 6, its premise: trained boundaries mirror the picture's symmetry.

    `untrained` has the scores of the same runs at their first snapshot, in the same order. `axes`
    are those of the picture, and scores are for the first one.
    """
    own, other, before = (
        np.array([getattr(run, name) for run in runs])  # (runs, L)
        for runs, name in ((trained, "own"), (trained, "other"), (untrained, "own"))
    )
    both = len(axes) > 1
    differences = [*(own - before).T, *(() if both else (own - other).T)]
    tests = len(differences)
    return Claim(
        name="Mirrored boundaries",
        statement=f"A trained network's boundaries mirror the picture's {axes[0]} symmetry.",
        definition="Mirror score by hidden layer: likeness (absolute phi) of neurons and mirrored "
        "neurons, best matched; 1 for a symmetric layer. If the claim holds, it is above the score "
        f"before training{'' if both else ' and above the score for the other axis'}. "
        f"{formatting.count(tests, 'sign-flip test')} over runs.",
        value=f"mirror score in {layers(own.shape[1])}: {medians(own)} (medians over "
        "runs); 1 is a perfect mirror",
        control=f"before training {medians(before)}; " + _for_the_other_axis(medians(other), axes),
        runs=len(trained),
        verdict=all_of([compared(each, tests) for each in differences]),
        needed_full=needed_sign_flips(len(trained), tests),
    )


def claim_better_is_more_symmetric(
    full_runs: Sequence[MirrorScores], screenings: Sequence[MirrorScores], axes: Sequence[Axis]
) -> Claim:
    """The row of claim 6 itself: the better network is the more symmetric one, over full runs.

    The screening runs are measured at their end, too. A layer in which they show the opposite does
    not count. `axes` are those of the picture, and own scores are for the first one.
    """
    hidden = range(len(full_runs[0].own))
    found, other, short, short_other = (
        [correlation_with_loss(runs, layer, score) for layer in hidden]
        for runs in (full_runs, screenings)
        for score in SCORES
    )
    in_screening = f"in {formatting.count(len(screenings), 'screening run')}"
    return Claim(
        name="Better is more symmetric",
        statement="The better a network, the more its boundaries mirror the picture's symmetry.",
        definition="Spearman's correlation of mirror score and final loss over full runs, by "
        "hidden layer; negative if the claim holds, 0 without an effect. "
        f"{formatting.count(len(found), 'permutation test')} over runs; one must be significant. "
        "A layer whose "
        "correlation over the screening runs has the other sign, with p below "
        f"{SIGNIFICANT:g}, does not count.",
        value=f"rank correlation with loss in {layers(len(found))}: "
        f"{_correlations(found, len(full_runs))}; {in_screening} "
        f"{_correlations(short, len(screenings))}",
        control=_for_the_other_axis(
            f"{_correlations(other, len(full_runs))}; {in_screening} "
            f"{_correlations(short_other, len(screenings))}",
            axes,
        ),
        runs=len(full_runs),
        verdict=correlated_negatively(found, short),
        needed_full=needed(
            len(full_runs), len(found), lambda n: rank_correlation_p_value(range(n), range(n))
        ),
    )


def _for_the_other_axis(measured: str, axes: Sequence[Axis]) -> str:
    """What was measured for the other axis, which is a control if the picture lacks that axis."""
    if len(axes) > 1:
        return "the picture is symmetric about the other axis too, so that is no control"
    return f"mirrored {DIRECTIONS[OTHER[axes[0]]]} instead: {measured}"


def correlated_negatively(found: Sequence[Correlation], short: Sequence[Correlation]) -> Verdict:
    """The verdict on "some correlation is below zero and none is above", corrected for all tests.

    `short` has the correlations over other runs. A correlation does not count if the one in `short`
    has the other sign and a p-value below SIGNIFICANT.
    """
    decided = [
        each
        for each, brief in zip(found, short, strict=True)
        if each.p_value * len(found) <= SIGNIFICANT
        and not (brief.value * each.value < 0 and brief.p_value < SIGNIFICANT)
    ]
    if any(each.value > 0 for each in decided):
        return "does not hold"
    return "holds" if decided else "not decidable here"


def _correlations(found: Sequence[Correlation], runs: int) -> str:
    """Correlations with their p-values, as text, and each one's runs if they are not all `runs`."""
    return ", ".join(
        f"{each.value:+.2f} ({formatting.p_value(each.p_value)}".replace("-", "\u2212")
        + (")" if each.runs == runs else f"; {formatting.count(each.runs, 'run')})")
        if math.isfinite(each.value)
        else "none"
        for each in found
    )
