"""Time the batched training step against one seed trained the ordinary way, in turn.

    python tests/benchmarks/training.py [--seeds 16] [--iterations 8000] [--rounds 5]

Both train the same 2-16-16-16-1 networks on the same pixels with the same learning rates, on one
core. The ordinary way is `nn.Sequential`, autograd, `optim.Adam` and a cosine scheduler, one
minibatch an iteration. Rounds alternate, so that a change in the machine's speed meets both.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from pathlib import Path

import torch
from torch import nn

from ginn.config.loader import load_settings
from ginn.dataset.dataset import Dataset
from ginn.dataset.picture import load_picture
from ginn.network.settings import Training
from ginn.network.training import train

CONTENT = Path(__file__).parents[2] / "content"


def ordinary_way(training: Training, dataset: Dataset, iterations: int) -> None:
    """Train one seed as a tutorial would."""
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(),
        nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1),
    )  # fmt: skip
    optimiser = torch.optim.Adam(network.parameters(), lr=training.learning_rate)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, training.iterations)
    points = torch.from_numpy(dataset.points()).float()
    labels = torch.from_numpy(dataset.labels.reshape(-1)).float()
    cross_entropy = nn.BCEWithLogitsLoss()
    for _ in range(iterations):
        pixels = torch.randint(len(points), (training.batch,))
        optimiser.zero_grad()
        loss = cross_entropy(network(points[pixels])[:, 0], labels[pixels])
        loss.backward()
        optimiser.step()
        scheduler.step()


def main() -> None:
    """Print microseconds a run and iteration for both, and their ratio round by round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=16, help="seeds in one batched step")
    parser.add_argument("--iterations", type=int, default=8000, help="of the batched way, a round")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    experiment = load_settings(CONTENT / "report.toml").experiment
    dataset = load_picture(CONTENT / experiment.picture, experiment.pixels)
    training = Training((16, 16, 16), experiment.iterations, 128, experiment.learning_rate)
    seeds = range(arguments.seeds)
    ordinary_iterations = max(arguments.iterations // 4, 1)
    ordinary_way(training, dataset, 200)
    train(training, dataset, seeds, [0, 200])

    ours, theirs = [], []
    for _ in range(arguments.rounds):
        start = time.perf_counter()
        train(training, dataset, seeds, [0, arguments.iterations])
        middle = time.perf_counter()
        ordinary_way(training, dataset, ordinary_iterations)
        end = time.perf_counter()
        ours.append((middle - start) / arguments.iterations / arguments.seeds * 1e6)
        theirs.append((end - middle) / ordinary_iterations * 1e6)
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]

    print(f"{platform.processor() or platform.machine()}, torch {torch.__version__}, one thread")
    print(f"microseconds a run and iteration, median of {arguments.rounds} rounds (least, most)")
    for name, values in (
        ("ordinary way, one seed", theirs),
        (f"this loop, {arguments.seeds} seeds", ours),
        ("ratio", ratios),
    ):
        middle = statistics.median(values)
        print(f"  {name:<26} {middle:8.1f}  ({min(values):.1f}, {max(values):.1f})")


if __name__ == "__main__":
    main()
