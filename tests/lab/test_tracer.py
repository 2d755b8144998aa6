"""The laboratory's tracer against `ginn.geometry`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright
from support.boundary_checks import same_line
from support.lab_scripts import KERNEL, LAB, empty_page
from support.runs import (
    drifting_run,
    random_run,
    random_run_within,
    run_as_trained,
    run_of_arrays,
    trained_run,
)

from ginn.geometry.boundaries import Boundaries, trace
from ginn.network.initial import parameters_from, weights_and_biases
from ginn.network.layout import Layout
from ginn.network.run import RecordedRun, Start

pytestmark = pytest.mark.browser

QUANTA = 65535
TRACE = """({ states, widths }) => states.map((state) => {
  const { regions, chunk } = GINN.tracer.trace(Float32Array.from(state), widths);
  const plain = Object.entries(chunk).map(([name, value]) =>
    [name, typeof value === "number" ? value : [...value]]);
  return { ...Object.fromEntries(plain), regions };
})"""


@pytest.fixture(scope="module")
def page(playwright: Playwright) -> Iterator[Page]:
    """A page with the tracer and the kernels."""
    with empty_page(playwright, [*KERNEL, LAB / "tracer.js"]) as made:
        yield made


def parameters_of(run: RecordedRun) -> np.ndarray:
    """The parameters (K, N) of all snapshots, as the laboratory lays them out."""
    return parameters_from(Layout(run.widths, 1), Start(0, run.weights, run.biases))


def traced(page: Page, run: RecordedRun) -> Boundaries:
    """The boundaries that the laboratory finds."""
    found: list[dict[str, Any]] = page.evaluate(
        TRACE, {"states": parameters_of(run).tolist(), "widths": list(run.widths)}
    )

    def joined(name: str) -> np.ndarray:
        return np.concatenate([np.array(each[name], dtype=np.float64) for each in found])

    def offsets(name: str) -> np.ndarray:
        lengths = [np.diff(each[name]) for each in found]
        return np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)

    return Boundaries(
        widths=run.widths,
        vertices=np.stack([joined("x"), joined("y")], axis=1) / QUANTA,
        causes=joined("causes").astype(np.int32),
        polyline_offsets=offsets("polylines"),
        closed=joined("closed").astype(np.bool_),
        line_offsets=offsets("lines"),
        regions=np.array([each["regions"] for each in found], dtype=np.int32),
        corners=joined("corners").astype(np.bool_).reshape(len(found), -1),
    )


def differences(found: Boundaries, expected: Boundaries, tolerance: float) -> list[tuple[Any, ...]]:
    """The snapshots whose counts differ, and the neurons whose polylines or causes differ."""
    wrong: list[tuple[Any, ...]] = []
    for snapshot in range(len(expected)):
        if found.regions[snapshot] != expected.regions[snapshot]:
            wrong.append((snapshot, found.regions[snapshot], expected.regions[snapshot]))
        for neuron in range(expected.neurons):
            one, other = (each.polylines(snapshot, neuron) for each in (found, expected))
            if found.corners[snapshot, neuron] != expected.corners[snapshot, neuron]:
                wrong.append((snapshot, neuron, "corner"))
            if not same_line(one, other, tolerance):
                wrong.append((snapshot, neuron, one, other))
    return wrong


RUNS = {
    "trained": lambda: trained_run(),
    "as trained": lambda: run_as_trained((16, 16, 16), 40, 1),
    "wide": lambda: run_as_trained((32, 32), 4, 2),
    "deep": lambda: run_as_trained((8, 8, 8, 8, 8, 8), 8, 3),
    "drifting": lambda: drifting_run((16, 16, 16), 40, 4),
    "multiples of 1/64": lambda: random_run_within((6, 6, 6), 60, 5),
    "one neuron": lambda: random_run((1,), 30),
    "narrow": lambda: random_run((3, 1, 4, 2), 60),
}


@pytest.mark.parametrize("name", RUNS)
def test_traced_run_has_the_boundaries_of_geometry(page: Page, name: str) -> None:
    run = RUNS[name]()
    assert differences(traced(page, run), trace(run), 1e-9) == []


def test_networks_trained_in_the_page_have_the_boundaries_of_geometry(page: Page) -> None:
    widths = (16, 16, 16)
    states = page.evaluate(
        """async (widths) => {
          const layout = GINN.kernelLayout.of(widths, 128, 100);
          const { kernel } = await GINN.trainer.kernel(layout);
          const picture = Uint8Array.from({ length: 10000 }, (_, i) =>
            Number(Math.abs((i % 100) - 50) + Math.abs(Math.floor(i / 100) - 50) * 0.7 < 30));
          const schedule = { peak: 0.003, length: 1, cosine: false };
          const parameters = GINN.kernelNumbers.initial(layout, 1, 1).slice(0, layout.parameters);
          const trainer = GINN.trainer.create(
            kernel, layout, { picture, seed: 1, schedule, parameters });
          return Array.from({ length: 60 }, () => {
            trainer.train(100);
            return [...trainer.parameters()];
          });
        }""",
        list(widths),
    )
    parameters = np.array(states, dtype=np.float32)
    run = run_of_arrays(*weights_and_biases(Layout(widths, 1), parameters))
    expected = trace(run)
    assert expected.regions[-1] > 100
    assert differences(traced(page, run), expected, 1e-9) == []


def one_neuron(weight: tuple[float, float], bias: float) -> RecordedRun:
    return run_of_arrays([[weight], [[0.0]]], [[bias], [0.0]])


def coincident() -> RecordedRun:
    return run_of_arrays([[[1, 0], [0, 3]], [[1, 0]], [[1]]], [[-0.5, -1], [0], [-0.125]])


def zero_to_rounding() -> RecordedRun:
    first = [[0.7109375, -0.46875], [3 * 0.7109375, 3 * -0.46875], [3, 1], [1, 3], [-1, 5]]
    return run_of_arrays(
        [first, [[3, -1, 0, 0, 0], [0, 0, 1, -1, 0]], [[1, 1]]],
        [[0.1015625, 3 * 0.1015625, -1, -2, -1], [0, -0.25], [-0.125]],
    )


DEGENERATE = {
    "zero weights, below zero": one_neuron((0, 0), -1),
    "zero weights, zero": one_neuron((0, 0), 0),
    "zero weights, above zero": one_neuron((0, 0), 1),
    "along a side, on": one_neuron((1, 0), 0),
    "along a side, off": one_neuron((-1, 0), 0),
    "through two corners": one_neuron((1, -1), 0),
    "touches a corner, on": one_neuron((1, 1), 0),
    "touches a corner, off": one_neuron((-1, -1), 0),
    "through a vertex": run_of_arrays(
        [[[1, 0], [0, 1], [1, 0], [0, 1]], [[1, 2, -2, 1]], [[1]]],
        [[-0.5, -0.5, 0, 0], [0.5], [0]],
    ),
    "along an earlier boundary": coincident(),
    "zero over an area": run_of_arrays([[[2, 0]], [[1]], [[1]]], [[-1], [0], [0]]),
    "zero to rounding over an area": zero_to_rounding(),
    "closed ring": run_of_arrays(
        [[[1, 0], [-1, 0], [0, 1], [0, -1]], [[-1, -1, -1, -1]], [[1]]],
        [[-0.5, 0.5, -0.5, 0.5], [0.25], [-0.125]],
    ),
    "denormal weights": run_of_arrays([[[4e-45, 0]], [[1]]], [[-2e-45], [0]]),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_case_has_the_boundaries_of_geometry(page: Page, name: str) -> None:
    run = DEGENERATE[name]
    assert differences(traced(page, run), trace(run), 1e-12) == []


def lattice(seed: int) -> RecordedRun:
    """A network with small integer weights; many lines are concurrent, coincident or level."""
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 5, rng.integers(1, 4)).tolist()
    shapes = list(zip([*widths, 1], [2, *widths], strict=True))
    weights = [rng.integers(-2, 3, shape) for shape in shapes]
    third = rng.choice([1.0, 3.0])
    return run_of_arrays(weights, [rng.integers(-2, 3, shape[0]) / third for shape in shapes])


def copied(seed: int) -> RecordedRun:
    """A network in which each neuron of both layers is one of three."""
    rng = np.random.default_rng(seed)
    network = random_run_within((6, 6), 1, seed=seed)
    sources = [rng.integers(0, 3, 6), rng.integers(0, 3, 6), slice(None)]
    pairs = zip(network.weights, network.biases, sources, strict=True)
    layers = [(weight[:, source], bias[:, source]) for weight, bias, source in pairs]
    return run_of_arrays(*(list(each) for each in zip(*layers, strict=True)))


def test_lattice_networks_have_the_boundaries_of_geometry(page: Page) -> None:
    wrong = [
        seed
        for seed in range(60)
        if differences(traced(page, lattice(seed)), trace(lattice(seed)), 1e-9)
    ]
    assert wrong == []


def test_copied_neurons_have_the_polylines_of_geometry(page: Page) -> None:
    """The number of regions can be larger: see the first comment of `tracer.js`."""
    for seed in range(60, 75):
        found, expected = traced(page, copied(seed)), trace(copied(seed))
        assert 0 <= found.regions[0] - expected.regions[0] <= 2
        found.regions[:] = expected.regions
        assert differences(found, expected, 1e-6) == []


@pytest.mark.slow
def test_thousand_snapshots_have_the_boundaries_of_geometry(page: Page) -> None:
    for seed in range(5):
        for run in (
            run_as_trained((16, 16, 16), 70, seed + 10),
            drifting_run((16, 16, 16), 70, seed + 10),
            run_as_trained((12, 9, 5, 14), 60, seed + 10),
        ):
            assert differences(traced(page, run), trace(run), 1e-9) == []
