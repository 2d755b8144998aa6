"""Charts of failure rates: the marks, read off the SVG's own axis, have the values of the data."""

from __future__ import annotations

import pytest
from support.charts import NARROW, PIXEL, SVG, WIDE, axis, drawn, marks_of, points, reader
from support.sample_evidence import sample_evidence


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_prevention_svg_read_off_its_axis_gives_the_shares_and_intervals(width: int) -> None:
    root, series = drawn("prevention", width), sample_evidence().prevention
    assert series
    x = reader(axis(root, "below"), "linear")
    rates = (series.plain, *series.arms)
    dots = [float(mark["cx"]) for mark in marks_of(root, "circle") if mark["cx"] != "0"]
    assert dots == pytest.approx(x([0.06, 0.01, 0.08]), abs=2 * PIXEL)
    lines = [points(mark)[:, 0] for mark in marks_of(root, "path", "control")]
    ends = [x([each.low, each.high]) for each in rates]
    for line, expected in zip(lines[-3:], ends, strict=True):
        assert line == pytest.approx(expected, abs=2 * PIXEL)
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"Plain", "Small start", "60 of 1,000", "5 of 500"} <= words


def test_prevention_description_has_every_rate_with_its_interval() -> None:
    described = drawn("prevention").findtext(f"{SVG}desc") or ""
    assert "Small start, 5 of 500, 95% interval 0.3" in described
    assert described.count("95% interval") == 3
