"""The sprite sheets of a run: pictures of its boundaries and its output at every snapshot.

`sheet_layout` has the place of each tile on a sheet, and `rasterise` draws the boundaries. Lossless
WebP at a low effort is a third smaller than a palette PNG, and takes three seconds more a run.
`git show 63f73d8:tests/benchmarks/sprite_sheets.py` compares them.

Axes: K snapshots, n pixels a side.
"""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ginn.dataset.dataset import Dataset
from ginn.files import hashed
from ginn.geometry.boundaries import Boundaries
from ginn.network.forward import probability
from ginn.network.logits import logits
from ginn.network.run import RecordedRun, layer_slices, run_id
from ginn.viewer_data.rasterise import ALPHAS, Levels, draw, segments_of
from ginn.viewer_data.sheet_layout import (
    OutputLayout,
    SheetPart,
    boundary_layout,
    boundary_parts,
    output_layout,
    output_parts,
)

# In a stored set of sheets, the entry that lists the names of the others.
NAMES = "names.json"
# WebP's quality and method for a sheet of boundaries. Those of a draft take half the time.
EFFORT, DRAFT_EFFORT = (60, 2), (0, 1)


@dataclass(frozen=True)
class Sheet:
    """One encoded sheet, a WebP picture.

    `layer` counts hidden layers from 0. The output has the next number, the network's depth.
    """

    layer: int
    part: SheetPart
    data: bytes


@dataclass(frozen=True)
class RunSheets:
    """All sheets of one run.

    `names` are the files' names relative to the data folder: for each hidden layer, and then for
    the output, the names of its sheets in the layout's order. `files` is name -> content.
    """

    names: tuple[tuple[str, ...], ...]
    files: Mapping[str, bytes]


def run_sheets(
    boundaries: Boundaries,
    run: RecordedRun,
    colours: Sequence[str],
    dataset: Dataset,
    draft: bool = False,
) -> RunSheets:
    """All sheets of a run, under content-hashed names. Those of a draft have more bytes.

    `colours` are as in `boundary_sheets`, and so are the reasons for a ValueError.
    """
    depth = len(run.widths)
    names: list[list[str]] = [[] for _ in range(depth + 1)]
    files = {}
    for sheets in (
        boundary_sheets(boundaries, colours, DRAFT_EFFORT if draft else EFFORT),
        output_sheets(_white(run, dataset), depth),
    ):
        for sheet in sheets:
            first, band = sheet.part.snapshots.start, sheet.part.band
            place = f"{sheet.layer:02d}-{first:04d}-{band:02d}"
            name = hashed(f"{run_id(run.seed)}/sheet-{place}.webp", sheet.data)
            names[sheet.layer].append(name)
            files[name] = sheet.data
    return RunSheets(tuple(map(tuple, names)), files)


def sheets_as_files(sheets: RunSheets) -> dict[str, bytes]:
    """The sheets as named files, to be stored; `sheets_from_files` is the inverse."""
    return {NAMES: json.dumps(sheets.names).encode(), **sheets.files}


def sheets_from_files(files: Mapping[str, bytes]) -> RunSheets:
    """The sheets that `sheets_as_files` stored as these files."""
    names = tuple(map(tuple, json.loads(files[NAMES])))
    return RunSheets(names, {name: files[name] for layer in names for name in layer})


def layouts_as_json(
    sheets: RunSheets, widths: tuple[int, ...], snapshots: int, pixels: int
) -> dict[str, Any]:
    """The layouts of a run's sheets and the names of their files, as the viewer reads them."""
    *layers, output = (list(names) for names in sheets.names)
    of_layers = [
        {**dataclasses.asdict(boundary_layout(widths, layer, snapshots)), "files": names}
        for layer, names in enumerate(layers)
    ]
    of_output = {**dataclasses.asdict(output_layout(pixels, snapshots)), "files": output}
    return {"layers": of_layers, "output": of_output}


