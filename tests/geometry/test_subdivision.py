"""The subdivision of the square: its topology, its cells, its regions, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support.runs import random_run, random_run_within, run_of_arrays, trained_run
from support.weight_kinds import run_of_kind

from ginn.errors import AuthorError
from ginn.geometry import subdivision
from ginn.geometry.boundaries import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    trace,
)
from ginn.geometry.layers import subdivisions_before
from ginn.network.run import RecordedRun


def cell_cycles(divided: subdivision.Subdivision) -> tuple[NDArray[Any], NDArray[Any]]:
    """Each half-edge's cell and the lowest half-edge on the cycle it belongs to."""
    tail, head, _, left, right, _ = divided.edges[:, : divided.edge_count]
    # In each snapshot, the area outside the square is a face of its own.
    snapshot = divided.made[0, tail]
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
    ("network", "exact"),
    [
        (random_run((7, 3, 9)), False),
        (trained_run(), False),
        (random_run_within((7, 3, 9), 1, seed=2), True),
        (run_of_kind("signs", (4, 4, 4), 1), True),
    ],
    ids=["3", "trained", "exact", "degenerate"],
)
def test_layers_faces_edges_and_vertices_satisfy_euler(network: RecordedRun, exact: bool) -> None:
    for divided in subdivisions_before(network, 0, len(network), exact=exact):
        cell, cycle = cell_cycles(divided)
        faces = np.unique(cycle).size
        assert faces == np.unique(cell).size
        vertices = np.unique(divided.edges[:2, : divided.edge_count]).size
        assert vertices - divided.edge_count + faces == 2 * len(network)


def test_layers_cells_tile_the_square() -> None:
    network = trained_run()
    *_, divided = subdivisions_before(network, 0, len(network))
    assert not divided.uncertain.any()
    area = divided.areas()
    assert (area[1:] > 0).all()
    per_snapshot = np.bincount(divided.cell_snapshot[1 : divided.cells], area[1:])
    np.testing.assert_allclose(per_snapshot, 1.0, atol=1e-12)


def test_sides_of_the_domain_have_the_numbers_of_the_viewer() -> None:
    assert (LEFT, TOP, RIGHT, BOTTOM) == (-1, -2, -3, -4)


def test_areas_of_a_square_cut_once_are_those_by_hand() -> None:
    network = run_of_arrays([[[1, 0]], [[1]]], [[-0.25], [0]])
    for exact in (False, True):
        *_, square = subdivisions_before(network, 0, 1, exact=exact)
        assert sorted(square.areas()[1:].tolist()) == [0.25, 0.75]


def test_regions_of_small_thick_cells_are_counted() -> None:
    tiny = 2.0**-20
    network = run_of_arrays(
        [[[1, 0], [1, 0], [0, 1], [0, 1]], [[1, 1, 1, 1]]],
        [[-0.5, -0.5 - tiny, -0.5, -0.5 - tiny], [0]],
    )
    assert trace(network).regions[0] == 9


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_trace_weight_not_finite_is_refused_by_name(bad: float) -> None:
    network = random_run_within((3, 4), 40, seed=8)
    network.weights[1][37, 2, 0] = bad
    with pytest.raises(
        AuthorError,
        match=rf"weight or bias of {bad} for neuron 5 at snapshot 37, allowed: .*finite",
    ):
        trace(network)
