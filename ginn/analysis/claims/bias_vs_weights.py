"""Bias and weights: does a boundary shift before it turns, and does its bias shift it?

These are two questions, because a boundary can shift while its bias stays the same. Inputs are
never negative here. So if all weights move in one direction, they change the pre-activation by
nearly the same amount everywhere.

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

from ginn import formatting
from ginn.analysis.claim import (
    Claim,
    all_of,
    compared,
    layers,
    medians,
    needed_sign_flips,
    unmeasured,
)
from ginn.analysis.statistics import SEED
from ginn.elementary import angle_of, hypotenuse
from ginn.geometry.subdivision import Bool
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun, layer_slices

LATTICE = 10
# "Early" means up to this iteration, and "later" means from it on.
EARLY = 50
# The number of intervals that a share is averaged over to find a phase.
WINDOW = 10

Layers = tuple[Float64, ...]


@dataclass(frozen=True)
class Shares:
    """The share of each term in each neuron's change, in [0, 1]; NaN where nothing changed.

    (T, N) for single neurons, (T, L + 1) for the means of layers. `bias`, `weights` and `inputs`
    add up to 1. Each is 1/3 if the terms are equal, or 1/2 in the first layer, whose inputs do not
    change. `uniform` is 1 where the change is the same all over the domain, and 0 where the mean
    change is zero.
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

    @property
    def early(self) -> Bool:
        """The intervals within the first EARLY iterations, (T,)."""
        return np.asarray(self.ends <= EARLY)

    @property
    def later(self) -> Bool:
        """The intervals that begin later, (T,)."""
        return np.asarray(self.iterations >= EARLY)


def motion(snapshots: RecordedRun) -> Motion:
    """The motion of one run's boundaries between its snapshots; see `Motion`."""
    parameters = [layer.astype(np.float64) for layer in (*snapshots.weights, *snapshots.biases)]
    before = tuple(parameter[:-1] for parameter in parameters)
    after = tuple(parameter[1:] for parameter in parameters)
    stepped = equal_steps(before, after, snapshots.learning_rate[:-1])
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


