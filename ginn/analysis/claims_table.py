"""The claims table: the rows with their verdicts, and the series from all runs.

Each function returns the rows that share measurements, and the series that figures draw from them.
A claim has no row if it does not apply to a picture, such as one without corners or without a top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from ginn.analysis import series
from ginn.analysis.claim import Claim
from ginn.analysis.claims import (
    bias_vs_weights,
    corner_kinks,
    dead_layers,
    duplicate_neurons,
    kinks,
    late_flips,
    network_size,
    part_errors,
    revival_results,
    symmetry,
)
from ginn.analysis.claims.revival import InterventionRun
from ginn.analysis.evidence import NO_EVIDENCE, Evidence, merge_evidence
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import trace
from ginn.geometry.cells import overlaps
from ginn.network.run import RecordedRun


@dataclass(frozen=True)
class Findings:
    """Some rows of the claims table, and the series that these rows summarise."""

    rows: tuple[Claim, ...]
    evidence: Evidence = NO_EVIDENCE


class BoundaryMeasures(NamedTuple):
    """The measures of one run's boundaries."""

    regions: NDArray[np.int32]
    bends: kinks.Bends
    growth: kinks.RegionGrowth
    near: corner_kinks.Nearness | None


def _boundary_measures(run: RecordedRun, points: corner_kinks.Points | None) -> BoundaryMeasures:
    traced = trace(run)
    found = kinks.kinks(traced)
    return BoundaryMeasures(
        traced.regions,
        kinks.bends(run, traced, found),
        kinks.region_growth(run, traced),
        None if points is None else corner_kinks.nearness(traced, run.iterations, points, found),
    )


def findings_of_boundaries(
    full_runs: Sequence[RecordedRun], screenings: Sequence[RecordedRun], dataset: Dataset
) -> Findings:
    """The rows of claims 1, 2 and 3: kinks, region growth, shift before turn, bends at corners."""
    points = corner_kinks.points_of(dataset) if len(dataset.corners) else None
    # Runs are measured one by one: the boundaries of many large networks do not fit in memory.
    measures = [_boundary_measures(run, points) for run in full_runs]
    bends, growths = [each.bends for each in measures], [each.growth for each in measures]
    untrained = [int(trace(run).regions[0]) for run in screenings]
    motions = [bias_vs_weights.motion(run) for run in full_runs]
    rows = [
        kinks.claim_first_layer_straight(bends),
        kinks.claim_bends_through_open_paths(bends),
        kinks.claim_regions_grow(growths, untrained),
        bias_vs_weights.claim_shift_before_turn(motions),
        bias_vs_weights.claim_bias_moves_first(motions),
        bias_vs_weights.claim_later_phases(motions),
    ]
    near = [each.near for each in measures if each.near is not None]
    if near:
        rows.append(corner_kinks.claim_bends_at_corners(near))
    evidence = Evidence(
        regions=series.region_counts(
            seeds=[run.seed for run in full_runs],
            iterations=full_runs[0].iterations.tolist(),
            regions=[each.regions for each in measures],
            untrained=untrained,
            growth=growths[0],
            neurons=sum(full_runs[0].widths),
        ),
        shift=series.shift_shares(motions),
        corners=series.corner_distances(near) if near else None,
    )
    return Findings(tuple(rows), evidence)


def findings_of_networks(
    full_runs: Sequence[RecordedRun], screenings: Sequence[RecordedRun], dataset: Dataset, part: str
) -> Findings:
    """The rows of claims 4, 5 and 7: duplicate neurons, late flips, dead layers over the part."""
    points = duplicate_neurons.every_other(dataset)
    likes = [[duplicate_neurons.likeness(both) for both in overlaps(run)] for run in full_runs]
    maps = [duplicate_neurons.on_maps(run, -1, points) for run in full_runs]
    screened = [dead_layers.part_history(run, dataset, part) for run in screenings]
    trained = [dead_layers.part_history(run, dataset, part) for run in full_runs]
    where, white = dead_layers.part_points(dataset, part)
    gradients = [
        dead_layers.layer_gradients(run, -1, where, white)
        for run, history in zip(screenings, screened, strict=True)
        if history.has_dead_layer[-1]
    ]
    depth = len(full_runs[0].widths)
    rows = (
        _row_of_duplicates(full_runs, likes, maps, points),
        _row_of_late_flips(full_runs, points),
        dead_layers.claim_dead_where_failed(screened, np.array(gradients).reshape(-1, depth + 1)),
        dead_layers.claim_dead_early_fails(trained, int(screenings[0].iterations[-1])),
    )
    evidence = Evidence(
        duplicate_neurons=series.likeness_shares(likes, maps),
        dead_layers=series.dead_layers_in_screening(screened),
        dead_periods=series.dead_periods_of_runs(trained),
    )
    return Findings(rows, evidence)


