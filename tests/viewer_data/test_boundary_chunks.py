"""Chunks of boundaries: decoding undoes encoding, texts are short, and damage is refused."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.decode_chunks import decode_boundaries, segments_of
from support.drawn_boundaries import distances
from support.runs import drifting_run, run_of_arrays

from ginn.geometry import boundaries as geometry
from ginn.geometry.boundaries import LEFT, TOP, Boundaries
from ginn.network.forward import pre_activations
from ginn.viewer_data.boundary_chunks import (
    QUANTA,
    boundary_chunk,
    encode,
)


def synthetic(widths: tuple[int, ...], snapshots: int, seed: int) -> Boundaries:
    """Boundaries with every count of polylines and vertices, closed and open, at random places."""
    rng = np.random.default_rng(seed)
    lines = snapshots * (sum(widths) + 1)
    a_line = rng.integers(0, 4, lines)
    a_polyline = rng.integers(2, 6, a_line.sum())
    vertices = int(a_polyline.sum())
    return Boundaries(
        widths=widths,
        vertices=rng.random((vertices, 2)),
        causes=rng.integers(-4, sum(widths), vertices).astype(np.int32),
        polyline_offsets=np.concatenate([[0], np.cumsum(a_polyline)]).astype(np.int64),
        closed=rng.random(a_line.sum()) < 0.3,
        line_offsets=np.concatenate([[0], np.cumsum(a_line)]).astype(np.int64),
        regions=np.ones(snapshots, dtype=np.int32),
        corners=rng.random((snapshots, sum(widths) + 1)) < 0.5,
    )


def assert_same(boundaries: Boundaries, first: int, text: str) -> None:
    """Check that each decoded polyline is the original one, to half a quantum."""
    chunk = decode_boundaries(text)
    for k in range(len(chunk)):
        for neuron in range(boundaries.neurons):
            expected = boundaries.polylines(first + k, neuron)
            line = k * chunk.neurons + neuron
            found = range(chunk.line_offsets[line], chunk.line_offsets[line + 1])
            assert len(found) == len(expected)
            for p, polyline in zip(found, expected, strict=True):
                part = slice(chunk.polyline_offsets[p], chunk.polyline_offsets[p + 1])
                error = np.abs(chunk.positions[part] / QUANTA - polyline.vertices)
                assert error.max() <= 0.5 / QUANTA + 1e-12
                np.testing.assert_array_equal(chunk.causes[part], polyline.causes)
                assert chunk.closed[p] == polyline.closed


@settings(max_examples=40, deadline=None)
@given(
    widths=st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple),
    snapshots=st.integers(1, 6),
    first=st.integers(0, 5),
    seed=st.integers(0, 1000),
)
def test_encode_keeps_any_polylines(
    widths: tuple[int, ...], snapshots: int, first: int, seed: int
) -> None:
    boundaries = synthetic(widths, first + snapshots, seed)
    assert_same(boundaries, first, encode(boundary_chunk(boundaries, first, snapshots)))


def test_encode_keeps_traced_boundaries() -> None:
    run = drifting_run((16, 16, 16), 5, 0)
    boundaries = geometry.trace(run)
    assert (boundaries.causes >= 0).sum() > 50  # the test needs boundaries that bend
    assert_same(boundaries, 1, encode(boundary_chunk(boundaries, 1, 4)))


@pytest.mark.parametrize("widths", [(7,), (16, 16, 16), (5, 30)])
def test_corners_and_crossings_give_the_side_that_the_network_says(
    widths: tuple[int, ...],
) -> None:
    """A neuron's state at a point is its state at the corner, changed at each line in between."""
    run = drifting_run(widths, 4, 3)
    chunk = decode_boundaries(encode(boundary_chunk(geometry.trace(run), 1, 3)))
    points = np.random.default_rng(0).random((300, 2))
    changes = 0
    for k in range(len(chunk)):
        values = np.concatenate(
            pre_activations(
                tuple(weight[1 + k] for weight in run.weights),
                tuple(bias[1 + k] for bias in run.biases),
                points,
            ),
            axis=1,
        )  # (P, neurons)
        for neuron in range(chunk.neurons):
            segments = segments_of(chunk, k, neuron)
            crossed = crossings(points, segments)
            found = chunk.corners[k * chunk.neurons + neuron] ^ (crossed % 2 == 1)
            # Encoding moves a line by up to half a quantum, so points near a line are left out.
            clear = distances(points, segments) > 2 / QUANTA
            assert clear.mean() > 0.9
            np.testing.assert_array_equal(found[clear], values[clear, neuron] > 0)
            changes += crossed.sum()
    assert changes > 100
    assert 0 < chunk.corners.sum() < len(chunk.corners)


