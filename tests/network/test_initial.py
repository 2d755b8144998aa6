"""Initial weights: the distribution of torch.nn.Linear, and the same bits everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from ginn.network.forward import pre_activations
from ginn.network.initial import initial_parameters, parameters_from, weights_and_biases
from ginn.network.layout import Layout
from ginn.network.run import Start
from ginn.network.settings import Bias


def test_initial_parameters_are_uniform_within_the_bound_of_nn_linear() -> None:
    layout = Layout((64, 64), 8)
    parameters = initial_parameters(layout, range(20))
    weights, biases = weights_and_biases(layout, parameters)
    for weight, bias, inputs in zip(weights, biases, (2, 64, 64), strict=True):
        for drawn in (weight, bias):
            scaled = np.sort(drawn.ravel() * np.sqrt(inputs))
            assert scaled[0] > -1
            assert scaled[-1] < 1
            # The test of Kolmogorov and Smirnov: 2 / sqrt(n) is exceeded with probability 7e-4.
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


def test_initial_parameters_with_a_scale_are_multiplied_by_it() -> None:
    layout = Layout((5, 3), 8)
    plain = initial_parameters(layout, [4])
    # A power of two changes only the exponent of a float32, so the results are equal.
    np.testing.assert_array_equal(initial_parameters(layout, [4], 0.5), 0.5 * plain)
    np.testing.assert_allclose(initial_parameters(layout, [4], 3.0), 3.0 * plain, rtol=1e-6)


@pytest.mark.parametrize("bias", ["zero", "covering"])
def test_initial_parameters_with_other_biases_have_the_same_weights(bias: Bias) -> None:
    layout = Layout((5, 3), 8)
    plain, _ = weights_and_biases(layout, initial_parameters(layout, [4, 5], 0.25))
    weights, biases = weights_and_biases(layout, initial_parameters(layout, [4, 5], 0.25, bias))
    for one, other in zip(plain, weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert all(bool(each.any()) == (bias == "covering") for each in biases)


def test_initial_parameters_covering_let_every_boundary_cross_the_picture() -> None:
    layout = Layout((16, 16, 16), 8)
    corners = np.array([[x, y] for x in np.linspace(0, 1, 101) for y in np.linspace(0, 1, 101)])

    def crossing(bias: Bias) -> float:
        parameters = initial_parameters(layout, range(20), 0.5, bias)
        layers = pre_activations(*weights_and_biases(layout, parameters), corners)
        crosses = [(each.min(axis=1) < 0) & (each.max(axis=1) > 0) for each in layers]
        return float(np.mean(np.concatenate([each.ravel() for each in crosses])))

    # A boundary that touches only a corner of the picture may lie between two points of the grid.
    assert crossing("covering") > 0.97
    assert crossing("uniform") < 0.9


def test_initial_parameters_covering_put_a_neurons_point_anywhere_in_the_picture() -> None:
    # One neuron a layer: its boundary is the line through its point, at any place and angle.
    layout = Layout((1,), 8)
    ((weights, _), (biases, _)) = weights_and_biases(
        layout, initial_parameters(layout, range(400), 1.0, "covering")
    )
    middle = (weights[:, 0] @ np.array([0.5, 0.5]) + biases[:, 0]) / np.abs(weights[:, 0]).sum(1)
    # At the picture's middle, both signs are equally likely.
    assert 150 < np.count_nonzero(middle > 0) < 250
    assert np.abs(middle).max() < 0.5
    assert np.abs(middle).max() > 0.4


def test_initial_parameters_covering_have_the_bits_of_every_processor() -> None:
    parameters = initial_parameters(Layout((16, 16, 16), 128), [0, 1], 0.5, "covering")
    digest = hashlib.sha256(parameters.tobytes()).hexdigest()
    assert digest == "8befe9f218a7717b01f6caaaeca4dd16b8cbc56b74f3b699a4f80cfea563eeec"


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
