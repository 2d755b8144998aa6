"""Recorded runs, their arrays, and the numbering of neurons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.runs import random_run

from ginn.network.run import layer_slices, place_of, run_as_arrays, run_from_arrays


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_layer_slices_number_layer_by_layer_with_the_output_last(widths: list[int]) -> None:
    slices = layer_slices(tuple(widths))
    numbers = [number for each in slices for number in range(each.start, each.stop)]
    assert numbers == list(range(sum(widths) + 1))
    assert [each.stop - each.start for each in slices] == [*widths, 1]


def test_place_of_counts_layers_and_places_from_1() -> None:
    places = [place_of((2, 3), neuron) for neuron in range(6)]
    assert places == [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1)]


@pytest.mark.parametrize("ended", ["", "seed 7: no longer finite"])
def test_run_from_arrays_gives_back_the_run(ended: str) -> None:
    run = random_run((3, 2, 4), ended=ended)
    back = run_from_arrays(run_as_arrays(run))
    assert (back.seed, back.ended, back.widths) == (7, ended, (3, 2, 4))
    assert len(back) == 3
    for one, other in zip((*run.weights, *run.biases), (*back.weights, *back.biases), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(run.loss, back.loss)
    np.testing.assert_array_equal(run.iterations, back.iterations)
