"""A picture becomes the labelled domain: one pixel is one data item, and parts have names.

A picture is either a drawing (`.toml`: polygons painted in order, each adding to a named part) or
an image file: fitted to the square, thresholded, and its parts are its connected regions.

What an image file may be is narrow on purpose: of some kinds Pillow can read, it reads one by
starting another program, and others are not what they look like (several frames, 32-bit levels).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ginn.config.models import PLAIN, InputError, Reading, is_point
from ginn.errors import one_line, quoted
from ginn.files import read_toml

# A part smaller than this share of the domain is too small to decide whether a run has failed.
MAJOR_SHARE = 0.03
# Decoded and made grey, a picture of this many pixels takes about half a gigabyte.
MOST_PICTURE_PIXELS = 64_000_000
# Not EPS, for which Pillow starts Ghostscript, nor the many formats that nobody photographs in.
KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
# Regions of a colour that are parts of their own; what is smaller, or comes later, is one part.
MOST_REGIONS = 8
LEAST_SHARE = 0.002
MOST_CORNERS = 20_000
# A place in words for a centre in each third of the height and the width.
PLACES = (
    ("top left", "top", "top right"),
    ("left", "middle", "right"),
    ("bottom left", "bottom", "bottom right"),
)
AROUND, SPECKS = "around", "specks"

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
class Photograph:
    """How an image file became black and white: its size, and the level above which it is white.

    `otsu` tells whether the level was found by Otsu's method; `fit` is one of spec's FITS.
    """

    width: int
    height: int
    threshold: int
    otsu: bool
    fit: str


@dataclass(frozen=True)
class Dataset:
    """The picture on n x n pixels: `labels` (n, n) bool, True for white; parts that tile it.

    `corners` (C, 2) are the corners of the outline between black and white, as (x, y) in domain
    units: a drawing's, exactly; none are known of an image file.
    """

    labels: NDArray[np.bool_]
    parts: tuple[Part, ...]
    corners: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))
    photograph: Photograph | None = None

    @property
    def pixels(self) -> int:
        """Pixels along a side, n."""
        return int(self.labels.shape[0])

    def symmetry(self) -> float:
        """The share of pixels that have the colour of their mirror image, left for right."""
        return float((self.labels == self.labels[:, ::-1]).mean())

    def points(self) -> NDArray[np.float64]:
        """Pixel centres (n * n, 2) as (x, y) in domain units, row by row.

        Pixel (row i, column j) is the input ((j + 0.5) / n, (i + 0.5) / n); y points down.
        """
        centre = (np.arange(self.pixels) + 0.5) / self.pixels
        y, x = np.meshgrid(centre, centre, indexing="ij")
        return np.stack([x, y], axis=-1).reshape(-1, 2)


def require_parts(dataset: Dataset, names: Sequence[str], where: str) -> None:
    """See that a picture has the parts of these names; `where` they are named begins the error.

    Raises InputError where one is missing.
    """
    parts = [part.name for part in dataset.parts]
    missing = [name for name in names if name not in parts]
    if missing:
        raise InputError(
            f"{where}: found {quoted(missing)}, allowed: parts of the picture: {', '.join(parts)}"
        )


def load_picture(path: Path, pixels: int, reading: Reading = PLAIN) -> Dataset:
    """Read a drawing or an image file onto a domain of `pixels` a side.

    Raises InputError when the file is missing, cannot be read, or shows one colour only.
    """
    if not path.is_file():
        raise InputError(f"{path}: found no such file, expected a picture (.toml, .png, .jpg, ...)")
    if path.suffix != ".toml":
        dataset = _photograph(path, pixels, reading)
    elif reading != PLAIN:
        raise InputError(
            f"{path}: found threshold, fit or parts set for a drawing, allowed: for image files; "
            "a drawing names its own parts: take them out of report.toml"
        )
    else:
        dataset = _draw(path, pixels)
    if dataset.labels.all() or not dataset.labels.any():
        colour = "white" if dataset.labels.all() else "black"
        raise InputError(
            f"{path}: found only {colour} on {pixels} x {pixels} pixels, expected both black and "
            "white; choose a picture with more contrast, or another threshold"
        )
    return dataset


def describe(dataset: Dataset, name: str, columns: int = 40) -> str:
    """The picture as a terminal shows it before it is learnt: how it was read, and what it shows.

    Two characters wide for one high, as letters are; "#" is black, "." white.
    """
    lines = [f"Picture {name}, {dataset.pixels} x {dataset.pixels} pixels"]
    if (read := dataset.photograph) is not None:
        way = "Otsu's method" if read.otsu else "as report.toml says"
        shape = {"pad": ", padded", "crop": ", cropped"}[read.fit]
        shape = shape if read.width != read.height else ""
        lines.append(
            f"  from {read.width} x {read.height}{shape}; white is above level {read.threshold} of "
            f"255 ({way})"
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


def _draw(path: Path, pixels: int) -> Dataset:
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
            raise InputError(
                f"{path}: part {quoted(name)} is both black and white; give it two names"
            )
        if name not in names:
            names.append(name)
        polygon = np.array(shape["polygon"], dtype=np.float64)
        part_of[inside_polygon(polygon, x, y)] = names.index(name)
        painted.append((polygon, white))
    parts = tuple(Part(n, colours[n], part_of == i) for i, n in enumerate(names))
    labels = np.isin(part_of, [i for i, name in enumerate(names) if colours[name]])
    corners = outline_corners(painted, colours[names[0]])
    return Dataset(labels, tuple(part for part in parts if part.mask.any()), corners)


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
    drawing = read_toml(path, "a TOML drawing")
    _require(path, "the drawing", drawing, {"background": str, "background-white": bool})
    shapes = drawing.get("shape")
    if not isinstance(shapes, list) or not shapes:
        raise InputError(f"{path}: found no [[shape]], expected at least one")
    corners = 0
    for number, shape in enumerate(shapes, 1):
        where = f"shape {number}"
        _require(path, where, shape, {"part": str, "white": bool, "polygon": list})
        polygon = shape["polygon"]
        if len(polygon) < 3 or not all(map(is_point, polygon)):
            raise InputError(
                f"{path}: {where}: polygon: expected at least three [x, y] with numbers from 0 to 1"
            )
        corners += len(polygon)
    if corners > MOST_CORNERS:
        raise InputError(
            f"{path}: found {corners:,} corners, allowed: at most {MOST_CORNERS:,}; draw it with "
            "fewer"
        )
    extra = set(drawing) - {"background", "background-white", "shape"}
    if extra:
        raise InputError(
            f"{path}: unknown key {quoted(sorted(extra)[0])}; allowed: background, "
            "background-white, [[shape]]"
        )
    return drawing


WORDS = {str: "string", bool: "true or false", list: "list of points"}


def _require(path: Path, where: str, table: object, keys: dict[str, type]) -> None:
    """Check that `table` holds each key with a value of its type."""
    if not isinstance(table, dict):
        raise InputError(f"{path}: {where}: found {quoted(table)}, expected a table")
    for key, kind in keys.items():
        if type(table.get(key)) is not kind:
            raise InputError(
                f"{path}: {where}: {key}: found {quoted(table.get(key))}, expected a {WORDS[kind]}"
            )


def _photograph(path: Path, pixels: int, reading: Reading) -> Dataset:
    """Read an image file: fit it to the square, tell dark from light, and find its regions."""
    with warnings.catch_warnings():
        # Pillow warns of what is odd and decoded all the same, and of size, which has a limit here.
        warnings.simplefilter("ignore")
        grey = _decoded(path)
    levels, inside = _fitted(path, grey, pixels, reading.fit)
    otsu = reading.threshold is None
    # Of the picture alone: what is filled up must not decide what counts as dark.
    threshold = otsu_threshold(levels[inside]) if reading.threshold is None else reading.threshold
    labels = levels > threshold
    labels[~inside] = _rim_is_white(labels, inside)
    photograph = Photograph(grey.width, grey.height, threshold, otsu, reading.fit)
    parts = _renamed(path, regions(labels), reading.parts)
    return Dataset(labels, parts, photograph=photograph)


def _decoded(path: Path) -> Image.Image:
    """An image file as 8-bit grey (mode L), upright, what is transparent in it white."""
    try:
        image = Image.open(path, formats=KINDS)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(
            f"{path}: found a file that is not a picture that can be read, allowed: a drawing "
            f"(.toml) or {', '.join(KINDS)} of at most {MOST_PICTURE_PIXELS:,} pixels; save it as "
            "PNG"
        ) from error
    with image:
        if image.width * image.height > MOST_PICTURE_PIXELS:
            raise InputError(
                f"{path}: found {image.width} x {image.height} pixels, allowed: at most "
                f"{MOST_PICTURE_PIXELS:,} in all; make it smaller"
            )
        try:
            _refuse_frames(path, image)
            return _grey(path, ImageOps.exif_transpose(image))
        except InputError:
            raise
        # A damaged file makes decoders fail in ways of their own; all mean the same.
        except Exception as error:
            raise InputError(
                f"{path}: not a picture that can be read: found {one_line(error)}, allowed: a "
                "whole file; save it again"
            ) from error


def _refuse_frames(path: Path, image: Image.Image) -> None:
    """InputError for more than one frame; a telephone's MPO holds a preview beside its picture."""
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format != "MPO":
        raise InputError(f"{path}: found {frames} frames, allowed: one; save the one that you mean")


