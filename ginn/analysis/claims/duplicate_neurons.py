"""Duplicate neurons ("copycats"): two neurons of a layer that are on in nearly the same places.

The likeness of two neurons is the area where both are on over the area where either is, or the same
of off, whichever is less. These are two Jaccard indices; with the first alone, any two neurons that
are on nearly everywhere would be alike. Within a run it is exact, by `cells.overlaps`. It is 1 for
neurons with the same on set, whatever their slopes, and 0 where they share nothing; neurons with
the same boundary and opposite on sides are no duplicates. A neuron that is on almost everywhere or
almost nowhere has hardly a boundary: it is set apart as constant.

There are two controls. At initialisation the same share of pairs would be alike if training did
nothing. And neurons of different runs learn the same picture but cannot copy each other: if they
are alike as often, it is the picture that makes duplicates, and not the common network.

Axes: K snapshots, n neurons of a layer, R runs, P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.boundary_distances import boundary_distances
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, layers
from ginn.analysis.statistics import SEED, permutation_p_value, sign_flip_p_value
from ginn.dataset.dataset import Dataset
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float32, Float64, RecordedRun

# Duplicates share nine tenths of their on area, and of their off area, or more.
ALIKE = 0.9
# On over less than this share of the domain, or off over less: constant.
CONSTANT = 0.001


@dataclass(frozen=True)
class Likeness:
    """How alike the neurons of a layer are: `degree` (..., n, n) in [0, 1], 1 on the diagonal.

    `constant` (..., n) marks the neurons set apart. The leading axes are snapshots, if any.
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

    The area is as `cells.overlaps` gives it.

    A neuron that is on nowhere, or everywhere, is like none but itself.
    """
    on = np.diagonal(both, axis1=-2, axis2=-1)
    either = on[..., :, None] + on[..., None, :] - both
    alike_on = np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    alike_off = np.divide(1.0 - either, 1.0 - both, out=np.zeros_like(both), where=both < 1.0)
    degree = np.minimum(alike_on, alike_off)
    diagonal = np.arange(both.shape[-1])
    degree[..., diagonal, diagonal] = 1.0
    return Likeness(degree, (on < CONSTANT) | (on > 1.0 - CONSTANT))


def formed(like: Likeness, first: int, second: int) -> int | None:
    """The snapshot from which on two neurons are duplicates to the end.

    None where they are none at the end. `like` goes over the K snapshots of a run.
    """
    alike = like.duplicates[:, min(first, second), max(first, second)]
    apart = np.flatnonzero(~alike)
    since = int(apart[-1]) + 1 if apart.size else 0
    return since if since < len(alike) else None


@dataclass(frozen=True)
class Growth:
    """Duplicates at the end against those at initialisation, over runs, for one layer.

    `at_start` and `at_end` are shares of pairs that are duplicates, all runs taken together, in
    [0, 1]. `p_value` is the sign-flip test's of the runs' own differences, over the `runs` that
    have pairs at both ends: about 1 if training makes no duplicates.
    """

    at_start: float
    at_end: float
    runs: int
    p_value: float


def growth(likes: Sequence[Likeness]) -> Growth:
    """The growth, from each run's likeness over its snapshots in one layer."""
    ends = [
        (int(like.duplicates[k].sum()), int(like.pairs[k].sum())) for like in likes for k in (0, -1)
    ]
    start, end = np.array(ends[::2]).sum(axis=0), np.array(ends[1::2]).sum(axis=0)
    shares = np.array([like.share()[[0, -1]] for like in likes])
    both = np.isfinite(shares).all(axis=1)
    return Growth(
        at_start=float(start[0] / max(start[1], 1)),
        at_end=float(end[0] / max(end[1], 1)),
        runs=int(both.sum()),
        p_value=sign_flip_p_value(shares[both, 1] - shares[both, 0]),
    )


@dataclass(frozen=True)
class BetweenRuns:
    """Duplicates within runs against those across runs, for one layer at the last snapshot.

    `across` is the share of pairs of neurons of different runs that are duplicates, in [0, 1].
    `p_value`: how often as many or more duplicates fall within runs when neurons are assigned to
    the runs at random, one-sided; about 0.5 or above if the picture alone makes duplicates.
    """

    across: float
    p_value: float


def between_runs(on: Sequence[Bool]) -> BetweenRuns:
    """The comparison for runs whose neurons are on at points (n, P), the same points for all.

    Counted over the points of a grid: cells of different runs do not share an arrangement.
    """
    run, like = pooled(on)
    first, second = np.nonzero(like.duplicates)
    other = run[:, None] != run
    across = int((like.pairs & other).sum())
    # Only varying neurons are assigned anew: the constant ones are in no pair.
    place = np.cumsum(~like.constant) - 1
    one, two = place[first], place[second]
    return BetweenRuns(
        across=int((like.duplicates & other).sum()) / max(across, 1),
        p_value=permutation_p_value(
            run[~like.constant], lambda runs: (runs[..., one] == runs[..., two]).sum(axis=-1)
        )
        if len(first)
        else 1.0,
    )


