"""What an author may ask a figure to show, and what is refused."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import trained_run
from support.sample_report import PIXELS, bottle

from ginn.errors import AuthorError
from ginn.figures.selection import (
    PART_MARGIN,
    WHOLE,
    select_background,
    select_detail,
    select_neurons,
    select_snapshot,
)

LAST = len(trained_run()) - 1


@pytest.mark.parametrize("name", ["output", "target", "plain"])
def test_select_background_known_name_is_itself(name: str) -> None:
    assert select_background(name) == name


@pytest.mark.parametrize("name", ["outptu", "", 3, None, ["output"]])
def test_select_background_unknown_name_is_refused(name: object) -> None:
    with pytest.raises(
        AuthorError, match="allowed: output, target, error, regions, plain"
    ) as caught:
        select_background(name)
    assert caught.value.key == "background"


def test_select_detail_nothing_asked_is_the_whole() -> None:
    detail = select_detail("", 0, bottle())
    assert detail[:3] == WHOLE[:3]
    assert detail.corner == (0, 0)


@pytest.mark.parametrize("names", [["cap"], ["diamond"], ["cap", "neck"], ["ground"]])
def test_select_detail_of_parts_holds_them_whole_with_a_margin(names: list[str]) -> None:
    detail = select_detail(names, 0, bottle())
    mask = np.any([part.mask for part in bottle().parts if part.name in names], axis=0)
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) / PIXELS for axis in (1, 0))
    left, top = detail.corner
    assert left <= columns[0]
    assert top <= rows[0]
    assert columns[-1] + 1 / PIXELS <= left + 1 / detail.zoom + 1e-9
    assert rows[-1] + 1 / PIXELS <= top + 1 / detail.zoom + 1e-9
    largest = max(np.ptp(rows), np.ptp(columns)) + 1 / PIXELS
    assert 1 / detail.zoom == pytest.approx(min(largest * PART_MARGIN, 1), rel=0.01)
    assert names[-1] in detail.parts


@pytest.mark.parametrize(
    ("at", "zoom", "message"),
    [
        ("cork", 0, "at: found 'cork', allowed: a point [x, y], or parts: ground, cap"),
        ("", 65, "zoom: found 65, allowed: a number from 1 to 64"),
        ("", 0.5, "zoom: found 0.5"),
        ("", True, "zoom: found True"),
        ([0.5, 1.5], 2, "at: found 0.5, allowed: a point"),
    ],
)
def test_select_detail_unknown_place_or_zoom_is_refused(at: Any, zoom: float, message: str) -> None:
    with pytest.raises(AuthorError, match=re.escape(message)):
        select_detail(at, zoom, bottle())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", ()),
        ("all", (0, 1, 2, 3, 4, 5)),
        ("all, output", (0, 1, 2, 3, 4, 5, 6)),
        ("layer 2", (4, 5)),
        ("layer 2 neuron 1, layer 1 neuron 4, layer 2 neuron 1", (3, 4)),
    ],
)
def test_select_neurons_layers_and_neurons_count_from_one(
    text: str, expected: tuple[int, ...]
) -> None:
    assert select_neurons(text, (4, 2)) == expected


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("layer 3", "layers 1 to 2"),
        ("layer 0", "layers 1 to 2"),
        ("layer 2 neuron 3", "neurons 1 to 2 of layer 2"),
        ("layer 2 neuron 0", "neurons 1 to 2 of layer 2"),
        ("some", "all, output, layer 2"),
        ("", "all, output, layer 2"),
    ],
)
def test_select_neurons_unknown_words_are_refused(text: str, allowed: str) -> None:
    with pytest.raises(AuthorError, match=f"neurons: found .*{re.escape(allowed)}"):
        select_neurons(text, (4, 2))


def test_select_snapshot_iteration_is_the_last_at_or_before_it() -> None:
    iterations = trained_run().iterations.tolist()
    for step in {0, 1, 49, 50, 51, *iterations, iterations[-1] + 1}:
        found = select_snapshot(step, trained_run())
        assert iterations[found] == max(i for i in iterations if i <= step)
    assert select_snapshot("first", trained_run()) == 0
    assert select_snapshot("last", trained_run()) == LAST


@given(
    st.lists(st.floats(0, 10), min_size=6, max_size=6),
    st.integers(0, 100),
)
def test_select_snapshot_share_of_loss_is_the_first_that_has_come_so_far(
    losses: list[float], share: int
) -> None:
    snapshots = replace(trained_run(), loss=np.array(losses))
    found = select_snapshot(f"loss {share}%", snapshots)
    tiny = np.finfo(np.float64).tiny
    heights = [math.log(max(loss, tiny)) for loss in losses]
    wanted = heights[0] + (min(heights) - heights[0]) * share / 100
    slack = 1e-9 * max(1, *map(abs, heights))
    assert min(heights[: found + 1]) <= wanted + slack
    assert found == 0 or min(heights[:found]) > wanted - slack


@pytest.mark.parametrize("step", ["middle", "loss 101%", "loss", -1, True, "25%", 2.5])
def test_select_snapshot_unknown_words_are_refused(step: str | int) -> None:
    with pytest.raises(AuthorError, match=r"step: found .* allowed: \"first\", \"last\""):
        select_snapshot(step, trained_run())
