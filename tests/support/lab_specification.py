"""A second implementation, in NumPy, of the laboratory's kernels; it rounds each operation.

It shares no code with the kernels. It takes the pixels of minibatches and the learning rates from
`ginn.network`.

Axes: B items of a minibatch, rounded up to a multiple of 16.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.network.philox import pixels_of
from ginn.network.schedule import learning_rates

F = np.float32
Float32 = NDArray[np.float32]
BLOCK = 16


def initial(widths: tuple[int, ...], seed: int, scale: float) -> Float32:
    """The initial parameters, layer by layer, unit by unit, the bias last."""
    sizes = (2, *widths, 1)
    factors = np.concatenate(
        [
            np.full(units * (inputs + 1), scale * (1 / math.sqrt(inputs)))
            for inputs, units in itertools.pairwise(sizes)
        ]
    )
    counts = np.arange(-(-len(factors) // 4), dtype=np.uint64)
    numbers = np.stack(_philox_of_weights(counts, seed), axis=-1).reshape(-1)[: len(factors)]
    integers = (numbers >> np.uint64(8)).astype(np.int64)
    return np.asarray(((2 * integers + 1 - 2**24) / 2**24) * factors, dtype=F)


def _philox_of_weights(counts: NDArray[np.uint64], seed: int) -> list[NDArray[np.uint64]]:
    """Philox for the counters (count, 0, 1, 0), in Python's integers."""
    rows = []
    for count in counts.tolist():
        x, k = [count, 0, 1, 0], [seed, 0]
        for _ in range(10):
            first, second = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
            mask = 0xFFFFFFFF
            x = [
                (second >> 32) ^ x[1] ^ k[0],
                second & mask,
                (first >> 32) ^ x[3] ^ k[1],
                first & mask,
            ]
            k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
        rows.append(x)
    return list(np.array(rows, dtype=np.uint64).T)


def sigmoid(z: Float32) -> Float32:
    """1 / (1 + exp(-z))."""
    x = np.minimum(-z, F(88))
    x = np.maximum(x, F(-87))
    n = (x * F(1.4426950408889634) + F(1.5 * 2**23)) - F(1.5 * 2**23)
    r = (x - n * F(0.693145751953125)) - n * F(1.42860682030941723212e-6)
    power = np.full_like(r, 1 / math.factorial(7))
    for k in range(6, -1, -1):
        power = power * r + F(1 / math.factorial(k))
    return np.asarray(F(1) / (F(1) + np.ldexp(power, n.astype(np.int32))))


@dataclass(frozen=True)
class Settings:
    """A training: the picture's labels (n, n), the minibatch, the seed and the learning rate."""

    widths: tuple[int, ...]
    batch: int
    seed: int
    picture: NDArray[np.uint8]
    peak: float = 0.001
    length: int = 1000
    cosine: bool = True


