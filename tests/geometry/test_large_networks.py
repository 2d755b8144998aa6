"""Networks and runs that are too large to trace at once: chunks, limits, and memory."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from support.paths import ROOT
from support.runs import random_run_within, run_of_arrays

from ginn.errors import AuthorError
from ginn.geometry import subdivision
from ginn.geometry.boundaries import (
    trace,
)
from ginn.geometry.rounded import RoundedSubdivision
from ginn.network.run import RecordedRun


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of snapshots of each chunk that was begun to be cut."""
    sizes: list[int] = []
    cut = RoundedSubdivision.__init__

    def listen(self: RoundedSubdivision, snapshots: int, first_snapshot: int = 0) -> None:
        sizes.append(snapshots)
        cut(self, snapshots, first_snapshot)

    monkeypatch.setattr(RoundedSubdivision, "__init__", listen)
    return sizes


def test_trace_chunk_too_large_is_traced_in_smaller_chunks_to_the_same_lines(
    begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = random_run_within((9, 9), 40, seed=9)
    together = trace(network)
    begun.clear()
    monkeypatch.setattr(subdivision, "MOST_NUMBERS", 8_000)
    apart = trace(network)
    assert begun[:2] == [16, 8]
    assert begun[-1] < 8
    assert begun == sorted(begun[:-1], reverse=True) + begun[-1:], "a chunk never grows again"
    np.testing.assert_allclose(apart.vertices, together.vertices, rtol=0, atol=1e-12)
    for name in ("causes", "polyline_offsets", "closed", "line_offsets", "regions"):
        assert np.array_equal(getattr(apart, name), getattr(together, name)), name


def test_trace_snapshots_that_fit_only_alone_are_traced_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = random_run_within((9, 9), 2, seed=9)
    expected = trace(pair)
    alone = [
        run_of_arrays([w[k] for w in pair.weights], [b[k] for b in pair.biases]) for k in (0, 1)
    ]

    def fits(network: RecordedRun, limit: int) -> bool:
        monkeypatch.setattr(subdivision, "MOST_NUMBERS", limit)
        try:
            trace(network)
        except AuthorError:
            return False
        return True

    least = next(n for n in range(0, 5_000, 50) if fits(alone[0], n) and fits(alone[1], n))
    assert least > 0
    apart = trace(pair)
    assert np.array_equal(apart.regions, expected.regions)
    assert np.array_equal(apart.causes, expected.causes)


def test_trace_snapshot_too_large_alone_is_refused_with_its_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = random_run_within((9, 9), 5, seed=9)
    monkeypatch.setattr(subdivision, "MOST_NUMBERS", 300)
    with pytest.raises(AuthorError) as refused:
        trace(network)
    words = re.fullmatch(
        r"seed 9: found (\d+) linear regions at snapshot 0 for neuron (\d+) to cut, and (\d+) "
        r"numbers to hold, allowed: 300 numbers, .*; use fewer units, or raise MOST_NUMBERS in "
        r"ginn/geometry/subdivision\.py",
        str(refused.value),
    )
    assert words
    regions, neuron, numbers = map(int, words.groups())
    assert 300 < numbers <= 300 + 11 * (regions + 1), "one more line than there was room for"
    assert neuron < 9, "refused while the layer cuts, not after it"
    first_layer = run_of_arrays(
        [network.weights[0][0, :neuron], np.zeros((1, neuron))],
        [network.biases[0][0, :neuron], np.ones(1)],
    )
    monkeypatch.undo()
    assert trace(first_layer).regions[0] == regions, "those of the lines before"


def test_trace_one_full_snapshot_among_empty_ones_needs_room_for_itself_alone(
    begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = random_run_within((9, 9), 16, seed=9)
    for bias in network.biases[:-1]:
        bias[1:] = 1e6
    together = trace(network)
    assert together.regions[0] > 100
    assert together.regions[1:].max() == 1
    begun.clear()
    monkeypatch.setattr(subdivision, "MOST_NUMBERS", 12 * (3 * int(together.regions[0]) + 4 * 16))
    apart = trace(network)
    assert begun == [16]
    assert np.array_equal(apart.causes, together.causes)


# Runs in a process of its own, so that the system's report of peak memory is about this work alone.
LARGE = """
import re, sys
import numpy as np
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from ginn.geometry.boundaries import trace
from support.boundary_checks import EPSILON, scales, values_at
from support.runs import run_as_trained

def peak():
    # Not getrusage's peak, which a process takes over from the one that began it.
    (kilobytes,) = re.findall(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1000

trace(run_as_trained((2,), 1, seed=1))
before = peak()
network = run_as_trained((int(sys.argv[1]),) * int(sys.argv[2]), 1, seed=1)
boundaries = trace(network)
print(boundaries.regions[0], round(peak() - before))
bound = 8 * EPSILON * scales(network, 0)
for neuron in range(0, boundaries.neurons, 8):
    lines = boundaries.polylines(0, neuron)
    points = np.concatenate([np.empty((0, 2)), *(line.vertices for line in lines)])[:5_000]
    value = values_at(network, 0, points)[:, neuron]
    assert (np.abs(value) <= bound[neuron]).all(), neuron
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kilobytes are Linux's unit of a peak")
@pytest.mark.parametrize(
    ("width", "layers", "regions", "megabytes"),
    [
        (128, 2, 5_000, 100),
        (64, 6, 17_000, 150),
        pytest.param(144, 4, 40_000, 300, marks=pytest.mark.slow),
    ],
)
def test_trace_large_network_takes_bounded_memory(
    width: int, layers: int, regions: int, megabytes: int
) -> None:
    arguments = [str(width), str(layers), str(ROOT), str(ROOT / "tests")]
    done = subprocess.run(
        [sys.executable, "-c", LARGE, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found, held = map(int, done.stdout.split())
    assert found >= regions, "or it is no large network"
    assert held <= megabytes
