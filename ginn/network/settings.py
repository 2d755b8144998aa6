"""The settings of training, apart from the code that trains.

So a module can describe a training without loading torch, which takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Training:
    """How to train: hidden widths, number of iterations, pixels a minibatch, peak learning rate.

    `trainer` is "kernel", or "torch" for the ordinary way in PyTorch.
    """

    widths: tuple[int, ...]
    iterations: int
    batch: int
    learning_rate: float
    trainer: str = "kernel"
