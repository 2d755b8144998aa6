"""Counts of linear regions and vertices of whole runs."""

from __future__ import annotations

import pytest
from support.runs import layer_of, random_run_within, run_of, threshold

from ginn.errors import AuthorError
from ginn.geometry import boundaries
from ginn.geometry.boundaries import trace
from ginn.geometry.counts import first_and_last_regions, regions_at_end, require_traceable
from ginn.network.run import last_state


def test_first_and_last_regions_are_those_of_the_ends_of_a_run() -> None:
    regions = trace(run := random_run_within((9, 9), 5)).regions
    assert first_and_last_regions(trace(run)) == (regions[0], regions[-1])
    assert regions[0] != regions[-1], "the test needs a run whose numbers of regions differ"


def test_regions_at_end_are_those_of_the_last_snapshot() -> None:
    # The line enters the square at the last snapshot.
    states = [[layer_of(threshold(x)), ([[1.0]], [0.0])] for x in (-5, -5, 0.5)]
    assert regions_at_end(run_of(*states)) == 2


def test_require_traceable_counts_the_snapshots_from_the_end_of_screening_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = random_run_within((9, 9), 2), random_run_within((1,), 2)
    vertices = len(trace(last_state(first)).causes)
    monkeypatch.setattr(boundaries, "MOST_VERTICES", 3 * vertices)
    screening = {"seed-0": first, "seed-1": second}  # they end at iteration 10
    assert require_traceable(screening, [0, 9, 10, 20, 30]) == vertices
    with pytest.raises(AuthorError, match=rf"{4 * vertices:,} in 4 snapshots"):
        require_traceable(screening, [0, 9, 10, 20, 30, 40])
