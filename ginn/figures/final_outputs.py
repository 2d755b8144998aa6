"""The final outputs of many runs, on a coarse grid, for small multiples."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.outcomes import RunFacts, ScreeningFacts, logits_at
from ginn.dataset.dataset import Dataset
from ginn.network.forward import probability
from ginn.network.run import Float64, RecordedRun

# The number of places along each side of the grid. On a page, 16 pictures in a row have 42 px each.
SIDE = 44
# The largest number of screening runs that a page shows; they are those of the first seeds.
MOST_PICTURES = 128


@dataclass(frozen=True)
class FinalOutput:
    """A run's final output: the probability of white on SIDE x SIDE places, (SIDE, SIDE).

    `right` is the share of these places that it gets right.
    """

    seed: int
    failed: bool
    right: float
    output: Float64


def final_outputs(
    runs: Iterable[RecordedRun], failed_seeds: Collection[int], dataset: Dataset
) -> tuple[FinalOutput, ...]:
    """The final output of each run, sorted: the largest share right first, and failed runs last."""
    # The picture is sampled at the pixels in which the places lie.
    pixel = ((np.arange(SIDE) + 0.5) / SIDE * dataset.pixels).astype(np.int64)
    small = Dataset(dataset.labels[np.ix_(pixel, pixel)], ())
    made = []
    for run in runs:
        logit = logits_at(run, -1, small)
        right = float(((logit > 0) == small.labels).mean())
        made.append(FinalOutput(run.seed, run.seed in failed_seeds, right, probability(logit)))
    return tuple(sorted(made, key=lambda each: (each.failed, -each.right, each.seed)))


def outputs_of_experiment(
    screening: Mapping[str, RecordedRun],
    full_runs: Mapping[str, RecordedRun],
    screening_outcomes: ScreeningFacts,
    outcomes: Mapping[str, RunFacts],
    dataset: Dataset,
) -> dict[str, tuple[FinalOutput, ...]]:
    """The final outputs of "screening runs" and of "full runs", from the results of stages.

    There are at most MOST_PICTURES screening runs, those of the first seeds.
    """
    failed = [run.seed for run in outcomes.values() if run.failed]
    first = [run for run in screening.values() if run.seed < MOST_PICTURES]
    screened = final_outputs(first, screening_outcomes.failed_seeds, dataset)
    return {
        "screening runs": screened,
        "full runs": final_outputs(full_runs.values(), failed, dataset),
    }


def outputs_as_arrays(
    shown: Mapping[str, Sequence[FinalOutput]],
) -> dict[str, NDArray[Any]]:
    """Several lists as named arrays, for a file; `outputs_from_arrays` is the inverse."""
    return {
        f"{what}/{field.name}": np.array([getattr(each, field.name) for each in group])
        for what, group in shown.items()
        for field in fields(FinalOutput)
    }


def outputs_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> dict[str, tuple[FinalOutput, ...]]:
    """The lists from which `outputs_as_arrays` made these arrays."""
    names = dict.fromkeys(name.rpartition("/")[0] for name in arrays)
    return {
        what: tuple(
            FinalOutput(int(seed), bool(failed), float(right), output)
            for seed, failed, right, output in zip(
                *(arrays[f"{what}/{field.name}"] for field in fields(FinalOutput)), strict=True
            )
        )
        for what in names
    }
