"""Stills and charts, judged from the SVG itself: parsed, and compared with what they are to show.

| what | bound | reason |
| --- | --- | --- |
| a vertex in a still | 0.005 px | two decimals |
| opacity of a pixel behind the lines | 1 / 30 | sixteen levels |
| a point of a curve | 0.8 px | half a pixel each way, and the ticks' own tenth |
| a dot of the accuracy chart | 0.1 px | one decimal, of dot and tick |
"""

from __future__ import annotations

import base64
import io
import itertools
import math
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from support.report_double import PIXELS, bottle, make_report, traced
from support.runs import trained_run

from ginn.figures import axes, network_figure, training_charts
from ginn.figures.network_figure import FigureError, Shades, Stage
from ginn.network.run import layer_slices
from ginn.pages.figure_calls import NARROW, WIDE, Report

SVG = "{http://www.w3.org/2000/svg}"
LAST = len(trained_run()) - 1
ALL = tuple(range(traced().neurons))
COLOUR = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def stage(
    snapshot: int = LAST, neurons: tuple[int, ...] = ALL, background: str = "output"
) -> Stage:
    report = make_report()
    return report.stage(report.facts.experiment.shown_runs[0], snapshot, neurons, background)


def drawn(still: Stage, weight: float = 1.0) -> ElementTree.Element:
    return ElementTree.fromstring(network_figure.stage_svg(still, make_report().colours, weight))


def opacity(image: ElementTree.Element) -> NDArray[np.float64]:
    """The opacity (n, n) of an embedded picture, decoded by somebody else's code."""
    data = base64.b64decode(image.attrib["href"].removeprefix("data:image/png;base64,"))
    rgba = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    assert (rgba[..., :3] == 255).all()
    return rgba[..., 3] / 255


# --- stills ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("snapshot", [0, LAST])
def test_a_still_draws_exactly_the_boundaries_layer_by_layer(snapshot: int) -> None:
    root = drawn(stage(snapshot))
    names = ["layer-1", "layer-2", "layer-3", "output"]
    found_anything = False
    for name, layer in zip(names, layer_slices((16, 16, 16)), strict=True):
        expected = [
            polyline
            for neuron in range(layer.start, layer.stop)
            for polyline in traced().polylines(snapshot, neuron)
        ]
        data = "".join(path.attrib["d"] for path in root.findall(f"{SVG}g[@class='{name}']/*"))
        pieces = re.findall(r"M([^MZ]*)(Z?)", data)
        assert len(pieces) == len(expected)
        for (points, closed), polyline in zip(pieces, expected, strict=True):
            found = np.array([pair.split(",") for pair in points.split(" ")], dtype=np.float64)
            assert np.abs(found - polyline.vertices * PIXELS).max() <= 0.005 + 1e-9
            assert bool(closed) == polyline.closed
            found_anything = True
    assert found_anything


def test_a_still_draws_only_the_chosen_neurons() -> None:
    crossing = [n for n in range(16, 32) if traced().polylines(LAST, n)]
    root = drawn(stage(neurons=(crossing[0], crossing[2])))
    groups = root.findall(f"{SVG}g")
    assert [group.attrib["class"] for group in groups] == ["layer-2"]
    assert len(groups[0]) == 2


def test_behind_the_lines_is_the_probability_of_white() -> None:
    network = trained_run()
    activation = bottle().points()
    for layer in range(4):
        if layer:
            activation = np.maximum(activation, 0)
        weight = network.weights[layer][LAST].astype(np.float64)
        activation = activation @ weight.T + network.biases[layer][LAST].astype(np.float64)
    expected = (1 / (1 + np.exp(-activation))).reshape(PIXELS, PIXELS)
    image = drawn(stage()).find(f"{SVG}image")
    assert image is not None
    assert np.abs(opacity(image) - expected).max() <= 1 / 30 + 1e-9
    assert np.ptp(expected) > 0.9


def test_behind_the_lines_is_the_target_or_nothing() -> None:
    image = drawn(stage(background="target")).find(f"{SVG}image")
    assert image is not None
    assert (opacity(image) == bottle().labels).all()
    assert drawn(stage(background="plain")).find(f"{SVG}image") is None
    with pytest.raises(FigureError, match="found 'outptu', allowed: output, target, plain"):
        drawn(stage(background="outptu"))


