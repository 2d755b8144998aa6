"""Initial weights: those of PyTorch, or those of a start."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from ginn.network.initial import begin_from, initialise
from ginn.network.kernel import Parameters
from ginn.network.run import Start


def test_initialise_gives_the_default_initial_weights_of_pytorch() -> None:
    parameters = Parameters(2, (7, 4))
    before = torch.random.get_rng_state()
    initialise(parameters, [8, 3])
    assert torch.equal(torch.random.get_rng_state(), before), "the global generator is restored"
    torch.manual_seed(3)
    for layer, (in_, out) in zip(parameters.layers, [(2, 7), (7, 4), (4, 1)], strict=True):
        linear = nn.Linear(in_, out)
        assert torch.equal(layer[1, :, :-1], linear.weight)
        assert torch.equal(layer[1, :, -1], linear.bias)
    assert not torch.equal(parameters.layers[0][0], parameters.layers[0][1])


def start(runs: int, width: int) -> Start:
    """Networks of one hidden layer with numbers that all differ."""
    shapes = [(runs, width, 2), (runs, 1, width), (runs, width), (runs, 1)]
    numbers = [np.arange(np.prod(shape), dtype=np.float32).reshape(shape) for shape in shapes]
    return Start(10, tuple(numbers[:2]), (numbers[2] + 100, numbers[3] + 200))


def test_begin_from_fills_weights_and_biases_of_every_run() -> None:
    parameters, given = Parameters(3, (4,)), start(3, 4)
    begin_from(parameters, given)
    for layer, weight, bias in zip(parameters.layers, given.weights, given.biases, strict=True):
        np.testing.assert_array_equal(layer[:, :, :-1].numpy(), weight)
        np.testing.assert_array_equal(layer[:, :, -1].numpy(), bias)


def test_begin_from_start_of_other_shapes_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2, 4, 3\).*allowed.*\(3, 4, 3\)"):
        begin_from(Parameters(3, (4,)), start(2, 4))
