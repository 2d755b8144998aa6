"""`Dataset`: labels, parts and points of the bottle, and the description for a terminal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
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
    assert [part.name for part in bottle.parts if part.major] == ["ground", "body", "diamond"]
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
    # Rows are every other row of the picture, columns are its own.
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


def test_symmetry_is_the_share_of_pixels_like_their_mirror_image() -> None:
    labels = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]], dtype=bool)
    assert Dataset(labels, ()).symmetry() == 14 / 16
