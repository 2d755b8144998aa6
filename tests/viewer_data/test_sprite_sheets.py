"""Sprite sheets, judged from the files: decoded, cut by the documented arithmetic, compared with
the boundaries both ways.

| what | bound | reason |
| --- | --- | --- |
| a pixel's ink to its distance from the boundary | half a level | four levels of ink |
| ink across a line, over its width | 10% | four levels of ink |
| output frame to the given probability | .01 mean, .25 worst | lossy WebP across hard edges |
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from support.runs import random_run_within, trained_run

from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.run import Float64, RecordedRun, layer_slices
from ginn.viewer_data import sprite_sheets

COLOURS = ["#1f6feb", "#cf222e", "#1a7f37"]
Lines = Mapping[tuple[int, int], list[tuple[Float64, bool]]]


def boundaries_of(widths: tuple[int, ...], snapshots: int, lines: Lines) -> Boundaries:
    """Boundaries from the polylines (vertices, closed) of each (snapshot, neuron)."""
    neurons = sum(widths) + 1
    in_order = [lines.get((k, n), []) for k in range(snapshots) for n in range(neurons)]
    polylines = [polyline for line in in_order for polyline in line]
    vertices = np.concatenate([np.empty((0, 2)), *(vertices for vertices, _ in polylines)])
    return Boundaries(
        widths=widths,
        vertices=vertices,
        causes=np.zeros(len(vertices), dtype=np.int32),
        polyline_offsets=np.cumsum([0, *(len(vertices) for vertices, _ in polylines)]),
        closed=np.array([closed for _, closed in polylines], dtype=np.bool_),
        line_offsets=np.cumsum([0, *map(len, in_order)]),
        regions=np.ones(snapshots, dtype=np.int32),
    )


def random_boundaries(widths: tuple[int, ...], snapshots: int, seed: int) -> Boundaries:
    """Bent and closed polylines of any number, some neurons without any."""
    generator = np.random.default_rng(seed)
    lines: dict[tuple[int, int], list[tuple[Float64, bool]]] = {}
    for k in range(snapshots):
        for n in range(sum(widths) + 1):
            lines[k, n] = [
                (generator.random((generator.integers(2, 7), 2)), bool(generator.integers(2)))
                for _ in range(generator.integers(0, 3))
            ]
    return boundaries_of(widths, snapshots, lines)


def decode(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def film(boundaries: Boundaries, layer: int) -> list[Image.Image]:
    """The decoded sheets of one layer."""
    sheets = sprite_sheets.boundary_sheets(boundaries, COLOURS)
    return [decode(sheet.data).convert("RGBA") for sheet in sheets if sheet.layer == layer]


def ink(picture: Image.Image) -> NDArray[np.int64]:
    """Alpha of a tile, 0 to 255."""
    return np.asarray(picture)[..., 3].astype(np.int64)


def pieces(boundaries: Boundaries, snapshot: int, neurons: Iterable[int]) -> Float64:
    """Every straight piece (S, 2, 2) of some neurons' boundaries, in px."""
    found = []
    for neuron in neurons:
        for vertices, _, closed in boundaries.polylines(snapshot, neuron):
            ring = [*vertices, vertices[0]] if closed else list(vertices)
            found += [np.stack(pair) for pair in itertools.pairwise(ring)]
    return np.array(found).reshape(-1, 2, 2) * sprite_sheets.TILE


def distances(points: Float64, segments: Float64) -> Float64:
    """From each point (P, 2) to the nearest of the segments (S, 2, 2)."""
    begin, direction = segments[:, 0], segments[:, 1] - segments[:, 0]
    relative = points[:, None] - begin  # (P, S, 2)
    squared = np.maximum((direction**2).sum(-1), 1e-30)
    position = np.clip((relative * direction).sum(-1) / squared, 0, 1)
    return np.linalg.norm(relative - position[..., None] * direction, axis=-1).min(axis=1)


