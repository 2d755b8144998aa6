"""Indecisive neurons: late in training a boundary jumps, and the output hardly notices.

Between two recorded snapshots a neuron flips the points where it was on and is off, or the other
way about. What that does to the output is measured by giving the neuron, in the earlier network,
the activation it has in the later one, and nothing else. A neuron is indecisive when it flips much
and moves little. Why the loss does not care is to be read off where it flips: there its activation,
times what goes out from it, is small, so that the logit hardly changes, or the logit is so far from
zero that its change does not show.

Two controls. If a flip always told, neurons that flip more would move the output more: the rank
correlation of the two says whether they do. And the same is measured in the middle of training,
where the learning rate is high, so that what is read late can be told from what always goes on.

All of it is counted over points of the pixel grid, since the on sets of two snapshots do not share
an arrangement.

Axes: K snapshots, P points, N hidden neurons of all layers, in order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim
from ginn.analysis.statistics import rank_correlation, sign_flip_p_value
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float64, RecordedRun, layer_slices

# Where a window of steps lies, in shares of training: the last tenth, and one just past the middle.
LATE = (0.9, 1.0)
MIDDLE = (0.5, 0.6)
# An indecisive neuron flips at least this share of the domain from snapshot to snapshot ...
FLIPS = 0.01
# ... and moves the probability of white by less than this, on average over the domain.
MOVES = 0.001
# Other shares at which neurons are counted, to show how far the answer hangs on FLIPS.
SHARES = (0.0005, 0.001, 0.002, 0.005, 0.01)


@dataclass(frozen=True)
class Flips:
    """What each hidden neuron does from one snapshot to the next, averaged over the steps; (N,).

    `flipped`: the share of points it flips, in [0, 1]; 0 for a neuron at rest. `moved`: the mean
    change of the probability of white over all points when this neuron's activation alone changes,
    in [0, 1]. The rest is averaged over the flipped points only, NaN where there are none: `push`
    is the change of the logit that comes of it and `certainty` the absolute logit, both in nats;
    `usual` is for comparison: what the neuron contributes to the logit where it is on, that is the
    change if it were taken out, at the first of the steps, averaged over the points where it is on
    (NaN where there are none). `most` is the largest `flipped` of a single step.
    """

    seed: int
    layer: tuple[int, ...]
    steps: int
    flipped: Float64
    moved: Float64
    push: Float64
    usual: Float64
    certainty: Float64
    most: Float64

    @property
    def indecisive(self) -> Bool:
        """The neurons that flip at least FLIPS and move the output less than MOVES, (N,)."""
        return np.asarray((self.flipped >= FLIPS) & (self.moved < MOVES))


class State(NamedTuple):
    """A network at some points: for each layer, output last, its weights and pre-activations."""

    weights: tuple[Float64, ...]
    values: list[Float64]


def state(snapshots: RecordedRun, snapshot: int, points: Float64) -> State:
    """One snapshot at points (P, 2), in float64; values are (P, out) a layer."""
    weights, biases = snapshots.at(snapshot)
    wide = tuple(weight.astype(np.float64) for weight in weights)
    return State(wide, pre_activations(weights, biases, points))


def window(snapshots: RecordedRun, shares: tuple[float, float]) -> range:
    """The steps, by the snapshot each starts from, that end between two shares of training.

    The first share is left out, the second is in. Where no step ends there, it is the one that is
    under way at the second: few snapshots make long steps. Empty for a single snapshot.
    """
    begin, end = (share * snapshots.iterations[-1] for share in shares)
    ends = snapshots.iterations[1:]
    first = int(np.searchsorted(ends, begin, side="right"))
    last = int(np.searchsorted(ends, end, side="right"))
    return range(first, min(max(last, first + 1), len(ends)))


def flips(snapshots: RecordedRun, steps: range, points: Float64) -> Flips:
    """Every hidden neuron's flips from each snapshot of `steps` to the next, over points (P, 2).

    `steps` counts up by one.

    Raises ValueError without any step.
    """
    if not steps:
        raise ValueError(
            f"seed {snapshots.seed}: found no step from a snapshot to the next, expected at least "
            "one; record more snapshots late in training"
        )
    neurons = sum(snapshots.widths)
    flipped = np.zeros((len(steps), neurons))
    moved, push, certainty = np.zeros((3, neurons))
    earlier = state(snapshots, steps[0], points)
    usual = _contributions(earlier, snapshots.widths)
    for number, step in enumerate(steps):
        later = state(snapshots, step + 1, points)
        logit = earlier.values[-1][:, 0]
        white = probability(logit)
        for layer, block in enumerate(layer_slices(snapshots.widths)[:-1]):
            before = np.maximum(earlier.values[layer], 0.0)
            after = np.maximum(later.values[layer], 0.0)
            for row, neuron in enumerate(range(block.start, block.stop)):
                flip = (before[:, row] > 0) != (after[:, row] > 0)
                changed = patched(earlier, layer, row, after[:, row] - before[:, row])
                flipped[number, neuron] = flip.mean()
                moved[neuron] += np.abs(probability(changed) - white).mean() / len(steps)
                push[neuron] += np.abs(changed - logit)[flip].sum()
                certainty[neuron] += np.abs(logit)[flip].sum()
        earlier = later
    count = flipped.sum(axis=0) * len(points)
    return Flips(
        seed=snapshots.seed,
        layer=tuple(np.repeat(np.arange(len(snapshots.widths)), snapshots.widths).tolist()),
        steps=len(steps),
        flipped=flipped.mean(axis=0),
        moved=moved,
        push=_mean(push, count),
        usual=usual,
        certainty=_mean(certainty, count),
        most=flipped.max(axis=0),
    )


def flipped_shares(snapshots: RecordedRun, steps: range, points: Float64) -> Float64:
    """The share of points that each hidden neuron flips a step, (N,), as `Flips.flipped`."""
    total = np.zeros(sum(snapshots.widths))
    on = _states_of(snapshots, steps[0], points)
    for step in steps:
        later = _states_of(snapshots, step + 1, points)
        total += (on != later).mean(axis=0)
        on = later
    return total / len(steps)


def _states_of(snapshots: RecordedRun, snapshot: int, points: Float64) -> Bool:
    """Whether each hidden neuron is on at each point, (P, N)."""
    return np.concatenate(state(snapshots, snapshot, points).values[:-1], axis=1) > 0


def _contributions(network: State, widths: tuple[int, ...]) -> Float64:
    """What each neuron adds to or takes from the logit where it is on, (N,); NaN for none."""
    logit = network.values[-1][:, 0]
    shares = []
    for layer, width in enumerate(widths):
        activation = np.maximum(network.values[layer], 0.0)
        for row in range(width):
            without = patched(network, layer, row, -activation[:, row])
            on = activation[:, row] > 0
            shares.append(np.abs(without - logit)[on].mean() if on.any() else np.nan)
    return np.array(shares)


def _mean(total: Float64, count: Float64) -> Float64:
    """Element by element; NaN where nothing was counted."""
    mean = np.full(total.shape, np.nan)
    return np.asarray(np.divide(total, count, out=mean, where=count > 0))


def patched(network: State, layer: int, row: int, change: Float64) -> Float64:
    """The logit (P,) when one neuron's activation changes by `change` (P,), and nothing else."""
    felt = np.flatnonzero(change)
    logit = network.values[-1][:, 0].copy()
    outgoing = network.weights[layer + 1][:, row]
    values = network.values[layer + 1][felt] + change[felt, None] * outgoing
    for above in range(layer + 1, len(network.weights) - 1):
        difference = np.maximum(values, 0.0) - np.maximum(network.values[above][felt], 0.0)
        values = network.values[above + 1][felt] + difference @ network.weights[above + 1].T
    logit[felt] = values[:, 0]
    return logit


