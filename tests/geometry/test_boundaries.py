"""Exact boundaries against oracles that share no code with the tracer.

Tolerances, all in float64:

| residual | bound | unit | reason |
| --- | --- | --- | --- |
| pre-activation at a vertex, own or cause's | 8 eps x its scale | pre-activation | `scale` sums |w| and |b| through the network; a vertex is rounded to eps in position and inherits a few roundings more; measured: at most 1.1 on every tenth snapshot of eight full runs |
| position, mirrored or rotated network | 1e-12 | domain | other roundings on the way to the same point; condition of the crossings, up to some thousands of eps |
| position, power-of-two rescaled network | 0 | domain | powers of two commute with rounding |
| points left out of the side test | 8 eps to 1e-11 x scale | pre-activation | a ray may pass a point this near on the other side by rounding; below is zero |
| area of all cells together | 1e-12 | domain | a sum of some thousand rounded terms |
"""  # noqa: E501

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from support.paths import TRAINED_SNAPSHOTS

from ginn.geometry import boundaries as geometry
from ginn.geometry import subdivision as polygonal
from ginn.geometry.boundaries import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Boundaries,
    GeometryError,
    Polyline,
    trace,
)
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun, layer_slices

EPSILON = np.finfo(np.float64).eps
SHAPES = [
    (1,),
    (8,),
    (1, 1),
    (1, 5, 1),
    (6, 6),
    (32,),
    (32, 8),
    (7, 3, 9),
    (5, 5, 5, 5, 5),
    (16,) * 3,
]


def snapshots_of(weights: list[Any], biases: list[Any]) -> RecordedRun:
    """Snapshots from arrays with or without a leading axis of snapshots."""
    deep_weights = [np.asarray(weight, dtype=np.float32) for weight in weights]
    deep_biases = [np.asarray(bias, dtype=np.float32) for bias in biases]
    if deep_weights[0].ndim == 2:
        deep_weights = [weight[None] for weight in deep_weights]
        deep_biases = [bias[None] for bias in deep_biases]
    count = len(deep_weights[0])
    nothing = np.zeros(count)
    return RecordedRun(
        0, np.arange(count), tuple(deep_weights), tuple(deep_biases), nothing, nothing, nothing
    )


def random_network(seed: int, widths: tuple[int, ...], count: int = 3) -> RecordedRun:
    """Every neuron's zero passes through a random point; weights are multiples of 1/64."""
    rng = np.random.default_rng(seed)
    weights: list[Any] = []
    biases: list[Any] = []
    inputs = 2
    for width in (*widths, 1):
        weight = np.round(rng.uniform(-2, 2, (count, width, inputs)) * 64) / 64
        weights.append(weight.astype(np.float32))
        biases.append(np.zeros((count, width), dtype=np.float32))
        through = rng.uniform(0.1, 0.9, (width, 2))
        value = pre_activations(tuple(weights), tuple(biases), through)[-1]  # (count, width, width)
        bias = -np.diagonal(value, axis1=1, axis2=2)
        biases[-1] = (np.round(bias * 64) / 64).astype(np.float32)
        inputs = width
    return snapshots_of(weights, biases)


def trained() -> RecordedRun:
    with np.load(TRAINED_SNAPSHOTS) as data:
        layers = sum(name.startswith("weights") for name in data)
        return snapshots_of(
            [data[f"weights{layer}"] for layer in range(layers)],
            [data[f"biases{layer}"] for layer in range(layers)],
        )


def scales(snapshots: RecordedRun, snapshot: int) -> Float64:
    """For each neuron the sum of |w| and |b| through the network: no term can exceed it."""
    reach = np.ones(2)
    per_neuron = []
    for weight, bias in zip(snapshots.weights, snapshots.biases, strict=True):
        reach = np.abs(weight[snapshot]).astype(float) @ reach + np.abs(bias[snapshot])
        per_neuron.append(reach)
    return np.concatenate(per_neuron)


def values_at(snapshots: RecordedRun, snapshot: int, points: Float64) -> Float64:
    """Pre-activations (P, N) of all neurons and the output, by the plain forward pass."""
    weights = tuple(weight[snapshot] for weight in snapshots.weights)
    biases = tuple(bias[snapshot] for bias in snapshots.biases)
    return np.concatenate(pre_activations(weights, biases, points), axis=1)


def segments(lines: list[Polyline]) -> tuple[Float64, Float64]:
    """First and second ends, (S, 2) each, of all segments of some polylines."""
    first = [line.vertices if line.closed else line.vertices[:-1] for line in lines]
    second = [
        np.roll(line.vertices, -1, axis=0) if line.closed else line.vertices[1:] for line in lines
    ]
    return np.concatenate([np.empty((0, 2)), *first]), np.concatenate([np.empty((0, 2)), *second])


def on_side_by_rays(lines: list[Polyline], points: Float64, on_at_top: Any) -> NDArray[np.bool_]:
    """Which points are on: the side where a vertical ray leaves at y = 0, flipped at each line."""
    first, second = segments(lines)
    flips = np.zeros(len(points), dtype=np.int64)
    x, y = points.T
    for (x0, y0), (x1, y1) in zip(first, second, strict=True):
        spans = np.flatnonzero((x0 > x) != (x1 > x))
        flips[spans] += y0 + (x[spans] - x0) * (y1 - y0) / (x1 - x0) < y[spans]
    return np.asarray(on_at_top ^ (flips % 2 == 1))


