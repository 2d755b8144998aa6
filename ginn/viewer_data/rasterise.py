"""Boundaries as pixels: the ink of a layer's tiles over some snapshots.

Ink is how much of a pixel a line covers. It is computed from the exact distance between the pixel's
centre and the boundary, without supersampling. Only the pixels near a line are visited, so the time
depends on the length of the lines and not on the size of the sheet. A drawing by Pillow at four
times the size, which is then reduced, takes four times as long. Four levels of ink look the same as
sixteen and take less than half the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.elementary import hypotenuse
from ginn.geometry.boundaries import Boundaries
from ginn.network.run import Float64
from ginn.viewer_data.sheet_layout import BoundaryLayout

LINE_WIDTH = 1.3  # px

Levels = NDArray[np.uint8]
ALPHAS = np.array([0, 85, 170, 255], dtype=np.uint8)  # the alpha of each level of ink


@dataclass(frozen=True)
class Segments:
    """The straight segments of boundaries, in order of snapshot.

    `ends` (S, 2, 2): first and second end, x and y, in domain units. `snapshot` and `neuron` (S,).
    """

    ends: Float64
    snapshot: NDArray[np.int64]
    neuron: NDArray[np.int64]

    def of(self, neurons: slice, first: int, columns: int) -> Segments:
        """The segments of some neurons at some snapshots, both renumbered from 0."""
        start, stop = np.searchsorted(self.snapshot, [first, first + columns])
        neuron = self.neuron[start:stop]
        chosen = start + np.flatnonzero((neuron >= neurons.start) & (neuron < neurons.stop))
        return Segments(
            self.ends[chosen], self.snapshot[chosen] - first, self.neuron[chosen] - neurons.start
        )


def segments_of(boundaries: Boundaries) -> Segments:
    """Every segment of every boundary of a run, with the one that closes a closed polyline.

    Every polyline of a run has vertices.
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
    return Segments(ends, line // boundaries.neurons, line % boundaries.neurons)


def draw(segments: Segments, layout: BoundaryLayout, columns: int) -> Levels:
    """The levels of ink of a layer at `columns` snapshots, (rows * tile, columns * tile).

    Row 0 is the union of the rows of the neurons.
    """
    ink_of_layer = np.zeros((layout.rows, layout.tile, columns, layout.tile), dtype=np.uint8)
    segment, x, y, level = _ink(segments.ends * layout.tile, layout.tile)
    row = segments.neuron[segment] + 1
    place = ((row * layout.tile + y) * columns + segments.snapshot[segment]) * layout.tile + x
    flat = ink_of_layer.reshape(-1)
    for strength in range(1, len(ALPHAS)):
        flat[place[level == strength]] = strength
    np.max(ink_of_layer[1:], axis=0, out=ink_of_layer[0])
    return ink_of_layer.reshape(layout.rows * layout.tile, columns * layout.tile)


def _ink(
    ends: Float64, side: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Levels]:
    """The segment, x, y and level of every pixel with ink, in a tile `side` px wide.

    `ends` is (S, 2, 2) in px. A pixel's ink depends on the distance of its centre to the nearest
    point of the segment: it falls from 1 to 0 within half a pixel of the line's edge.
    """
    reach = LINE_WIDTH / 2 + 0.5
    # Steep segments are transposed, so that each segment is longer along the first axis than across
    # it. In each column, a unit step along that axis, the ink is then within sqrt(2) * reach of the
    # line. These are at most four pixels.
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
    distance = hypotenuse(offset[:, None] - nearest * run, from_begin - nearest * rise)
    coverage = np.clip(reach - distance, 0.0, 1.0)
    level = np.rint(coverage * (len(ALPHAS) - 1)).astype(np.uint8)

    column, lane = np.nonzero((level > 0) & (across >= 0) & (across < side))
    segment, along, across = segment[column], along[column], across[column, lane]
    flipped = steep[segment]
    x = np.where(flipped, across, along)
    y = np.where(flipped, along, across)
    return segment, x, y, level[column, lane]