@dataclass(frozen=True)
class Jumper:
    """One neuron of a run, counted in its layer, with what it does; units as in `Flips`."""

    seed: int
    layer: int
    neuron: int
    flipped: float
    most: float
    moved: float
    push: float
    usual: float
    certainty: float


@dataclass(frozen=True)
class Indecision:
    """What the late steps of all runs say.

    `indecisive` neurons, of `neurons`, in `runs_with` of `runs` runs; `jumped` would be so by their
    largest single step. `by_share` counts them with each of SHARES in place of FLIPS. `top` is what
    flips most among the neurons that move less than MOVES, None where none flips. `correlation`
    (runs,) is the rank correlation of flipped and moved within each run: 0 if flips do not tell at
    all, 1 if they tell in order of size; `correlation_p_value` is the sign-flip test's.
    `flipped_late` and `flipped_middle` are means over neurons and runs of the share flipped a step,
    `calmer_p_value` the sign-flip test's of the runs' differences: about 1 if late is as before.
    Two tests.
    """

    runs: int
    neurons: int
    indecisive: int
    runs_with: int
    jumped: int
    by_share: tuple[int, ...]
    top: Jumper | None
    correlation: tuple[float, ...]
    correlation_p_value: float
    flipped_late: float
    flipped_middle: float
    calmer_p_value: float


