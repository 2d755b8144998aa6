"""Learning rates and Adam's corrections against the C library's functions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ginn.elementary import cosine_of_half_turns
from ginn.network.schedule import AdamRates, learning_rates


def test_cosine_of_half_turns_is_the_cosine_within_rounding() -> None:
    shares = np.linspace(0, 1, 10_001)
    np.testing.assert_allclose(cosine_of_half_turns(shares), np.cos(np.pi * shares), atol=1e-15)


def test_learning_rates_fall_from_the_peak_to_zero() -> None:
    found = learning_rates(0.01, 200, np.array([0, 50, 100, 200]))
    np.testing.assert_allclose(found, [0.01, 0.005 * (1 + math.sqrt(0.5)), 0.005, 0.0], atol=1e-15)
    assert found[0] == 0.01
    assert found[-1] == 0.0


def test_learning_rates_relative_error_is_small_until_near_the_end() -> None:
    iterations = np.arange(1_269_000)
    exact = 1e-3 * 0.5 * (1 + np.cos(np.pi * iterations / 1_270_000))
    np.testing.assert_allclose(learning_rates(1e-3, 1_270_000, iterations), exact, rtol=1e-9)


def test_learning_rates_of_a_warm_up_rise_in_equal_steps_to_the_plain_ones() -> None:
    iterations = np.arange(101)
    plain = learning_rates(0.01, 100, iterations)
    found = learning_rates(0.01, 100, iterations, 40)
    np.testing.assert_allclose(found[:40] / plain[:40], np.arange(1, 41) / 40, rtol=1e-15)
    np.testing.assert_array_equal(found[39:], plain[39:])
    np.testing.assert_array_equal(learning_rates(0.01, 100, iterations, 1), plain)


def test_adam_rates_of_a_warm_up_are_those_of_its_learning_rates() -> None:
    rates = AdamRates(1e-3, 1000, 15, warm_up=30)
    found = np.concatenate([rates.take(10), rates.take(20)])
    plain = AdamRates(1e-3, 1000, 15).take(30)
    factors = np.minimum(1, np.arange(16, 46) / 30)
    np.testing.assert_allclose(found[:, 0], plain[:, 0] * factors, rtol=1e-6)
    np.testing.assert_array_equal(found[:, 1], plain[:, 1])


@pytest.mark.parametrize("chunks", [[30], [1, 2, 27], [29, 1]])
def test_adam_rates_correct_for_the_zeros_adam_begins_with(chunks: list[int]) -> None:
    rates = AdamRates(1e-3, 1000, first=100)
    found = np.concatenate([rates.take(count) for count in chunks])
    steps = np.arange(1, 31)
    peak = learning_rates(1e-3, 1000, 99 + steps)
    expected = np.column_stack([peak / (1 - 0.9**steps), 1 / np.sqrt(1 - 0.999**steps)])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_adam_rates_do_not_depend_on_how_they_are_taken() -> None:
    one, other = AdamRates(1e-3, 1000, 0), AdamRates(1e-3, 1000, 0)
    parts = np.concatenate([other.take(count) for count in (1, 499, 7)])
    np.testing.assert_array_equal(one.take(507), parts)
