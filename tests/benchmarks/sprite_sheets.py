"""Encode the sprite sheets of one run in several ways: bytes and seconds on one core.

    python tests/benchmarks/sprite_sheets.py [--iterations N] [--seed 0] [--sheets 12]

Trains the run first, as `content/report.toml` says (one to two minutes; `--iterations` cuts it
short), and traces it. The last lines are what `ginn.viewer_data.sprite_sheets` itself makes of the
whole run; the tables before encode an even choice of its sheets, scaled up to the whole
run.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ginn.config.loader import load_settings
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.dataset.picture import load_picture
from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.forward import pre_activations, probability
from ginn.network.run import RecordedRun, layer_slices
from ginn.network.settings import Training
from ginn.network.training import train
from ginn.viewer_data import rasterise, sheet_layout, sprite_sheets

CONTENT = Path(__file__).parents[2] / "content"
COLOURS = ("#2f6fde", "#d43d3d", "#128a50")
Pixels = NDArray[np.uint8]


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """A list that holds the seconds of processor time once the block has ended."""
    seconds: list[float] = []
    begun = time.process_time()
    yield seconds
    seconds.append(time.process_time() - begun)


def trained(experiment: Experiment, dataset: Dataset, seed: int, iterations: int) -> RecordedRun:
    """One run, its snapshots up to `iterations`."""
    training = Training(
        experiment.widths, experiment.iterations, experiment.batch, experiment.learning_rate
    )
    recorded = [i for i in experiment.snapshots if i <= iterations]
    (run,) = train(training, dataset, [seed], recorded)
    return run


def frames(run: RecordedRun, dataset: Dataset) -> NDArray[np.float32]:
    """The output's probability (K, n, n)."""
    logits = [
        pre_activations(
            tuple(weight[k] for weight in run.weights),
            tuple(bias[k] for bias in run.biases),
            dataset.points(),
        )[-1]
        for k in range(len(run))
    ]
    shape = (len(run), dataset.pixels, dataset.pixels)
    return probability(np.stack(logits)).astype(np.float32).reshape(shape)


def chosen_sheets(boundaries: Boundaries, sheets: int) -> list[tuple[int, int]]:
    """(layer, first snapshot) of an even choice of full sheets."""
    columns = sheet_layout.boundary_layout(boundaries.widths, 0, len(boundaries)).columns
    starts = range(0, len(boundaries) - columns + 1, columns)
    every = [(layer, first) for layer in range(len(boundaries.widths)) for first in starts]
    return [every[i] for i in np.linspace(0, len(every) - 1, sheets).round().astype(int)]


def by_distance(boundaries: Boundaries, layer: int, first: int, levels: int) -> Pixels:
    """The way of `ginn.viewer_data.sprite_sheets`, with any number of levels."""
    rasterise.ALPHAS = np.linspace(0, 255, levels).astype(np.uint8)
    layout = sheet_layout.boundary_layout(boundaries.widths, layer, len(boundaries))
    neurons = layer_slices(boundaries.widths)[layer]
    segments = rasterise.segments_of(boundaries).of(neurons, first, layout.columns)
    return rasterise.draw(segments, layout, layout.columns)


def as_png(levels: Pixels, count: int, **options: Any) -> int:
    """Bytes as a palette PNG."""
    picture = Image.fromarray(levels).convert("L")
    picture.putpalette((47, 111, 222) * count)
    stream = io.BytesIO()
    bits = {2: 1, 3: 2, 4: 2, 8: 4, 16: 4}[count]
    alphas = bytes(np.linspace(0, 255, count).astype(np.uint8))
    picture.save(stream, "PNG", bits=bits, transparency=alphas, **options)
    return stream.tell()


def as_webp(levels: Pixels, count: int, **options: Any) -> int:
    """Bytes as lossless WebP."""
    picture = np.empty((*levels.shape, 4), dtype=np.uint8)
    picture[..., :3] = (47, 111, 222)
    picture[..., 3] = np.linspace(0, 255, count).astype(np.uint8)[levels]
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "WEBP", lossless=True, exact=True, **options)
    return stream.tell()


