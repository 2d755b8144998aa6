"""Readers of charts: the marks of an SVG, and the values of its axes.

| what | bound | reason |
| --- | --- | --- |
| a mark's place | PIXEL | the mark's and the tick's places are rounded to one decimal |
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.evidence import Evidence
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import (
    dead_layer_charts,
    line_charts,
    marks,
    rate_charts,
    scatter_charts,
    survival_charts,
)
from support.sample_evidence import sample_evidence
from support.sample_report import make_report

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = {
    **line_charts.CHARTS,
    **dead_layer_charts.CHARTS,
    **scatter_charts.CHARTS,
    **rate_charts.CHARTS,
    **survival_charts.CHARTS,
}
NARROW, WIDE = 340, 680  # px
PIXEL = 0.15


def facts(failed: frozenset[int] = frozenset({2})) -> ExperimentFacts:
    """The facts of the sample report, in which these seeds failed."""
    return make_report(failed).facts.experiment


def drawn(name: str, width: int = WIDE, of: Evidence | None = None) -> ElementTree.Element:
    """The chart of a series of the sample evidence, or of the evidence `of`."""
    series = getattr(of or sample_evidence(), name)
    svg = CHARTS[name].draw(series, facts(), make_report().colours, width)
    return ElementTree.fromstring(svg.text)


def marks_of(root: ElementTree.Element, tag: str, kind: str = "") -> list[dict[str, str]]:
    """The attributes of the chart's marks, without those of the legend, which are in groups."""
    own = [*root.findall(f"{SVG}{tag}"), *root.findall(f"{SVG}g[@class]/{SVG}{tag}")]
    return [each.attrib for each in own if kind in ("", each.attrib.get("class"))]


def points(path: dict[str, str]) -> NDArray[np.float64]:
    """The points (P, 2) of a path."""
    found = re.findall(r"(-?[\d.]+),(-?[\d.]+)", path["d"])
    return np.array(found, dtype=np.float64)


def axis(root: ElementTree.Element, side: str, among: slice = slice(None)) -> dict[float, float]:
    """Value -> place, from the words beside an axis; `among` selects the words of one panel."""
    anchor, along = ("middle", "x") if side == "below" else ("end", "y")
    sizes = {"k": 1e3, "M": 1e6, "%": 0.01, "": 1.0}
    found = []
    for text in root.findall(f"{SVG}text"):
        match = re.fullmatch(r"([\d.,]+)([kM%]?)", text.text or "")
        if match and text.attrib["text-anchor"] == anchor:
            place = float(text.attrib[along]) - (marks.MIDDLE * marks.TEXT if along == "y" else 0)
            found.append((float(match[1].replace(",", "")) * sizes[match[2]], place))
    assert len(found) >= 2
    return dict(found[among])


def reader(ticks: dict[float, float], kind: str) -> np.poly1d:
    """The map from a value to its place, fitted to the ticks; the value is transformed first."""
    transforms: dict[str, Callable[[Any], Any]] = {
        "log": np.log10,
        "log1p": np.log1p,
        "root": np.sqrt,
        "linear": np.asarray,
    }
    transform = transforms[kind]
    values, places = transform(np.array(list(ticks))), np.array(list(ticks.values()))
    line = np.poly1d(np.polyfit(values, places, 1))
    assert np.abs(line(values) - places).max() < PIXEL
    return line


def require_words_inside(root: ElementTree.Element) -> None:
    """Assert that every word of a chart lies within it."""
    right, bottom = float(root.attrib["width"]), float(root.attrib["height"])
    for text in root.iter(f"{SVG}text"):
        long = marks.text_width(text.text or "")
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
        first = float(text.attrib["x"]) - back * long
        assert first >= -1, text.text
        assert first + long <= right + 1, text.text
        assert 9 <= float(text.attrib["y"]) <= bottom, text.text
