"""Errors by part and how failed runs compare, on networks whose errors are known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from support.runs import run_of

from ginn.analysis.claims.part_errors import (
    Comparison,
    PartErrors,
    claim_failed_runs_model_the_top_better,
    compare,
    compare_runs,
    is_better,
    part_errors,
    top_and_band,
)
from ginn.dataset.dataset import Dataset, Part
from ginn.network.run import RecordedRun

N = 20


def bottle() -> Dataset:
    """A black cap, rows 2 to 5, over a black body, rows 10 to 17, on white."""
    cap, body = np.zeros((2, N, N), dtype=bool)
    cap[2:6, 8:12] = True
    body[10:18, 4:16] = True
    ground = ~(cap | body)
    parts = (Part("cap", False, cap), Part("body", False, body), Part("ground", True, ground))
    return Dataset(ground, parts)


def constant(logit: float) -> RecordedRun:
    return run_of([([[0, 0]], [0]), ([[0]], [logit])])


def white_right_of(x: float, slope: float = 8.0) -> RecordedRun:
    return run_of([([[1, 0], [-1, 0]], [-x, x]), ([[slope, -slope]], [0])])


def test_part_errors_count_wrong_pixels_part_by_part() -> None:
    # White from column 10 on: half of the cap and half of the body are wrong.
    found = part_errors(white_right_of(0.5), bottle(), ["cap"])
    ground = bottle().parts[2].mask
    assert found.wrong["cap"] == found.wrong["body"] == found.top == 0.5
    assert found.wrong["ground"] == pytest.approx(ground[:, :10].sum() / ground.sum())
    # The rows of the cap: 8 white columns wrong on the left, 2 black ones on the right.
    assert found.band == pytest.approx(10 / 20)


def test_part_errors_of_black_everywhere_are_in_the_band() -> None:
    found = part_errors(constant(-3.0), bottle(), ["cap"])
    assert (found.top, found.band) == (0.0, 16 / 20)
    assert (found.wrong["body"], found.wrong["ground"]) == (0.0, 1.0)


def test_top_and_band_of_several_parts_are_known_and_of_a_missing_one_refused() -> None:
    parts, band = top_and_band(bottle(), ["cap", "body"])
    assert (parts.sum(), band.sum()) == (4 * 4 + 8 * 12, 16 * N)
    for top in ([], ["lid"]):
        with pytest.raises(ValueError, match=r"expected parts of the picture: \['body', 'cap'"):
            top_and_band(bottle(), top)


def test_compare_counts_the_pairs_in_which_the_failed_run_is_better() -> None:
    found = compare([0.1, 0.4], [0.2, 0.3, 0.4, 0.5])
    assert (found.failed, found.others) == (2, 4)
    assert (found.failed_median, found.others_median) == (0.25, pytest.approx(0.35))
    assert found.better == (4 + 1 + 0.5) / 8
    assert 0.5 < found.p_value < 1
    nothing = compare([], [0.2])
    assert math.isnan(nothing.failed_median)
    assert nothing.p_value == 1.0


def errors(seed: int, top: float, band: float) -> PartErrors:
    return PartErrors(seed, {"cap": top, "body": 0.3}, top, band)


def runs_of(failed_top: float, failed_band: float, failed: int = 5) -> dict[str, Comparison]:
    """Fifteen runs with errors about 0.2; the first seeds failed."""
    noise = [0.001 * (7 * i % 15) for i in range(15)]
    runs = [
        errors(i, failed_top + noise[i], failed_band + noise[i])
        if i < failed
        else errors(i, 0.2 + noise[i], 0.2 + noise[i])
        for i in range(15)
    ]
    return compare_runs(runs, range(failed))


def test_compare_runs_compares_by_part_top_and_band() -> None:
    table = runs_of(0.1, 0.3)
    assert list(table) == ["cap", "body", "top", "band"]
    assert [table[name].better for name in table] == [1.0, 0.5, 1.0, 0.0]
    assert table["top"].p_value == pytest.approx(2 / math.comb(15, 5))
    assert compare_runs([], []) == {}


def test_claim_of_the_top_needs_the_band_as_well_as_the_parts() -> None:
    def verdict(full_runs: dict[str, Comparison], screenings: dict[str, Comparison]) -> str:
        return claim_failed_runs_model_the_top_better(full_runs, screenings).verdict

    better, painted_over, worse = runs_of(0.1, 0.1), runs_of(0.1, 0.3), runs_of(0.3, 0.3)
    alike, one_failed = runs_of(0.2, 0.2), runs_of(0.1, 0.1, failed=1)
    assert verdict(better, alike) == "holds"
    assert verdict(painted_over, better) == "does not hold"
    assert verdict(worse, better) == "does not hold"
    assert verdict(runs_of(0.1, 0.2), alike) != "holds"
    # One failed run of 15 cannot decide; the screenings then do, if they can.
    assert verdict(one_failed, one_failed) == "not decidable here"
    assert verdict(one_failed, better) == "holds"
    assert verdict(one_failed, painted_over) == "does not hold"


def test_is_better_asks_more_of_many_tests() -> None:
    found = compare([0.1, 0.11, 0.12], [0.2, 0.3, 0.4, 0.5, 0.6])
    assert found.p_value == pytest.approx(2 / 56)
    assert is_better(found, 1) == "holds"
    assert is_better(found, 4) == "not decidable here"
    assert is_better(replace(found, better=0.2), 1) == "does not hold"