ENCODERS: list[tuple[str, Callable[..., int], dict[str, Any]]] = [
    ("palette PNG, level 6", as_png, {}),
    ("palette PNG, level 9", as_png, {"compress_level": 9}),
    ("WebP method 0, quality 60", as_webp, {"method": 0, "quality": 60}),
    ("WebP method 1, quality 50", as_webp, {"method": 1, "quality": 50}),
    ("WebP method 2, quality 60", as_webp, {"method": 2, "quality": 60}),
    ("WebP method 4, quality 50", as_webp, {"method": 4, "quality": 50}),
    ("WebP method 4, quality 75", as_webp, {"method": 4, "quality": 75}),
]


def compare_encoders(
    boundaries: Boundaries, places: Sequence[tuple[int, int]], scale: float
) -> None:
    """Bytes and seconds a run of each encoder at each number of levels."""
    print(f"{'encoded':<32}{'levels':>8}{'MB':>8}{'s':>8}")
    for count in (2, 3, 4, 8, 16):
        pictures = [by_distance(boundaries, layer, first, count) for layer, first in places]
        for name, encode, options in ENCODERS:
            with stopwatch() as seconds:
                size = sum(encode(picture, count, **options) for picture in pictures)
            print(f"{name:<32}{count:8}{size * scale / 1e6:8.2f}{seconds[0] * scale:8.2f}")


def compare_output(shown: NDArray[np.float32]) -> None:
    """Bytes, seconds and error of lossy WebP for the output's frames."""
    layout = sheet_layout.output_layout(shown.shape[1], len(shown))
    per_sheet = layout.columns**2
    grids = [
        sprite_sheets._grid(shown[first : first + per_sheet], layout)
        for first in range(0, len(shown), per_sheet)
    ]
    print(f"\n{'output':<32}{'MB':>8}{'s':>8}{'mean':>8}{'worst error of 255':>20}")
    for method in (0, 2, 4):
        for quality in (50, 70, 80, 90):
            size, worst, mean, streams = 0, 0, 0.0, []
            with stopwatch() as seconds:
                for grid in grids:
                    streams.append(io.BytesIO())
                    Image.fromarray(grid).save(streams[-1], "WEBP", method=method, quality=quality)
            for grid, stream in zip(grids, streams, strict=True):
                decoded = np.asarray(Image.open(stream).convert("L")).astype(int)
                size += len(stream.getvalue())
                error = np.abs(decoded - grid)
                worst, mean = max(worst, error.max()), mean + error.mean() / len(grids)
            name = f"WebP method {method}, quality {quality}"
            print(f"{name:<32}{size / 1e6:8.3f}{seconds[0]:8.2f}{mean:8.2f}{worst:20}")


def whole_run(boundaries: Boundaries, shown: NDArray[np.float32]) -> None:
    """What `ginn.viewer_data.sprite_sheets` makes of the run."""
    with stopwatch() as drawn:
        sheets = list(sprite_sheets.boundary_sheets(boundaries, COLOURS))
    with stopwatch() as encoded:
        outputs = list(sprite_sheets.output_sheets(shown, len(boundaries.widths)))
    for name, made, seconds in (("boundaries", sheets, drawn), ("output", outputs, encoded)):
        size = sum(len(sheet.data) for sheet in made)
        print(f"{name}: {len(made)} sheets, {size / 1e6:.2f} MB, {seconds[0]:.1f} s on one core")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=1_270_000, help="of the run, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheets", type=int, default=12, help="to compare ways with")
    arguments = parser.parse_args()
    experiment = load_settings(CONTENT / "report.toml").experiment
    dataset = load_picture(CONTENT / experiment.picture, experiment.pixels)
    run = trained(experiment, dataset, arguments.seed, arguments.iterations)
    boundaries, shown = trace(run), frames(run, dataset)
    print(f"{len(run)} snapshots of seed {run.seed}, accuracy {run.accuracy[-1]:.3f} at the last\n")
    alphas = rasterise.ALPHAS
    places = chosen_sheets(boundaries, arguments.sheets)
    columns = sheet_layout.boundary_layout(boundaries.widths, 0, len(run)).columns
    scale = len(run) / columns * len(boundaries.widths) / len(places)
    compare_encoders(boundaries, places, scale)
    compare_output(shown)
    rasterise.ALPHAS = alphas
    print("\nginn.viewer_data.sprite_sheets, the whole run")
    whole_run(boundaries, shown)


if __name__ == "__main__":
    main()