class Specification:
    """A network under training."""

    def __init__(self, settings: Settings, parameters: Float32) -> None:
        """Begin with these parameters, and with Adam's moments at 0."""
        self.settings = settings
        self.parameters = parameters.copy()
        self.first = np.zeros_like(parameters)
        self.second = np.zeros_like(parameters)
        self.powers = [1.0, 1.0]
        self.iteration = 0

    def layers(self, flat: Float32) -> list[Float32]:
        """Views of parameters as one array (units, inputs + 1) a layer."""
        sizes, found, start = (2, *self.settings.widths, 1), [], 0
        for inputs, units in itertools.pairwise(sizes):
            end = start + units * (inputs + 1)
            found.append(flat[start:end].reshape(units, inputs + 1))
            start = end
        return found

    def forward(self, points: Float32) -> list[Float32]:
        """The inputs of each layer (in, B) for points (2, B), and then the logits (1, B)."""
        found = [points]
        layers = self.layers(self.parameters)
        for number, layer in enumerate(layers):
            z = np.repeat(layer[:, -1:], points.shape[1], axis=1)
            for k in range(layer.shape[1] - 1):
                z = z + layer[:, k, None] * found[-1][None, k]
            found.append(z if number == len(layers) - 1 else np.where(z > 0, z, F(0)))
        return found

    def step(self) -> None:
        """One update."""
        s = self.settings
        items = -(-s.batch // BLOCK) * BLOCK
        side = len(s.picture)
        pixels = pixels_of(s.seed, np.array([self.iteration]), items, side * side)[0]
        points = np.stack([pixels % side + 0.5, pixels // side + 0.5]).astype(F) / F(side)
        *inputs, logits = self.forward(points)
        labels = s.picture.reshape(-1)[pixels].astype(F)
        factors = np.where(np.arange(items) < s.batch, F(1 / s.batch), F(0))
        delta = (sigmoid(logits) - labels) * factors
        gradients = np.zeros_like(self.parameters)
        layers, targets = self.layers(self.parameters), self.layers(gradients)
        for number in range(len(layers) - 1, -1, -1):
            below = np.concatenate([inputs[number], np.ones((1, items), F)])
            parts = np.zeros((*targets[number].shape, 4), F)
            for i in range(0, items, 4):
                parts = parts + delta[:, None, i : i + 4] * below[None, :, i : i + 4]
            targets[number][:] = (parts[..., 0] + parts[..., 1]) + (parts[..., 2] + parts[..., 3])
            if number:
                total = np.zeros_like(inputs[number])
                for unit in range(len(delta)):
                    total = total + layers[number][unit, :-1, None] * delta[None, unit]
                delta = np.where(inputs[number] > 0, total, F(0))
        self.adam(gradients)

    def adam(self, gradients: Float32) -> None:
        """Adam's update (Kingma and Ba 2015, algorithm 1)."""
        s = self.settings
        self.powers = [self.powers[0] * 0.9, self.powers[1] * 0.999]
        rate = s.peak
        if s.cosine:
            rate = float(learning_rates(s.peak, s.length, np.array([self.iteration]))[0])
        step, root = F(rate / (1 - self.powers[0])), F(1 / math.sqrt(1 - self.powers[1]))
        squares = gradients * gradients
        second = F(0.999) * self.second + F(1 - 0.999) * squares
        self.second = np.where(np.abs(second) < F(1e-30), F(0), second)
        first = F(0.9) * self.first + F(1 - 0.9) * gradients
        self.first = np.where(np.abs(first) < F(1e-30), F(0), first)
        scale = np.sqrt(self.second) * root + F(1e-8)
        self.parameters = np.asarray(self.parameters - step * (self.first / scale), dtype=F)
        self.iteration += 1


def with_neuron(
    parameters: Float32, widths: tuple[int, ...], layer: int, seed: int
) -> tuple[Float32, tuple[int, ...]]:
    """The parameters with one neuron more at the end of a layer (from 0), and the new widths.

    Its incoming weights are those that the larger network begins with at the next seed. Its
    outgoing weights are zero, so the function is the same.
    """
    wider = tuple(units + (number == layer) for number, units in enumerate(widths))
    old = Specification(Settings(widths, 1, 0, np.zeros((1, 1), np.uint8)), parameters)
    new = Specification(
        Settings(wider, 1, 0, np.zeros((1, 1), np.uint8)), initial(wider, seed + 1, 1.0)
    )
    pairs = zip(old.layers(old.parameters), new.layers(new.parameters), strict=True)
    for number, (before, after) in enumerate(pairs):
        if number == layer + 1:
            after[:, -2] = 0
        units, inputs = before.shape
        after[:units, : inputs - 1] = before[:, :-1]
        after[:units, -1] = before[:, -1]
    return new.parameters, wider


def shifted(
    network: Specification, layer: int, part: NDArray[np.bool_] | None, wakes: bool
) -> Float32:
    """The parameters after each bias of a layer is raised or lowered over a part of the picture.

    `part` (n, n) marks pixels, or is None for the whole picture, where half a picture is enough.
    Values are in float64: a sum goes in the order of its terms, and the bias comes last.
    """
    side = len(network.settings.picture)
    inside = np.flatnonzero(np.ones(side * side, bool) if part is None else part)
    values = np.stack([inside % side + 0.5, inside // side + 0.5]) / side
    changed = network.parameters.copy()
    layers = network.layers(changed)
    for number in range(layer + 1):
        weights = layers[number].astype(np.float64)
        sums = np.zeros((len(weights), len(inside)))
        for k, value in enumerate(np.maximum(values, 0) if number else values):
            sums = sums + weights[:, k, None] * value
        values = sums + weights[:, -1, None]
    for unit, found in enumerate(np.sort(values, axis=1)):
        least, most = found[len(found) // 2 if part is None else 0], found[-1]
        bias = float(layers[layer][unit, -1])
        if wakes and least <= 0:
            layers[layer][unit, -1] = F(bias + (1e-3 - least))
        if not wakes and most > 0:
            layers[layer][unit, -1] = F(bias - (most + 1e-3))
    return changed
