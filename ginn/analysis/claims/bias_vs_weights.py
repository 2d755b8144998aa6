"""Bias and weights: does a boundary shift before it turns, and does its bias shift it?

These are two questions, because a boundary can shift while its bias stays the same. Inputs are
never negative here. So if all weights of a neuron grow together, they raise its pre-activation
everywhere, much as its bias would.

A boundary of the first layer is a straight line. Its motion between two snapshots is exactly one
shift and one turn. For a neuron of any layer, the change of the pre-activation is the sum of three
terms. They contain means over both snapshots (~), so that the order of the snapshots does not
matter:

    dz(x) = db + dW h(x)~ + W~ dh(x)        its bias, its weights, its inputs

The share of a term is its mean square over the domain, divided by the sum of the three mean
squares. The uniform share is the square of the mean change, divided by the mean square. It is the
part of the change that is the same everywhere, as if only the bias had moved. Means over the
domain are computed on a lattice of LATTICE x LATTICE midpoints.

Control: Adam's first steps move every parameter that has a gradient by one learning rate, whatever
the gradient's size. Each interval is therefore also measured for an artificial step from its first
snapshot. In this step, each parameter that really moved moves by one learning rate, up or down at
random.

Recorded intervals grow from one iteration to thousands. Motion that cancels within an interval is
not measured, so later shares are those of the net motion.

Axes: K snapshots, T = K - 1 intervals between them, N neurons of all layers and the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.statistics import SEED
from ginn.elementary import angle_of, hypotenuse
from ginn.geometry.subdivision import Bool
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun, layer_slices

# The number of points along a side of the lattice. Arrays have a value for each interval, neuron
# and point, so a finer lattice would need more memory.
LATTICE = 10
# "Early" means up to this iteration, and "later" means from it on. An interval that contains it
# inside is neither.
EARLY = 50

Layers = tuple[Float64, ...]


@dataclass(frozen=True)
class Shares:
    """The share of each term in each neuron's change, in [0, 1]; NaN where nothing changed.

    (T, N) for single neurons, (T, L + 1) for the means of layers. `bias`, `weights` and `inputs`
    add up to 1. If the terms are equal, each is 1/3. In the first layer, whose inputs do not
    change, the two others are then 1/2. `uniform` is 1 where the change is the same all over the
    domain, and 0 where the mean change is zero.
    """

    bias: Float64
    weights: Float64
    inputs: Float64
    uniform: Float64


@dataclass(frozen=True)
class Motion:
    """The motion of one run's boundaries, interval by interval, and the control.

    `iterations` (T,) is where each interval begins, and `ends` (T,) is where it ends. `shift_share`
    (T,) is the mean of shift / (shift + turn), in [0, 1], over the first-layer boundaries that
    cross the domain at both ends of the interval and moved; see `shift_and_turn`. It is NaN where
    there is no such boundary.
    """

    iterations: NDArray[np.int64]
    ends: NDArray[np.int64]
    shift_share: Float64
    control_shift_share: Float64
    shares: Shares
    control: Shares
    seed: int = 0

    @property
    def early(self) -> Bool:
        """Whether each interval ends at iteration EARLY or before, (T,)."""
        return np.asarray(self.ends <= EARLY)

    @property
    def later(self) -> Bool:
        """Whether each interval begins at iteration EARLY or after, (T,)."""
        return np.asarray(self.iterations >= EARLY)


def motion(snapshots: RecordedRun) -> Motion:
    """The motion of one run's boundaries between its snapshots; see `Motion`."""
    parameters = [layer.astype(np.float64) for layer in (*snapshots.weights, *snapshots.biases)]
    before = tuple(parameter[:-1] for parameter in parameters)
    after = tuple(parameter[1:] for parameter in parameters)
    stepped = equal_steps(before, after, snapshots.learning_rate[:-1], snapshots.seed)
    depth = len(snapshots.weights)
    measured = shift_and_turn(before[0], before[depth], after[0], after[depth])
    control = shift_and_turn(before[0], before[depth], stepped[0], stepped[depth])
    return Motion(
        iterations=snapshots.iterations[:-1],
        ends=snapshots.iterations[1:],
        shift_share=finite_mean(_share(*measured), 1),
        control_shift_share=finite_mean(_share(*control), 1),
        shares=by_layer(shares(before, after), snapshots.widths),
        control=by_layer(shares(before, stepped), snapshots.widths),
        seed=snapshots.seed,
    )


def shift_and_turn(
    weight: Float64, bias: Float64, next_weight: Float64, next_bias: Float64
) -> tuple[Float64, Float64]:
    """How far each line w x + b = 0 shifts and turns, (T, out) each, in domain units.

    Weights are (T, out, 2), biases (T, out). The shift is the change of the line's signed distance
    to the domain's centre. The turn is its change of direction in radians, times half a side. Both
    are NaN for a line that did not move, or that misses the domain at either end of the interval.
    """
    size = hypotenuse(weight[..., 0], weight[..., 1])
    next_size = hypotenuse(next_weight[..., 0], next_weight[..., 1])
    cross = weight[..., 0] * next_weight[..., 1] - weight[..., 1] * next_weight[..., 0]
    angle = angle_of((weight * next_weight).sum(axis=-1), np.abs(cross))
    moved = (weight != next_weight).any(axis=-1) | (bias != next_bias)
    counted = moved & _crosses(weight, bias) & _crosses(next_weight, next_bias)
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = (weight.sum(axis=-1) / 2 + bias) / size
        next_distance = (next_weight.sum(axis=-1) / 2 + next_bias) / next_size
    shift = np.where(counted, np.abs(next_distance - distance), np.nan)
    return shift, np.where(counted, angle / 2, np.nan)


