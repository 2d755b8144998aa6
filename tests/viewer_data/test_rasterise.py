"""The ink of tiles, pixel by pixel, against the distance from the boundary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.drawn_boundaries import (
    EDGES,
    assert_ink_is_the_boundary,
    boundaries_of,
    random_boundaries,
    segments_px,
)

from ginn.geometry.boundaries import Boundaries
from ginn.network.run import layer_slices
from ginn.viewer_data.rasterise import Levels, draw, segments_of
from ginn.viewer_data.sheet_layout import TILE, boundary_layout


def tiles(boundaries: Boundaries, layer: int, snapshot: int) -> Levels:
    """The levels of a layer's tiles at one snapshot, (1 + width, TILE, TILE), the layer first."""
    neurons = layer_slices(boundaries.widths)[layer]
    layout = boundary_layout(boundaries.widths, layer, len(boundaries))
    return draw(segments_of(boundaries).of(neurons, snapshot, 1), layout, 1).reshape(-1, TILE, TILE)


@pytest.mark.parametrize(("vertices", "closed"), EDGES)
def test_draw_line_where_the_arithmetic_turns_over_has_the_ink_of_its_distance(
    vertices: list[tuple[float, float]], closed: bool
) -> None:
    for ends in (vertices, vertices[::-1]):
        boundaries = boundaries_of((1,), 1, {(0, 0): [(np.array(ends, float), closed)]})
        assert_ink_is_the_boundary(tiles(boundaries, 0, 0)[1], segments_px(boundaries, 0, [0]))


@pytest.mark.parametrize(
    ("widths", "snapshots"),
    [((1,), 1), ((3, 4, 2), 45), ((16,), 3), ((19, 1), 2), ((20,), 2), ((32,), 21), ((64,), 1)],
)
def test_draw_random_polylines_has_the_ink_of_their_distance(
    widths: tuple[int, ...], snapshots: int
) -> None:
    boundaries = random_boundaries(widths, snapshots, seed=sum(widths))
    for layer, neurons in enumerate(layer_slices(widths)[:-1]):
        for snapshot in {0, snapshots // 2, snapshots - 1}:
            drawn = tiles(boundaries, layer, snapshot)
            for unit in {0, widths[layer] // 2, widths[layer] - 1}:
                segments = segments_px(boundaries, snapshot, [neurons.start + unit])
                assert_ink_is_the_boundary(drawn[1 + unit], segments)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=5),
            st.booleans(),
        ),
        max_size=3,
    )
)
def test_draw_any_polylines_in_the_domain_have_the_ink_of_their_distance(
    polylines: list[tuple[list[tuple[float, float]], bool]],
) -> None:
    line = [(np.array(vertices), closed) for vertices, closed in polylines]
    boundaries = boundaries_of((1,), 1, {(0, 0): line})
    assert_ink_is_the_boundary(tiles(boundaries, 0, 0)[1], segments_px(boundaries, 0, [0]))


@pytest.mark.parametrize("widths", [(16, 5), (32,)])
def test_draw_row_of_the_layer_is_the_union_of_its_neurons(widths: tuple[int, ...]) -> None:
    boundaries = random_boundaries(widths, 22, seed=5)
    for layer in range(len(widths)):
        for snapshot in (0, 19, 20, 21):
            whole, *neurons = tiles(boundaries, layer, snapshot)
            np.testing.assert_array_equal(whole, np.max(neurons, axis=0))
            assert whole.any()


def test_draw_boundary_of_the_output_is_in_no_layer() -> None:
    diagonal = (np.array([[0.0, 0.0], [1.0, 1.0]]), False)
    boundaries = boundaries_of((1, 1), 1, {(0, 2): [diagonal]})
    assert not any(tiles(boundaries, layer, 0).any() for layer in (0, 1))
