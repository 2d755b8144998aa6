"""Charts of training: the lines, read off the SVG's own axes, have the values of the data."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from support.charts import (
    CHARTS,
    NARROW,
    PIXEL,
    SVG,
    WIDE,
    axis,
    drawn,
    facts,
    marks_of,
    points,
    reader,
)
from support.sample_evidence import sample_evidence
from support.sample_report import make_report

from ginn.figures.theme import colours_of


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_regions_svg_read_off_its_axes_gives_the_counts(width: int) -> None:
    root, series = drawn("regions", width), sample_evidence().regions
    assert series
    x, y = reader(axis(root, "below"), "log1p"), reader(axis(root, "left"), "linear")
    for kind, chosen in (("run", (0, 1)), ("failed", (2,))):
        lines = marks_of(root, "path", kind)
        assert len(lines) == len(chosen)
        for line, run in zip(lines, chosen, strict=True):
            expected = np.stack([x(np.log1p(series.iterations)), y(series.counts[run])], axis=1)
            assert np.abs(points(line) - expected).max() < 2 * PIXEL
    (bound,) = marks_of(root, "path", "control")
    assert points(bound)[:, 1] == pytest.approx(y(series.arrangement), abs=2 * PIXEL)
    (shaded,) = marks_of(root, "path", "muted")
    heights = points(shaded)[:, 1]
    assert [heights.max(), heights.min()] == pytest.approx([y(35), y(80)], abs=2 * PIXEL)


@pytest.mark.parametrize(
    ("name", "kind", "bend"),
    [
        ("shift", "layer-1", "linear"),
        ("corners", "layer-2", "log"),
    ],
)
def test_layer_charts_first_panel_read_off_its_axes_gives_the_series(
    name: str, kind: str, bend: str
) -> None:
    root, series = drawn(name, NARROW), getattr(sample_evidence(), name)
    values = series.layers[0].median
    (line,) = marks_of(root, "path", kind)
    count = len(set(axis(root, "below")))
    x = reader(axis(root, "below", slice(count)), "log1p")
    # Ticks of later panels stand lower and would hide these: the first panel's come first.
    y = reader(axis(root, "left", slice(len(set(axis(root, "left"))))), bend)
    told = [i for i, value in enumerate(values) if value]
    height = np.array([values[i] for i in told])
    expected = np.stack(
        [x(np.log1p(series.iterations)[told]), y(np.log10(height) if bend == "log" else height)], 1
    )
    assert np.abs(points(line) - expected).max() < 2 * PIXEL


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_layer_charts_every_layer_has_a_line_of_its_own(width: int) -> None:
    for name, kinds in (
        ("shift", ["layer-1", "layer-2", "layer-3"]),
        ("corners", ["layer-2", "layer-3", "output"]),
    ):
        starts = [points(marks_of(drawn(name, width), "path", kind)[0])[0] for kind in kinds]
        assert len({tuple(start) for start in starts}) == 3


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_copies_svg_marks_stand_at_each_runs_share_in_its_order(width: int) -> None:
    root, series = drawn("duplicate_neurons", width), sample_evidence().duplicate_neurons
    assert series
    y = reader(axis(root, "left", slice(len(set(axis(root, "left"))))), "linear")
    dots, rings = (marks_of(root, "circle", kind)[:3] for kind in ("ink", "control"))
    order = sorted(range(3), key=lambda run: series.end[0][run] or 0)
    for marks, values in ((dots, series.end[0]), (rings, series.start[0])):
        heights = [float(mark["cy"]) for mark in marks]
        assert heights == pytest.approx(y([values[run] for run in order]), abs=2 * PIXEL)
    assert [dot["cx"] for dot in dots] == [ring["cx"] for ring in rings]
    assert len({dot["cx"] for dot in dots}) == 3
    line = next(each for each in marks_of(root, "path", "control") if len(points(each)) == 2)
    assert points(line)[:, 1] == pytest.approx(y(series.between[0]), abs=2 * PIXEL)


def test_copies_description_states_the_values_that_are_drawn() -> None:
    series = sample_evidence().duplicate_neurons
    told = CHARTS["duplicate_neurons"].describe(series, facts())
    assert "layer 1: 0.0–4.0% of pairs at the end, more than at the start in 2 runs" in told


@pytest.mark.parametrize("depth", [1, 5])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_shift_and_copycats_any_depth_have_a_panel_a_layer(depth: int, width: int) -> None:
    whole = sample_evidence()
    assert whole.shift
    assert whole.duplicate_neurons
    shift = replace(
        whole.shift, layers=whole.shift.layers[:1] * depth, control=whole.shift.control[:1] * depth
    )
    copies = replace(
        whole.duplicate_neurons,
        **{
            name: getattr(whole.duplicate_neurons, name)[:1] * depth
            for name in ("start", "end", "between")
        },
    )
    report = make_report()
    colours = colours_of(report.site, depth)
    for name, series in (("shift", shift), ("duplicate_neurons", copies)):
        svg = CHARTS[name].draw(series, replace(facts(), widths=(16,) * depth), colours, width)
        root = ElementTree.fromstring(svg.text)
        words = [text.text for text in root.iter(f"{SVG}text")]
        assert [word for word in words if re.fullmatch(r"layer \d", word or "")] == [
            f"layer {number}" for number in range(1, depth + 1)
        ]
