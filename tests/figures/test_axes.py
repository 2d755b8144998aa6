"""The frame that all charts share: panels, legends and labels that do not overlap."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charts import CHARTS, NARROW, SVG, WIDE, drawn, facts, require_words_inside
from support.sample_evidence import sample_evidence
from support.sample_report import make_report

from ginn.figures import axes, marks


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("failed", [frozenset(), frozenset({2})])
def test_draw_any_chart_keeps_words_inside_and_marks_in_both_themes(
    name: str, width: int, failed: frozenset[int]
) -> None:
    svg = CHARTS[name].draw(
        getattr(sample_evidence(), name), facts(failed), make_report().colours, width
    )
    assert "nan" not in re.sub(r"<(desc|title).*?</\1>", "", svg.text)
    root = ElementTree.fromstring(svg.text)
    assert float(root.attrib["width"]) == width
    require_words_inside(root)
    style = root.findtext(f"{SVG}style") or ""
    light, dark = style.split("@media(prefers-color-scheme:dark)")
    for each in root.iter():
        if kind := each.attrib.get("class"):
            assert f".{kind}{{" in light, kind
            assert f".{kind}{{" in dark, kind
            # A program that ignores style sheets shows the attribute, which has the same shade.
            for name in {"fill", "stroke"} & set(each.attrib):
                assert f".{kind}{{{name}:{each.attrib[name]}}}" in light, kind


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_draw_any_chart_has_no_words_over_others(name: str, width: int) -> None:
    boxes = []
    for text in drawn(name, width).iter(f"{SVG}text"):
        long = 0.5 * marks.TEXT * len(text.text or "")
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        first, y = float(text.attrib["x"]) - back * long, float(text.attrib["y"])
        boxes.append((first, first + long, y - 0.7 * marks.TEXT, y, text.text))
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = (
                one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            )
            assert apart, (one[4], other[4])


@pytest.mark.parametrize("name", CHARTS)
def test_draw_any_chart_has_its_description_and_unit(name: str) -> None:
    root = drawn(name)
    series = getattr(sample_evidence(), name)
    assert root.findtext(f"{SVG}desc") == CHARTS[name].describe(series, facts())
    words = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert (
        series.unit if name != "dead_layers" else "of the diamond's pixels that are right"
    ) in words


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_head_any_chart_has_its_unit_clear_of_the_key(width: int) -> None:
    for name in set(CHARTS) - {"dead_periods", "interventions", "variants", "prevention"}:
        svg = drawn(name, width)
        samples = svg.findall(f"{SVG}g[@transform]")
        last = max(float(each.attrib["transform"].split(",")[1].strip(")")) for each in samples)
        words = [float(text.attrib["y"]) for text in svg.findall(f"{SVG}text")]
        following = min(y for y in words if y > last + marks.TEXT)
        # The gap is at least one and a half rows of the legend.
        assert following - last - marks.MIDDLE * marks.TEXT > marks.TEXT + 6 + 5, name


@pytest.mark.parametrize("count", range(1, 8))
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_panels_any_number_fill_the_width_and_keep_apart(count: int, width: int) -> None:
    places = axes.panels(count, width, 10, 100)
    assert len(places) == count
    assert max(place.right for place in places) == pytest.approx(width - 22)
    boxes = [(each.left, each.right, each.top - 22, each.bottom + 30) for each in places]
    for one, other in itertools.combinations(boxes, 2):
        aside = one[0] >= other[1] or other[0] >= one[1]
        assert aside or one[2] >= other[3] - 1e-9 or other[2] >= one[3] - 1e-9
    assert [each.leftmost for each in places] == [each.left == places[0].left for each in places]


@given(st.lists(st.floats(0, 300), max_size=12), st.floats(1, 20))
def test_spread_any_heights_lie_apart_in_their_order(heights: list[float], gap: float) -> None:
    moved = axes.spread(heights, gap, 0, 300)
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = [moved[i] for i in order]
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(placed))
    assert all(y <= 300 for y in placed)
    assert all(y >= -1e-6 for y in placed)
    inside = [heights[i] for i in order]
    if all(b - a >= gap for a, b in itertools.pairwise(inside)):
        assert moved == pytest.approx(heights, abs=1e-9)