def indecision(late: Sequence[Flips], middle: Sequence[Float64]) -> Indecision:
    """The flips of each run late in training, and the shares (N,) each flips in the middle.

    A run in which all neurons flip or move the same has no correlation and is left out of it.
    """
    correlations = [rank_correlation(run.flipped, run.moved) for run in late]
    finite = [value for value in correlations if np.isfinite(value)]
    means = np.array(
        [(one.flipped.mean(), two.mean()) for one, two in zip(late, middle, strict=True)]
    )
    still = [run.moved < MOVES for run in late]
    return Indecision(
        runs=len(late),
        neurons=sum(run.flipped.size for run in late),
        indecisive=sum(int(run.indecisive.sum()) for run in late),
        runs_with=sum(bool(run.indecisive.any()) for run in late),
        jumped=sum(
            int((s & (run.most >= FLIPS)).sum()) for s, run in zip(still, late, strict=True)
        ),
        by_share=tuple(
            sum(int((s & (run.flipped >= share)).sum()) for s, run in zip(still, late, strict=True))
            for share in SHARES
        ),
        top=max(
            (each for run in late for each in _jumpers(run)),
            key=lambda each: each.flipped,
            default=None,
        ),
        correlation=tuple(finite),
        correlation_p_value=sign_flip_p_value(finite),
        flipped_late=float(means[:, 0].mean()),
        flipped_middle=float(means[:, 1].mean()),
        calmer_p_value=sign_flip_p_value(means[:, 0] - means[:, 1]),
    )


def _jumpers(run: Flips) -> list[Jumper]:
    """The neurons of a run that flip and move less than MOVES."""
    first = np.searchsorted(run.layer, run.layer)  # the number of each neuron's layer's first
    return [
        Jumper(
            run.seed,
            run.layer[n],
            n - int(first[n]),
            *(
                float(values[n])
                for values in (run.flipped, run.most, run.moved, run.push, run.usual, run.certainty)
            ),
        )
        for n in np.flatnonzero((run.flipped > 0) & (run.moved < MOVES)).tolist()
    ]


def claim_indecision(told: Indecision) -> Claim:
    """Claim 5: late in training one boundary still jumps while the output hardly changes.

    It holds if any neuron is indecisive, and else does not: FLIPS and MOVES decide, no test.
    """
    top = told.top
    return Claim(
        name="The indecisive neuron",
        statement="Late in training, with the learning rate near 0, one boundary still jumps "
        "while the output hardly changes.",
        definition=f"Neurons that, in the last tenth of training, flip {FLIPS:.0%} of the domain "
        "or more from one recorded snapshot to the next on average, and by that move the "
        f"probability of white by less than {MOVES:.1%}; none where boundaries come to rest. "
        f"By its largest single step, {told.jumped} would count. 2 sign-flip tests over runs stand "
        "beside it." + (_why_not_felt(top) if top else ""),
        value=f"{told.indecisive} of {formatting.count(told.neurons, 'neuron')}, in "
        f"{told.runs_with} of {formatting.count(told.runs, 'run')}"
        + (
            f"; {'first of them' if told.indecisive else 'the nearest'}, layer {top.layer + 1} "
            f"neuron {top.neuron + 1} of seed {top.seed}, flips "
            f"{formatting.percent(top.flipped, 2)} of the picture from one recorded moment to the "
            "next and moves the output by "
            f"{formatting.percent(top.moved, 3)}"
            if top
            else ""
        ),
        control=f"in the middle of training a neuron flips "
        f"{formatting.percent(told.flipped_middle, 3)} from one moment to the next, late "
        f"{formatting.percent(told.flipped_late, 3)} "
        f"(means, {formatting.p_value(told.calmer_p_value)})" + _correlated(told),
        runs=told.runs,
        verdict="holds" if told.indecisive else "does not hold",
    )


def _why_not_felt(top: Jumper) -> str:
    """Why the output does not notice, for the definition; a neuron may be on nowhere at first."""
    where_on = "" if math.isnan(top.usual) else f", and {top.usual:.2g} where it is on"
    return (
        f" Why it is not felt: where the neuron named flips, it adds {top.push:.2g} to the logit"
        f"{where_on}; the logit is {top.certainty:.2g} there (means, nats)."
    )


def _correlated(told: Indecision) -> str:
    """Whether neurons that flip more move the output more; nothing without a correlation."""
    if not told.correlation:
        return ""
    rho = formatting.decimal(float(np.median(told.correlation)))
    return (
        f"; rank correlation of flipping and moving within a run {rho} (median, "
        f"{formatting.p_value(told.correlation_p_value)})"
    )