def check_sides(snapshots: RecordedRun, boundaries: Boundaries, snapshot: int, count: int) -> None:
    points = np.random.default_rng(count).uniform(0, 1, (count, 2))
    values = values_at(snapshots, snapshot, points)
    top = values_at(snapshots, snapshot, points * [1, 0])
    scale = scales(snapshots, snapshot)
    # Zero over an area comes out of the forward pass as zero to rounding: off.
    zero, margin = 8 * EPSILON * scale, 1e-11 * scale
    clear = (np.abs(values) <= zero) | (np.abs(values) > margin)
    clear &= (np.abs(top) <= zero) | (np.abs(top) > margin)
    assert clear.mean() > 0.99
    for neuron in range(boundaries.neurons):
        kept = clear[:, neuron]
        lines = boundaries.polylines(snapshot, neuron)
        traced = on_side_by_rays(lines, points[kept], top[kept, neuron] > zero[neuron])
        wrong = np.flatnonzero(traced != (values[kept, neuron] > zero[neuron]))
        assert not len(wrong), (snapshot, neuron, points[kept][wrong[:3]])


def validate(snapshots: RecordedRun, boundaries: Boundaries) -> None:
    """What holds for the boundaries of any network, degenerate or not."""
    layer_start = np.concatenate(
        [np.full(s.stop - s.start, s.start) for s in layer_slices(boundaries.widths)]
    )
    assert boundaries.widths == snapshots.widths
    assert len(boundaries) == len(snapshots) == len(boundaries.regions)
    assert boundaries.vertices.dtype == np.float64
    assert boundaries.causes.dtype == boundaries.regions.dtype == np.int32
    assert boundaries.polyline_offsets[-1] == len(boundaries.vertices) == len(boundaries.causes)
    assert boundaries.line_offsets[-1] == len(boundaries.closed)
    assert (np.diff(boundaries.polyline_offsets) >= 2).all()
    assert ((boundaries.vertices >= 0) & (boundaries.vertices <= 1)).all()
    assert (boundaries.regions >= 1).all()
    for snapshot in range(len(boundaries)):
        bound = 8 * EPSILON * scales(snapshots, snapshot)
        for neuron in range(boundaries.neurons):
            for line in boundaries.polylines(snapshot, neuron):
                check_polyline(line, layer_start[neuron])
                values = np.abs(values_at(snapshots, snapshot, line.vertices))
                assert (values[:, neuron] <= bound[neuron]).all()
                inner = np.flatnonzero(line.causes >= 0)
                cause = line.causes[inner]
                assert (values[inner, cause] <= bound[cause]).all()
                check_on_side(snapshots, snapshot, neuron, line)


def check_polyline(line: Polyline, layer_start: int) -> None:
    inner = line.causes if line.closed else line.causes[1:-1]
    assert ((inner >= 0) & (inner < layer_start)).all()
    if line.closed:
        assert len(line.vertices) >= 3
    else:
        for (x, y), cause in zip(line.vertices[[0, -1]], line.causes[[0, -1]], strict=True):
            assert {LEFT: x == 0, TOP: y == 0, RIGHT: x == 1, BOTTOM: y == 1}[int(cause)]


def check_on_side(snapshots: RecordedRun, snapshot: int, neuron: int, line: Polyline) -> None:
    """A hair to the right of a long segment's middle, y down, the neuron is not off."""
    first, second = segments([line])
    step = second - first
    length = np.hypot(*step.T)
    long = length > 1e-2
    right = np.stack([-step[:, 1], step[:, 0]], axis=1)[long] / length[long, None]
    middle = (first + second)[long] / 2
    bound = 8 * EPSILON * scales(snapshots, snapshot)[neuron]
    beside = values_at(snapshots, snapshot, middle + 1e-10 * right)[:, neuron]
    assert (beside >= -bound).all()


# --- the whole network against independent means ---------------------------------------------


@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_random_networks_hold_every_invariant(widths: tuple[int, ...]) -> None:
    network = random_network(1, widths)
    boundaries = trace(network)
    validate(network, boundaries)
    assert np.diff(boundaries.line_offsets).max() >= 1
    for snapshot in range(len(network)):
        check_sides(network, boundaries, snapshot, 2_000)


def test_trained_snapshots_hold_every_invariant() -> None:
    network = trained()
    boundaries = trace(network)
    validate(network, boundaries)
    assert boundaries.closed.any()
    for snapshot in range(len(network)):
        check_sides(network, boundaries, snapshot, 2_000)


def test_sides_agree_with_the_forward_pass_at_100_000_points() -> None:
    network = trained()
    check_sides(network, trace(network), len(network) - 1, 100_000)


@pytest.mark.parametrize("snapshot", [0, 3, 5])
def test_neighbouring_pixels_differ_exactly_where_an_odd_number_of_lines_pass(
    snapshot: int,
) -> None:
    network = trained()
    boundaries = trace(network)
    centres = (np.arange(80) + 0.5) / 80
    x, y = np.meshgrid(centres, centres)
    on = values_at(network, snapshot, np.stack([x.ravel(), y.ravel()], axis=1)) > 0
    on = on.reshape(80, 80, -1)  # (row, column, neuron)
    for neuron in range(boundaries.neurons):
        ends = segments(boundaries.polylines(snapshot, neuron))
        for axis, image in ((0, on[:, :, neuron]), (1, on[:, :, neuron].T)):
            # Rows of `image` run along `axis`; count crossings between neighbours in each row.
            odd = np.zeros((80, 79), dtype=bool)
            for first, second in zip(*ends, strict=True):
                rows = np.flatnonzero((first[1 - axis] > centres) != (second[1 - axis] > centres))
                part = (centres[rows] - first[1 - axis]) / (second - first)[1 - axis]
                place = (first + part[:, None] * (second - first))[:, axis] * 80 - 0.5
                between = (place >= 0) & (place < 79)
                np.logical_xor.at(odd, (rows[between], place[between].astype(int)), True)
            assert np.array_equal(odd, image[:, 1:] != image[:, :-1])


