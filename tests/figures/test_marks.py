"""Marks of charts: gaps, groups, rows of equal places, and escaped words."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import numpy as np
import pytest
from support.sample_report import make_report

from ginn.figures import marks
from ginn.figures.theme import paint


def test_curve_missing_value_leaves_a_gap() -> None:
    x, y = np.arange(5.0), np.array([1, 2, math.nan, 4, 5])
    path = ElementTree.fromstring(marks.curve(x, y, paint("run"))).attrib
    assert path["d"] == "M0.0,1.0 1.0,2.0M3.0,4.0 4.0,5.0"
    assert marks.curve(x, y * math.nan, paint("run")) == ""


def test_band_missing_value_leaves_a_gap() -> None:
    x, y = np.arange(5.0), np.array([1, 2, math.nan, 4, 5])
    data = ElementTree.fromstring(marks.band(x, y, y + 1)).attrib["d"]
    assert data == "M0.0,2.0 1.0,3.0 1.0,2.0 0.0,1.0ZM3.0,5.0 4.0,6.0 4.0,5.0 3.0,4.0Z"
    assert marks.band(x, y * math.nan, y) == ""


def test_text_with_markup_is_escaped() -> None:
    root = ElementTree.fromstring(marks.text(1, 2, "a < b & c", "ink", "end"))
    assert root.text == "a < b & c"
    assert (root.attrib["class"], root.attrib["text-anchor"]) == ("ink", "end")


def test_rule_with_dashes_is_broken() -> None:
    assert "stroke-dasharray" not in marks.rule(0, 0, 1, 1)
    assert ElementTree.fromstring(marks.rule(0, 0, 1, 1, "3 3")).attrib["stroke-dasharray"] == "3 3"


def test_dots_of_nothing_is_nothing() -> None:
    assert marks.dots([], 2, 0.5) == ""
    group = ElementTree.fromstring(marks.dots([(1, 2), (3, 4)], 2, 0.5))
    assert [(dot.attrib["cx"], dot.attrib["cy"]) for dot in group] == [
        ("1.0", "2.0"),
        ("3.0", "4.0"),
    ]


def test_fanned_equal_places_stand_in_a_row_inwards() -> None:
    x, y = np.array([0.0, 0.0, 100.0, 100.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0, 2.0])
    moved = marks.side_by_side(x, y, 50, 7, 24)
    assert moved == pytest.approx([0, 7, 100, 93, 0])
    many = marks.side_by_side(np.zeros(25), np.zeros(25), 50, 7, 24)
    assert many == pytest.approx(np.arange(25.0))


def test_sample_of_layers_has_the_colour_of_each() -> None:
    colours = make_report().colours
    root = ElementTree.fromstring(f"<g>{marks.sample_of_layers(3, colours)}</g>")
    assert [piece.attrib["class"] for piece in root] == ["layer-1", "layer-2", "layer-3"]
    assert [piece.attrib["stroke"] for piece in root] == [each.light for each in colours.layers]
