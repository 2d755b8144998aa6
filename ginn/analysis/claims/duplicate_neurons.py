"""Copycats: two neurons of a layer that are on in nearly the same places.

Likeness of two neurons is the area where both are on over the area where either is, or the same of
off, whichever is less (two Jaccard indices; with the first alone, any two neurons that are on
nearly everywhere would be alike). It is exact by `cells.overlaps` within a run. It is 1 for copies,
whatever their slopes, and 0 where they share nothing; neurons whose boundary is the same but whose
on side is the other one are no copies. A neuron that is on almost everywhere or almost nowhere has
hardly a boundary to copy: it is set apart as constant.

Two controls. At initialisation the same share of pairs would be alike if training did nothing. And
pairs of neurons from different runs are drawn to the same picture but cannot copy each other: if
they are alike as often, it is the picture that makes copies, not the company.

Axes: K snapshots, n neurons of a layer, R runs, P points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT, Claim, Verdict, layers
from ginn.analysis.statistics import DRAWS, SEED, sign_flip_p_value
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import Polyline, trace
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float32, Float64, RecordedRun, layer_slices

# Copies share nine tenths of their on area, and of their off area, or more.
ALIKE = 0.9
# On over less than this share of the domain, or off over less: constant.
CONSTANT = 0.001
# Points along a boundary at which its distance from another is taken.
POINTS_ALONG = 200


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
        lively = ~self.constant
        upper = np.triu(np.ones(self.degree.shape[-2:], dtype=np.bool_), 1)
        return np.asarray(lively[..., :, None] & lively[..., None, :] & upper)

    @property
    def copies(self) -> Bool:
        """The pairs that are alike, (..., n, n)."""
        return np.asarray(self.pairs & (self.degree >= ALIKE))

    def share(self) -> Float64:
        """The share of the pairs that are copies, (...), in [0, 1]; NaN where there is no pair."""
        pairs = self.pairs.sum(axis=(-2, -1))
        copies = self.copies.sum(axis=(-2, -1))
        share = np.full(np.shape(pairs), np.nan)
        return np.asarray(np.divide(copies, pairs, out=share, where=pairs > 0))


def likeness(both: Float64) -> Likeness:
    """From the area where two neurons are both on, (..., n, n), as `cells.overlaps` gives it.

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
    """The snapshot from which on two neurons are copies to the end; None where they are not then.

    `like` goes over the K snapshots of a run.
    """
    alike = like.copies[:, min(first, second), max(first, second)]
    apart = np.flatnonzero(~alike)
    since = int(apart[-1]) + 1 if apart.size else 0
    return since if since < len(alike) else None


@dataclass(frozen=True)
class Growth:
    """Copies at the end against those at initialisation, over runs, for one layer.

    `at_start` and `at_end` are shares of pairs that are copies, all runs taken together, in [0, 1];
    `pairs_at_start` and `pairs_at_end` the pairs that were neither constant. `p_value` is the
    sign-flip test's of the runs' own differences, over the `runs` that have pairs at both ends:
    about 1 if training makes no copies.
    """

    at_start: float
    at_end: float
    pairs_at_start: int
    pairs_at_end: int
    runs: int
    p_value: float


def growth(likes: Sequence[Likeness]) -> Growth:
    """From each run's likeness over its snapshots in one layer."""
    ends = [
        (int(like.copies[k].sum()), int(like.pairs[k].sum())) for like in likes for k in (0, -1)
    ]
    start, end = np.array(ends[::2]).sum(axis=0), np.array(ends[1::2]).sum(axis=0)
    shares = np.array([like.share()[[0, -1]] for like in likes])
    both = np.isfinite(shares).all(axis=1)
    return Growth(
        at_start=float(start[0] / max(start[1], 1)),
        at_end=float(end[0] / max(end[1], 1)),
        pairs_at_start=int(start[1]),
        pairs_at_end=int(end[1]),
        runs=int(both.sum()),
        p_value=sign_flip_p_value(shares[both, 1] - shares[both, 0]),
    )


@dataclass(frozen=True)
class Company:
    """Copies within runs against copies across runs, for one layer at the last snapshot.

    Shares of pairs that are copies, in [0, 1], and their `pairs`. `p_value`: how often as many or
    more copies fall within runs when neurons are dealt to the runs at random, one-sided, DRAWS
    deals of a fixed seed; about 0.5 or above if the picture alone makes copies.
    """

    within: float
    across: float
    pairs_within: int
    pairs_across: int
    p_value: float


