"""A drawing in TOML as a dataset, and how a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ginn.config.validation import Document
from ginn.dataset import drawing
from ginn.dataset.dataset import Dataset
from ginn.dataset.drawing import dataset_of_drawing
from ginn.errors import AuthorError
from ginn.files import parse_toml

PATH = Path("square.toml")
DRAWING = """
background = "ground"
background-white = true
[[shape]]
part = "square"
white = false
polygon = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
"""


def read(text: str, pixels: int) -> Dataset:
    return dataset_of_drawing(Document(PATH, text, parse_toml(text, PATH)), pixels)


def test_dataset_of_drawing_a_square_holds_the_pixels_whose_centres_are_inside() -> None:
    expected = np.ones((8, 8), dtype=bool)
    expected[2:6, 2:6] = False
    dataset = read(DRAWING, 8)
    np.testing.assert_array_equal(dataset.labels, expected)
    assert [(part.name, part.white) for part in dataset.parts] == [
        ("ground", True),
        ("square", False),
    ]
    assert len(dataset.corners) == 4


def test_dataset_of_drawing_the_last_shape_wins_and_a_covered_part_is_left_out() -> None:
    patch = DRAWING[DRAWING.index("[[shape]]") :].replace('"square"', '"patch"')
    dataset = read(DRAWING + patch.replace("white = false", "white = true"), 8)
    assert dataset.labels.all()
    assert [part.name for part in dataset.parts] == ["ground", "patch"]


@pytest.mark.parametrize(
    ("right", "wrong", "key", "found", "line"),
    [
        ('part = "square"', "part = 3", "shape.part", "3", 5),
        ('part = "square"', "", "shape.part", "nothing", 4),
        ("white = false", 'white = "no"', "shape.white", "'no'", 6),
        ("white = false", "white = 0", "shape.white", "0", 6),
        ("white = false", "white = false\nwide = 1", "shape.wide", "an unknown key", 7),
        ("[0.75, 0.75], [0.25, 0.75]]", "[0.75, 7]]", "shape.polygon[2]", "[0.75, 7]", 7),
        ("[0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]", "]", "shape.polygon", "[[0.25, 0.25]]", 7),
        ("[0.75, 0.75]", "[nan, 0.75]", "shape.polygon[2]", "[nan, 0.75]", 7),
        ("[0.75, 0.75]", "[true, 0.75]", "shape.polygon[2]", "[true, 0.75]", 7),
        ("[[shape]]", "[shape]", "shape", "a table", 4),
        ("background-white = true", "", "background-white", "nothing", 0),
        ("background-white = true", "background-white = 1", "background-white", "1", 3),
        ("background-white = true", "background-white = true\nhue = 1", "hue", "an unknown", 4),
        ('part = "square"', 'part = "ground"', "shape.white", "'ground' in a second colour", 6),
    ],
)
def test_dataset_of_drawing_with_a_mistake_names_line_key_and_value(
    right: str, wrong: str, key: str, found: str, line: int
) -> None:
    assert right in DRAWING
    with pytest.raises(AuthorError) as refused:
        read(DRAWING.replace(right, wrong, 1), 20)
    error = refused.value
    assert (error.path, error.key, error.line) == (PATH, key, line)
    assert found in error.found
    assert error.allowed


def test_dataset_of_drawing_without_shapes_is_refused() -> None:
    with pytest.raises(AuthorError, match=r"shape: found nothing, allowed: at least one \[\[shape"):
        read(DRAWING[: DRAWING.index("[[shape]]")], 20)


def test_dataset_of_drawing_with_too_many_corners_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "MOST_CORNERS", 4)
    read(DRAWING, 8)
    monkeypatch.setattr(drawing, "MOST_CORNERS", 3)
    with pytest.raises(AuthorError, match=r"square\.toml: found 4 corners, allowed: at most 3"):
        read(DRAWING, 8)