@settings(max_examples=20, deadline=None)
@given(st.tuples(st.floats(0, 1), st.floats(0, 1)), st.floats(1, network_figure.MOST_ZOOM))
def test_a_detail_is_a_window_on_the_same_drawing(point: tuple[float, float], zoom: float) -> None:
    detail = network_figure.select_detail(point, zoom, bottle())
    assert detail.zoom == pytest.approx(zoom, abs=0.005)
    whole, enlarged = drawn(stage()), drawn(replace(stage(), detail=detail))
    left, top, width, height = map(float, enlarged.attrib["viewBox"].split())
    assert width == height == pytest.approx(PIXELS / detail.zoom, rel=1e-4)
    assert min(left, top) >= -1e-9
    assert max(left, top) + width <= PIXELS * (1 + 1e-4)
    for middle, asked, start in zip(detail, point, (left, top), strict=False):
        assert middle * PIXELS == pytest.approx(start + width / 2, abs=PIXELS * 1e-4)
        half = 0.5 / detail.zoom
        assert middle == pytest.approx(min(max(asked, half), 1 - half), abs=1e-5)
    assert enlarged.attrib["width"] == whole.attrib["width"]
    for one, other in zip(whole.findall(f"{SVG}g"), enlarged.findall(f"{SVG}g"), strict=True):
        assert [p.attrib["d"] for p in one] == [p.attrib["d"] for p in other]
        widths = [float(each.attrib["stroke-width"]) for each in (one, other)]
        assert widths[1] * detail.zoom == pytest.approx(widths[0], rel=1e-3)


@pytest.mark.parametrize("names", [["cap"], ["diamond"], ["cap", "neck"], ["ground"]])
def test_a_detail_of_parts_holds_them_whole_with_room_around(names: list[str]) -> None:
    detail = network_figure.select_detail(names, 0, bottle())
    mask = np.any([part.mask for part in bottle().parts if part.name in names], axis=0)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) / PIXELS for axis in (1, 0))
    left, top = detail.corner
    assert left <= columns[0]
    assert top <= rows[0]
    assert columns[-1] + 1 / PIXELS <= left + 1 / detail.zoom + 1e-9
    assert rows[-1] + 1 / PIXELS <= top + 1 / detail.zoom + 1e-9
    largest = max(np.ptp(rows), np.ptp(columns)) + 1 / PIXELS
    assert 1 / detail.zoom == pytest.approx(min(largest * network_figure.PART_ROOM, 1), rel=0.01)
    words = network_figure.stage_description(replace(stage(), detail=detail))
    assert (names[-1] in words) == (detail.zoom > 1)


