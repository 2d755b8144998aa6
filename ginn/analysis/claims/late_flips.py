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

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

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
    - `push`: the absolute change of the logit if only this neuron's activation changes, in nats.
      The mean is over the flipped points only, and NaN without any.
    - `certainty`: the absolute logit, in nats. The mean is over the same points as that of `push`.
    - `usual`, for comparison: the absolute change of the logit if the neuron is removed at the
      first of the steps. The mean is over the points where the neuron is on, and NaN without any.
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

    `steps` are successive snapshots, one or more. Each step leads to the next snapshot.
    """
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
