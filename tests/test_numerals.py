"""Numbers are written one way everywhere, and never say more than they know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn import numerals


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (numerals.percent(0.7), "70.0%"),
        (numerals.percent(0.12345, 2), "12.35%"),
        (numerals.percent(1.0), "100.0%"),
        (numerals.percent(0.99999), "over 99.9%"),
        (numerals.percent(0.00001), "under 0.1%"),
        (numerals.percent(0.0), "0.0%"),
        (numerals.count(1_270_000, "iteration"), "1,270,000 iterations"),
        (numerals.count(1, "boundary", "boundaries"), "1 boundary"),
        (numerals.count(0, "boundary", "boundaries"), "0 boundaries"),
        (numerals.count(12), "12"),
        (numerals.words(3, "run"), "three runs"),
        (numerals.words(1, "run"), "one run"),
        (numerals.words(0), "zero"),
        (numerals.words(13, "run"), "13 runs"),
        (numerals.words(-1), "−1"),
        (numerals.count(-1_500), "−1,500"),
        (numerals.decimal(-0.5, 1), "−0.5"),
        (numerals.decimal(-0.001), "0.00"),
        (numerals.significant(-0.002514), "−0.0025"),
        (numerals.p_value(0.0312), "p = 0.031"),
        (numerals.p_value(0.0004), "p < 0.001"),
        (numerals.p_value(0.0), "p < 0.001"),
        (numerals.p_value(0.04996), "p = 0.04996"),
        (numerals.p_value(0.05), "p = 0.050"),
        (numerals.p_value(1.0), "p = 1.0"),
        (numerals.degrees(23.6), "24°"),
        (numerals.degrees(-0.25, 2), "−0.25°"),
        (numerals.span([0.02, 0.08], "percent"), "2.0–8.0%"),
        (numerals.span([0.02, 0.08], "percent", 0), "2–8%"),
        (numerals.span([0.0, 0.0004], "percent"), "0.0% to under 0.1%"),
        (numerals.span([1, 7], "count", "run"), "1–7 runs"),
        (numerals.span([5_000, 9_500], "iteration"), "iterations 5,000–9,500"),
        (numerals.span([-1.5, 2]), "−1.50 to 2.00"),
        (numerals.span([0.25, 0.251]), "0.25"),
        (numerals.span((10, 20), "degrees"), "10–20°"),
        (numerals.span((0.5, 0.75), "significant", 1), "0.5–0.8"),
        (numerals.iteration(5_000), "iteration 5,000"),
        (numerals.decimal(0.25, 1), "0.2"),
        (numerals.significant(0.002514), "0.0025"),
        (numerals.significant(0.0996), "0.10"),
        (numerals.significant(1234.5, 2), "1,200"),
        (numerals.significant(0.0), "0"),
        (numerals.duration(4.56), "4.6 s"),
        (numerals.duration(59.7), "1 min 0 s"),
        (numerals.duration(260), "4 min 20 s"),
        (numerals.duration(7_380), "2 h 3 min"),
        (numerals.listing([]), ""),
        (numerals.listing(["a"]), "a"),
        (numerals.listing(["a", "b", 3]), "a, b and 3"),
    ],
)
def test_a_number_is_written_so(written: str, expected: str) -> None:
    assert written == expected


@given(st.floats(0, 1), st.integers(0, 3))
def test_all_and_nothing_are_never_the_work_of_rounding(share: float, digits: int) -> None:
    text = numerals.percent(share, digits)
    assert (text == numerals.percent(1.0, digits)) == (share == 1)
    assert (text == numerals.percent(0.0, digits)) == (share == 0)


@given(st.floats(1e-9, 1e9), st.integers(1, 6))
def test_significant_digits_keep_the_value(value: float, digits: int) -> None:
    read = float(numerals.significant(value, digits).replace(",", ""))
    assert read == pytest.approx(value, rel=0.5 * 10.0 ** (1 - digits) * 1.0001)


@given(st.floats(0, 1))
def test_a_p_value_never_changes_sides(p: float) -> None:
    sign, text = numerals.p_value(p).removeprefix("p ").split()
    assert (p < 0.001) == (sign == "<")
    assert (float(text) < 0.05) == (p < 0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: numerals.percent(1.2),
        lambda: numerals.percent(float("nan")),
        lambda: numerals.count(2.5),  # type: ignore[arg-type]
        lambda: numerals.count("3"),  # type: ignore[arg-type]
        lambda: numerals.iteration(True),
        lambda: numerals.duration(-1),
        lambda: numerals.p_value(1.5),
        lambda: numerals.span([2, 1]),
        lambda: numerals.span([1]),
        lambda: numerals.span([1, 2], "duration"),
    ],
)
def test_what_is_no_such_number_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"was given .* it takes"):
        wrong()  # type: ignore[operator]


def test_a_files_size_is_in_thousands_of_bytes_and_never_nothing() -> None:
    sizes = {0: "1 kB", 1_499: "1 kB", 1_501: "2 kB", 1_050_000: "1,050 kB"}
    assert {size: numerals.kilobytes(size) for size in sizes} == sizes