@pytest.mark.parametrize(
    ("at", "zoom", "message"),
    [
        ("cork", 0, "at: found 'cork', allowed: a point [x, y], or parts: ground, cap"),
        ("", 65, "zoom: found 65, allowed: a number from 1 to 64"),
        ("", 0.5, "zoom: found 0.5"),
        ("", True, "zoom: found True"),
        ([0.5, 1.5], 2, "at: found 0.5, allowed: a point"),
    ],
)
def test_a_detail_that_is_none_is_refused(at: Any, zoom: float, message: str) -> None:
    with pytest.raises(FigureError, match=re.escape(message)):
        network_figure.select_detail(at, zoom, bottle())


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(
        lambda shape: st.lists(
            st.lists(st.floats(0, 1), min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )
)
def test_a_picture_of_any_shape_survives_its_encoding(rows: list[list[float]]) -> None:
    expected = np.array(rows)
    png = network_figure.opacity_png(expected)
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        found = np.asarray(image.convert("RGBA"))[..., 3] / 255
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 1 / 30 + 1e-9


def test_a_still_stands_alone_and_is_small() -> None:
    svg = network_figure.stage_svg(stage(), make_report().colours)
    root = ElementTree.fromstring(svg)
    assert root.attrib["viewBox"] == f"0 0 {PIXELS} {PIXELS}"
    assert root.attrib["role"] == "img"
    labels = [root.find(f"{SVG}{name}") for name in ("title", "desc")]
    texts = {label.attrib["id"]: label.text for label in labels if label is not None}
    assert all(texts[name] for name in root.attrib["aria-labelledby"].split())
    assert "style=" not in svg
    assert re.findall(r"https?://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in svg
    assert len(svg) < 30_000


def test_heavier_lines_are_heavier_in_proportion() -> None:
    widths = [
        [float(group.attrib["stroke-width"]) for group in drawn(stage(), weight).findall(f"{SVG}g")]
        for weight in (1.0, 2.0)
    ]
    assert widths[1] == pytest.approx([2 * width for width in widths[0]], abs=0.01)


def test_a_text_says_how_many_boundaries_are_seen() -> None:
    layer = layer_slices((16, 16, 16))[1]
    neurons = tuple(range(layer.start, layer.stop))
    crossing = sum(bool(traced().polylines(LAST, neuron)) for neuron in neurons)
    text = network_figure.stage_description(stage(neurons=neurons))
    assert f" {crossing} boundaries of layer 2 over the network's output." in text
    assert "layer 1" not in text
    assert "decision boundary" in network_figure.stage_description(stage())
    assert "no boundaries" in network_figure.stage_description(stage(neurons=()))


# --- colours --------------------------------------------------------------------------------------


def test_contrast_is_the_published_one() -> None:
    assert network_figure.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert network_figure.contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)
    assert network_figure.contrast("#123456", "#123456") == 1


@given(COLOUR)
def test_any_colour_is_made_to_stand_out_from_every_ground(colour: str) -> None:
    site = replace(make_report().site, layer_colours=(colour,), output_colour=colour)
    colours = network_figure.colours_of(site, 5)
    assert len(colours.layers) == 5
    for theme in (0, 1):
        for ground in (
            network_figure.PAPER,
            network_figure.PICTURE_BLACK,
            network_figure.PICTURE_WHITE,
        ):
            assert network_figure.contrast(colours.output[theme], ground[theme]) >= 3


def test_a_colour_that_stands_out_is_left_alone() -> None:
    site = replace(make_report().site, layer_colours=("#2f50a0", "#a02020"))
    layers = network_figure.colours_of(site, 3).layers
    assert [shades.light for shades in layers] == ["#2f50a0", "#a02020", "#2f50a0"]


@pytest.mark.parametrize("text", [network_figure.INK, network_figure.MUTED, network_figure.FAILED])
def test_text_is_legible_in_both_themes(text: Shades) -> None:
    for theme in (0, 1):
        assert network_figure.contrast(text[theme], network_figure.PAPER[theme]) >= 4.5


# --- what an article may name ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", ()),
        ("all", (0, 1, 2, 3, 4, 5)),
        ("all, output", (0, 1, 2, 3, 4, 5, 6)),
        ("layer 2", (4, 5)),
        ("layer 2 neuron 1, layer 1 neuron 4, layer 2 neuron 1", (3, 4)),
    ],
)
def test_neurons_are_named_from_one(text: str, expected: tuple[int, ...]) -> None:
    assert network_figure.select_neurons(text, (4, 2)) == expected


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("layer 3", "layers 1 to 2"),
        ("layer 0", "layers 1 to 2"),
        ("layer 2 neuron 3", "neurons 1 to 2 of layer 2"),
        ("layer 2 neuron 0", "neurons 1 to 2 of layer 2"),
        ("some", "all, output, layer 2"),
        ("", "all, output, layer 2"),
    ],
)
def test_neurons_that_are_not_there_are_refused(text: str, allowed: str) -> None:
    with pytest.raises(FigureError, match=f"neurons: found .*{re.escape(allowed)}"):
        network_figure.select_neurons(text, (4, 2))


def test_a_step_is_the_last_snapshot_at_or_before_an_iteration() -> None:
    iterations = trained_run().iterations.tolist()
    for step in {0, 1, 49, 50, 51, *iterations, iterations[-1] + 1}:
        found = network_figure.select_snapshot(step, trained_run())
        assert iterations[found] == max(i for i in iterations if i <= step)
    assert network_figure.select_snapshot("first", trained_run()) == 0
    assert network_figure.select_snapshot("last", trained_run()) == LAST


@given(
    st.lists(st.floats(0, 10), min_size=6, max_size=6),
    st.integers(0, 100),
)
def test_a_step_by_loss_is_the_first_that_has_come_so_far(losses: list[float], share: int) -> None:
    snapshots = replace(trained_run(), loss=np.array(losses))
    found = network_figure.select_snapshot(f"loss {share}%", snapshots)
    tiny = np.finfo(np.float64).tiny
    heights = [math.log(max(loss, tiny)) for loss in losses]
    wanted = heights[0] + (min(heights) - heights[0]) * share / 100
    slack = 1e-9 * max(1, *map(abs, heights))
    assert min(heights[: found + 1]) <= wanted + slack
    assert found == 0 or min(heights[:found]) > wanted - slack


