"""Verdicts from comparisons."""

from __future__ import annotations

import numpy as np

from ginn.analysis.claim import all_of, compared, layers, medians


def test_compared_asks_more_of_many_tests() -> None:
    differences = np.linspace(0.1, 0.2, 6)  # p = 2 / 64
    assert compared(differences, 1) == "holds"
    assert compared(differences, 2) == "not decidable here"
    assert compared(-differences, 1) == "does not hold"
    assert compared(np.append(differences, np.nan), 1) == "holds"
    assert all_of(["holds", "holds"]) == "holds"
    assert all_of(["holds", "not decidable here"]) == "not decidable here"
    assert all_of(["does not hold", "not decidable here"]) == "does not hold"
    assert all_of([]) == "not decidable here"


def test_medians_are_of_the_finite_values_layer_by_layer() -> None:
    values = np.array([[0.125, np.nan, np.nan], [0.375, 1.0, np.nan], [9.0, 2.0, np.nan]])
    assert medians(values) == "0.38, 1.50, none"
    assert medians(values, 3) == "0.375, 1.500, none"


def test_layers_names_them_by_their_numbers() -> None:
    assert layers(range(1, 4)) == "layers 1, 2 and 3"
    assert layers([2]) == "layer 2"
    assert layers([]) == "no layer"
