"""The picture with the names of its parts: lines begin inside their parts and do not cross."""

from __future__ import annotations

import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from support.charts import NARROW, SVG, WIDE
from support.paths import ROOT
from support.sample_report import make_report
from support.words import ENGLISH

from ginn.dataset.dataset import Dataset, Part
from ginn.dataset.picture import load_picture
from ginn.figures.parts_figure import LINE, deep_place, parts_description, parts_svg

PICTURES = {name: load_picture(ROOT / f"content/pictures/{name}.toml", 100)
            for name in ("bottle", "key", "face")}  # fmt: skip
many = pytest.mark.parametrize("name", list(PICTURES))


def drawn(dataset: Dataset, width: int) -> ElementTree.Element:
    return ElementTree.fromstring(parts_svg(dataset, make_report().colours, ENGLISH, width).text)


def leaders(root: ElementTree.Element) -> list[tuple[complex, complex]]:
    """The ends of each line from a part to its name."""
    found = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class") == "run"]
    numbers = [[float(each) for each in re.findall(r"[\d.]+", data)] for data in found]
    return [(complex(x0, y0), complex(x1, y1)) for x0, y0, x1, y1 in numbers]


def cross(one: tuple[complex, complex], other: tuple[complex, complex]) -> bool:
    """Whether two segments cross at an inner point."""

    def side(at: tuple[complex, complex], point: complex) -> float:
        return float(((at[1] - at[0]).conjugate() * (point - at[0])).imag)

    return (
        side(one, other[0]) * side(one, other[1]) < 0
        and side(other, one[0]) * side(other, one[1]) < 0
    )


@many
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_parts_svg_leads_from_inside_each_part_to_its_name_without_crossings(
    name: str, width: int
) -> None:
    dataset = PICTURES[name]
    root = drawn(dataset, width)
    (group,) = (each for each in root.iter(f"{SVG}g"))
    left, scale = (
        float(each) for each in re.findall(r"[\d.]+", group.get("transform", "")) if each != "0"
    )
    lines = leaders(root)
    assert len(lines) == len(dataset.parts)
    for part, (start, _) in zip(dataset.parts, lines, strict=True):
        x, y = (start.real - left) / scale, start.imag / scale
        assert part.mask[int(y), int(x)], part.name
    assert not any(cross(*pair) for pair in itertools.combinations(lines, 2))
    names = [text for text in root.iter(f"{SVG}text") if text.get("class") == "ink"]
    assert [text.text for text in names] == [part.name for part in dataset.parts]
    heights = sorted(float(text.get("y", "")) for text in names)
    assert np.diff(heights).min() > LINE - 0.2
    assert max(heights) < float(root.get("height", ""))


def test_deep_place_of_a_ring_lies_on_the_ring_and_not_in_its_hole() -> None:
    mask = np.zeros((20, 20), dtype=bool)
    mask[4:16, 4:16] = True
    mask[7:13, 7:13] = False
    x, y = deep_place(Part("ring", False, mask))
    assert mask[int(y), int(x)]
    assert x > 12


@many
def test_parts_description_has_every_part_with_its_colour_and_share(name: str) -> None:
    dataset = PICTURES[name]
    described = parts_description(dataset, ENGLISH)
    for part in dataset.parts:
        colour = "white" if part.white else "black"
        assert f"{part.name} ({colour}) {ENGLISH.percent(part.share)}" in described
