"""The claims that boundaries shift before they turn, that biases cause this, and that it recurs.

A later phase is a stretch of intervals in which boundaries shift as much as at the start. A share
that varies at random has such stretches, too. So each run is compared with the same intervals in
random order: under no effect, its highest mean of WINDOW successive intervals ranks in the middle.

Axes: T intervals between snapshots, L hidden layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.claim import Claim, layers, least_of_pairs, medians, row_by_tests, unmeasured
from ginn.analysis.claims.bias_vs_weights import (
    EARLY,
    LATTICE,
    Motion,
    early_and_later,
    finite_mean,
    shift_by_layer,
    why_unmeasured,
)
from ginn.analysis.effects import POINTS, most_runs, paired, paired_by_layer
from ginn.analysis.rules import Rule
from ginn.analysis.statistics import SEED
from ginn.network.run import Float64

# The number of intervals that a share is averaged over to find a phase.
WINDOW = 10
# The number of random orders that a run's own order is compared with.
SHUFFLES = 99

EQUAL_STEPS = (
    "artificial steps of equal size and random sign, from the same snapshots, of every number that "
    "moved; each run has random signs of its own"
)
SHIFT_FIRST = Rule(
    name="Shift before turn",
    statement="Early in training, boundaries shift rather than turn: more than they do later, and "
    "more than they would if all parameters made equal steps.",
    measure="Share of shift in a run's motion between snapshots, by hidden layer: in layer 1 that "
    "of shift in shift and turn of its lines, in deeper layers the part of a change of "
    f"pre-activation that is the same everywhere (on a lattice of {LATTICE} by {LATTICE} points). "
    f"The mean over the first {EARLY} iterations less that over all later ones, and less the "
    "control; two tests a layer.",
    control=f"{EQUAL_STEPS}.",
    sample="first",
    tests=("signed ranks",),
)
BIAS_FIRST = Rule(
    name="Bias before weight",
    statement="Early in training a neuron's bias moves its boundary more than its weights do.",
    measure="Share of the change of pre-activation that a neuron's own bias has, against its own "
    "weights and its inputs, which the layers below move; mean squares over a lattice of "
    f"{LATTICE} by {LATTICE} points, averaged over the first {EARLY} iterations and a hidden "
    "layer. The bias's share less that of the weights, and less that of the bias in the control; "
    "two tests a layer. The claim says nothing about the inputs.",
    control=f"{EQUAL_STEPS}.",
    sample="first",
    tests=("signed ranks",),
)
SHIFT_AGAIN = Rule(
    name="Shifting again",
    statement="Later in training, there are phases in which boundaries shift as much as early on.",
    measure=f"Whether a run's share of shift, averaged over {WINDOW} successive intervals, reaches "
    f"its mean of the first {EARLY} iterations again after it has come down to its later mean, by "
    "hidden layer: in more than half of the runs, by sign test. And the rank of the highest such "
    "average among those of the control, less one half, by signed ranks. Runs that do not shift "
    "more at the start than later are left out.",
    control=f"the same intervals in random order, {SHUFFLES} times for each run and layer.",
    sample="first",
    tests=("signs", "signed ranks"),
)


def claim_shift_before_turn(runs: Sequence[Motion]) -> Claim:
    """The claim that boundaries shift before they turn."""
    if why := why_unmeasured(runs, later=True):
        return unmeasured(SHIFT_FIRST, why)
    measured = [early_and_later(run, shift_by_layer(run)[0]) for run in runs]
    early, later = (np.array(each) for each in zip(*measured, strict=True))  # (runs, L)
    control = np.array([early_and_later(run, shift_by_layer(run)[1])[0] for run in runs])
    return row_by_tests(
        SHIFT_FIRST,
        [
            *paired_by_layer("share of shift, early against later", early - later, POINTS),
            *paired_by_layer("share of shift, early against equal steps", early - control, POINTS),
        ],
        least_of_pairs(len(runs)),
        value=f"share of shift in {layers(early.shape[1])}: early {medians(early)}, "
        f"later {medians(later)} (medians over runs)",
        control=f"steps of equal size and random sign, early: {medians(control)}",
    )


def claim_bias_moves_first(runs: Sequence[Motion]) -> Claim:
    """The claim that early in training biases move boundaries more than weights do."""
    if why := why_unmeasured(runs, later=False):
        return unmeasured(BIAS_FIRST, why)
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
    return row_by_tests(
        BIAS_FIRST,
        [
            *paired_by_layer("share of motion, bias against own weights", early - weights, POINTS),
            *paired_by_layer("share of bias, early against equal steps", early - control, POINTS),
        ],
        least_of_pairs(len(runs)),
        value=f"bias {medians(early)}, own weights {medians(weights)}, inputs {medians(inputs)} "
        f"(shares in {layers(early.shape[1])}; medians over runs)",
        control=f"steps of equal size and random sign: bias {medians(control)}",
    )


def claim_later_phases(runs: Sequence[Motion]) -> Claim:
    """The claim that phases of shifting come again later in training."""
    if why := why_unmeasured(runs, later=True):
        return unmeasured(SHIFT_AGAIN, why)
    found = list(zip(*(later_phases(run) for run in runs), strict=True))  # (L, runs)
    defined = [[each for each in layer if each is not None] for layer in found]
    having = [sum(len(each.phases) > 0 for each in layer) for layer in defined]
    effects = [
        effect
        for number, (count, layer) in enumerate(zip(having, defined, strict=True), 1)
        for effect in (
            most_runs(f"layer {number}, runs with such a phase", count, len(layer)),
            paired(
                f"layer {number}, rank among random orders against one half",
                np.array([each.rank - 0.5 for each in layer]),
            ),
        )
    ]
    return row_by_tests(
        SHIFT_AGAIN,
        effects,
        least_of_pairs(min(len(layer) for layer in defined)),
        value="runs with such a phase: "
        + ", ".join(
            f"{count} of {len(layer)} in layer {number}"
            if layer
            else f"in layer {number} no run is past its first one"
            for number, (count, layer) in enumerate(zip(having, defined, strict=True), 1)
        ),
        control="rank among random orders of the same intervals (medians over runs): "
        + ", ".join(
            f"{np.median([each.rank for each in layer]):.2f} in layer {number}"
            if layer
            else f"none in layer {number}"
            for number, layer in enumerate(defined, 1)
        ),
        runs=len(runs),
    )


@dataclass(frozen=True)
class LaterPhases:
    """The later phases of one layer of one run, by the iterations of their first and last windows.

    `rank` is the share of random orders of the later intervals whose highest mean over WINDOW
    successive intervals is lower than that of the run, in [0, 1]; a tie counts half.
    """

    phases: list[tuple[int, int]]
    rank: float


def later_phases(run: Motion) -> list[LaterPhases | None]:
    """The later phases of each hidden layer, in which boundaries shift as much as at the start.

    The search begins after the first phase has ended: after the first WINDOW intervals whose mean
    share is at most the mean of all later intervals. A layer has None if the first phase does not
    end, if fewer than WINDOW intervals follow, or if boundaries do not shift more at the start than
    later.
    """
    measured = shift_by_layer(run)[0]
    early, later = early_and_later(run, measured)
    first = int(np.count_nonzero(~run.later))
    rng = np.random.default_rng([SEED, run.seed])
    found: list[LaterPhases | None] = []
    for share, level, rest in zip(measured.T, early.tolist(), later.tolist(), strict=True):
        down = np.flatnonzero(running_means(share[first:]) <= rest)
        start = first + int(down[0]) + WINDOW if down.size else share.size
        if not level > rest or np.isfinite(running_means(share[start:])).sum() == 0:
            found.append(None)
        else:
            found.append(
                LaterPhases(
                    phases(run.iterations[start:], share[start:], level),
                    rank_among_orders(share[start:], rng),
                )
            )
    return found


def rank_among_orders(share: Float64, rng: np.random.Generator) -> float:
    """The rank, in [0, 1], of a share's highest running mean among those of random orders."""
    shuffled = rng.permuted(np.tile(share, (SHUFFLES, 1)), axis=1)
    highest, own = (
        np.where(np.isfinite(means), means, -np.inf).max(axis=-1)
        for means in (running_means(shuffled), running_means(share))
    )
    return float(((highest < own) + 0.5 * (highest == own)).mean())


def phases(
    iterations: NDArray[np.int64], share: Float64, level: float, window: int = WINDOW
) -> list[tuple[int, int]]:
    """The phases in which the mean of a share (T,) over `window` intervals is `level` or more.

    A phase is given by the iterations at which its first and its last window begin.
    """
    above = np.concatenate([[False], running_means(share, window) >= level, [False]])
    change = np.flatnonzero(np.diff(above.astype(np.int8)))
    return [
        (int(iterations[a]), int(iterations[b - 1]))
        for a, b in zip(change[::2], change[1::2], strict=True)
    ]


def running_means(values: Float64, window: int = WINDOW) -> Float64:
    """The mean of each `window` successive values, (..., T - window + 1), without NaN values."""
    if values.shape[-1] < window:
        return np.empty((*values.shape[:-1], 0))
    return finite_mean(np.lib.stride_tricks.sliding_window_view(values, window, axis=-1), -1)
