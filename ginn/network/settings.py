"""The settings of training, apart from the code that trains.

So a module can describe a training without loading torch, which takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Bias = Literal["uniform", "zero", "covering"]


@dataclass(frozen=True)
class Training:
    """How to train: hidden widths, number of iterations, pixels a minibatch, peak learning rate.

    `trainer` is "kernel", or "torch" for the ordinary way in PyTorch. `initial_scale` is a factor
    of all initial weights and biases, and `bias` is how initial biases are drawn: see
    `initial_parameters`. Over the first `warm_up` iterations the learning rate rises.
    """

    widths: tuple[int, ...]
    iterations: int
    batch: int
    learning_rate: float
    trainer: str = "kernel"
    initial_scale: float = 1.0
    bias: Bias = "uniform"
    warm_up: int = 0
