"""Late flips: late in training a boundary jumps, and the output hardly changes.

A neuron flips a point between two recorded snapshots if it is on there in one and off in the other.
To measure the effect on the output, this neuron of the earlier network gets the activation that it
has in the later network. Nothing else changes. A neuron has late flips if it flips many points and
moves the output little. There are two possible reasons at the flipped points. Either the activation
times the outgoing weights is small, so that the logit hardly changes. Or the logit is so far from
zero that the change of the probability is small.

There are two controls. The first is the rank correlation of flips and effects: if every flip
changed the output, neurons that flip more would move the output more. The second is the same
measure in the middle of training, where the learning rate is high.

Everything is counted over points of the pixel grid, because the on sets of two snapshots do not
share an arrangement.

Axes: K snapshots, P points, N hidden neurons of all layers, in order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim, unmeasured
from ginn.analysis.statistics import rank_correlation, sign_flip_p_value
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun, layer_slices

# Two windows of steps, in shares of training: the last tenth, and a tenth after the middle.
LATE = (0.9, 1.0)
MIDDLE = (0.5, 0.6)
# A neuron with late flips flips at least this share of the domain from snapshot to snapshot ...
FLIPS = 0.01
# ... and moves the probability of white by less than this, on average over the domain.
MOVES = 0.001


@dataclass(frozen=True)
class Flips:
    """The flips of each hidden neuron from one snapshot to the next, averaged over the steps; (N,).

    - `flipped`: the share of points that the neuron flips, in [0, 1]; 0 if it does not move.
    - `moved`: the mean change of the probability of white over all points if only this neuron's
      activation changes, in [0, 1].
    - `push`: the change of the logit by this, in nats. The mean is over the flipped points only,
      and NaN without any. The same is true for `certainty`.
    - `certainty`: the absolute logit, in nats.
    - `usual`, for comparison: the change of the logit if the neuron is removed at the first of the
      steps. The mean is over the points where it is on, and NaN without any.
    - `most`: the largest `flipped` of a single step.
    """

    seed: int
    layer: tuple[int, ...]
    flipped: Float64
    moved: Float64
    push: Float64
    usual: Float64
    certainty: Float64
    most: Float64

    @property
    def late(self) -> Bool:
        """The neurons with late flips, (N,).

        These flip at least FLIPS of the points and move the output by less than MOVES.
        """
        return np.asarray((self.flipped >= FLIPS) & (self.moved < MOVES))


class State(NamedTuple):
    """The weights and the pre-activations at some points, for each layer; the output comes last."""

    weights: tuple[Float64, ...]
    values: list[Float64]


def state(run: RecordedRun, snapshot: int, points: Float64) -> State:
    """The state of a network at points (P, 2), at one snapshot, in float64.

    The values of a layer are (P, out).
    """
    weights, biases = run.at(snapshot)
    wide = tuple(weight.astype(np.float64) for weight in weights)
    return State(wide, pre_activations(weights, biases, points))


def window(run: RecordedRun, shares: tuple[float, float]) -> range:
    """The steps, by the snapshot each starts from, that lie wholly between two shares of training.

    It is empty if no two snapshots lie there, as with few snapshots.
    """
    begin, end = (share * run.iterations[-1] for share in shares)
    first = int(np.searchsorted(run.iterations, begin))
    last = int(np.searchsorted(run.iterations, end, side="right")) - 1
    return range(first, max(first, last))


def flips(run: RecordedRun, steps: range, points: Float64) -> Flips:
    """The flips of every hidden neuron over points (P, 2) in some steps.

    `steps` are successive snapshots, and each step leads to the next snapshot. Raises ValueError if
    there are none.
    """
    if not steps:
        raise ValueError(
            f"seed {run.seed}: found no step from a snapshot to the next, expected at least "
            "one; record more snapshots late in training"
        )
    neurons = sum(run.widths)
    flipped = np.zeros((len(steps), neurons))
    moved, push, certainty = np.zeros((3, neurons))
    earlier = state(run, steps[0], points)
    usual = _contributions(earlier, run.widths)
    for number, step in enumerate(steps):
        later = state(run, step + 1, points)
        logit = earlier.values[-1][:, 0]
        white = probability(logit)
        for layer, block in enumerate(layer_slices(run.widths)[:-1]):
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
        seed=run.seed,
        layer=tuple(np.repeat(np.arange(len(run.widths)), run.widths).tolist()),
        flipped=flipped.mean(axis=0),
        moved=moved,
        push=_mean(push, count),
        usual=usual,
        certainty=_mean(certainty, count),
        most=flipped.max(axis=0),
    )


def flipped_shares(run: RecordedRun, steps: range, points: Float64) -> Float64:
    """The share of points that each hidden neuron flips in a step, (N,), as `Flips.flipped`.

    It is NaN without a step.
    """
    if not steps:
        return np.full(sum(run.widths), np.nan)
    total = np.zeros(sum(run.widths))
    on = _states_of(run, steps[0], points)
    for step in steps:
        later = _states_of(run, step + 1, points)
        total += (on != later).mean(axis=0)
        on = later
    return total / len(steps)


def _states_of(run: RecordedRun, snapshot: int, points: Float64) -> Bool:
    """Whether each hidden neuron is on at each point, (P, N)."""
    return np.concatenate(state(run, snapshot, points).values[:-1], axis=1) > 0


def _contributions(network: State, widths: tuple[int, ...]) -> Float64:
    """The mean absolute change of the logit if a neuron is removed, (N,), where the neuron is on.

    It is NaN for a neuron that is on nowhere.
    """
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
    """The means from totals and counts, element by element; NaN where the count is zero."""
    mean = np.full(total.shape, np.nan)
    return np.asarray(np.divide(total, count, out=mean, where=count > 0))


def patched(network: State, layer: int, row: int, change: Float64) -> Float64:
    """The logit (P,) if only one neuron's activation changes, by `change` (P,)."""
    felt = np.flatnonzero(change)
    logit = network.values[-1][:, 0].copy()
    outgoing = network.weights[layer + 1][:, row]
    values = network.values[layer + 1][felt] + change[felt, None] * outgoing
    for above in range(layer + 1, len(network.weights) - 1):
        difference = np.maximum(values, 0.0) - np.maximum(network.values[above][felt], 0.0)
        values = network.values[above + 1][felt] + product(difference, network.weights[above + 1].T)
    logit[felt] = values[:, 0]
    return logit


