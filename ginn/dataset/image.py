"""Turn an image file into a dataset: decode it, fit it to the square, threshold it, name its parts.

Only a few formats are allowed, because Pillow starts another program to read some of the others. A
file with several frames or with 32-bit levels is refused.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ginn.dataset.dataset import Dataset, ImageSource, Part
from ginn.dataset.segmentation import otsu_threshold, regions
from ginn.errors import AuthorError, one_line, quoted

# A picture of this many pixels takes about half a gigabyte when it is decoded and made grey.
MOST_PICTURE_PIXELS = 64_000_000
# EPS is left out, since Pillow starts Ghostscript for it. Formats that no camera and no common
# drawing program writes are left out too.
KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")

# White in 16 bits, and the number of its levels for each level of 8 bits.
WHITE_16, LEVELS_16 = 65_535, 257

# How files begin that cannot be opened as one of these kinds: what they are, and how to mend it.
BEGINNINGS = {
    rb"$": ("an empty file", "save the picture again"),
    rb"(?s)....ftyp(?:hei|hev|mif1|msf1)": ("a photograph in HEIC", "export it as JPEG"),
    rb"(?s)....ftypavi": ("a picture in AVIF", "save it as PNG"),
    rb"(?s).*<svg\b": ("an SVG drawing", "export it as PNG"),
    rb"%PDF": ("a PDF", "export the picture as PNG"),
    rb"8BPS": ("a Photoshop document", "export it as PNG"),
    rb"version https://git-lfs": ("a pointer of Git LFS to a picture", "run: git lfs pull"),
    rb"(?i)\s*<(?:!doctype|html)": ("a web page", "save the picture itself"),
    rb"\x89PNG|\xff\xd8|GIF8|RIFF|II\*\0|MM\0\*": ("a damaged picture", "save it again"),
}


@dataclass(frozen=True)
class ImageReading:
    """The rules by which an image file is read.

    A grey level above `threshold` is white; where it is None, Otsu's method finds the level. A file
    that is not square is padded or cropped, as `fit` says. `parts` names connected regions, each by
    a point (x, y) in it.
    """

    threshold: int | None = None
    fit: Literal["pad", "crop"] = "pad"
    parts: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def dataset_of_image(data: bytes, path: Path, pixels: int, reading: ImageReading) -> Dataset:
    """The dataset of an image file's content; errors name its `path`.

    Raises AuthorError for content that is not one whole picture.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of unusual files that it can decode, and of sizes below the limit.
            warnings.simplefilter("ignore")
            grey, transparent = _decoded(data)
        levels, inside = _fitted(grey, pixels, reading.fit)
        threshold = reading.threshold
        otsu = threshold is None
        if threshold is None:
            # Without the padding, which must not influence the threshold.
            threshold = otsu_threshold(levels[inside])
        labels = levels > threshold
        if transparent and otsu and labels[inside].all():
            raise _white_on_transparent(pixels)
        labels[~inside] = _border_is_white(labels, inside)
        image = ImageSource(grey.width, grey.height, threshold, otsu, reading.fit)
        return Dataset(labels, _renamed(regions(labels), reading.parts), image=image)
    except AuthorError as error:
        raise error.at(path=path) from error


def _white_on_transparent(pixels: int) -> AuthorError:
    """The error for a picture that is white where it is not transparent."""
    return AuthorError(
        f"only white on {pixels} x {pixels} pixels, since transparent counts as white",
        "both black and white",
        "put something dark behind it, or make it dark",
    )


def _decoded(data: bytes) -> tuple[Image.Image, bool]:
    """An image file as 8-bit grey (mode L), upright, and whether it is partly transparent.

    Transparent places become white.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=KINDS)
    except Image.DecompressionBombError as error:
        raise AuthorError(
            f"a picture of far more than {MOST_PICTURE_PIXELS:,} pixels",
            f"at most {MOST_PICTURE_PIXELS:,} in all",
            "make it smaller",
        ) from error
    except (OSError, ValueError) as error:
        found, hint = next(
            (words for begin, words in BEGINNINGS.items() if re.match(begin, data[:1_000])),
            ("a file that is not a picture", "save it as PNG"),
        )
        allowed = (
            f"a drawing (.toml) or {', '.join(KINDS)} of at most {MOST_PICTURE_PIXELS:,} pixels"
        )
        raise AuthorError(found, allowed, hint) from error
    with image:
        if image.width * image.height > MOST_PICTURE_PIXELS:
            found = f"{image.width} x {image.height} pixels"
            raise AuthorError(found, f"at most {MOST_PICTURE_PIXELS:,} in all", "make it smaller")
        try:
            _require_one_frame(image)
            upright = ImageOps.exif_transpose(image)
            return _grey(upright, str(image.format)), _is_transparent(upright)
        except AuthorError:
            raise
        # Each decoder raises other exceptions for a damaged file.
        except Exception as error:
            found = f"a picture that cannot be read ({one_line(error)})"
            raise AuthorError(found, "a whole file", "save it again") from error


def _require_one_frame(image: Image.Image) -> None:
    """Raise AuthorError for several frames, except in MPO: a phone's photo with its preview."""
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        raise AuthorError(f"{frames} frames", "one", "save one frame as a file of its own")


