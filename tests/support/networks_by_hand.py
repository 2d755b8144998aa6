"""Networks in which the truth is known, for the tests of the measures."""

from __future__ import annotations

from typing import Any

import numpy as np

from ginn.dataset.dataset import Dataset, Part
from ginn.network.run import RecordedRun

Layer = tuple[Any, Any]

# Passes x and y on unchanged: both are above zero within the domain.
IDENTITY: Layer = ([[1, 0], [0, 1]], [0, 0])


def run_of(*states: list[Layer], seed: int = 0, spacing: int = 10) -> RecordedRun:
    """A run whose snapshots are `states`: for each a list of (weights, biases), output last."""
    layers = range(len(states[0]))
    count = len(states)
    return RecordedRun(
        seed=seed,
        iterations=np.arange(count, dtype=np.int64) * spacing,
        weights=tuple(
            np.array([s[layer][0] for s in states], dtype=np.float32) for layer in layers
        ),
        biases=tuple(np.array([s[layer][1] for s in states], dtype=np.float32) for layer in layers),
        loss=np.zeros(count),
        accuracy=np.zeros(count),
        learning_rate=np.full(count, 1e-3),
    )


def halves(pixels: int = 20, left_white: bool = False) -> Dataset:
    """A picture in two halves of different colour, `left` and `right`."""
    left = np.zeros((pixels, pixels), dtype=np.bool_)
    left[:, : pixels // 2] = True
    labels = left if left_white else ~left
    return Dataset(labels, (Part("left", left_white, left), Part("right", not left_white, ~left)))


def threshold(x: float, on_to_the_right: bool = True) -> Layer:
    """Rows for one neuron on (x, y): on to one side of a vertical line."""
    sign = 1.0 if on_to_the_right else -1.0
    return [sign, 0.0], -sign * x


def layer_of(*neurons: Layer) -> Layer:
    """A layer from its neurons' rows and biases."""
    return [row for row, _ in neurons], [bias for _, bias in neurons]
