"""The claims table: every run of a build goes in, the original's claims come out with verdicts.

Each function makes the rows that can be made together, and the series that figures draw, from what
they share; a build hands them to its workers. A claim that a picture cannot be asked (it has no
corners, no top) has no row.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ginn.analysis import series
from ginn.analysis.claim import Claim
from ginn.analysis.claims import (
    bias_vs_weights,
    corner_kinks,
    dead_layers,
    duplicate_neurons,
    late_flips,
    network_size,
    part_errors,
    revival,
    revival_results,
    symmetry,
)
from ginn.analysis.claims import kinks as bends
from ginn.analysis.claims.dead_layers import last_state
from ginn.analysis.claims.revival import Patient, Trial
from ginn.analysis.evidence import NO_EVIDENCE, Evidence, evidence_from_json, merge_evidence
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import trace
from ginn.geometry.cells import overlaps
from ginn.network.run import RecordedRun

# Imposed silence takes a layer from runs that had learnt the part: this many, of this many streams.
IMPOSED_ON = 8
IMPOSED_STREAMS = 4


@dataclass(frozen=True)
class Findings:
    """Some rows of the claims table, and the series that they sum up."""

    rows: tuple[Claim, ...]
    evidence: Evidence = NO_EVIDENCE


def findings_as_json(findings: Findings) -> dict[str, Any]:
    """Findings as plain dictionaries, lists, strings and numbers."""
    return dataclasses.asdict(findings)


def findings_from_json(values: Mapping[str, Any]) -> Findings:
    """The way back from `findings_as_json`."""
    rows = tuple(Claim(**row) for row in values["rows"])
    return Findings(rows, evidence_from_json(values["evidence"]))


def make(group: str, *read: Any) -> tuple[str, Findings]:
    """In a worker: the name of a group, and what is found from what the group reads."""
    makers: dict[str, Callable[..., Findings]] = {
        "boundaries": findings_of_boundaries,
        "networks": findings_of_networks,
        "picture": findings_of_the_picture,
    }
    return group, makers[group](*read)


class Read(NamedTuple):
    """What a run's boundaries are read for; the boundaries themselves are let go."""

    regions: NDArray[np.int32]
    bent: bends.Bends
    growth: bends.RegionGrowth
    near: corner_kinks.Nearness | None


def _read_boundaries(run: RecordedRun, points: corner_kinks.Points | None) -> Read:
    traced = trace(run)
    kinks = bends.kinks(traced)
    return Read(
        traced.regions,
        bends.bends(run, traced, kinks),
        bends.region_growth(run, traced),
        None if points is None else corner_kinks.nearness(traced, run.iterations, points, kinks),
    )


def findings_of_boundaries(
    full_runs: Sequence[RecordedRun], screenings: Sequence[RecordedRun], dataset: Dataset
) -> Findings:
    """What bends what, how regions grow, shift before turn, bends at corners: claims 1, 2 and 3."""
    points = corner_kinks.points_of(dataset) if len(dataset.corners) else None
    # One run after the other: of a large network, the boundaries of all would not fit in memory.
    read = [_read_boundaries(run, points) for run in full_runs]
    growths = [each.growth for each in read]
    untrained = [int(trace(run).regions[0]) for run in screenings]
    motions = [bias_vs_weights.motion(run) for run in full_runs]
    rows = [
        bends.claim_first_layer_straight([each.bent for each in read]),
        bends.claim_bends_through_open_paths([each.bent for each in read]),
        bends.claim_regions_grow(growths, untrained),
        bias_vs_weights.claim_shift_before_turn(motions),
        bias_vs_weights.claim_bias_moves_first(motions),
        bias_vs_weights.claim_later_phases(motions),
    ]
    near = [each.near for each in read if each.near is not None]
    if near:
        rows.append(corner_kinks.claim_bends_at_corners(near))
    evidence = Evidence(
        regions=series.region_counts(
            [run.seed for run in full_runs], full_runs[0].iterations.tolist(),
            [each.regions for each in read], untrained, growths[0], sum(full_runs[0].widths),
        ),
        shift=series.shift_shares(motions),
        corners=series.corner_distances(near) if near else None,
    )  # fmt: skip
    return Findings(tuple(rows), evidence)