CENTRES = np.stack(np.mgrid[:100, :100][::-1], axis=-1).reshape(-1, 2) + 0.5  # of a tile's pixels


def assert_ink_is_the_boundary(picture: Image.Image, segments: Float64) -> None:
    """Every pixel of a tile: a line 1.3 px wide, fading over the pixel about its edge."""
    if len(segments) == 0:
        assert not ink(picture).any()
        return
    coverage = np.clip(1.3 / 2 + 0.5 - distances(CENTRES, segments), 0, 1)
    levels = ink(picture).ravel() / 85
    assert np.abs(levels - 3 * coverage).max() <= 0.5 + 1e-6


# Lines at which the arithmetic of a tile turns over: along and across every side, through corners,
# at 45 degrees, of less than a pixel, of no length at all.
EDGES = [
    ([(0, 0), (1, 0), (1, 1), (0, 1)], True),
    ([(0, 0), (1, 1)], False),
    ([(1, 0), (0, 1)], False),
    ([(0.3, 0.6), (0.45, 0.45), (0.6, 0.6), (0.45, 0.75)], True),
    ([(0, 0.3), (1, 0.3)], False),
    ([(0.7, 1), (0.7, 0)], False),
    ([(0.9, 0), (1, 0.05), (0.8, 1), (0, 0.85), (0.9, 0)], False),
    ([(0.201, 0.402), (0.204, 0.403), (0.2, 0.405)], True),
    ([(0.5, 0.2), (0.5, 0.2)], True),
    ([(0.75, 0.255)], False),
    ([(0, 0.995), (0.995, 1)], False),
]


def test_every_pixel_of_a_film_has_the_ink_of_its_distance() -> None:
    widths, snapshots = (2, 20), 21  # two sheets across, and two bands of the second layer
    neurons = [(k, n) for k in (0, 19, 20) for n in (0, 1, 2, 3, 20, 21)]
    generator = np.random.default_rng(3)
    lines: dict[tuple[int, int], list[tuple[Float64, bool]]] = {}
    for place in neurons:
        chosen = generator.permutation(len(EDGES))[:3]
        lines[place] = [(np.array(EDGES[each][0], float), EDGES[each][1]) for each in chosen]
        lines[place].append((generator.random((3, 2)), bool(generator.integers(2))))
    boundaries = boundaries_of(widths, snapshots, lines)
    for layer, first in enumerate((0, 2)):
        layout = sprite_sheets.boundary_layout(widths, layer, snapshots)
        sheets = film(boundaries, layer)
        for k, n in itertools.product((0, 18, 19, 20), range(widths[layer])):
            picture = sprite_sheets.tile(sheets, layout, k, 1 + n)
            assert_ink_is_the_boundary(picture, pieces(boundaries, k, [first + n]))


@pytest.mark.parametrize(("vertices", "closed"), EDGES)
def test_a_line_where_the_arithmetic_turns_over_is_drawn(
    vertices: list[tuple[float, float]], closed: bool
) -> None:
    for ends in (vertices, vertices[::-1]):
        boundaries = boundaries_of((1,), 1, {(0, 0): [(np.array(ends, float), closed)]})
        picture = sprite_sheets.tile(
            film(boundaries, 0), sprite_sheets.boundary_layout((1,), 0, 1), 0, 1
        )
        assert_ink_is_the_boundary(picture, pieces(boundaries, 0, [0]))


