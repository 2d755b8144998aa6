"""One training step for many seeds at once: forward pass, backward pass, Adam.

The passes are written by hand on preallocated arrays. A network of six hundred parameters spends
most of its time between the operations if it is trained in the ordinary way. Four decisions make it
fast:

* Activations are (seed, unit, item), and each layer has one more unit that is always 1. The weight
  of that unit is the bias. So a product with the layer below needs no addition, and one product
  gives the gradients of weights and biases.
* All parameters of all seeds are one flat tensor, and so are all gradients. Adam is one call.
* Products go through `numpy.matmul` on views of the tensors' memory. It calls BLAS once a matrix
  with little overhead; `torch.bmm` takes up to twice as long on matrices this small.
* Denormal numbers, into which Adam's moments of dead neurons decay, are flushed to zero.

The result of a seed does not depend, to the bit, on the seeds that are trained with it (on one
processor; another instruction set rounds differently). Seeds share nothing but the call, and no
reduction crosses seeds. Vector and scalar code round differently in Adam and in the sigmoid; so
tensors are padded to whole vector registers, and no element falls into a scalar remainder loop.

Axes: S seeds, B items of a minibatch, P pixels, `out` and `in` units of a layer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

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


def evaluate(network: Sequence[Tensor], points: Tensor, labels: Tensor) -> tuple[float, float]:
    """The loss (nats) and accuracy of one network over all pixels: points (2, P), labels (P,).

    `network` has a tensor (out, in + 1) a layer, as in `Parameters`.
    """
    logits = []
    # Pieces that stay in cache: four times as fast as all pixels at once.
    for activation in torch.split(points, EVALUATED, dim=1):
        for layer in network[:-1]:  # (out, in + 1)
            activation = torch.addmm(layer[:, -1:], layer[:, :-1], activation).relu_()
        logits.append(torch.addmm(network[-1][:, -1:], network[-1][:, :-1], activation)[0])
    logit = torch.cat(logits).double()
    loss = nn.functional.binary_cross_entropy_with_logits(logit, labels.double())
    return float(loss), float(((logit > 0) == (labels > 0)).double().mean())
