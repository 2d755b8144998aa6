"""Runs that start from given networks, and the arrays in which they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.network.run import Start


@dataclass(frozen=True)
class StartedRun:
    """A run that starts from a given network: the seed of its minibatches, and its `start`, which
    holds this one network.
    """

    seed: int
    start: Start


def merged_start(runs: Sequence[StartedRun]) -> Start:
    """The networks of several runs, which start at one iteration, as one start."""
    layers = range(len(runs[0].start.biases))
    return Start(
        iteration=runs[0].start.iteration,
        weights=tuple(np.concatenate([run.start.weights[i] for run in runs]) for i in layers),
        biases=tuple(np.concatenate([run.start.biases[i] for run in runs]) for i in layers),
    )


def starts_as_arrays(runs: Mapping[str, StartedRun]) -> dict[str, NDArray[Any]]:
    """Runs by name, as arrays to be stored in a file; `starts_from_arrays` is the inverse."""
    arrays: dict[str, NDArray[Any]] = {"names": np.array(list(runs), dtype=np.str_)}
    if runs:
        start = merged_start(list(runs.values()))
        arrays["seeds"] = np.array([run.seed for run in runs.values()], dtype=np.int64)
        arrays["iteration"] = np.array(start.iteration)
        for layer, (weights, biases) in enumerate(zip(start.weights, start.biases, strict=True)):
            arrays |= {f"weights{layer}": weights, f"biases{layer}": biases}
    return arrays


def starts_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> dict[str, StartedRun]:
    """The runs that `starts_as_arrays` was given."""
    layers = range(sum(name.startswith("weights") for name in arrays))

    def run(number: int) -> StartedRun:
        one = slice(number, number + 1)
        start = Start(
            iteration=int(arrays["iteration"]),
            weights=tuple(arrays[f"weights{layer}"][one] for layer in layers),
            biases=tuple(arrays[f"biases{layer}"][one] for layer in layers),
        )
        return StartedRun(int(arrays["seeds"][number]), start)

    return {name: run(number) for number, name in enumerate(arrays["names"].tolist())}
