"""The snapshots of one run, the arrays they are stored as, and the numbering of neurons.

A network has `depth` hidden ReLU layers and one output unit, the logit of "white". Its neurons are
numbered layer by layer from 0. The output comes last, as neuron `sum(widths)`. Every module that
names a neuron by one number uses this numbering.

Axes: K snapshots, S runs, `out` and `in` units of a layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class RecordedRun:
    """The recorded states of one run, in order of iteration.

    `weights[l]` is (K, out, in) and `biases[l]` (K, out), float32, for the hidden layers and then
    the output (out = 1). `iterations`, `loss`, `accuracy` and `learning_rate` are (K,). `loss` is
    the mean cross-entropy in nats. `accuracy` is the fraction of pixels on the right side of
    p = 0.5. Both are over the full domain. `learning_rate` is Adam's at that iteration. `ended` is
    empty, or says why the run stopped early; its snapshots then stop at the last finite state.
    """

    seed: int
    iterations: NDArray[np.int64]
    weights: tuple[Float32, ...]
    biases: tuple[Float32, ...]
    loss: Float64
    accuracy: Float64
    learning_rate: Float64
    ended: str = ""

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units of each hidden layer, first to last."""
        return tuple(int(bias.shape[1]) for bias in self.biases[:-1])

    def __len__(self) -> int:
        """The number of snapshots, K."""
        return len(self.iterations)

    def at(self, snapshot: int) -> tuple[tuple[Float32, ...], tuple[Float32, ...]]:
        """The weights (out, in) and biases (out,) of each layer at one snapshot."""
        return (
            tuple(weight[snapshot] for weight in self.weights),
            tuple(bias[snapshot] for bias in self.biases),
        )


@dataclass(frozen=True)
class Start:
    """The networks from which S runs start in place of initial weights, and their iteration.

    `weights[l]` is (S, out, in) and `biases[l]` (S, out), float32, for the hidden layers and then
    the output. The optimiser's state is not part of it: Adam's moments start at zero.
    """

    iteration: int
    weights: tuple[Float32, ...]
    biases: tuple[Float32, ...]


def run_id(seed: int) -> str:
    """The name of the run of a seed, in file names, addresses and the viewer's data.

    >>> run_id(7)
    'seed-7'
    """
    return f"seed-{seed}"


def finished(runs: Mapping[str, RecordedRun]) -> list[RecordedRun]:
    """The runs that did not end early."""
    return [run for run in runs.values() if not run.ended]


def last_state(run: RecordedRun) -> RecordedRun:
    """The run's last snapshot alone."""
    return replace(
        run,
        iterations=run.iterations[-1:],
        weights=tuple(weight[-1:] for weight in run.weights),
        biases=tuple(bias[-1:] for bias in run.biases),
        loss=run.loss[-1:],
        accuracy=run.accuracy[-1:],
        learning_rate=run.learning_rate[-1:],
    )


def layer_slices(widths: tuple[int, ...]) -> list[slice]:
    """The neurons of each hidden layer, and then of the output, as slices of the numbering.

    >>> layer_slices((2, 3))
    [slice(0, 2, None), slice(2, 5, None), slice(5, 6, None)]
    """
    edges = np.cumsum([0, *widths, 1]).tolist()
    return [slice(a, b) for a, b in itertools.pairwise(edges)]


def place_of(widths: tuple[int, ...], neuron: int) -> tuple[int, int]:
    """The layer of a neuron and its place within that layer, both from 1.

    The output's layer follows the last hidden layer.

    >>> place_of((2, 3), 4)
    (2, 3)
    """
    slices = layer_slices(widths)
    layer = next(n for n, each in enumerate(slices, 1) if neuron < each.stop)
    return layer, neuron - slices[layer - 1].start + 1


def run_as_arrays(run: RecordedRun) -> dict[str, NDArray[Any]]:
    """The run as named arrays, to be stored in a file; `run_from_arrays` is the inverse."""
    arrays: dict[str, NDArray[Any]] = {
        "seed": np.array(run.seed),
        "ended": np.array(run.ended),
        "iterations": run.iterations,
        "loss": run.loss,
        "accuracy": run.accuracy,
        "learning_rate": run.learning_rate,
    }
    for layer, (weights, biases) in enumerate(zip(run.weights, run.biases, strict=True)):
        arrays[f"weights{layer}"] = weights
        arrays[f"biases{layer}"] = biases
    return arrays


def run_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> RecordedRun:
    """The run that `run_as_arrays` stored as these arrays."""
    layers = range(sum(name.startswith("weights") for name in arrays))
    return RecordedRun(
        seed=int(arrays["seed"]),
        iterations=arrays["iterations"],
        weights=tuple(arrays[f"weights{layer}"] for layer in layers),
        biases=tuple(arrays[f"biases{layer}"] for layer in layers),
        loss=arrays["loss"],
        accuracy=arrays["accuracy"],
        learning_rate=arrays["learning_rate"],
        ended=str(arrays["ended"]),
    )