def crossings(points: np.ndarray, segments: np.ndarray) -> np.ndarray:
    """The number of segments that lie between the top left corner and each point, (P,)."""
    x, y = points[:, :1], points[:, 1:]

    def left_of_the_way(ends: np.ndarray) -> np.ndarray:
        return x * ends[:, 1] - y * ends[:, 0] > 0

    start, along = segments[:, 0], segments[:, 1] - segments[:, 0]

    def left_of_the_segment(place_x: np.ndarray, place_y: np.ndarray) -> np.ndarray:
        return along[:, 0] * (place_y - start[:, 1]) - along[:, 1] * (place_x - start[:, 0]) > 0

    both = left_of_the_way(segments[:, 0]) != left_of_the_way(segments[:, 1])
    zero = np.zeros_like(x)
    return (both & (left_of_the_segment(zero, zero) != left_of_the_segment(x, y))).sum(axis=1)


def test_encode_keeps_more_than_255_neurons() -> None:
    boundaries = synthetic((300, 200), 2, 1)
    assert boundaries.causes.max() > 255
    assert_same(boundaries, 0, encode(boundary_chunk(boundaries, 0, 2)))


def test_encode_of_no_boundaries_has_no_vertices() -> None:
    empty = Boundaries(
        (2,), np.zeros((0, 2)), np.zeros(0, np.int32), np.zeros(1, np.int64), np.zeros(0, bool),
        np.zeros(2 * 3 + 1, np.int64), np.ones(2, np.int32),
        np.zeros((2, 3), bool),
    )  # fmt: skip
    chunk = decode_boundaries(encode(boundary_chunk(empty, 0, 2)))
    assert (len(chunk), len(chunk.causes)) == (2, 0)


def test_encode_is_the_text_by_hand() -> None:
    """A line from the left side to the middle of the top, and an output that is on everywhere."""
    boundaries = Boundaries(
        (1,),
        np.array([[0.0, 1.0], [0.5, 0.0]]),
        np.array([LEFT, TOP], dtype=np.int32),
        np.array([0, 2]),
        np.array([False]),
        np.array([0, 1, 1]),
        np.array([2], dtype=np.int32),
        np.array([[False, True]]),
    )
    # The columns in order. Numbers of polylines: 1, 0. An open polyline of two vertices: 4.
    # Causes: 3, 2.
    # x: 0 - 32768 is 65535 by zigzag, in groups of five bits, lowest first, 31, 31, 31, 1;
    # then 32768 - 0 is 65536, in groups 0, 0, 0, 2.
    # y: 65535 - 32768 is 65534, in groups 30, 31, 31, 1;
    # then 0 - 65535 is 131069, in groups 29, 31, 31, 3.
    # States at the corner: off, on.
    body = "BA;E;DC;___BgggC;-__B9__D;AB"
    head = f"ginn-boundaries,2,{zlib.adler32(body.encode())},0,1,2,1,2;"
    assert encode(boundary_chunk(boundaries, 0, 1)) == head + body


def test_encode_boundaries_that_do_not_move_gives_zeros() -> None:
    """A vertex is predicted to be where the matching one was at the snapshot before."""
    start = drifting_run((16, 16), 1, 0)
    still = run_of_arrays(
        [np.repeat(w, 4, 0) for w in start.weights], [np.repeat(b, 4, 0) for b in start.biases]
    )
    boundaries = geometry.trace(still)
    vertices_of_one = len(boundaries.causes) // 4
    assert vertices_of_one > 20
    *_, x, y, _ = encode(boundary_chunk(boundaries, 0, 4)).split(";")
    assert x.endswith("A" * 3 * vertices_of_one)
    assert y.endswith("A" * 3 * vertices_of_one)


def test_boundary_chunk_vertex_outside_the_domain_is_refused() -> None:
    boundaries = synthetic((4,), 2, 0)
    boundaries.vertices[7] = [0.5, 1.001]
    with pytest.raises(ValueError, match=r"vertex 7 is at \[0\.5, 1\.001\]; positions from 0 to 1"):
        boundary_chunk(boundaries, 0, 2)
