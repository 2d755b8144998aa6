"""Recorded runs for tests: with given weights, random, drifting, and trained.

Axes: K snapshots, `out` and `in` units of a layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ginn.analysis.claims.revival import InterventionRun, start
from ginn.network.forward import pre_activations
from ginn.network.run import RecordedRun, Start
from support.paths import TRAINED_SNAPSHOTS

# The weights and biases of one layer. A network is a list of layers, the output last.
Layer = tuple[Any, Any]

# This layer passes x and y unchanged, because both are above zero within the domain.
IDENTITY: Layer = ([[1, 0], [0, 1]], [0, 0])


def run_of_arrays(
    weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], seed: int = 0, **others: Any
) -> RecordedRun:
    """A run from (K, out, in) weights and (K, out) biases for each layer.

    If all layers lack the axis K, it is a run of one snapshot. By default, snapshots are ten
    iterations apart, losses and accuracies are zero, and the learning rate is 0.001. `others`
    replaces these values.
    """
    if np.ndim(biases[0]) == 1:
        weights = [np.asarray(weight)[None] for weight in weights]
        biases = [np.asarray(bias)[None] for bias in biases]
    count = len(np.asarray(biases[0]))
    fields = {
        "iterations": np.arange(count, dtype=np.int64) * 10,
        "loss": np.zeros(count),
        "accuracy": np.zeros(count),
        "learning_rate": np.full(count, 1e-3),
    }
    return RecordedRun(
        seed=seed,
        weights=tuple(np.asarray(weight, dtype=np.float32) for weight in weights),
        biases=tuple(np.asarray(bias, dtype=np.float32) for bias in biases),
        **{**fields, **others},
    )


def run_of(*networks: Sequence[Layer], seed: int = 0, **others: Any) -> RecordedRun:
    """A run with one snapshot for each network; `others` as in `run_of_arrays`."""
    layers = [tuple(zip(*states, strict=True)) for states in zip(*networks, strict=True)]
    weights, biases = zip(*layers, strict=True)
    return run_of_arrays(weights, biases, seed, **others)


def threshold(x: float, on_to_the_right: bool = True) -> Layer:
    """The weights and bias of a neuron on (x, y) that is on at one side of a vertical line."""
    sign = 1.0 if on_to_the_right else -1.0
    return [sign, 0.0], -sign * x


def layer_of(*neurons: Layer) -> Layer:
    """A layer from the weights and biases of its neurons."""
    return [row for row, _ in neurons], [bias for _, bias in neurons]


def random_run(widths: tuple[int, ...], snapshots: int = 3, ended: str = "") -> RecordedRun:
    """A run with seed 7 and independent normal parameters; losses and accuracies are random."""
    rng = np.random.default_rng(len(widths))
    weights = [
        rng.normal(size=(snapshots, out, in_)) for in_, out in itertools.pairwise((2, *widths, 1))
    ]
    biases = [rng.normal(size=(snapshots, out)) for out in (*widths, 1)]
    loss, accuracy, learning_rate = rng.random((3, snapshots))
    return run_of_arrays(
        weights, biases, 7, loss=loss, accuracy=accuracy, learning_rate=learning_rate, ended=ended
    )


def random_run_within(widths: tuple[int, ...], snapshots: int = 3, seed: int = 0) -> RecordedRun:
    """A random run in which every neuron is zero at some point well within the domain.

    Nearly every neuron therefore has a boundary. Weights and biases are multiples of 1/64, so that
    degenerate cases occur.
    """
    rng = np.random.default_rng(seed)
    weights: list[Any] = []
    biases: list[Any] = []
    for in_, out in itertools.pairwise((2, *widths, 1)):
        weight = np.round(rng.uniform(-2, 2, (snapshots, out, in_)) * 64) / 64
        weights.append(weight.astype(np.float32))
        biases.append(np.zeros((snapshots, out), dtype=np.float32))
        through = rng.uniform(0.1, 0.9, (out, 2))
        value = pre_activations(tuple(weights), tuple(biases), through)[-1]  # (K, out, out)
        bias = -np.diagonal(value, axis1=1, axis2=2)
        biases[-1] = (np.round(bias * 64) / 64).astype(np.float32)
    return run_of_arrays(weights, biases, seed)


def drifting_run(widths: tuple[int, ...], snapshots: int, seed: int) -> RecordedRun:
    """A run whose parameters change little between snapshots, as in training.

    They are uniform within 1 / sqrt(fan in) at the start, and change at a constant speed.
    """
    rng = np.random.default_rng(seed)
    drift = np.linspace(0, 0.1, snapshots)

    def drifting(*shape: int, fan_in: int) -> np.ndarray:
        start, speed = rng.uniform(-1, 1, (2, *shape)) / np.sqrt(fan_in)
        return np.asarray(start + np.multiply.outer(drift, speed))

    pairs = list(itertools.pairwise((2, *widths, 1)))
    return run_of_arrays(
        [drifting(out, in_, fan_in=in_) for in_, out in pairs],
        [drifting(out, fan_in=in_) for in_, out in pairs],
        seed,
        loss=np.linspace(0.7, 0.1, snapshots),
        accuracy=np.linspace(0.5, 1.0, snapshots),
    )


def run_as_trained(widths: tuple[int, ...], snapshots: int, seed: int) -> RecordedRun:
    """A run with random weights as large as after training; lines cross all of the domain."""
    rng = np.random.default_rng(seed)
    shapes = list(zip((*widths, 1), (2, *widths), strict=True))
    size = [4.0] + [1.0] * len(widths)
    weights = [
        rng.normal(0, each * np.sqrt(2 / ins), (snapshots, out, ins))
        for each, (out, ins) in zip(size, shapes, strict=True)
    ]
    return run_of_arrays(weights, [rng.normal(0, 0.5, (snapshots, out)) for out, _ in shapes])


@cache
def trained_run(path: Path = TRAINED_SNAPSHOTS) -> RecordedRun:
    """A run of a 16-16-16 network that learnt a bottle, with six snapshots.

    Losses and accuracies are invented. `path` can be another file with `weights0`, `biases0` and so
    on.
    """
    with np.load(path) as arrays:
        layers = range(sum(name.startswith("weights") for name in arrays))
        weights = [arrays[f"weights{layer}"] for layer in layers]
        biases = [arrays[f"biases{layer}"] for layer in layers]
        iterations = arrays["iterations"].astype(np.int64)
    count = len(iterations)
    return run_of_arrays(
        weights,
        biases,
        iterations=iterations,
        loss=0.7 * 0.2 ** np.arange(count),
        accuracy=np.linspace(0.3, 0.98, count),
        learning_rate=np.linspace(1e-3, 0, count),
    )


def starts(copies: Sequence[InterventionRun], run: RecordedRun) -> Start:
    """The changed networks from which copies of one run start, together."""
    each = [start(copy, run) for copy in copies]
    weights = zip(*(one.weights for one in each), strict=True)
    biases = zip(*(one.biases for one in each), strict=True)
    return Start(
        each[0].iteration,
        tuple(np.concatenate(layers) for layers in weights),
        tuple(np.concatenate(layers) for layers in biases),
    )