def _is_transparent(image: Image.Image) -> bool:
    """Whether an image is transparent somewhere."""
    if not image.has_transparency_data or image.mode.startswith("I;16"):
        # In 16 bits, Pillow's conversion to RGBA ignores the level that is transparent.
        return image.has_transparency_data
    least, _ = image.convert("RGBA").getchannel("A").getextrema()
    return least != 255


def _grey(image: Image.Image, kind: str) -> Image.Image:
    """An image of any mode, from a file of this kind, as 8-bit grey on white."""
    if image.mode.startswith("I;16"):
        levels = np.asarray(image).astype(np.float64)
        transparent = image.info.get("transparency")
        if isinstance(transparent, int):
            levels[levels == transparent] = WHITE_16
        return Image.fromarray(np.rint(levels / LEVELS_16).astype(np.uint8))
    if image.mode == "I" and kind == "PPM":
        # Pillow reads a PGM of 16 bits as 32, with levels up to 65,535.
        return Image.fromarray(np.rint(np.asarray(image) / LEVELS_16).astype(np.uint8))
    if image.mode in ("I", "F"):
        found = f"32-bit levels (mode {image.mode})"
        raise AuthorError(found, "8 or 16 bits", "save it as 8-bit PNG")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("L")
    return image.convert("L")


def _fitted(
    grey: Image.Image, pixels: int, fit: Literal["pad", "crop"]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The picture on the square: levels (n, n), and where the picture is, (n, n) bool.

    Padding puts the whole picture in the middle; cropping keeps the middle square of it.
    """
    wide, high = grey.size
    longer, shorter = max(wide, high), min(wide, high)
    if fit == "crop":
        left, top = (wide - shorter) // 2, (high - shorter) // 2
        grey = grey.crop((left, top, left + shorter, top + shorter))
        size = (pixels, pixels)
    else:
        size = (round(pixels * wide / longer), round(pixels * high / longer))
    if min(size) == 0:
        raise AuthorError(
            f"{wide} x {high} pixels, too narrow for a square of {pixels} x {pixels}",
            "sides of more similar lengths",
            'crop it, or set fit = "crop"',
        )
    levels = np.full((pixels, pixels), 255, dtype=np.uint8)
    inside = np.zeros((pixels, pixels), dtype=bool)
    left, top = (pixels - size[0]) // 2, (pixels - size[1]) // 2
    place = np.s_[top : top + size[1], left : left + size[0]]
    levels[place] = np.asarray(grey.resize(size, Image.Resampling.BOX))
    inside[place] = True
    return levels, inside


def _border_is_white(labels: NDArray[np.bool_], inside: NDArray[np.bool_]) -> bool:
    """Whether the padding is white: at least half of the picture's outermost pixels are white."""
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    border = inside.copy()
    border[rows[0] + 1 : rows[-1], columns[0] + 1 : columns[-1]] = False
    return bool(labels[border].mean() >= 0.5)


def _renamed(parts: Sequence[Part], names: Mapping[str, tuple[float, float]]) -> tuple[Part, ...]:
    """The parts, renamed: a part that contains the point of a name has that name."""
    side = len(parts[0].mask)
    given: dict[str, str] = {}
    for name, (x, y) in names.items():
        pixel = min(int(y * side), side - 1), min(int(x * side), side - 1)
        part = next(part for part in parts if part.mask[pixel])
        if part.name in given:
            raise AuthorError(
                f"parts {quoted(given[part.name])} and {quoted(name)} of report.toml at points of "
                f"one region ({part.name})",
                "one name for each region",
                "move a point",
            )
        given[part.name] = name
    renamed = [replace(part, name=given.get(part.name, part.name)) for part in parts]
    if len({part.name for part in renamed}) < len(renamed):
        raise AuthorError(
            "a name in report.toml's parts that another region has",
            "other names",
            "see the list of parts that a build prints",
        )
    return tuple(renamed)
