"""The forward pass in float64."""

from __future__ import annotations

import numpy as np
from support.runs import random_run

from ginn.network.forward import pre_activations, probability


def test_pre_activations_of_a_small_network_are_those_by_hand() -> None:
    # The two units are x - y and y - x. So the sum of their ReLUs is |x - y|, and the logit is
    # 1 - 2 |x - y|.
    weights = (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([[-2.0, -2.0]]))
    biases = (np.zeros(2), np.ones(1))
    points = np.array([[0.5, 0.25], [0.0, 1.0], [0.75, 0.75]])
    hidden, logit = pre_activations(weights, biases, points)
    np.testing.assert_array_equal(hidden, [[0.25, -0.25], [-1.0, 1.0], [0.0, 0.0]])
    np.testing.assert_array_equal(logit[:, 0], [0.5, -1.0, 1.0])


def test_pre_activations_of_all_snapshots_agree_with_one_at_a_time() -> None:
    run = random_run((5, 4))
    points = np.random.default_rng(0).random((11, 2))
    all_at_once = pre_activations(run.weights, run.biases, points)
    for k in range(3):
        alone = pre_activations(
            tuple(w[k] for w in run.weights), tuple(b[k] for b in run.biases), points
        )
        for layer, expected in zip(all_at_once, alone, strict=True):
            np.testing.assert_allclose(layer[k], expected, rtol=1e-13)


def test_probability_is_the_sigmoid_without_overflow() -> None:
    logit = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(probability(logit), 1 / (1 + np.exp(-logit)), rtol=1e-12)
    with np.errstate(all="raise"):
        np.testing.assert_allclose(probability(np.array([-1e4, 1e4])), [0.0, 1.0], atol=1e-300)
