"""The forward pass of a recorded network, in float64; its bits are the same on every processor.

Axes: P points, `out` and `in` units of a layer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.network.product import logistic, product
from ginn.network.run import Float64


def pre_activations(
    weights: tuple[NDArray[Any], ...], biases: tuple[NDArray[Any], ...], points: Float64
) -> list[Float64]:
    """The pre-activations of every layer at `points`; the last entry is the logit.

    `weights[l]` is (..., out, in) and `biases[l]` (..., out), of any float type; they are converted
    to float64 first. `points` is (P, 2) in domain units. Each entry of the result is (..., P, out).
    Leading axes, such as K snapshots, are kept.
    """
    # Points are neighbours in memory, so that a vector is of points.
    activation = np.ascontiguousarray(points.T)
    layers = []
    for weight, bias in zip(weights, biases, strict=True):
        pre_activation = product(weight.astype(np.float64), activation)  # (..., out, P)
        pre_activation += bias.astype(np.float64)[..., None]
        layers.append(np.swapaxes(pre_activation, -1, -2))
        activation = np.maximum(pre_activation, 0.0)
    return layers


def probability(logit: Float64) -> Float64:
    """The probability of white for a logit of any shape, without overflow."""
    return logistic(logit)
