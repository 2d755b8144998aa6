"""The settings of training, apart from the code that trains.

A module that describes a training needs them without loading torch, which takes seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Training:
    """How to train: hidden widths, number of iterations, items a minibatch, peak learning rate."""

    widths: tuple[int, ...]
    iterations: int
    batch: int
    learning_rate: float

    def learning_rate_at(self, iteration: int) -> float:
        """The learning rate of one iteration, by cosine annealing to zero over the run.

        This is Loshchilov and Hutter 2017, equation 5, with one period.
        """
        return self.learning_rate * 0.5 * (1.0 + math.cos(math.pi * iteration / self.iterations))