@dataclass(frozen=True)
class FlippingNeuron:
    """One neuron of a run, numbered within its layer, and its values in `Flips`."""

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
class LateFlips:
    """The late flips of all runs.

    `late` of `neurons` neurons, in `runs_with` of `runs` runs, have late flips. `late_once` neurons
    would have them if their largest single step counted. `top` is the neuron that flips most among
    those that move the output by less than MOVES, or None if none of them flips.

    `correlation` (runs,) is the rank correlation of flipped and moved within each run. It is 0 if
    the effect does not depend on the size of the flips, and 1 if it grows with it.
    `correlation_p_value` is that of its sign-flip test.

    `flipped_late` and `flipped_middle` are the means over neurons and runs of the share flipped in
    a step; the latter is NaN without a step there. `calmer_p_value` is that of the sign-flip test
    of the runs' differences, and about 1 if there is none. These are two tests.
    """

    runs: int
    neurons: int
    late: int
    runs_with: int
    late_once: int
    top: FlippingNeuron | None
    correlation: tuple[float, ...]
    correlation_p_value: float
    flipped_late: float
    flipped_middle: float
    calmer_p_value: float


def summarise(late: Sequence[Flips], middle: Sequence[Float64]) -> LateFlips:
    """The late flips of all runs, from each run's flips late in training.

    `middle` has the shares (N,) that each run's neurons flip in the middle of training. If all
    neurons of a run flip or move by the same amount, the run has no correlation. It is then left
    out of the correlation.
    """
    correlations = [rank_correlation(run.flipped, run.moved) for run in late]
    finite = [value for value in correlations if np.isfinite(value)]
    means = np.array(
        [(one.flipped.mean(), two.mean()) for one, two in zip(late, middle, strict=True)]
    )
    calmer = means[:, 0] - means[:, 1]
    still = [run.moved < MOVES for run in late]
    return LateFlips(
        runs=len(late),
        neurons=sum(run.flipped.size for run in late),
        late=sum(int(run.late.sum()) for run in late),
        runs_with=sum(bool(run.late.any()) for run in late),
        late_once=sum(
            int((s & (run.most >= FLIPS)).sum()) for s, run in zip(still, late, strict=True)
        ),
        top=max(
            (each for run in late for each in _flipping(run)),
            key=lambda each: each.flipped,
            default=None,
        ),
        correlation=tuple(finite),
        correlation_p_value=sign_flip_p_value(finite),
        flipped_late=float(means[:, 0].mean()),
        flipped_middle=float(means[:, 1].mean()),
        calmer_p_value=sign_flip_p_value(calmer[np.isfinite(calmer)]),
    )


