"""What a run that failed on a part was like when its screening ended, and what became of it.

Either a neuron's line passes over the part, or the neuron is on at all pixels of the part, or it is
off at all of them. If no line of a hidden layer passes over the part, the network is linear over
it. If a layer is dead over the part, the network is constant over it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ginn.analysis.failure_series import (
    DeadLayerFate,
    FailedRunSeries,
    FailureKind,
    Predictor,
    SurvivalCurve,
)
from ginn.analysis.part_history import LEARNT, part_history, part_points
from ginn.analysis.series import number, numbers, shares
from ginn.analysis.statistics import correlation, proportion_interval
from ginn.analysis.survival import kaplan_meier
from ginn.dataset.dataset import Dataset
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations
from ginn.network.run import RecordedRun, last_state

# A layer is nearly dead over a part if it is dead over this share of its pixels or more.
NEARLY = 0.5
KINDS = (
    "a layer dead over all of it",
    f"a layer dead over {NEARLY:.0%} of it or more",
    "linear over it",
    "crossed by lines",
)
DEAD, LINEAR = KINDS[0], KINDS[2]


@dataclass(frozen=True)
class FailedRun:
    """A run that failed on a part, at the end of its screening, and what became of it.

    `kind` is one of KINDS. `layer`, from 1, is the deepest layer that is dead over the whole part,
    or 0 if none is. `distance` is the distance from 0 to this layer's highest pre-activation over
    the part, and NaN if no layer is dead. `escaped` is the first later recorded iteration at which
    no layer is dead over the whole part. `learnt` is the first one at which, in addition, half of
    the part is right. Both are None if there is no such iteration up to `last`, the end of the run.
    """

    seed: int
    kind: str
    layer: int
    distance: float
    escaped: int | None
    learnt: int | None
    last: int


def failed_run(
    screened: RecordedRun, longer: RecordedRun, dataset: Dataset, part: str
) -> FailedRun | None:
    """The failed run of a seed; None for a run that had learnt the part when its screening ended.

    `screened` is its screening run, and `longer` is the same run trained for longer.
    """
    before = part_history(last_state(screened), dataset, part)
    if before.right[-1] >= LEARNT:
        return None
    begun = before.iterations[-1]
    weights, biases = last_state(screened).at(0)
    hidden = pre_activations(weights, biases, part_points(dataset, part)[0])[:-1]
    lines = sum(int(((each > 0).any(0) & (each <= 0).any(0)).sum()) for each in hidden)
    dead = np.flatnonzero(before.dead_share[-1] == 1.0)
    after = part_history(longer, dataset, part)
    later = np.array(after.iterations) > begun
    return FailedRun(
        seed=screened.seed,
        kind=_kind(float(before.dead_share[-1].max()), lines),
        layer=int(dead[-1]) + 1 if dead.size else 0,
        distance=-float(hidden[dead[-1]].max()) if dead.size else math.nan,
        escaped=_first(after.iterations, later & ~after.has_dead_layer),
        learnt=_first(after.iterations, later & after.learnt_alive),
        last=after.iterations[-1],
    )


def _kind(dead_share: float, lines: int) -> str:
    """The kind of a failed run, from the largest dead share of a layer and the number of lines."""
    if dead_share >= NEARLY:
        return KINDS[0] if dead_share == 1.0 else KINDS[1]
    return KINDS[3] if lines else KINDS[2]


def _first(iterations: Sequence[int], there: Bool) -> int | None:
    """The first iteration at which `there` is true; None if it never is."""
    found = np.flatnonzero(there)
    return iterations[found[0]] if found.size else None


def failed_run_series(
    runs: Sequence[FailedRun], part: str, begun: int, followed: int
) -> FailedRunSeries | None:
    """The series of the failed runs, which were all trained to `followed`; None without runs."""
    if not runs:
        return None
    dead, alive = ([run for run in runs if (run.kind == DEAD) == is_dead] for is_dead in (1, 0))
    by_layer = {layer: [r for r in dead if r.layer == layer] for layer in {r.layer for r in dead}}
    return FailedRunSeries(
        part=part,
        begun=begun,
        followed=followed,
        last=max(run.last for run in runs),
        dead=_curve([(run.escaped, run.last) for run in dead]),
        alive=_curve([(run.learnt, run.last) for run in alive]),
        kinds=tuple(_kind_of(name, runs, followed) for name in KINDS),
        layers=tuple(
            DeadLayerFate(layer, len(some), sum(by(run.escaped, followed) for run in some))
            for layer, some in sorted(by_layer.items())
        ),
        predictors=tuple(
            _predictor(of, [getattr(run, name) for run in dead], until(dead, "escaped", followed))
            for of, name in (
                ("the number of the dead layer", "layer"),
                ("how far its nearest neuron is below zero", "distance"),
            )
        ),
    )


def by(event: int | None, iteration: int) -> bool:
    """Whether an event has happened by an iteration; None is an event that never happens."""
    return event is not None and event <= iteration


def until(runs: Sequence[FailedRun], event: str, followed: int) -> list[int]:
    """The iteration of each run's event, or `followed` if it has not happened by then."""
    times = [getattr(run, event) for run in runs]
    return [followed if each is None else min(each, followed) for each in times]


def _curve(ends: Sequence[tuple[int | None, int]]) -> SurvivalCurve | None:
    """The survival curve of a state; None without runs.

    `ends` has, for each run, the iteration at which the state ended or None, and the run's last
    iteration.
    """
    if not ends:
        return None
    times = [last if event is None else event for event, last in ends]
    over = [event is not None for event, _ in ends]
    steps = kaplan_meier(times, over)
    return SurvivalCurve(
        len(ends),
        sum(over),
        tuple(step.time for step in steps),
        shares([step.share for step in steps]),
        numbers([step.low for step in steps]),
        numbers([step.high for step in steps]),
    )


def _kind_of(name: str, runs: Sequence[FailedRun], followed: int) -> FailureKind:
    some = [run for run in runs if run.kind == name]
    times = sorted(run.learnt for run in some if run.learnt is not None and run.learnt <= followed)
    half = -(-len(some) // 2)
    interval = proportion_interval(len(some), len(runs))
    return FailureKind(
        name,
        len(some),
        shares([interval.low])[0],
        shares([interval.high])[0],
        len(times),
        times[half - 1] if 0 < half <= len(times) else None,
    )


def _predictor(of: str, values: Sequence[float], times: Sequence[int]) -> Predictor:
    found = correlation(values, times)
    ends = found.interval
    return Predictor(of, *map(number, (found.value, ends.low, ends.high, found.p_value)))