def clipped_cells(weights: list[Any], biases: list[Any], one: Any) -> list[list[tuple[Any, Any]]]:
    """Linear regions as polygons, by clipping one after another; exact if the numbers are."""
    square = [(0 * one, 0 * one), (one, 0 * one), (one, one), (0 * one, one)]
    identity = [[one, 0 * one, 0 * one], [0 * one, one, 0 * one]]
    cells = [(square, identity)]  # a polygon, and its rows (a, b, c): activation = a x + b y + c
    for weight, bias in zip(weights, biases, strict=True):
        cells = [part for cell in cells for part in _clipped_by_layer(*cell, weight, bias, one)]
    return [polygon for polygon, _ in cells]


def _clipped_by_layer(polygon: Any, rows: Any, weight: Any, bias: Any, one: Any) -> list[Any]:
    parts = [(polygon, [])]
    for unit, offset in zip(weight, bias, strict=True):
        a, b, c = (sum(w * row[k] for w, row in zip(unit, rows, strict=True)) for k in range(3))
        row = [a, b, c + offset]
        split = []
        for part, kept in parts:
            on, off = clip(part, row), clip(part, [-value for value in row])
            if on:
                split.append((on, [*kept, row]))
            if off or not on:
                split.append((off or part, [*kept, [0 * one] * 3]))
        parts = split
    return parts


def clip(polygon: list[tuple[Any, Any]], row: list[Any]) -> list[tuple[Any, Any]]:
    """The part of a convex polygon where row >= 0, or nothing if that part has no area."""
    values = [row[0] * x + row[1] * y + row[2] for x, y in polygon]
    if max(values) <= 0:
        return []
    kept = []
    for (x, y), value, (x1, y1), after in zip(
        polygon, values, polygon[1:] + polygon[:1], values[1:] + values[:1], strict=True
    ):
        if value >= 0:
            kept.append((x, y))
        if value * after < 0:
            t = value / (value - after)
            kept.append((x + t * (x1 - x), y + t * (y1 - y)))
    return kept


@pytest.mark.parametrize("snapshot", [0, 2, 5])
def test_regions_of_trained_networks_match_polygon_clipping(snapshot: int) -> None:
    network = trained()
    weights = [weight[snapshot].astype(float).tolist() for weight in network.weights[:-1]]
    biases = [bias[snapshot].astype(float).tolist() for bias in network.biases[:-1]]
    assert trace(network).regions[snapshot] == len(clipped_cells(weights, biases, 1.0))


SMALL_WIDTHS = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@st.composite
def lattice_networks(draw: st.DrawFn) -> RecordedRun:
    """Small integer weights: concurrent, coincident and axis-parallel lines abound."""
    widths = draw(SMALL_WIDTHS)
    numbers = st.integers(-2, 2)
    shapes = list(zip([*widths, 1], [2, *widths], strict=True))
    weights = [draw(arrays(np.int64, shape, elements=numbers)) for shape in shapes]
    biases = [draw(arrays(np.int64, shape[0], elements=numbers)) for shape in shapes]
    third = draw(st.sampled_from([1.0, 3.0]))
    return snapshots_of(weights, [bias / third for bias in biases])


@settings(max_examples=150, deadline=None)
@given(lattice_networks())
def test_regions_of_degenerate_networks_match_clipping_in_exact_fractions(
    network: RecordedRun,
) -> None:
    def exact(array: NDArray[Any]) -> Any:
        return np.vectorize(lambda v: Fraction(float(v)), otypes=[object])(array[0]).tolist()

    hidden = [exact(w) for w in network.weights[:-1]], [exact(b) for b in network.biases[:-1]]
    assert trace(network).regions[0] == len(clipped_cells(*hidden, Fraction(1)))


@settings(max_examples=100, deadline=None)
@given(lattice_networks())
def test_degenerate_networks_hold_every_invariant(network: RecordedRun) -> None:
    boundaries = trace(network)
    validate(network, boundaries)
    check_sides(network, boundaries, 0, 200)


def cell_cycles(polygons: polygonal.Complex) -> tuple[NDArray[Any], NDArray[Any]]:
    """Each half-edge's cell and the lowest half-edge on the cycle it belongs to."""
    tail, head, left, right, _ = polygons.edges[:, : polygons.edge_count]
    # The far side of a snapshot's square is a face of its own snapshot.
    snapshot = polygons.vertex_snapshot[tail]
    cell = np.concatenate([left, np.where(right == 0, -1 - snapshot, right)])
    start, end = np.concatenate([tail, head]), np.concatenate([head, tail])
    leaving = {(c, v): half for half, (c, v) in enumerate(zip(cell, start, strict=True))}
    assert len(leaving) == len(cell)
    after = np.array([leaving[c, v] for c, v in zip(cell, end, strict=True)])
    lowest = np.arange(len(after))
    for _ in range(len(after).bit_length()):
        lowest = np.minimum(lowest, lowest[after])
        after = after[after]
    return cell, lowest


