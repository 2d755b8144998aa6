"""Snapshots and the forward pass in float64."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import random_run

from ginn.network.forward import pre_activations, probability
from ginn.network.run import layer_slices, run_as_arrays, run_from_arrays


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_neurons_are_numbered_layer_by_layer_with_the_output_last(widths: list[int]) -> None:
    slices = layer_slices(tuple(widths))
    numbers = [number for each in slices for number in range(each.start, each.stop)]
    assert numbers == list(range(sum(widths) + 1))
    assert [each.stop - each.start for each in slices] == [*widths, 1]


def test_pre_activations_are_those_of_a_network_computed_by_hand() -> None:
    # Two units, |x - y| as relu(x - y) + relu(y - x), and a logit of 1 - 2 |x - y|.
    weights = (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([[-2.0, -2.0]]))
    biases = (np.zeros(2), np.ones(1))
    points = np.array([[0.5, 0.25], [0.0, 1.0], [0.75, 0.75]])
    hidden, logit = pre_activations(weights, biases, points)
    np.testing.assert_array_equal(hidden, [[0.25, -0.25], [-1.0, 1.0], [0.0, 0.0]])
    np.testing.assert_array_equal(logit[:, 0], [0.5, -1.0, 1.0])


def test_all_snapshots_at_once_agree_with_one_at_a_time() -> None:
    run = random_run((5, 4))
    points = np.random.default_rng(0).random((11, 2))
    together = pre_activations(run.weights, run.biases, points)
    for k in range(3):
        alone = pre_activations(
            tuple(w[k] for w in run.weights), tuple(b[k] for b in run.biases), points
        )
        for layer, expected in zip(together, alone, strict=True):
            np.testing.assert_allclose(layer[k], expected, rtol=1e-13)


def test_probability_is_the_sigmoid_and_does_not_overflow() -> None:
    logit = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(probability(logit), 1 / (1 + np.exp(-logit)), rtol=1e-12)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(probability(np.array([-1e4, 1e4])), [0.0, 1.0])


@pytest.mark.parametrize("ended", ["", "seed 7: no longer finite"])
def test_a_run_survives_the_way_to_arrays_and_back(ended: str) -> None:
    run = random_run((3, 2, 4), ended=ended)
    back = run_from_arrays(run_as_arrays(run))
    assert (back.seed, back.ended, back.widths) == (7, ended, (3, 2, 4))
    assert len(back) == 3
    for one, other in zip((*run.weights, *run.biases), (*back.weights, *back.biases), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(run.loss, back.loss)
    np.testing.assert_array_equal(run.iterations, back.iterations)
