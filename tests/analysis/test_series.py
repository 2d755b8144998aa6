"""The snapshots of a run at which its series are measured."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ginn.analysis import series


@given(st.integers(1, 1_000))
def test_watched_rises_from_the_first_to_the_last(count: int) -> None:
    places = series.evenly_spaced(count)
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (0, count - 1)
    assert len(places) == min(count, series.SERIES_LENGTH)
