"""The chart of survival: the steps, read off the SVG's own axes, have the values of the data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.charts import NARROW, PIXEL, SVG, WIDE, axis, drawn, marks_of, points, reader
from support.sample_evidence import sample_evidence


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_failed_runs_svg_read_off_its_axes_gives_the_steps(width: int) -> None:
    root, series = drawn("failed_runs", width), sample_evidence().failed_runs
    assert series
    assert series.dead
    # The axes of the first panel: the first three ticks below, and the first six on the left.
    x, y = (
        reader(axis(root, "below", slice(3)), "log"),
        reader(axis(root, "left", slice(6)), "linear"),
    )
    line = points(marks_of(root, "path", "run")[0])
    times = [10_000, 15_000, 15_000, 60_000, 60_000, 400_000, 400_000, 999_999]
    shares = [1.0, 1.0, 0.75, 0.75, 0.625, 0.625, 0.5, 0.5]
    assert line[:, 0] == pytest.approx(x(np.log10(times)), abs=2 * PIXEL)
    assert line[:, 1] == pytest.approx(y(shares), abs=2 * PIXEL)
    interval = points(marks_of(root, "path", "muted")[0])
    assert interval[2:8:2, 1] == pytest.approx(y([*series.dead.high]), abs=2 * PIXEL)
    (edge, *_) = (points(each) for each in marks_of(root, "path", "control"))
    assert edge[:, 0] == pytest.approx(x(5.0), abs=2 * PIXEL)
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert {"a layer still dead, 8 runs", "diamond not learnt, 2 runs"} <= words


def test_failed_runs_svg_of_one_kind_of_runs_has_one_panel() -> None:
    series = sample_evidence().failed_runs
    assert series
    alone = replace(sample_evidence(), failed_runs=replace(series, dead=None, followed=999_999))
    root = drawn("failed_runs", of=alone)
    assert len(marks_of(root, "path", "run")) == 1
    assert marks_of(root, "path", "control") == []
    described = root.findtext(f"{SVG}desc") or ""
    assert "diamond not learnt, 2 runs: 50% from iteration 15,000 on and 0% from" in described
