"""The learning rate of every iteration, and Adam's corrections, the same on every processor.

All results come from single float64 operations, since `math.cos` and `pow` differ between C
libraries.

Axis: T iterations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.elementary import cosine_of_half_turns
from ginn.network.run import Float32, Float64

BETA_1, BETA_2 = 0.9, 0.999  # the decay of Adam's moments
EPSILON = 1e-8  # Adam adds it to the root of the second moment


def learning_rates(peak: float, length: int, iterations: NDArray[Any], warm_up: int = 0) -> Float64:
    """The learning rates (T,) at T iterations of a run of that length.

    Cosine annealing to 0 (Loshchilov and Hutter 2017, equation 5, with one period). Over the first
    `warm_up` iterations the rates are multiplied by a factor that rises in equal steps to 1.
    """
    rates = peak * (0.5 * (1.0 + cosine_of_half_turns(iterations / length)))
    if warm_up:
        rates = rates * np.minimum(1.0, (iterations + 1) / warm_up)
    # Rounding would leave about 1e-16 at the end.
    return np.where(iterations == length, 0.0, rates)


class AdamRates:
    """The rates of Adam's steps, one after the other."""

    def __init__(self, peak: float, length: int, first: int, warm_up: int = 0) -> None:
        """Begin at iteration `first` of a run of that length, with Adam's moments at 0."""
        self.peak, self.length, self.iteration, self.warm_up = peak, length, first, warm_up
        self.powers = np.ones((1, 2))  # beta_1^t and beta_2^t after t steps

    def take(self, count: int) -> Float32:
        """The next `count` rows (T, 2): lr / (1 - beta_1^t) and 1 / sqrt(1 - beta_2^t)."""
        betas = np.tile([[BETA_1, BETA_2]], (count, 1))
        # The powers are products in a stated order, since `pow` differs between C libraries.
        powers = np.multiply.accumulate(np.concatenate([self.powers, betas]))[1:]
        self.powers = powers[-1:]
        iterations = np.arange(self.iteration, self.iteration + count)
        self.iteration += count
        rates = np.empty((count, 2), np.float32)
        peaks = learning_rates(self.peak, self.length, iterations, self.warm_up)
        rates[:, 0] = peaks / (1.0 - powers[:, 0])
        rates[:, 1] = 1.0 / np.sqrt(1.0 - powers[:, 1])
        return rates
