"""Draw and encode the sprite sheets of one run: bytes and seconds on one core.

    python tests/benchmarks/sprite_sheets.py [--iterations N] [--seed 0]

Trains the run first, as `content/report.toml` says (one to two minutes; `--iterations` cuts it
short), and traces it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
from numpy.typing import NDArray

from ginn.config.loader import load_settings
from ginn.config.models import Experiment
from ginn.dataset.dataset import Dataset
from ginn.dataset.picture import load_picture
from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.forward import pre_activations, probability
from ginn.network.run import RecordedRun
from ginn.network.settings import Training
from ginn.network.training import train
from ginn.viewer_data import sprite_sheets

CONTENT = Path(__file__).parents[2] / "content"
COLOURS = ("#2f6fde", "#d43d3d", "#128a50")


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
    arguments = parser.parse_args()
    experiment = load_settings(CONTENT / "report.toml").experiment
    dataset = load_picture(CONTENT / experiment.picture, experiment.pixels)
    run = trained(experiment, dataset, arguments.seed, arguments.iterations)
    boundaries, shown = trace(run), frames(run, dataset)
    print(f"{len(run)} snapshots of seed {run.seed}, accuracy {run.accuracy[-1]:.3f} at the last\n")
    whole_run(boundaries, shown)


if __name__ == "__main__":
    main()
