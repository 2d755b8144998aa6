"""The series of `evidence`, made from the measurements of the claims.

Nothing is measured here. Numbers are rounded to four significant digits.

Axes: R runs, L hidden layers, W places along training, M parts, N networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ginn.analysis.claims import bias_vs_weights, duplicate_neurons
from ginn.analysis.claims.bias_vs_weights import Motion
from ginn.analysis.claims.corner_kinks import Nearness
from ginn.analysis.claims.dead_layers import PartHistory, dead_periods
from ginn.analysis.claims.duplicate_neurons import Likeness
from ginn.analysis.claims.kinks import RegionGrowth
from ginn.analysis.claims.network_size import Network
from ginn.analysis.claims.part_errors import PartErrors
from ginn.analysis.claims.revival_results import Intervention
from ginn.analysis.claims.symmetry import MirrorScores, correlation_with_loss
from ginn.analysis.evidence import (
    CornerDistances,
    DeadLayersInScreening,
    DeadPeriodsOfRun,
    DeadPeriodsOfRuns,
    ErrorGroup,
    InterventionArm,
    InterventionSeries,
    LikenessShares,
    MirrorSeries,
    NetworkOutcome,
    NetworkSeries,
    Numbers,
    PartErrorSeries,
    RegionCounts,
    ShiftShares,
    Spread,
    Treatment,
)
from ginn.analysis.statistics import proportion_interval
from ginn.geometry.subdivision import Bool
from ginn.network.run import Float64

# The number of places of a series along training, evenly spread over the recorded snapshots.
WATCHED = 64
# The likenesses for which a series has the share of pairs that are at least so alike.
LEVELS = tuple(i / 20 for i in range(21))
# The correlation of fewer runs than this is not reported.
FEWEST_CORRELATED = 8
DIGITS = 4


def watched(count: int) -> list[int]:
    """The indices of WATCHED of `count` places, evenly spread, with the first and the last.

    If there are fewer places than WATCHED, all are included.
    """
    return [int(i) for i in np.unique(np.linspace(0, count - 1, WATCHED).round())]


def number(value: float) -> float | None:
    """A number rounded to DIGITS significant digits; None if it is not finite."""
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def numbers(values: ArrayLike) -> Numbers:
    """Rounded numbers (W,) for a series; None for a number that is not finite."""
    return tuple(number(each) for each in np.asarray(values, dtype=np.float64).tolist())


def shares(values: ArrayLike) -> tuple[float, ...]:
    """Rounded finite numbers (W,) for a series."""
    return tuple(float(f"{each:.{DIGITS}g}") for each in np.asarray(values, dtype=float).tolist())


def over_runs(statistic: Callable[[Float64], Any], values: Float64) -> Numbers:
    """A statistic of the finite values in each column of (R, W); None if a column has none."""
    found = [column[np.isfinite(column)] for column in values.T]
    return tuple(number(float(statistic(each))) if each.size else None for each in found)


def _spread(values: Float64) -> Spread:
    """The spread of values (R, W) over runs."""
    return Spread(
        over_runs(np.median, values), over_runs(np.min, values), over_runs(np.max, values)
    )


def region_counts(
    seeds: Sequence[int],
    iterations: Sequence[int],
    regions: Sequence[NDArray[np.int32]],
    untrained: Sequence[int],
    growth: RegionGrowth,
    neurons: int,
) -> RegionCounts:
    """The counts of regions of some full runs, (K,) each, all recorded at the same `iterations`."""
    chosen = watched(len(iterations))
    return RegionCounts(
        seeds=tuple(seeds),
        iterations=tuple(int(iterations[i]) for i in chosen),
        counts=tuple(tuple(int(each[i]) for i in chosen) for each in regions),
        untrained=tuple(sorted(untrained)),
        neurons=neurons,
        arrangement=growth.arrangement,
        bound=growth.bound,
    )


def shift_shares(motions: Sequence[Motion]) -> ShiftShares | None:
    """The shares of shift by layer during training; None for runs of a single snapshot."""
    count = len(motions[0].iterations)
    if not count:
        return None
    stretches = np.array_split(np.arange(count), min(count, WATCHED))

    def averaged(share: Float64) -> Float64:
        """The means (W, L) of a share (T, L) over W groups of successive intervals."""
        return np.array([bias_vs_weights.finite_mean(share[each], 0) for each in stretches])

    found = [bias_vs_weights.shifts(run) for run in motions]
    measured, control = (np.array([averaged(run[i]) for run in found]) for i in (0, 1))
    layers = range(measured.shape[2])  # (R, W, L)
    return ShiftShares(
        runs=len(motions),
        iterations=tuple(int(motions[0].iterations[each[0]]) for each in stretches),
        layers=tuple(_spread(measured[..., layer]) for layer in layers),
        control=tuple(over_runs(np.median, control[..., layer]) for layer in layers),
    )


def corner_distances(near: Sequence[Nearness]) -> CornerDistances:
    """The distances from corners to bends during training."""
    corners, outline, anywhere = (
        np.array([getattr(run, name) for run in near])  # (R, W, L)
        for name in ("corners", "outline", "anywhere")
    )
    layers = range(corners.shape[2])
    return CornerDistances(
        runs=len(near),
        iterations=tuple(near[0].iterations.tolist()),
        layers=tuple(_spread(corners[..., layer]) for layer in layers),
        outline=tuple(over_runs(np.median, outline[..., layer]) for layer in layers),
        anywhere=tuple(over_runs(np.median, anywhere[..., layer]) for layer in layers),
    )


def likeness_shares(
    likes: Sequence[Sequence[Likeness]], maps: Sequence[Sequence[Bool]]
) -> LikenessShares:
    """The shares of alike pairs by layer, from each run's likenesses and its on maps."""
    layers = range(len(likes[0]))

    def own(layer: int, snapshot: int) -> Numbers:
        pairs = [run[layer].degree[snapshot][run[layer].pairs[snapshot]] for run in likes]
        return at_least(np.concatenate(pairs))

    return LikenessShares(
        runs=len(likes),
        levels=LEVELS,
        alike=duplicate_neurons.ALIKE,
        start=tuple(own(layer, 0) for layer in layers),
        end=tuple(own(layer, -1) for layer in layers),
        between=tuple(
            at_least(duplicate_neurons.likeness_across([on[layer] for on in maps]))
            for layer in layers
        ),
    )


