"""One step of training against autograd, and the measures of a network against float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.datasets import disc
from torch import nn

from ginn.network.forward import pre_activations, probability
from ginn.network.initial import initialise
from ginn.network.kernel import PADDING, Parameters, Step, evaluate
from ginn.network.minibatches import Minibatches

SEEDS = [5, 9]


def network_of(parameters: Parameters, s: int) -> nn.Sequential:
    """The network of one seed as PyTorch's modules."""
    modules: list[nn.Module] = []
    for layer in parameters.layers:
        linear = nn.Linear(layer.shape[2] - 1, layer.shape[1])
        with torch.no_grad():
            linear.weight.copy_(layer[s, :, :-1])
            linear.bias.copy_(layer[s, :, -1])
        modules += [linear, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


@pytest.mark.parametrize("widths", [(16, 16, 16), (5,), (3, 8, 2, 7)])
def test_step_gradients_are_those_of_autograd(widths: tuple[int, ...]) -> None:
    parameters = Parameters(2, widths)
    initialise(parameters, SEEDS)
    networks = [network_of(parameters, s) for s in range(2)]
    step = Step(parameters, 2, widths, 64)
    inputs, labels = Minibatches(disc(), 64, SEEDS).draw(1)
    step.forward(inputs[0].numpy())
    step.backward(inputs[0].numpy(), labels[0])
    for s, network in enumerate(networks):
        logit = network(inputs[0, s, :2].T)[:, 0]
        nn.functional.binary_cross_entropy_with_logits(logit, labels[0, s]).backward()
        linears = [module for module in network if isinstance(module, nn.Linear)]
        for found, linear in zip(step.gradients.layers, linears, strict=True):
            assert linear.weight.grad is not None
            assert linear.bias.grad is not None
            torch.testing.assert_close(found[s, :, :-1], linear.weight.grad, atol=1e-6, rtol=1e-4)
            torch.testing.assert_close(found[s, :, -1], linear.bias.grad, atol=1e-6, rtol=1e-4)


def test_parameters_are_views_of_one_padded_tensor() -> None:
    parameters = Parameters(3, (4, 5))
    assert parameters.flat.numel() % PADDING == 0
    for number, layer in enumerate(parameters.layers, 1):
        layer.fill_(number)
    counts = torch.bincount(parameters.flat.long())
    assert counts[1:].tolist() == [3 * 4 * 3, 3 * 5 * 5, 3 * 1 * 6]


def test_evaluate_gives_loss_and_accuracy_over_all_pixels() -> None:
    dataset = disc(120)  # more pixels than are evaluated at once
    parameters = Parameters(1, (6, 5))
    initialise(parameters, [2])
    points = torch.from_numpy(dataset.points().astype(np.float32)).T.contiguous()
    labels = dataset.labels.reshape(-1)
    network = [layer[0] for layer in parameters.layers]
    loss, accuracy = evaluate(network, points, torch.from_numpy(labels.astype(np.float32)))
    weights = tuple(layer[:, :-1].numpy() for layer in network)
    biases = tuple(layer[:, -1].numpy() for layer in network)
    logit = pre_activations(weights, biases, dataset.points())[-1][:, 0]
    white = probability(logit)
    assert loss == pytest.approx(
        -np.where(labels, np.log(white), np.log1p(-white)).mean(), rel=1e-5
    )
    assert accuracy == pytest.approx(((logit > 0) == labels).mean(), abs=2 / len(labels))
