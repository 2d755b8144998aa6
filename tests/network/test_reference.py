"""The ordinary trainer against PyTorch's own network, loss and optimiser."""

from __future__ import annotations

import numpy as np
import torch
from support.datasets import disc
from torch import nn

from ginn.network.initial import initial_parameters
from ginn.network.layout import Layout
from ginn.network.philox import pixels_of
from ginn.network.reference import TorchNetworks, fill, network
from ginn.network.schedule import AdamRates


def test_network_is_linear_layers_with_relu_between() -> None:
    made = network((5, 3))
    assert [type(each) for each in made] == [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear]
    assert [each.weight.shape for each in made if isinstance(each, nn.Linear)] == [
        (5, 2), (3, 5), (1, 3),
    ]  # fmt: skip


def test_torch_networks_follow_adam_with_cosine_annealing() -> None:
    dataset, layout = disc(16), Layout((6,), 20)
    parameters = initial_parameters(layout, [3])
    trained = TorchNetworks(layout, parameters, [3], dataset)
    rates = AdamRates(1e-2, 100, 0)
    for first, count in ((0, 10), (10, 15)):
        trained.train(first, rates.take(count))

    oracle = network((6,))
    fill(oracle, layout, parameters[0])
    optimiser = torch.optim.Adam(oracle.parameters(), lr=1e-2)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 100)
    points = torch.from_numpy(dataset.points().astype(np.float32))
    labels = torch.from_numpy(dataset.labels.ravel().astype(np.float32))
    for items in torch.from_numpy(pixels_of(3, np.arange(25), 20, len(labels))):
        optimiser.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(
            oracle(points[items])[:, 0], labels[items]
        ).backward()
        optimiser.step()
        scheduler.step()
    expected = TorchNetworks(layout, parameters, [3], dataset)
    expected.networks = [oracle]
    np.testing.assert_allclose(trained.state(), expected.state(), atol=1e-5)
    assert np.abs(trained.state() - parameters).max() > 0.05
