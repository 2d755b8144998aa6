"""Losses and accuracies: the marks, read off the SVG's own axes, have the values of the data.

| what | bound | reason |
| --- | --- | --- |
| a point of a curve | 0.8 px | points are rounded to half a pixel, and ticks to a tenth |
| a dot of the accuracy chart | 0.1 px | dots and ticks are rounded to a tenth |
"""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.charts import NARROW, SVG, WIDE, axis, reader, require_words_inside
from support.runs import trained_run
from support.sample_report import make_report
from support.words import ENGLISH

from ginn.figures import marks, training_charts
from ginn.pages.report import Report


def charts_of(report: Report, width: int) -> dict[str, ElementTree.Element]:
    """Both charts of a report."""
    facts = report.facts.experiment
    loss = training_charts.loss_curves_svg(facts, report.snapshots, report.colours, ENGLISH, width)
    accuracy = training_charts.accuracy_by_part_svg(facts, report.colours, ENGLISH, width)
    return {
        name: ElementTree.fromstring(s.text) for name, s in (("loss", loss), ("parts", accuracy))
    }


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_loss_curves_svg_read_off_its_axes_gives_the_losses(width: int) -> None:
    report = make_report(frozenset({2}))
    root = charts_of(report, width)["loss"]
    across, up = reader(axis(root, "below"), "log1p"), reader(axis(root, "left"), "log")
    curves = [p for p in root.iter(f"{SVG}path") if p.attrib["class"] in ("run", "failed")]
    assert len(curves) == len(report.facts.experiment.full_runs)
    for curve in curves:
        points = np.array([p.split(",") for p in curve.attrib["d"][1:].split(" ")], dtype=float)
        misses = []
        for snapshots in report.snapshots.values():
            x, y = across(np.log1p(snapshots.iterations)), up(np.log10(snapshots.loss))
            misses.append(np.abs(points - np.stack([x, y], axis=-1)).max())
        assert min(misses) < 0.8


def test_loss_curves_svg_shown_runs_are_named_beside_their_ends() -> None:
    report = make_report(frozenset({2}))
    root = charts_of(report, WIDE)["loss"]
    names = {text.text: text.attrib for text in root.iter(f"{SVG}text")}
    for run in report.facts.experiment.shown_runs:
        assert names[run.title]["class"] == ("failed-text" if run.failed else "ink")
    assert float(names["Bad run"]["y"]) < float(names["Good run 1"]["y"])


def test_loss_curves_svg_loss_of_zero_has_a_place() -> None:
    report = make_report()
    snapshots = dict(report.snapshots)
    snapshots["seed-1"] = replace(trained_run(), loss=np.array([0.7, 0.5, 0.1, 0.05, 0.0, 0.0]))
    svg = training_charts.loss_curves_svg(
        report.facts.experiment, snapshots, report.colours, ENGLISH, WIDE
    ).text
    assert "nan" not in svg
    assert "inf" not in svg.replace("information", "")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_accuracy_by_part_svg_read_off_its_axis_gives_the_accuracies(width: int) -> None:
    failed = frozenset({1, 4})
    report = make_report(failed)
    facts = report.facts.experiment
    root = charts_of(report, width)["parts"]
    across = reader(axis(root, "below"), "linear")
    dots = [float(dot.attrib["cx"]) for dot in root.iter(f"{SVG}circle")]
    marks = [p for p in root.iter(f"{SVG}path") if p.attrib["class"] == "failed-text"]
    diamonds = [3.5 + float(p.attrib["d"][1:].split(",")[0]) for p in marks]
    for found, is_failed in ((dots, False), (diamonds, True)):
        expected = [
            across(accuracy)
            for run in facts.full_runs
            if run.failed == is_failed
            for accuracy in (run.accuracy, *run.part_accuracy.values())
        ]
        assert sorted(found) == pytest.approx(sorted(expected), abs=0.11)
    names = [text.text for text in root.iter(f"{SVG}text") if text.attrib["class"] == "failed-text"]
    titles = [run.title for run in facts.full_runs if run.failed]
    assert sorted(names) == sorted(titles)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("accuracy", [0.5, 0.9, 0.965, 0.1])
