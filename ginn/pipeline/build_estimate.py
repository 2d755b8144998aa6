"""An estimate of the time, memory and bytes of a build, before it trains.

The kernel's speed is a time here: seconds of one core for one iteration of a group of seeds, for
each weight of the network, with minibatches of BATCH items. It is measured once on this machine and
kept in the cache. The kernel trains a group of seeds, one a vector lane, in the same time as one
seed. All other work is counted in recorded snapshots of runs. Its constants come from the builds in
`tests/benchmarks/README.md`, on a machine of known speed. They are scaled by the speed of this
machine.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import os
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ginn.analysis.claims import revival
from ginn.analysis.followed import last_followed
from ginn.analysis.interventions import intervention_snapshots
from ginn.config.models import Experiment
from ginn.config.overrides import block_starts
from ginn.dataset.dataset import Dataset
from ginn.files import write_whole
from ginn.geometry import compiled
from ginn.network.layout import Layout
from ginn.network.run import run_id
from ginn.pipeline.content import Content
from ginn.pipeline.experiment import inputs
from ginn.pipeline.runner import TABLE, Input, Known, Runner
from ginn.runtime.progress import in_words

# The speed of the machine on which the constants below were measured, as `measured_speed`.
REFERENCE = 6.7e-8  # s
SNAPSHOT_WORK = 0.8e-3  # s of one core for each recorded snapshot of a full run, and each neuron
SHOWN_WORK = 0.8e-3  # s of one core for each snapshot of a shown run, and each neuron, to draw it
FIXED_WORK = 9.0  # s of each worker to load libraries; the main process also makes the pages
KERNEL_WORK = 1.0  # s of each process to compile the training kernel for one shape of a network
LOOPS_WORK = 6.0  # s of one process to compile the loops of the tracer, once an installation
PROCESS_BYTES = 280_000_000
RECORDED_FACTOR = 20  # bytes of memory for each byte of recorded weights
SITE_BYTES, SNAPSHOT_BYTES = 200_000, 360  # of all pages; of each snapshot of a shown neuron
FAILED_SHARE = 0.07  # of screening runs, which fail
DEAD_SHARE = 0.06  # of screening runs, which have a layer that is dead over the hardest part
CACHE_FACTOR = 3  # bytes in the cache for each byte of recorded weights and of the site

KEPT = "speed.json"
ITERATIONS, ROUNDS = 500, 5  # iterations and repetitions of the measurement of the speed
BATCH = 128  # the items of its minibatches
PIXELS = 32  # the side of its picture


@dataclass(frozen=True)
class Training:
    """Runs that a build still has to train: their number, and the iterations and weights of each.

    `batch` is the number of items in a minibatch.
    """

    runs: int
    iterations: int
    weights: int
    batch: int = BATCH

    def groups(self, speed: float, lanes: int) -> list[float]:
        """The time in seconds of each group of runs that one process trains at once."""
        seconds = self.iterations * self.weights * (self.batch / BATCH) * speed
        return [seconds] * -(-self.runs // lanes)


def training_seconds(trainings: Iterable[Training], speed: float, jobs: int, lanes: int) -> float:
    """The time that trainings take side by side in `jobs` processes that do nothing else.

    Groups that take longest begin first, as the runner's batches do.
    """
    busy = [0.0] * jobs
    groups = (group for training in trainings for group in training.groups(speed, lanes))
    for group in sorted(groups, reverse=True):
        heapq.heapreplace(busy, busy[0] + group)
    return max(busy)


@dataclass(frozen=True)
class BuildEstimate:
    """What a build will need."""

    seconds: float
    memory: int  # bytes in all processes
    site: int  # bytes
    cache: int  # bytes
    shares: tuple[tuple[str, float], ...] = ()  # the title and the seconds of each experiment

    def __str__(self) -> str:
        """The estimate in sentences, for the terminal."""
        site, cache = (f"{size / 1e6:,.0f} MB" for size in (self.site, self.cache))
        several = self.shares if len(self.shares) > 1 else ()
        shares = ", ".join(f"{title} {in_words(seconds)}" for title, seconds in several)
        return (
            f"Estimate: {in_words(self.seconds)}, {self.memory / 1e9:.1f} GB of memory, "
            f"{site} for the site and {cache} for the cache.\n"
            + (f"The time of each experiment: {shares}.\n" if shares else "")
            + "It follows from the runs to train and the kernel's measured speed. It holds if "
            "nothing else runs on this machine."
        )


def estimate(content: Content, runner: Runner) -> BuildEstimate | None:
    """What a build will need. None if no run has to be trained, or if PyTorch trains."""
    settings = content.settings
    blocks = {
        experiment.id: [
            (each, inputs(settings.site, each, dataset, start), each is experiment)
            for each in (experiment, *settings.variants[experiment.id])
            for start in block_starts(settings, experiment)
        ]
        for experiment, dataset in content.experiments()
    }
    missing = {
        name: [
            training
            for each, known, plain in some
            for training in missing_trainings(each, known, runner, plain)
        ]
        for name, some in blocks.items()
    }
    trainers = {each.trainer for some in blocks.values() for each, _, _ in some}
    if not any(missing.values()) or trainers != {"kernel"}:
        return None
    speed, lanes = kept_speed(runner.cache.root / KEPT)
    jobs = runner.workers.jobs
    experiments = settings.experiments
    runs = {each.id: len(block_starts(settings, each)) * _full_runs(each) for each in experiments}
    scale = speed / REFERENCE / jobs
    # Experiments are trained one after another.
    seconds = [
        training_seconds(missing[each.id], speed, jobs, lanes)
        + len(each.snapshots)
        * _neurons(each)
        * scale
        * (runs[each.id] * SNAPSHOT_WORK + (each.shown.good + each.shown.bad) * SHOWN_WORK)
        for each in experiments
    ]
    shapes = {(each.weights, each.batch) for some in missing.values() for each in some}
    fixed = (1 + jobs) * FIXED_WORK + jobs * len(shapes) * KERNEL_WORK
    fixed += 0 if has_compiled_loops() else LOOPS_WORK
    recorded = sum(4 * _weights(each) * len(each.snapshots) * runs[each.id] for each in experiments)
    shown = sum(
        (each.shown.good + each.shown.bad) * len(each.snapshots) * _neurons(each)
        for each in experiments
    )
    site = SITE_BYTES + SNAPSHOT_BYTES * shown
    return BuildEstimate(
        sum(seconds) + fixed * scale,
        (1 + jobs) * PROCESS_BYTES + RECORDED_FACTOR * recorded,
        site,
        CACHE_FACTOR * (recorded + site),
        tuple((each.title, spent) for each, spent in zip(experiments, seconds, strict=True)),
    )


def missing_trainings(
    experiment: Experiment, known: Known, runner: Runner, intervened: bool
) -> Iterator[Training]:
    """The trainings of a block of seeds of an experiment or a variant that the cache lacks.

    Before screening, these numbers are not known: how many failed seeds are trained in full or for
    longer, and how many runs have a dead layer that is revived. So failed full runs count as
    missing if the run of a first seed is missing. Intervention runs and runs that are trained for
    longer count as missing if any other run is missing. `intervened` allows for such runs.
    """
    weights, batch = _weights(experiment), experiment.batch
    if screened := runner.missing(TABLE["screening"], known):
        yield Training(len(screened), experiment.screening.iterations, weights, batch)
    first = {run_id(seed): seed for seed in known["first-seeds"].value}
    full_runs = {**known, "full-run-seeds": Input(first)}
    if seeds := runner.missing(TABLE["full-runs"], full_runs):
        more = experiment.full_runs.failed_seeds
        yield Training(len(seeds) + more, experiment.iterations, weights, batch)
    if intervened and (screened or seeds):
        every = experiment.screening.seeds
        copies = revival.copies_from(round(every * DEAD_SHARE), every)
        recorded = intervention_snapshots(experiment)
        yield Training(copies, recorded[-1] - recorded[0], weights, batch)
        failed = round(every * FAILED_SHARE) - experiment.full_runs.failed_seeds
        yield Training(max(0, failed), last_followed(experiment), weights, batch)


def has_compiled_loops() -> bool:
    """Whether an earlier build of this installation has compiled the loops of the tracer."""
    folder = os.environ.get("NUMBA_CACHE_DIR") or Path(compiled.__file__).parent / "__pycache__"
    return any(Path(folder).rglob("*.nbi"))


def kept_speed(path: Path) -> tuple[float, int]:
    """The kernel's speed and lanes on this machine: from the file, or measured and kept there."""
    # Imported only here, since a build that trains nothing needs no compiler.
    from ginn.network.compiler import processor

    target = processor()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["processor"] == str(target):
            return float(kept["speed"]), target.lanes
    except (OSError, ValueError, LookupError, TypeError):
        pass  # The file is missing or damaged, so the speed is measured again.
    speed = measured_speed()
    # An estimate is not essential. On a full disk, the first result to store raises the error.
    with contextlib.suppress(OSError):
        write_whole(path, json.dumps({"processor": str(target), "speed": speed}).encode())
    return speed, target.lanes


