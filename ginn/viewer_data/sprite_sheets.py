"""Boundaries as film: sprite sheets that need no JavaScript to be looked at.

A boundary sheet holds one hidden layer over consecutive snapshots: a column a snapshot, the whole
layer in row 0 and its neurons 0, 1, ... in rows 1, 2, ... A layer too tall for one sheet goes over
several bands of rows. `BoundaryLayout` and `OutputLayout` are the arithmetic that finds a tile; the
viewer's JavaScript does the same sum.

A line's ink is the exact distance from each pixel's centre to the boundary, not a supersampled
picture of it: one pass over the pixels a line comes near, so the cost is the ink's and not the
sheet's and a quarter of Pillow's at four times the size. Four levels of it look like sixteen and
make less than half the bytes; lossless WebP at a low effort is a third smaller than a palette PNG
for three seconds more a run. `tests/benchmarks/film.py` prints the comparison.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ginn.geometry.boundaries import Boundaries
from ginn.network.run import Float64, layer_slices

# Phones refuse to decode much larger pictures.
LONGEST_SIDE = 2048
# The explorer keeps several sheets of the output decoded, 4 bytes a pixel: a smaller one costs a
# reader who plays a run 4 MB where the largest costs 16 MB.
OUTPUT_SIDE = 1024
TILE = 100
LINE_WIDTH = 1.3  # px

Levels = NDArray[np.uint8]
ALPHAS = np.array([0, 85, 170, 255], dtype=np.uint8)


@dataclass(frozen=True)
class BoundaryLayout:
    """Where the tiles of one hidden layer's film stand.

    With `bands = ceil(rows / rows_per_band)`, the tile of `row` (0 the whole layer, 1 + i its
    neuron i) at `snapshot` is on sheet `(snapshot // columns) * bands + row // rows_per_band`, and
    its top left corner there is `x = (snapshot % columns) * tile`,
    `y = (row % rows_per_band) * tile`, in px. The last sheets are only as wide, and the last
    bands only as tall, as they need to be.
    """

    tile: int
    columns: int
    rows_per_band: int
    rows: int
    snapshots: int

    @property
    def bands(self) -> int:
        """Sheets that hold the same snapshots."""
        return -(-self.rows // self.rows_per_band)

    @property
    def sheets(self) -> int:
        """Sheets of the whole film."""
        return -(-self.snapshots // self.columns) * self.bands

    def locate(self, snapshot: int, row: int) -> tuple[int, int, int]:
        """Sheet index, x and y (px) of a tile; IndexError where there is none."""
        _within("snapshot", snapshot, self.snapshots)
        _within("row", row, self.rows)
        sheet = (snapshot // self.columns) * self.bands + row // self.rows_per_band
        x = (snapshot % self.columns) * self.tile
        y = (row % self.rows_per_band) * self.tile
        return sheet, x, y


@dataclass(frozen=True)
class OutputLayout:
    """Where the frames of the output's film stand: row by row, `columns * columns` to a sheet.

    The frame of `snapshot` is on sheet `snapshot // columns**2`, and its top left corner there is
    `x = (snapshot % columns) * tile`, `y = (snapshot // columns % columns) * tile`, in px. A film
    of fewer snapshots than a row has columns is only as wide as it needs to be, and the last
    sheet only as tall.
    """

    tile: int
    columns: int
    snapshots: int

    @property
    def sheets(self) -> int:
        """Sheets of the whole film."""
        return -(-self.snapshots // self.columns**2)

    def locate(self, snapshot: int) -> tuple[int, int, int]:
        """Sheet index, x and y (px) of a frame; IndexError where there is none."""
        _within("snapshot", snapshot, self.snapshots)
        x = (snapshot % self.columns) * self.tile
        y = (snapshot // self.columns % self.columns) * self.tile
        return snapshot // self.columns**2, x, y


@dataclass(frozen=True)
class Sheet:
    """One encoded sheet: `snapshots` of them, from `first_snapshot` on.

    `layer` counts hidden layers from 0; the output's number is the depth. `suffix` is the file's.
    """

    layer: int
    band: int
    first_snapshot: int
    snapshots: int
    data: bytes
    suffix: str


def boundary_layout(widths: Sequence[int], layer: int, snapshots: int) -> BoundaryLayout:
    """The layout of one hidden layer's film; ValueError for a layer that the network lacks."""
    if not 0 <= layer < len(widths):
        raise ValueError(f"layer {layer} asked for; hidden layers are 0 to {len(widths) - 1}")
    fitting = LONGEST_SIDE // TILE
    return BoundaryLayout(TILE, fitting, fitting, 1 + widths[layer], snapshots)


