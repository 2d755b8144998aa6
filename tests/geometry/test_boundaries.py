"""Exact boundaries against oracles that share no code with the tracer."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from support.boundary_checks import (
    SHAPES,
    check_sides,
    validate,
)
from support.runs import random_run_within, trained_run

from ginn.errors import AuthorError
from ginn.geometry import boundaries as geometry
from ginn.geometry import subdivision
from ginn.geometry.boundaries import (
    trace,
)
from ginn.network.run import RecordedRun


@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_trace_random_network_holds_every_invariant(widths: tuple[int, ...]) -> None:
    network = random_run_within(widths, seed=1)
    boundaries = trace(network)
    validate(network, boundaries)
    assert np.diff(boundaries.line_offsets).max() >= 1
    for snapshot in range(len(network)):
        check_sides(network, boundaries, snapshot, 2_000)


def test_trace_trained_network_holds_every_invariant() -> None:
    network = trained_run()
    boundaries = trace(network)
    validate(network, boundaries)
    assert boundaries.closed.any()
    for snapshot in range(len(network)):
        check_sides(network, boundaries, snapshot, 2_000)


ARRAYS = (
    "vertices", "causes", "polyline_offsets", "closed", "line_offsets", "regions", "corners",
)  # fmt: skip


def rescaled(network: RecordedRun, seed: int) -> RecordedRun:
    """The network with each neuron times a power of two, which the next layer's weights undo.

    The logit is multiplied, too. Its sign, and so the boundaries, are the same.
    """
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    undo = np.ones(2, dtype=np.float32)
    for weight, bias in zip(network.weights, network.biases, strict=True):
        factor = (2.0 ** rng.integers(-12, 13, weight.shape[1])).astype(np.float32)
        weights.append(weight * factor[:, None] / undo)
        biases.append(bias * factor)
        undo = factor
    return replace(network, weights=tuple(weights), biases=tuple(biases))


@pytest.mark.parametrize(
    "network", [random_run_within(w, seed=5) for w in SHAPES] + [trained_run()]
)
def test_trace_rescaled_network_gives_the_same_boundaries_to_the_bit(network: RecordedRun) -> None:
    expected, found = trace(network), trace(rescaled(network, 6))
    for name in ARRAYS:
        assert np.array_equal(getattr(expected, name), getattr(found, name)), name
    validate(rescaled(network, 6), found)


@pytest.mark.parametrize("chunk", [1, 4])
def test_trace_in_other_chunks_gives_the_same_boundaries(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = trace(trained_run())
    monkeypatch.setattr(subdivision, "CHUNK", chunk)
    apart = trace(trained_run())
    np.testing.assert_allclose(apart.vertices, together.vertices, rtol=0, atol=1e-12)
    for name in ARRAYS[1:]:
        assert np.array_equal(getattr(apart, name), getattr(together, name)), name


def test_trace_no_snapshots_gives_no_boundaries() -> None:
    network = random_run_within((3, 2))
    nothing = replace(
        network,
        iterations=network.iterations[:0],
        weights=tuple(w[:0] for w in network.weights),
        biases=tuple(b[:0] for b in network.biases),
    )
    boundaries = trace(nothing)
    assert len(boundaries) == 0
    assert boundaries.neurons == 6
    assert boundaries.vertices.shape == (0, 2)
    assert boundaries.causes.shape == boundaries.closed.shape == (0,)
    assert boundaries.polyline_offsets.tolist() == boundaries.line_offsets.tolist() == [0]
    some = trace(network)
    for name in ARRAYS:
        assert getattr(boundaries, name).dtype == getattr(some, name).dtype, name


def test_boundaries_from_arrays_gives_back_the_boundaries() -> None:
    boundaries = trace(random_run_within((3, 2)))
    arrays = geometry.boundaries_as_arrays(boundaries)
    assert {name: array.dtype == object for name, array in arrays.items()} == dict.fromkeys(
        ("widths", *ARRAYS),
        False,
    )
    back = geometry.boundaries_from_arrays(arrays)
    assert back.widths == (3, 2)
    for name in arrays.keys() - {"widths"}:
        assert getattr(back, name) is arrays[name]
        assert np.array_equal(getattr(back, name), getattr(boundaries, name))


def test_trace_first_layer_gives_one_straight_segment_a_neuron() -> None:
    boundaries = trace(trained_run())
    found = 0
    for snapshot in range(len(boundaries)):
        for neuron in range(16):
            lines = boundaries.polylines(snapshot, neuron)
            assert len(lines) <= 1
            for line in lines:
                assert len(line.vertices) == 2
                assert not line.closed
                found += 1
    assert found > 16


def test_trace_run_with_too_many_vertices_is_refused_with_its_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = random_run_within((9, 9), 40, seed=9)
    boundaries = trace(network)
    vertices = len(boundaries.causes)
    monkeypatch.setattr(geometry, "MOST_VERTICES", vertices)
    assert len(trace(network)) == 40
    monkeypatch.setattr(geometry, "MOST_VERTICES", vertices - 1)
    fullest = int(np.argmax(boundaries.regions))
    words = (
        f"seed 9: found {boundaries.regions[fullest]} linear regions at iteration {10 * fullest}, "
        f"with {vertices:,} vertices in the boundaries of 40 of 40 snapshots, allowed: "
    )
    with pytest.raises(AuthorError, match=re.escape(words)):
        trace(network)


def test_require_room_snapshot_whose_multiple_is_too_large_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = random_run_within((9, 9), 1, seed=9)
    vertices = len(trace(state).causes)
    monkeypatch.setattr(geometry, "MOST_VERTICES", 7 * vertices)
    assert geometry.require_room(state, 7) == vertices
    with pytest.raises(AuthorError, match=rf"{8 * vertices:,} in 8 snapshots from there on"):
        geometry.require_room(state, 8)
