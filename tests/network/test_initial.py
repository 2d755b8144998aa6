"""Initial weights: the distribution of torch.nn.Linear, and the same bits everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from ginn.network.initial import initial_parameters, parameters_from, weights_and_biases
from ginn.network.layout import Layout
from ginn.network.run import Start


def test_initial_parameters_are_uniform_within_the_bound_of_nn_linear() -> None:
    layout = Layout((64, 64), 8)
    parameters = initial_parameters(layout, range(20))
    weights, biases = weights_and_biases(layout, parameters)
    for weight, bias, inputs in zip(weights, biases, (2, 64, 64), strict=True):
        for drawn in (weight, bias):
            scaled = np.sort(drawn.ravel() * np.sqrt(inputs))
            assert scaled[0] > -1
            assert scaled[-1] < 1
            # Kolmogorov and Smirnov: beyond 2 / sqrt(n) with probability 7e-4.
            even = np.linspace(-1, 1, len(scaled))
            assert np.abs(scaled - even).max() / 2 < 2 / np.sqrt(len(scaled))


def test_initial_parameters_of_a_seed_do_not_depend_on_the_others() -> None:
    layout = Layout((7, 4), 8)
    both = initial_parameters(layout, [3, 5])
    np.testing.assert_array_equal(initial_parameters(layout, [5])[0], both[1])
    assert not np.array_equal(both[0], both[1])


def test_initial_parameters_have_the_bits_of_every_processor() -> None:
    digest = hashlib.sha256(initial_parameters(Layout((16, 16, 16), 128), [0, 1]).tobytes())
    assert digest.hexdigest() == "1425ce3d56f2d67a79a75900a32a32fc3aa9ed6e141a505e25dfe0e928de30b5"


def test_parameters_from_a_start_are_its_weights_and_biases() -> None:
    layout = Layout((3, 2), 8)
    parameters = initial_parameters(layout, [1, 2])
    start = Start(10, *weights_and_biases(layout, parameters))
    np.testing.assert_array_equal(parameters_from(layout, start), parameters)


def test_parameters_from_a_start_of_another_shape_are_refused() -> None:
    layout = Layout((3,), 8)
    start = Start(10, *weights_and_biases(layout, initial_parameters(layout, [1])))
    with pytest.raises(ValueError, match=r"\(3, 3\).*allowed.*\(4, 3\)"):
        parameters_from(Layout((4,), 8), start)
