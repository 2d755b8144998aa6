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
from support.runs import random_run_within, trained_run

from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.run import RecordedRun, layer_slices
from ginn.viewer_data.rasterise import ALPHAS, LINE_WIDTH, Levels, draw, segments_of
from ginn.viewer_data.sheet_layout import TILE, boundary_layout


def tiles(boundaries: Boundaries, layer: int, snapshot: int) -> Levels:
    """The levels of a layer's tiles at one snapshot, (1 + width, TILE, TILE), the layer first."""
    neurons = layer_slices(boundaries.widths)[layer]
    layout = boundary_layout(boundaries.widths, layer, len(boundaries))
    return draw(segments_of(boundaries).of(neurons, snapshot, 1), layout, 1).reshape(-1, TILE, TILE)


def only_tile(vertices: object, closed: bool = False) -> Levels:
    """The tile of a neuron whose boundary is one polyline."""
    line = [(np.array(vertices, float), closed)]
    return np.asarray(tiles(boundaries_of((1,), 1, {(0, 0): line}), 0, 0)[1])


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


@pytest.mark.parametrize(
    "run",
    [trained_run(), random_run_within((16, 16, 16), 2), random_run_within((5, 24), 2, 1)],
    ids=["trained", "random", "random and wide"],
)
def test_draw_traced_network_has_the_ink_of_its_boundaries(run: RecordedRun) -> None:
    boundaries = trace(run)
    count = 0
    for layer, neurons in enumerate(layer_slices(run.widths)[:-1]):
        for snapshot in (0, len(run) - 1):
            drawn = tiles(boundaries, layer, snapshot)
            for unit in range(0, run.widths[layer], 3):
                segments = segments_px(boundaries, snapshot, [neurons.start + unit])
                assert_ink_is_the_boundary(drawn[1 + unit], segments)
                count += len(segments)
    assert count > 50


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


@pytest.mark.parametrize("degrees", range(0, 180, 7))
def test_draw_line_at_any_angle_is_as_wide(degrees: int) -> None:
    angle = np.radians(degrees)
    half = 0.4 * np.array([np.cos(angle), np.sin(angle)])
    levels = only_tile(np.array([0.503, 0.507]) + np.stack([-half, half]))
    cap = LINE_WIDTH**2 * np.pi / 4
    width = (ALPHAS[levels].sum(dtype=float) / 255 - cap) / (0.8 * TILE)
    assert width == pytest.approx(LINE_WIDTH, rel=0.1)


def test_draw_short_line_is_where_x_runs_right_and_y_down() -> None:
    rows, columns = np.nonzero(only_tile([[0.1, 0.2], [0.3, 0.2]]))
    assert abs(rows.mean() + 0.5 - 20) < 0.5
    assert abs(columns.mean() + 0.5 - 20) < 0.5
    assert np.ptp(columns) > 15


@pytest.mark.parametrize("widths", [(16, 5), (32,)])
def test_draw_row_of_the_layer_is_the_union_of_its_neurons(widths: tuple[int, ...]) -> None:
    boundaries = random_boundaries(widths, 22, seed=5)
    for layer in range(len(widths)):
        for snapshot in (0, 19, 20, 21):
            whole, *neurons = tiles(boundaries, layer, snapshot)
            np.testing.assert_array_equal(whole, np.max(neurons, axis=0))
            assert whole.any()


def test_draw_neuron_without_a_boundary_gives_an_empty_tile() -> None:
    ring = (np.array([[0.2, 0.2], [0.8, 0.2], [0.5, 0.8]]), True)
    boundaries = boundaries_of((2, 1), 2, {(0, 0): [ring], (1, 2): [ring]})
    inked = [[bool(tile.any()) for tile in tiles(boundaries, 0, k)] for k in (0, 1)]
    assert inked == [[True, True, False], [False, False, False]]


def test_draw_boundary_of_the_output_is_in_no_layer() -> None:
    diagonal = (np.array([[0.0, 0.0], [1.0, 1.0]]), False)
    boundaries = boundaries_of((1, 1), 1, {(0, 2): [diagonal]})
    assert not any(tiles(boundaries, layer, 0).any() for layer in (0, 1))


def test_draw_no_boundaries_gives_empty_tiles() -> None:
    assert not tiles(boundaries_of((2,), 1, {}), 0, 0).any()


def test_draw_uses_four_levels_evenly_apart() -> None:
    levels = tiles(random_boundaries((3,), 2, seed=4), 0, 0)
    assert set(ALPHAS[np.unique(levels)].tolist()) == {0, 85, 170, 255}
