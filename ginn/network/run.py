"""Snapshots of one run, and the network's forward pass in float64.

A network has `depth` hidden ReLU layers and one output unit, the logit of "white". Its neurons are
numbered layer by layer from 0; the output comes last, as neuron `sum(widths)`. Every room that
speaks of a neuron by one number means this one.

Axes: K snapshots, P points, `out` and `in` units of a layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class RecordedRun:
    """The recorded states of one run, in order of iteration.

    `weights[l]` is (K, out, in) and `biases[l]` (K, out), float32, for the hidden layers and then
    the output (out = 1). `loss` is the mean cross-entropy in nats and `accuracy` the fraction of
    pixels on the right side of p = 0.5, both over the full domain; `learning_rate` is Adam's at
    that iteration. `ended` is empty, or says why the run stopped early; its snapshots then stop at
    the last finite state.
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
        """Units of each hidden layer, first to last."""
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
    """Where S runs begin in place of an initialisation: S networks and the iteration they are at.

    `weights[l]` is (S, out, in) and `biases[l]` (S, out), float32, for the hidden layers and then
    the output. Nothing else is carried over: an optimiser starts with its moments at zero.
    """

    iteration: int
    weights: tuple[Float32, ...]
    biases: tuple[Float32, ...]


def layer_slices(widths: tuple[int, ...]) -> list[slice]:
    """Where each hidden layer's neurons stand in the numbering of all neurons; the output is last.

    >>> layer_slices((2, 3))
    [slice(0, 2, None), slice(2, 5, None), slice(5, 6, None)]
    """
    edges = np.cumsum([0, *widths, 1]).tolist()
    return [slice(a, b) for a, b in itertools.pairwise(edges)]


def place_of(widths: tuple[int, ...], neuron: int) -> tuple[int, int]:
    """A neuron's layer and its place there, both from 1; the output's layer follows the last.

    >>> place_of((2, 3), 4)
    (2, 3)
    """
    slices = layer_slices(widths)
    layer = next(n for n, each in enumerate(slices, 1) if neuron < each.stop)
    return layer, neuron - slices[layer - 1].start + 1


def pre_activations(
    weights: tuple[NDArray[Any], ...], biases: tuple[NDArray[Any], ...], points: Float64
) -> list[Float64]:
    """Pre-activations of every layer at `points`, in float64; the last entry is the logit.

    `weights[l]` is (..., out, in), `biases[l]` (..., out) and `points` (P, 2) in domain units; the
    result's entries are (..., P, out). Leading axes, such as K snapshots, are carried through.
    """
    activation = points
    layers = []
    for weight, bias in zip(weights, biases, strict=True):
        weight64 = weight.astype(np.float64)
        pre_activation = activation @ np.swapaxes(weight64, -1, -2)  # (..., P, out)
        pre_activation = pre_activation + bias.astype(np.float64)[..., None, :]
        layers.append(pre_activation)
        activation = np.maximum(pre_activation, 0.0)
    return layers


def probability(logit: Float64) -> Float64:
    """The probability of white for a logit of any shape, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * logit))


def snapshots_as_arrays(snapshots: RecordedRun) -> dict[str, NDArray[Any]]:
    """The run as named arrays, for a file; `snapshots_from_arrays` is the way back."""
    arrays: dict[str, NDArray[Any]] = {
        "seed": np.array(snapshots.seed),
        "ended": np.array(snapshots.ended),
        "iterations": snapshots.iterations,
        "loss": snapshots.loss,
        "accuracy": snapshots.accuracy,
        "learning_rate": snapshots.learning_rate,
    }
    for layer, (weights, biases) in enumerate(
        zip(snapshots.weights, snapshots.biases, strict=True)
    ):
        arrays[f"weights{layer}"] = weights
        arrays[f"biases{layer}"] = biases
    return arrays


def snapshots_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> RecordedRun:
    """The run that `snapshots_as_arrays` took apart."""
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