def measured_speed() -> float:
    """The seconds of one core for an iteration of one group of networks, for each weight.

    It is the process's CPU time, so other programs hardly change it.
    """
    from ginn.network.compiler import processor
    from ginn.network.kernel import Networks, kernel, pixel_table

    layout, target = Layout((16, 16, 16), BATCH), processor()
    labels = np.indices((PIXELS, PIXELS)).sum(axis=0) % 8 < 4
    table = pixel_table(Dataset(labels, ()), layout.tile)
    seeds = range(target.lanes)
    drawn = np.random.default_rng(0).uniform(-0.5, 0.5, (len(seeds), layout.parameters))
    parameters = drawn.astype(np.float32)
    networks = Networks(kernel(layout, target.lanes, target), parameters, seeds, table, labels.size)
    rates = np.full((ITERATIONS, 2), 1e-3, np.float32)
    networks.train(0, rates)
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        networks.train(0, rates)
        times.append(time.process_time() - begun)
    return statistics.median(times) / ITERATIONS / layout.parameters


def _weights(experiment: Experiment) -> int:
    """The number of weights of a network, with biases."""
    return Layout(experiment.widths, experiment.batch).parameters


def _neurons(experiment: Experiment) -> int:
    return sum(experiment.widths)


def _full_runs(experiment: Experiment) -> int:
    return experiment.full_runs.first_seeds + experiment.full_runs.failed_seeds
