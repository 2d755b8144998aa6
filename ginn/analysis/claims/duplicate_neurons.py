"""Duplicate neurons ("copycats"): two neurons of a layer that are on in nearly the same places.

The likeness of two neurons is the smaller one of two Jaccard indices. The first is the area where
both are on, divided by the area where at least one is on. The second is the same for off. With the
first index alone, any two neurons that are on nearly everywhere would be alike. Within a run the
likeness is exact, by `cells.overlaps`. It is 1 for neurons with the same on set, whatever their
slopes. It is 0 where the on sets or the off sets share nothing. Neurons with the same boundary that
are on at opposite sides are not duplicates. A neuron that is on almost everywhere or almost nowhere
has almost no boundary. It is marked as constant and left out.

There are two controls. The first is initialisation: if training had no effect, the same share of
pairs would be alike there. The second is pairs of neurons of different runs. These neurons learn
the same picture and cannot influence each other. If they are alike as often, the cause of
duplicates is the picture, and not the common network.

Axes: K snapshots, n neurons of a layer, R runs, P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.boundary_distances import boundary_distances
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, layers, needed_sign_flips
from ginn.analysis.statistics import SEED, permutation_p_value, sign_flip_p_value
from ginn.dataset.dataset import Dataset
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float32, Float64, RecordedRun

# Duplicates share at least this part of their on areas and of their off areas.
ALIKE = 0.9
# A neuron that is on, or off, over less than this share of the domain is constant.
CONSTANT = 0.001


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
    """Duplicates at the end against those at initialisation, over runs, for one layer.

    `at_start` and `at_end` are the shares of duplicates among the pairs of all runs, in [0, 1].
    `p_value` is that of a sign-flip test of the difference in each run, over the `runs` that have
    pairs at both ends. It is about 1 if training makes no duplicates.
    """

    at_start: float
    at_end: float
    runs: int
    p_value: float


def growth(likenesses: Sequence[Likeness]) -> Growth:
    """The growth, from each run's likeness over its snapshots in one layer."""
    ends = [
        (int(like.duplicates[k].sum()), int(like.pairs[k].sum()))
        for like in likenesses
        for k in (0, -1)
    ]
    start, end = np.array(ends[::2]).sum(axis=0), np.array(ends[1::2]).sum(axis=0)
    shares = np.array([like.share()[[0, -1]] for like in likenesses])
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

    `across` is the share of duplicates among pairs of neurons of different runs, in [0, 1].
    `p_value` is one-sided: how often there are as many or more duplicates within runs when neurons
    are assigned to the runs at random. It is about 0.5 or more if the picture is the only cause of
    duplicates.
    """

    across: float
    p_value: float


def between_runs(on: Sequence[Bool]) -> BetweenRuns:
    """The comparison of runs from their on maps (n, P), which use the same points.

    It counts points of a grid, because cells of different runs do not share an arrangement.
    """
    run, like = pooled(on)
    first, second = np.nonzero(like.duplicates)
    other = run[:, None] != run
    across = int((like.pairs & other).sum())
    # Only neurons that are not constant are assigned anew: no pair contains a constant one.
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
    """The run of each neuron, and the likeness of all neurons as if they were one layer."""
    run = np.repeat(np.arange(len(on)), [len(each) for each in on])
    states = np.concatenate(on).astype(np.float32)
    # These sums are whole numbers below 2^24, so they have the same bits in every order.
    return run, likeness((states @ states.T).astype(np.float64) / states.shape[1])


def likeness_across(on: Sequence[Bool]) -> Float64:
    """The likeness (P,) of every pair of neurons of different runs; see `between_runs`.

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


def claim_duplicates(
    growths: Sequence[Growth],
    between: Sequence[BetweenRuns],
    found: Sequence[Duplicate],
    runs: int,
) -> Claim:
    """The row of claim 4: two neurons of a layer converge to nearly the same boundary.

    The claim holds if both tests of some layer are significant, corrected for the number of tests.
    Each list has one entry for each layer.
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
        definition=f"Share of a layer's pairs of neurons whose on areas overlap by {ALIKE:.0%} or "
        "more, and whose off areas do so, too. Neurons that are on or off over all but "
        f"{CONSTANT:.1%} of the domain are left out. Without an effect, the share is the same at "
        "initialisation, and the same between neurons of different runs. "
        f"{tests} tests: for each layer, sign flips over runs, and a random assignment of neurons "
        "to runs. To replace a neuron, its outgoing weights are given to another. The output then "
        "moves by the mean change of the probability of white.",
        value=f"copies in {layers(len(growths))}: "
        f"{_shares([each.at_end for each in growths])} of pairs, "
        f"{formatting.count(len(found), 'pair')} in all; significantly more than in both controls "
        f"in {formatting.numbered('layer', passed)}" + _apart(found),
        control=f"at initialisation {_shares([each.at_start for each in growths])}, between runs "
        f"{_shares([each.across for each in between])}" + _replaced(found),
        runs=runs,
        verdict=verdict,
        needed_full=needed_sign_flips(runs, tests),
    )


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
