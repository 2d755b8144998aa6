"""Network views: the SVG is parsed and compared with the boundaries and values it should show.

| what | bound | reason |
| --- | --- | --- |
| a vertex | 0.005 px | two decimals |
| opacity of a pixel behind the lines | 1 / 30 | sixteen levels |
"""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from support.charts import SVG
from support.runs import trained_run
from support.sample_report import PIXELS, bottle, make_report, traced
from support.words import ENGLISH

from ginn.figures.network_figure import Scene, scene_description, scene_svg
from ginn.figures.selection import MOST_ZOOM, Background, Detail, select_detail
from ginn.network.run import layer_slices

LAST = len(trained_run()) - 1
ALL = tuple(range(traced().neurons))


def scene(
    snapshot: int = LAST, neurons: tuple[int, ...] = ALL, background: Background = "output"
) -> Scene:
    report = make_report()
    return report.scene(report.facts.experiment.shown_runs[0], snapshot, neurons, background)


def drawn(shown: Scene, weight: float = 1.0) -> ElementTree.Element:
    return ElementTree.fromstring(scene_svg(shown, make_report().colours, ENGLISH, weight).text)


def opacity(image: ElementTree.Element | None) -> NDArray[np.float64]:
    """The opacity (n, n) of an embedded picture, decoded by Pillow."""
    assert image is not None
    data = base64.b64decode(image.attrib["href"].removeprefix("data:image/png;base64,"))
    rgba = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    assert (rgba[..., :3] == 255).all()
    return rgba[..., 3] / 255


@pytest.mark.parametrize("snapshot", [0, LAST])
def test_scene_svg_draws_exactly_the_boundaries_layer_by_layer(snapshot: int) -> None:
    root = drawn(scene(snapshot))
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


def test_scene_svg_some_neurons_draws_only_them() -> None:
    crossing = [n for n in range(16, 32) if traced().polylines(LAST, n)]
    root = drawn(scene(neurons=(crossing[0], crossing[2])))
    groups = root.findall(f"{SVG}g")
    assert [group.attrib["class"] for group in groups] == ["layer-2"]
    assert len(groups[0]) == 2


def test_scene_svg_output_is_the_probability_of_white() -> None:
    network = trained_run()
    activation = bottle().points()
    for layer in range(4):
        if layer:
            activation = np.maximum(activation, 0)
        weight = network.weights[layer][LAST].astype(np.float64)
        activation = activation @ weight.T + network.biases[layer][LAST].astype(np.float64)
    expected = (1 / (1 + np.exp(-activation))).reshape(PIXELS, PIXELS)
    image = drawn(scene()).find(f"{SVG}image")
    assert image is not None
    assert np.abs(opacity(image) - expected).max() <= 1 / 30 + 1e-9
    assert np.ptp(expected) > 0.9


def test_scene_svg_target_is_the_labels_pixel_by_pixel() -> None:
    image = drawn(scene(background="target")).find(f"{SVG}image")
    assert image is not None
    assert image.attrib["image-rendering"] == "pixelated"
    assert (opacity(image) == bottle().labels).all()


def test_scene_svg_plain_has_no_picture() -> None:
    assert drawn(scene(background="plain")).find(f"{SVG}image") is None


def test_scene_svg_error_is_as_strong_as_the_output_is_wrong() -> None:
    root = drawn(scene(background="error"))
    image, coloured = root.find(f".//{SVG}image"), root.findall(f"{SVG}rect")[1]
    assert image is not None
    assert coloured.attrib["mask"] == "url(#wrong)"
    assert root.find(f"{SVG}mask[@id='wrong']/{SVG}image") is image
    white = opacity(drawn(scene()).find(f"{SVG}image"))
    wrong = np.where(bottle().labels, 1 - white, white)
    assert np.abs(opacity(image) - wrong).max() <= 2 / 30 + 1e-9
    assert np.ptp(wrong) > 0.5


