"""The tasks of a build: how seeds are divided between workers."""

from __future__ import annotations

import pytest

from ginn.pipeline import tasks


@pytest.mark.parametrize(("seeds", "jobs"), [(16, 2), (128, 2), (5, 8), (1, 1), (7, 3)])
def test_groups_hold_every_seed_once_and_are_of_nearly_equal_size(seeds: int, jobs: int) -> None:
    made = tasks.groups(range(seeds), jobs)
    assert sorted(seed for group in made for seed in group) == list(range(seeds))
    sizes = [len(group) for group in made]
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= tasks.MOST_SEEDS_A_STEP
    assert len(made) % jobs == 0 or len(made) == seeds
