"""Otsu's threshold, and the connected regions of a black and white picture."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from ginn.dataset.dataset import MAJOR_SHARE, Part
from ginn.dataset.segmentation import otsu_threshold, regions


def flood(labels: NDArray[np.bool_]) -> list[set[tuple[int, int]]]:
    """The connected regions, found from pixel to pixel: slow, but simple."""
    left = set(np.ndindex(labels.shape))
    found = []
    while left:
        region, queue = set(), [min(left)]
        while queue:
            i, j = queue.pop()
            if (i, j) in left:
                left.remove((i, j))
                region.add((i, j))
                steps = ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))
                queue += [s for s in steps if s in left and labels[s] == labels[i, j]]
        found.append(region)
    return found


def pixels_of(part: Part) -> set[tuple[int, int]]:
    return {(int(i), int(j)) for i, j in np.argwhere(part.mask)}


squares = st.integers(2, 24).flatmap(lambda n: arrays.arrays(bool, (n, n)))


@given(squares)
@settings(deadline=None)
@example(np.indices((20, 20)).sum(0) % 2 == 0)
@example(np.arange(576).reshape(24, 24) % 5 == 0)
def test_regions_of_any_picture_tile_it_and_are_connected_or_specks(
    labels: NDArray[np.bool_],
) -> None:
    walked = flood(labels)
    parts = regions(labels)
    assert (sum(part.mask.astype(int) for part in parts) == 1).all()
    assert len({part.name for part in parts}) == len(parts) <= 18
    assert any(part.share >= MAJOR_SHARE for part in parts)
    for part in parts:
        assert (labels[part.mask] == part.white).all()
        if not part.name.endswith("specks"):
            assert pixels_of(part) in walked
            assert ("white" if part.white else "black") in part.name.split()
            assert "," not in part.name
    of_colour = {white: [r for r in walked if labels[min(r)] == white] for white in (True, False)}
    for white, found in of_colour.items():
        specks = [part for part in parts if part.white == white and part.name.endswith("specks")]
        own = sum(part.white == white for part in parts) - len(specks)
        if specks:
            # "specks" has at least two regions, none of them larger than a region with a name.
            inside = [r for r in found if r <= pixels_of(specks[0])]
            assert len(inside) >= 2
            assert len(inside) + own == len(found)
            named = [p.mask.sum() for p in parts if p.white == white and p is not specks[0]]
            assert not named or max(map(len, inside)) <= min(named)
        else:
            assert own == len(found)


def test_regions_of_a_spiral_are_two_and_of_a_chequerboard_specks() -> None:
    spiral = np.ones((41, 41), dtype=bool)
    i, j, step, run = 20, 20, 0, 2
    for _ in range(18):
        for _ in range(2):
            di, dj = ((0, 1), (1, 0), (0, -1), (-1, 0))[step % 4]
            for _ in range(run):
                spiral[i, j] = False
                i, j = i + di, j + dj
            step += 1
        run += 2
        if not 0 < i < 40 or not 0 < j < 40 or run > 36:
            break
    assert len(flood(spiral)) == len(regions(spiral)) == 2
    chequers = np.indices((600, 600)).sum(0) % 2 == 0
    assert [part.name for part in regions(chequers)] == ["white specks", "black specks"]


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [
        (2, 2, "top left black"),
        (2, 15, "top black"),
        (2, 27, "top right black"),
        (15, 2, "left black"),
        (15, 15, "middle black"),
        (15, 27, "right black"),
        (27, 2, "bottom left black"),
        (27, 15, "bottom black"),
        (27, 27, "bottom right black"),
    ],
)
def test_regions_are_named_by_their_colour_and_place(row: int, column: int, name: str) -> None:
    labels = np.ones((30, 30), dtype=bool)
    labels[row - 1 : row + 2, column - 1 : column + 2] = False
    assert {part.name for part in regions(labels)} == {"surrounding white", name}


def test_regions_of_one_place_have_numbers() -> None:
    labels = np.ones((30, 30), dtype=bool)
    labels[1:4, 1:4] = labels[6:8, 6:8] = False
    assert [part.name for part in regions(labels)] == [
        "surrounding white",
        "top left black",
        "top left black 2",
    ]


def test_regions_too_small_to_see_are_specks_unless_there_is_one_alone() -> None:
    labels = np.ones((40, 40), dtype=bool)
    labels[5, 5] = False
    assert [part.name for part in regions(labels)] == ["surrounding white", "top left black"]
    labels[30, 30] = False
    assert [part.name for part in regions(labels)] == ["surrounding white", "black specks"]


def test_regions_of_equal_size_are_in_the_order_of_their_first_pixels() -> None:
    labels = np.ones((30, 30), dtype=bool)
    for row, column in ((20, 3), (3, 20), (4, 12)):
        labels[row : row + 3, column : column + 3] = False
    found = [part for part in regions(labels) if not part.white]
    firsts = [min(pixels_of(part)) for part in found]
    assert firsts == [(3, 20), (4, 12), (20, 3)]


def test_otsu_threshold_has_the_largest_variance_between_classes() -> None:
    rng = np.random.default_rng(0)
    levels = np.concatenate([rng.normal(70, 12, 500), rng.normal(170, 20, 900)])
    levels = levels.clip(0, 255).astype(np.uint8)

    def variance_between(threshold: int) -> float:
        dark, light = levels[levels <= threshold], levels[levels > threshold]
        if not len(dark) or not len(light):
            return -1.0
        return len(dark) * len(light) * (dark.mean() - light.mean()) ** 2

    best = max(variance_between(threshold) for threshold in range(255))
    assert variance_between(otsu_threshold(levels)) == pytest.approx(best)


def test_otsu_threshold_of_two_levels_is_in_the_middle_of_their_gap() -> None:
    assert otsu_threshold(np.array([10, 10, 10, 200], dtype=np.uint8)) == 105