@pytest.mark.parametrize("network", [random_network(2, (7, 3, 9)), trained()], ids=["3", "trained"])
def test_faces_edges_and_vertices_satisfy_euler(network: RecordedRun) -> None:
    for polygons in polygonal.layers(network.weights, network.biases):
        cell, cycle = cell_cycles(polygons)
        faces = np.unique(cycle).size
        assert faces == np.unique(cell).size
        vertices = np.unique(polygons.edges[:2, : polygons.edge_count]).size
        assert vertices - polygons.edge_count + faces == 2 * len(network)


def test_cells_tile_the_square() -> None:
    network = trained()
    *_, polygons = polygonal.layers(network.weights, network.biases)
    edges = polygons.edges[:, : polygons.edge_count]
    (x0, y0), (x1, y1) = polygons.values[:2, edges[0]], polygons.values[:2, edges[1]]
    doubled = x0 * y1 - x1 * y0
    area = np.bincount(edges[2], doubled, polygons.cells) - np.bincount(
        edges[3], doubled, polygons.cells
    )
    assert (area[1:] > 0).all()
    per_snapshot = np.bincount(polygons.cell_snapshot[1 : polygons.cells], area[1:] / 2)
    np.testing.assert_allclose(per_snapshot, 1.0, atol=1e-12)


# --- symmetry --------------------------------------------------------------------------------


def same_line(one: list[Polyline], other: list[Polyline], tolerance: float) -> bool:
    """Whether two lines are the same polylines in any order, rings cut anywhere."""
    left = list(other)
    for line in one:
        for candidate in left:
            if line.closed != candidate.closed or len(line.vertices) != len(candidate.vertices):
                continue
            shift = 0
            if line.closed:
                distance = np.abs(candidate.vertices - line.vertices[0]).max(axis=1)
                shift = -int(distance.argmin())
            moved = np.roll(candidate.vertices, shift, axis=0)
            causes = np.roll(candidate.causes, shift)
            if np.abs(moved - line.vertices).max() <= tolerance and (causes == line.causes).all():
                left = [item for item in left if item is not candidate]
                break
        else:
            return False
    return not left


def moved_lines(
    lines: list[Polyline],
    move: Callable[[Float64], Float64],
    sides: dict[int, int],
    backwards: bool,
) -> list[Polyline]:
    def causes(line: Polyline) -> NDArray[np.int32]:
        return np.array([sides.get(int(c), int(c)) for c in line.causes], dtype=np.int32)

    step = -1 if backwards else 1
    return [Polyline(move(l.vertices)[::step], causes(l)[::step], l.closed) for l in lines]  # noqa: E741


def with_first_layer(network: RecordedRun, weight: Any, bias: Any) -> RecordedRun:
    return replace(
        network,
        weights=(weight, *network.weights[1:]),
        biases=(bias, *network.biases[1:]),
    )


@pytest.mark.parametrize("widths", [(8,), (6, 6), (7, 5, 6), (16, 16, 16)], ids=str)
def test_mirrored_network_gives_mirrored_boundaries(widths: tuple[int, ...]) -> None:
    network = random_network(3, widths)
    weight, bias = network.weights[0], network.biases[0]
    flipped = with_first_layer(network, weight * np.float32([-1, 1]), bias + weight[:, :, 0])
    expected, found = trace(network), trace(flipped)
    for snapshot in range(len(network)):
        for neuron in range(expected.neurons):
            mirrored = moved_lines(
                expected.polylines(snapshot, neuron),
                lambda v: v * [-1, 1] + [1, 0],
                {LEFT: RIGHT, RIGHT: LEFT},
                backwards=True,
            )
            assert same_line(mirrored, found.polylines(snapshot, neuron), 1e-12)
    assert np.array_equal(expected.regions, found.regions)


@pytest.mark.parametrize("widths", [(8,), (6, 6), (7, 5, 6), (16, 16, 16)], ids=str)
def test_rotated_network_gives_rotated_boundaries(widths: tuple[int, ...]) -> None:
    network = random_network(4, widths)
    weight, bias = network.weights[0], network.biases[0]
    turned_weight = np.stack([-weight[:, :, 1], weight[:, :, 0]], axis=2)
    turned = with_first_layer(network, turned_weight, bias + weight[:, :, 1])
    expected, found = trace(network), trace(turned)
    for snapshot in range(len(network)):
        for neuron in range(expected.neurons):
            rotated = moved_lines(
                expected.polylines(snapshot, neuron),
                lambda v: np.stack([1 - v[:, 1], v[:, 0]], axis=1),
                {LEFT: TOP, TOP: RIGHT, RIGHT: BOTTOM, BOTTOM: LEFT},
                backwards=False,
            )
            assert same_line(rotated, found.polylines(snapshot, neuron), 1e-12)
    assert np.array_equal(expected.regions, found.regions)


