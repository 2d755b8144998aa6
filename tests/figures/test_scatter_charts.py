"""Charts with a mark for each run: read off the SVG's own axes, marks have the data's values."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from support.charts import NARROW, PIXEL, SVG, axis, drawn, marks_of, points, reader
from support.sample_evidence import sample_evidence


def test_symmetry_svg_has_a_mark_for_each_score_and_only_known_correlations() -> None:
    root, series = drawn("symmetry", NARROW), sample_evidence().symmetry
    assert series
    count = len(set(axis(root, "below")))
    x = reader(axis(root, "below", slice(count)), "linear")
    dots = [float(mark["cx"]) for mark in marks_of(root, "circle", "ink")]
    diamonds = [float(points(mark)[0, 0]) + 4 for mark in marks_of(root, "path", "failed-text")]
    assert dots == pytest.approx(x([0.9, 0.8, 0.7, 0.6, 0.6]), abs=2 * PIXEL)
    assert diamonds == pytest.approx(x([0.5, 0.4, 0.3]), abs=2 * PIXEL)
    titles = [text.text for text in root.iter(f"{SVG}text") if "layer" in (text.text or "")]
    assert titles[:3] == ["layer 1, ρ = −0.50", "layer 2", "layer 3, ρ = +0.25"]


def test_parts_svg_read_off_its_axis_gives_the_errors() -> None:
    root, series = drawn("parts"), sample_evidence().parts
    assert series
    x = reader(axis(root, "below"), "root")
    dots = [float(mark["cx"]) for mark in marks_of(root, "circle")]
    expected = [
        x(math.sqrt(wrong[part]))
        for part in range(3)
        for group_ in (series.full, series.screenings)
        for wrong, failed in zip(group_.wrong, group_.failed, strict=True)
        if not failed
    ]
    assert sorted(dots) == pytest.approx(sorted(expected), abs=2 * PIXEL)
    diamonds = [float(points(mark)[0, 0]) + 3.5 for mark in marks_of(root, "path", "failed-text")]
    assert diamonds == pytest.approx(x(np.sqrt([0.5, 0.6, 1.0])), abs=2 * PIXEL)
    medians = [points(mark)[0, 0] for mark in marks_of(root, "path", "failed")]
    assert medians == pytest.approx(x(np.sqrt([0.5, 0.6, 1.0])), abs=2 * PIXEL)


def test_variants_svg_has_a_strip_of_errors_and_a_rate_with_its_interval() -> None:
    root, series = drawn("variants", NARROW), sample_evidence().variants
    assert series
    ticks = list(axis(root, "below", slice(None)).items())
    # Both axes have a tick for 0, so each axis is read from its own row of words.
    rows: dict[float, dict[float, float]] = {}
    for text in root.findall(f"{SVG}text"):
        if re.fullmatch(r"[\d.]+%", text.text or ""):
            value = float((text.text or "").strip("%")) / 100
            rows.setdefault(float(text.attrib["y"]), {})[value] = float(text.attrib["x"])
    assert ticks
    errors, rates = (reader(row, "linear") for row in rows.values())
    dots = marks_of(root, "circle")
    strips = sorted(float(dot["cx"]) for dot in dots if dot["r"] == "3")
    assert strips == pytest.approx(errors([0.004, 0.005, 0.01, 0.02]), abs=2 * PIXEL)
    shares = [float(dot["cx"]) for dot in dots if dot["r"] == "3.5"]
    assert shares == pytest.approx(rates([0.1, 0.1]), abs=2 * PIXEL)
    for interval in marks_of(root, "path", "control"):
        assert points(interval)[:, 0] == pytest.approx(rates([0.03, 0.24]), abs=2 * PIXEL)
