"""Small multiples: every run in its place, drawn as it paints, failed ones framed."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from support.report_double import bottle, make_report
from support.runs import random_run

from ginn.figures.small_multiples import (
    SIDE,
    Multiple,
    multiples,
    multiples_as_arrays,
    multiples_description,
    multiples_from_arrays,
    multiples_svg,
)
from ginn.network.forward import pre_activations
from ginn.runtime.encodings import ARRAYS


def runs(count: int = 7) -> list[Multiple]:
    """Made-up outputs: run k is grey all over, the darker the later; 2 and 5 have failed."""
    flat = [np.full((SIDE, SIDE), 1 - k / count) for k in range(count)]
    return [Multiple(k, k in (2, 5), 0.9, output) for k, output in enumerate(flat)]


def test_the_best_come_first_and_failed_runs_last() -> None:
    bottled = [replace(random_run((5, 5), 2), seed=seed) for seed in range(9)]
    for run in bottled:
        rng = np.random.default_rng(run.seed)
        run.biases[-1][:] = rng.normal(size=run.biases[-1].shape)
    found = multiples(bottled, {3, 8}, bottle())
    assert [each.failed for each in found] == [False] * 7 + [True] * 2
    for group in (found[:7], found[7:]):
        shares = [each.right for each in group]
        assert shares == sorted(shares, reverse=True)
    assert {each.seed for each in found} == set(range(9))


def test_an_output_is_the_networks_own_at_the_middle_of_each_cell() -> None:
    run = random_run((6, 4), 3)
    (found,) = multiples([run], (), bottle())
    row, column = 10, 31
    place = np.array([[(column + 0.5) / SIDE, (row + 0.5) / SIDE]])
    last = [[each[-1] for each in arrays] for arrays in (run.weights, run.biases)]
    logit = pre_activations(tuple(last[0]), tuple(last[1]), place)[-1][0, 0]
    assert found.output[row, column] == pytest.approx(1 / (1 + np.exp(-logit)))


def test_each_picture_stands_in_its_place_and_failed_ones_are_framed() -> None:
    shown, columns, width = runs(), 4, 400
    svg = multiples_svg(shown, columns, "screening runs", make_report().colours, width)
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


def test_words_say_how_many_and_which_failed() -> None:
    assert "7 screening runs" in multiples_description(runs(), "screening runs")
    assert "Seeds 2 and 5 failed." in multiples_description(runs(), "screening runs")
    good = [each for each in runs() if not each.failed]
    assert "None failed." in multiples_description(good, "screening runs")


def test_nothing_to_show_is_refused() -> None:
    with pytest.raises(ValueError, match="found no screening runs to show"):
        multiples_svg([], 4, "screening runs", make_report().colours, 100)


def test_multiples_survive_the_store() -> None:
    groups = {"screening runs": tuple(runs()), "full runs": tuple(runs(2))}
    stored = ARRAYS.of(multiples_as_arrays, multiples_from_arrays)
    again = stored.decode(stored.encode(groups))
    assert list(again) == list(groups)
    for what, group in groups.items():
        for one, other in zip(group, again[what], strict=True):
            assert (one.seed, one.failed, one.right) == (other.seed, other.failed, other.right)
            np.testing.assert_array_equal(one.output, other.output)
