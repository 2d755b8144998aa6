"""A picture becomes the labelled domain: one pixel is one data item, and parts have names.

A picture is either a drawing (`.toml`: polygons painted in order, each adding to a named part) or
an image file, which is padded to a square, resized and thresholded; its parts are then its
connected regions.
"""

from __future__ import annotations

import tomllib
import warnings
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ginn.spec import InputError

# A part smaller than this share of the domain is too small to decide whether a run has failed.
MAJOR_SHARE = 0.03

# The outline has a corner where it turns by this many degrees or more. So a rounded corner, drawn
# as several smaller turns, counts as none.
CORNER_TURN = 45.0
# A corner is looked at on a circle of this radius, in domain units: below what anybody draws.
CORNER_RADIUS = 1e-6
CORNER_SAMPLES = 720


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

    @property
    def major(self) -> bool:
        """Whether the part is large enough to decide whether a run has failed."""
        return self.share >= MAJOR_SHARE


@dataclass(frozen=True)
class Domain:
    """The picture on n x n pixels: `labels` (n, n) bool, True for white; parts that tile it.

    `corners` (C, 2) are the corners of the outline between black and white, as (x, y) in domain
    units: a drawing's, exactly; none are known of an image file.
    """

    labels: NDArray[np.bool_]
    parts: tuple[Part, ...]
    corners: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def pixels(self) -> int:
        """Pixels along a side, n."""
        return int(self.labels.shape[0])

    def points(self) -> NDArray[np.float64]:
        """Pixel centres (n * n, 2) as (x, y) in domain units, row by row.

        Pixel (row i, column j) is the input ((j + 0.5) / n, (i + 0.5) / n); y points down.
        """
        centre = (np.arange(self.pixels) + 0.5) / self.pixels
        y, x = np.meshgrid(centre, centre, indexing="ij")
        return np.stack([x, y], axis=-1).reshape(-1, 2)


def load_picture(path: Path, pixels: int) -> Domain:
    """Read a drawing or an image file onto a domain of `pixels` a side.

    Raises InputError when the file is missing, cannot be read, or shows one colour only.
    """
    if not path.is_file():
        raise InputError(f"{path}: found no such file, expected a picture (.toml, .png, .jpg, ...)")
    domain = _draw(path, pixels) if path.suffix == ".toml" else _photograph(path, pixels)
    if domain.labels.all() or not domain.labels.any():
        colour = "white" if domain.labels.all() else "black"
        raise InputError(
            f"{path}: found only {colour} on {pixels} x {pixels} pixels, expected both black and "
            "white; choose a picture with more contrast"
        )
    return domain


def _draw(path: Path, pixels: int) -> Domain:
    """Paint a drawing's shapes; a pixel belongs to the last shape that holds its centre."""
    drawing = _read_drawing(path)
    names = [str(drawing["background"])]
    colours = {names[0]: bool(drawing["background-white"])}
    centre = (np.arange(pixels) + 0.5) / pixels
    y, x = np.meshgrid(centre, centre, indexing="ij")
    part_of = np.zeros((pixels, pixels), dtype=np.int64)
    painted = []
    for shape in drawing["shape"]:
        name, white = shape["part"], shape["white"]
        if colours.setdefault(name, white) != white:
            raise InputError(f"{path}: part {name!r} is both black and white; give it two names")
        if name not in names:
            names.append(name)
        polygon = np.array(shape["polygon"], dtype=np.float64)
        part_of[inside_polygon(polygon, x, y)] = names.index(name)
        painted.append((polygon, white))
    parts = tuple(Part(n, colours[n], part_of == i) for i, n in enumerate(names))
    labels = np.isin(part_of, [i for i, name in enumerate(names) if colours[name]])
    corners = outline_corners(painted, colours[names[0]])
    return Domain(labels, tuple(part for part in parts if part.mask.any()), corners)


def outline_corners(
    painted: Sequence[tuple[NDArray[np.float64], bool]], background: bool
) -> NDArray[np.float64]:
    """Where the outline of polygons painted in order turns by CORNER_TURN or more, (C, 2).

    `painted` holds each polygon (V, 2) and whether it is white, `background` whether the rest is.
    Looked at are all vertices inside the domain, and all places where two edges cross; a corner is
    where the outline's two sides do not share a small circle evenly, or where more than two meet.
    In order of y, then x.
    """
    candidates = np.concatenate([*(polygon for polygon, _ in painted), _edge_crossings(painted)])
    inside = ((candidates > CORNER_RADIUS) & (candidates < 1 - CORNER_RADIUS)).all(axis=1)
    # Rounded, since a crossing may miss the vertex it falls on by a rounding.
    _, first = np.unique(candidates[inside].round(9)[:, ::-1], axis=0, return_index=True)
    place = candidates[inside][first]
    # Half a step off, so that no sample lies along an edge that is drawn upright or at 45 degrees.
    turns = (np.arange(CORNER_SAMPLES) + 0.5) * (2 * np.pi / CORNER_SAMPLES)
    x = place[:, 0, None] + CORNER_RADIUS * np.cos(turns)
    y = place[:, 1, None] + CORNER_RADIUS * np.sin(turns)
    white = np.full(x.shape, background)
    for polygon, colour in painted:
        white[inside_polygon(polygon, x, y)] = colour
    sides = (white != np.roll(white, 1, axis=1)).sum(axis=1)
    turn = 360.0 * np.abs(white.mean(axis=1) - 0.5)
    return np.asarray(place[(sides > 2) | ((sides == 2) & (turn >= CORNER_TURN))])


