"""Duplicate neurons ("copycats"): two neurons of a layer that are on in nearly the same places.

The likeness of two neurons is the smaller one of two Jaccard indices. The first is the area where
both are on, divided by the area where at least one is on. The second is the same for off. With the
first index alone, any two neurons that are on nearly everywhere would be alike. Within a run the
likeness is exact, by `cells.overlaps`. It is 1 for neurons with the same on set, whatever their
slopes. It is 0 where the on sets or the off sets share nothing. Neurons with the same boundary that
are on at opposite sides are not duplicates. A neuron that is on almost everywhere or almost nowhere
has almost no boundary. It is marked as constant and left out.

The control is initialisation: if training had no effect, the same share of a run's pairs would be
alike there. Pairs of neurons of different runs are described, too. These neurons learn the same
picture and cannot copy each other. But they are no control for a test: where whole runs differ,
neurons of one run are more alike than those of two, although none copies another.

Axes: K snapshots, n neurons of a layer, R runs, P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.boundary_distances import boundary_distances
from ginn.analysis.claim import Claim, layers, least_of_pairs, row_by_count, row_by_tests
from ginn.analysis.effects import POINTS, Effect, paired, share_of_runs
from ginn.analysis.rules import Rule
from ginn.analysis.statistics import SEED
from ginn.dataset.dataset import Dataset
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float32, Float64, RecordedRun

# Duplicates share at least this part of their on areas and of their off areas.
ALIKE = 0.9
# A neuron that is on, or off, over less than this share of the domain is constant.
CONSTANT = 0.001

COPYCATS = Rule(
    name="Copycats",
    statement="Two neurons of one layer converge to nearly the same boundary.",
    measure=f"Share of a layer's pairs of neurons that share {ALIKE:.0%} of their on area and of "
    f"their off area, neurons on or off over all but {CONSTANT:.1%} of the domain set apart: in "
    "each run at the end less at the start; one test a layer.",
    control="the same runs at the start. Described, without a test: pairs of neurons of different "
    "runs; and how far the probability of white moves on average if a copy is removed and its "
    "outgoing weights are given to its copy, to another neuron, or to none.",
    sample="first",
    tests=("signed ranks",),
    own="one layer is enough. The p-value for the claim is the smallest one times the number of "
    "layers, and for the opposite it is the largest one. Without a p-value, the claim does not "
    "hold if no run has such a pair at its end.",
    one_is_enough=True,
)


@dataclass(frozen=True)
class Likeness:
    """The likeness `degree` (..., n, n) of a layer's neurons, in [0, 1]; 1 on the diagonal.

    `constant` (..., n) marks the constant neurons. The leading axes, if any, are snapshots.
    """

    degree: Float64
    constant: Bool

    @property
    def pairs(self) -> Bool:
        """The pairs that count, (..., n, n): i < j and neither constant."""
        varying = ~self.constant
        upper = np.triu(np.ones(self.degree.shape[-2:], dtype=np.bool_), 1)
        return np.asarray(varying[..., :, None] & varying[..., None, :] & upper)

    @property
    def duplicates(self) -> Bool:
        """The pairs that are duplicates, (..., n, n)."""
        return np.asarray(self.pairs & (self.degree >= ALIKE))

    def share(self) -> Float64:
        """The share of pairs that are duplicates, (...), in [0, 1]; NaN where there is no pair."""
        pairs = self.pairs.sum(axis=(-2, -1))
        found = self.duplicates.sum(axis=(-2, -1))
        share = np.full(np.shape(pairs), np.nan)
        return np.asarray(np.divide(found, pairs, out=share, where=pairs > 0))


def likeness(both: Float64) -> Likeness:
    """The likeness of neurons, from the area where two are both on, (..., n, n).

    The area is the one that `cells.overlaps` returns. A neuron that is on nowhere or everywhere has
    likeness 0 with every other neuron.
    """
    on = np.diagonal(both, axis1=-2, axis2=-1)
    either = on[..., :, None] + on[..., None, :] - both
    alike_on = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    alike_off = np.divide(1.0 - either, 1.0 - both, out=np.zeros_like(both), where=both < 1.0)
    # Rounded areas may be smaller than 0, by some 1e-16.
    degree = np.clip(np.minimum(alike_on, alike_off), 0.0, 1.0)
    diagonal = np.arange(both.shape[-1])
    degree[..., diagonal, diagonal] = 1.0
    return Likeness(degree, (on < CONSTANT) | (on > 1.0 - CONSTANT))


def formed(like: Likeness, first: int, second: int) -> int | None:
    """The snapshot from which two neurons stay duplicates to the end.

    It is None if they are not duplicates at the end. `like` covers the K snapshots of a run.
    """
    alike = like.duplicates[:, min(first, second), max(first, second)]
    apart = np.flatnonzero(~alike)
    since = int(apart[-1]) + 1 if apart.size else 0
    return since if since < len(alike) else None


@dataclass(frozen=True)
class Growth:
    """The shares of duplicates among the pairs of each run in one layer, in [0, 1], (R,) each.

    They are NaN for a run without pairs. `across` is the share among pairs of neurons of different
    runs at the end.
    """

    at_start: Float64
    at_end: Float64
    across: float


def growth(likes: Sequence[Likeness], on: Sequence[Bool]) -> Growth:
    """The growth in one layer, from each run's likeness over its snapshots.

    `on` has each run's on maps (n, P) at its end. All maps use the same points of a grid, since
    different runs have different cells.
    """
    shares = np.array([like.share()[[0, -1]] for like in likes])
    across = likeness_across(on)
    return Growth(
        at_start=shares[:, 0],
        at_end=shares[:, 1],
        across=int((across >= ALIKE).sum()) / max(len(across), 1),
    )


def pooled(on: Sequence[Bool]) -> tuple[NDArray[np.int64], Likeness]:
    """The run of each neuron, and the likeness of all neurons as if they were one layer."""
    run = np.repeat(np.arange(len(on)), [len(each) for each in on])
    states = np.concatenate(on).astype(np.float32)
    # These sums are whole numbers below 2^24, so they have the same bits in every order.
    return run, likeness((states @ states.T).astype(np.float64) / states.shape[1])


def likeness_across(on: Sequence[Bool]) -> Float64:
    """The likeness (P,) of every pair of neurons of different runs.

    Constant neurons are left out.
    """
    run, like = pooled(on)
    return np.asarray(like.degree[like.pairs & (run[:, None] != run)])


def on_maps(run: RecordedRun, snapshot: int, points: Float64) -> tuple[Bool, ...]:
    """Whether each neuron is on at each point, (n, P) for each hidden layer, at one snapshot."""
    weights, biases = run.at(snapshot)
    return tuple(values.T > 0 for values in pre_activations(weights, biases, points)[:-1])


@dataclass(frozen=True)
class Removal:
    """The effect of removing one neuron from the network, over the domain's points.

    `flipped` is the share of points whose predicted colour changes. `moved` is the mean change of
    the probability of white. Both are in [0, 1], and 0 if the neuron has no effect.
    """

    flipped: float
    moved: float


def removal(
    run: RecordedRun,
    snapshot: int,
    layer: int,
    removed: int,
    kept: int | None,
    points: Float64,
) -> Removal:
    """The effect of removing a neuron and giving its outgoing weights to another one, `kept`.

    The outgoing weights of `removed` are multiplied by a factor and added to those of `kept`. The
    factor brings the activation of `kept` closest to that of `removed` over the points (least
    squares). It is needed because a scale can be in a neuron's incoming or in its outgoing weights.
    Without `kept`, nothing replaces the removed neuron.
    """
    weights, biases = run.at(snapshot)
    values = pre_activations(weights, biases, points)
    activation = np.maximum(values[layer], 0.0)
    outgoing = weights[layer + 1].astype(np.float64)
    if kept is not None:
        power = float((activation[:, kept] ** 2).sum())
        if power > 0:
            factor = float((activation[:, kept] * activation[:, removed]).sum()) / power
            outgoing[:, kept] += factor * outgoing[:, removed]
    outgoing[:, removed] = 0.0
    above: tuple[NDArray[np.float64] | Float32, ...] = (outgoing, *weights[layer + 2 :])
    logit = pre_activations(above, biases[layer + 1 :], activation)[-1]
    return Removal(
        flipped=float(((logit > 0) != (values[-1] > 0)).mean()),
        moved=float(np.abs(probability(logit) - probability(values[-1])).mean()),
    )


@dataclass(frozen=True)
class Duplicate:
    """Two neurons that are duplicates at a run's last snapshot, numbered within their layer.

    `degree` is their likeness. `distance` is the distance of their boundaries in sides of the
    domain. `since` is the iteration from which they are duplicates to the end.

    Three results come from removing the second neuron. In `merged` its outgoing weights are given
    to the first. In `unrelated` they are given to another neuron of the layer that is neither
    constant nor its duplicate. That neuron is drawn with a fixed seed; the result is None if there
    is none. In `dropped` the weights are given to no neuron.
    """

    seed: int
    layer: int
    first: int
    second: int
    degree: float
    distance: float
    since: int
    merged: Removal
    unrelated: Removal | None
    dropped: Removal


def duplicates(
    run: RecordedRun, likenesses: Sequence[Likeness], points: Float64
) -> tuple[Duplicate, ...]:
    """Every pair of duplicates at a run's last snapshot.

    `likenesses` has the likeness of each layer over all snapshots of the run.
    """
    rng = np.random.default_rng([SEED, run.seed])
    found = []
    for layer, like in enumerate(likenesses):
        pairs = np.argwhere(like.duplicates[-1]).tolist()
        apart = boundary_distances(run, layer) if pairs else np.empty((0, 0))
        for first, second in pairs:
            others = np.flatnonzero(~like.constant[-1] & (like.degree[-1, second] < ALIKE))
            unrelated = int(rng.choice(others)) if others.size else None
            since = formed(like, first, second)
            found.append(
                Duplicate(
                    seed=run.seed,
                    layer=layer,
                    first=first,
                    second=second,
                    degree=float(like.degree[-1, first, second]),
                    distance=float(apart[first, second]),
                    since=int(run.iterations[since or 0]),
                    merged=removal(run, -1, layer, second, first, points),
                    unrelated=None
                    if unrelated is None
                    else removal(run, -1, layer, second, unrelated, points),
                    dropped=removal(run, -1, layer, second, None, points),
                )
            )
    return tuple(found)


def every_other(dataset: Dataset) -> Float64:
    """The centres (P, 2) of every other pixel of every other row."""
    points = dataset.points().reshape(dataset.pixels, dataset.pixels, 2)
    return points[::2, ::2].reshape(-1, 2)


def claim_duplicates(growths: Sequence[Growth], found: Sequence[Duplicate]) -> Claim:
    """The claim that two neurons of a layer converge to nearly the same boundary.

    `growths` has one entry for each layer.
    """
    runs = len(growths[0].at_end)
    value = (
        f"copies in {layers(len(growths))}: {_means([each.at_end for each in growths])} of pairs "
        f"(means over runs), {formatting.count(len(found), 'pair')} in all{_apart(found)}"
    )
    control = (
        f"at initialisation {_means([each.at_start for each in growths])}, between runs "
        f"{_shares([each.across for each in growths])}{_replaced(found)}"
    )
    if not found:
        none = share_of_runs("runs with such a pair", 0, runs)
        return row_by_count(COPYCATS, none, "does not hold", value, control)
    return row_by_tests(
        COPYCATS, _gains(growths), least_of_pairs(runs, len(growths)), value, control, runs=runs
    )


def _gains(growths: Sequence[Growth]) -> list[Effect]:
    """The effect in each layer: the gain in the share of pairs that are duplicates."""
    return [
        paired(f"layer {number}, pairs, end against start", each.at_end - each.at_start, POINTS)
        for number, each in enumerate(growths, 1)
    ]


def _means(shares: Sequence[Float64]) -> str:
    """The means over runs of shares (R,), without NaN, as text."""
    finite = [each[np.isfinite(each)] for each in shares]
    return _shares([float(each.mean()) if each.size else 0.0 for each in finite])


def _apart(found: Sequence[Duplicate]) -> str:
    """A clause on how far apart the boundaries of duplicates are; empty without duplicates."""
    if not found:
        return ""
    apart = float(np.median([each.distance for each in found]))
    return f"; their lines lie {apart:.3f} sides of the picture apart (median)"


def _replaced(found: Sequence[Duplicate]) -> str:
    """A clause on how far the output moves when a duplicate is replaced; empty without any."""
    if not found:
        return ""
    by = {
        "its copy": [each.merged.moved for each in found],
        "another neuron": [each.unrelated.moved for each in found if each.unrelated],
        "nothing": [each.dropped.moved for each in found],
    }
    effects = [
        f"by {who} {formatting.percent(float(np.median(moved)), 2)}"
        for who, moved in by.items()
        if moved
    ]
    return f"; replacing a copy moves the output: {', '.join(effects)} (medians)"


def _shares(values: Sequence[float]) -> str:
    """Shares as text in per cent, separated by commas."""
    return ", ".join(formatting.percent(value) for value in values)
