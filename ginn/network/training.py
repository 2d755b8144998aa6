"""Training: an experiment and its seeds in, `Snapshots` out. The only room that knows torch.

Many seeds advance together in one batched step. The passes are written by hand on preallocated
arrays, because for a network of six hundred parameters the ordinary way spends most of its time
between the operations. Four decisions carry the speed:

* Activations are (seed, unit, item), each layer with one more unit that is always 1. Its weight is
  the bias, so a product with the layer below needs no addition, and one product gives the
  gradients of weights and biases.
* All parameters of all seeds are one flat tensor, and so are all gradients: Adam is one call.
* Products go through `numpy.matmul` on views of the tensors' memory. It calls BLAS once a matrix
  with little ado; `torch.bmm` takes up to twice as long on matrices this small.
* Denormal numbers, which Adam's moments of dead neurons decay into, are flushed to zero.

A seed has its own generator for its minibatches and shares nothing with its neighbours but the
call; no reduction crosses seeds, and where vector and scalar code round differently (Adam, the
sigmoid) tensors are padded to whole vector registers, so that no element falls into a scalar
remainder loop. So its result does not depend, to the bit, on whom it is batched with (on one
processor; another instruction set rounds differently).

Axes: S seeds, B items of a minibatch, P pixels, T iterations of a chunk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ginn.dataset.dataset import Dataset
from ginn.network.run import Float32, RecordedRun, Start

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
# Whole registers: 16 float32 in AVX-512, and ATen unrolls its loops up to four times.
PADDING = 64
# Initial weights and minibatches of one seed must not come from the same stream.
MINIBATCH_STREAM = 1 << 32
CHUNK = 128  # iterations
EVALUATED = 10_000  # pixels


@dataclass(frozen=True)
class Training:
    """How to train: hidden widths, and the run's length, minibatch and peak learning rate."""

    widths: tuple[int, ...]
    iterations: int
    batch: int
    learning_rate: float

    def learning_rate_at(self, iteration: int) -> float:
        """Cosine annealing to zero over the run (Loshchilov and Hutter 2017, eq. 5, one period)."""
        return self.learning_rate * 0.5 * (1.0 + math.cos(math.pi * iteration / self.iterations))