def rescaled(network: RecordedRun, seed: int) -> RecordedRun:
    """The same function: each neuron times a power of two, undone in the next layer; logit too."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    undo = np.ones(2, dtype=np.float32)
    for weight, bias in zip(network.weights, network.biases, strict=True):
        factor = (2.0 ** rng.integers(-12, 13, weight.shape[1])).astype(np.float32)
        weights.append(weight * factor[:, None] / undo)
        biases.append(bias * factor)
        undo = factor
    return replace(network, weights=tuple(weights), biases=tuple(biases))


@pytest.mark.parametrize("network", [random_network(5, w) for w in SHAPES] + [trained()])
def test_rescaled_network_gives_the_same_boundaries_to_the_bit(network: RecordedRun) -> None:
    expected, found = trace(network), trace(rescaled(network, 6))
    for name in ("vertices", "causes", "polyline_offsets", "closed", "line_offsets", "regions"):
        assert np.array_equal(getattr(expected, name), getattr(found, name)), name
    validate(rescaled(network, 6), found)


# --- chunks and shapes -----------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [1, 4])
def test_snapshots_do_not_depend_on_their_company(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = trace(trained())
    monkeypatch.setattr(polygonal, "CHUNK", chunk)
    apart = trace(trained())
    np.testing.assert_allclose(apart.vertices, together.vertices, rtol=0, atol=1e-12)
    for name in ("causes", "polyline_offsets", "closed", "line_offsets", "regions"):
        assert np.array_equal(getattr(apart, name), getattr(together, name)), name


def test_no_snapshots_give_no_boundaries() -> None:
    network = random_network(0, (3, 2))
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
    for name in ("vertices", "causes", "polyline_offsets", "closed", "line_offsets", "regions"):
        assert getattr(boundaries, name).dtype == getattr(some, name).dtype, name


def test_boundaries_come_back_from_their_arrays() -> None:
    boundaries = trace(random_network(0, (3, 2)))
    arrays = geometry.boundaries_as_arrays(boundaries)
    assert {name: array.dtype == object for name, array in arrays.items()} == dict.fromkeys(
        ("widths", "vertices", "causes", "polyline_offsets", "closed", "line_offsets", "regions"),
        False,
    )
    back = geometry.boundaries_from_arrays(arrays)
    assert back.widths == (3, 2)
    for name in arrays.keys() - {"widths"}:
        assert getattr(back, name) is arrays[name]
        assert np.array_equal(getattr(back, name), getattr(boundaries, name))


def test_first_layer_boundaries_are_one_straight_segment() -> None:
    boundaries = trace(trained())
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


# --- degenerate cases, by name ---------------------------------------------------------------


def only_neuron(weight: tuple[float, float], bias: float) -> Boundaries:
    network = snapshots_of([[weight], [[0.0]]], [[bias], [0.0]])
    boundaries = trace(network)
    validate(network, boundaries)
    return boundaries


def polyline_lists(boundaries: Boundaries, neuron: int) -> list[tuple[Any, Any, bool]]:
    return [
        (line.vertices.tolist(), line.causes.tolist(), line.closed)
        for line in boundaries.polylines(0, neuron)
    ]


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.0])
def test_zero_weights_give_no_polyline(bias: float) -> None:
    boundaries = only_neuron((0.0, 0.0), bias)
    assert polyline_lists(boundaries, 0) == []
    assert boundaries.regions[0] == 1


def test_along_the_side_of_the_domain_is_traced_if_the_domain_is_on() -> None:
    on, off = only_neuron((1.0, 0.0), 0.0), only_neuron((-1.0, 0.0), 0.0)
    assert polyline_lists(on, 0) == [([[0, 1], [0, 0]], [BOTTOM, TOP], False)]
    assert polyline_lists(off, 0) == []
    assert on.regions[0] == off.regions[0] == 1


def test_through_two_corners() -> None:
    boundaries = only_neuron((1.0, -1.0), 0.0)
    (vertices, causes, closed), *rest = polyline_lists(boundaries, 0)
    assert rest == []
    assert not closed
    assert vertices == [[1, 1], [0, 0]]
    assert causes == [RIGHT, TOP]
    assert boundaries.regions[0] == 2


def test_touching_a_corner_is_two_vertices_at_it() -> None:
    boundaries = only_neuron((1.0, 1.0), 0.0)
    assert polyline_lists(boundaries, 0) == [([[0, 0], [0, 0]], [LEFT, TOP], False)]
    assert boundaries.regions[0] == 1
    assert polyline_lists(only_neuron((-1.0, -1.0), 0.0), 0) == []


def test_through_a_vertex_is_one_vertex_for_each_cause() -> None:
    # Two lines cross at (1/2, 1/2); the layer after has a line through that point.
    network = snapshots_of(
        [[[1, 0], [0, 1], [1, 0], [0, 1]], [[1, 2, -2, 1]], [[1]]],
        [[-0.5, -0.5, 0, 0], [0.5], [0]],
    )
    boundaries = trace(network)
    validate(network, boundaries)
    check_sides(network, boundaries, 0, 5_000)
    (line,) = boundaries.polylines(0, 4)
    middle = (line.vertices == 0.5).all(axis=1)
    assert sorted(line.causes[middle].tolist()) == [0, 1]


def test_copied_neurons_have_the_same_polylines() -> None:
    base = random_network(7, (4, 3), count=1)
    for factor in (1.0, 3.0, 0.1):
        network = with_copied_last_neuron(base, factor)
        boundaries = trace(network)
        validate(network, boundaries)
        original, copy = boundaries.polylines(0, 6), boundaries.polylines(0, 7)
        assert len(original) > 0
        assert same_line(original, copy, 1e-6)
        assert boundaries.regions[0] == trace(base).regions[0] or factor == 0.1


def with_copied_last_neuron(network: RecordedRun, factor: float) -> RecordedRun:
    """The last hidden layer's last neuron once more, times a factor; the output ignores it."""
    scale = np.float32(factor)
    *first, last, output = network.weights
    *first_biases, last_bias, output_bias = network.biases
    return replace(
        network,
        weights=(
            *first,
            np.concatenate([last, scale * last[:, -1:]], axis=1),
            np.concatenate([output, 0 * output[:, :, -1:]], axis=2),
        ),
        biases=(
            *first_biases,
            np.concatenate([last_bias, scale * last_bias[:, -1:]], axis=1),
            output_bias,
        ),
    )


