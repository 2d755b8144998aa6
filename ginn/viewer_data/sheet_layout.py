"""The places of tiles in a run's sprite sheets.

A tile is the picture of one layer, one neuron or the output at one snapshot. A sheet of boundaries
holds one hidden layer over consecutive snapshots: a column a snapshot, the whole layer in row 0 and
its neurons 0, 1, ... in rows 1, 2, ... A layer too tall for one sheet is split into bands of rows.
A sheet of the output holds its frames row by row. The viewer's JavaScript finds a tile by the
arithmetic that the two classes state. All sizes are in px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Phones refuse to decode much larger pictures.
LONGEST_SIDE = 2048
# The explorer keeps several sheets of the output decoded, at 4 bytes a pixel. While a run plays, a
# sheet of this size takes 4 MB; the largest would take 16 MB.
OUTPUT_SIDE = 1024
TILE = 100


@dataclass(frozen=True)
class BoundaryLayout:
    """The places of the tiles of one hidden layer.

    Row 0 is the whole layer, and row 1 + i is its neuron i. With
    `bands = ceil(rows / rows_per_band)`, the tile of `row` at `snapshot` is on sheet
    `(snapshot // columns) * bands + row // rows_per_band`. Its top left corner there is
    `x = (snapshot % columns) * tile`, `y = (row % rows_per_band) * tile`. The last sheets
    are only as wide, and the last bands only as tall, as they need to be.
    """

    tile: int
    columns: int
    rows_per_band: int
    rows: int
    snapshots: int

    @property
    def bands(self) -> int:
        """The number of sheets that hold the same snapshots."""
        return -(-self.rows // self.rows_per_band)


@dataclass(frozen=True)
class OutputLayout:
    """The places of the output's frames: row by row, `columns * columns` to a sheet.

    The frame of `snapshot` is on sheet `snapshot // columns**2`, and its top left corner there is
    `x = (snapshot % columns) * tile`, `y = (snapshot // columns % columns) * tile`. With fewer
    snapshots than columns, the sheet is only as wide as it needs to be. The last sheet is only as
    tall as it needs to be.
    """

    tile: int
    columns: int
    snapshots: int


def boundary_layout(widths: Sequence[int], layer: int, snapshots: int) -> BoundaryLayout:
    """The layout of one hidden layer, counted from 0, of a network of these widths."""
    fitting = LONGEST_SIDE // TILE
    return BoundaryLayout(TILE, fitting, fitting, 1 + widths[layer], snapshots)


def output_layout(pixels: int, snapshots: int) -> OutputLayout:
    """The layout of the output in frames of `pixels` a side. Raises ValueError above 2,048."""
    if not 0 < pixels <= LONGEST_SIDE:
        raise ValueError(
            f"output frames of {pixels} px found; a sheet holds frames of 1 to {LONGEST_SIDE} px: "
            "choose a domain of that many pixels a side"
        )
    return OutputLayout(pixels, max(1, OUTPUT_SIDE // pixels), snapshots)


@dataclass(frozen=True)
class SheetPart:
    """What one sheet shows: snapshots, a band of rows, and neurons of a layer, counted from 0.

    `neurons` is empty where a sheet has all rows of its layer, and for the output.
    """

    snapshots: range
    band: int = 0
    neurons: range = range(0)


def boundary_parts(layout: BoundaryLayout) -> list[SheetPart]:
    """What each sheet of a hidden layer shows, in the layout's order."""
    return [
        SheetPart(
            range(first, min(layout.snapshots, first + layout.columns)),
            band,
            # Row 0 is the whole layer, so row r is neuron r - 1.
            range(max(0, top - 1), min(layout.rows, top + layout.rows_per_band) - 1)
            if layout.bands > 1
            else range(0),
        )
        for first in range(0, layout.snapshots, layout.columns)
        for band, top in enumerate(range(0, layout.rows, layout.rows_per_band))
    ]


def output_parts(layout: OutputLayout) -> list[SheetPart]:
    """What each sheet of the output shows, in the layout's order."""
    count = layout.columns**2
    return [
        SheetPart(range(first, min(layout.snapshots, first + count)))
        for first in range(0, layout.snapshots, count)
    ]
