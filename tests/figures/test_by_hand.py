"""The first picture of neurons that a reader changes, against the sums of the neurons.

| what | bound | reason |
| --- | --- | --- |
| a vertex | 0.005 px, 0.00003 of the square | two decimals |
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.by_hand import grid, points_of, require_shaded, sums_at
from support.charts import SVG
from support.sample_report import make_report
from support.words import ENGLISH, GERMAN

from ginn.figures.by_hand import (
    DEFAULTS,
    NAMES,
    ByHand,
    by_hand_svg,
    controls_of,
    description,
    state_names,
    sum_in_words,
)
from ginn.figures.theme import colours_of

Rows = tuple[tuple[float, ...], ...]
NUMBER = st.integers(-50, 50).map(lambda value: value / 50)
ROWS = st.integers(1, 3).flatmap(
    lambda count: st.tuples(*[st.tuples(NUMBER, NUMBER, NUMBER)] * count)
)


def drawn(weights: Rows) -> ElementTree.Element:
    colours = colours_of(make_report().site, 2)
    return ElementTree.fromstring(by_hand_svg(ByHand(weights), colours, ENGLISH).text)


def data_of(root: ElementTree.Element, kind: str) -> list[str]:
    """The data of the paths of a class, in order."""
    return [
        path.attrib["d"] for path in root.iter(f"{SVG}path") if path.attrib.get("class") == kind
    ]


def texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


@settings(max_examples=40, deadline=None)
@given(ROWS)
@example(((0.1, -0.5, 0.56), (0.58, -0.66, -1.0), (0.0, 0.0, 0.02)))
@example(((0.02, 0.54, -0.56),))
def test_still_shades_where_the_neurons_of_the_last_layer_are_on(weights: Rows) -> None:
    hand = ByHand(weights)
    sums = sums_at(weights, grid())
    areas = iter(data_of(drawn(weights), f"on-layer-{hand.layers[-1]}"))
    for neuron in hand.shaded:
        data = next(areas) if hand.share(neuron) else ""
        sure = np.abs(sums[neuron]) > 0.02
        if sure.sum() > 1000:
            require_shaded(data, sums[neuron], grid())
        assert hand.share(neuron) == pytest.approx((sums[neuron] > 0).mean(), abs=0.05)
    assert next(areas, None) is None


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_lines_of_a_still_are_where_sums_are_zero(weights: Rows) -> None:
    hand = ByHand(weights)
    for neuron in range(len(weights)):
        for line in hand.polylines(neuron):
            assert sums_at(weights, line)[neuron] == pytest.approx(0, abs=1e-6)
        # If the sum has both signs in the square, the neuron has a line there.
        sums = sums_at(weights, grid())[neuron]
        assert bool(hand.polylines(neuron)) >= (sums.max() > 0.1 and sums.min() < -0.1)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_kinks_lie_on_lines_of_the_first_layer(weights: Rows) -> None:
    hand = ByHand(weights)
    for neuron, layer in enumerate(hand.layers):
        kinks = hand.kinks(neuron)
        assert layer == 2 or not kinks.size
        sums = sums_at(weights, kinks)
        assert np.abs(sums[:2]).min(axis=0) == pytest.approx(np.zeros(len(kinks)), abs=1e-6)
        assert sums[neuron] == pytest.approx(np.zeros(len(kinks)), abs=1e-6)


def test_still_of_three_neurons_marks_both_bends_of_the_last() -> None:
    root = drawn(DEFAULTS[3])
    marks = [
        (float(r.attrib["x"]) + 4, float(r.attrib["y"]) + 4)
        for r in root.iter(f"{SVG}rect")
        if r.attrib["class"] == "paper layer-2"
    ]
    (line,) = (points for data in data_of(root, "layer-2") for points in points_of(data))
    assert len(marks) == 2
    assert np.array(marks) == pytest.approx((line[1:-1] + 1) * 200, abs=0.06)
    assert "Its boundary bends at 2 places." in description(ByHand(DEFAULTS[3]), ENGLISH)


@pytest.mark.parametrize("count", DEFAULTS)
def test_still_names_regions_and_neurons(count: int) -> None:
    weights = DEFAULTS[count]
    names = [name for name in NAMES[:count] if count > 1]
    # A neuron of the first layer has its name at its line and at its arrow.
    expected = [
        "x = 1",
        "y = 1",
        *names,
        *names[:2],
        *state_names(ByHand(weights), ENGLISH).values(),
    ]
    assert sorted(texts(drawn(weights))) == sorted(expected)


def test_arrow_ends_at_the_weights() -> None:
    (data, *_) = data_of(drawn(((0.8, -0.5, 0.1),)), "layer-1")
    assert points_of(data)[0] == pytest.approx(np.array([[0, 0], [0.8, -0.5]]), abs=3e-4)


@pytest.mark.parametrize(
    "weights", [((0, 0, 0.5),), ((0, 0, 0),), ((0, 0, 1), (0, 0, -1), (1, 1, 0))]
)
def test_still_of_neurons_without_a_line_has_none(weights: Rows) -> None:
    root = drawn(weights)
    assert data_of(root, "layer-1") == []
    assert data_of(root, "layer-2") == []


@pytest.mark.parametrize(
    ("row", "english", "german"),
    [
        ((0.8, -0.5, 0.1), "0.80 x − 0.50 y + 0.10", "0,80 x − 0,50 y + 0,10"),
        ((-0.25, 0, -1), "−0.25 x + 0.00 y − 1.00", "−0,25 x + 0,00 y − 1,00"),
        ((-0.001, -0.001, 0), "0.00 x + 0.00 y + 0.00", "0,00 x + 0,00 y + 0,00"),
    ],
)
def test_sum_in_words_has_a_sign_for_each_number(
    row: Sequence[float], english: str, german: str
) -> None:
    hand = ByHand((tuple(row),))
    said = [sum_in_words(hand, 0, words) for words in (ENGLISH, GERMAN)]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in said] == [english, german]


def test_controls_have_the_numbers_that_the_script_begins_with() -> None:
    hand = ByHand(DEFAULTS[3])
    controls = controls_of(hand, ENGLISH)
    live = json.loads(controls.live)
    assert [neuron.values for neuron in controls.neurons] == [tuple(w) for w in live["weights"]]
    assert [neuron.inputs for neuron in controls.neurons] == [("x", "y", "")] * 2 + [("A", "B", "")]
    assert live["names"] == list(NAMES)
    assert set(live["states"]) == {"0", "1"}
