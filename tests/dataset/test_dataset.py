"""`Dataset`: labels, parts and points of the bottle, and the description for a terminal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from support.paths import BOTTLE

from ginn.dataset.dataset import Dataset, ImageSource, Part, describe, require_parts
from ginn.dataset.picture import load_picture
from ginn.errors import AuthorError


@pytest.fixture(scope="module")
def bottle() -> Dataset:
    return load_picture(BOTTLE, 200)


def test_labels_of_the_bottle_are_seventy_per_cent_white_and_symmetric(bottle: Dataset) -> None:
    assert abs(bottle.labels.mean() - 0.70) < 0.005
    np.testing.assert_array_equal(bottle.labels, bottle.labels[:, ::-1])
    assert not np.array_equal(bottle.labels, bottle.labels[::-1])


def test_parts_of_the_bottle_tile_the_domain_and_have_one_colour(bottle: Dataset) -> None:
    assert (sum(part.mask.astype(int) for part in bottle.parts) == 1).all()
    for part in bottle.parts:
        assert (bottle.labels[part.mask] == part.white).all()


def test_major_parts_of_the_bottle_are_ground_body_and_diamond(bottle: Dataset) -> None:
    shares = {part.name: part.share for part in bottle.parts}
    assert [part.name for part in bottle.parts if bottle.is_major(part)] == [
        "ground",
        "body",
        "diamond",
    ]
    # Areas by hand: a diamond of half-diagonal h covers 2 h^2 of the unit square.
    assert abs(shares["diamond"] - 2 * 0.179**2) < 0.002
    assert abs(shares["frame"] - 2 * (0.195**2 - 0.179**2)) < 0.002
    assert abs(shares["rim"] - 2 * (0.221**2 - 0.195**2)) < 0.002
    assert abs(shares["cap"] - 0.16 * 0.103) < 0.002
    assert abs(shares["body"] - (0.472 * 0.708 - 2 * 0.221**2)) < 0.002


def test_points_are_the_pixels_centres_with_y_down(bottle: Dataset) -> None:
    points = bottle.points()
    assert points.shape == (40_000, 2)
    np.testing.assert_allclose(points[0], [0.0025, 0.0025])
    np.testing.assert_allclose(points[201], [0.0075, 0.0075])
    np.testing.assert_allclose(points[199], [0.9975, 0.0025])
    # The cap is at the top, so it has small y.
    cap = next(part for part in bottle.parts if part.name == "cap").mask
    assert points[cap.reshape(-1), 1].max() < 0.12


def test_labels_of_more_pixels_agree_at_the_same_centres() -> None:
    coarse, fine = load_picture(BOTTLE, 50), load_picture(BOTTLE, 150)
    np.testing.assert_array_equal(fine.labels[1::3, 1::3], coarse.labels)


def square_image() -> Dataset:
    """A dark square on the left of an image that was read by Otsu's method."""
    labels = np.ones((40, 40), dtype=bool)
    labels[5:15, 5:15] = False
    parts = (Part("paper", True, labels), Part("square", False, ~labels))
    return Dataset(labels, parts, image=ImageSource(80, 60, 97, otsu=True, fit="crop"))


def test_describe_shows_the_level_the_pixels_and_the_parts() -> None:
    shown = describe(square_image(), "pictures/photo.png").splitlines()
    assert shown[0] == "Picture pictures/photo.png, 40 x 40 pixels"
    assert shown[1] == "  from 80 x 60, cropped; white is above level 97 of 255 (Otsu's method)"
    drawn = [line.strip() for line in shown[2:22]]
    assert {len(line) for line in drawn} == {40}
    # The text shows every other row of the picture, and every column.
    assert drawn[3] == "." * 5 + "#" * 10 + "." * 25
    assert "".join(drawn).count("#") == 100 / 2
    assert shown[22:] == ["   93.8%  white  paper", "    6.2%  black  square"]


def test_describe_of_a_square_image_and_a_given_level_says_no_more() -> None:
    image = ImageSource(40, 40, 9, otsu=False, fit="crop")
    shown = describe(replace(square_image(), image=image), "a.png").splitlines()
    assert shown[1] == "  from 40 x 40; white is above level 9 of 255 (as report.toml says)"


def test_describe_of_a_drawing_names_no_level() -> None:
    assert "level" not in describe(load_picture(BOTTLE, 40), "bottle.toml")


def test_require_parts_with_an_unknown_name_lists_the_parts(bottle: Dataset) -> None:
    require_parts(bottle, ["cap", "neck"])
    with pytest.raises(AuthorError) as refused:
        require_parts(bottle, ["cap", "handle", "ear"])
    assert refused.value.found == "['handle', 'ear']"
    assert refused.value.allowed.startswith("parts of the picture: ground, cap, neck")


def test_is_major_of_a_small_part_is_true_if_it_is_the_largest_of_its_colour() -> None:
    dot, speck = np.zeros((2, 20, 20), dtype=bool)
    dot[:2, :2] = speck[9, 9] = True
    parts = (Part("dot", True, dot), Part("speck", True, speck), Part("g", False, ~(dot | speck)))
    dataset = Dataset(dot | speck, parts)
    assert [dataset.is_major(part) for part in parts] == [True, False, True]


@given(arrays.arrays(bool, (6, 6)))
def test_mirror_correlation_is_that_of_numpy(labels: NDArray[np.bool_]) -> None:
    for axis, mirrored in (("left-right", labels[:, ::-1]), ("top-bottom", labels[::-1])):
        found = Dataset(labels, ()).mirror_correlation(axis)
        if labels.all() or not labels.any():
            assert found == 0
        else:
            assert found == pytest.approx(np.corrcoef(labels.ravel(), mirrored.ravel())[0, 1])


def test_mirror_axes_are_not_found_where_only_the_ground_is_symmetric() -> None:
    labels = np.ones((100, 100), dtype=bool)
    labels[40:60, 10:12] = False  # a bar at the left ...
    assert Dataset(labels, ()).mirror_axes() == ("top-bottom",)
    labels[20:23, 87:90] = False  # ... and a dot at the right
    assert (labels == labels[:, ::-1]).mean() > 0.98
    assert Dataset(labels, ()).mirror_axes() == ()


def test_mirror_axes_of_the_bottle_and_of_a_square_are_one_and_two(bottle: Dataset) -> None:
    assert bottle.mirror_axes() == ("left-right",)
    square = np.zeros((10, 10), dtype=bool)
    square[3:7, 3:7] = True
    assert Dataset(square, ()).mirror_axes() == ("left-right", "top-bottom")