@pytest.mark.parametrize("step", ["middle", "loss 101%", "loss", -1, True, "25%", 2.5])
def test_a_step_that_is_none_is_refused(step: str | int) -> None:
    with pytest.raises(FigureError, match=r"step: found .* allowed: \"first\", \"last\""):
        network_figure.select_snapshot(step, trained_run())


# --- charts ---------------------------------------------------------------------------------------


def charts_of(report: Report, width: int) -> dict[str, ElementTree.Element]:
    facts = report.facts.experiment
    loss = training_charts.loss_curves_svg(facts, report.snapshots, report.colours, width)
    accuracy = training_charts.accuracy_by_part_svg(facts, report.colours, width)
    return {name: ElementTree.fromstring(s) for name, s in (("loss", loss), ("parts", accuracy))}


def ticks(root: ElementTree.Element, pattern: str, axis: str) -> dict[float, float]:
    """Value -> place of the labels of an axis."""
    labels = {
        float((text.text or "").strip("%").replace(",", "")): float(text.attrib[axis])
        for text in root.iter(f"{SVG}text")
        if re.fullmatch(pattern, text.text or "")
        and text.attrib["text-anchor"] == ("middle" if axis == "x" else "end")
    }
    assert len(labels) >= 2
    return labels


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_curves_read_off_the_axes_give_the_losses_back(width: int) -> None:
    report = make_report(frozenset({2}))
    root = charts_of(report, width)["loss"]
    across = ticks(root, r"[\d,]+", "x")
    up = ticks(root, r"[\d.]+", "y")
    x_slope, x_start = np.polyfit(
        np.log10([1 + value for value in across]), list(across.values()), 1
    )
    y_slope, y_start = np.polyfit(np.log10(list(up)), [y - 0.35 * 13 for y in up.values()], 1)
    curves = [p for p in root.iter(f"{SVG}path") if p.attrib["class"] in ("run", "failed")]
    assert len(curves) == len(report.facts.experiment.full_runs)
    for curve in curves:
        points = np.array([p.split(",") for p in curve.attrib["d"][1:].split(" ")], dtype=float)
        misses = []
        for snapshots in report.snapshots.values():
            x = x_start + x_slope * np.log10(1 + snapshots.iterations)
            y = y_start + y_slope * np.log10(snapshots.loss)
            misses.append(np.abs(points - np.stack([x, y], axis=-1)).max())
        assert min(misses) < 0.8


def test_exhibited_runs_are_named_beside_their_ends() -> None:
    report = make_report(frozenset({2}))
    root = charts_of(report, WIDE)["loss"]
    names = {text.text: text.attrib for text in root.iter(f"{SVG}text")}
    for run in report.facts.experiment.shown_runs:
        assert names[run.title]["class"] == ("failed-text" if run.failed else "ink")
    assert float(names["Bad run"]["y"]) < float(names["Good run 1"]["y"])


def test_a_loss_of_zero_has_a_place() -> None:
    report = make_report()
    snapshots = dict(report.snapshots)
    snapshots["seed-1"] = replace(trained_run(), loss=np.array([0.7, 0.5, 0.1, 0.05, 0.0, 0.0]))
    svg = training_charts.loss_curves_svg(report.facts.experiment, snapshots, report.colours)
    assert "nan" not in svg
    assert "inf" not in svg.replace("information", "")