def _crosses(weight: Float64, bias: Float64) -> Bool:
    """Whether each line passes through the inside of the unit square."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    value = product(weight, corners.T) + bias[..., None]
    return np.asarray((value.max(axis=-1) > 0) & (value.min(axis=-1) < 0))


def _share(part: Float64, rest: Float64) -> Float64:
    """The share of a part in the sum of the part and the rest; NaN where the sum is 0 or NaN."""
    total = part + rest
    return np.asarray(part / np.where(total > 0, total, np.nan))


def shares(before: Layers, after: Layers) -> Shares:
    """The shares of every neuron's change over each interval, (T, N); the output comes last.

    `before` and `after` hold the weights (T, out, in) of all layers and then the biases (T, out).
    """
    depth = len(before) // 2
    points = lattice_points(LATTICE).T  # (2, P)
    inputs = next_inputs = np.broadcast_to(points, (len(before[0]), *points.shape))
    found = []
    for layer in range(depth):
        weight, bias = before[layer], before[depth + layer]
        next_weight, next_bias = after[layer], after[depth + layer]
        value = product(weight, inputs) + bias[..., None]  # (T, out, P)
        next_value = product(next_weight, next_inputs) + next_bias[..., None]
        by_bias = next_bias - bias
        by_weights = product(next_weight - weight, (inputs + next_inputs) / 2)
        by_inputs = product((next_weight + weight) / 2, next_inputs - inputs)
        change = by_bias[..., None] + by_weights + by_inputs
        energy = np.stack([by_bias**2, (by_weights**2).mean(axis=2), (by_inputs**2).mean(axis=2)])
        mean, square = change.mean(axis=2), (change**2).mean(axis=2)
        total = energy.sum(axis=0)
        found.append(
            [
                *(energy / np.where(total > 0, total, np.nan)),
                mean**2 / np.where(square > 0, square, np.nan),
            ]
        )
        inputs, next_inputs = np.maximum(value, 0.0), np.maximum(next_value, 0.0)
    return Shares(*(np.concatenate(each, axis=1) for each in zip(*found, strict=True)))


def lattice_points(side: int) -> Float64:
    """The midpoints (side * side, 2) of a lattice over the domain, in domain units."""
    middle = (np.arange(side) + 0.5) / side
    y, x = np.meshgrid(middle, middle, indexing="ij")
    return np.stack([x, y], axis=-1).reshape(-1, 2)


def equal_steps(before: Layers, after: Layers, learning_rate: Float64, seed: int) -> Layers:
    """The parameters after a step of one learning rate (T,) from `before`, up or down at random.

    A parameter that is equal in `before` and `after` stays. The signs follow from the run's `seed`.
    With the same signs in every run, the controls of the runs would not be independent.
    """
    rng = np.random.default_rng([SEED, seed])
    stepped = []
    for old, new in zip(before, after, strict=True):
        step = learning_rate.reshape(-1, *[1] * (old.ndim - 1)) * rng.choice([-1.0, 1.0], old.shape)
        stepped.append(old + np.where(new != old, step, 0.0))
    return tuple(stepped)


def by_layer(single: Shares, widths: tuple[int, ...]) -> Shares:
    """The means (T, L + 1) of neurons' shares (T, N) over each layer, the output's last."""
    layers = layer_slices(widths)

    def means(share: Float64) -> Float64:
        return np.stack([finite_mean(share[:, layer], 1) for layer in layers], axis=1)

    return Shares(
        means(single.bias), means(single.weights), means(single.inputs), means(single.uniform)
    )


def finite_mean(values: Float64, axis: int) -> Float64:
    """The mean along an axis without the NaN values; NaN where all values are NaN."""
    finite = np.isfinite(values)
    count = finite.sum(axis=axis)
    return np.asarray(np.where(finite, values, 0.0).sum(axis=axis) / np.where(count, count, np.nan))


def early_and_later(run: Motion, share: Float64) -> tuple[Float64, Float64]:
    """The means of a share (T, ...): over the early intervals, and over the later ones."""
    return finite_mean(share[run.early], 0), finite_mean(share[run.later], 0)


def why_unmeasured(runs: Sequence[Motion], later: bool) -> str:
    """Why early motion cannot be measured or compared with `later` motion; "" if it can."""
    if not runs[0].early.any():
        return f"no two snapshots are within the first {EARLY} iterations"
    if later and not runs[0].later.any():
        return f"no two snapshots are later than {EARLY} iterations"
    return ""


def shift_by_layer(run: Motion) -> tuple[Float64, Float64]:
    """The share of shift in the motion by hidden layer, measured and of the control: (T, L) each.

    For the first layer it is exact, from its lines. For a deeper layer it is the uniform share.
    """
    return (
        np.concatenate([run.shift_share[:, None], run.shares.uniform[:, 1:-1]], axis=1),
        np.concatenate([run.control_shift_share[:, None], run.control.uniform[:, 1:-1]], axis=1),
    )