def _row_of_duplicates(
    full_runs: Sequence[RecordedRun],
    likes: Sequence[Sequence[duplicate_neurons.Likeness]],
    maps: Sequence[Sequence[NDArray[np.bool_]]],
    points: NDArray[np.float64],
) -> Claim:
    """The row of claim 4, from each run's likenesses and on maps, by layer."""
    layers = range(len(full_runs[0].widths))
    return duplicate_neurons.claim_duplicates(
        [duplicate_neurons.growth([like[layer] for like in likes]) for layer in layers],
        [duplicate_neurons.between_runs([on[layer] for on in maps]) for layer in layers],
        [
            pair
            for run, like in zip(full_runs, likes, strict=True)
            for pair in duplicate_neurons.duplicates(run, like, points)
        ],
        len(full_runs),
    )


def _row_of_late_flips(full_runs: Sequence[RecordedRun], points: NDArray[np.float64]) -> Claim:
    """The row of claim 5, from each run's flips late in training and in the middle."""
    late = [
        late_flips.flips(run, late_flips.window(run, late_flips.LATE), points) for run in full_runs
    ]
    middle = [
        late_flips.flipped_shares(run, late_flips.window(run, late_flips.MIDDLE), points)
        for run in full_runs
    ]
    return late_flips.claim_late_flips(late_flips.summarise(late, middle))


def findings_of_the_picture(
    full_runs: Sequence[RecordedRun],
    screenings: Sequence[RecordedRun],
    failed_runs: Sequence[int],
    failed_screenings: Sequence[int],
    dataset: Dataset,
    top: tuple[str, ...],
) -> Findings:
    """The rows of claim 6 (symmetry) and, if the picture has a top, of claim 8 (errors by part)."""
    trained = [symmetry.mirror_scores(run, dataset) for run in full_runs]
    untrained = [symmetry.mirror_scores(run, dataset, 0) for run in full_runs]
    screened = [symmetry.mirror_scores(run, dataset) for run in screenings]
    rows = [
        symmetry.claim_symmetric_boundaries(trained, untrained),
        symmetry.claim_better_is_more_symmetric(trained, screened),
    ]
    errors = None
    if top:
        full = [part_errors.part_errors(run, dataset, top) for run in full_runs]
        short = [part_errors.part_errors(run, dataset, top) for run in screenings]
        rows.append(
            part_errors.claim_failed_runs_model_the_top_better(
                part_errors.compare_runs(full, failed_runs),
                part_errors.compare_runs(short, failed_screenings),
            )
        )
        errors = series.part_error_series(full, failed_runs, short, failed_screenings, top)
    mirrored = series.mirror_series([run.seed for run in full_runs], trained, untrained)
    return Findings(tuple(rows), Evidence(symmetry=mirrored, parts=errors))


def findings_of_interventions(
    copies: Mapping[str, Sequence[InterventionRun]],
    trained: Mapping[str, Sequence[RecordedRun]],
    dataset: Dataset,
) -> Findings:
    """The rows of claim 7's tests, from the copies of each intervention and their runs."""
    found = {
        treated: revival_results.evaluate(each, trained[treated], dataset, treated)
        if each
        else None
        for treated, each in copies.items()
    }
    rows = (
        revival_results.claim_revival(found["raised"]),
        revival_results.claim_imposed(found["lowered"]),
    )
    return Findings(rows, Evidence(interventions=series.intervention_series(found)))


def findings_of_variants(
    plain: network_size.Network, variants: Sequence[network_size.Network]
) -> Findings:
    """The row of claim 9; no row and no series if no larger network was trained."""
    rows = (network_size.claim_larger_is_better(plain, variants),) if variants else ()
    return Findings(rows, Evidence(variants=series.network_series(plain, variants)))


def merge_findings(found: Sequence[Findings]) -> Findings:
    """The union of several findings: all rows in the order given, and all series."""
    return Findings(
        tuple(row for each in found for row in each.rows),
        merge_evidence([each.evidence for each in found]),
    )
