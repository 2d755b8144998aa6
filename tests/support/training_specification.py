"""A second implementation, in NumPy, of the training kernel; it rounds every operation once.

It shares no code with the kernel. Every sum goes term by term, over all seeds at once.

Axes: S seeds, B items.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


def fma(a: Any, b: Any, c: Any) -> Float32:
    """a b + c in float32, rounded once.

    The product of two float32 is exact in float64. Its sum with c is rounded to odd there, which
    makes the second rounding, to float32, right (Boldo and Melquiond 2008).
    """
    product = np.asarray(a, np.float64) * np.asarray(b, np.float64)
    addend = np.asarray(c, np.float64) + np.zeros_like(product)
    total = product + addend
    # The error of the sum, exactly (Knuth's two-sum).
    virtual = total - product
    error = (product - (total - virtual)) + (addend - virtual)
    bits = total.view(np.int64)
    inexact = (error != 0) & (bits & 1 == 0) & np.isfinite(total)
    # One step towards the error makes the last bit odd.
    away = (error > 0) == (total > 0)
    odd = np.where(inexact, np.where(away, bits + 1, bits - 1), bits).view(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        return odd.astype(np.float32)


def flushed(values: Float32, limit: float) -> Float32:
    """The values, and 0 where one is smaller than the limit."""
    return np.where(np.abs(values) < np.float32(limit), np.float32(0), values)


def sigmoid(z: Float32) -> Float32:
    """1 / (1 + exp(-z))."""
    f = np.float32
    x = np.minimum(np.maximum(-z, f(-87)), f(88))
    shifted = fma(x, f(1.4426950408889634), f(1.5 * 2**23))
    n = shifted - f(1.5 * 2**23)
    r = fma(n, f(-1.42860682030941723212e-06), fma(n, f(-0.693145751953125), x))
    power = np.full_like(r, 1 / math.factorial(7))
    for k in range(6, -1, -1):
        power = fma(power, r, f(1 / math.factorial(k)))
    return f(1) / (f(1) + np.ldexp(power, n.astype(np.int32)))


@dataclass
class Specification:
    """Networks under training: weights (S, out, in) and biases (S, out) of each layer."""

    weights: list[Float32]
    biases: list[Float32]
    moments: list[tuple[Float32, Float32]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with Adam's moments at 0."""
        self.moments = [
            (np.zeros_like(each), np.zeros_like(each)) for each in (*self.weights, *self.biases)
        ]

    def logits(self, items: Float32) -> tuple[list[Float32], Float32]:
        """The inputs of each layer (S, in, B), and the logit (S, B), for items (S, 2, B)."""
        inputs, below = [], items
        for weight, bias in zip(self.weights, self.biases, strict=True):
            inputs.append(below)
            z = np.repeat(bias[:, :, None], items.shape[2], axis=2)
            for k in range(weight.shape[2]):
                z = fma(weight[:, :, k, None], below[:, None, k], z)
            below = np.where(z <= 0, np.float32(0), z)
        return inputs, z[:, 0]

    def step(self, items: Float32, labels: Float32, rates: Float32) -> None:
        """Advance by one minibatch: items (S, 2, B), labels (S, B)."""
        batch = items.shape[2]
        inputs, logit = self.logits(items)
        delta = ((sigmoid(logit) - labels) * np.float32(1 / batch))[:, None]
        gradients: list[Float32] = []
        bias_gradients: list[Float32] = []
        for layer in range(len(self.weights) - 1, -1, -1):
            weight = self.weights[layer]
            gradient, bias_gradient = np.zeros_like(weight), np.zeros_like(self.biases[layer])
            for item in range(batch):
                gradient = fma(delta[:, :, None, item], inputs[layer][:, None, :, item], gradient)
                bias_gradient = bias_gradient + delta[:, :, item]
            gradients.insert(0, gradient)
            bias_gradients.insert(0, bias_gradient)
            below = np.zeros((len(weight), weight.shape[2], batch), np.float32)
            for unit in range(weight.shape[1]):
                below = fma(weight[:, unit, :, None], delta[:, unit, None], below)
            delta = np.where(inputs[layer] > 0, below, np.float32(0))
        self.adam([*gradients, *bias_gradients], rates)

    def adam(self, gradients: list[Float32], rates: Float32) -> None:
        """Move every parameter."""
        f = np.float32
        parameters = [*self.weights, *self.biases]
        for number, gradient in enumerate(gradients):
            small = flushed(gradient, 1e-15)
            first, second = self.moments[number]
            first = flushed(fma(f(0.9), first, f(1 - 0.9) * small), 1e-20)
            second = flushed(fma(f(0.999), second, (f(1 - 0.999) * small) * small), 1e-34)
            self.moments[number] = first, second
            scale = fma(np.sqrt(second), rates[1], f(1e-8))
            parameters[number] = fma(-rates[0], first / scale, parameters[number])
        self.weights = parameters[: len(self.weights)]
        self.biases = parameters[len(self.weights) :]
