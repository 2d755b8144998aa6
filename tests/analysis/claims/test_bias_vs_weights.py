"""Shift and turn, and the shares of bias, weights and inputs, for small given changes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import random_run, run_of

from ginn.analysis.claims import bias_vs_weights
from ginn.analysis.claims.bias_vs_weights import (
    Shares,
    equal_steps,
    motion,
    shares,
    shift_and_turn,
)
from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import RecordedRun

NETWORK: list[tuple[Any, Any]] = [
    ([[1, 0.5], [0.5, -1]], [-0.6, 0.3]),
    ([[1, 0.25], [-0.5, 1]], [-0.1, 0.05]),
    ([[1, -1]], [0.125]),
]


def moved(layer: int, weight: Any = 0.0, bias: Any = 0.0) -> RecordedRun:
    """Two snapshots of NETWORK: in the second, one layer's weights and biases have moved."""
    later = [(np.array(w, dtype=float), np.array(b, dtype=float)) for w, b in NETWORK]
    later[layer] = (later[layer][0] + weight, later[layer][1] + bias)
    return replace(run_of(NETWORK, later), learning_rate=np.array([1e-3, 1e-3]))


def single(run: RecordedRun) -> Shares:
    parameters = [layer.astype(float) for layer in (*run.weights, *run.biases)]
    return shares(tuple(p[:-1] for p in parameters), tuple(p[1:] for p in parameters))


def line(angle: float, distance: float) -> tuple[Any, Any]:
    """The weight and bias, times 3, of a line at `distance` from the domain's centre.

    `angle` is the direction of the line's normal.
    """
    normal = np.array([math.cos(angle), math.sin(angle)])
    return 3 * normal[None, None], 3 * np.array([[distance - normal.sum() / 2]])


@given(st.floats(-3, 3), st.floats(-0.25, 0.25), st.integers(-64, 64), st.integers(-13, 13))
def test_shift_and_turn_of_a_moved_line_are_what_moved_it(
    angle: float, distance: float, turned: int, shifted: int
) -> None:
    next_line = line(angle + turned / 64, distance + shifted / 64)
    shift, turn = shift_and_turn(*line(angle, distance), *next_line)
    if turned or shifted:
        assert shift[0, 0] == pytest.approx(abs(shifted / 64), abs=1e-12)
        assert turn[0, 0] == pytest.approx(abs(turned / 64) / 2, abs=1e-12)
    else:
        assert np.isnan([shift[0, 0], turn[0, 0]]).all()


def test_shift_and_turn_of_a_line_outside_the_domain_are_nan() -> None:
    for pair in ((line(0, 0.6), line(0, 0.1)), (line(0, 0.1), line(0, 0.6))):
        assert np.isnan(shift_and_turn(*pair[0], *pair[1])).all()


def test_shares_of_a_moving_bias_are_all_bias_and_all_shift() -> None:
    run = moved(0, bias=[0.01, 0.02])
    found = single(run)
    np.testing.assert_allclose(found.bias[0, :2], 1.0)
    np.testing.assert_allclose(found.uniform[0, :2], 1.0)
    np.testing.assert_allclose(motion(run).shift_share, 1.0)
    # In the layers above, only the inputs change.
    np.testing.assert_allclose(found.inputs[0, 2:], 1.0)


def test_shares_of_a_deeper_bias_leave_the_layers_below_unmoved() -> None:
    found = single(moved(1, bias=[0.01, 0.02]))
    assert np.isnan(found.bias[0, :2]).all()
    np.testing.assert_allclose(found.bias[0, 2:4], 1.0)
    np.testing.assert_allclose(found.inputs[0, 4], 1.0)


def test_shares_of_weights_that_turn_a_line_have_no_shift() -> None:
    run = moved(0, weight=[0.02, -0.02])
    found = single(run)
    np.testing.assert_allclose(found.weights[0, :2], 1.0)
    np.testing.assert_allclose(found.uniform[0, :2], 0.0, atol=1e-6)
    # If both weights of a first-layer neuron grow alike, the boundary moves nearly as by a bias.
    together = single(moved(0, weight=[0.02, 0.02]))
    assert (together.uniform[0, :2] > 0.8).all()
    assert (together.bias[0, :2] == 0).all()


def test_shares_over_the_lattice_are_close_to_those_over_every_pixel() -> None:
    run = random_run((5, 4), 6)
    n = 100
    points = Dataset(np.zeros((n, n), dtype=bool), ()).points()
    values = pre_activations(run.weights, run.biases, points)
    change = [np.diff(value, axis=0) for value in values]  # (T, P, out)
    uniform = [each.mean(axis=1) ** 2 / (each**2).mean(axis=1) for each in change]
    found = single(run)
    np.testing.assert_allclose(found.uniform, np.concatenate(uniform, axis=1), atol=0.02)
    np.testing.assert_allclose(found.bias + found.weights + found.inputs, 1.0)
    # The share in the first layer by formula: over the unit square, the mean of (a x + b y)^2 is
    # (a^2 + b^2) / 3 + a b / 2.
    a, b = np.diff(run.weights[0].astype(float), axis=0).transpose(2, 0, 1)
    by_bias = np.diff(run.biases[0].astype(float), axis=0) ** 2
    exact = by_bias / (by_bias + (a * a + b * b) / 3 + a * b / 2)
    np.testing.assert_allclose(found.bias[:, :5], exact, atol=0.01)


def test_equal_steps_move_what_moved_by_one_learning_rate() -> None:
    old, new = np.zeros((3, 40, 2)), np.ones((3, 40, 2))
    new[:, :, 1] = 0.0
    (step,) = equal_steps((old,), (new,), np.array([1.0, 2.0, 0.5]), seed=1)
    assert (np.abs(step[:, :, 0]) == np.array([1.0, 2.0, 0.5])[:, None]).all()
    assert (step[:, :, 1] == 0).all()
    assert 0 < (step[:, :, 0] > 0).mean() < 1
    (other,) = equal_steps((old,), (new,), np.array([1.0, 2.0, 0.5]), seed=2)
    assert (step != other).any()


def test_shares_of_a_layer_at_rest_are_nan() -> None:
    found = motion(moved(1, bias=[0.01, 0.02]))
    assert np.isnan(found.shares.bias[0, 0])
    assert np.isnan(found.shift_share[0])
    assert bias_vs_weights.finite_mean(np.array([np.nan, 1.0, 3.0]), 0) == 2.0