def test_accuracy_by_part_svg_names_of_failed_runs_keep_clear_of_marks(
    width: int, accuracy: float
) -> None:
    """The failed run is the least accurate one, or has other runs close on its left."""
    report = make_report(frozenset({2}))
    full_runs = tuple(
        replace(run, accuracy=accuracy if run.failed else (run.accuracy - 0.05 * run.seed))
        for run in report.facts.experiment.full_runs
    )
    facts = replace(report.facts.experiment, full_runs=full_runs)
    svg = training_charts.accuracy_by_part_svg(facts, report.colours, ENGLISH, width)
    root = ElementTree.fromstring(svg.text)
    dots = [(float(d.attrib["cx"]), float(d.attrib["cy"])) for d in root.iter(f"{SVG}circle")]
    for path in root.iter(f"{SVG}path"):
        if path.attrib["class"] == "failed-text":
            x, y = path.attrib["d"][1:].split("l")[0].split(",")
            dots.append((float(x) + 3.5, float(y)))
    names = [t for t in root.iter(f"{SVG}text") if t.attrib["class"] == "failed-text"]
    assert names
    for name in names:
        long = marks.text_width(name.text or "")
        x, y = float(name.attrib["x"]), float(name.attrib["y"])
        first = x - long if name.attrib["text-anchor"] == "end" else x
        struck = [
            (cx, cy)
            for cx, cy in dots
            if first - 3 < cx < first + long + 3 and y - marks.TEXT < cy < y + 3
        ]
        assert not struck, name.text


def test_accuracy_by_part_svg_every_row_is_ordered_by_accuracy() -> None:
    report = make_report()
    facts = report.facts.experiment
    dots = [dot.attrib for dot in charts_of(report, WIDE)["parts"].iter(f"{SVG}circle")]
    across = axis(charts_of(report, WIDE)["parts"], "below")
    scale = across[1.0] - across[0.0]
    best = sorted(facts.full_runs, key=lambda run: -run.accuracy)
    rows = [[run.accuracy for run in best]]
    rows += [[run.part_accuracy[part.name] for run in best] for part in facts.parts]
    heights = sorted(dots, key=lambda dot: float(dot["cy"]))
    found = [(float(dot["cx"]) - across[0.0]) / scale for dot in heights]
    assert found == pytest.approx([share for row in rows for share in row], abs=1e-3)


def test_accuracy_by_part_svg_only_major_parts_have_a_line_at_one_half() -> None:
    report = make_report()
    root = charts_of(report, WIDE)["parts"]
    lines = [path for path in root.iter(f"{SVG}path") if "stroke-dasharray" in path.attrib]
    majors = [part for part in report.facts.experiment.parts if part.major]
    assert 0 < len(majors) < len(report.facts.experiment.parts)
    assert len(lines) == len(majors)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("failed", [frozenset(), frozenset({2}), frozenset(range(6))])
def test_training_charts_words_stay_inside(width: int, failed: frozenset[int]) -> None:
    for root in charts_of(make_report(failed), width).values():
        require_words_inside(root)


@settings(max_examples=20)
@given(st.sets(st.integers(0, 5)))
def test_descriptions_name_the_runs_that_failed(failed: set[int]) -> None:
    facts = make_report(frozenset(failed)).facts.experiment
    text = training_charts.accuracy_description(facts, ENGLISH)
    tail = text.rpartition("Failed: seed")[2] if failed else text
    assert ("No run failed." in text) == (not failed)
    assert not failed or {int(n) for n in re.findall(r"\d+", tail)} == failed
    number = ["no", "one", "two", "three", "four", "five", "six"][len(failed)]
    noun = "run" if len(failed) == 1 else "runs"
    assert f"{number} {noun} failed" in training_charts.loss_description(facts, ENGLISH)
