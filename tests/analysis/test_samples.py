"""Which runs are a sample, and which were chosen by a result."""

from __future__ import annotations

from dataclasses import replace

from support.measured import by_id, four_runs

from ginn.analysis.samples import chosen_runs, runs_of_first_seeds


def test_samples_tell_first_seeds_from_chosen_ones() -> None:
    """Seed 2 was chosen; seed 3 took the place of a seed that did not fail, and is in neither."""
    runs = by_id(four_runs())
    assert [run.seed for run in runs_of_first_seeds(runs, range(2))] == [0, 1]
    assert [run.seed for run in chosen_runs(runs, range(2), {0, 2})] == [2]
    stopped = {name: replace(run, ended="because") for name, run in runs.items()}
    assert runs_of_first_seeds(stopped, range(2)) == chosen_runs(stopped, range(2), {2}) == []
