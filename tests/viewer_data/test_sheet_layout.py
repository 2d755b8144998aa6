"""The arithmetic of sheets: every tile has a place of its own, and sheets are small enough."""

from __future__ import annotations

import pytest
from support.sheet_tiles import locate

from ginn.viewer_data.sheet_layout import (
    boundary_layout,
    boundary_parts,
    output_layout,
)


def test_layouts_give_every_tile_a_place_of_its_own() -> None:
    layout = boundary_layout((45,), 0, 43)
    assert layout.bands == 3
    assert len({locate(layout, k, row) for k in range(43) for row in range(46)}) == 43 * 46
    output = output_layout(200, 431)
    assert len({locate(output, k) for k in range(431)}) == 431


def test_boundary_layout_of_any_layer_fits_the_longest_side() -> None:
    layout = boundary_layout((1, 19, 400), 2, 1000)
    assert max(layout.columns, layout.rows_per_band) * layout.tile <= 2048
    assert layout.rows == 401


def test_output_layout_is_as_full_as_the_explorer_can_keep_several_of() -> None:
    for pixels in range(1, 1025):
        columns = output_layout(pixels, 431).columns
        assert columns * pixels <= 1024 < (columns + 1) * pixels
    assert output_layout(1025, 431).columns == 1


@pytest.mark.parametrize("pixels", [0, 2049])
def test_output_layout_of_frames_that_fit_no_sheet_is_refused(pixels: int) -> None:
    with pytest.raises(ValueError, match="1 to 2048"):
        output_layout(pixels, 1)


@pytest.mark.parametrize("width", [1, 19, 20, 45])
def test_parts_say_which_tiles_the_arithmetic_puts_on_each_sheet(width: int) -> None:
    snapshots = 43
    layout = boundary_layout((width,), 0, snapshots)
    parts = boundary_parts(layout)
    for snapshot in range(snapshots):
        for row in range(1, layout.rows):
            sheet = (snapshot // layout.columns) * layout.bands + row // layout.rows_per_band
            assert snapshot in parts[sheet].snapshots
            assert layout.bands == 1 or row - 1 in parts[sheet].neurons
    assert len(parts) == -(-snapshots // layout.columns) * layout.bands
    assert all(part.neurons.start >= 0 for part in parts)
