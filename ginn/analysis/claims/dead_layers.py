"""Dead layers: does a run fail on a part of the picture because a whole layer is dead over it?

A layer is dead at a point where each of its neurons is off. There the network after this layer is
constant. The derivative of each ReLU of the layer is zero, so no gradient of this point's loss
reaches the layer or any layer before it. If a layer is dead over all of a part, the network can
learn the part only as a side effect of training on the other parts. The claims are about how often
runs with a dead layer fail, how early dead layers occur, and whether runs recover.

Axes: P points, R runs, L hidden layers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim, Least, enough_runs, least_of_table, row_by_tests, unmeasured
from ginn.analysis.effects import Effect, commoner
from ginn.analysis.part_history import LEARNT, POINTS, PartHistory, dead_periods
from ginn.analysis.rules import HARDEST, Rule
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations, probability
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun


@dataclass(frozen=True)
class Contingency:
    """The counts of runs with and without a dead layer ("alive") that failed or learnt."""

    dead_failed: int
    dead_learnt: int
    alive_failed: int
    alive_learnt: int

    @property
    def runs(self) -> int:
        """All runs."""
        return self.dead_failed + self.dead_learnt + self.alive_failed + self.alive_learnt


WHERE_FAILED = Rule(
    name="Dead layers where runs fail",
    statement="Where a run fails on a part, a whole layer is dead over it.",
    measure=f"Runs in which some layer is off at every pixel of {HARDEST} at the end of the "
    f"screening: their share of the runs that get less than {LEARNT:.0%} of the part right, less "
    "their share of the others.",
    control="the others, and the gradient of the loss over the part in each hidden layer of the "
    "runs with a dead layer.",
    sample="screening",
    tests=("two shares",),
)
EARLY_DEAD = Rule(
    name="Early dead layers",
    statement="A run with a layer that is dead over a part early is likelier to fail on it in the "
    "end.",
    measure=f"Runs that get less than {LEARNT:.0%} of {HARDEST} right at their end: their share of "
    "the runs in which some layer was off at all of its pixels when the screening ended, less "
    "their share of the others.",
    control="the others.",
    sample="first",
    tests=("two shares",),
)
EARLY_DEAD_CHOSEN = replace(
    EARLY_DEAD,
    name="Early dead layers, chosen runs",
    statement="A run chosen because its screening failed, with a layer that is dead over a part "
    "early, is likelier to fail on it in the end than a run of the first seeds without one.",
    measure=f"Runs that get less than {LEARNT:.0%} of {HARDEST} right at their end: their share of "
    "the chosen runs in which some layer was off at all of its pixels when the screening ended, "
    "less their share of the runs of the first seeds without such a layer then.",
    control="the runs of the first seeds without such a layer.",
    sample="chosen",
)


def contingency(dead: Sequence[bool] | Bool, failed: Sequence[bool] | Bool) -> Contingency:
    """The table of R runs: whether each has a dead layer, and whether it failed."""
    pairs = list(zip(map(bool, dead), map(bool, failed), strict=True))
    kinds = ((True, True), (True, False), (False, True), (False, False))
    return Contingency(*(pairs.count(kind) for kind in kinds))


def layer_gradients(run: RecordedRun, snapshot: int, points: Float64, white: bool) -> Float64:
    """The norm of the gradient of some points' loss with respect to each layer, (L + 1,).

    It is the Euclidean norm, over the layer's weights and biases, of the gradient of the points'
    mean cross-entropy in nats. The last norm is for the output. The norm of a layer is exactly 0 if
    the layer is dead at all the points, and so are the norms of all layers before it. In an
    untrained network, the norms of all layers have the same order of magnitude.
    """
    weights, biases = (
        tuple(each.astype(np.float64) for each in layers) for layers in run.at(snapshot)
    )
    gradients = [
        np.zeros((len(bias), weight.shape[1] + 1))
        for weight, bias in zip(weights, biases, strict=True)
    ]
    for first in range(0, len(points), POINTS):
        piece = points[first : first + POINTS]
        values = pre_activations(weights, biases, piece)
        below = [piece, *(np.maximum(value, 0.0) for value in values[:-1])]
        # Cross-entropy after a sigmoid: d loss / d logit = (p - label) / P.
        delta = (probability(values[-1]) - float(white)) / len(points)  # (P, 1)
        for layer in range(len(weights) - 1, -1, -1):
            gradients[layer][:, :-1] += product(delta.T, below[layer])
            gradients[layer][:, -1] += delta.sum(axis=0)
            if layer:
                delta = product(delta, weights[layer]) * (values[layer - 1] > 0)
    return np.array([math.sqrt(float((gradient**2).sum())) for gradient in gradients])


def claim_dead_where_failed(histories: Sequence[PartHistory], gradients: Float64) -> Claim:
    """The claim that runs fail on a part where a whole layer is dead.

    `histories` are those of the screening runs for one part. Only their last snapshots are used.
    `gradients` (runs, L + 1) are the gradients of the part's loss by layer, in the runs that have a
    dead layer.
    """
    table = contingency(
        [bool(each.has_dead_layer[-1]) for each in histories],
        [not each.learnt[-1] for each in histories],
    )
    part, failures = histories[0].part, table.dead_failed + table.alive_failed
    effect = commoner(
        "runs with a dead layer, failed ones against others",
        table.dead_failed,
        failures,
        table.dead_learnt,
        table.dead_learnt + table.alive_learnt,
    )
    return row_by_tests(
        WHERE_FAILED,
        [effect],
        Least(least_of_table(table.runs), screening=enough_runs(least_of_table)),
        value=_failures_and_others(table, part)
        if failures
        else f"no screening run failed on the {part}; {table.dead_learnt or 'none'} of "
        f"{table.runs} had a dead layer",
        control=f"{table.alive_failed or 'none'} failed on the {part} without a dead layer"
        + _exact_zeros(gradients),
    )


def _failures_and_others(table: Contingency, part: str) -> str:
    """How many of the runs that failed on the part had a dead layer, and how many of the others."""
    others = table.dead_learnt + table.alive_learnt
    failed = table.dead_failed + table.alive_failed
    found = (
        f"{table.dead_failed} of {formatting.count(failed, 'screening run')} that failed on the "
        f"{part} had a dead layer"
    )
    if not others:
        return f"{found}; no other run was screened"
    return (
        f"{found}; of {formatting.count(others, 'other run')} {table.dead_learnt or 'none'} had one"
    )


def _exact_zeros(gradients: Float64) -> str:
    """How many of the hidden layers' gradients (runs, L + 1) are zero; empty without runs.

    No gradient reaches the dead layer or any layer before it. A layer whose gradient is not zero
    therefore comes after the dead one.
    """
    hidden = gradients[:, :-1]
    if not hidden.size:
        return ""
    zeros = int(np.count_nonzero(hidden == 0.0))
    found = (
        ". Where a layer was dead, the gradient of the loss over the part was exactly zero in "
        f"{zeros} of {formatting.count(hidden.size, 'hidden layer')}"
    )
    return f"{found}; any other came after the dead one" if zeros < hidden.size else found


def claim_dead_early_fails(
    histories: Sequence[PartHistory], early: int, chosen: Sequence[PartHistory] = ()
) -> Claim:
    """The claim that a run with an early dead layer is likelier to fail.

    `histories` are those of full runs for one part. Dead layers at iteration `early` are compared
    with failures at the end. The last snapshot at or before `early` is used, and the claim names
    its iteration. `chosen` are full runs that were chosen because their screening run had failed.
    If they are given, the claim is about them. It then compares the chosen runs that have a dead
    layer with the runs of `histories` that have none.
    """
    rule = EARLY_DEAD_CHOSEN if chosen else EARLY_DEAD
    first = histories[0]
    part, early = first.part, first.iterations[first.at(early)]
    if early == first.iterations[-1]:
        return unmeasured(rule, "no snapshot lies between the screening and the end")

    def dead_early(history: PartHistory) -> bool:
        return bool(history.has_dead_layer[history.at(early)])

    compared = list(histories)
    if chosen:
        compared = [each for each in chosen if dead_early(each)]
        compared += [each for each in histories if not dead_early(each)]
    dead = [dead_early(each) for each in compared]
    table = contingency(dead, [not each.learnt[-1] for each in compared])
    when = f"at iteration {early:,}"
    ends = [
        period.ended
        for history in compared
        if history.learnt[-1]
        for period in dead_periods(history)
        if period.begun <= early and (period.ended is None or period.ended > early)
    ]
    return row_by_tests(
        rule,
        [_failures_with_dead_layer(table)],
        Least(least_of_table(table.runs), full=enough_runs(least_of_table)),
        value=_failed_of(table.dead_failed, table.dead_learnt, f"a dead layer {when}", part)
        + _recovered(ends),
        control=_failed_of(table.alive_failed, table.alive_learnt, f"no dead layer {when}", part),
    )


def _failures_with_dead_layer(table: Contingency) -> Effect:
    """The share of failures with an early dead layer, less that without one."""
    return commoner(
        "failed, runs with an early dead layer against others",
        table.dead_failed,
        table.dead_failed + table.dead_learnt,
        table.alive_failed,
        table.alive_failed + table.alive_learnt,
    )


def _failed_of(failed: int, learnt: int, which: str, part: str) -> str:
    """A clause on how many runs of a group failed on the part; `which` describes the group."""
    if not failed + learnt:
        return f"no run had {which}"
    runs = formatting.count(failed + learnt, "run")
    return f"{failed or 'none'} of {runs} that had {which} failed on the {part} in the end"


def _recovered(ends: Sequence[int | None]) -> str:
    """A clause on when runs that learnt the part recovered from a dead layer.

    `ends` has the iteration at which each run recovered, or None for a run that never did.
    """
    recovered = [each for each in ends if each is not None]
    lucky = len(ends) - len(recovered)
    others = formatting.count(len(recovered), "other run")
    when = formatting.numbered("iteration", sorted(set(recovered)))
    return (f"; {others} recovered by {when}" if recovered else "") + (
        f"; {lucky} had it right by luck, with a dead layer to the end" if lucky else ""
    )
