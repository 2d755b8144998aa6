"""Milliseconds a snapshot to trace exact boundaries: python tests/benchmarks/trace.py [RUN.npz].

One core, processor time. RUN.npz holds one run's `weights0`, (K, out, in), `biases0`, (K, out),
`weights1` and so on; without it, the trained snapshots of the tests are traced, repeated to 96.

regioncam 0.5 is measured, too, if it is installed (`pip install 'regioncam==0.5.*'`). It finds the
regions and edges of the whole network and the output's line, in float32, without polylines.
"""

from __future__ import annotations

import functools
import importlib
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np

from ginn.geometry.boundaries import Boundaries, trace
from ginn.geometry.layers import subdivisions_before
from ginn.geometry.subdivision import CHUNK
from ginn.network.run import RecordedRun

FIXTURE = Path(__file__).parents[1] / "data" / "trained_snapshots.npz"
ROUNDS = 7
ALONE = 8  # snapshots traced one at a time, evenly spread over the run


def run_of(path: Path, repeat: int) -> RecordedRun:
    """A run with the snapshots of a file, repeated `repeat` times."""
    with np.load(path) as data:
        layers = sum(name.startswith("weights") for name in data)
        weights = tuple(np.concatenate([data[f"weights{i}"]] * repeat) for i in range(layers))
        biases = tuple(np.concatenate([data[f"biases{i}"]] * repeat) for i in range(layers))
    nothing = np.zeros(len(weights[0]))
    return RecordedRun(0, np.arange(len(nothing)), weights, biases, nothing, nothing, nothing)


def one_of(run: RecordedRun, snapshot: int) -> RecordedRun:
    """One snapshot of a run."""
    part = slice(snapshot, snapshot + 1)
    weights, biases = tuple(w[part] for w in run.weights), tuple(b[part] for b in run.biases)
    nothing = np.zeros(1)
    return RecordedRun(0, np.arange(1), weights, biases, nothing, nothing, nothing)


def milliseconds(works: list[Callable[[], Any]]) -> list[float]:
    """The median processor time (ms) of each function.

    The functions run in turn, so that changes of the processor's speed affect all alike.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for spent, work in zip(times, works, strict=True):
            start = time.thread_time()
            work()
            spent.append((time.thread_time() - start) * 1e3)
    return [float(np.median(spent)) for spent in times]


def regioncam_of(run: RecordedRun) -> Callable[[], Any] | None:
    """A function that traces the run's one snapshot with regioncam; None if it is not installed."""
    try:
        library: Any = importlib.import_module("regioncam")
    except ModuleNotFoundError:
        return None
    layers = [
        [np.ascontiguousarray(weight[0].T), bias[0].copy()]
        for weight, bias in zip(run.weights, run.biases, strict=True)
    ]
    # The centre of regioncam's square is the origin.
    layers[0][1] = (layers[0][1] + 0.5 * layers[0][0].sum(axis=0)).astype(np.float32)

    def traced() -> Any:
        camera = library.Regioncam(size=0.5)
        for number, (weight, bias) in enumerate(layers):
            camera.linear(weight, bias)
            if number < len(layers) - 1:
                camera.relu()
        faces = camera.num_faces
        camera.decision_boundary()
        return faces

    return traced


def uncertain_share(run: RecordedRun) -> float:
    """The share of snapshots that need exact arithmetic for their signs or their positions."""
    found = 0
    for first in range(0, len(run), CHUNK):
        for divided in subdivisions_before(run, first, min(CHUNK, len(run) - first)):
            divided.crossing_places(divided.polylines()[0])
        found += int(divided.uncertain.sum())
    return found / len(run)


def print_alone(run: RecordedRun, boundaries: Boundaries) -> None:
    """Print the times of single snapshots, by their number of regions."""
    chosen = np.unique(np.linspace(0, len(run) - 1, ALONE).astype(int)).tolist()
    print(f"{'alone: regions':16}{'trace':>10}{'regioncam':>12}{'its faces':>12}")
    for snapshot in sorted(chosen, key=lambda k: int(boundaries.regions[k])):
        one = one_of(run, snapshot)
        other = regioncam_of(one)
        works: list[Callable[[], Any]] = [functools.partial(trace, one)]
        spent = milliseconds([*works, other] if other else works)
        beside = f"{spent[1]:10.2f}ms{other():12}" if other else f"{'-':>12}"
        print(f"{boundaries.regions[snapshot]:16,}{spent[0]:8.2f}ms{beside}")


def main() -> None:
    """Trace the run a few times and print the figures."""
    given = [Path(argument) for argument in sys.argv[1:]]
    run = run_of(given[0], 1) if given else run_of(FIXTURE, 16)
    boundaries = trace(run)
    vertices = len(boundaries.vertices)
    segments = vertices - int((~boundaries.closed).sum())
    widths = "-".join(map(str, run.widths))
    print(f"{widths}, {len(run)} snapshots, one core, median of {ROUNDS} rounds")
    (spent,) = milliseconds([lambda: trace(run)])
    print(f"trace      {spent / len(run):.3f} ms a snapshot")
    print(f"uncertain  {uncertain_share(run):.2%} of the snapshots")
    print(
        f"regions    {boundaries.regions.mean():.0f} a snapshot, at most {boundaries.regions.max()}"
    )
    print(f"polylines  {len(boundaries.closed) / len(run):.1f} a snapshot")
    print(f"segments   {segments / len(run):.0f} a snapshot")
    print(f"vertices   {vertices / len(run):.0f} a snapshot")
    # Linux counts kilobytes.
    print(f"memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB at most")
    print_alone(run, boundaries)


if __name__ == "__main__":
    main()