def output_layout(pixels: int, snapshots: int) -> OutputLayout:
    """The layout of the output's film, frames `pixels` a side; ValueError above 2,048 px."""
    if not 0 < pixels <= LONGEST_SIDE:
        raise ValueError(
            f"output frames of {pixels} px found; a sheet holds frames of 1 to {LONGEST_SIDE} px: "
            "choose a domain of that many pixels a side"
        )
    return OutputLayout(pixels, max(1, OUTPUT_SIDE // pixels), snapshots)


def boundary_sheets(boundaries: Boundaries, colours: Sequence[str]) -> Iterator[Sheet]:
    """Every sheet of every hidden layer of a run, layer by layer, in the layouts' order.

    `colours` are `#rrggbb`, one a layer, used in turn. ValueError for any other colour or none.
    """
    palette = [_rgb(colour) for colour in colours]
    if not palette:
        raise ValueError("no layer colour found; give at least one, such as '#1f6feb'")
    segments = _segments(boundaries)
    for layer, neurons in enumerate(layer_slices(boundaries.widths)[:-1]):
        layout = boundary_layout(boundaries.widths, layer, len(boundaries))
        rgb = palette[layer % len(palette)]
        for first in range(0, len(boundaries), layout.columns):
            columns = min(layout.columns, len(boundaries) - first)
            film = _draw(segments.of(neurons, first, columns), layout, columns)
            for band in range(layout.bands):
                top = band * layout.rows_per_band * layout.tile
                sheet = film[top : top + layout.rows_per_band * layout.tile]
                yield Sheet(layer, band, first, columns, _encode_levels(sheet, rgb), ".webp")


def output_sheets(probability: NDArray[np.floating[Any]], layer: int) -> Iterator[Sheet]:
    """The output's film: `probability` (K, n, n) of white in [0, 1] as greyscale, lossy WebP.

    `layer` is the number its sheets carry: the network's depth. ValueError for frames that are
    not square or values that are not probabilities.
    """
    snapshots, height, pixels = probability.shape
    if height != pixels:
        raise ValueError(f"output frames of {height} x {pixels} found; they must be square")
    layout = output_layout(pixels, snapshots)
    per_sheet = layout.columns**2
    for first in range(0, snapshots, per_sheet):
        frames = probability[first : first + per_sheet]
        yield Sheet(layer, 0, first, len(frames), _encode_grey(_grid(frames, layout)), ".webp")


def target_picture(labels: NDArray[np.bool_]) -> bytes:
    """The target as a PNG of one bit a pixel: `labels` (n, n), True for white."""
    return _encode(labels, "PNG")


def tile(
    sheets: Sequence[Image.Image],
    layout: BoundaryLayout | OutputLayout,
    snapshot: int,
    row: int = 0,
) -> Image.Image:
    """One tile cut out of a film's decoded `sheets`, in the layout's order."""
    if isinstance(layout, OutputLayout):
        sheet, x, y = layout.locate(snapshot)
    else:
        sheet, x, y = layout.locate(snapshot, row)
    return sheets[sheet].crop((x, y, x + layout.tile, y + layout.tile))


@dataclass(frozen=True)
class _Segments:
    """Straight pieces of boundaries: `ends` (S, 2, 2) in domain units, ordered by snapshot."""

    ends: Float64
    snapshot: NDArray[np.int64]
    neuron: NDArray[np.int64]

    def of(self, neurons: slice, first: int, columns: int) -> _Segments:
        """Those of some neurons over some snapshots, both renumbered from 0."""
        start, stop = np.searchsorted(self.snapshot, [first, first + columns])
        neuron = self.neuron[start:stop]
        chosen = start + np.flatnonzero((neuron >= neurons.start) & (neuron < neurons.stop))
        return _Segments(
            self.ends[chosen], self.snapshot[chosen] - first, self.neuron[chosen] - neurons.start
        )


def _segments(boundaries: Boundaries) -> _Segments:
    """Every straight piece of every boundary of a run; a closed polyline's last one included.

    No polyline of a run is without vertices.
    """
    starts = boundaries.polyline_offsets[:-1]
    lengths = np.diff(boundaries.polyline_offsets)
    following = np.arange(1, len(boundaries.vertices) + 1)
    last = boundaries.polyline_offsets[1:] - 1
    following[last] = np.where(boundaries.closed, starts, -1)
    here = np.flatnonzero(following >= 0)
    polyline = np.repeat(np.arange(len(lengths)), lengths)[here]
    line = np.searchsorted(boundaries.line_offsets, polyline, side="right") - 1
    ends = boundaries.vertices[np.stack([here, following[here]], axis=1)]  # (S, 2, 2)
    return _Segments(ends, line // boundaries.neurons, line % boundaries.neurons)


def _draw(segments: _Segments, layout: BoundaryLayout, columns: int) -> Levels:
    """The levels of ink (rows * tile, columns * tile) of a layer over `columns` snapshots."""
    film = np.zeros((layout.rows, layout.tile, columns, layout.tile), dtype=np.uint8)
    segment, x, y, level = _ink(segments.ends * layout.tile, layout.tile)
    row = segments.neuron[segment] + 1
    place = ((row * layout.tile + y) * columns + segments.snapshot[segment]) * layout.tile + x
    flat = film.reshape(-1)
    for strength in range(1, len(ALPHAS)):
        flat[place[level == strength]] = strength
    np.max(film[1:], axis=0, out=film[0])
    return film.reshape(layout.rows * layout.tile, columns * layout.tile)


def _ink(
    ends: Float64, side: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Levels]:
    """Segment, x, y and level of every inked pixel of a tile `side` px wide.

    `ends` (S, 2, 2) in px. A pixel's ink falls from 1 to 0 over the pixel about the line's edge, by
    the distance of the pixel's centre to the nearest point of the segment.
    """
    reach = LINE_WIDTH / 2 + 0.5
    # Transposed so that every segment runs along its first axis more than across it, each column
    # (unit step along) has its ink within sqrt(2) * reach of the line across: four pixels.
    steep = np.abs(ends[:, 1, 1] - ends[:, 0, 1]) > np.abs(ends[:, 1, 0] - ends[:, 0, 0])
    along_across = np.where(steep[:, None, None], ends[:, :, ::-1], ends)
    begin = along_across[:, 0]  # (S, 2)
    direction = along_across[:, 1] - begin  # (S, 2)
    extent = along_across[:, :, 0]  # (S, 2)
    low = np.clip(np.ceil(extent.min(axis=1) - reach - 0.5), 0, side).astype(np.int64)
    high = np.clip(np.floor(extent.max(axis=1) + reach - 0.5) + 1, low, side).astype(np.int64)

    count = high - low
    segment = np.repeat(np.arange(len(ends)), count)  # (C,)
    along = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count - low, count)
    slope = direction[:, 1] / np.where(direction[:, 0] == 0, 1.0, direction[:, 0])
    offset = along + 0.5 - begin[segment, 0]
    height = begin[segment, 1] + offset * slope[segment]  # where this column meets the line
    across = np.ceil(height - np.sqrt(2) * reach - 0.5).astype(np.int64)[:, None] + np.arange(4)

    squared = (direction**2).sum(axis=1)
    squared = np.where(squared == 0, 1.0, squared)[segment]
    from_begin = across + 0.5 - begin[segment, 1, None]  # (C, 4)
    run, rise = direction[segment, 0, None], direction[segment, 1, None]
    nearest = np.clip((offset[:, None] * run + from_begin * rise) / squared[:, None], 0.0, 1.0)
    distance = np.hypot(offset[:, None] - nearest * run, from_begin - nearest * rise)
    coverage = np.clip(reach - distance, 0.0, 1.0)
    level = np.rint(coverage * (len(ALPHAS) - 1)).astype(np.uint8)

    column, lane = np.nonzero((level > 0) & (across >= 0) & (across < side))
    segment, along, across = segment[column], along[column], across[column, lane]
    flipped = steep[segment]
    x = np.where(flipped, across, along)
    y = np.where(flipped, along, across)
    return segment, x, y, level[column, lane]


def _grid(frames: NDArray[np.floating[Any]], layout: OutputLayout) -> NDArray[np.uint8]:
    """Frames (F, n, n) in [0, 1] as one grey sheet, row by row; black where no frame is left."""
    low, high = float(frames.min()), float(frames.max())
    if not (low >= 0.0 and high <= 1.0):
        raise ValueError(f"probabilities from {low} to {high} found; they must be in [0, 1]")
    columns = min(layout.columns, len(frames))
    rows = -(-len(frames) // columns)
    grey = np.zeros((rows * columns, layout.tile, layout.tile), dtype=np.uint8)
    grey[: len(frames)] = np.rint(frames * 255.0)
    grid = grey.reshape(rows, columns, layout.tile, layout.tile).swapaxes(1, 2)
    return grid.reshape(rows * layout.tile, columns * layout.tile)


def _encode_levels(levels: Levels, rgb: tuple[int, int, int]) -> bytes:
    """Levels of ink in one colour on transparent ground, as lossless WebP."""
    picture = np.empty((*levels.shape, 4), dtype=np.uint8)
    picture[..., :3] = rgb
    picture[..., 3] = ALPHAS[levels]
    return _encode(picture, "WEBP", lossless=True, exact=True, quality=60, method=2)


def _encode_grey(grey: NDArray[np.uint8]) -> bytes:
    """A grey sheet as lossy WebP."""
    return _encode(grey, "WEBP", quality=80, method=4)


def _encode(pixels: NDArray[np.uint8] | NDArray[np.bool_], kind: str, **options: Any) -> bytes:
    """The bytes of a picture file of that kind."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def _rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of `#rrggbb`."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"colour {colour!r} found; write it as '#rrggbb'")
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _within(name: str, found: int, count: int) -> None:
    """IndexError unless `found` is one of `count` things numbered from 0."""
    if not 0 <= found < count:
        raise IndexError(f"{name} {found} asked for; the film has {name}s 0 to {count - 1}")
