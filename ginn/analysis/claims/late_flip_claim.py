"""The claim about late flips: a neuron's boundary jumps and the output hardly changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn import formatting
from ginn.analysis.claim import Claim, row_by_count, unmeasured
from ginn.analysis.claims.late_flips import FLIPS, LATE, MIDDLE, MOVES, Flips
from ginn.analysis.effects import share_of_runs
from ginn.analysis.rules import Rule
from ginn.analysis.statistics import rank_correlation, signed_rank_p_value
from ginn.network.run import Float64

INDECISIVE = Rule(
    name="The indecisive neuron",
    statement="Late in training, with the learning rate near 0, one boundary still jumps while the "
    "output hardly changes.",
    measure=f"Runs with a neuron that, in the last {LATE[1] - LATE[0]:.0%} of training, flips "
    f"{FLIPS:.0%} of the domain or more from one recorded snapshot to the next on average, and "
    f"thereby moves the probability of white by less than {MOVES:.1%} on average over the domain.",
    control=f"the flips from {MIDDLE[0]:.0%} to {MIDDLE[1]:.0%} of training, and the rank "
    "correlation of flipping and moving over the neurons of a run. Their p-values, by signed ranks "
    "over runs, do not decide.",
    sample="first",
    tests=("none",),
    own="the claim is about existence, so no p-value decides it. It holds if some run has such a "
    "neuron. It does not hold if none has.",
)


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
    `correlation_p_value` is the p-value of its signed rank test.

    `flipped_late` and `flipped_middle` are the means over neurons and runs of the share flipped in
    a step. `flipped_middle` is NaN if no step lies in the middle of training. `calmer_p_value` is
    the p-value of the signed rank test of the runs' differences between the two.
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
        correlation_p_value=signed_rank_p_value(finite),
        flipped_late=float(means[:, 0].mean()),
        flipped_middle=float(means[:, 1].mean()),
        calmer_p_value=signed_rank_p_value(calmer[np.isfinite(calmer)]),
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
    """The claim that late in training one boundary jumps while the output hardly changes.

    `found` is None for runs without a recorded step late in training.
    """
    if found is None:
        why = "no two snapshots are within the last tenth of the training"
        return unmeasured(INDECISIVE, why)
    top = found.top
    named = (
        f"; {_named(found)}, layer {top.layer + 1} neuron {top.neuron + 1} of seed {top.seed}, "
        f"flips {formatting.percent(top.flipped, 2)} of the picture from one snapshot to the next "
        f"and moves the output by {formatting.percent(top.moved, 3)}"
        if top
        else ""
    )
    return row_by_count(
        INDECISIVE,
        share_of_runs("runs with such a neuron", found.runs_with, found.runs),
        "holds" if found.late else "does not hold",
        value=f"{found.late} of {formatting.count(found.neurons, 'neuron')}, in "
        f"{found.runs_with} of {formatting.count(found.runs, 'run')}{named}",
        control=_middle(found) + _correlated(found),
        details=f"If the largest single step counted, {found.late_once or 'none'} would."
        + (_why_unfelt(top) if top else ""),
    )


def _named(found: LateFlips) -> str:
    """Words for the neuron `top`: one with late flips, or else the one that comes nearest."""
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
