"""`load_picture`: any file is a dataset of two colours, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.images import SQUARE, encoded, image_of
from support.paths import BOTTLE

from ginn.dataset import picture
from ginn.dataset.image import KINDS, ImageReading
from ginn.dataset.picture import load_picture
from ginn.errors import AuthorError


def refused(path: Path, reading: ImageReading | None = None) -> AuthorError:
    with pytest.raises(AuthorError) as caught:
        load_picture(path, 20, reading)
    assert caught.value.path == path
    return caught.value


def test_load_picture_reads_a_drawing_by_its_suffix_and_all_else_as_an_image(
    tmp_path: Path,
) -> None:
    assert load_picture(BOTTLE, 20).image is None
    (tmp_path / "square").write_bytes(image_of(SQUARE))
    assert load_picture(tmp_path / "square", 24).image is not None


def test_load_picture_of_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.png").found == "no such file"
    assert refused(tmp_path / "absent.toml").found == "no such file"
    assert refused(tmp_path).found == "a folder that is not a file"


def test_load_picture_of_a_giant_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "giant.png").open("wb") as stream:
        stream.truncate(10**12)
    assert refused(tmp_path / "giant.png").found == "1,000,000,000,000 bytes"
    assert picture.MOST_PICTURE_BYTES >= 64_000_000 * 8


@pytest.mark.parametrize(
    "reading", [ImageReading(9), ImageReading(fit="crop"), ImageReading(parts={"a": (0, 0)})]
)
def test_load_picture_of_a_drawing_with_rules_for_images_is_refused(reading: ImageReading) -> None:
    assert "set for a drawing" in refused(BOTTLE, reading).found


@pytest.mark.parametrize(
    ("data", "threshold", "colour"),
    [
        (image_of(SQUARE * 0), None, "black"),
        (image_of(SQUARE * 0 + 130), None, "white"),
        (image_of(np.zeros((9, 9, 4), dtype=np.uint8) + 255), None, "white"),
        (image_of(np.zeros((9, 9), dtype=np.uint16)), None, "black"),
        (image_of(np.full((9, 9, 3), 9, dtype=np.uint8), "TIFF", "CMYK"), None, "black"),
        (image_of(SQUARE[8:9, 8:9]), None, "black"),
        (image_of(SQUARE // 2), 200, "black"),
        (image_of(SQUARE // 2 + 9), 3, "white"),
    ],
)
def test_load_picture_of_one_colour_is_refused(
    tmp_path: Path, data: bytes, threshold: int | None, colour: str
) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    error = refused(path, ImageReading(threshold))
    assert error.found == f"only {colour} on 20 x 20 pixels"
    assert "another threshold" in error.hint


def noise(kind: str) -> bytes:
    levels = np.random.default_rng(1).integers(0, 255, (12, 9, 3), dtype=np.uint8)
    return encoded(Image.fromarray(levels), kind)


WHOLE = {kind: noise(kind) for kind in KINDS}


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
def test_load_picture_of_any_bytes_has_two_colours_or_is_refused_in_one_line(
    tmp_path: Path, data: bytes, suffix: str
) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes(data)
    labels, message = np.array([False, True]), str(path)
    try:
        labels = load_picture(path, 12).labels
    except AuthorError as error:
        message = str(error)
    assert message.startswith(str(path))
    assert message.isprintable()
    assert labels.any()
    assert not labels.all()
