"""Philox agrees with published numbers, and all pixels are equally likely in minibatches."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.network.philox import philox, pixels_of

# From the known-answer tests of Random123, the authors' library: counter and key all zeros.
ZEROS = (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)


def test_philox_of_zeros_gives_the_published_numbers() -> None:
    found = philox((np.uint64(0), np.uint64(0)), np.uint64(0))  # type: ignore[arg-type]
    assert tuple(int(each) for each in found) == ZEROS


def slow_philox(counter: tuple[int, int], key: int) -> list[int]:
    """Philox4x32-10 in Python's integers."""
    x, k = [*counter, 0, 0], [key, 0]
    for _ in range(10):
        first, second = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
        x = [
            (second >> 32) ^ x[1] ^ k[0],
            second % 2**32,
            (first >> 32) ^ x[3] ^ k[1],
            first % 2**32,
        ]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return x


@given(*[st.integers(0, 2**32 - 1)] * 3)
def test_philox_of_any_counter_is_that_of_integers(first: int, second: int, key: int) -> None:
    counter = (np.array([first], np.uint64), np.array([second], np.uint64))
    found = [int(each[0]) for each in philox(counter, np.array([key], np.uint64))]
    assert found == slow_philox((first, second), key)


def test_pixels_of_many_draws_are_uniform() -> None:
    pixels = pixels_of(4, np.arange(400), 128, 1024)
    counts = np.bincount(pixels.ravel(), minlength=1024)
    # Each pixel is drawn 50 times on average. The chi-square statistic has 1,023 degrees of
    # freedom, and may differ from its mean by six standard deviations.
    assert abs(float(((counts - 50) ** 2 / 50).sum()) - 1023) < 6 * math.sqrt(2 * 1023)


@pytest.mark.parametrize("batch", [1, 4, 7, 128])
def test_pixels_of_some_iterations_do_not_depend_on_the_others(batch: int) -> None:
    whole = pixels_of(9, np.arange(20), batch, 1000)
    assert whole.shape == (20, batch)
    np.testing.assert_array_equal(pixels_of(9, np.array([3, 17]), batch, 1000), whole[[3, 17]])
    assert not np.array_equal(pixels_of(8, np.arange(20), batch, 1000), whole)
