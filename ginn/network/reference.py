"""Train networks the ordinary way in PyTorch: the definition that the kernel is tested against.

It is also the trainer for a processor without fused multiply-add, and an independent check of the
kernel. It takes some hundred times as long, and its bits depend on the processor.

Axes: S seeds, P pixels, T iterations, N parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from ginn.dataset.dataset import Dataset
from ginn.network.initial import weights_and_biases
from ginn.network.layout import Layout
from ginn.network.philox import pixels_of
from ginn.network.run import Float32, Float64
from ginn.network.schedule import BETA_1, BETA_2, EPSILON


def network(widths: Sequence[int]) -> nn.Sequential:
    """The network 2 - widths - 1 with ReLU; its output is the logit of white."""
    sizes = (2, *widths)
    layers: list[nn.Module] = []
    for inputs, units in zip(sizes, widths, strict=False):
        layers += [nn.Linear(inputs, units), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 1))


class TorchNetworks:
    """The networks of some seeds while torch trains them, one after the other."""

    def __init__(
        self, layout: Layout, parameters: Float32, streams: Sequence[int], dataset: Dataset
    ) -> None:
        """Begin with `parameters` (S, N) and the minibatches of `streams`, one a seed."""
        self.layout, self.streams = layout, streams
        self.points = torch.from_numpy(dataset.points().astype(np.float32))  # (P, 2)
        self.labels = torch.from_numpy(dataset.labels.reshape(-1).astype(np.float32))
        self.loss = nn.BCEWithLogitsLoss()
        self.networks = [network(layout.widths) for _ in streams]
        for each, start in zip(self.networks, parameters, strict=True):
            fill(each, layout, start)
        self.optimisers = [
            torch.optim.Adam(each.parameters(), betas=(BETA_1, BETA_2), eps=EPSILON)
            for each in self.networks
        ]
        self.steps = 0

    def train(self, first_iteration: int, rates: Float32) -> None:
        """Train one iteration a row of `rates` (T, 2), on minibatches from `first_iteration` on.

        A row's first number is lr / (1 - beta_1^t). Adam divides by that denominator itself.
        """
        iterations = np.arange(first_iteration, first_iteration + len(rates))
        counts = np.arange(self.steps + 1, self.steps + len(rates) + 1)
        learning_rates = rates[:, 0].astype(np.float64) * (1 - BETA_1**counts)
        self.steps += len(rates)
        with _one_thread():
            for each, optimiser, stream in zip(
                self.networks, self.optimisers, self.streams, strict=True
            ):
                drawn = pixels_of(stream, iterations, self.layout.batch, len(self.labels))
                for rate, items in zip(learning_rates, torch.from_numpy(drawn), strict=True):
                    optimiser.param_groups[0]["lr"] = float(rate)
                    optimiser.zero_grad()
                    loss = self._loss(each, self.points[items], self.labels[items])
                    loss.backward()  # type: ignore[no-untyped-call]
                    optimiser.step()

    def evaluate(self) -> tuple[Float64, Float64]:
        """The loss (nats) and accuracy of each seed over all pixels, each (S,)."""
        losses, accuracies = [], []
        with torch.no_grad(), _one_thread():
            for each in self.networks:
                logit = each(self.points)[:, 0].double()
                losses.append(float(self.loss(logit, self.labels.double())))
                accuracies.append(float(((logit > 0) == (self.labels > 0.5)).double().mean()))
        return np.array(losses), np.array(accuracies)

    def state(self) -> Float32:
        """A copy of the parameters, (S, N)."""
        return np.stack([_flat(each) for each in self.networks])

    def _loss(self, each: nn.Sequential, points: Tensor, labels: Tensor) -> Tensor:
        loss: Tensor = self.loss(each(points)[:, 0], labels)
        return loss


def fill(each: nn.Sequential, layout: Layout, parameters: Float32) -> None:
    """Copy parameters (N,) into a network."""
    weights, biases = weights_and_biases(layout, parameters)
    linear = [module for module in each if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for module, weight, bias in zip(linear, weights, biases, strict=True):
            module.weight.copy_(torch.from_numpy(weight))
            module.bias.copy_(torch.from_numpy(bias))


def _flat(each: nn.Sequential) -> Float32:
    """A network's parameters, (N,)."""
    rows = [
        torch.cat([module.weight, module.bias[:, None]], dim=1).detach().reshape(-1)
        for module in each
        if isinstance(module, nn.Linear)
    ]
    return torch.cat(rows).numpy()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Set torch to one thread, since a build uses one process a core; restore it on exit."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
