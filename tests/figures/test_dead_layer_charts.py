"""Charts of dead layers: the marks, read off the SVG's own axes, have the values of the data."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from support.charts import NARROW, PIXEL, SVG, WIDE, axis, drawn, marks_of, points, reader
from support.sample_evidence import sample_evidence


def columns(root: ElementTree.Element) -> list[tuple[float, float]]:
    """The left and the right end of the columns of runs in which nothing, or all, is dead."""
    shades = [points(mark)[:, 0] for mark in marks_of(root, "path", "muted")]
    return [(each.min(), each.max()) for each in shades]


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_dead_layers_svg_rings_stand_at_dead_share_and_success(width: int) -> None:
    root, series = drawn("dead_layers", width), sample_evidence().dead_layers
    assert series
    x, y = reader(axis(root, "below"), "linear"), reader(axis(root, "left"), "linear")
    rings = marks_of(root, "circle")
    assert [float(ring["cy"]) for ring in rings] == pytest.approx(y(series.right), abs=2 * PIXEL)
    none, whole = columns(root)
    for ring, share in zip(rings, series.dead_share, strict=True):
        left, right = {0.0: none, 1.0: whole}.get(share, (x(share) - 2, x(share) + 2))
        assert left < float(ring["cx"]) < right
    assert none[1] < x(0) < x(1) < whole[0]
    assert [ring["class"] for ring in rings] == ["control", "layer-2", "layer-3", "layer-2"]
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"others: 1 learnt", "others: 1 failed"} <= words
    assert {"dead over all: 1 learnt", "dead over all: 1 failed"} <= words


def test_dead_layers_svg_equal_runs_stand_side_by_side_beside_the_scale() -> None:
    whole = sample_evidence().dead_layers
    assert whole
    more = replace(
        whole, seeds=tuple(range(34)), layer=(2, 3, 0, 3, *[0] * 30),
        dead_share=(1.0, 1.0, 0.5, 1.0, *[0.0] * 30), right=(0.0, 0.0, 0.5, 0.25, *[1.0] * 30),
    )  # fmt: skip
    root = drawn("dead_layers", of=replace(sample_evidence(), dead_layers=more))
    x, y = reader(axis(root, "below"), "linear"), reader(axis(root, "left"), "linear")
    places = np.array([(float(m["cx"]), float(m["cy"])) for m in marks_of(root, "circle")])
    assert places[:, 1] == pytest.approx(y(more.right), abs=2 * PIXEL)
    assert places[1, 0] - places[0, 0] == pytest.approx(7, abs=PIXEL)
    assert places[2, 0] == pytest.approx(x(0.5), abs=2 * PIXEL)
    # Many take no more room than their column has.
    none, _ = columns(root)
    assert none[0] < places[4:, 0].min()
    assert places[4:, 0].max() < none[1] < x(0)
    assert len(np.unique(places[4:, 0])) == 30


def test_dead_periods_svg_bars_last_as_long_as_spells() -> None:
    root = drawn("dead_periods")
    x = reader(axis(root, "below"), "log1p")
    (passing,), (lasting,) = (marks_of(root, "path", kind) for kind in ("layer-2", "layer-3"))
    for bar, ends in ((passing, (99, 999)), (lasting, (9, 999_999))):
        assert points(bar)[:, 0] == pytest.approx(x(np.log1p(ends)), abs=2 * PIXEL)
    assert points(passing)[0, 1] < points(lasting)[0, 1]
    (mark,) = marks_of(root, "path", "failed-text")
    assert points(mark)[0, 1] == points(lasting)[0, 1]
    named = [text.text for text in root.iter(f"{SVG}text") if text.attrib["class"] == "failed-text"]
    assert named == ["Seed 2"]


def test_interventions_svg_arms_end_at_their_shares_and_are_named_there() -> None:
    root, series = drawn("interventions", NARROW), sample_evidence().interventions
    assert series
    assert series.raised
    y = reader(axis(root, "left", slice(6)), "linear")
    x = reader(axis(root, "below", slice(3)), "root")
    treated = marks_of(root, "path", "run")[0]
    assert points(treated)[:, 1] == pytest.approx(y([0, 0.5, 1]), abs=2 * PIXEL)
    since = x(np.sqrt(series.raised.iterations))
    assert points(treated)[:, 0] == pytest.approx(since, abs=2 * PIXEL)
    others = marks_of(root, "path", "control")[:2]
    assert [points(line)[-1, 1] for line in others] == pytest.approx(
        y([1 / 8, 2 / 8]), abs=2 * PIXEL
    )
    assert len({line.get("stroke-dasharray") for line in others}) == 2
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert {"revived 8 of 8", "lowered 1 of 8", "untouched 1 of 8", "elsewhere 2 of 8"} <= set(
        words
    )


def test_interventions_svg_one_kind_alone_is_drawn() -> None:
    series = sample_evidence().interventions
    assert series
    alone = replace(sample_evidence(), interventions=replace(series, raised=None))
    words = {text.text for text in drawn("interventions", of=alone).iter(f"{SVG}text")}
    assert "Making layers dead" in words
    assert "Reviving dead layers" not in words
