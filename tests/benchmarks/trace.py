"""Milliseconds a snapshot to trace exact boundaries: python tests/benchmarks/trace.py [RUN.npz].

One core. RUN.npz holds one run's `weights0`, (K, out, in), `biases0`, (K, out), `weights1` and so
on; without it, the trained snapshots of the tests are traced, repeated to 96.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np

from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun

FIXTURE = Path(__file__).parents[1] / "data" / "trained_snapshots.npz"
ROUNDS = 7


def run_of(path: Path, repeat: int) -> RecordedRun:
    """The snapshots of a file, the whole sequence `repeat` times over."""
    with np.load(path) as data:
        layers = sum(name.startswith("weights") for name in data)
        weights = tuple(np.concatenate([data[f"weights{i}"]] * repeat) for i in range(layers))
        biases = tuple(np.concatenate([data[f"biases{i}"]] * repeat) for i in range(layers))
    nothing = np.zeros(len(weights[0]))
    return RecordedRun(0, np.arange(len(nothing)), weights, biases, nothing, nothing, nothing)


def main() -> None:
    """Trace the run a few times and print the figures."""
    given = [Path(argument) for argument in sys.argv[1:]]
    run = run_of(given[0], 1) if given else run_of(FIXTURE, 16)
    boundaries = trace(run)
    milliseconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        trace(run)
        milliseconds.append((time.perf_counter() - start) * 1e3 / len(run))
    vertices = len(boundaries.vertices)
    segments = vertices - int((~boundaries.closed).sum())
    widths = "-".join(map(str, run.widths))
    print(f"{widths}, {len(run)} snapshots, one core, {ROUNDS} rounds")
    print(
        f"trace      {np.median(milliseconds):.2f} ms a snapshot, median "
        f"({min(milliseconds):.2f} to {max(milliseconds):.2f})"
    )
    print(
        f"regions    {boundaries.regions.mean():.0f} a snapshot, at most {boundaries.regions.max()}"
    )
    print(f"polylines  {len(boundaries.closed) / len(run):.1f} a snapshot")
    print(f"segments   {segments / len(run):.0f} a snapshot")
    print(f"vertices   {vertices / len(run):.0f} a snapshot")
    # Linux counts kilobytes.
    print(f"memory     {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB at most")


if __name__ == "__main__":
    main()
