"""The subdivision of the square: its topology, its cells, its regions, and what it refuses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from support.boundary_checks import (
    EPSILON,
    lattice_networks,
)
from support.polygon_clipping import clipped_cells
from support.runs import random_run_within, run_of_arrays, trained_run

from ginn.errors import AuthorError
from ginn.geometry import subdivision
from ginn.geometry.boundaries import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    trace,
)
from ginn.network.run import RecordedRun


@pytest.mark.parametrize("snapshot", [0, 2, 5])
def test_regions_of_trained_network_match_polygon_clipping(snapshot: int) -> None:
    network = trained_run()
    weights = [weight[snapshot].astype(float).tolist() for weight in network.weights[:-1]]
    biases = [bias[snapshot].astype(float).tolist() for bias in network.biases[:-1]]
    assert trace(network).regions[snapshot] == len(clipped_cells(weights, biases, 1.0))


@settings(max_examples=150, deadline=None)
@given(lattice_networks())
def test_regions_of_degenerate_network_match_clipping_in_exact_fractions(
    network: RecordedRun,
) -> None:
    def exact(array: NDArray[Any]) -> Any:
        return np.vectorize(lambda v: Fraction(float(v)), otypes=[object])(array[0]).tolist()

    hidden = [exact(w) for w in network.weights[:-1]], [exact(b) for b in network.biases[:-1]]
    assert trace(network).regions[0] == len(clipped_cells(*hidden, Fraction(1)))


def cell_cycles(divided: subdivision.Subdivision) -> tuple[NDArray[Any], NDArray[Any]]:
    """Each half-edge's cell and the lowest half-edge on the cycle it belongs to."""
    tail, head, left, right, _ = divided.edges[:, : divided.edge_count]
    # The far side of a snapshot's square is a face of its own snapshot.
    snapshot = divided.vertex_snapshot[tail]
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


@pytest.mark.parametrize(
    "network", [random_run_within((7, 3, 9), seed=2), trained_run()], ids=["3", "trained"]
)
def test_layers_faces_edges_and_vertices_satisfy_euler(network: RecordedRun) -> None:
    for divided in subdivision.subdivisions_before(network.weights, network.biases):
        cell, cycle = cell_cycles(divided)
        faces = np.unique(cycle).size
        assert faces == np.unique(cell).size
        vertices = np.unique(divided.edges[:2, : divided.edge_count]).size
        assert vertices - divided.edge_count + faces == 2 * len(network)


def test_layers_cells_tile_the_square() -> None:
    network = trained_run()
    *_, divided = subdivision.subdivisions_before(network.weights, network.biases)
    edges = divided.edges[:, : divided.edge_count]
    (x0, y0), (x1, y1) = divided.values[:2, edges[0]], divided.values[:2, edges[1]]
    doubled = x0 * y1 - x1 * y0
    area = np.bincount(edges[2], doubled, divided.cells) - np.bincount(
        edges[3], doubled, divided.cells
    )
    assert (area[1:] > 0).all()
    per_snapshot = np.bincount(divided.cell_snapshot[1 : divided.cells], area[1:] / 2)
    np.testing.assert_allclose(per_snapshot, 1.0, atol=1e-12)


def test_split_cell_entered_twice_is_refused_by_name() -> None:
    divided = subdivision.Subdivision(2, first_snapshot=10)
    # No affine function has these signs at the corners of a square.
    divided.enter_layer(3, np.array([[-1.0] * 4 + [1.0, -1.0, 1.0, -1.0]]), np.full((1, 2), 1e-15))
    words = (
        r"neuron 3 at snapshot 11 that enters .* more than once, near \[[01]\.0, [01]\.0\], with "
        r"values there within 1 of zero, allowed: .*: up to 1e-15 is"
    )
    with pytest.raises(AuthorError, match=words):
        divided.split(0)


def test_sides_of_the_domain_have_the_numbers_of_the_viewer() -> None:
    assert (LEFT, TOP, RIGHT, BOTTOM) == (-1, -2, -3, -4)


def test_subdivision_by_default_counts_snapshots_from_0() -> None:
    network = random_run_within((2,))
    assert subdivision.Subdivision(1).first_snapshot == 0
    found = subdivision.subdivisions_before(network.weights, network.biases)
    assert {each.first_snapshot for each in found} == {0}


def test_areas_of_a_square_cut_once_are_those_by_hand() -> None:
    square = subdivision.Subdivision(1)
    square.enter_layer(0, np.array([[-0.25, 0.75, 0.75, -0.25]]), np.zeros((1, 1)))
    square.split(0)
    area, perimeter = square.areas()
    assert sorted(area[1:].tolist()) == [0.25, 0.75]
    assert sorted(perimeter[1:].tolist()) == [2.5, 3.5]


def test_regions_of_small_thick_cells_are_counted() -> None:
    tiny = 2.0**-20
    network = run_of_arrays(
        [[[1, 0], [1, 0], [0, 1], [0, 1]], [[1, 1, 1, 1]]],
        [[-0.5, -0.5 - tiny, -0.5, -0.5 - tiny], [0]],
    )
    assert trace(network).regions[0] == 9


def test_enter_layer_reads_a_value_as_zero_up_to_the_bound_of_its_neuron_and_snapshot() -> None:
    squares = subdivision.Subdivision(2)
    zero = np.array([[1.0, 2.0], [3.0, 4.0]])  # (width, B)
    values = np.repeat([[1.0, 1.5, 2.0, 2.5], [3.0, 3.5, 4.0, 4.5]], 2, axis=1)  # (width, V)
    values = np.concatenate([values[:, ::2], values[:, ::2]], axis=1)
    squares.enter_layer(0, values, zero)
    assert squares.on.tolist() == [
        [False, True, True, True, False, False, False, True],
        [False, True, True, True, False, False, False, True],
    ]


def test_rounding_bound_of_one_neuron_is_that_by_hand() -> None:
    bound = subdivision.rounding_bound(
        np.array([[[3.0, -4.0]]]), np.array([[-2.0]]), np.array([[1.0], [0.5]]),
        np.array([[1e-15], [1e-14]]),
    )  # fmt: skip
    expected = 3e-15 + 4e-14 + (8 + 2) * EPSILON * (3 * 1 + 4 * 0.5 + 2)
    assert bound[0, 0] == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_trace_weight_not_finite_is_refused_by_name(bad: float) -> None:
    network = random_run_within((3, 4), 40, seed=8)
    network.weights[1][37, 2, 0] = bad
    with pytest.raises(
        AuthorError, match=r"for neuron 5 at snapshot 37, allowed: .*that are finite"
    ):
        trace(network)


@pytest.mark.filterwarnings("error")
def test_trace_sums_beyond_float64_are_refused_without_a_warning() -> None:
    huge = [np.full((1, 1, 2 if layer == 0 else 1), 3e38) for layer in range(9)]
    with pytest.raises(AuthorError, match=r"a pre-activation of inf .* that are finite"):
        trace(run_of_arrays(huge, [np.full((1, 1), 3e38)] * 9))
