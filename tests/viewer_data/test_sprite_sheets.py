"""Sprite sheets, judged from the files: decoded, cut by the documented arithmetic, compared with
the boundaries and the probabilities.

| what | bound | reason |
| --- | --- | --- |
| a pixel's ink to its distance from the boundary | half a level | four levels of ink |
| output frame to the given probability | .01 mean, .25 worst | lossy WebP across hard edges |
"""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from support.drawn_boundaries import (
    EDGES,
    assert_ink_is_the_boundary,
    boundaries_of,
    random_boundaries,
    segments_px,
)
from support.runs import random_run
from support.sheet_tiles import locate, sheet_count, tile

from ginn.dataset.dataset import Dataset, Part
from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.forward import pre_activations, probability
from ginn.network.run import Float64, RecordedRun
from ginn.viewer_data import sprite_sheets
from ginn.viewer_data.sheet_layout import (
    BoundaryLayout,
    OutputLayout,
    boundary_layout,
    output_layout,
)
from ginn.viewer_data.sprite_sheets import RunSheets, layouts_as_json, run_sheets

COLOURS = ["#1f6feb", "#cf222e", "#1a7f37"]


def decode(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def decoded(boundaries: Boundaries, layer: int) -> list[Image.Image]:
    """The decoded sheets of one layer."""
    sheets = sprite_sheets.boundary_sheets(boundaries, COLOURS)
    return [decode(sheet.data).convert("RGBA") for sheet in sheets if sheet.layer == layer]


def levels(picture: Image.Image) -> NDArray[np.uint8]:
    """The levels of ink of a tile, 0 to 3."""
    alpha = np.asarray(picture)[..., 3]
    assert not (alpha % 85).any()
    return np.asarray(alpha // 85, dtype=np.uint8)


def test_boundary_sheets_tile_found_by_arithmetic_has_the_ink_of_its_neuron() -> None:
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
        layout = boundary_layout(widths, layer, snapshots)
        sheets = decoded(boundaries, layer)
        for k, n in itertools.product((0, 18, 19, 20), range(widths[layer])):
            picture = tile(sheets, layout, k, 1 + n)
            assert_ink_is_the_boundary(levels(picture), segments_px(boundaries, k, [first + n]))


def test_boundary_sheets_have_the_colour_of_their_layer_and_colours_repeat() -> None:
    boundaries = random_boundaries((2, 2, 2, 2), 1, seed=1)
    for layer, colour in enumerate([*COLOURS, COLOURS[0]]):
        pixels = np.asarray(decoded(boundaries, layer)[0])
        rgb = {tuple(pixel) for pixel in np.unique(pixels[..., :3].reshape(-1, 3), axis=0)}
        assert rgb == {tuple(bytes.fromhex(colour[1:]))}


def test_boundary_sheets_are_in_the_order_of_the_layout_and_within_2048_px() -> None:
    widths, snapshots = (1, 19, 20, 40), 41
    boundaries = boundaries_of(widths, snapshots, {})
    sheets = list(sprite_sheets.boundary_sheets(boundaries, COLOURS))
    for layer, width in enumerate(widths):
        layout = boundary_layout(widths, layer, snapshots)
        own = [sheet for sheet in sheets if sheet.layer == layer]
        assert len(own) == sheet_count(layout)
        assert sum(len(sheet.part.snapshots) for sheet in own) == layout.bands * snapshots
        for index, sheet in enumerate(own):
            size = decode(sheet.data).size
            assert max(size) <= 2048
            assert size[0] == 100 * len(sheet.part.snapshots)
            row = sheet.part.band * layout.rows_per_band
            assert locate(layout, sheet.part.snapshots[0], row) == (index, 0, 0)
            last_row = min(row + layout.rows_per_band, 1 + width) - 1
            assert locate(layout, sheet.part.snapshots[-1], last_row) == (
                index,
                size[0] - 100,
                size[1] - 100,
            )


def test_boundary_sheets_of_the_same_boundaries_are_the_same_bytes() -> None:
    boundaries = random_boundaries((5,), 3, seed=9)
    first, second = (list(sprite_sheets.boundary_sheets(boundaries, COLOURS)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("colour", ["red", "#12345", "1f6feb", "#1f 6f eb ", ""])
def test_boundary_sheets_colour_written_otherwise_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        next(sprite_sheets.boundary_sheets(boundaries_of((1,), 1, {}), [colour]))


def test_boundary_sheets_without_a_colour_are_refused() -> None:
    with pytest.raises(ValueError, match="no layer colour"):
        next(sprite_sheets.boundary_sheets(boundaries_of((1,), 1, {}), []))


def soft_edges(snapshots: int, pixels: int) -> NDArray[np.float32]:
    """Probabilities (K, n, n) with a sharp moving edge, as a trained network's."""
    y, x = (np.mgrid[:pixels, :pixels] + 0.5) / pixels
    k = np.arange(snapshots)[:, None, None]
    logit = 200 * (np.hypot(x - 0.5, y - 0.4) - 0.2 - 0.002 * k) * np.cos(0.03 * k)
    return (0.5 * (1 + np.tanh(logit / 2))).astype(np.float32)


@pytest.mark.parametrize(("snapshots", "pixels"), [(1, 200), (7, 200), (60, 200), (1, 2048)])
def test_output_sheets_frame_is_the_given_probability(snapshots: int, pixels: int) -> None:
    white = soft_edges(snapshots, pixels)
    layout = output_layout(pixels, snapshots)
    encoded = list(sprite_sheets.output_sheets(white, layer=3))
    assert len(encoded) == sheet_count(layout)
    assert sum(len(sheet.part.snapshots) for sheet in encoded) == snapshots
    assert {(sheet.layer, sheet.part.band) for sheet in encoded} == {(3, 0)}
    per_sheet = max(1, 1024 // pixels) ** 2
    assert [sheet.part.snapshots.start for sheet in encoded] == list(range(0, snapshots, per_sheet))
    sheets = [decode(sheet.data).convert("L") for sheet in encoded]
    assert max(max(sheet.size) for sheet in sheets) <= 2048
    for snapshot in {0, snapshots // 2, snapshots - 1}:
        frame = np.asarray(tile(sheets, layout, snapshot)) / 255
        error = np.abs(frame - white[snapshot])
        assert error.mean() <= 0.01
        assert error.max() <= 0.25


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.1])
def test_output_sheets_value_that_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="in \\[0, 1\\]"):
        next(sprite_sheets.output_sheets(np.array([[[value, 0.5], [0.5, 0.5]]]), 1))


def test_output_sheets_frames_that_are_not_square_are_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        next(sprite_sheets.output_sheets(np.zeros((1, 4, 5)), 1))


def test_target_picture_is_the_labels_to_the_pixel() -> None:
    labels = np.random.default_rng(0).random((200, 200)) < 0.5
    picture = decode(sprite_sheets.target_picture(labels))
    np.testing.assert_array_equal(np.asarray(picture.convert("L")) == 255, labels)


# --- all sheets of a run ---------------------------------------------------------------------

PIXELS, SNAPSHOTS, WIDTHS = 40, 23, (3, 25)  # the wide layer takes two bands


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return random_run(WIDTHS, SNAPSHOTS)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    white = np.zeros((PIXELS, PIXELS), dtype=bool)
    white[:, 20:] = True
    return Dataset(white, (Part("left", False, ~white), Part("right", True, white)))


@pytest.fixture(scope="module")
def boundaries(run: RecordedRun) -> Boundaries:
    return trace(run)


@pytest.fixture(scope="module")
def sheets(run: RecordedRun, boundaries: Boundaries, dataset: Dataset) -> RunSheets:
    return run_sheets(boundaries, run, COLOURS, dataset)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("snapshot", [0, 19, 20, 22])
def test_run_sheets_tile_of_a_neuron_is_where_the_layout_in_json_says(
    boundaries: Boundaries, sheets: RunSheets, layer: int, snapshot: int
) -> None:
    where = layouts_as_json(sheets, WIDTHS, SNAPSHOTS, PIXELS)["layers"][layer]
    names = where.pop("files")
    layout = BoundaryLayout(**where)
    pictures = [decode(sheets.files[name]).convert("RGBA") for name in names]
    for neuron in range(WIDTHS[layer]):
        found = levels(tile(pictures, layout, snapshot, 1 + neuron))
        segments = segments_px(boundaries, snapshot, [sum(WIDTHS[:layer]) + neuron])
        assert_ink_is_the_boundary(found, segments)


def test_run_sheets_output_frame_is_the_probability_at_its_snapshot(
    run: RecordedRun, sheets: RunSheets, dataset: Dataset
) -> None:
    where = layouts_as_json(sheets, WIDTHS, SNAPSHOTS, PIXELS)["output"]
    pictures = [decode(sheets.files[name]).convert("L") for name in where.pop("files")]
    for snapshot in (0, 7, 22):
        frame = np.asarray(tile(pictures, OutputLayout(**where), snapshot)) / 255
        logit = pre_activations(*run.at(snapshot), dataset.points())[-1]
        expected = probability(logit).reshape(PIXELS, PIXELS)
        assert np.abs(frame - expected).mean() < 0.03


def test_run_sheets_of_a_draft_show_the_same_with_less_effort(
    run: RecordedRun, boundaries: Boundaries, dataset: Dataset, sheets: RunSheets
) -> None:
    draft = run_sheets(boundaries, run, COLOURS, dataset, draft=True)
    for names, others in zip(sheets.names, draft.names, strict=True):
        for name, other in zip(names, others, strict=True):
            shown, drawn = (decode(each.files[n]) for each, n in ((sheets, name), (draft, other)))
            assert shown.convert("RGBA").tobytes() == drawn.convert("RGBA").tobytes()
    # Less effort gives other bytes, and so other names.
    assert not {*sheets.names[0]} & {*draft.names[0]}


def test_run_sheets_names_change_with_the_content_and_belong_to_the_run(
    run: RecordedRun, boundaries: Boundaries, dataset: Dataset, sheets: RunSheets
) -> None:
    others = run_sheets(boundaries, run, COLOURS[::-1], dataset)
    assert all(name.startswith("seed-7/") for name in sheets.files)
    # The first layer has another colour, the second the same, and the output none.
    assert not set(sheets.names[0]) & set(others.names[0])
    assert sheets.names[1:] == others.names[1:]
    listed = [name for names in sheets.names for name in names]
    assert sorted(listed) == sorted(sheets.files)
    assert len(sheets.names[1]) == sheet_count(boundary_layout(WIDTHS, 1, SNAPSHOTS))


def test_sheets_from_files_gives_back_the_sheets(sheets: RunSheets) -> None:
    assert sprite_sheets.sheets_from_files(sprite_sheets.sheets_as_files(sheets)) == sheets