def _padded(size: int) -> int:
    """The next multiple of PADDING."""
    return -(-size // PADDING) * PADDING


class Parameters:
    """One flat tensor with the parameters of S networks, and a view (S, out, in + 1) a layer.

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

    Raises ValueError where the shapes are not those of the training's networks.
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


class Minibatches:
    """Fresh minibatches for each seed, drawn with replacement from the domain's pixels."""

    def __init__(self, dataset: Dataset, batch: int, seeds: Sequence[int]) -> None:
        """Start each seed's own stream."""
        x, y = torch.from_numpy(dataset.points().astype(np.float32)).T
        labels = torch.from_numpy(dataset.labels.reshape(-1).astype(np.float32))
        self.items = torch.stack([x, y, torch.ones_like(x), labels])  # (4, P)
        self.batch = batch
        self.generators = [torch.Generator().manual_seed(MINIBATCH_STREAM + s) for s in seeds]

    def draw(self, iterations: int) -> tuple[Tensor, Tensor]:
        """The next `iterations` minibatches: inputs (T, S, 3, B) as x, y, 1; labels (T, S, B)."""
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


class Step:
    """One iteration for S networks at once: forward, backward, Adam; nothing is allocated."""

    def __init__(self, parameters: Parameters, seeds: int, training: Training) -> None:
        """Allocate activations, gradients and Adam's moments for `parameters`."""
        widths, batch = training.widths, training.batch
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
    """Loss (nats) and accuracy of one network over all pixels: points (2, P), labels (P,)."""
    logits = []
    # Pieces that stay in cache: four times as fast as all pixels at once.
    for activation in torch.split(points, EVALUATED, dim=1):
        for layer in network[:-1]:  # (out, in + 1)
            activation = torch.addmm(layer[:, -1:], layer[:, :-1], activation).relu_()
        logits.append(torch.addmm(network[-1][:, -1:], network[-1][:, :-1], activation)[0])
    logit = torch.cat(logits).double()
    loss = nn.functional.binary_cross_entropy_with_logits(logit, labels.double())
    return float(loss), float(((logit > 0) == (labels > 0)).double().mean())


def train(
    training: Training,
    dataset: Dataset,
    seeds: Sequence[int],
    recorded: Sequence[int],
    progress: Callable[[int], None] = lambda iterations: None,
    start: Start | None = None,
) -> list[RecordedRun]:
    """Train each seed up to the last of the `recorded` iterations, and record its snapshots.

    Snapshot i is the network after i updates. The learning rate follows `training.iterations`
    however early the recording ends, so that a short training is the beginning of the full one.
    `progress` is told the run-iterations done since it was last called. A run whose parameters
    stop being finite ends with its last finite snapshot and says so in `ended`; the others go on.

    With a `start`, run s begins with its network s at its iteration, from which the learning rate
    goes on as it would; seeds then say only which minibatches a run sees, from the first of their
    stream, and one may stand there several times. Adam's moments and its count of steps start at
    zero, so this is not the run that the network came from, had that gone on: the first steps move
    every parameter that has a gradient by about one learning rate. Raises ValueError where the
    start does not fit, or where the recording begins before it.
    """
    if not seeds:
        return []
    if start and recorded[0] < start.iteration:
        raise ValueError(
            f"found {recorded[0]} as the first recorded iteration, allowed: {start.iteration}, "
            "where the start is, or later; record no iteration before the start"
        )
    with _one_thread_without_denormals():
        return _train(training, dataset, seeds, recorded, progress, start)


@contextmanager
def _one_thread_without_denormals() -> Iterator[None]:
    """Both settings belong to the process: they are put back for whoever comes next."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)


def _train(
    training: Training,
    dataset: Dataset,
    seeds: Sequence[int],
    recorded: Sequence[int],
    progress: Callable[[int], None],
    start: Start | None,
) -> list[RecordedRun]:
    """The loop of `train`."""
    parameters = Parameters(len(seeds), training.widths)
    if start:
        begin_from(parameters, start)
    else:
        initialise(parameters, seeds)
    step = Step(parameters, len(seeds), training)
    minibatches = Minibatches(dataset, training.batch, seeds)
    recorder = _Recorder(training, dataset, seeds, recorded)
    iteration = start.iteration if start else 0
    for stop in recorded:
        while iteration < stop:
            count = min(CHUNK, stop - iteration)
            inputs, labels = minibatches.draw(count)
            for t in range(count):
                step(inputs[t], labels[t], training.learning_rate_at(iteration + t))
            iteration += count
            progress(count * len(seeds))
        recorder.record(iteration, parameters)
    return recorder.snapshots()


class _Recorder:
    """Collects what `Snapshots` need while a group of runs is trained."""

    def __init__(
        self, training: Training, dataset: Dataset, seeds: Sequence[int], recorded: Sequence[int]
    ) -> None:
        self.training, self.seeds, self.recorded = training, seeds, recorded
        self.points = torch.from_numpy(dataset.points().astype(np.float32)).T.contiguous()
        self.labels = torch.from_numpy(dataset.labels.reshape(-1).astype(np.float32))
        self.states: list[list[Float32]] = []
        self.measures: list[list[tuple[float, float]]] = [[] for _ in seeds]
        self.ended = [""] * len(seeds)

    def record(self, iteration: int, parameters: Parameters) -> None:
        """Keep a copy of every network, measure the live ones, end those that are not finite."""
        for s in range(len(self.seeds)):
            network = [layer[s] for layer in parameters.layers]
            if not self.ended[s] and not all(bool(layer.isfinite().all()) for layer in network):
                self.ended[s] = self._complaint(s, iteration)
            if not self.ended[s]:
                self.measures[s].append(evaluate(network, self.points, self.labels))
        self.states.append([layer.numpy().copy() for layer in parameters.layers])

    def _complaint(self, s: int, iteration: int) -> str:
        last = self.recorded[len(self.measures[s]) - 1] if self.measures[s] else "none"
        return (
            f"seed {self.seeds[s]}: the parameters are no longer finite at iteration {iteration}; "
            f"the last finite snapshot is {last}; a learning rate below "
            f"{self.training.learning_rate:g} may mend it"
        )

    def snapshots(self) -> list[RecordedRun]:
        """The recorded runs, one for each seed."""
        return [self._run(s) for s in range(len(self.seeds))]

    def _run(self, s: int) -> RecordedRun:
        count = len(self.measures[s])
        layers = [
            np.stack([state[layer][s] for state in self.states[:count]])  # (K, out, in + 1)
            for layer in range(len(self.training.widths) + 1)
        ]
        iterations = np.array(self.recorded[:count], dtype=np.int64)
        return RecordedRun(
            seed=self.seeds[s],
            iterations=iterations,
            weights=tuple(layer[:, :, :-1].copy() for layer in layers),
            biases=tuple(layer[:, :, -1].copy() for layer in layers),
            loss=np.array([loss for loss, _ in self.measures[s]]),
            accuracy=np.array([accuracy for _, accuracy in self.measures[s]]),
            learning_rate=np.array([self.training.learning_rate_at(int(i)) for i in iterations]),
            ended=self.ended[s],
        )
