"""The claims that are measured on boundaries: kinks, regions, shift before turn, bends at corners.

Axes: R runs, K snapshots, T intervals, L hidden layers, W places along training.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.claims import bias_vs_weights, corner_kinks, kink_claims, kinks, shift_claims
from ginn.analysis.claims.bias_vs_weights import Motion
from ginn.analysis.claims.corner_kinks import Nearness, Points
from ginn.analysis.claims.kinks import RegionGrowth
from ginn.analysis.evidence import CornerDistances, Evidence, RegionCounts, ShiftShares
from ginn.analysis.findings import NOTHING, Findings
from ginn.analysis.samples import runs_of_first_seeds
from ginn.analysis.series import SERIES_LENGTH, evenly_spaced, over_runs, spread
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import trace
from ginn.network.run import Float64, RecordedRun


class BoundaryMeasures(NamedTuple):
    """The measures of one run's boundaries; `near` is None for a picture without corners."""

    regions: NDArray[np.int32]
    bends: kinks.KinkCounts
    growth: RegionGrowth
    near: Nearness | None


def findings(
    full_runs: Mapping[str, RecordedRun],
    screening: Mapping[str, RecordedRun],
    dataset: Dataset,
    first_seeds: Collection[int],
) -> Findings:
    """The claims measured on boundaries, over the first seeds' runs that did not end early.

    Runs of other seeds were chosen by their results, so nothing here is measured on them.
    """
    runs = runs_of_first_seeds(full_runs, first_seeds)
    if not runs:
        return NOTHING
    points = corner_kinks.points_of(dataset) if len(dataset.corners) else None
    # Runs are measured one by one: the boundaries of many large networks do not fit in memory.
    measures = [_measures(run, points) for run in runs]
    bends, growths = [each.bends for each in measures], [each.growth for each in measures]
    untrained = [int(trace(run).regions[0]) for run in screening.values()]
    motions = [bias_vs_weights.motion(run) for run in runs]
    rows = [
        kink_claims.claim_first_layer_straight(bends),
        kink_claims.claim_bends_through_open_paths(bends),
        kink_claims.claim_regions_grow(growths, untrained),
        shift_claims.claim_shift_before_turn(motions),
        shift_claims.claim_bias_moves_first(motions),
        shift_claims.claim_later_phases(motions),
    ]
    near = [each.near for each in measures if each.near is not None]
    if near:
        rows.append(corner_kinks.claim_bends_at_corners(near))
    evidence = Evidence(
        regions=region_counts(runs, [each.regions for each in measures], untrained, growths[0]),
        shift=shift_shares(motions),
        corners=corner_distances(near) if near else None,
    )
    return Findings(tuple(rows), evidence)


def _measures(run: RecordedRun, points: Points | None) -> BoundaryMeasures:
    traced = trace(run)
    found = kinks.kinks(traced)
    return BoundaryMeasures(
        traced.regions,
        kinks.count_kinks(run, traced, found),
        kinks.region_growth(run, traced),
        None if points is None else corner_kinks.nearness(traced, run.iterations, points, found),
    )


def region_counts(
    runs: Sequence[RecordedRun],
    regions: Sequence[NDArray[np.int32]],
    untrained: Sequence[int],
    growth: RegionGrowth,
) -> RegionCounts:
    """The counts of regions of full runs, (K,) each, all recorded at the same iterations."""
    chosen = evenly_spaced(len(runs[0]))
    return RegionCounts(
        seeds=tuple(run.seed for run in runs),
        iterations=tuple(runs[0].iterations[chosen].tolist()),
        counts=tuple(tuple(each[chosen].tolist()) for each in regions),
        untrained=tuple(sorted(untrained)),
        neurons=sum(runs[0].widths),
        arrangement=growth.arrangement,
        bound=growth.bound,
    )


def shift_shares(motions: Sequence[Motion]) -> ShiftShares | None:
    """The shares of shift by layer during training; None for runs of a single snapshot."""
    count = len(motions[0].iterations)
    if not count:
        return None
    stretches = np.array_split(np.arange(count), min(count, SERIES_LENGTH))

    def averaged(share: Float64) -> Float64:
        """The means (W, L) of a share (T, L) over W groups of successive intervals."""
        return np.array([bias_vs_weights.finite_mean(share[each], 0) for each in stretches])

    found = [bias_vs_weights.shift_by_layer(run) for run in motions]
    measured, control = (np.array([averaged(run[i]) for run in found]) for i in (0, 1))
    layers = range(measured.shape[2])  # (R, W, L)
    return ShiftShares(
        runs=len(motions),
        iterations=tuple(int(motions[0].iterations[each[0]]) for each in stretches),
        layers=tuple(spread(measured[..., layer]) for layer in layers),
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
        layers=tuple(spread(corners[..., layer]) for layer in layers),
        outline=tuple(over_runs(np.median, outline[..., layer]) for layer in layers),
        anywhere=tuple(over_runs(np.median, anywhere[..., layer]) for layer in layers),
    )
