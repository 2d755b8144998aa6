"""Which failed seeds are trained for longer, and to which iterations."""

from __future__ import annotations

from typing import Any

import pytest
from support.sample_report import make_report

from ginn.analysis.followed import (
    FOLLOWED,
    MOST_FOLLOWED,
    followed_seeds,
    followed_snapshots,
    last_followed,
)
from ginn.analysis.outcomes import ScreeningFacts
from ginn.config.models import Experiment, Screening
from ginn.network.run import run_id


def experiment(iterations: int) -> Experiment:
    """An experiment with screening runs of ten iterations."""
    changed: dict[str, Any] = {
        "iterations": iterations,
        "snapshots": (*range(0, iterations, 4), iterations),
        "screening": Screening(seeds=500, iterations=10),
    }
    return make_report().experiment.model_copy(update=changed)


def test_followed_seeds_are_the_failed_ones_without_a_full_run() -> None:
    screening = ScreeningFacts(500, 10, 3, (3, 7, 9))
    assert followed_seeds(experiment(500), screening, {"seed-7": 7}) == {"seed-3": 3, "seed-9": 9}
    many = ScreeningFacts(500, 10, 400, tuple(range(400)))
    full = {run_id(seed): seed for seed in range(8)}
    assert list(followed_seeds(experiment(500), many, full).values()) == list(
        range(8, MOST_FOLLOWED)
    )


def test_followed_seeds_of_a_training_as_short_as_the_screening_are_none() -> None:
    assert followed_seeds(experiment(10), ScreeningFacts(500, 10, 1, (3,)), {}) == {}


@pytest.mark.parametrize(("iterations", "last"), [(500, 10 * FOLLOWED), (41, 41), (10, 10)])
def test_followed_snapshots_begin_with_the_end_of_the_screening(iterations: int, last: int) -> None:
    given = experiment(iterations)
    found = followed_snapshots(given)
    assert (found[0], found[-1], last_followed(given)) == (10, last, last)
    assert list(found) == sorted(set(found))
    assert set(found[1:-1]) == {at for at in given.snapshots if 10 < at < last}