def test_scene_svg_regions_have_a_picture_for_each_theme_over_the_detail() -> None:
    detail = Detail(0.25, 0.5, 4)
    light, dark = drawn(replace(scene(background="regions"), detail=detail)).findall(f"{SVG}image")
    assert (light.attrib["class"], dark.attrib["class"]) == ("on-light", "on-dark")
    place = [float(light.attrib[name]) for name in ("x", "y", "width", "height")]
    assert place == pytest.approx([PIXELS / 8, PIXELS * 3 / 8, PIXELS / 4, PIXELS / 4])
    assert light.attrib["href"] != dark.attrib["href"]


@pytest.mark.parametrize(
    ("background", "words"),
    [
        ("error", "the output's error"),
        ("regions", f"{traced().regions[LAST]:,} linear regions, each in a colour"),
    ],
)
def test_scene_description_says_what_is_behind(background: Background, words: str) -> None:
    assert f" over {words}" in scene_description(scene(background=background), ENGLISH)


def test_scene_svg_without_neurons_has_full_contrast() -> None:
    kinds = [
        [each.attrib["class"] for each in drawn(scene(neurons=shown)) if "class" in each.attrib]
        for shown in ((), ALL)
    ]
    assert kinds[0] == ["full-black", "full-white"]
    assert kinds[1][:2] == ["black", "white"]


@settings(max_examples=10)
@given(st.tuples(st.floats(0, 1), st.floats(0, 1)), st.floats(1, MOST_ZOOM))
def test_scene_svg_detail_is_a_window_on_the_same_drawing(
    point: tuple[float, float], zoom: float
) -> None:
    detail = select_detail(point, zoom, bottle())
    assert detail.zoom == pytest.approx(zoom, abs=0.005)
    whole, enlarged = drawn(scene()), drawn(replace(scene(), detail=detail))
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


def test_scene_svg_weight_scales_the_lines() -> None:
    widths = [
        [float(group.attrib["stroke-width"]) for group in drawn(scene(), weight).findall(f"{SVG}g")]
        for weight in (1.0, 2.0)
    ]
    assert widths[1] == pytest.approx([2 * width for width in widths[0]], abs=0.01)


def test_scene_svg_stands_alone_and_is_small() -> None:
    svg = scene_svg(scene(), make_report().colours, ENGLISH)
    assert (svg.width, svg.height) == (PIXELS, PIXELS)
    assert "style=" not in svg.text
    assert re.findall(r"https?://[^\"]*", svg.text) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in svg.text
    assert len(svg.text) < 30_000


def test_scene_description_says_how_many_boundaries_are_seen() -> None:
    layer = layer_slices((16, 16, 16))[1]
    neurons = tuple(range(layer.start, layer.stop))
    crossing = sum(bool(traced().polylines(LAST, neuron)) for neuron in neurons)
    text = scene_description(scene(neurons=neurons), ENGLISH)
    assert f" {crossing} boundaries of layer 2 over the network's output." in text
    assert "layer 1" not in text
    assert "decision boundary" in scene_description(scene(), ENGLISH)
    assert "no boundaries" in scene_description(scene(neurons=()), ENGLISH)


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (Detail(0.5, 0.5, 2, ("cap",)), "enlarged 2.0 times around the cap"),
        (Detail(0.25, 0.75, 4), "enlarged 4.0 times around the point (0.25, 0.75)"),
    ],
)
def test_scene_description_detail_is_named(detail: Detail, words: str) -> None:
    assert words in scene_description(replace(scene(), detail=detail), ENGLISH)
    assert "enlarged" not in scene_description(scene(), ENGLISH)


def test_scene_description_target_alone_describes_the_picture() -> None:
    words = scene_description(scene(neurons=(), background="target"), ENGLISH)
    assert words.startswith(f"The picture to learn: {PIXELS} by {PIXELS} pixels, ")