def test_deeper_neuron_along_an_earlier_boundary() -> None:
    # Neuron 2 is neuron 0 again; neuron 1 crosses both at (1/2, 1/3).
    network = snapshots_of([[[1, 0], [0, 3]], [[1, 0]], [[1]]], [[-0.5, -1], [0], [-0.125]])
    boundaries = trace(network)
    validate(network, boundaries)
    (line,) = boundaries.polylines(0, 2)
    assert line.causes.tolist() == [BOTTOM, 1, TOP]
    assert (line.vertices[:, 0] == 0.5).all()
    assert boundaries.regions[0] == 4


def test_zero_over_an_area_is_off_and_its_border_traced() -> None:
    # The second layer is zero wherever the first is off: over the whole left half.
    network = snapshots_of([[[2, 0]], [[1]], [[1]]], [[-1], [0], [0]])
    boundaries = trace(network)
    for neuron in (0, 1, 2):
        assert polyline_lists(boundaries, neuron) == [([[0.5, 1], [0.5, 0]], [BOTTOM, TOP], False)]
    assert boundaries.regions[0] == 2


def test_zero_to_rounding_over_an_area_is_zero() -> None:
    # Neuron 1 is neuron 0 times three, and neuron 5 their difference: zero, but for rounding.
    first = [[0.7109375, -0.46875], [3 * 0.7109375, 3 * -0.46875], [3, 1], [1, 3], [-1, 5]]
    network = snapshots_of(
        [first, [[3, -1, 0, 0, 0], [0, 0, 1, -1, 0]], [[1, 1]]],
        [[0.1015625, 3 * 0.1015625, -1, -2, -1], [0, -0.25], [-0.125]],
    )
    rounded = [
        np.abs(values_at(network, 0, line.vertices)[:, 5]).max()
        for neuron in range(5)
        for line in trace(network).polylines(0, neuron)
    ]
    assert max(rounded) > 0
    assert polyline_lists(trace(network), 5) == []
    assert len(polyline_lists(trace(network), 6)) > 0


def test_concurrent_lines_by_the_thousand_are_decided() -> None:
    rng = np.random.default_rng(11)
    shapes = [(256, 8, 2), (256, 8, 8), (256, 8, 8), (256, 8, 8), (256, 1, 8)]
    network = snapshots_of(
        [rng.integers(-3, 4, shape) for shape in shapes],
        [rng.integers(-3, 4, shape[:2]) for shape in shapes],
    )
    boundaries = trace(network)
    assert (boundaries.vertices[1:] == boundaries.vertices[:-1]).all(axis=1).sum() > 1_000
    for snapshot in range(0, 256, 16):
        check_sides(network, boundaries, snapshot, 200)


def diamond() -> RecordedRun:
    """Layer 2 is on where |x - 1/2| + |y - 1/2| < 1/4."""
    return snapshots_of(
        [[[1, 0], [-1, 0], [0, 1], [0, -1]], [[-1, -1, -1, -1]], [[1]]],
        [[-0.5, 0.5, -0.5, 0.5], [0.25], [-0.125]],
    )


def test_closed_ring() -> None:
    network = diamond()
    boundaries = trace(network)
    validate(network, boundaries)
    (line,) = boundaries.polylines(0, 4)
    assert line.closed
    tips = np.unique(line.vertices, axis=0)
    assert tips.tolist() == [[0.25, 0.5], [0.5, 0.25], [0.5, 0.75], [0.75, 0.5]]
    # Each tip lies on one line that two opposed neurons share: one corner, not two.
    assert (boundaries.polylines(0, 5)[0].closed, boundaries.regions[0]) == (True, 8)


def test_dead_neurons_with_denormal_weights() -> None:
    tiny = np.float32(1e-45)
    network = snapshots_of(
        [[[tiny, 0], [0, -tiny]], [[tiny, tiny]], [[tiny]]], [[-tiny, tiny], [-tiny], [tiny]]
    )
    validate(network, trace(network))
    half = snapshots_of([[[4 * tiny, 0]], [[1]]], [[-2 * tiny], [0]])
    assert polyline_lists(trace(half), 0) == [([[0.5, 1], [0.5, 0]], [BOTTOM, TOP], False)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 3))