def boundary_sheets(
    boundaries: Boundaries, colours: Sequence[str], effort: tuple[int, int] = EFFORT
) -> Iterator[Sheet]:
    """Every sheet of every hidden layer of a run, layer by layer, in the layouts' order.

    `colours` are `#rrggbb`, one a layer; they repeat if there are more layers. Raises ValueError if
    there is no colour, or if one has another form.
    """
    palette = [_rgb(colour) for colour in colours]
    if not palette:
        raise ValueError("no layer colour found; give at least one, such as '#1f6feb'")
    segments = segments_of(boundaries)
    for layer, neurons in enumerate(layer_slices(boundaries.widths)[:-1]):
        layout = boundary_layout(boundaries.widths, layer, len(boundaries))
        rgb = palette[layer % len(palette)]
        height = layout.rows_per_band * layout.tile
        for snapshots, parts in itertools.groupby(boundary_parts(layout), lambda p: p.snapshots):
            columns = len(snapshots)
            levels = draw(segments.of(neurons, snapshots.start, columns), layout, columns)
            for part in parts:
                sheet = levels[part.band * height : (part.band + 1) * height]
                yield Sheet(layer, part, _encode_levels(sheet, rgb, effort))


def output_sheets(probability: NDArray[np.floating[Any]], layer: int) -> Iterator[Sheet]:
    """Every sheet of the output: `probability` (K, n, n) of white in [0, 1] as lossy grey WebP.

    `layer` is the number in the sheets' names: the network's depth. Raises ValueError if the frames
    are not square, or if a value is not a probability.
    """
    snapshots, height, pixels = probability.shape
    if height != pixels:
        raise ValueError(f"output frames of {height} x {pixels} found; they must be square")
    layout = output_layout(pixels, snapshots)
    for part in output_parts(layout):
        frames = probability[part.snapshots.start : part.snapshots.stop]
        yield Sheet(layer, part, _encode_grey(_grid(frames, layout)))


def target_picture(labels: NDArray[np.bool_]) -> bytes:
    """The target as a PNG of one bit a pixel: `labels` (n, n), True for white."""
    return _encode(labels, "PNG")


def _white(run: RecordedRun, dataset: Dataset) -> NDArray[np.float32]:
    """The probability of white at every snapshot and pixel, (K, n, n)."""
    points = dataset.points()
    found = (logits(*run.at(k), points) for k in range(len(run)))
    frames = [probability(logit).astype(np.float32) for logit in found]
    return np.stack(frames).reshape(-1, *dataset.labels.shape)


def _grid(frames: NDArray[np.floating[Any]], layout: OutputLayout) -> NDArray[np.uint8]:
    """Frames (F, n, n) in [0, 1] as one grey sheet, row by row. The rest of the sheet is black."""
    low, high = float(frames.min()), float(frames.max())
    if not (low >= 0.0 and high <= 1.0):
        raise ValueError(f"probabilities from {low} to {high} found; they must be in [0, 1]")
    columns = min(layout.columns, len(frames))
    rows = -(-len(frames) // columns)
    grey = np.zeros((rows * columns, layout.tile, layout.tile), dtype=np.uint8)
    grey[: len(frames)] = np.rint(frames * 255.0)
    grid = grey.reshape(rows, columns, layout.tile, layout.tile).swapaxes(1, 2)
    return grid.reshape(rows * layout.tile, columns * layout.tile)


def _encode_levels(levels: Levels, rgb: tuple[int, int, int], effort: tuple[int, int]) -> bytes:
    """Levels of ink in one colour on a transparent background, as lossless WebP."""
    colours = np.array([[*rgb, alpha] for alpha in ALPHAS], dtype=np.uint8)  # (levels, 4)
    # One number for each pixel is copied, not four.
    picture = colours.view(np.uint32)[:, 0][levels].view(np.uint8).reshape(*levels.shape, 4)
    quality, method = effort
    return _encode(picture, "WEBP", lossless=True, exact=True, quality=quality, method=method)


def _encode_grey(grey: NDArray[np.uint8]) -> bytes:
    """A grey sheet as lossy WebP."""
    return _encode(grey, "WEBP", quality=80, method=4)


def _encode(pixels: NDArray[np.uint8] | NDArray[np.bool_], kind: str, **options: Any) -> bytes:
    """The bytes of a picture file of that kind."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def _rgb(colour: str) -> tuple[int, int, int]:
    """The red, green and blue of `#rrggbb`."""
    if not re.fullmatch("#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"colour {colour!r} found; write it as '#rrggbb'")
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
