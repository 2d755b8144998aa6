"""The training loop that the kernel replaced: many seeds in one batched step of NumPy and torch.

Kept as a measure of the kernel. Axes: S seeds, B items, P pixels, T iterations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ginn.dataset.dataset import Dataset
from ginn.network.run import Float32

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
# Whole registers: 16 float32 in AVX-512, and ATen unrolls its loops up to four times.
PADDING = 64
EVALUATED = 10_000  # pixels


def _padded(size: int) -> int:
    """The next multiple of PADDING."""
    return -(-size // PADDING) * PADDING


class Parameters:
    """The parameters of S networks in one flat tensor, with a view (S, out, in + 1) a layer.

    The last column of a layer is its bias.
    """

    def __init__(self, seeds: int, widths: tuple[int, ...]) -> None:
        """Allocate zeros for `seeds` networks 2 - widths - 1."""
        outs, ins = (*widths, 1), (2, *widths)
        shapes = [(seeds, out, in_ + 1) for out, in_ in zip(outs, ins, strict=True)]
        sizes = [math.prod(shape) for shape in shapes]
        self.flat = torch.zeros(_padded(sum(sizes)))
        pieces = torch.split(self.flat[: sum(sizes)], sizes)
        self.layers = [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)]


class Step:
    """One iteration for S networks at once, without allocating memory."""

    def __init__(
        self, parameters: Parameters, seeds: int, widths: tuple[int, ...], batch: int
    ) -> None:
        """Allocate activations, gradients and Adam's moments for `parameters`."""
        self.parameters, self.batch = parameters, batch
        self.gradients = Parameters(seeds, widths)
        self.first_moment = torch.zeros_like(parameters.flat)
        self.second_moment = torch.zeros_like(parameters.flat)
        self.step = torch.zeros(())
        # The last row of a hidden layer's activations is the unit that is always 1.
        self.hidden = [torch.ones(seeds, width + 1, batch) for width in widths]
        self.units = [hidden[:, :-1] for hidden in self.hidden]
        self.padded_output = torch.zeros(_padded(seeds * batch))
        self.output = self.padded_output[: seeds * batch].view(seeds, 1, batch)
        self.deltas = [torch.zeros(seeds, width, batch) for width in (*widths, 1)]

        # The same memory as arrays, for the products.
        self.weights_ = [layer.numpy() for layer in parameters.layers]
        self.transposed_ = [np.swapaxes(weight[:, :, :-1], 1, 2) for weight in self.weights_]
        self.gradients_ = [layer.numpy() for layer in self.gradients.layers]
        self.hidden_ = [hidden.numpy() for hidden in self.hidden]
        self.products_ = [units.numpy() for units in (*self.units, self.output)]
        self.deltas_ = [delta.numpy() for delta in self.deltas]

    def __call__(self, inputs: Tensor, labels: Tensor, learning_rate: float) -> None:
        """Advance by one minibatch: inputs (S, 3, B) as x, y, 1; labels (S, B)."""
        inputs_ = inputs.numpy()
        self.forward(inputs_)
        self.backward(inputs_, labels)
        self.update(learning_rate)

    def forward(self, inputs: Float32) -> None:
        """Fill the hidden units and the output, the probability of white."""
        below = (inputs, *self.hidden_)
        for layer, product in enumerate(self.products_):
            np.matmul(self.weights_[layer], below[layer], out=product)  # (S, out, B)
            if layer < len(self.units):
                self.units[layer].relu_()
        self.padded_output.sigmoid_()

    def backward(self, inputs: Float32, labels: Tensor) -> None:
        """Fill the gradients of the mean cross-entropy over the minibatch."""
        below = (inputs, *self.hidden_)
        top = len(self.units)
        # Cross-entropy after a sigmoid: d loss / d logit = (p - label) / B.
        torch.sub(self.output, labels[:, None], out=self.deltas[top]).mul_(1.0 / self.batch)
        for layer in range(top, -1, -1):
            delta = self.deltas_[layer]
            np.matmul(delta, np.swapaxes(below[layer], 1, 2), out=self.gradients_[layer])
            if layer == 0:
                break
            delta_below = self.deltas[layer - 1]
            if layer == top:
                # One logit: an outer product, for which a broadcast is faster than BLAS.
                weight = self.parameters.layers[top][:, :, :-1]
                torch.mul(weight.mT, self.deltas[top], out=delta_below)
            else:
                np.matmul(self.transposed_[layer], delta, out=self.deltas_[layer - 1])
            torch.ops.aten.threshold_backward.grad_input(
                delta_below, self.units[layer - 1], 0, grad_input=delta_below
            )

    def update(self, learning_rate: float) -> None:
        """Adam (Kingma and Ba 2015, algorithm 1), one fused call for every parameter."""
        self.step.add_(1.0)
        torch._fused_adam_(
            [self.parameters.flat],
            [self.gradients.flat],
            [self.first_moment],
            [self.second_moment],
            [],
            [self.step],
            lr=learning_rate,
            beta1=BETA_1,
            beta2=BETA_2,
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )


# Initial weights and minibatches of one seed must not come from the same stream.
MINIBATCH_STREAM = 1 << 32


class Minibatches:
    """Minibatches for each seed, drawn with replacement from the pixels of the domain."""

    def __init__(self, dataset: Dataset, batch: int, seeds: Sequence[int]) -> None:
        """Start the stream of each seed."""
        x, y = torch.from_numpy(dataset.points().astype(np.float32)).T
        labels = torch.from_numpy(dataset.labels.reshape(-1).astype(np.float32))
        self.items = torch.stack([x, y, torch.ones_like(x), labels])  # (4, P)
        self.batch = batch
        self.generators = [torch.Generator().manual_seed(MINIBATCH_STREAM + s) for s in seeds]

    def draw(self, iterations: int) -> tuple[Tensor, Tensor]:
        """The next T = `iterations` minibatches: inputs (T, S, 3, B) as x, y, 1; labels (T, S, B).

        Both are float32.
        """
        shape = (iterations, self.batch)
        pixels = torch.stack(
            [
                torch.randint(self.items.shape[1], shape, generator=generator, dtype=torch.int32)
                for generator in self.generators
            ],
            dim=1,
        )  # (T, S, B)
        items = self.items.index_select(1, pixels.view(-1)).view(4, *pixels.shape)  # (4, T, S, B)
        return items[:3].movedim(0, 2), items[3]


def train_batched(
    widths: tuple[int, ...], batch: int, rate: float, dataset: Dataset, seeds: int, iterations: int
) -> None:
    """Train some seeds for some iterations."""
    parameters = Parameters(seeds, widths)
    generator = torch.Generator().manual_seed(0)
    parameters.flat.uniform_(-0.25, 0.25, generator=generator)
    step = Step(parameters, seeds, widths, batch)
    minibatches = Minibatches(dataset, batch, range(seeds))
    for first in range(0, iterations, 128):
        count = min(128, iterations - first)
        inputs, labels = minibatches.draw(count)
        for t in range(count):
            step(inputs[t], labels[t], rate)