@given(st.lists(st.floats(0, 300), max_size=12), st.floats(1, 20))
def test_labels_are_spread_apart_in_their_order(heights: list[float], gap: float) -> None:
    moved = axes.spread(heights, gap, 0, 300)
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = [moved[i] for i in order]
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(placed))
    assert all(y <= 300 for y in placed)
    assert all(y >= -1e-6 for y in placed)
    inside = [heights[i] for i in order]
    if all(b - a >= gap for a, b in itertools.pairwise(inside)):
        assert moved == pytest.approx(heights, abs=1e-9)


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_dots_read_off_the_axis_give_the_accuracies_back(width: int) -> None:
    failed = frozenset({1, 4})
    report = make_report(failed)
    facts = report.facts.experiment
    root = charts_of(report, width)["parts"]
    across = ticks(root, r"\d+%", "x")
    slope, start = np.polyfit([value / 100 for value in across], list(across.values()), 1)
    dots = [float(dot.attrib["cx"]) for dot in root.iter(f"{SVG}circle")]
    marks = [p for p in root.iter(f"{SVG}path") if p.attrib["class"] == "failed-text"]
    diamonds = [3.5 + float(p.attrib["d"][1:].split(",")[0]) for p in marks]
    for found, is_failed in ((dots, False), (diamonds, True)):
        expected = [
            start + slope * accuracy
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
def test_no_mark_strikes_through_the_name_of_a_failed_run(width: int, accuracy: float) -> None:
    """Whether it is the least accurate or stands among the others, who crowd on its left."""
    report = make_report(frozenset({2}))
    full_runs = tuple(
        replace(run, accuracy=accuracy if run.failed else (run.accuracy - 0.05 * run.seed))
        for run in report.facts.experiment.full_runs
    )
    facts = replace(report.facts.experiment, full_runs=full_runs)
    svg = training_charts.accuracy_by_part_svg(facts, report.colours, width)
    root = ElementTree.fromstring(svg)
    dots = [(float(d.attrib["cx"]), float(d.attrib["cy"])) for d in root.iter(f"{SVG}circle")]
    for path in root.iter(f"{SVG}path"):
        if path.attrib["class"] == "failed-text":
            x, y = path.attrib["d"][1:].split("l")[0].split(",")
            dots.append((float(x) + 3.5, float(y)))
    names = [t for t in root.iter(f"{SVG}text") if t.attrib["class"] == "failed-text"]
    assert names
    for name in names:
        long = axes.LETTER * axes.TEXT * len(name.text or "")
        x, y = float(name.attrib["x"]), float(name.attrib["y"])
        first = x - long if name.attrib["text-anchor"] == "end" else x
        struck = [
            (cx, cy)
            for cx, cy in dots
            if first - 3 < cx < first + long + 3 and y - axes.TEXT < cy < y + 3
        ]
        assert not struck, name.text


def test_in_every_row_the_most_accurate_run_stands_at_the_top() -> None:
    report = make_report()
    facts = report.facts.experiment
    dots = [dot.attrib for dot in charts_of(report, WIDE)["parts"].iter(f"{SVG}circle")]
    across = ticks(charts_of(report, WIDE)["parts"], r"\d+%", "x")
    scale = across[100.0] - across[0.0]
    best = sorted(facts.full_runs, key=lambda run: -run.accuracy)
    rows = [[run.accuracy for run in best]]
    rows += [[run.part_accuracy[part.name] for run in best] for part in facts.parts]
    heights = sorted(dots, key=lambda dot: float(dot["cy"]))
    found = [(float(dot["cx"]) - across[0.0]) / scale for dot in heights]
    assert found == pytest.approx([share for row in rows for share in row], abs=1e-3)


def test_only_major_parts_have_the_line_at_one_half() -> None:
    report = make_report()
    root = charts_of(report, WIDE)["parts"]
    lines = [path for path in root.iter(f"{SVG}path") if "stroke-dasharray" in path.attrib]
    majors = [part for part in report.facts.experiment.parts if part.major]
    assert 0 < len(majors) < len(report.facts.experiment.parts)
    assert len(lines) == len(majors)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("failed", [frozenset(), frozenset({2}), frozenset(range(6))])
def test_no_word_of_a_chart_leaves_it(width: int, failed: frozenset[int]) -> None:
    for root in charts_of(make_report(failed), width).values():
        right = float(root.attrib["width"])
        bottom = float(root.attrib["height"])
        for text in root.iter(f"{SVG}text"):
            long = 0.56 * 13 * len(text.text or "")  # a sans-serif's letters are narrower
            back = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
            first = float(text.attrib["x"]) - back * long
            assert first >= -1, text.text
            assert first + long <= right + 4, text.text
            assert 9 <= float(text.attrib["y"]) <= bottom, text.text


@settings(max_examples=20)
@given(st.sets(st.integers(0, 5)))
def test_texts_name_the_runs_that_failed(failed: set[int]) -> None:
    facts = make_report(frozenset(failed)).facts.experiment
    text = training_charts.accuracy_description(facts)
    tail = text.rpartition("Failed: seed")[2] if failed else text
    assert ("No run failed." in text) == (not failed)
    assert not failed or {int(n) for n in re.findall(r"\d+", tail)} == failed
    number = ["zero", "one", "two", "three", "four", "five", "six"][len(failed)]
    noun = "run" if len(failed) == 1 else "runs"
    assert f"{number} {noun} failed" in training_charts.loss_description(facts)
