"""Train the networks of `trained_snapshots.npz`: python tests/data/make_trained_snapshots.py FILE.

The picture is a black bottle with a white diamond, coarse but with the corners of the real one. The
network has 16-16-16 hidden units; Adam's learning rate is annealed to zero. This is plain PyTorch,
so that the fixture does not change when `ginn.network` does.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

WIDTHS = (16, 16, 16)
ITERATIONS = 60_000
KEPT = (0, 50, 1_000, 8_000, 30_000, 60_000)
PIXELS = 200


def bottle() -> tuple[torch.Tensor, torch.Tensor]:
    """Pixel centres (P, 2) and labels (P,), 1 for white."""
    centre = (np.arange(PIXELS) + 0.5) / PIXELS
    y, x = np.meshgrid(centre, centre, indexing="ij")
    shoulder = np.interp(y, [0.18, 0.275], [0.067, 0.236])
    half_width = np.where(y < 0.117, 0.08, np.where(y < 0.18, 0.067, shoulder))
    body = (np.abs(x - 0.5) < half_width) & (y > 0.014) & (y < 0.983)
    distance = np.abs(x - 0.5) + np.abs(y - 0.617)
    label_white = (distance < 0.179) | ((distance > 0.195) & (distance < 0.221))
    white = ~body | label_white
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    return (
        torch.tensor(points, dtype=torch.float32),
        torch.tensor(white.ravel(), dtype=torch.float32),
    )


def main(path: Path, kept: tuple[int, ...], seed: int = 3) -> None:
    """Train once and write weights and biases of the kept iterations."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    points, labels = bottle()
    sizes = (2, *WIDTHS, 1)
    linears = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    layers = [module for linear in linears for module in (linear, torch.nn.ReLU())][:-1]
    network = torch.nn.Sequential(*layers)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, ITERATIONS)
    states: list[list[np.ndarray]] = []
    for iteration in range(ITERATIONS + 1):
        if iteration in kept:
            states.append([p.detach().numpy().copy() for p in network.parameters()])
        batch = torch.randint(len(points), (512,))
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            network(points[batch])[:, 0], labels[batch]
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    arrays = {"iterations": np.array(kept)}
    for layer in range(len(linears)):
        arrays[f"weights{layer}"] = np.stack([state[2 * layer] for state in states])
        arrays[f"biases{layer}"] = np.stack([state[2 * layer + 1] for state in states])
    with torch.no_grad():
        accuracy = ((network(points)[:, 0] > 0) == (labels > 0)).float().mean()
    print(f"accuracy {accuracy:.4f}")
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]), KEPT)
