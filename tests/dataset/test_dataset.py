"""Pictures: the drawn bottle as it was specified, and any image file as a labelled domain."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image
from support.paths import BOTTLE

from ginn.config.models import InputError, Reading
from ginn.dataset import dataset as picture
from ginn.dataset.dataset import (
    Dataset,
    Part,
    describe,
    load_picture,
    otsu_threshold,
    outline_corners,
    regions,
)


@pytest.fixture(scope="module")
def bottle() -> Dataset:
    return load_picture(BOTTLE, 200)


def test_the_bottle_is_seventy_per_cent_white_and_left_right_symmetric(bottle: Dataset) -> None:
    assert abs(bottle.labels.mean() - 0.70) < 0.005
    np.testing.assert_array_equal(bottle.labels, bottle.labels[:, ::-1])
    assert not np.array_equal(bottle.labels, bottle.labels[::-1])


def test_the_parts_tile_the_domain_and_each_has_one_colour(bottle: Dataset) -> None:
    assert (sum(part.mask.astype(int) for part in bottle.parts) == 1).all()
    for part in bottle.parts:
        assert (bottle.labels[part.mask] == part.white).all()


def test_the_major_parts_are_ground_body_and_diamond(bottle: Dataset) -> None:
    shares = {part.name: part.share for part in bottle.parts}
    assert [part.name for part in bottle.parts if part.major] == ["ground", "body", "diamond"]
    # Areas by hand: a diamond of half-diagonal h covers 2 h^2 of the unit square.
    assert abs(shares["diamond"] - 2 * 0.179**2) < 0.002
    assert abs(shares["frame"] - 2 * (0.195**2 - 0.179**2)) < 0.002
    assert abs(shares["rim"] - 2 * (0.221**2 - 0.195**2)) < 0.002
    assert abs(shares["cap"] - 0.16 * 0.103) < 0.002
    assert abs(shares["body"] - (0.472 * 0.708 - 2 * 0.221**2)) < 0.002


def test_a_pixel_is_the_input_at_its_centre_with_y_down(bottle: Dataset) -> None:
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
    dataset = load_picture(tmp_path / "photo.png", 40)
    np.testing.assert_array_equal(dataset.labels, levels > 100)
    assert [(part.name, int(part.mask.sum())) for part in dataset.parts] == [
        ("white, around", 1600 - 100 - 180),
        ("black, bottom right", 180),
        ("black, top left", 100),
    ]


def test_transparency_is_white_and_a_wide_picture_is_padded_with_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (20, 10, 60, 30))
    image.save(tmp_path / "drawing.png")
    dataset = load_picture(tmp_path / "drawing.png", 40)
    rows, columns = np.nonzero(~dataset.labels)
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


def test_the_bottles_corners_are_those_that_can_be_seen(bottle: Dataset) -> None:
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


def flood(labels: NDArray[np.bool_]) -> list[set[tuple[int, int]]]:
    """The connected regions by walking from pixel to pixel: slow, and plainly right."""
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
def test_parts_of_any_picture_tile_it_and_are_connected_regions_or_specks(
    labels: NDArray[np.bool_],
) -> None:
    walked = flood(labels)
    parts = regions(labels)
    assert (sum(part.mask.astype(int) for part in parts) == 1).all()
    assert len({part.name for part in parts}) == len(parts) <= 18
    assert any(part.major for part in parts)
    for part in parts:
        assert (labels[part.mask] == part.white).all()
        if not part.name.endswith("specks"):
            assert pixels_of(part) in walked
            assert part.name.startswith("white, " if part.white else "black, ")
    of_colour = {white: [r for r in walked if labels[min(r)] == white] for white in (True, False)}
    for white, found in of_colour.items():
        specks = [part for part in parts if part.white == white and part.name.endswith("specks")]
        own = sum(part.white == white for part in parts) - len(specks)
        if specks:
            # Never one region alone, and none that is larger than one with a name.
            inside = [r for r in found if r <= pixels_of(specks[0])]
            assert len(inside) >= 2
            assert len(inside) + own == len(found)
            named = [p.mask.sum() for p in parts if p.white == white and p is not specks[0]]
            assert not named or max(map(len, inside)) <= min(named)
        else:
            assert own == len(found)


def test_a_spiral_is_one_region_and_a_large_chequerboard_is_quick() -> None:
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
    assert [part.name for part in regions(chequers)] == ["white, specks", "black, specks"]


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [
        (2, 2, "black, top left"),
        (2, 15, "black, top"),
        (2, 27, "black, top right"),
        (15, 2, "black, left"),
        (15, 15, "black, middle"),
        (15, 27, "black, right"),
        (27, 2, "black, bottom left"),
        (27, 15, "black, bottom"),
        (27, 27, "black, bottom right"),
    ],
)
def test_a_region_is_named_by_its_colour_and_its_place(row: int, column: int, name: str) -> None:
    labels = np.ones((30, 30), dtype=bool)
    labels[row - 1 : row + 2, column - 1 : column + 2] = False
    assert {part.name for part in regions(labels)} == {"white, around", name}


def test_two_regions_of_one_place_are_told_apart_by_number() -> None:
    labels = np.ones((30, 30), dtype=bool)
    labels[1:4, 1:4] = labels[6:8, 6:8] = False
    assert [part.name for part in regions(labels)] == [
        "white, around",
        "black, top left",
        "black, top left 2",
    ]


def save(folder: Path, levels: NDArray[np.uint8]) -> Path:
    Image.fromarray(levels).save(folder / "photo.png")
    return folder / "photo.png"


def two_squares(folder: Path) -> Path:
    levels = np.full((40, 40), 180, dtype=np.uint8)
    levels[5:15, 5:15] = 30
    levels[25:35, 20:38] = 60
    return save(folder, levels)


def test_an_author_names_a_region_by_a_point_in_it(tmp_path: Path) -> None:
    path = two_squares(tmp_path)
    points = (("left eye", 0.2, 0.3), ("face", 0.0, 1.0), ("mouth", 0.9, 0.7))
    dataset = load_picture(path, 40, Reading(parts=points))
    names = [part.name for part in dataset.parts]
    assert names == ["face", "mouth", "left eye"]
    assert dataset.parts[2].mask[10, 10]
    for wrong, found in [
        ((("a", 0.2, 0.3), ("b", 0.25, 0.3)), "points of one region"),
        ((("black, bottom right", 0.2, 0.3),), "another region has"),
    ]:
        with pytest.raises(InputError, match=found):
            load_picture(path, 40, Reading(parts=wrong))


def test_a_given_level_decides_and_no_other(tmp_path: Path) -> None:
    path = two_squares(tmp_path)
    dark = load_picture(path, 40, Reading(30))
    assert int((~dark.labels).sum()) == 100
    assert int((~load_picture(path, 40, Reading(60)).labels).sum()) == 280
    assert dark.photograph is not None
    assert not dark.photograph.otsu
    with pytest.raises(InputError, match="only white on 40 x 40 pixels"):
        load_picture(path, 40, Reading(29))
    with pytest.raises(InputError, match="only black"):
        load_picture(path, 40, Reading(180))


def test_what_is_not_square_is_padded_like_its_rim_or_cropped_to_its_middle(tmp_path: Path) -> None:
    wide = np.full((20, 60), 40, dtype=np.uint8)
    wide[5:15, 20:40] = 90
    path = save(tmp_path, wide)
    padded = load_picture(path, 60)
    # Dark all around, so dark above and below; what is added does not move the threshold.
    expected = np.zeros((60, 60), dtype=bool)
    expected[25:35, 20:40] = True
    np.testing.assert_array_equal(padded.labels, expected)
    assert padded.photograph is not None
    assert 40 <= padded.photograph.threshold < 90
    cropped = load_picture(path, 20, Reading(fit="crop"))
    np.testing.assert_array_equal(cropped.labels, wide[:, 20:40] > 60)
    tall = load_picture(save(tmp_path, 255 - wide.T.copy()), 60)
    np.testing.assert_array_equal(tall.labels, ~expected.T)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "YCbCr"])
@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp", "bmp", "gif"])
def test_the_same_square_is_found_whatever_the_mode_and_the_kind(
    tmp_path: Path, mode: str, suffix: str
) -> None:
    plain = Image.new("L", (48, 48), 255)
    plain.paste(0, (16, 16, 32, 32))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(plain).astype(np.uint16) * 257)
    else:
        image = (
            plain.convert("RGB").convert(mode)
            if mode in ("CMYK", "YCbCr")
            else (plain.convert(mode))
        )
    path = tmp_path / f"square.{suffix}"
    try:
        image.save(path)
    except (OSError, ValueError, KeyError):
        pytest.skip(f"{suffix} does not hold {mode}")
    np.testing.assert_array_equal(load_picture(path, 48).labels, np.asarray(plain) > 127)


def test_a_sixteen_bit_picture_keeps_its_dark_half(tmp_path: Path) -> None:
    levels = np.full((10, 10), 12_000, dtype=np.uint16)
    levels[2:8, 2:8] = 9_000
    Image.fromarray(levels).save(tmp_path / "deep.png")
    np.testing.assert_array_equal(load_picture(tmp_path / "deep.png", 10).labels, levels > 10_000)


def test_what_is_transparent_is_white_whatever_its_hidden_colour(tmp_path: Path) -> None:
    for mode, clear in (("RGBA", (0, 0, 0, 0)), ("LA", (0, 0))):
        image = Image.new(mode, (20, 20), clear)
        image.paste((0, 0, 0, 255) if mode == "RGBA" else (0, 255), (5, 5, 15, 15))
        image.save(tmp_path / f"{mode}.png")
        labels = load_picture(tmp_path / f"{mode}.png", 20).labels
        assert (~labels).sum() == 100
    palette = Image.new("P", (20, 20), 0)
    palette.putpalette([0, 0, 0, 0, 0, 0])
    palette.paste(1, (5, 5, 15, 15))
    palette.save(tmp_path / "palette.png", transparency=0)
    assert (~load_picture(tmp_path / "palette.png", 20).labels).sum() == 100


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size, and holds a few bytes that would unpack to it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows)


@pytest.mark.parametrize("side", [8_001, 9_500, 20_000, 2**31 - 1])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unpack(*_: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(picture, "_grey", unpack)
    (tmp_path / "bomb.png").write_bytes(png_of(side, side))
    with pytest.raises(InputError, match="at most 64,000,000"):
        load_picture(tmp_path / "bomb.png", 20)


def gif(folder: Path) -> Path:
    frames = [Image.new("L", (9, 9), level) for level in (0, 99, 255)]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    return folder / "moving.gif"


def deep(folder: Path) -> Path:
    Image.new("F", (9, 9)).save(folder / "deep.tif")
    return folder / "deep.tif"


def cut(folder: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 255, (99, 99), dtype=np.uint8)
    path = save(folder, noise)
    path.write_bytes(path.read_bytes()[:2000])
    return path


def strip(folder: Path) -> Path:
    return save(folder, np.arange(2000, dtype=np.uint32).astype(np.uint8)[None])


def dot(folder: Path) -> Path:
    return save(folder, np.zeros((1, 1), dtype=np.uint8))


def postscript(folder: Path) -> Path:
    (folder / "page.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    return folder / "page.eps"


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (gif, "found 3 frames, allowed: one"),
        (deep, "32-bit levels"),
        (cut, "truncated"),
        (strip, "2000 x 1 pixels"),
        (dot, "found only black"),
        (postscript, "not a picture"),
    ],
)
def test_a_picture_that_cannot_be_learnt_is_refused_in_one_line(
    tmp_path: Path, make: Callable[[Path], Path], found: str
) -> None:
    path = make(tmp_path)
    with pytest.raises(InputError, match=found) as refused:
        load_picture(path, 20)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def whole(kind: str) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (12, 9, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, kind)
    return stream.getvalue()


WHOLE = {kind: whole(kind) for kind in picture.KINDS}


def spoil(kind: str, places: list[tuple[int, int]], end: int) -> bytes:
    data = bytearray(WHOLE[kind])
    for place, value in places:
        data[place % len(data)] = value
    return bytes(data[: len(data) - end % len(data)])


spoilt = st.builds(
    spoil,
    st.sampled_from(sorted(WHOLE)),
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 255)), max_size=6),
    st.just(0) | st.integers(0, 999),
)


@given(st.binary(max_size=200) | spoilt, st.sampled_from([".png", ".toml", ".jpg", ""]))
@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_bytes_are_a_picture_or_refused_in_one_line(
    tmp_path: Path, data: bytes, suffix: str
) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes(data)
    labels, message = np.array([False, True]), ""
    try:
        labels = load_picture(path, 12).labels
    except InputError as error:
        message = str(error)
    assert not message or str(path) in message
    assert "\n" not in message
    assert labels.any()
    assert not labels.all()


def test_a_terminal_is_told_the_level_and_shown_the_picture(tmp_path: Path) -> None:
    told = describe(load_picture(two_squares(tmp_path), 40), "pictures/photo.png").splitlines()
    assert told[0] == "Picture pictures/photo.png, 40 x 40 pixels"
    level = re.search(r"from 40 x 40; white is above level (\d+) of 255 \(Otsu's method\)", told[1])
    assert level
    assert 60 <= int(level[1]) < 180
    drawn = [line.strip() for line in told[2:22]]
    assert {len(line) for line in drawn} == {40}
    # Rows are every other row of the picture, columns are its own.
    assert drawn[3] == "." * 5 + "#" * 10 + "." * 25
    assert "".join(drawn).count("#") == 280 / 2
    assert [line.split("%  ")[1] for line in told[22:]] == [
        "white  white, around",
        "black  black, bottom right",
        "black  black, top left",
    ]
    assert "level" not in describe(load_picture(BOTTLE, 40), "bottle.toml")
