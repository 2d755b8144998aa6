"""Distances between boundaries, compared with values found by calculus."""

from __future__ import annotations

import numpy as np
import pytest
from support.runs import IDENTITY, Layer, layer_of, run_of, threshold

from ginn.analysis.boundary_distances import boundary_distances


def three_lines(second: float) -> list[Layer]:
    """A layer with lines at x = .25, x = `second` and x = .75, and an output layer."""
    layer = layer_of(threshold(0.25), threshold(second), threshold(0.75))
    return [layer, ([[1.0, 2.0, -4.0]], [-0.1])]


def test_boundary_distances_of_lines_are_their_offset_or_what_calculus_says() -> None:
    apart = boundary_distances(run_of(three_lines(0.375)), 0)
    np.testing.assert_allclose(apart[0], [0.0, 0.125, 0.5], atol=1e-7)
    np.testing.assert_allclose(apart, apart.T)
    crossed = [layer_of(threshold(0.5), ([0.0, 1.0], -0.5)), ([[1, 1]], [0])]
    # The mean distance of a point of x = .5 from y = .5 is 1/4.
    np.testing.assert_allclose(boundary_distances(run_of(crossed), 0)[0, 1], 0.25, atol=1e-7)


def test_boundary_distances_are_those_of_the_layer_at_the_last_snapshot() -> None:
    first, last = ([IDENTITY, *three_lines(x)] for x in (0.25, 0.5))
    assert boundary_distances(run_of(last, first), 1)[0, 1] == pytest.approx(0.0, abs=1e-7)
    assert boundary_distances(run_of(first, last), 1)[0, 1] == pytest.approx(0.25)


def test_boundary_distances_of_a_neuron_without_a_boundary_are_nan() -> None:
    everywhere = layer_of(([1.0, 0.0], 1.0), threshold(0.5))
    assert np.isnan(boundary_distances(run_of([everywhere, ([[1, 1]], [0])]), 0)[0]).all()


def test_boundary_distances_of_closed_boundaries_are_what_calculus_says() -> None:
    # Two neurons with closed boundaries: a diamond about the middle, and one of half its size.
    folds = layer_of(([1.0, 0.0], -0.5), ([-1.0, 0.0], 0.5), ([0.0, 1.0], -0.5), ([0.0, -1.0], 0.5))
    second = ([[-1.0] * 4, [-1.0] * 4], [0.4, 0.2])
    run = run_of([folds, second, ([[1.0, 1.0]], [0.0])])
    apart = boundary_distances(run, 1)[0, 1]
    # Each point of the inner diamond is .2 / sqrt(2) from the outer one. On a side of the outer
    # diamond, of length .4 sqrt(2), the middle half has this distance, too. From the rest of the
    # side, the nearest point is a corner of the inner diamond.
    offset, overhang = 0.2 / np.sqrt(2), 0.1 * np.sqrt(2)
    t = (np.arange(100_000) + 0.5) / 100_000 * overhang
    outer = (offset + np.hypot(offset, t).mean()) / 2
    np.testing.assert_allclose(apart, (offset + outer) / 2, rtol=1e-3)


def test_boundary_distances_of_a_closed_boundary_count_all_its_sides() -> None:
    # One neuron is on in a diamond of half-diagonal .4 about the middle. The boundary of the other
    # is the line x = .95, to the right of the diamond.
    inputs = layer_of(
        ([1.0, 0.0], -0.5), ([-1.0, 0.0], 0.5), ([0.0, 1.0], -0.5), ([0.0, -1.0], 0.5)
    )
    second = ([[-1.0] * 4, [1.0, 0.0, 0.0, 0.0]], [0.4, -0.45])
    run = run_of([inputs, second, ([[1.0, 1.0]], [0.0])])
    dense = np.linspace(0, 1, 2001)[:-1, None]
    corners = np.array([[0.9, 0.5], [0.5, 0.9], [0.1, 0.5], [0.5, 0.1]])
    ring = np.concatenate(
        [a + dense * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    )
    beside = np.stack([np.full(400, 0.95), (np.arange(400) + 0.5) / 400], axis=1)
    to_ring = np.linalg.norm(beside[:, None] - ring, axis=2).min(axis=1).mean()
    expected = ((0.95 - ring[:, 0]).mean() + to_ring) / 2
    np.testing.assert_allclose(boundary_distances(run, 1)[0, 1], expected, rtol=1e-3)
