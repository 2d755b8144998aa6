"""An image file as a dataset: decoding, fitting, thresholding, names, and what is refused."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.images import NOISE, SQUARE, bomb, encoded, image_of, moving

from ginn.dataset import image
from ginn.dataset.dataset import Dataset, ImageSource
from ginn.dataset.image import ImageReading, dataset_of_image
from ginn.errors import AuthorError

PATH = Path("photo.png")
TWO_SQUARES = np.full((40, 40), 180, dtype=np.uint8)
TWO_SQUARES[5:15, 5:15] = 30
TWO_SQUARES[25:35, 20:38] = 60


def read(data: bytes, pixels: int, reading: ImageReading | None = None) -> Dataset:
    return dataset_of_image(data, PATH, pixels, reading or ImageReading())


def test_dataset_of_image_is_thresholded_and_its_regions_are_parts() -> None:
    dataset = read(image_of(TWO_SQUARES), 40)
    np.testing.assert_array_equal(dataset.labels, TWO_SQUARES > 100)
    assert [(part.name, int(part.mask.sum())) for part in dataset.parts] == [
        ("surrounding white", 1600 - 100 - 180),
        ("bottom right black", 180),
        ("top left black", 100),
    ]
    assert dataset.corners.shape == (0, 2)
    assert dataset.image is not None
    assert 60 <= dataset.image.threshold < 180
    assert (dataset.image.width, dataset.image.height, dataset.image.otsu) == (40, 40, True)


def test_dataset_of_image_with_points_has_the_authors_names() -> None:
    points = {"left eye": (0.2, 0.3), "face": (0.0, 1.0), "mouth": (0.9, 0.7)}
    dataset = read(image_of(TWO_SQUARES), 40, ImageReading(parts=points))
    assert [part.name for part in dataset.parts] == ["face", "mouth", "left eye"]
    assert dataset.parts[2].mask[10, 10]


@pytest.mark.parametrize(
    ("points", "found"),
    [
        ({"a": (0.2, 0.3), "b": (0.25, 0.3)}, "parts 'a' and 'b' of report.toml at points of one"),
        ({"bottom right black": (0.2, 0.3)}, "another region has"),
    ],
)
def test_dataset_of_image_with_an_ambiguous_name_is_refused(
    points: dict[str, tuple[float, float]], found: str
) -> None:
    with pytest.raises(AuthorError) as refused:
        read(image_of(TWO_SQUARES), 40, ImageReading(parts=points))
    assert found in refused.value.found
    assert refused.value.path == PATH
    assert refused.value.hint


def test_dataset_of_image_with_a_threshold_uses_it_and_not_otsus() -> None:
    dark = read(image_of(TWO_SQUARES), 40, ImageReading(30))
    assert int((~dark.labels).sum()) == 100
    assert dark.image == ImageSource(40, 40, 30, otsu=False, fit="pad")
    assert int((~read(image_of(TWO_SQUARES), 40, ImageReading(60)).labels).sum()) == 280


WIDE = np.full((20, 60), 40, dtype=np.uint8)
WIDE[5:15, 20:40] = 90


def test_dataset_of_image_that_is_wide_or_tall_is_padded_like_its_rim() -> None:
    padded = read(image_of(WIDE), 60)
    # The border of the image is dark, so the padding is dark. The padding does not change the
    # threshold.
    expected = np.zeros((60, 60), dtype=bool)
    expected[25:35, 20:40] = True
    np.testing.assert_array_equal(padded.labels, expected)
    assert padded.image is not None
    assert 40 <= padded.image.threshold < 90
    np.testing.assert_array_equal(read(image_of(255 - WIDE.T), 60).labels, ~expected.T)


def test_dataset_of_image_with_crop_is_its_middle_square() -> None:
    cropped = read(image_of(WIDE), 20, ImageReading(fit="crop"))
    np.testing.assert_array_equal(cropped.labels, WIDE[:, 20:40] > 60)


PLAIN = np.full((48, 48), 255, dtype=np.uint8)
PLAIN[16:32, 16:32] = 0


def files_of_a_square() -> dict[str, bytes]:
    """The same square in every mode, as every kind of file that holds the mode."""
    plain = Image.fromarray(PLAIN)
    modes = {mode: plain.convert(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA")}
    modes |= {mode: plain.convert("RGB").convert(mode) for mode in ("CMYK", "YCbCr")}
    modes["I;16"] = Image.fromarray(PLAIN.astype(np.uint16) * 257)
    files = {}
    for mode, picture in modes.items():
        for kind in ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                files[f"{kind} {mode}"] = encoded(picture, kind)
    return files


FILES = files_of_a_square()


@pytest.mark.parametrize("name", FILES)
def test_dataset_of_image_of_any_mode_and_kind_is_the_same(name: str) -> None:
    np.testing.assert_array_equal(read(FILES[name], 48).labels, PLAIN > 127)


def test_there_are_files_of_every_mode_and_kind() -> None:
    kinds, modes = zip(*(name.split(" ") for name in FILES), strict=True)
    assert (len(set(kinds)), len(set(modes))) == (6, 9)
    assert len(FILES) >= 40


def test_dataset_of_image_of_sixteen_bits_keeps_its_dark_half() -> None:
    levels = np.full((10, 10), 12_000, dtype=np.uint16)
    levels[2:8, 2:8] = 9_000
    np.testing.assert_array_equal(read(image_of(levels), 10).labels, levels > 10_000)


def test_dataset_of_image_of_sixteen_bit_pgm_is_that_of_png() -> None:
    levels = np.full((10, 10), 12_000, dtype=">u2")
    levels[2:8, 2:8] = 9_000
    for most in (65_535, 12_345):
        data = b"P5 10 10 %d\n" % most + levels.tobytes()
        np.testing.assert_array_equal(read(data, 10).labels, levels > 10_000)
    text = b"P2 2 1 65535\n0 65535\n"
    np.testing.assert_array_equal(read(text, 2, ImageReading(fit="pad")).labels[0], [False, True])


def test_dataset_of_image_of_a_phone_is_its_first_picture() -> None:
    second = Image.new("RGB", (10, 10), "white")
    first = Image.fromarray(TWO_SQUARES).convert("RGB")
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    np.testing.assert_array_equal(read(data, 40).labels, read(encoded(first, "JPEG"), 40).labels)


def test_dataset_of_image_that_is_white_on_clear_ground_says_why() -> None:
    picture = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (5, 5, 15, 15))
    with pytest.raises(AuthorError, match="transparent counts as white") as refused:
        read(encoded(picture), 20)
    assert "dark" in refused.value.hint


def clear_pictures() -> list[bytes]:
    """A black square on transparent ground, in three modes. The ground's stored colour is black."""
    pictures = []
    for mode, clear, black in (("RGBA", (0, 0, 0, 0), (0, 0, 0, 255)), ("LA", (0, 0), (0, 255))):
        picture = Image.new(mode, (20, 20), clear)
        picture.paste(black, (5, 5, 15, 15))
        pictures.append(encoded(picture))
    palette = Image.new("P", (20, 20), 0)
    palette.putpalette([0, 0, 0, 0, 0, 0])
    palette.paste(1, (5, 5, 15, 15))
    pictures.append(encoded(palette, transparency=0))
    deep = np.full((20, 20), 7, dtype=np.uint16)
    deep[5:15, 5:15] = 0
    pictures.append(encoded(Image.fromarray(deep), transparency=7))
    return pictures