def at_least(degrees: Float64) -> Numbers:
    """The share of degrees (P,) at or above each of LEVELS; None if there are no degrees."""
    if not degrees.size:
        return (None,) * len(LEVELS)
    return numbers([(degrees >= level).mean() for level in LEVELS])


def dead_layers_in_screening(histories: Sequence[PartHistory]) -> DeadLayersInScreening:
    """The dead layers over one part and the accuracy on it, at the end of each screening run."""
    last = np.array([each.dead_share[-1] for each in histories])  # (R, L)
    largest = last.max(axis=1)
    # If several layers have the same share, the deepest counts, as in `dead_periods`.
    deepest = last.shape[1] - last[:, ::-1].argmax(axis=1)
    return DeadLayersInScreening(
        part=histories[0].part,
        iteration=max(each.iterations[-1] for each in histories),
        seeds=tuple(each.seed for each in histories),
        layer=tuple(np.where(largest > 0, deepest, 0).tolist()),
        dead_share=shares(largest),
        right=shares([each.right[-1] for each in histories]),
    )


def dead_periods_of_runs(histories: Sequence[PartHistory]) -> DeadPeriodsOfRuns | None:
    """The dead periods of full runs over one part; None where no run has any."""
    runs = tuple(
        DeadPeriodsOfRun(each.seed, bool(each.learnt[-1]), dead_periods(each)) for each in histories
    )
    last = max(each.iterations[-1] for each in histories)
    part = histories[0].part
    return DeadPeriodsOfRuns(part, last, runs) if any(run.periods for run in runs) else None


def mirror_series(
    seeds: Sequence[int], trained: Sequence[MirrorScores], untrained: Sequence[MirrorScores]
) -> MirrorSeries:
    """The mirror scores of full runs; `untrained` has those of the same runs at their start."""
    loss = np.array([run.loss for run in trained])
    own = np.array([run.own for run in trained])  # (R, L)
    found = [
        correlation_with_loss(trained if enough else [], layer, "left-right")
        for layer, enough in enumerate(np.isfinite(own).sum(axis=0) >= FEWEST_CORRELATED)
    ]
    return MirrorSeries(
        seeds=tuple(seeds),
        loss=shares(loss),
        scores=tuple(numbers(layer) for layer in own.T),
        untrained=over_runs(np.median, np.array([run.own for run in untrained])),
        level=over_runs(np.median, np.array([run.other for run in trained])),
        correlation=numbers([each.value for each in found]),
        correlation_low=numbers([each.interval.low for each in found]),
        correlation_high=numbers([each.interval.high for each in found]),
    )


def intervention_series(found: Mapping[str, Intervention | None]) -> InterventionSeries | None:
    """The results of both interventions, by the treated arm; None where neither was made."""
    made = {name: _treatment(name, each) for name, each in found.items() if each}
    return InterventionSeries(made.get("raised"), made.get("lowered")) if made else None


def _treatment(treated: str, found: Intervention) -> Treatment:
    return Treatment(
        treated=treated,
        source_runs=len(found.sources),
        streams=found.streams,
        iterations=tuple(each - found.iterations[0] for each in found.iterations),
        arms=tuple(
            InterventionArm(arm.name, arm.copies, arm.learnt, arm.learnt_alive)
            for arm in found.arms
        ),
    )


def part_error_series(
    full: Sequence[PartErrors],
    failed_runs: Sequence[int],
    screenings: Sequence[PartErrors],
    failed_screenings: Sequence[int],
    top: Sequence[str],
) -> PartErrorSeries:
    """The errors by part; failed runs are given by their seeds."""
    return PartErrorSeries(
        names=(*full[0].wrong, "top", "rows of the top"),
        top=tuple(top),
        full=_error_group(full, failed_runs),
        screenings=_error_group(screenings, failed_screenings),
    )


def _error_group(runs: Sequence[PartErrors], failed: Sequence[int]) -> ErrorGroup:
    return ErrorGroup(
        seeds=tuple(run.seed for run in runs),
        failed=tuple(run.seed in failed for run in runs),
        wrong=tuple(shares([*run.wrong.values(), run.top, run.band]) for run in runs),
    )


def network_series(plain: Network, variants: Sequence[Network]) -> NetworkSeries | None:
    """The plain network and its variants; None where there is no variant."""
    return NetworkSeries(tuple(map(_network, (plain, *variants)))) if variants else None


def _network(each: Network) -> NetworkOutcome:
    interval = proportion_interval(each.failed_screenings, each.screenings)
    return NetworkOutcome(
        title=each.title,
        widths=each.widths,
        errors=shares(each.errors),
        failed_runs=each.failed_runs,
        regions=each.regions,
        screenings=each.screenings,
        failed_screenings=each.failed_screenings,
        failure_low=shares([interval.low])[0],
        failure_high=shares([interval.high])[0],
    )