def test_near_copies_a_few_ulps_apart_hold_every_invariant(seed: int, ulps: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(seed, (6, 6), count=1)
    weights, biases = list(network.weights), list(network.biases)
    for layer in (0, 1):
        source = rng.integers(0, 3, 6)
        weights[layer], biases[layer] = weights[layer][:, source], biases[layer][:, source]
        for _ in range(ulps):
            up = np.nextafter(weights[layer], np.float32(9))
            weights[layer] = np.where(rng.random(up.shape) < 0.5, up, weights[layer])
    near = replace(network, weights=tuple(weights), biases=tuple(biases))
    boundaries = trace(near)
    validate(near, boundaries)
    check_sides(near, boundaries, 0, 200)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused_by_name(bad: float) -> None:
    network = random_network(8, (3, 4), count=40)
    network.weights[1][37, 2, 0] = bad
    with pytest.raises(GeometryError, match=r"snapshot 37, neuron 5: .*must be finite"):
        trace(network)


def test_a_cell_entered_twice_is_refused_by_name() -> None:
    polygons = polygonal.Complex(2, first_snapshot=10)
    # No affine function has these signs at the corners of a square.
    polygons.enter_layer(3, np.array([[-1.0] * 4 + [1.0, -1.0, 1.0, -1.0]]), np.full((1, 2), 1e-15))
    with pytest.raises(
        GeometryError,
        match=r"snapshot 11, neuron 3: .*more than once, near \[[01]\.0, [01]\.0\]; .* within 1 of "
        r"zero, and up to 1e-15 is",
    ):
        polygons.split(0)


# --- the parts of a complex ------------------------------------------------------------------


def test_the_sides_of_the_domain_have_the_numbers_that_the_viewer_knows() -> None:
    assert (LEFT, TOP, RIGHT, BOTTOM) == (-1, -2, -3, -4)


def test_snapshots_count_from_nought_unless_said() -> None:
    network = random_network(0, (2,))
    assert polygonal.Complex(1).first_snapshot == 0
    assert {each.first_snapshot for each in polygonal.layers(network.weights, network.biases)} == {
        0
    }


def test_areas_and_perimeters_of_a_square_cut_once() -> None:
    square = polygonal.Complex(1)
    square.enter_layer(0, np.array([[-0.25, 0.75, 0.75, -0.25]]), np.zeros((1, 1)))
    square.split(0)
    area, perimeter = square.areas()
    assert sorted(area[1:].tolist()) == [0.25, 0.75]
    assert sorted(perimeter[1:].tolist()) == [2.5, 3.5]


def test_a_region_is_judged_by_its_thickness_and_not_by_its_size() -> None:
    tiny = 2.0**-20
    network = snapshots_of(
        [[[1, 0], [1, 0], [0, 1], [0, 1]], [[1, 1, 1, 1]]],
        [[-0.5, -0.5 - tiny, -0.5, -0.5 - tiny], [0]],
    )
    assert trace(network).regions[0] == 9


def test_a_value_is_read_as_zero_up_to_its_own_neurons_and_snapshots_bound() -> None:
    squares = polygonal.Complex(2)
    zero = np.array([[1.0, 2.0], [3.0, 4.0]])  # (width, B)
    values = np.repeat([[1.0, 1.5, 2.0, 2.5], [3.0, 3.5, 4.0, 4.5]], 2, axis=1)  # (width, V)
    values = np.concatenate([values[:, ::2], values[:, ::2]], axis=1)
    squares.enter_layer(0, values, zero)
    assert squares.on.tolist() == [
        [False, True, True, True, False, False, False, True],
        [False, True, True, True, False, False, False, True],
    ]


def test_the_rounding_bound_of_one_neuron_by_hand() -> None:
    bound = polygonal.rounding_bound(
        np.array([[[3.0, -4.0]]]), np.array([[-2.0]]), np.array([[1.0], [0.5]]),
        np.array([[1e-15], [1e-14]]),
    )  # fmt: skip
    expected = 3e-15 + 4e-14 + (8 + 2) * EPSILON * (3 * 1 + 4 * 0.5 + 2)
    assert bound[0, 0] == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.filterwarnings("error")
def test_sums_beyond_float64_are_refused_without_a_warning() -> None:
    huge = [np.full((1, 1, 2 if layer == 0 else 1), 3e38) for layer in range(9)]
    with pytest.raises(GeometryError, match=r"reaches inf; .* must be finite"):
        trace(snapshots_of(huge, [np.full((1, 1), 3e38)] * 9))


# --- large networks --------------------------------------------------------------------------


def test_what_is_too_much_at_once_is_traced_in_smaller_chunks_to_the_same_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = random_network(9, (9, 9), count=40)
    together = trace(network)
    begun: list[int] = []
    cut = polygonal.Complex.__init__

    def listen(self: polygonal.Complex, snapshots: int, first_snapshot: int = 0) -> None:
        begun.append(snapshots)
        cut(self, snapshots, first_snapshot)

    monkeypatch.setattr(polygonal.Complex, "__init__", listen)
    monkeypatch.setattr(polygonal, "MOST_NUMBERS", 8_000)
    apart = trace(network)
    assert begun[:2] == [32, 16]
    assert begun[-1] < 16
    assert begun == sorted(begun[:-1], reverse=True) + begun[-1:], "a chunk never grows again"
    np.testing.assert_allclose(apart.vertices, together.vertices, rtol=0, atol=1e-12)
    for name in ("causes", "polyline_offsets", "closed", "line_offsets", "regions"):
        assert np.array_equal(getattr(apart, name), getattr(together, name)), name


def test_snapshots_that_fit_alone_are_traced_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = random_network(9, (9, 9), count=2)
    expected = trace(pair)
    alone = [
        snapshots_of([w[k] for w in pair.weights], [b[k] for b in pair.biases]) for k in (0, 1)
    ]

    def fits(network: RecordedRun, limit: int) -> bool:
        monkeypatch.setattr(polygonal, "MOST_NUMBERS", limit)
        try:
            trace(network)
        except GeometryError:
            return False
        return True

    least = next(n for n in range(0, 5_000, 50) if fits(alone[0], n) and fits(alone[1], n))
    assert least > 0
    apart = trace(pair)
    assert np.array_equal(apart.regions, expected.regions)
    assert np.array_equal(apart.causes, expected.causes)


def test_a_snapshot_that_is_too_much_alone_is_refused_with_its_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = random_network(9, (9, 9), count=5)
    monkeypatch.setattr(polygonal, "MOST_NUMBERS", 300)
    with pytest.raises(GeometryError) as refused:
        trace(network)
    told = re.fullmatch(
        r"seed 0: snapshot 0: found (\d+) linear regions for neuron (\d+) to cut, and (\d+) numbers"
        r" to hold, allowed: 300, .*; use fewer units, or raise MOST_NUMBERS in "
        r"ginn/geometry/subdivision\.py",
        str(refused.value),
    )
    assert told
    regions, neuron, numbers = map(int, told.groups())
    assert 300 < numbers <= 300 + 11 * (regions + 1), "one more line than there was room for"
    assert neuron < 9, "told while the layer cuts, not after it"
    first_layer = snapshots_of(
        [network.weights[0][0, :neuron], np.zeros((1, neuron))],
        [network.biases[0][0, :neuron], np.ones(1)],
    )
    monkeypatch.undo()
    assert trace(first_layer).regions[0] == regions, "those of the lines before"


def test_snapshots_that_are_unlike_take_no_more_room_than_alike_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One full snapshot among empty ones: what is padded to the fullest counts as held."""
    network = random_network(9, (9, 9), count=32)
    for bias in network.biases[:-1]:
        bias[1:] = 1e6
    together = trace(network)
    assert together.regions[1:].max() == 1
    held: list[int] = []
    zeros = np.zeros

    def listen(shape: Any, *rest: Any) -> Any:
        held.append(int(np.prod(shape)))
        return zeros(shape, *rest)

    monkeypatch.setattr(polygonal, "MOST_NUMBERS", 3_000)
    monkeypatch.setattr(np, "zeros", listen)
    apart = trace(network)
    monkeypatch.undo()
    assert 0 < max(held) <= 3_000
    assert np.array_equal(apart.regions, together.regions)
    assert np.array_equal(apart.causes, together.causes)


def test_a_run_of_too_many_vertices_is_refused_with_its_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = random_network(9, (9, 9), count=40)
    boundaries = trace(network)
    vertices = len(boundaries.causes)
    monkeypatch.setattr(geometry, "MOST_VERTICES", vertices)
    assert len(trace(network)) == 40
    monkeypatch.setattr(geometry, "MOST_VERTICES", vertices - 1)
    fullest = int(np.argmax(boundaries.regions))
    words = (
        f"seed 0: found {boundaries.regions[fullest]} linear regions at iteration {fullest}, with "
        f"{vertices:,} vertices in the boundaries of 40 of 40 snapshots, allowed: "
    )
    with pytest.raises(GeometryError, match=re.escape(words)):
        trace(network)


def test_one_snapshot_tells_whether_its_like_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    state = random_network(9, (9, 9), count=1)
    vertices = len(trace(state).causes)
    monkeypatch.setattr(geometry, "MOST_VERTICES", 7 * vertices)
    assert geometry.require_room(state, 7) == vertices
    with pytest.raises(GeometryError, match=rf"{8 * vertices:,} in 8 snapshots from there on"):
        geometry.require_room(state, 8)


def as_trained(seed: int, widths: tuple[int, ...], count: int) -> RecordedRun:
    """Random weights of the size that training gives: lines cross all of the domain."""
    rng = np.random.default_rng(seed)
    shapes = list(zip((*widths, 1), (2, *widths), strict=True))
    size = [4.0] + [1.0] * len(widths)
    weights = [
        rng.normal(0, each * np.sqrt(2 / ins), (count, out, ins))
        for each, (out, ins) in zip(size, shapes, strict=True)
    ]
    return snapshots_of(weights, [rng.normal(0, 0.5, (count, out)) for out, _ in shapes])


# In a process of its own, whose memory is its own: GB at most, by the system's account.
LARGE = """
import re, sys
import numpy as np
from pathlib import Path
sys.path[:0] = sys.argv[1:]
from geometry.test_boundaries import EPSILON, as_trained, scales, values_at
from ginn.geometry import trace
network = as_trained(1, (64,) * 6, count=3)
boundaries = trace(network)
# Not getrusage's peak, which a process takes over from the one that began it.
(peak,) = re.findall(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())
print(boundaries.regions.tolist(), len(boundaries.causes), peak)
assert int(peak) < 500_000
for snapshot in range(3):
    bound = 8 * EPSILON * scales(network, snapshot)
    for neuron in range(0, boundaries.neurons, 8):
        lines = boundaries.polylines(snapshot, neuron)
        points = np.concatenate([np.empty((0, 2)), *(line.vertices for line in lines)])[:5_000]
        value = values_at(network, snapshot, points)[:, neuron]
        assert (np.abs(value) <= bound[neuron]).all(), (snapshot, neuron)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="kilobytes are Linux's unit of a peak")
def test_a_network_of_six_layers_of_64_is_traced_in_bounded_memory() -> None:
    places = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    done = subprocess.run(
        [sys.executable, "-c", LARGE, *places], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    regions = [int(count) for count in re.findall(r"\d+", done.stdout.split("]")[0])]
    assert len(regions) == 3
    assert min(regions) > 10_000, "or it is no large network"