def _flipping(run: Flips) -> list[FlippingNeuron]:
    """The neurons of a run that flip and move less than MOVES."""
    # For each neuron, the number of the first neuron of its layer.
    first = np.searchsorted(run.layer, run.layer)
    return [
        FlippingNeuron(
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


def claim_late_flips(found: LateFlips | None) -> Claim:
    """The row of claim 5: late in training one boundary jumps while the output hardly changes.

    The claim holds if any neuron has late flips. The limits FLIPS and MOVES decide, not a test.
    `found` is None for runs without a recorded step late in training.
    """
    name = "The indecisive neuron"
    statement = (
        "Late in training, with the learning rate near 0, one boundary still jumps while the "
        "output hardly changes."
    )
    if found is None:
        return unmeasured(
            name, statement, "no two snapshots are within the last tenth of the training"
        )
    top = found.top
    return Claim(
        name=name,
        statement=statement,
        definition=f"Neurons that, in the last tenth of training, flip {FLIPS:.0%} of the domain "
        "or more from one recorded snapshot to the next on average, and thereby move the "
        f"probability of white by less than {MOVES:.1%}; none where boundaries come to rest. "
        f"If the largest single step counted, {found.late_once or 'none'} would. 2 sign-flip tests "
        "over runs, which do not decide." + (_why_unfelt(top) if top else ""),
        value=f"{found.late} of {formatting.count(found.neurons, 'neuron')}, in "
        f"{found.runs_with} of {formatting.count(found.runs, 'run')}"
        + (
            f"; {_named(found)}, layer {top.layer + 1} neuron {top.neuron + 1} of seed "
            f"{top.seed}, flips "
            f"{formatting.percent(top.flipped, 2)} of the picture from one snapshot to the "
            "next and moves the output by "
            f"{formatting.percent(top.moved, 3)}"
            if top
            else ""
        ),
        control=_middle(found) + _correlated(found),
        runs=found.runs,
        verdict="holds" if found.late else "does not hold",
    )


def _named(found: LateFlips) -> str:
    """The words for the neuron that is named: it has late flips, or it comes nearest."""
    if not found.late:
        return "the nearest"
    return "this one" if found.late == 1 else "the first of them"


def _middle(found: LateFlips) -> str:
    """How much a neuron flips late in training and in the middle."""
    late = formatting.percent(found.flipped_late, 3)
    if math.isnan(found.flipped_middle):
        return (
            f"late in training a neuron flips {late} from one snapshot to the next (mean); in the "
            "middle of training no two snapshots are close enough to compare"
        )
    return (
        f"in the middle of training a neuron flips {formatting.percent(found.flipped_middle, 3)} "
        f"from one snapshot to the next, late {late} (means, "
        f"{formatting.p_value(found.calmer_p_value)})"
    )


def _why_unfelt(top: FlippingNeuron) -> str:
    """A sentence on why the output hardly changes, for the definition.

    A neuron that is on nowhere at first has no `usual` value to name.
    """
    where_on = "" if math.isnan(top.usual) else f", and {top.usual:.2g} where it is on"
    return (
        " Why the output hardly changes: where the neuron named flips, it adds "
        f"{top.push:.2g} to the logit"
        f"{where_on}; the logit is {top.certainty:.2g} there (means, nats)."
    )


def _correlated(found: LateFlips) -> str:
    """A clause on whether neurons that flip more move the output more.

    It is empty without a correlation.
    """
    if not found.correlation:
        return ""
    rho = formatting.decimal(float(np.median(found.correlation)))
    return (
        f"; rank correlation of flipping and moving within a run {rho} (median, "
        f"{formatting.p_value(found.correlation_p_value)})"
    )