def company(on: Sequence[Bool]) -> Company:
    """From the points (n, P) at which each run's neurons are on; the points are the same for all.

    Counted over the points of a grid: cells of different runs do not share an arrangement.
    """
    run, like = pooled(on)
    first, second = np.nonzero(like.copies)
    lively = np.flatnonzero(~like.constant)
    pairs = len(lively) * (len(lively) - 1) // 2
    own = np.bincount(run[lively], minlength=len(on))
    pairs_within = int((own * (own - 1) // 2).sum())
    within = int(np.count_nonzero(run[first] == run[second]))
    rng = np.random.default_rng(SEED)
    dealt = run.copy()
    as_many = 0
    for _ in range(DRAWS):
        dealt[lively] = rng.permutation(run[lively])
        as_many += int(np.count_nonzero(dealt[first] == dealt[second])) >= within
    across = pairs - pairs_within
    return Company(
        within=within / max(pairs_within, 1),
        across=(len(first) - within) / max(across, 1),
        pairs_within=pairs_within,
        pairs_across=across,
        p_value=(1 + as_many) / (1 + DRAWS),
    )


def pooled(on: Sequence[Bool]) -> tuple[NDArray[np.int64], Likeness]:
    """The neurons of all runs as if of one layer: whose each is, and how alike they are."""
    run = np.repeat(np.arange(len(on)), [len(each) for each in on])
    states = np.concatenate(on).astype(np.float32)
    return run, likeness((states @ states.T).astype(np.float64) / states.shape[1])


def likeness_across(on: Sequence[Bool]) -> Float64:
    """The degrees (P,) of all pairs of lively neurons of different runs; see `company`."""
    run, like = pooled(on)
    return np.asarray(like.degree[like.pairs & (run[:, None] != run)])


def on_maps(snapshots: RecordedRun, snapshot: int, points: Float64) -> tuple[Bool, ...]:
    """The points (n, P) at which each neuron of each hidden layer is on, at one snapshot."""
    weights, biases = snapshots.at(snapshot)
    return tuple(values.T > 0 for values in pre_activations(weights, biases, points)[:-1])


def boundary_distances(snapshots: RecordedRun, snapshot: int, layer: int) -> Float64:
    """How far apart the boundaries of a layer's neurons are, (n, n), in sides of the domain.

    For each point of one boundary, spread evenly along it, the distance to the nearest point of the
    other; the mean over both boundaries, each as a whole counting the same. 0 for copies; NaN where
    a neuron has no boundary. Two lines at random are some .2 to .5 apart.
    """
    one = replace(
        snapshots,
        iterations=snapshots.iterations[[snapshot]],
        weights=tuple(weight[[snapshot]] for weight in snapshots.weights),
        biases=tuple(bias[[snapshot]] for bias in snapshots.biases),
    )
    boundaries = trace(one)
    neurons = range(*layer_slices(snapshots.widths)[layer].indices(boundaries.neurons))
    lines = [_segments(boundaries.polylines(0, neuron)) for neuron in neurons]
    apart = np.full((len(lines), len(lines)), np.nan)
    for i, (tails, heads) in enumerate(lines):
        if len(tails):
            points = _along(tails, heads)
            for j, (others, other_heads) in enumerate(lines):
                if len(others):
                    apart[i, j] = _distances(points, others, other_heads).mean()
    return np.asarray((apart + apart.T) / 2)


def _segments(polylines: Sequence[Polyline]) -> tuple[Float64, Float64]:
    """Both ends (S, 2) of every segment of a boundary that has a length."""
    tails, heads = [np.empty((0, 2))], [np.empty((0, 2))]
    for line in polylines:
        around = np.concatenate([line.vertices, line.vertices[:1]])
        corners = around if line.closed else line.vertices
        tails.append(corners[:-1])
        heads.append(corners[1:])
    tail, head = np.concatenate(tails), np.concatenate(heads)
    long = (tail != head).any(axis=1)
    return tail[long], head[long]


def _along(tail: Float64, head: Float64) -> Float64:
    """POINTS_ALONG points (P, 2) spread evenly by length over segments, none at an end."""
    length = np.linalg.norm(head - tail, axis=1)
    ends = np.cumsum(length)
    place = (np.arange(POINTS_ALONG) + 0.5) / POINTS_ALONG * ends[-1]
    segment = np.minimum(np.searchsorted(ends, place), len(length) - 1)
    share = (place - (ends - length)[segment]) / length[segment]
    return np.asarray(tail[segment] + share[:, None] * (head - tail)[segment])


def _distances(points: Float64, tail: Float64, head: Float64) -> Float64:
    """The distance of each point (P, 2) from the nearest of S segments, (P,)."""
    step = head - tail
    share = np.einsum("psd,sd->ps", points[:, None] - tail, step) / (step**2).sum(axis=1)
    nearest = tail + np.clip(share, 0.0, 1.0)[..., None] * step
    return np.asarray(np.linalg.norm(points[:, None] - nearest, axis=2).min(axis=1))


@dataclass(frozen=True)
class Removal:
    """What becomes of the network when one neuron is taken out, over the domain's points.

    `flipped` is the share of points whose answer changes and `moved` the mean change of the
    probability of white, both in [0, 1]; 0 where the neuron is not missed.
    """

    flipped: float
    moved: float


def removal(
    snapshots: RecordedRun,
    snapshot: int,
    layer: int,
    removed: int,
    kept: int | None,
    points: Float64,
) -> Removal:
    """Take out a neuron, and let another of its layer, `kept`, speak for it.

    The outgoing weights of `removed` are added to those of `kept`, times the factor that brings
    the activation of `kept` closest to that of `removed` over the points (least squares): a ReLU's
    slope may stand before it or behind it. Without `kept`, nobody speaks for it.
    """
    weights, biases = snapshots.at(snapshot)
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
class Copy:
    """Two neurons of a run that are copies at the last snapshot; both are counted in their layer.

    `degree` is their likeness, `distance` that of their boundaries in sides of the domain, `since`
    the iteration from which they are copies to the end. `merged` is what happens when the first
    speaks for the second; `stranger` when another lively neuron of the layer that is not its copy
    does (drawn with a fixed seed; None where there is none), `dropped` when nobody does.
    """

    seed: int
    layer: int
    first: int
    second: int
    degree: float
    distance: float
    since: int
    merged: Removal
    stranger: Removal | None
    dropped: Removal


def copies(snapshots: RecordedRun, likes: Sequence[Likeness], points: Float64) -> tuple[Copy, ...]:
    """Every pair of copies at a run's last snapshot; `likes` are the layers' over all snapshots."""
    rng = np.random.default_rng([SEED, snapshots.seed])
    found = []
    for layer, like in enumerate(likes):
        pairs = np.argwhere(like.copies[-1]).tolist()
        apart = boundary_distances(snapshots, -1, layer) if pairs else np.empty((0, 0))
        for first, second in pairs:
            others = np.flatnonzero(~like.constant[-1] & (like.degree[-1, second] < ALIKE))
            stranger = int(rng.choice(others)) if others.size else None
            since = formed(like, first, second)
            found.append(
                Copy(
                    seed=snapshots.seed,
                    layer=layer,
                    first=first,
                    second=second,
                    degree=float(like.degree[-1, first, second]),
                    distance=float(apart[first, second]),
                    since=int(snapshots.iterations[since or 0]),
                    merged=removal(snapshots, -1, layer, second, first, points),
                    stranger=None
                    if stranger is None
                    else removal(snapshots, -1, layer, second, stranger, points),
                    dropped=removal(snapshots, -1, layer, second, None, points),
                )
            )
    return tuple(found)


def every_other(dataset: Dataset) -> Float64:
    """The centres (P, 2) of every other pixel of every other row."""
    points = dataset.points().reshape(dataset.pixels, dataset.pixels, 2)
    return points[::2, ::2].reshape(-1, 2)


def claim_copycats(
    growths: Sequence[Growth], companies: Sequence[Company], found: Sequence[Copy], runs: int
) -> Claim:
    """Claim 4: two neurons of a layer converge to nearly the same boundary.

    It holds if in some layer both tests say so, over the number of tests; the lists go by layer.
    """
    tests = len(growths) + len(companies)
    passed = [
        number
        for number, (grown, beside) in enumerate(zip(growths, companies, strict=True), 1)
        if grown.at_end > grown.at_start
        and max(grown.p_value, beside.p_value) * tests <= SIGNIFICANT
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
        f"{_shares([each.across for each in companies])}" + _missed(found),
        runs=runs,
        verdict=verdict,
    )


def _apart(found: Sequence[Copy]) -> str:
    """How far apart the boundaries of copies are; nothing without copies."""
    if not found:
        return ""
    apart = float(np.median([each.distance for each in found]))
    return f"; their lines lie {apart:.3f} sides of the picture apart (median)"


def _missed(found: Sequence[Copy]) -> str:
    """How much copies are missed; nothing without copies."""
    if not found:
        return ""
    by = {
        "its copy": [each.merged.moved for each in found],
        "another neuron": [each.stranger.moved for each in found if each.stranger],
        "nothing": [each.dropped.moved for each in found],
    }
    told = [
        f"by {who} {formatting.percent(float(np.median(moved)), 2)}"
        for who, moved in by.items()
        if moved
    ]
    return f"; replacing a copy moves the output: {', '.join(told)} (medians)"


def _shares(values: Sequence[float]) -> str:
    """Shares as per cent, one after the other."""
    return ", ".join(formatting.percent(value) for value in values)