def pooled(on: Sequence[Bool]) -> tuple[NDArray[np.int64], Likeness]:
    """The neurons of all runs as if of one layer: the run of each, and their likeness."""
    run = np.repeat(np.arange(len(on)), [len(each) for each in on])
    states = np.concatenate(on).astype(np.float32)
    return run, likeness((states @ states.T).astype(np.float64) / states.shape[1])


def likeness_across(on: Sequence[Bool]) -> Float64:
    """The degrees (P,) of all pairs of varying neurons of different runs; see `between_runs`."""
    run, like = pooled(on)
    return np.asarray(like.degree[like.pairs & (run[:, None] != run)])


def on_maps(run: RecordedRun, snapshot: int, points: Float64) -> tuple[Bool, ...]:
    """The points (n, P) at which each neuron of each hidden layer is on, at one snapshot."""
    weights, biases = run.at(snapshot)
    return tuple(values.T > 0 for values in pre_activations(weights, biases, points)[:-1])


@dataclass(frozen=True)
class Removal:
    """The effect of removing one neuron from the network, over the domain's points.

    `flipped` is the share of points whose answer changes and `moved` the mean change of the
    probability of white, both in [0, 1]; 0 where the neuron has no effect.
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

    The outgoing weights of `removed` are added to those of `kept`, times the factor that brings
    the activation of `kept` closest to that of `removed` over the points (least squares): a ReLU's
    slope may stand before it or behind it. Without `kept`, nothing
    takes their place.
    """
    weights, biases = run.at(snapshot)
    values = pre_activations(weights, biases, points)
    activation = np.maximum(values[layer], 0.0)
    outgoing = weights[layer + 1].astype(np.float64)
    if kept is not None:
        power = float(activation[:, kept] @ activation[:, kept])
        if power > 0:
            factor = float(activation[:, kept] @ activation[:, removed]) / power
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

    `degree` is their likeness, `distance` that of their boundaries in sides of the domain, `since`
    the iteration from which they are duplicates to the end. The second is removed, and its weights
    are given to the first (`merged`), to another varying neuron of the layer that is not its
    duplicate (`unrelated`, drawn with a fixed seed; None where there is none) or to none
    (`dropped`).
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
    run: RecordedRun, likes: Sequence[Likeness], points: Float64
) -> tuple[Duplicate, ...]:
    """Every pair of duplicates at a run's last snapshot; `likes` are the layers' over all its
    snapshots.
    """
    rng = np.random.default_rng([SEED, run.seed])
    found = []
    for layer, like in enumerate(likes):
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


def claim_duplicates(
    growths: Sequence[Growth],
    between: Sequence[BetweenRuns],
    found: Sequence[Duplicate],
    runs: int,
) -> Claim:
    """Claim 4: two neurons of a layer converge to nearly the same boundary.

    It holds if in some layer both tests say so, over the number of tests; the lists go by layer.
    """
    tests = len(growths) + len(between)
    passed = [
        number
        for number, (grown, other) in enumerate(zip(growths, between, strict=True), 1)
        if grown.at_end > grown.at_start
        and max(grown.p_value, other.p_value) * tests <= SIGNIFICANT
    ]
    verdict: Verdict = "holds" if passed else "not decidable here"
    if not found:
        verdict = "does not hold"
    return Claim(
        name="Copycats",
        statement="Two neurons of one layer converge to nearly the same boundary.",
        definition=f"Share of a layer's pairs of neurons that share {ALIKE:.0%} of their on area "
        f"and of their off area, neurons on or off over all but {CONSTANT:.1%} of the domain set "
        "apart; as at initialisation, and as between neurons of different runs, under no effect. "
        f"{tests} tests: by layer, sign flips over runs and neurons dealt to runs at random. A "
        "neuron is replaced by giving its outgoing weights to another; the output moves by the "
        "mean change of the probability of white.",
        value=f"copies in {layers(range(1, len(growths) + 1))}: "
        f"{_shares([each.at_end for each in growths])} of pairs, "
        f"{formatting.count(len(found), 'pair')} in all; clearly more than in both controls in "
        f"{layers(passed)}" + _apart(found),
        control=f"at initialisation {_shares([each.at_start for each in growths])}, between runs "
        f"{_shares([each.across for each in between])}" + _replaced(found),
        runs=runs,
        verdict=verdict,
    )


def _apart(found: Sequence[Duplicate]) -> str:
    """How far apart the boundaries of duplicates are; empty without duplicates."""
    if not found:
        return ""
    apart = float(np.median([each.distance for each in found]))
    return f"; their lines lie {apart:.3f} sides of the picture apart (median)"


def _replaced(found: Sequence[Duplicate]) -> str:
    """How far the output moves when a duplicate is replaced; empty without duplicates."""
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
    """Shares as per cent, one after the other."""
    return ", ".join(formatting.percent(value) for value in values)
