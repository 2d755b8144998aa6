"""Train seeds and give recorded runs. The compiled kernel or torch does the training steps.

Axes: S seeds, K snapshots, N parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from ginn.dataset.dataset import Dataset
from ginn.network.compiler import processor
from ginn.network.initial import initial_parameters, parameters_from, weights_and_biases
from ginn.network.kernel import Networks, kernel, lanes_for, pixel_table
from ginn.network.layout import Layout
from ginn.network.reference import TorchNetworks
from ginn.network.run import Float32, Float64, RecordedRun, Start
from ginn.network.schedule import AdamRates, learning_rates
from ginn.network.settings import Training
from ginn.network.starts import StartedRun, merged_start

CHUNK = 500  # iterations between two reports of progress, at most


class Group(Protocol):
    """Networks that are trained together."""

    def train(self, first_iteration: int, rates: Float32) -> None:
        """Train on one minibatch for each row of `rates`, the first being `first_iteration`."""

    def evaluate(self) -> tuple[Float64, Float64]:
        """The loss (nats) and accuracy of each network over all pixels."""

    def state(self) -> Float32:
        """A copy of the parameters (S, N)."""


def train(
    training: Training,
    dataset: Dataset,
    seeds: Sequence[int],
    recorded: Sequence[int],
    report_progress: Callable[[int], None] = lambda iterations: None,
    start: Start | None = None,
) -> list[RecordedRun]:
    """The runs of the seeds, trained up to the last of the `recorded` iterations.

    Snapshot i is the network after `recorded[i]` updates. The learning rate follows
    `training.iterations` even if the recording ends earlier, so a short training is the beginning
    of the full one. `report_progress` receives the iterations done since its last call, summed over
    runs. A run whose parameters are no longer finite ends with its last finite snapshot and gives
    the reason in `ended`; the other runs continue. The result is the same on
    every processor, to the bit, unless `training.trainer` is "torch".

    With a `start`, run s begins with the start's network s at the start's iteration, and the
    learning rate continues from that iteration. A seed then only selects the minibatches, from the
    beginning of its stream, and may occur several times. Adam's moments and its count of steps
    start at zero. So the run is not the continuation of the run that the network came from: the
    first steps move every parameter that has a gradient by about one learning rate.

    Raises ValueError if the start does not fit the training, or if the recording begins before it.
    """
    if not seeds:
        return []
    begin = start.iteration if start else 0
    if recorded[0] < begin:
        raise ValueError(
            f"found {recorded[0]} as the first recorded iteration, allowed: {begin}, "
            "where the start is, or later; record no iteration before the start"
        )
    layout = Layout(training.widths, training.batch)
    parameters = (
        parameters_from(layout, start)
        if start
        else initial_parameters(layout, seeds, training.initial_scale, training.bias)
    )
    rates = AdamRates(training.learning_rate, training.iterations, begin, training.warm_up)
    groups = list(_groups(training, dataset, layout, seeds, parameters))
    recorder = _Recorder(training, layout, seeds, recorded)
    iteration = begin
    for stop in recorded:
        while iteration < stop:
            count = min(CHUNK, stop - iteration)
            steps = rates.take(count)
            for group in groups:
                group.train(iteration - begin, steps)
            iteration += count
            report_progress(count * len(seeds))
        recorder.record(iteration, groups)
    return recorder.runs()


def train_from_starts(
    training: Training,
    dataset: Dataset,
    runs: Sequence[StartedRun],
    recorded: Sequence[int],
    report_progress: Callable[[int], None] = lambda iterations: None,
) -> list[RecordedRun]:
    """The runs that start from given networks, all at one iteration; see `train`."""
    seeds = [run.seed for run in runs]
    start = merged_start(runs) if runs else None
    return train(training, dataset, seeds, recorded, report_progress, start)


def _groups(
    training: Training,
    dataset: Dataset,
    layout: Layout,
    seeds: Sequence[int],
    parameters: Float32,
) -> Iterator[Group]:
    """The networks of the seeds, in groups that fill the processor's lanes; torch has one group."""
    if training.trainer == "torch":
        yield TorchNetworks(layout, parameters, seeds, dataset)
        return
    target, table = processor(), pixel_table(dataset, layout.tile)
    first = 0
    while first < len(seeds):
        lanes = lanes_for(len(seeds) - first, target)
        some = slice(first, first + lanes)
        made = kernel(layout, lanes, target)
        yield Networks(made, parameters[some], seeds[some], table, dataset.labels.size)
        first += lanes


class _Recorder:
    """The snapshots and measurements of runs, collected while they are trained."""

    def __init__(
        self, training: Training, layout: Layout, seeds: Sequence[int], recorded: Sequence[int]
    ) -> None:
        self.training, self.layout = training, layout
        self.seeds, self.recorded = seeds, recorded
        self.states: list[Float32] = []  # (S, N) a snapshot
        self.losses: list[Float64] = []  # (S,) a snapshot
        self.accuracies: list[Float64] = []
        self.counts = [0] * len(seeds)  # the finite snapshots of each run
        self.ended = [""] * len(seeds)

    def record(self, iteration: int, groups: Sequence[Group]) -> None:
        """Copy and measure every network, and end the runs that are not finite."""
        state = np.concatenate([group.state() for group in groups])
        measured = [group.evaluate() for group in groups]
        self.states.append(state)
        self.losses.append(np.concatenate([loss for loss, _ in measured]))
        self.accuracies.append(np.concatenate([accuracy for _, accuracy in measured]))
        for s, finite in enumerate(np.isfinite(state).all(axis=1)):
            if not finite and not self.ended[s]:
                self.ended[s] = self._reason(s, iteration)
            self.counts[s] += not self.ended[s]

    def runs(self) -> list[RecordedRun]:
        """The recorded runs, one for each seed."""
        return [self._run(s) for s in range(len(self.seeds))]

    def _reason(self, s: int, iteration: int) -> str:
        last = self.recorded[self.counts[s] - 1] if self.counts[s] else "none"
        return (
            f"seed {self.seeds[s]}: the parameters are no longer finite at iteration {iteration}; "
            f"the last finite snapshot is {last}; a learning rate below "
            f"{self.training.learning_rate:g} may mend it"
        )

    def _run(self, s: int) -> RecordedRun:
        count = self.counts[s]
        states = np.stack([state[s] for state in self.states[:count]])  # (K, N)
        weights, biases = weights_and_biases(self.layout, states)
        iterations = np.array(self.recorded[:count], dtype=np.int64)
        return RecordedRun(
            seed=self.seeds[s],
            iterations=iterations,
            weights=weights,
            biases=biases,
            loss=np.array([loss[s] for loss in self.losses[:count]]),
            accuracy=np.array([accuracy[s] for accuracy in self.accuracies[:count]]),
            learning_rate=learning_rates(
                self.training.learning_rate,
                self.training.iterations,
                iterations,
                self.training.warm_up,
            ),
            ended=self.ended[s],
        )
