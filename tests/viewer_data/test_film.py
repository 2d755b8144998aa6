"""A run's film: every file is where the layouts say, under a name that tells its content."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from support.runs import random_run

from ginn.analysis.outcomes import logits_at
from ginn.dataset.dataset import Dataset, Part
from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.forward import probability
from ginn.network.run import RecordedRun
from ginn.viewer_data import sprite_sheets
from ginn.viewer_data.film import film, layouts

PIXELS, SNAPSHOTS, WIDTHS = 40, 23, (3, 25)  # the wide layer takes two bands
COLOURS = ("#2f6fde", "#d43d3d")


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


def alpha(files: dict[str, bytes], name: str, x: int, y: int, size: int) -> np.ndarray:
    with Image.open(io.BytesIO(files[name])) as sheet:
        return np.asarray(sheet.convert("RGBA").crop((x, y, x + size, y + size)))[..., 3]


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("snapshot", [0, 19, 20, 22])
def test_a_neurons_tile_is_found_by_the_layouts_arithmetic_alone(
    run: RecordedRun, boundaries: Boundaries, dataset: Dataset, layer: int, snapshot: int
) -> None:
    _, files = film("seed-1", boundaries, run, COLOURS, dataset)
    where = layouts(run, PIXELS, list(files))["layers"][layer]
    for neuron in range(WIDTHS[layer]):
        row = 1 + neuron
        bands = -(-where["rows"] // where["rows_per_band"])
        name = where["files"][snapshot // where["columns"] * bands + row // where["rows_per_band"]]
        tile = where["tile"]
        x, y = snapshot % where["columns"] * tile, row % where["rows_per_band"] * tile
        ink = alpha(files, name, x, y, tile) > 0
        lines = boundaries.polylines(snapshot, sum(WIDTHS[:layer]) + neuron)
        assert ink.any() == bool(lines)
        for line in lines:
            # Inked pixels lie within the line's bounding box, and reach all four of its sides.
            rows, columns = np.nonzero(ink)
            low, high = line.vertices.min(axis=0) * tile, line.vertices.max(axis=0) * tile
            assert columns.min() <= low[0] + 2
            assert columns.max() >= high[0] - 3
            assert rows.min() <= low[1] + 2
            assert rows.max() >= high[1] - 3


def test_an_output_frame_is_the_probability_at_that_snapshot(
    run: RecordedRun, boundaries: Boundaries, dataset: Dataset
) -> None:
    _, files = film("seed-1", boundaries, run, COLOURS, dataset)
    where = layouts(run, PIXELS, list(files))["output"]
    columns, tile = where["columns"], where["tile"]
    for snapshot in (0, 7, 22):
        name = where["files"][snapshot // columns**2]
        with Image.open(io.BytesIO(files[name])) as sheet:
            x, y = snapshot % columns * tile, snapshot // columns % columns * tile
            frame = np.asarray(sheet.convert("L").crop((x, y, x + tile, y + tile))) / 255
        expected = probability(logits_at(run, snapshot, dataset))
        assert np.abs(frame - expected).mean() < 0.03


def test_names_tell_the_content_and_belong_to_the_run(
    run: RecordedRun, boundaries: Boundaries, dataset: Dataset
) -> None:
    name, files = film("seed-1", boundaries, run, COLOURS, dataset)
    _, others = film("seed-1", boundaries, run, COLOURS[::-1], dataset)
    assert name == "seed-1"
    assert all(file.startswith("seed-1/") for file in files)
    shared = set(files) & set(others)
    assert shared == {file for file in files if "/sheet-02-" in file}
    assert all(files[file] == others[file] for file in shared)
    laid = layouts(run, PIXELS, list(files))
    listed = [file for each in (*laid["layers"], laid["output"]) for file in each["files"]]
    assert sorted(listed) == sorted(files)
    assert (
        len(laid["layers"][1]["files"])
        == sprite_sheets.boundary_layout(WIDTHS, 1, SNAPSHOTS).sheets
    )
