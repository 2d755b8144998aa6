"""Samples of runs: those of the first seeds, and those that were chosen by a result.

A statistic about runs in general uses the runs of the first seeds alone. Seeds that were chosen
because their screening run had failed are not a random sample of all seeds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ginn.network.run import RecordedRun, finished


def runs_of_first_seeds(
    runs: Mapping[str, RecordedRun], first_seeds: Collection[int]
) -> list[RecordedRun]:
    """The full runs of the first seeds, failed or not, that did not end early."""
    return [run for run in finished(runs) if run.seed in first_seeds]


def chosen_runs(
    runs: Mapping[str, RecordedRun],
    first_seeds: Collection[int],
    failed_screenings: Collection[int],
) -> list[RecordedRun]:
    """The full runs, of other seeds whose screening run had failed, that did not end early."""
    return [run for run in finished(runs) if is_chosen(run.seed, first_seeds, failed_screenings)]


def is_chosen(seed: int, first_seeds: Collection[int], failed_screenings: Collection[int]) -> bool:
    """Whether a seed with a full run was chosen because its screening run had failed."""
    return seed not in first_seeds and seed in failed_screenings
