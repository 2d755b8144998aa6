"""The weights and biases with which the networks of a training start.

Axes: S seeds, N parameters, laid out as in `layout`: layer by layer, unit by unit, bias last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from ginn.network.layout import Layout
from ginn.network.run import Float32, Start

BITS = 24  # random bits of a parameter, as many as a float32 holds


def initial_parameters(layout: Layout, seeds: Sequence[int]) -> Float32:
    """The initial parameters (S, N) of each seed.

    They have the distribution of `torch.nn.Linear`: uniform between -1 / sqrt(inputs) and
    1 / sqrt(inputs), for weights and biases. `torch.nn.Linear` itself draws other numbers on a
    processor with other vectors. Here torch draws integers, and one multiplication scales them.
    """
    return np.stack([_drawn(layout, seed) for seed in seeds])


def _drawn(layout: Layout, seed: int) -> Float32:
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for layer in layout.layers:
        size = (layer.units * layer.row,)
        integers = torch.randint(1 << BITS, size, generator=generator, dtype=torch.int64).numpy()
        # The middle of one of 2^24 equal parts of the interval from -1 to 1.
        uniform = (2 * integers + 1 - (1 << BITS)) / (1 << BITS)
        layers.append(uniform * (1.0 / math.sqrt(layer.inputs)))
    return np.concatenate(layers).astype(np.float32)


def parameters_from(layout: Layout, start: Start) -> Float32:
    """The parameters (S, N) of the networks of `start`.

    Raises ValueError if their shapes are not those of the network to be trained.
    """
    given = zip(start.weights, start.biases, strict=True)
    arrays = [np.concatenate([weight, bias[..., None]], axis=-1) for weight, bias in given]
    found = [array.shape[1:] for array in arrays]
    allowed = [(layer.units, layer.row) for layer in layout.layers]
    if found != allowed:
        raise ValueError(
            f"the start's layers, biases as a last column, are {found}; allowed: {allowed}, that "
            "is (out, in + 1); give networks of the training's widths"
        )
    flat = [array.reshape(len(array), -1) for array in arrays]
    return np.concatenate(flat, axis=1).astype(np.float32)


def weights_and_biases(
    layout: Layout, parameters: Float32
) -> tuple[tuple[Float32, ...], tuple[Float32, ...]]:
    """The weights (..., out, in) and biases (..., out) of each layer of parameters (..., N)."""
    weights, biases = [], []
    for layer in layout.layers:
        flat = parameters[..., layer.offset : layer.offset + layer.units * layer.row]
        rows = flat.reshape(*parameters.shape[:-1], layer.units, layer.row)
        weights.append(rows[..., :-1].copy())
        biases.append(rows[..., -1].copy())
    return tuple(weights), tuple(biases)
