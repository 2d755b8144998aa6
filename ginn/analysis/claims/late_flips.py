"""Late flips: late in training a boundary jumps, and the output hardly changes.

Between two recorded snapshots a neuron flips the points at which it is on in one and off in the
other. The effect on the output is measured by giving the neuron, in the earlier network, the
activation it has in the later one, and nothing else. A neuron has late flips when it flips much and
moves the output little. The reason is seen where it flips: there its activation times its outgoing
weights is small, so that the logit hardly changes, or the logit is so far from zero that the
change of the probability is small.

There are two controls. If every flip showed in the output, neurons that flip more would move the
output more: the rank correlation of the two says whether they do. The same is also measured in the
middle of training, where the learning rate is high.

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
# A neuron with late flips flips at least this share of the domain from snapshot to snapshot ...
FLIPS = 0.01
# ... and moves the probability of white by less than this, on average over the domain.
MOVES = 0.001


@dataclass(frozen=True)
class Flips:
    """The flips of each hidden neuron from one snapshot to the next, averaged over the steps; (N,).

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
    flipped: Float64
    moved: Float64
    push: Float64
    usual: Float64
    certainty: Float64
    most: Float64

    @property
    def late(self) -> Bool:
        """The neurons with late flips, (N,).

        They flip at least FLIPS and move the output less than MOVES.
        """
        return np.asarray((self.flipped >= FLIPS) & (self.moved < MOVES))


class State(NamedTuple):
    """A network at some points: for each layer, output last, its weights and pre-activations."""

    weights: tuple[Float64, ...]
    values: list[Float64]


def state(run: RecordedRun, snapshot: int, points: Float64) -> State:
    """One snapshot at points (P, 2), in float64; values are (P, out) a layer."""
    weights, biases = run.at(snapshot)
    wide = tuple(weight.astype(np.float64) for weight in weights)
    return State(wide, pre_activations(weights, biases, points))


def window(run: RecordedRun, shares: tuple[float, float]) -> range:
    """The steps, by the snapshot each starts from, that end between two shares of training.

    The first share is left out, the second is in. Where no step ends there, it is the one that is
    under way at the second: few snapshots make long steps. Empty for a single snapshot.
    """
    begin, end = (share * run.iterations[-1] for share in shares)
    ends = run.iterations[1:]
    first = int(np.searchsorted(ends, begin, side="right"))
    last = int(np.searchsorted(ends, end, side="right"))
    return range(first, min(max(last, first + 1), len(ends)))


def flips(run: RecordedRun, steps: range, points: Float64) -> Flips:
    """Every hidden neuron's flips from each snapshot of `steps` to the next, over points (P, 2).

    `steps` counts up by one.

    Raises ValueError without any step.
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
    """The share of points that each hidden neuron flips a step, (N,), as `Flips.flipped`."""
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
    """The mean size of what each neuron adds to the logit where it is on, (N,); NaN for none."""
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
    """The quotient, element by element; NaN where nothing was counted."""
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

    `late` of `neurons` neurons, in `runs_with` of `runs` runs, have late flips; `late_once` would
    have them by their largest single step. `top` flips most among the neurons that move less than
    MOVES, None where none flips. `correlation` (runs,) is the rank correlation of flipped and moved
    within each run: 0 if the output does not follow the flips, 1 if it follows them in order of
    size; `correlation_p_value` is the sign-flip test's. `flipped_late` and `flipped_middle` are
    means over neurons and runs of the share flipped a step, `calmer_p_value` the sign-flip test's
    of the runs' differences: about 1 if late is as before. Two tests.
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

    `middle` are the shares (N,) that each run's neurons flip in the middle of training.
    A run in which all neurons flip or move the same has no correlation and is left out of it.
    """
    correlations = [rank_correlation(run.flipped, run.moved) for run in late]
    finite = [value for value in correlations if np.isfinite(value)]
    means = np.array(
        [(one.flipped.mean(), two.mean()) for one, two in zip(late, middle, strict=True)]
    )
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
        calmer_p_value=sign_flip_p_value(means[:, 0] - means[:, 1]),
    )


def _flipping(run: Flips) -> list[FlippingNeuron]:
    """The neurons of a run that flip and move less than MOVES."""
    first = np.searchsorted(run.layer, run.layer)  # the number of each neuron's layer's first
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


def claim_late_flips(found: LateFlips) -> Claim:
    """Claim 5: late in training one boundary still jumps while the output hardly changes.

    It holds if any neuron has late flips, and else does not: FLIPS and MOVES decide, no test.
    """
    top = found.top
    return Claim(
        name="The indecisive neuron",
        statement="Late in training, with the learning rate near 0, one boundary still jumps "
        "while the output hardly changes.",
        definition=f"Neurons that, in the last tenth of training, flip {FLIPS:.0%} of the domain "
        "or more from one recorded snapshot to the next on average, and by that move the "
        f"probability of white by less than {MOVES:.1%}; none where boundaries come to rest. "
        f"By its largest single step, {found.late_once} would count. 2 sign-flip tests over runs "
        "stand beside it." + (_why_unfelt(top) if top else ""),
        value=f"{found.late} of {formatting.count(found.neurons, 'neuron')}, in "
        f"{found.runs_with} of {formatting.count(found.runs, 'run')}"
        + (
            f"; {'first of them' if found.late else 'the nearest'}, layer {top.layer + 1} "
            f"neuron {top.neuron + 1} of seed {top.seed}, flips "
            f"{formatting.percent(top.flipped, 2)} of the picture from one snapshot to the "
            "next and moves the output by "
            f"{formatting.percent(top.moved, 3)}"
            if top
            else ""
        ),
        control=f"in the middle of training a neuron flips "
        f"{formatting.percent(found.flipped_middle, 3)} from one snapshot to the next, late "
        f"{formatting.percent(found.flipped_late, 3)} "
        f"(means, {formatting.p_value(found.calmer_p_value)})" + _correlated(found),
        runs=found.runs,
        verdict="holds" if found.late else "does not hold",
    )


def _why_unfelt(top: FlippingNeuron) -> str:
    """Why the output hardly changes, for the definition; a neuron may be on nowhere at first."""
    where_on = "" if math.isnan(top.usual) else f", and {top.usual:.2g} where it is on"
    return (
        f" Why it is not felt: where the neuron named flips, it adds {top.push:.2g} to the logit"
        f"{where_on}; the logit is {top.certainty:.2g} there (means, nats)."
    )


def _correlated(found: LateFlips) -> str:
    """Whether neurons that flip more move the output more; nothing without a correlation."""
    if not found.correlation:
        return ""
    rho = formatting.decimal(float(np.median(found.correlation)))
    return (
        f"; rank correlation of flipping and moving within a run {rho} (median, "
        f"{formatting.p_value(found.correlation_p_value)})"
    )
