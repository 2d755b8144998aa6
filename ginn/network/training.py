"""The training loop: settings and seeds in, recorded runs out.

Many seeds advance together in one batched step (`kernel`). Each seed has its own initial weights
(`initial`) and its own stream of minibatches (`minibatches`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch

from ginn.dataset.dataset import Dataset
from ginn.network.initial import begin_from, initialise
from ginn.network.kernel import Parameters, Step, evaluate
from ginn.network.minibatches import Minibatches
from ginn.network.run import Float32, RecordedRun, Start
from ginn.network.settings import Training
from ginn.network.starts import StartedRun, merged_start

CHUNK = 128  # iterations whose minibatches are drawn together


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
    the reason in `ended`; the other runs continue.

    With a `start`, run s begins with the start's network s at the start's iteration, and the
    learning rate continues from that iteration. A seed then only selects the minibatches, from the
    beginning of its stream, and may occur several times. Adam's moments and its count of steps
    start at zero. So the run is not the continuation of the run that the network came from: the
    first steps move every parameter that has a gradient by about one learning rate.

    Raises ValueError if the start does not fit the training, or if the recording begins before it.
    """
    if not seeds:
        return []
    if start and recorded[0] < start.iteration:
        raise ValueError(
            f"found {recorded[0]} as the first recorded iteration, allowed: {start.iteration}, "
            "where the start is, or later; record no iteration before the start"
        )
    with _one_thread_without_denormals():
        return _train(training, dataset, seeds, recorded, report_progress, start)


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


@contextmanager
def _one_thread_without_denormals() -> Iterator[None]:
    """Set torch to one thread and flush denormals; restore both on exit.

    Both settings belong to the process, and other code in it must not be affected.
    """
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
    report_progress: Callable[[int], None],
    start: Start | None,
) -> list[RecordedRun]:
    """The runs of `train`, with the process's settings already made."""
    parameters = Parameters(len(seeds), training.widths)
    if start:
        begin_from(parameters, start)
    else:
        initialise(parameters, seeds)
    step = Step(parameters, len(seeds), training.widths, training.batch)
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
            report_progress(count * len(seeds))
        recorder.record(iteration, parameters)
    return recorder.runs()


class _Recorder:
    """The snapshots and measurements of a group of runs, collected while they are trained."""

    def __init__(
        self, training: Training, dataset: Dataset, seeds: Sequence[int], recorded: Sequence[int]
    ) -> None:
        self.training, self.seeds, self.recorded = training, seeds, recorded
        self.points = torch.from_numpy(dataset.points().astype(np.float32)).T.contiguous()
        self.labels = torch.from_numpy(dataset.labels.reshape(-1).astype(np.float32))
        self.states: list[list[Float32]] = []  # a snapshot: (S, out, in + 1) a layer
        self.measures: list[list[tuple[float, float]]] = [[] for _ in seeds]
        self.ended = [""] * len(seeds)

    def record(self, iteration: int, parameters: Parameters) -> None:
        """Copy every network, end the runs that are not finite, and measure the others."""
        for s in range(len(self.seeds)):
            network = [layer[s] for layer in parameters.layers]
            if not self.ended[s] and not all(bool(layer.isfinite().all()) for layer in network):
                self.ended[s] = self._reason(s, iteration)
            if not self.ended[s]:
                self.measures[s].append(evaluate(network, self.points, self.labels))
        self.states.append([layer.numpy().copy() for layer in parameters.layers])

    def runs(self) -> list[RecordedRun]:
        """The recorded runs, one for each seed."""
        return [self._run(s) for s in range(len(self.seeds))]

    def _reason(self, s: int, iteration: int) -> str:
        last = self.recorded[len(self.measures[s]) - 1] if self.measures[s] else "none"
        return (
            f"seed {self.seeds[s]}: the parameters are no longer finite at iteration {iteration}; "
            f"the last finite snapshot is {last}; a learning rate below "
            f"{self.training.learning_rate:g} may mend it"
        )

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
