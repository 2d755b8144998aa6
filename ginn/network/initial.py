"""The weights and biases with which the networks of a training start.

Axes: S seeds, N parameters, laid out as in `layout`: layer by layer, unit by unit, bias last;
P points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from ginn.network.forward import pre_activations
from ginn.network.layout import Layout
from ginn.network.run import Float32, Float64, Start
from ginn.network.settings import Bias

BITS = 24  # random bits of a parameter, as many as the significand of a float32 has


def initial_parameters(
    layout: Layout, seeds: Sequence[int], scale: float = 1.0, bias: Bias = "uniform"
) -> Float32:
    """The initial parameters (S, N) of each seed.

    They have the distribution of `torch.nn.Linear`: uniform between -1 / sqrt(inputs) and
    1 / sqrt(inputs), for weights and biases, times `scale`. `torch.nn.Linear` itself draws other
    numbers on a processor with vectors of another width. Here torch draws integers, which are then
    scaled. With the `bias` "zero", all biases are zero. With "covering", each neuron has a random
    point of the picture on its boundary. A seed has the same weights with every `bias`.
    """
    return np.stack([_drawn(layout, seed, scale, bias) for seed in seeds])


def _drawn(layout: Layout, seed: int, scale: float, bias: Bias) -> Float32:
    generator = torch.Generator().manual_seed(seed)
    layers = []
    for layer in layout.layers:
        uniform = _uniform(generator, layer.units * layer.row)
        layers.append(uniform * (scale * (1.0 / math.sqrt(layer.inputs))))
    parameters = np.concatenate(layers).astype(np.float32)
    if bias == "uniform":
        return parameters
    weights, _ = weights_and_biases(layout, parameters)
    if bias == "zero":
        biases = [np.zeros(layer.units, np.float32) for layer in layout.layers]
    else:
        neurons = sum(layer.units for layer in layout.layers)
        points = (_uniform(generator, 2 * neurons).reshape(-1, 2) + 1.0) / 2.0
        biases = _biases_through(weights, points)
    found = _flattened([weight[None] for weight in weights], [each[None] for each in biases])
    return found.reshape(-1)


def _uniform(generator: torch.Generator, count: int) -> Float64:
    """Random numbers (count,), each the middle of one of 2^24 equal parts from -1 to 1."""
    size = (count,)
    integers = torch.randint(1 << BITS, size, generator=generator, dtype=torch.int64).numpy()
    uniform: Float64 = (2 * integers + 1 - (1 << BITS)) / (1 << BITS)
    return uniform


def _biases_through(weights: Sequence[Float32], points: Float64) -> list[Float32]:
    """The biases with which each neuron's pre-activation is zero at its point (P, 2).

    P is the number of all neurons, the output included. The error is that of a float32 bias.
    """
    biases: list[Float32] = []
    first = 0
    for depth, weight in enumerate(weights):
        units = len(weight)
        own = points[first : first + units]
        unbiased = (*biases, np.zeros(units, np.float32))
        values = pre_activations(tuple(weights[: depth + 1]), unbiased, own)[-1]  # (units, units)
        biases.append((0.0 - np.diagonal(values)).astype(np.float32))
        first += units
    return biases


def parameters_from(layout: Layout, start: Start) -> Float32:
    """The parameters (S, N) of the networks of `start`.

    Raises ValueError if their shapes are not those of the network to be trained.
    """
    found = [(*weight.shape[1:-1], weight.shape[-1] + 1) for weight in start.weights]
    allowed = [(layer.units, layer.row) for layer in layout.layers]
    if found != allowed:
        raise ValueError(
            f"the start's layers, biases as a last column, are {found}; allowed: {allowed}, that "
            "is (out, in + 1); give networks of the training's widths"
        )
    return _flattened(start.weights, start.biases)


def _flattened(weights: Sequence[Float32], biases: Sequence[Float32]) -> Float32:
    """Weights (S, out, in) and biases (S, out) of each layer as parameters (S, N)."""
    pairs = zip(weights, biases, strict=True)
    layers = [np.concatenate([weight, bias[..., None]], axis=-1) for weight, bias in pairs]
    return np.concatenate([each.reshape(len(each), -1) for each in layers], axis=1).astype(
        np.float32
    )


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
