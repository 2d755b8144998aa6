"""The claims that are measured on neurons and layers: duplicates, late flips, dead layers.

Axes: R runs, K snapshots, P pairs or points, L hidden layers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ginn.analysis.claim import Claim
from ginn.analysis.claims import dead_layers, duplicate_neurons, late_flip_claim, late_flips
from ginn.analysis.claims.duplicate_neurons import Growth, Likeness
from ginn.analysis.evidence import (
    CopyShares,
    DeadLayersInScreening,
    DeadPeriodsOfRun,
    DeadPeriodsOfRuns,
    Evidence,
)
from ginn.analysis.findings import NOTHING, Findings
from ginn.analysis.outcomes import ScreeningFacts
from ginn.analysis.part_history import PartHistory, dead_periods, part_history, part_points
from ginn.analysis.samples import chosen_runs, runs_of_first_seeds
from ginn.analysis.series import numbers, shares
from ginn.dataset.dataset import Dataset
from ginn.geometry.cells import overlaps
from ginn.network.run import Float64, RecordedRun


def findings(
    full_runs: Mapping[str, RecordedRun],
    screening: Mapping[str, RecordedRun],
    dataset: Dataset,
    part: str,
    screening_outcomes: ScreeningFacts,
    first_seeds: Collection[int],
) -> Findings:
    """The claims about neurons and layers, over the first seeds' runs that did not end early.

    Runs of other seeds were chosen by their results. They are used in one row alone, which says so.
    `part` is the name of the part over which layers are dead.
    """
    runs = runs_of_first_seeds(full_runs, first_seeds)
    chosen = chosen_runs(full_runs, first_seeds, screening_outcomes.failed_seeds)
    screenings = list(screening.values())
    if not runs:
        return NOTHING
    points = duplicate_neurons.every_other(dataset)
    likenesses = [[duplicate_neurons.likeness(both) for both in overlaps(run)] for run in runs]
    maps = [duplicate_neurons.on_maps(run, -1, points) for run in runs]
    growths = [
        duplicate_neurons.growth([each[layer] for each in likenesses], [on[layer] for on in maps])
        for layer in range(len(runs[0].widths))
    ]
    screened = [part_history(run, dataset, part) for run in screenings]
    trained, retried = (
        [part_history(run, dataset, part) for run in group] for group in (runs, chosen)
    )
    where, white = part_points(dataset, part)
    gradients = [
        dead_layers.layer_gradients(run, -1, where, white)
        for run, history in zip(screenings, screened, strict=True)
        if history.has_dead_layer[-1]
    ]
    depth = len(runs[0].widths)
    early = int(screenings[0].iterations[-1])
    rows = [
        _duplicates_row(runs, likenesses, growths, points),
        _late_flips_row(runs, points),
        dead_layers.claim_dead_where_failed(screened, np.array(gradients).reshape(-1, depth + 1)),
        dead_layers.claim_dead_early_fails(trained, early),
    ]
    if retried:
        rows.append(dead_layers.claim_dead_early_fails(trained, early, retried))
    evidence = Evidence(
        duplicate_neurons=copy_shares(growths),
        dead_layers=dead_layers_in_screening(screened),
        dead_periods=dead_periods_of_runs([*trained, *retried]),
    )
    return Findings(tuple(rows), evidence)


def _duplicates_row(
    runs: Sequence[RecordedRun],
    likenesses: Sequence[Sequence[Likeness]],
    growths: Sequence[Growth],
    points: Float64,
) -> Claim:
    """The row about duplicate neurons, from each run's likenesses and the growths by layer."""
    return duplicate_neurons.claim_duplicates(
        growths,
        [
            pair
            for run, by_layer in zip(runs, likenesses, strict=True)
            for pair in duplicate_neurons.duplicates(run, by_layer, points)
        ],
    )


def _late_flips_row(runs: Sequence[RecordedRun], points: Float64) -> Claim:
    """The row about late flips, from each run's flips late in training and in the middle."""
    if not late_flips.window(runs[0], late_flips.LATE):
        return late_flip_claim.claim_late_flips(None)
    late = [late_flips.flips(run, late_flips.window(run, late_flips.LATE), points) for run in runs]
    middle = [
        late_flips.flipped_shares(run, late_flips.window(run, late_flips.MIDDLE), points)
        for run in runs
    ]
    return late_flip_claim.claim_late_flips(late_flip_claim.summarise(late, middle))


def copy_shares(growths: Sequence[Growth]) -> CopyShares:
    """The shares of duplicates run by run, from the growth of each layer."""
    return CopyShares(
        alike=duplicate_neurons.ALIKE,
        start=tuple(numbers(each.at_start) for each in growths),
        end=tuple(numbers(each.at_end) for each in growths),
        between=shares([each.across for each in growths]),
    )


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
        dead_share=_pixel_shares(largest),
        right=_pixel_shares(np.array([each.right[-1] for each in histories])),
    )


def _pixel_shares(values: Float64) -> tuple[float, ...]:
    """Shares of pixels with so many digits that none is rounded to 0, to one half, or to 1."""
    return tuple(values.round(7).tolist())


def dead_periods_of_runs(histories: Sequence[PartHistory]) -> DeadPeriodsOfRuns | None:
    """The dead periods of full runs over one part; None where no run has any."""
    runs = tuple(
        DeadPeriodsOfRun(each.seed, bool(each.learnt[-1]), dead_periods(each)) for each in histories
    )
    last = max(each.iterations[-1] for each in histories)
    part = histories[0].part
    return DeadPeriodsOfRuns(part, last, runs) if any(run.periods for run in runs) else None