def _crosses(weight: Float64, bias: Float64) -> NDArray[np.bool_]:
    """Whether each line passes through the inside of the unit square."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    value = product(weight, corners.T) + bias[..., None]
    return np.asarray((value.max(axis=-1) > 0) & (value.min(axis=-1) < 0))


def _share(part: Float64, rest: Float64) -> Float64:
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


def equal_steps(before: Layers, after: Layers, learning_rate: Float64) -> Layers:
    """The parameters after a step of one learning rate (T,) from `before`, up or down at random.

    A parameter that is equal in `before` and `after` stays. The seed of the signs is fixed.
    """
    rng = np.random.default_rng(SEED)
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


def phases(
    iterations: NDArray[np.int64], share: Float64, level: float, window: int = WINDOW
) -> list[tuple[int, int]]:
    """The phases in which the mean of a share (T,) over `window` intervals is `level` or more.

    A phase is given by the iterations at which its first and its last window begin.
    """
    above = np.concatenate([[False], _running(share, window) >= level, [False]])
    change = np.flatnonzero(np.diff(above.astype(np.int8)))
    return [
        (int(iterations[a]), int(iterations[b - 1]))
        for a, b in zip(change[::2], change[1::2], strict=True)
    ]


def _running(values: Float64, window: int) -> Float64:
    """The means over each `window` successive values without NaN, (T - window + 1,)."""
    if values.size < window:
        return np.empty(0)
    return finite_mean(np.lib.stride_tricks.sliding_window_view(values, window), 1)


def early_and_later(run: Motion, share: Float64) -> tuple[Float64, Float64]:
    """The means of a share (T, ...): over the early intervals, and over the later ones."""
    return finite_mean(share[run.early], 0), finite_mean(share[run.later], 0)


def not_recorded(runs: Sequence[Motion], later: bool) -> str:
    """Why early motion cannot be measured or compared with `later` motion; "" if it can."""
    if not runs[0].early.any():
        return f"no two snapshots are within the first {EARLY} iterations"
    if later and not runs[0].later.any():
        return f"no two snapshots are later than {EARLY} iterations"
    return ""


def shifts(run: Motion) -> tuple[Float64, Float64]:
    """The share of shift in the motion by hidden layer, measured and of the control: (T, L) each.

    For the first layer it is exact, from its lines. For a deeper layer it is the uniform share.
    """
    return (
        np.concatenate([run.shift_share[:, None], run.shares.uniform[:, 1:-1]], axis=1),
        np.concatenate([run.control_shift_share[:, None], run.control.uniform[:, 1:-1]], axis=1),
    )


def claim_shift_before_turn(runs: Sequence[Motion]) -> Claim:
    """The row of claim 2, the observation: boundaries shift before they turn."""
    name = "Shift before turn"
    statement = (
        "Early in training, boundaries shift rather than turn: more than they do later, and more "
        "than they would if all parameters made equal steps."
    )
    if why := not_recorded(runs, later=True):
        return unmeasured(name, statement, why)
    measured = [early_and_later(run, shifts(run)[0]) for run in runs]
    early, later = (np.array(each) for each in zip(*measured, strict=True))  # (runs, L)
    control = np.array([early_and_later(run, shifts(run)[1])[0] for run in runs])
    tests = 2 * early.shape[1]
    against_later = [compared(each, tests) for each in (early - later).T]
    against_control = [compared(each, tests) for each in (early - control).T]
    return Claim(
        name=name,
        statement=statement,
        definition=f"Share of shift in motion, in the first {EARLY} iterations against all later "
        "ones, by hidden layer. In layer 1 it is measured on the lines. In deeper layers it is the "
        "part of a change of pre-activation that is the same everywhere. "
        f"{tests} sign-flip tests over runs.",
        value=f"share of shift in {layers(early.shape[1])}: early {medians(early)}, "
        f"later {medians(later)} (medians over runs)",
        control=f"steps of equal size and random sign, early: {medians(control)}; "
        f"clearly more shift in {against_control.count('holds')} of "
        f"{formatting.count(len(against_control), 'layer')}",
        runs=len(runs),
        verdict=all_of(against_later + against_control),
        needed_full=needed_sign_flips(len(runs), tests),
    )


def claim_bias_moves_first(runs: Sequence[Motion]) -> Claim:
    """The row of claim 2, its explanation: biases move a boundary before weights do."""
    name = "Bias before weight"
    statement = "Early in training a neuron's bias moves its boundary more than its weights do."
    if why := not_recorded(runs, later=False):
        return unmeasured(name, statement, why)
    early, weights, inputs, control = (
        np.array(
            [early_and_later(run, share)[0][:-1] for run, share in zip(runs, each, strict=True)]
        )
        for each in (
            [run.shares.bias for run in runs],
            [run.shares.weights for run in runs],
            [run.shares.inputs for run in runs],
            [run.control.bias for run in runs],
        )
    )
    tests = 2 * early.shape[1]
    verdicts = [compared(each, tests) for each in [*(early - weights).T, *(early - control).T]]
    return Claim(
        name=name,
        statement=statement,
        definition="A change of pre-activation has three terms: the neuron's own bias, its own "
        "weights, and its inputs, which earlier layers change. Measured are the terms' shares over "
        f"the domain in the first {EARLY} iterations, by hidden layer. If the claim holds, the "
        "bias has a larger share than the weights and than in the control. The claim says nothing "
        f"about the inputs. {tests} sign-flip tests over runs.",
        value=f"bias {medians(early)}, own weights {medians(weights)}, inputs {medians(inputs)} "
        f"(shares in {layers(early.shape[1])}; medians over runs)",
        control=f"steps of equal size and random sign: bias {medians(control)}",
        runs=len(runs),
        verdict=all_of(verdicts),
        needed_full=needed_sign_flips(len(runs), tests),
    )


def claim_later_phases(runs: Sequence[Motion]) -> Claim:
    """The row of claim 2, its last part: phases of shifting come again later in training."""
    name = "Shifting again"
    statement = "Later in training, there are phases in which boundaries shift as much as early on."
    if why := not_recorded(runs, later=True):
        return unmeasured(name, statement, why)
    found = list(zip(*(later_phases(run) for run in runs), strict=True))  # (L, runs)
    defined = [[each for each in layer if each is not None] for layer in found]
    having = [sum(len(each) > 0 for each in layer) for layer in defined]
    most = [2 * count > len(runs) for count in having]
    undecided = any(2 * len(layer) <= len(runs) for layer in defined)
    return Claim(
        name=name,
        statement=statement,
        definition="The share of shift, averaged over "
        f"{WINDOW} intervals, first falls to its later mean. A later phase is one in which it "
        f"reaches its mean of the first {EARLY} iterations again, by hidden layer. The claim holds "
        "if most runs have such a phase in every layer. It does not hold if they have it in no "
        "layer. A description, without a test.",
        value="runs with such a phase: "
        + ", ".join(
            f"{count} of {len(layer)} in layer {number}"
            if layer
            else f"in layer {number} the share falls to its later mean in no run"
            for number, (count, layer) in enumerate(zip(having, defined, strict=True), 1)
        ),
        control="none in any layer if shifting does not come back",
        runs=len(runs),
        verdict="not decidable here"
        if undecided or (any(most) and not all(most))
        else "holds"
        if all(most)
        else "does not hold",
    )


def later_phases(run: Motion) -> list[list[tuple[int, int]] | None]:
    """The later phases of each hidden layer, in which boundaries shift as much as at the start.

    The search begins where the share, averaged over WINDOW intervals, has fallen to its later mean.
    A layer has None if the share never falls to it, or if boundaries do not shift more at the start
    than later.
    """
    measured = shifts(run)[0]
    early, later = early_and_later(run, measured)
    first = int(np.count_nonzero(~run.later))
    found: list[list[tuple[int, int]] | None] = []
    for share, level, rest in zip(measured.T, early.tolist(), later.tolist(), strict=True):
        down = np.flatnonzero(_running(share[first:], WINDOW) <= rest)
        if not level > rest or not down.size:
            found.append(None)
        else:
            start = first + int(down[0])
            found.append(phases(run.iterations[start:], share[start:], level))
    return found
