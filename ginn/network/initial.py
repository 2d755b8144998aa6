"""The weights and biases with which the networks of a training start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from ginn.network.kernel import Parameters
from ginn.network.run import Start


def initialise(parameters: Parameters, seeds: Sequence[int]) -> None:
    """Fill each network with what `torch.nn.Linear` draws after `torch.manual_seed(seed)`."""
    with torch.random.fork_rng(devices=[]):
        for s, seed in enumerate(seeds):
            torch.manual_seed(seed)
            for layer in parameters.layers:
                linear = nn.Linear(layer.shape[2] - 1, layer.shape[1])
                layer[s, :, :-1] = linear.weight.detach()
                layer[s, :, -1] = linear.bias.detach()


def begin_from(parameters: Parameters, start: Start) -> None:
    """Fill each network with its weights and biases in `start`.

    Raises ValueError if the shapes differ from those of the networks to be trained.
    """
    given = zip(start.weights, start.biases, strict=True)
    arrays = [np.concatenate([weight, bias[..., None]], axis=-1) for weight, bias in given]
    found = [array.shape for array in arrays]
    allowed = [tuple(layer.shape) for layer in parameters.layers]
    if found != allowed:
        raise ValueError(
            f"the start's layers, biases as a last column, are {found}; allowed: {allowed}, that "
            "is (runs, out, in + 1); give a network a run, of the training's widths"
        )
    for layer, array in zip(parameters.layers, arrays, strict=True):
        layer.copy_(torch.from_numpy(array))
