"""Small multiples: each run is in its place with its output, and failed runs have a frame."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image
from support.sample_report import make_report
from support.words import ENGLISH

from ginn.figures.final_outputs import SIDE, FinalOutput
from ginn.figures.small_multiples import multiples_description, multiples_svg


def runs(count: int = 7) -> list[FinalOutput]:
    """Made-up outputs: run k is grey all over, the darker the later; 2 and 5 have failed."""
    flat = [np.full((SIDE, SIDE), 1 - k / count) for k in range(count)]
    return [FinalOutput(k, k in (2, 5), 0.9, output) for k, output in enumerate(flat)]


def test_multiples_svg_each_picture_stands_in_its_place_and_failed_ones_are_framed() -> None:
    shown, columns, width = runs(), 4, 400
    svg = multiples_svg(
        shown, columns, "screening runs", make_report().colours, ENGLISH, width
    ).text
    data = re.search(r"base64,([^\"]+)", svg)
    assert data
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))).convert("RGBA"))[..., 3]
    assert sheet.shape == (2 * SIDE, 4 * SIDE)
    for index, each in enumerate(shown):
        row, column = divmod(index, columns)
        cell = sheet[row * SIDE : (row + 1) * SIDE, column * SIDE : (column + 1) * SIDE]
        assert np.abs(cell / 255 - each.output).max() < 0.04  # one of sixteen levels
    frames = re.findall(r'class="failed" x="([\d.]+)" y="([\d.]+)"', svg)
    assert [(float(x) // 100, float(y) // 100) for x, y in frames] == [(2, 0), (1, 1)]
    papered = re.search(r'class="paper" x="300.00" y="100.00" width="100.00" height="100.00"', svg)
    assert papered  # the eighth place is empty


def test_multiples_description_says_how_many_and_which_failed() -> None:
    assert "7 screening runs" in multiples_description(runs(), "screening runs", ENGLISH)
    assert "Seeds 2 and 5 failed." in multiples_description(runs(), "screening runs", ENGLISH)
    good = [each for each in runs() if not each.failed]
    assert "No seed failed." in multiples_description(good, "screening runs", ENGLISH)
