"""SVG documents and embedded pictures, read by other programs."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.charts import SVG
from support.sample_report import make_report

from ginn.figures import svg


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(
        lambda shape: st.lists(
            st.lists(st.floats(0, 1), min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )
)
def test_opacity_png_any_shape_is_read_back(rows: list[list[float]]) -> None:
    expected = np.array(rows)
    png = svg.opacity_png(expected)
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        found = np.asarray(image.convert("RGBA"))[..., 3] / 255
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 1 / 30 + 1e-9


def test_document_has_its_size_its_window_and_its_texts() -> None:
    body = [svg.element("path", {"d": "M0,0"}), svg.element("g", {})]
    made = svg.document(300, 200, "T & t", "D < d", make_report().colours, body, (1, 2, 30, 20))
    root = ElementTree.fromstring(made.text)
    assert (made.width, made.height) == (300, 200)
    assert (root.attrib["width"], root.attrib["height"]) == ("300", "200")
    assert root.attrib["viewBox"] == "1 2 30 20"
    assert root.attrib["role"] == "img"
    texts = [root.find(f"{SVG}{name}") for name in ("title", "desc")]
    named = {text.attrib["id"]: text.text for text in texts if text is not None}
    assert [named[name] for name in root.attrib["aria-labelledby"].split()] == ["T & t", "D < d"]
    assert [child.tag for child in root][-2:] == [f"{SVG}path", f"{SVG}g"]


def test_document_without_a_window_shows_the_whole() -> None:
    made = svg.document(300, 200, "t", "d", make_report().colours, [])
    assert ElementTree.fromstring(made.text).attrib["viewBox"] == "0 0 300 200"


@pytest.mark.parametrize(
    ("content", "expected"),
    [("", '<path class="a" r="0.5" n="1"/>'), ("x", '<path class="a" r="0.5" n="1">x</path>')],
)
def test_element_attributes_keep_their_order(content: str, expected: str) -> None:
    assert svg.element("path", {"class": "a", "r": 0.5, "n": 1.0}, content) == expected


@pytest.mark.parametrize(
    ("decimals", "closed", "expected"),
    [(1, False, "M0.2,1.0 3.0,-4.0"), (2, True, "M0.25,1.00 3.00,-4.00Z")],
)
def test_path_data_points_have_so_many_decimals(decimals: int, closed: bool, expected: str) -> None:
    assert svg.path_data([(0.25, 1), (3, -4)], decimals, closed) == expected