def _edge_crossings(
    painted: Sequence[tuple[NDArray[np.float64], bool]],
) -> NDArray[np.float64]:
    """Where edges of the polygons cross each other, (X, 2)."""
    start = np.concatenate([polygon for polygon, _ in painted])
    step = np.concatenate([np.roll(polygon, -1, axis=0) - polygon for polygon, _ in painted])
    i, j = np.triu_indices(len(start), 1)
    between = start[j] - start[i]
    across = step[i, 0] * step[j, 1] - step[i, 1] * step[j, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        along_one = (between[:, 0] * step[j, 1] - between[:, 1] * step[j, 0]) / across
        along_two = (between[:, 0] * step[i, 1] - between[:, 1] * step[i, 0]) / across
    # Comparisons with NaN and infinity, of parallel edges, are false.
    cross = (along_one >= 0) & (along_one <= 1) & (along_two >= 0) & (along_two <= 1)
    return np.asarray(start[i][cross] + along_one[cross, None] * step[i][cross])


def inside_polygon(
    polygon: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Even-odd rule: is each point inside the polygon (V, 2)? An upper or left edge is inside."""
    inside = np.zeros(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        spans = (y0 <= y) != (y1 <= y)
        inside ^= spans & (x >= x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside


def _read_drawing(path: Path) -> dict[str, Any]:
    """Parse a drawing and refuse what does not belong in one."""
    try:
        drawing = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a TOML drawing: {error}") from error
    _require(path, "the drawing", drawing, {"background": str, "background-white": bool})
    shapes = drawing.get("shape")
    if not isinstance(shapes, list) or not shapes:
        raise InputError(f"{path}: found no [[shape]], expected at least one")
    for number, shape in enumerate(shapes, 1):
        where = f"shape {number}"
        _require(path, where, shape, {"part": str, "white": bool, "polygon": list})
        polygon = shape["polygon"]
        if len(polygon) < 3 or not all(_is_point(point) for point in polygon):
            raise InputError(
                f"{path}: {where}: polygon: expected at least three [x, y] with numbers from 0 to 1"
            )
    extra = set(drawing) - {"background", "background-white", "shape"}
    if extra:
        raise InputError(
            f"{path}: unknown key {sorted(extra)[0]!r}; allowed: background, background-white, "
            "[[shape]]"
        )
    return drawing


def _require(path: Path, where: str, table: object, keys: dict[str, type]) -> None:
    """Check that `table` holds each key with a value of its type."""
    if not isinstance(table, dict):
        raise InputError(f"{path}: {where}: found {table!r}, expected a table")
    for key, kind in keys.items():
        if type(table.get(key)) is not kind:
            raise InputError(
                f"{path}: {where}: {key}: found {table.get(key)!r}, expected a {kind.__name__}"
            )


def _is_point(point: object) -> bool:
    """Whether a value from TOML is a pair of numbers from 0 to 1."""
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(c, int | float) and not isinstance(c, bool) for c in point)
        and all(0 <= c <= 1 for c in point)
    )


def _photograph(path: Path, pixels: int) -> Domain:
    """Read an image file: transparent on white, padded square, resized, Otsu's threshold."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                rgba = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: not a picture that can be read: {error}") from error
    except Image.DecompressionBombWarning as error:
        raise InputError(f"{path}: the picture is too large: {error}; make it smaller") from error
    ground = Image.new("RGBA", rgba.size, "white")
    grey = Image.alpha_composite(ground, rgba).convert("L")
    square = ImageOps.pad(grey, (pixels, pixels), Image.Resampling.BOX, color=255)
    levels = np.asarray(square, dtype=np.uint8)
    labels = levels > otsu_threshold(levels)
    return Domain(labels, _regions(labels))


def otsu_threshold(levels: NDArray[np.uint8]) -> int:
    """The grey level that best separates dark (<= level) from light (Otsu 1979, eq. 18)."""
    histogram = np.bincount(levels.ravel(), minlength=256).astype(np.float64)
    total = histogram.sum()
    dark = np.cumsum(histogram)
    dark_sum = np.cumsum(histogram * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (dark_sum[-1] * dark / total - dark_sum) ** 2 / (dark * (total - dark))
    return int(np.nanargmax(np.where(np.isfinite(between), between, -1.0)))


def _regions(labels: NDArray[np.bool_]) -> tuple[Part, ...]:
    """Connected regions (4-neighbours) as parts, largest first."""
    rows, columns = labels.shape
    region = np.full(labels.shape, -1, dtype=np.int64)
    count = 0
    for start in np.ndindex(labels.shape):
        if region[start] >= 0:
            continue
        region[start] = count
        queue = deque([start])
        while queue:
            i, j = queue.popleft()
            for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                inside = 0 <= a < rows and 0 <= b < columns
                if inside and region[a, b] < 0 and labels[a, b] == labels[i, j]:
                    region[a, b] = count
                    queue.append((a, b))
        count += 1
    masks = sorted((region == r for r in range(count)), key=lambda m: (-m.sum(), m.argmax()))
    numbers = {True: 0, False: 0}
    parts = []
    for mask in masks:
        white = bool(labels[mask][0])
        numbers[white] += 1
        parts.append(Part(f"{'white' if white else 'black'} {numbers[white]}", white, mask))
    return tuple(parts)
