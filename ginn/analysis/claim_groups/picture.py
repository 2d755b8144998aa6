"""The claims about the picture: its symmetry, and the errors on its top.

Axes: R runs, L hidden layers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ginn.analysis.claims import part_errors, symmetry
from ginn.analysis.claims.part_errors import PartErrors
from ginn.analysis.claims.symmetry import MirrorScores, correlation_with_loss
from ginn.analysis.evidence import ErrorGroup, Evidence, MirrorSeries, PartErrorSeries
from ginn.analysis.findings import NOTHING, Findings
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.samples import chosen_runs, runs_of_first_seeds
from ginn.analysis.series import numbers, over_runs, shares
from ginn.dataset.dataset import Axis, Dataset
from ginn.network.run import RecordedRun

# The correlation of fewer runs than this is not reported.
FEWEST_CORRELATED = 8


def findings(
    full_runs: Mapping[str, RecordedRun],
    screening: Mapping[str, RecordedRun],
    outcomes: Mapping[str, RunFacts],
    screening_outcomes: ScreeningFacts,
    dataset: Dataset,
    top: tuple[str, ...],
    first_seeds: Collection[int],
) -> Findings:
    """The claims about the picture, over the first seeds' runs that did not end early.

    Runs of other seeds were chosen by their results. They are used in one row alone, which says so.

    The rows about symmetry are left out if the picture has no axis of symmetry. The row about the
    top is left out if no part is the top.
    """
    runs, screenings = runs_of_first_seeds(full_runs, first_seeds), list(screening.values())
    if not runs:
        return NOTHING
    rows, mirrored, errors = [], None, None
    if axes := dataset.mirror_axes():
        trained = [symmetry.mirror_scores(run, dataset, axes[0]) for run in runs]
        untrained = [symmetry.mirror_scores(run, dataset, axes[0], 0) for run in runs]
        screened = [symmetry.mirror_scores(run, dataset, axes[0]) for run in screenings]
        rows += [
            symmetry.claim_symmetric_boundaries(trained, untrained, axes),
            symmetry.claim_better_is_more_symmetric(trained, screened, axes),
        ]
        mirrored = mirror_series([run.seed for run in runs], trained, untrained, axes)
    if top:
        failed = [outcome.seed for outcome in outcomes.values() if outcome.failed]
        chosen = chosen_runs(full_runs, first_seeds, screening_outcomes.failed_seeds)
        full, more, short = (
            [part_errors.part_errors(run, dataset, top) for run in group]
            for group in (runs, chosen, screenings)
        )
        rows.append(
            part_errors.claim_failed_runs_model_the_top_better(
                short, screening_outcomes.failed_seeds
            )
        )
        if more:
            rows.append(part_errors.claim_failed_runs_model_the_top_better(full, failed, more))
        every = [*full, *more]
        errors = part_error_series(every, failed, short, screening_outcomes.failed_seeds, top)
    return Findings(tuple(rows), Evidence(symmetry=mirrored, parts=errors))


def mirror_series(
    seeds: Sequence[int],
    trained: Sequence[MirrorScores],
    untrained: Sequence[MirrorScores],
    axes: Sequence[Axis],
) -> MirrorSeries:
    """The mirror scores of full runs; `untrained` has those of the same runs at their start.

    `axes` are the picture's axes of symmetry. The field `own` of a score is about the first axis.
    """
    loss = np.array([run.loss for run in trained])
    own = np.array([run.own for run in trained])  # (R, L)
    found = [
        correlation_with_loss(trained if enough else [], layer, "own")
        for layer, enough in enumerate(np.isfinite(own).sum(axis=0) >= FEWEST_CORRELATED)
    ]
    return MirrorSeries(
        seeds=tuple(seeds),
        loss=shares(loss),
        scores=tuple(numbers(layer) for layer in own.T),
        untrained=over_runs(np.median, np.array([run.own for run in untrained])),
        other=over_runs(np.median, np.array([run.other for run in trained]))
        if len(axes) == 1
        else (None,) * len(found),
        correlation=numbers([each.value for each in found]),
        correlation_low=numbers([each.interval.low for each in found]),
        correlation_high=numbers([each.interval.high for each in found]),
        axis=axes[0],
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
