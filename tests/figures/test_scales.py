"""Scales keep the order of values. Ticks are at round numbers and have room for their names."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.figures import scales
from ginn.figures.marks import LETTER, TEXT
from ginn.figures.scales import Scale


@given(
    st.sampled_from(["linear", "log", "log1p", "root"]),
    st.floats(0.001, 10),
    st.floats(1, 1e6),
    st.lists(st.floats(0, 1e8), min_size=2, max_size=8),
)
def test_scale_any_values_keeps_their_order_and_its_ends(
    kind: str, low: float, more: float, values: list[float]
) -> None:
    scale = Scale(low, low + more, 10.0, 400.0, kind)  # type: ignore[arg-type]
    assert scale.at([low, low + more]) == pytest.approx([10, 400])
    places = scale.at(sorted(values))
    assert np.all(np.diff(places) >= -1e-9)
    assert np.all((places >= 10 - 1e-9) & (places <= 400 + 1e-9))


@given(st.floats(1e-3, 1e6), st.integers(2, 9))
def test_even_ticks_any_range_are_evenly_spaced_with_names_of_their_own(
    high: float, most: int
) -> None:
    ticks = scales.even_ticks(high, most)
    values = [value for value, _ in ticks]
    assert values[0] == 0
    assert values[-1] <= high * (1 + 1e-6)
    assert 2 <= len(ticks) <= most + 1
    assert np.ptp(np.diff(values)) <= 1e-6 * high
    assert len({words for _, words in ticks}) == len(ticks)


@given(st.floats(-4, 4), st.floats(math.log10(1.25**2), 6))
def test_log_ticks_any_range_are_two_to_ten(low: float, decades: float) -> None:
    """The narrowest axis is that of a single value, as `log_bounds` widens it."""
    ticks = scales.log_ticks(10**low, 10 ** (low + decades))
    values = [value for value, _ in ticks]
    assert 2 <= len(values) <= 10
    assert values == sorted(set(values))
    assert 10**low <= values[0]
    assert values[-1] <= 10 ** (low + decades)


@given(st.integers(0, 10**7), st.floats(120, 700))
def test_iteration_ticks_any_width_have_room_for_their_names(last: int, room: float) -> None:
    ticks = scales.iteration_ticks(last, room)
    scale = Scale(0, max(1, last), 0, room, "log1p")
    places = scale.at([value for value, _ in ticks])
    assert ticks[0] == (0, "0")
    assert ticks[-1][0] <= last
    assert [value for value, _ in ticks] == sorted({value for value, _ in ticks})
    for (_, words), (_, following), gap in zip(ticks, ticks[1:], np.diff(places), strict=False):
        assert gap >= LETTER * TEXT * (len(words) + len(following)) / 2


def test_numbers_none_becomes_nan() -> None:
    assert scales.numbers([1, None, 2.5]) == pytest.approx([1, math.nan, 2.5], nan_ok=True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.0, 8.0, 0.0, math.nan], (1.6, 10.0)),
        ([0.0, math.nan], (0.1, 1.0)),
        ([], (0.1, 1.0)),
    ],
)
def test_log_bounds_values_below_zero_or_missing_are_ignored(
    values: list[float], expected: tuple[float, float]
) -> None:
    assert scales.log_bounds(np.array(values)) == pytest.approx(expected)


def test_share_ticks_whole_range_are_percentages() -> None:
    assert [words for _, words in scales.share_ticks()] == [
        "0%",
        "20%",
        "40%",
        "60%",
        "80%",
        "100%",
    ]


@pytest.mark.parametrize("high", [0.0, -1.0, math.nan])
def test_share_ticks_without_a_share_are_zero_alone(high: float) -> None:
    assert scales.share_ticks(high) == [(0.0, "0%")]


def test_share_limit_of_zeros_is_one_percent() -> None:
    assert scales.share_limit([0.0, 0.0]) == 0.01
    assert scales.share_limit([0.0, 0.5]) == pytest.approx(0.525)


@pytest.mark.parametrize("kind", ["linear", "log", "log1p", "root"])
def test_scale_of_equal_limits_puts_everything_at_its_start(kind: str) -> None:
    scale = Scale(3.0, 3.0, 10.0, 400.0, kind)  # type: ignore[arg-type]
    assert scale.at([0.0, 3.0, 9.0]).tolist() == [10, 10, 10]


def test_log_ticks_of_hundreds_of_decades_are_few_powers() -> None:
    ticks = scales.log_ticks(*scales.log_bounds(np.array([5e-324, 1e-280, 1.0])))
    assert 3 <= len(ticks) <= scales.MOST_POWERS + 2
    assert len({words for _, words in ticks}) == len(ticks)
