"""How numbers are written, and which are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn import formatting


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formatting.percent(0.7), "70.0%"),
        (formatting.percent(0.12345, 2), "12.35%"),
        (formatting.percent(1.0), "100.0%"),
        (formatting.percent(0.99999), "over 99.9%"),
        (formatting.percent(0.00001), "under 0.1%"),
        (formatting.percent(0.0), "0.0%"),
        (formatting.count(1_270_000, "iteration"), "1,270,000 iterations"),
        (formatting.count(1, "boundary", "boundaries"), "1 boundary"),
        (formatting.count(0, "boundary", "boundaries"), "0 boundaries"),
        (formatting.count(12), "12"),
        (formatting.words(3, "run"), "three runs"),
        (formatting.words(1, "run"), "one run"),
        (formatting.words(0), "none"),
        (formatting.words(0, "run"), "no runs"),
        (formatting.numbered("layer", range(1, 4)), "layers 1, 2 and 3"),
        (formatting.numbered("layer", [2]), "layer 2"),
        (formatting.numbered("layer", []), "no layer"),
        (formatting.words(13, "run"), "13 runs"),
        (formatting.words(-1), "−1"),
        (formatting.count(-1_500), "−1,500"),
        (formatting.decimal(-0.5, 1), "−0.5"),
        (formatting.decimal(-0.001), "0.00"),
        (formatting.significant(-0.002514), "−0.0025"),
        (formatting.p_value(0.0312), "p = 0.031"),
        (formatting.p_value(0.0004), "p < 0.001"),
        (formatting.p_value(0.0), "p < 0.001"),
        (formatting.p_value(0.04996), "p = 0.04996"),
        (formatting.p_value(0.0312, named=False), "0.031"),
        (formatting.p_value(0.0004, named=False), "<\N{NO-BREAK SPACE}0.001"),
        (formatting.p_value(0.05), "p = 0.050"),
        (formatting.p_value(1.0), "p = 1.0"),
        (formatting.degrees(23.6), "24°"),
        (formatting.degrees(-0.25, 2), "−0.25°"),
        (formatting.span([0.02, 0.08], "percent"), "2.0–8.0%"),
        (formatting.span([0.02, 0.08], "percent", 0), "2–8%"),
        (formatting.span([0.0, 0.0004], "percent"), "0.0% to under 0.1%"),
        (formatting.span([1, 7], "count", "run"), "1–7 runs"),
        (formatting.span([5_000, 9_500], "iteration"), "iterations 5,000–9,500"),
        (formatting.span([-1.5, 2]), "−1.50 to 2.00"),
        (formatting.span([0.25, 0.251]), "0.25"),
        (formatting.span((10, 20), "degrees"), "10–20°"),
        (formatting.span((0.5, 0.75), "significant", 1), "0.5–0.8"),
        (formatting.iteration(5_000), "iteration 5,000"),
        (formatting.decimal(0.25, 1), "0.2"),
        (formatting.significant(0.002514), "0.0025"),
        (formatting.significant(0.0996), "0.10"),
        (formatting.significant(1234.5, 2), "1,200"),
        (formatting.significant(0.0), "0"),
        (formatting.duration(4.56), "4.6 s"),
        (formatting.duration(59.7), "1 min 0 s"),
        (formatting.duration(260), "4 min 20 s"),
        (formatting.duration(7_380), "2 h 3 min"),
        (formatting.listing([]), ""),
        (formatting.listing(["a"]), "a"),
        (formatting.listing(["a", "b", 3]), "a, b and 3"),
    ],
)
def test_formatting_writes_the_expected_text(written: str, expected: str) -> None:
    assert written == expected


@given(st.floats(0, 1), st.integers(0, 3))
def test_percent_of_a_share_between_none_and_all_is_written_as_neither(
    share: float, digits: int
) -> None:
    text = formatting.percent(share, digits)
    assert (text == formatting.percent(1.0, digits)) == (share == 1)
    assert (text == formatting.percent(0.0, digits)) == (share == 0)


@given(st.floats(1e-9, 1e9), st.integers(1, 6))
def test_significant_keeps_the_value_to_its_digits(value: float, digits: int) -> None:
    read = float(formatting.significant(value, digits).replace(",", ""))
    assert read == pytest.approx(value, rel=0.5 * 10.0 ** (1 - digits) * 1.0001)


@given(st.floats(0, 1))
def test_p_value_is_written_on_its_side_of_both_levels(p: float) -> None:
    sign, text = formatting.p_value(p).removeprefix("p ").split()
    assert (p < 0.001) == (sign == "<")
    assert (float(text) < 0.05) == (p < 0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: formatting.percent(1.2),
        lambda: formatting.percent(float("nan")),
        lambda: formatting.count(2.5),  # type: ignore[arg-type]
        lambda: formatting.count("3"),  # type: ignore[arg-type]
        lambda: formatting.iteration(True),
        lambda: formatting.duration(-1),
        lambda: formatting.p_value(1.5),
        lambda: formatting.span([2, 1]),
        lambda: formatting.span([1]),
        lambda: formatting.span([1, 2], "duration"),
    ],
)
def test_formatting_of_a_wrong_value_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"was given .* it takes"):
        wrong()  # type: ignore[operator]