def findings_of_networks(
    full_runs: Sequence[RecordedRun], screenings: Sequence[RecordedRun], dataset: Dataset, part: str
) -> Findings:
    """Copycats, indecisive neurons and silence over the part: claims 4, 5 and 7."""
    points = duplicate_neurons.every_other(dataset)
    likes = [[duplicate_neurons.likeness(both) for both in overlaps(run)] for run in full_runs]
    maps = [duplicate_neurons.on_maps(run, -1, points) for run in full_runs]
    layers = range(len(full_runs[0].widths))
    found = [
        copy
        for run, like in zip(full_runs, likes, strict=True)
        for copy in duplicate_neurons.copies(run, like, points)
    ]
    late = [
        late_flips.flips(run, late_flips.window(run, late_flips.LATE), points) for run in full_runs
    ]
    middle = [
        late_flips.flipped_shares(run, late_flips.window(run, late_flips.MIDDLE), points)
        for run in full_runs
    ]
    briefly = [dead_layers.hearing(run, dataset, part) for run in screenings]
    where, white = dead_layers.part_points(dataset, part)
    gradients = [
        dead_layers.reaching_gradient(run, -1, where, white)
        for run, screened in zip(screenings, briefly, strict=True)
        if screened.shut[-1]
    ]
    in_full = [dead_layers.hearing(run, dataset, part) for run in full_runs]
    rows = (
        duplicate_neurons.claim_copycats(
            [duplicate_neurons.growth([like[layer] for like in likes]) for layer in layers],
            [duplicate_neurons.company([on[layer] for on in maps]) for layer in layers],
            found,
            len(full_runs),
        ),
        late_flips.claim_indecision(late_flips.indecision(late, middle)),
        dead_layers.claim_silence(briefly, np.array(gradients).reshape(-1, len(layers) + 1)),
        dead_layers.claim_silence_lasts(in_full, int(screenings[0].iterations[-1])),
    )
    evidence = Evidence(
        duplicate_neurons=series.likeness_shares(likes, maps),
        dead_layers=series.silent_screenings(briefly),
        dead_periods=series.silent_runs(in_full),
    )
    return Findings(rows, evidence)


def findings_of_the_picture(
    full_runs: Sequence[RecordedRun],
    screenings: Sequence[RecordedRun],
    failed_runs: Sequence[int],
    failed_screenings: Sequence[int],
    dataset: Dataset,
    top: tuple[str, ...],
) -> Findings:
    """Symmetry and, where the picture has a top, how failed runs model it: claims 6 and 8."""
    trained = [symmetry.mirror_scores(run, dataset) for run in full_runs]
    untrained = [symmetry.mirror_scores(run, dataset, 0) for run in full_runs]
    briefly = [symmetry.mirror_scores(run, dataset) for run in screenings]
    rows = [
        symmetry.claim_symmetric_boundaries(trained, untrained),
        symmetry.claim_better_is_more_symmetric(trained, briefly),
    ]
    errors = None
    if top:
        full = [part_errors.part_errors(run, dataset, top) for run in full_runs]
        brief = [part_errors.part_errors(run, dataset, top) for run in screenings]
        rows.append(
            part_errors.claim_failed_runs_model_the_top_better(
                part_errors.compare_runs(full, failed_runs),
                part_errors.compare_runs(brief, failed_screenings),
            )
        )
        errors = series.part_error_series(full, failed_runs, brief, failed_screenings, top)
    mirrored = series.mirror_series([run.seed for run in full_runs], trained, untrained)
    return Findings(tuple(rows), Evidence(symmetry=mirrored, parts=errors))


def trials_of(
    screenings: Sequence[RecordedRun], dataset: Dataset, part: str
) -> dict[str, tuple[Trial, ...]]:
    """The interventions on screenings: "raised" wakes silent layers, "lowered" imposes silence."""
    woken = [each for run in screenings if (each := revival.patient(run, dataset, part))]
    silenced: list[Patient] = []
    for run in screenings:
        if len(silenced) < IMPOSED_ON and (each := revival.learner(run, dataset, part)):
            silenced.append(each)
    return {
        "raised": revival.trials(woken),
        "lowered": revival.trials(silenced, IMPOSED_STREAMS, revival.IMPOSED_ARMS),
    }


def findings_of_trials(
    trials: Mapping[str, Sequence[Trial]],
    outcomes: Mapping[str, Sequence[RecordedRun]],
    dataset: Dataset,
) -> Findings:
    """Claim 7's tests: what became of the runs that were woken, and of those silenced."""
    told = {
        treated: revival_results.read(each, outcomes[treated], dataset, treated) if each else None
        for treated, each in trials.items()
    }
    rows = (
        revival_results.claim_waking(told["raised"]),
        revival_results.claim_silencing(told["lowered"]),
    )
    return Findings(rows, Evidence(interventions=series.trial_series(told)))


def findings_of_variants(
    plain: network_size.Network, variants: Sequence[network_size.Network]
) -> Findings:
    """Claim 9; no row and no series where no larger network was trained."""
    rows = (network_size.claim_larger_is_better(plain, variants),) if variants else ()
    return Findings(rows, Evidence(variants=series.network_series(plain, variants)))


def together(found: Sequence[Findings]) -> Findings:
    """All rows, in the order given, and all series."""
    return Findings(
        tuple(row for each in found for row in each.rows),
        merge_evidence([each.evidence for each in found]),
    )


def regions_at_the_end(run: RecordedRun) -> int:
    """The linear regions of a run's last snapshot."""
    return int(trace(last_state(run)).regions[-1])
