"""Pictures: the drawn bottle as it was specified, and any image file as a labelled domain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ginn.picture import Domain, load_picture, otsu_threshold, outline_corners
from ginn.spec import InputError

BOTTLE = Path(__file__).parents[1] / "content" / "pictures" / "bottle.toml"


@pytest.fixture(scope="module")
def bottle() -> Domain:
    return load_picture(BOTTLE, 200)


def test_the_bottle_is_seventy_per_cent_white_and_left_right_symmetric(bottle: Domain) -> None:
    assert abs(bottle.labels.mean() - 0.70) < 0.005
    np.testing.assert_array_equal(bottle.labels, bottle.labels[:, ::-1])
    assert not np.array_equal(bottle.labels, bottle.labels[::-1])


def test_the_parts_tile_the_domain_and_each_has_one_colour(bottle: Domain) -> None:
    assert (sum(part.mask.astype(int) for part in bottle.parts) == 1).all()
    for part in bottle.parts:
        assert (bottle.labels[part.mask] == part.white).all()


def test_the_major_parts_are_ground_body_and_diamond(bottle: Domain) -> None:
    shares = {part.name: part.share for part in bottle.parts}
    assert [part.name for part in bottle.parts if part.major] == ["ground", "body", "diamond"]
    # Areas by hand: a diamond of half-diagonal h covers 2 h^2 of the unit square.
    assert abs(shares["diamond"] - 2 * 0.179**2) < 0.002
    assert abs(shares["frame"] - 2 * (0.195**2 - 0.179**2)) < 0.002
    assert abs(shares["rim"] - 2 * (0.221**2 - 0.195**2)) < 0.002
    assert abs(shares["cap"] - 0.16 * 0.103) < 0.002
    assert abs(shares["body"] - (0.472 * 0.708 - 2 * 0.221**2)) < 0.002


def test_a_pixel_is_the_input_at_its_centre_with_y_down(bottle: Domain) -> None:
    points = bottle.points()
    assert points.shape == (40_000, 2)
    np.testing.assert_allclose(points[0], [0.0025, 0.0025])
    np.testing.assert_allclose(points[201], [0.0075, 0.0075])
    np.testing.assert_allclose(points[199], [0.9975, 0.0025])
    # The cap is at the top, so it has small y.
    cap = next(part for part in bottle.parts if part.name == "cap").mask
    assert points[cap.reshape(-1), 1].max() < 0.12


def test_labels_do_not_depend_on_the_scale() -> None:
    coarse, fine = load_picture(BOTTLE, 50), load_picture(BOTTLE, 150)
    np.testing.assert_array_equal(fine.labels[1::3, 1::3], coarse.labels)


def test_a_photograph_is_thresholded_and_its_regions_are_parts(tmp_path: Path) -> None:
    levels = np.full((40, 40), 180, dtype=np.uint8)
    levels[5:15, 5:15] = 30
    levels[25:35, 20:38] = 60
    Image.fromarray(levels).save(tmp_path / "photo.png")
    domain = load_picture(tmp_path / "photo.png", 40)
    np.testing.assert_array_equal(domain.labels, levels > 100)
    assert [(part.name, int(part.mask.sum())) for part in domain.parts] == [
        ("white 1", 1600 - 100 - 180),
        ("black 1", 180),
        ("black 2", 100),
    ]


def test_transparency_is_white_and_a_wide_picture_is_padded_with_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (20, 10, 60, 30))
    image.save(tmp_path / "drawing.png")
    domain = load_picture(tmp_path / "drawing.png", 40)
    rows, columns = np.nonzero(~domain.labels)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (15, 24, 10, 29)


def test_otsus_threshold_has_the_largest_variance_between_classes() -> None:
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


DRAWING = """
background = "ground"
background-white = true
[[shape]]
part = "square"
white = false
polygon = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
"""


def test_a_drawn_square_holds_the_pixels_whose_centres_are_inside(tmp_path: Path) -> None:
    path = tmp_path / "square.toml"
    path.write_text(DRAWING, encoding="utf-8")
    expected = np.ones((8, 8), dtype=bool)
    expected[2:6, 2:6] = False
    np.testing.assert_array_equal(load_picture(path, 8).labels, expected)


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ('part = "square"', "part = 3", "shape 1: part"),
        ("white = false", 'white = "no"', "shape 1: white"),
        ("[0.75, 0.75], [0.25, 0.75]]", "[0.75, 7]]", "polygon"),
        ("[0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]", "]", "polygon"),
        ("[[shape]]", "[shape]", "[[shape]]"),
        ("background-white = true", "", "background-white"),
        ("background-white = true", "background-white = true\ncolour = 1", "colour"),
        ("white = false", "white = true", "only white"),
        ('part = "square"', 'part = "ground"', "both black and white"),
    ],
)
def test_a_wrong_drawing_is_refused_with_file_and_key(
    tmp_path: Path, right: str, wrong: str, named: str
) -> None:
    path = tmp_path / "square.toml"
    assert right in DRAWING
    path.write_text(DRAWING.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_picture(path, 20)
    assert str(path) in str(refused.value)
    assert named in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_a_file_that_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a picture"):
        load_picture(path, 20)
    with pytest.raises(InputError, match="no such file"):
        load_picture(tmp_path / "absent.png", 20)


def test_the_bottles_corners_are_those_that_can_be_seen(bottle: Domain) -> None:
    corners = {(round(x, 4), round(y, 4)) for x, y in bottle.corners.tolist()}
    expected = {(0.5 + sign * x, y) for x, y in [
        (0.08, 0.014), (0.08, 0.117), (0.067, 0.117), (0.067, 0.18), (0.236, 0.275),
        (0.221, 0.617), (0.195, 0.617), (0.179, 0.617),
    ] for sign in (-1, 1)}  # fmt: skip
    expected |= {(0.5, 0.617 + sign * h) for h in (0.221, 0.195, 0.179) for sign in (-1, 1)}
    # Sixteen beside the axis and six on it. The body's rounded corners are none, and its top
    # corners, painted over the shoulders' foot, are one with these.
    assert corners == {(round(x, 4), round(y, 4)) for x, y in expected}
    assert len(bottle.corners) == 22


def square(x: float, y: float, side: float) -> np.ndarray:
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])


def corners(*painted: tuple[np.ndarray, bool]) -> list[tuple[float, float]]:
    return [(round(x, 6), round(y, 6)) for x, y in outline_corners(painted, True).tolist()]


def test_crossing_shapes_have_corners_where_their_edges_cross() -> None:
    found = corners((square(0.1, 0.1, 0.4), False), (square(0.3, 0.3, 0.4), False))
    assert found == [
        (0.1, 0.1), (0.5, 0.1), (0.5, 0.3), (0.7, 0.3),
        (0.1, 0.5), (0.3, 0.5), (0.3, 0.7), (0.7, 0.7),
    ]  # fmt: skip


def test_what_is_painted_over_or_lies_on_the_edge_of_the_domain_is_no_corner() -> None:
    black = (square(0.2, 0.2, 0.2), False)
    assert corners(black, (square(0.1, 0.1, 0.5), True)) == []
    assert corners((square(0.2, 0.2, 0.2), True)) == []
    assert corners((square(0.0, 0.0, 0.5), False)) == [(0.5, 0.5)]
    # Two that share an edge are one rectangle; two that share a corner have one there.
    halves = [(square(x, 0.2, 0.2), False) for x in (0.2, 0.4)]
    assert corners(*halves) == [(0.2, 0.2), (0.6, 0.2), (0.2, 0.4), (0.6, 0.4)]
    assert (0.4, 0.4) in corners(black, (square(0.4, 0.4, 0.2), False))


@pytest.mark.parametrize(("sides", "count"), [(4, 4), (7, 7), (9, 0), (40, 0)])
def test_a_turn_below_45_degrees_is_no_corner(sides: int, count: int) -> None:
    turns = 2 * np.pi * np.arange(sides) / sides + 0.1
    polygon = 0.5 + 0.3 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    assert len(corners((polygon, False))) == count


def test_the_corners_of_a_photograph_are_not_known(tmp_path: Path) -> None:
    levels = np.full((40, 40), 250, dtype=np.uint8)
    levels[5:15, 5:15] = 30
    Image.fromarray(levels).save(tmp_path / "photo.png")
    assert load_picture(tmp_path / "photo.png", 40).corners.shape == (0, 2)