@pytest.mark.parametrize("data", clear_pictures(), ids=["RGBA", "LA", "P", "I;16"])
def test_dataset_of_image_is_white_where_it_is_transparent(data: bytes) -> None:
    assert (~read(data, 20).labels).sum() == 100


def test_dataset_of_image_that_is_clear_and_wide_is_padded_with_white() -> None:
    picture = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (20, 10, 60, 30))
    rows, columns = np.nonzero(~read(encoded(picture), 40).labels)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (15, 24, 10, 29)


def test_dataset_of_image_that_lies_on_its_side_is_turned_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by a quarter, clockwise
    picture = Image.fromarray(TWO_SQUARES)
    upright = read(encoded(picture.rotate(-90)), 40)
    sideways = read(encoded(picture, exif=turned), 40)
    np.testing.assert_array_equal(sideways.labels, upright.labels)


def thread(length: int) -> NDArray[np.uint8]:
    return np.arange(length, dtype=np.uint32).astype(np.uint8)[None]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"plain text", "not a picture"),
        (b"\x89PNG\r\n\x1a\n broken", "a damaged picture"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "a photograph in HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1", "a picture in AVIF"),
        (b"8BPS\0\1", "a Photoshop document"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"<!DOCTYPE html><title>404</title>", "a web page"),
        (image_of(SQUARE, "JPEG")[:100], "a damaged picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (image_of(NOISE)[:1500], "truncated"),
        (image_of(NOISE, "JPEG")[:900], "truncated"),
        (image_of(NOISE).replace(b"IDAT", b"IDXT"), "a damaged picture"),
        (bomb(8_001), "8001 x 8001 pixels"),
        (bomb(20_000), "far more than 64,000,000 pixels"),
        (bomb(2**31 - 1), "far more than 64,000,000 pixels"),
        (moving("GIF"), "2 frames"),
        (moving("PNG"), "2 frames"),
        (moving("WEBP"), "2 frames"),
        (moving("TIFF"), "2 frames"),
        (image_of(SQUARE, "TIFF", "F"), "32-bit levels (mode F)"),
        (image_of(SQUARE, "TIFF", "I"), "32-bit levels (mode I)"),
        (image_of(thread(2000)), "2000 x 1 pixels, too narrow for a square of 20 x 20"),
    ],
)
def test_dataset_of_image_that_is_no_whole_picture_is_refused(data: bytes, found: str) -> None:
    with pytest.raises(AuthorError) as refused:
        read(data, 20)
    assert found in refused.value.found
    assert refused.value.path == PATH
    assert refused.value.allowed
    assert refused.value.hint
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("side", [8_001, 9_500, 20_000, 2**31 - 1])
def test_dataset_of_image_of_too_many_pixels_is_refused_before_it_is_decoded(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(image, "_grey", decode)
    with pytest.raises(AuthorError, match="at most 64,000,000"):
        read(bomb(side), 20)