def _grey(path: Path, image: Image.Image) -> Image.Image:
    """An image of any mode as 8-bit grey on white."""
    if image.mode.startswith("I;16"):
        levels = np.asarray(image).astype(np.float64)
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            levels[levels == clear] = 65_535
        return Image.fromarray(np.rint(levels / 257).astype(np.uint8))
    if image.mode in ("I", "F"):
        raise InputError(
            f"{path}: found 32-bit levels (mode {image.mode}), allowed: 8 or 16 bits; save it as "
            "8-bit PNG"
        )
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("L")
    return image.convert("L")


def _fitted(
    path: Path, grey: Image.Image, pixels: int, fit: str
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """A picture on the square: levels (n, n), and where the picture is (n, n) bool.

    To pad keeps the whole picture in the middle; to crop keeps its middle square.
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
        raise InputError(
            f"{path}: found {wide} x {high} pixels, of which {pixels} x {pixels} would show "
            'nothing, allowed: sides not so unlike; crop it, or set fit = "crop"'
        )
    levels = np.full((pixels, pixels), 255, dtype=np.uint8)
    inside = np.zeros((pixels, pixels), dtype=bool)
    left, top = (pixels - size[0]) // 2, (pixels - size[1]) // 2
    place = np.s_[top : top + size[1], left : left + size[0]]
    levels[place] = np.asarray(grey.resize(size, Image.Resampling.BOX))
    inside[place] = True
    return levels, inside


def _rim_is_white(labels: NDArray[np.bool_], inside: NDArray[np.bool_]) -> bool:
    """Whether at least half of the picture's outermost pixels are white: what is added is, too."""
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    rim = inside.copy()
    rim[rows[0] + 1 : rows[-1], columns[0] + 1 : columns[-1]] = False
    return bool(labels[rim].mean() >= 0.5)


def otsu_threshold(levels: NDArray[np.uint8]) -> int:
    """The grey level that best separates dark (<= level) from light, by Otsu's method.

    N. Otsu, A threshold selection method from gray-level histograms, IEEE Transactions on Systems,
    Man, and Cybernetics 9(1), 62-66, 1979: the level of the largest variance between the classes
    (eq. 18); the middle one where several are alike, as in a picture of two levels only.
    """
    histogram = np.bincount(levels.ravel(), minlength=256)
    total, everything = levels.size, int(levels.sum(dtype=np.int64))
    dark = np.cumsum(histogram)
    dark_sum = np.cumsum(histogram * np.arange(256))
    between = np.zeros(256)
    split = (dark > 0) & (dark < total)
    lead = everything * dark[split] / total - dark_sum[split]
    between[split] = lead**2 / (dark[split] * (total - dark[split]))
    # A gap in the histogram makes levels exactly alike: the same integers went into them.
    best = np.flatnonzero(between == between.max())
    return int(best[len(best) // 2])


def regions(labels: NDArray[np.bool_]) -> tuple[Part, ...]:
    """Connected regions (4-neighbours) as parts that tile the domain, largest first.

    A colour's largest regions are parts of their own, named by their place; the others, and those
    too small to see, are one part a colour. So at least one part is major: there are at most
    2 (MOST_REGIONS + 1) of them, fewer than 1 / MAJOR_SHARE.
    """
    component, sizes = _components(labels)
    colours = np.zeros(len(sizes), dtype=bool)
    colours[component] = labels.ravel()
    found: list[Part] = []
    for white in (True, False):
        of_colour = np.flatnonzero(colours == white)
        largest = of_colour[np.argsort(-sizes[of_colour], kind="stable")]
        seen = largest[: MOST_REGIONS + 1]
        seen = seen[sizes[seen] >= LEAST_SHARE * labels.size][:MOST_REGIONS]
        if len(largest) == len(seen) + 1:
            seen = largest
        for each in seen:
            mask = (component == each).reshape(labels.shape)
            found.append(Part(f"{_colour(white)}, {_place(mask)}", white, mask))
        if len(largest) > len(seen):
            mask = np.isin(component, largest[len(seen) :]).reshape(labels.shape)
            found.append(Part(f"{_colour(white)}, {SPECKS}", white, mask))
    found.sort(key=lambda part: -int(part.mask.sum()))
    return _numbered(found)


def _components(labels: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each pixel's connected component (n * n,), numbered by first pixel, and components' sizes.

    Roots hook to lower roots, then every path is cut short, until no two neighbours of a colour
    differ (Shiloach and Vishkin, An O(log n) parallel connectivity algorithm, 1982).
    """
    place = np.arange(labels.size).reshape(labels.shape)
    across, down = labels[:, 1:] == labels[:, :-1], labels[1:] == labels[:-1]
    one = np.concatenate([place[:, 1:][across], place[1:][down]])
    other = np.concatenate([place[:, :-1][across], place[:-1][down]])
    root = place.ravel().copy()
    while one.size:
        one, other = root[one], root[other]
        apart = one != other
        one, other = one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while (root[root] != root).any():
            root = root[root]
    _, component, sizes = np.unique(root, return_inverse=True, return_counts=True)
    return component, sizes


def _colour(white: bool) -> str:
    return "white" if white else "black"


def _place(mask: NDArray[np.bool_]) -> str:
    """Where a region is: around everything, or in which ninth of the square its middle lies."""
    if mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any():
        return AROUND
    rows, columns = np.nonzero(mask)
    down, across = (int(3 * (each.mean() + 0.5) / len(mask)) for each in (rows, columns))
    return PLACES[down][across]


def _numbered(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, a number added to each name that an earlier one has."""
    seen: dict[str, int] = {}
    numbered = []
    for part in parts:
        seen[part.name] = seen.get(part.name, 0) + 1
        again = f" {seen[part.name]}" if seen[part.name] > 1 else ""
        numbered.append(replace(part, name=part.name + again))
    return tuple(numbered)


def _renamed(
    path: Path, parts: Sequence[Part], names: Sequence[tuple[str, float, float]]
) -> tuple[Part, ...]:
    """The parts, those that hold an author's point under the author's name."""
    given: dict[str, str] = {}
    for name, x, y in names:
        side = len(parts[0].mask)
        pixel = tuple(min(int(each * side), side - 1) for each in (y, x))
        part = next(part for part in parts if part.mask[pixel])
        if part.name in given:
            raise InputError(
                f"{path}: found parts {quoted(given[part.name])} and {quoted(name)} of report.toml "
                f"at points of one region ({part.name}), allowed: one name a region; move a point"
            )
        given[part.name] = name
    renamed = [replace(part, name=given.get(part.name, part.name)) for part in parts]
    if len({part.name for part in renamed}) < len(renamed):
        raise InputError(
            f"{path}: found a name in report.toml's parts that another region has, allowed: "
            "other names; see the list that a build prints"
        )
    return tuple(renamed)
