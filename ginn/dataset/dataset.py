"""The dataset: a black and white picture whose pixels are the data items, with named parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ginn.errors import AuthorError, meant, quoted

# A part that covers this share of the domain or more can decide whether a run has failed.
MAJOR_SHARE = 0.03
# A picture is symmetric if its labels and the mirrored labels have this correlation or more.
SYMMETRIC = 0.95

# An axis of symmetry, by the sides that are exchanged.
Axis = Literal["left-right", "top-bottom"]


@dataclass(frozen=True)
class Part:
    """A named part of the picture: `mask` (n, n) bool, all of it white or all of it black."""

    name: str
    white: bool
    mask: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """The fraction of the domain that the part covers."""
        return float(self.mask.mean())


@dataclass(frozen=True)
class ImageSource:
    """The image file that a dataset was made from: its size, and how it became black and white."""

    width: int
    """The width of the image file, in pixels."""
    height: int
    """The height of the image file, in pixels."""
    threshold: int
    """The grey level above which a pixel is white."""
    otsu: bool
    """Whether Otsu's method found this level."""
    fit: str
    """How the image was made square: "pad" or "crop"."""


@dataclass(frozen=True)
class Dataset:
    """The picture on n x n pixels: `labels` (n, n) bool, True for white; parts that tile it.

    `corners` (C, 2) are the corners of the outline between black and white, as (x, y) in domain
    units. They are exact for a drawing and empty for an image file. `image` describes that file.
    `subject` is a noun for what the picture shows, or "" where the picture's file does not say it.
    """

    labels: NDArray[np.bool_]
    parts: tuple[Part, ...]
    corners: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    image: ImageSource | None = None
    subject: str = ""

    @property
    def pixels(self) -> int:
        """The number of pixels along a side, n."""
        return int(self.labels.shape[0])

    def is_major(self, part: Part) -> bool:
        """Whether the part can decide whether a run has failed.

        It covers MAJOR_SHARE of the domain or more, or it is the largest part of its colour. So a
        network that answers one colour everywhere has always failed.
        """
        same = [each.share for each in self.parts if each.white == part.white]
        return part.share >= MAJOR_SHARE or part.share == max(same)

    def mirror_axes(self) -> tuple[Axis, ...]:
        """The axes about which the picture is symmetric: "left-right", "top-bottom", or both."""
        axes: tuple[Axis, ...] = get_args(Axis)
        return tuple(axis for axis in axes if self.mirror_correlation(axis) >= SYMMETRIC)

    def mirror_correlation(self, axis: Axis) -> float:
        """The phi coefficient of the labels and the mirrored labels, in [-1, 1].

        This is Pearson's correlation of two binary variables. It is 1 for a symmetric picture. It
        is 0 if the labels and the mirrored labels are independent, however few pixels the rarer
        colour has, and 0 by definition for a picture of one colour.
        """
        mirrored = self.labels[:, ::-1] if axis == "left-right" else self.labels[::-1]
        count, white = self.labels.size, int(np.count_nonzero(self.labels))
        both = int(np.count_nonzero(self.labels & mirrored))
        variance = white * (count - white)  # times the square of the count
        return (count * both - white * white) / variance if variance else 0.0

    def points(self) -> NDArray[np.float64]:
        """Pixel centres (n * n, 2) as (x, y) in domain units, row by row.

        Pixel (row i, column j) is the input ((j + 0.5) / n, (i + 0.5) / n); y points down.
        """
        x, y = pixel_centres(self.pixels)
        return np.stack([x, y], axis=-1).reshape(-1, 2)


def pixel_centres(pixels: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The x (n, n) and the y (n, n) of all pixel centres, in domain units."""
    centre = (np.arange(pixels) + 0.5) / pixels
    y, x = np.meshgrid(centre, centre, indexing="ij")
    return x, y


def require_parts(dataset: Dataset, names: Sequence[str]) -> None:
    """Raise AuthorError if one of the names is not the name of a part of the picture."""
    parts = [part.name for part in dataset.parts]
    if missing := [name for name in names if name not in parts]:
        allowed = f"parts of the picture: {', '.join(parts)}"
        raise AuthorError(quoted(missing), allowed, meant(missing, parts))


def describe(dataset: Dataset, name: str, columns: int = 40) -> str:
    """The picture as text for a terminal: how it was read, its pixels, and its parts.

    A character is about twice as high as wide, so there are half as many rows as columns. "#" is
    black and "." is white.
    """
    lines = [f"Picture {name}, {dataset.pixels} x {dataset.pixels} pixels"]
    if (image := dataset.image) is not None:
        method = "Otsu's method" if image.otsu else "as report.toml says"
        shape = {"pad": ", padded", "crop": ", cropped"}[image.fit]
        shape = shape if image.width != image.height else ""
        lines.append(
            f"  from {image.width} x {image.height}{shape}; white is above level "
            f"{image.threshold} of 255 ({method})"
        )
    rows = columns // 2
    down = (np.arange(rows) * 2 + 1) * dataset.pixels // (2 * rows)
    across = (np.arange(columns) * 2 + 1) * dataset.pixels // (2 * columns)
    for row in dataset.labels[np.ix_(down, across)]:
        lines.append("  " + "".join("." if white else "#" for white in row))
    for part in dataset.parts:
        colour = "white" if part.white else "black"
        lines.append(f"  {part.share:6.1%}  {colour}  {part.name}")
    return "\n".join(lines)
