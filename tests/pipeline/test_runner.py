"""Batches of runs, and which stages a target needs."""

from __future__ import annotations

import pytest

from ginn.pipeline.runner import MOST_IN_A_BATCH, batches


@pytest.mark.parametrize(("count", "jobs"), [(16, 2), (128, 2), (5, 8), (1, 1), (7, 3)])
def test_batches_hold_every_name_once_and_are_of_nearly_equal_size(count: int, jobs: int) -> None:
    names = [f"seed-{seed}" for seed in range(count)]
    made = batches(names, jobs)
    assert [name for batch in made for name in batch] == names
    sizes = [len(batch) for batch in made]
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= MOST_IN_A_BATCH
    assert len(made) % jobs == 0 or len(made) == count
