"""Tiles of sprite sheets, by the arithmetic that the layouts describe."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from ginn.viewer_data.sheet_layout import BoundaryLayout, OutputLayout

Layout = BoundaryLayout | OutputLayout


def sheet_count(layout: Layout) -> int:
    """The number of sheets of a layer or of the output."""
    if isinstance(layout, OutputLayout):
        return -(-layout.snapshots // layout.columns**2)
    return -(-layout.snapshots // layout.columns) * layout.bands


def locate(layout: Layout, snapshot: int, row: int = 0) -> tuple[int, int, int]:
    """The index of a tile's sheet, and the tile's x and y in the sheet (px)."""
    x = snapshot % layout.columns * layout.tile
    if isinstance(layout, OutputLayout):
        y = snapshot // layout.columns % layout.columns * layout.tile
        return snapshot // layout.columns**2, x, y
    bands = -(-layout.rows // layout.rows_per_band)
    sheet = snapshot // layout.columns * bands + row // layout.rows_per_band
    return sheet, x, row % layout.rows_per_band * layout.tile


def tile(sheets: Sequence[Image.Image], layout: Layout, snapshot: int, row: int = 0) -> Image.Image:
    """One tile of the decoded sheets of a layer or of the output, in the layout's order."""
    sheet, x, y = locate(layout, snapshot, row)
    return sheets[sheet].crop((x, y, x + layout.tile, y + layout.tile))