@pytest.mark.parametrize(
    ("widths", "snapshots"),
    [((1,), 1), ((3, 4, 2), 45), ((16,), 3), ((19, 1), 2), ((20,), 2), ((32,), 21), ((64,), 1)],
)
def test_ink_is_the_boundary_and_nothing_else(widths: tuple[int, ...], snapshots: int) -> None:
    boundaries = random_boundaries(widths, snapshots, seed=sum(widths))
    for layer, neurons in enumerate(layer_slices(widths)[:-1]):
        layout = sprite_sheets.boundary_layout(widths, layer, snapshots)
        sheets = film(boundaries, layer)
        for snapshot in {0, snapshots // 2, snapshots - 1}:
            for unit in {0, widths[layer] // 2, widths[layer] - 1}:
                picture = sprite_sheets.tile(sheets, layout, snapshot, 1 + unit)
                segments = pieces(boundaries, snapshot, [neurons.start + unit])
                assert_ink_is_the_boundary(picture, segments)


@pytest.mark.parametrize(
    "snapshots",
    [trained_run(), random_run_within((16, 16, 16), 2), random_run_within((5, 24), 2, 1)],
    ids=["trained", "random", "random and wide"],
)
def test_a_traced_networks_ink_is_its_boundary(snapshots: RecordedRun) -> None:
    boundaries = trace(snapshots)
    drawn = 0
    for layer, neurons in enumerate(layer_slices(snapshots.widths)[:-1]):
        layout = sprite_sheets.boundary_layout(snapshots.widths, layer, len(snapshots))
        sheets = film(boundaries, layer)
        for snapshot in (0, len(snapshots) - 1):
            for unit in range(0, snapshots.widths[layer], 3):
                picture = sprite_sheets.tile(sheets, layout, snapshot, 1 + unit)
                segments = pieces(boundaries, snapshot, [neurons.start + unit])
                assert_ink_is_the_boundary(picture, segments)
                drawn += len(segments)
    assert drawn > 50


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
def test_any_polyline_in_the_domain_is_drawn(
    polylines: list[tuple[list[tuple[float, float]], bool]],
) -> None:
    line = [(np.array(vertices), closed) for vertices, closed in polylines]
    boundaries = boundaries_of((1,), 1, {(0, 0): line})
    layout = sprite_sheets.boundary_layout((1,), 0, 1)
    picture = sprite_sheets.tile(film(boundaries, 0), layout, 0, 1)
    assert_ink_is_the_boundary(picture, pieces(boundaries, 0, [0]))


@pytest.mark.parametrize("degrees", range(0, 180, 7))
def test_a_line_is_as_wide_at_every_angle(degrees: int) -> None:
    angle = np.radians(degrees)
    half = 0.4 * np.array([np.cos(angle), np.sin(angle)])
    ends = np.array([0.503, 0.507]) + np.stack([-half, half])
    boundaries = boundaries_of((1,), 1, {(0, 0): [(ends, False)]})
    picture = ink(
        sprite_sheets.tile(film(boundaries, 0), sprite_sheets.boundary_layout((1,), 0, 1), 0, 1)
    )
    cap = sprite_sheets.LINE_WIDTH**2 * np.pi / 4
    width = (picture.sum() / 255 - cap) / (0.8 * sprite_sheets.TILE)
    assert width == pytest.approx(sprite_sheets.LINE_WIDTH, rel=0.1)


def test_a_row_of_a_tile_tells_up_from_down_and_left_from_right() -> None:
    ends = np.array([[0.1, 0.2], [0.3, 0.2]])
    boundaries = boundaries_of((1,), 1, {(0, 0): [(ends, False)]})
    rows, columns = np.nonzero(ink(film(boundaries, 0)[0].crop((0, 100, 100, 200))))
    assert abs(rows.mean() + 0.5 - 20) < 0.5
    assert abs(columns.mean() + 0.5 - 20) < 0.5
    assert np.ptp(columns) > 15


@pytest.mark.parametrize("widths", [(16, 5), (32,)])
def test_the_layers_row_is_the_union_of_its_neurons(widths: tuple[int, ...]) -> None:
    boundaries = random_boundaries(widths, 22, seed=5)
    for layer, width in enumerate(widths):
        layout = sprite_sheets.boundary_layout(widths, layer, 22)
        sheets = film(boundaries, layer)
        for snapshot in (0, 19, 20, 21):
            tiles = [
                ink(sprite_sheets.tile(sheets, layout, snapshot, row)) for row in range(width + 1)
            ]
            np.testing.assert_array_equal(tiles[0], np.max(tiles[1:], axis=0))
            assert tiles[0].any()
            assert sprite_sheets.tile(sheets, layout, snapshot) == sprite_sheets.tile(
                sheets, layout, snapshot, 0
            )


def test_a_neuron_without_a_boundary_has_an_empty_tile() -> None:
    ring = (np.array([[0.2, 0.2], [0.8, 0.2], [0.5, 0.8]]), True)
    boundaries = boundaries_of((2, 1), 2, {(0, 0): [ring], (1, 2): [ring]})
    layout = sprite_sheets.boundary_layout((2, 1), 0, 2)
    sheets = film(boundaries, 0)
    inked = [
        [ink(sprite_sheets.tile(sheets, layout, k, row)).any() for row in range(3)] for k in (0, 1)
    ]
    assert inked == [[True, True, False], [False, False, False]]


def test_the_outputs_own_boundary_is_on_no_layers_sheet() -> None:
    diagonal = (np.array([[0.0, 0.0], [1.0, 1.0]]), False)
    boundaries = boundaries_of((1, 1), 1, {(0, 2): [diagonal]})
    assert not any(ink(sheet).any() for layer in (0, 1) for sheet in film(boundaries, layer))


def test_a_film_without_any_boundary_is_drawn() -> None:
    assert not ink(film(boundaries_of((2,), 1, {}), 0)[0]).any()


def test_ink_and_ground_have_the_layers_colour_and_colours_are_used_in_turn() -> None:
    boundaries = random_boundaries((2, 2, 2, 2), 1, seed=1)
    for layer, colour in enumerate([*COLOURS, COLOURS[0]]):
        pixels = np.asarray(film(boundaries, layer)[0])
        rgb = {tuple(pixel) for pixel in np.unique(pixels[..., :3].reshape(-1, 3), axis=0)}
        assert rgb == {tuple(bytes.fromhex(colour[1:]))}


def test_sheets_are_in_the_layouts_order_and_within_a_phones_reach() -> None:
    widths, snapshots = (1, 19, 20, 40), 41
    sheets = list(
        sprite_sheets.boundary_sheets(random_boundaries(widths, snapshots, seed=2), COLOURS)
    )
    for layer, width in enumerate(widths):
        layout = sprite_sheets.boundary_layout(widths, layer, snapshots)
        own = [sheet for sheet in sheets if sheet.layer == layer]
        assert len(own) == layout.sheets
        for index, sheet in enumerate(own):
            assert sheet.suffix == ".webp"
            size = decode(sheet.data).size
            assert max(size) <= 2048
            assert size[0] == 100 * sheet.snapshots
            row = sheet.band * layout.rows_per_band
            assert layout.locate(sheet.first_snapshot, row) == (index, 0, 0)
            last = sheet.first_snapshot + sheet.snapshots - 1
            last_row = min(row + layout.rows_per_band, 1 + width) - 1
            assert layout.locate(last, last_row) == (index, size[0] - 100, size[1] - 100)


def test_no_two_tiles_share_a_place() -> None:
    layout = sprite_sheets.boundary_layout((45,), 0, 43)
    places = {layout.locate(k, row) for k in range(43) for row in range(46)}
    assert len(places) == 43 * 46
    output = sprite_sheets.output_layout(200, 431)
    assert len({output.locate(k) for k in range(431)}) == 431


def test_output_sheets_are_as_full_as_a_phone_can_keep_several_of() -> None:
    for pixels in range(1, 1025):
        columns = sprite_sheets.output_layout(pixels, 431).columns
        assert columns * pixels <= 1024 < (columns + 1) * pixels
    assert sprite_sheets.output_layout(1025, 431).columns == 1


def test_ink_has_four_levels_evenly_apart() -> None:
    picture = film(random_boundaries((3,), 2, seed=4), 0)[0]
    assert set(np.unique(ink(picture)).tolist()) == {0, 85, 170, 255}


def test_the_same_boundaries_give_the_same_bytes() -> None:
    boundaries = random_boundaries((5,), 3, seed=9)
    first, second = (list(sprite_sheets.boundary_sheets(boundaries, COLOURS)) for _ in range(2))
    assert first == second


def soft_edges(snapshots: int, pixels: int) -> NDArray[np.float32]:
    """Probabilities (K, n, n) with a sharp moving edge, as a trained network's."""
    y, x = (np.mgrid[:pixels, :pixels] + 0.5) / pixels
    k = np.arange(snapshots)[:, None, None]
    logit = 200 * (np.hypot(x - 0.5, y - 0.4) - 0.2 - 0.002 * k) * np.cos(0.03 * k)
    return (0.5 * (1 + np.tanh(logit / 2))).astype(np.float32)


@pytest.mark.parametrize(("snapshots", "pixels"), [(1, 200), (7, 200), (123, 200), (2, 2048)])
def test_an_output_frame_is_the_given_probability(snapshots: int, pixels: int) -> None:
    probability = soft_edges(snapshots, pixels)
    layout = sprite_sheets.output_layout(pixels, snapshots)
    encoded = list(sprite_sheets.output_sheets(probability, layer=3))
    assert len(encoded) == layout.sheets
    assert sum(sheet.snapshots for sheet in encoded) == snapshots
    assert {(sheet.layer, sheet.band, sheet.suffix) for sheet in encoded} == {(3, 0, ".webp")}
    per_sheet = max(1, 1024 // pixels) ** 2
    assert [sheet.first_snapshot for sheet in encoded] == list(range(0, snapshots, per_sheet))
    sheets = [decode(sheet.data).convert("L") for sheet in encoded]
    assert max(max(sheet.size) for sheet in sheets) <= 2048
    for snapshot in {0, snapshots // 2, snapshots - 1}:
        frame = np.asarray(sprite_sheets.tile(sheets, layout, snapshot)) / 255
        error = np.abs(frame - probability[snapshot])
        assert error.mean() <= 0.01
        assert error.max() <= 0.25


def test_the_target_is_kept_to_the_pixel() -> None:
    labels = np.random.default_rng(0).random((200, 200)) < 0.5
    picture = decode(sprite_sheets.target_picture(labels))
    np.testing.assert_array_equal(np.asarray(picture.convert("L")) == 255, labels)


@pytest.mark.parametrize("colour", ["red", "#12345", "1f6feb", "#1f 6f eb ", ""])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        next(sprite_sheets.boundary_sheets(random_boundaries((1,), 1, seed=0), [colour]))


def test_what_a_film_does_not_have_is_refused() -> None:
    layout = sprite_sheets.boundary_layout((3,), 0, 4)
    with pytest.raises(IndexError, match="snapshots 0 to 3"):
        layout.locate(4, 0)
    with pytest.raises(IndexError, match="rows 0 to 3"):
        layout.locate(0, -1)
    for snapshot in (-1, 431):
        with pytest.raises(IndexError, match="snapshots 0 to 430"):
            sprite_sheets.output_layout(200, 431).locate(snapshot)
    for layer in (-1, 1):
        with pytest.raises(ValueError, match="hidden layers are 0 to 0"):
            sprite_sheets.boundary_layout((3,), layer, 4)
    for pixels in (0, 2049):
        with pytest.raises(ValueError, match="1 to 2048"):
            sprite_sheets.output_layout(pixels, 1)
    for value in (np.nan, -0.1, 1.1):
        with pytest.raises(ValueError, match="in \\[0, 1\\]"):
            next(sprite_sheets.output_sheets(np.array([[[value, 0.5], [0.5, 0.5]]]), 1))
    with pytest.raises(ValueError, match="square"):
        next(sprite_sheets.output_sheets(np.zeros((1, 4, 5)), 1))
    with pytest.raises(ValueError, match="no layer colour"):
        next(sprite_sheets.boundary_sheets(random_boundaries((1,), 1, seed=0), []))
