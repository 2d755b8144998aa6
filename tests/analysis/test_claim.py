"""Verdicts from comparisons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ginn.analysis.claim import (
    Claim,
    all_of,
    compared,
    medians,
    needed_of_table,
    needed_sign_flips,
    too_few_runs,
    unmeasured,
)
from ginn.analysis.statistics import fisher_p_value


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


@pytest.mark.parametrize("tests", [1, 2, 4, 6, 10])
def test_needed_sign_flips_is_the_least_number_with_which_they_can_decide(tests: int) -> None:
    enough = needed_sign_flips(1, tests)
    assert compared(np.ones(enough), tests) == "holds"
    assert compared(np.ones(enough - 1), tests) == "not decidable here"
    assert needed_sign_flips(enough - 1, tests) == enough
    assert needed_sign_flips(enough, tests) == 0


def test_needed_of_table_is_the_least_number_of_runs_of_which_some_table_decides() -> None:
    def least(runs: int) -> float:
        return min(fisher_p_value([[k, 0], [0, runs - k]]) for k in range(1, runs))

    enough = needed_of_table(1)
    assert least(enough) <= 0.05 < least(enough - 1)
    assert needed_of_table(enough) == 0


def row(name: str, verdict: Any, full: int = 0, screening: int = 0) -> Claim:
    return Claim(name, "It is.", "Counted.", "1", "2", 4, verdict, full, screening)


def test_too_few_runs_names_the_claims_once_and_how_many_are_enough() -> None:
    rows = [
        row("A", "not decidable here", 8), row("B", "not decidable here", 6),
        row("C", "not decidable here", 0, 7), row("D", "not decidable here"),
        row("E", "does not hold", 8), unmeasured("F", "It is.", "there is nothing"),
    ]  # fmt: skip
    assert too_few_runs(rows) == (
        "This build has too few runs to decide 3 of 6 claims, whatever the runs show: A, B and C. "
        "8 full runs and 7 screening runs would be enough."
    )
    assert too_few_runs(rows[3:]) == ""
    assert too_few_runs([]) == ""
