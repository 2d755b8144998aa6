"""The minibatches of each seed, from a random stream of its own.

Axes: S seeds, B items of a minibatch, P pixels, T iterations.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ginn.dataset.dataset import Dataset

# Initial weights and minibatches of one seed must not come from the same stream.
MINIBATCH_STREAM = 1 << 32


class Minibatches:
    """Minibatches for each seed, drawn with replacement from the pixels of the domain."""

    def __init__(self, dataset: Dataset, batch: int, seeds: Sequence[int]) -> None:
        """Start the stream of each seed."""
        x, y = torch.from_numpy(dataset.points().astype(np.float32)).T
        labels = torch.from_numpy(dataset.labels.reshape(-1).astype(np.float32))
        self.items = torch.stack([x, y, torch.ones_like(x), labels])  # (4, P)
        self.batch = batch
        self.generators = [torch.Generator().manual_seed(MINIBATCH_STREAM + s) for s in seeds]

    def draw(self, iterations: int) -> tuple[Tensor, Tensor]:
        """The next T = `iterations` minibatches: inputs (T, S, 3, B) as x, y, 1; labels (T, S, B).

        Both are float32.
        """
        shape = (iterations, self.batch)
        pixels = torch.stack(
            [
                torch.randint(self.items.shape[1], shape, generator=generator, dtype=torch.int32)
                for generator in self.generators
            ],
            dim=1,
        )  # (T, S, B)
        items = self.items.index_select(1, pixels.view(-1)).view(4, *pixels.shape)  # (4, T, S, B)
        return items[:3].movedim(0, 2), items[3]
