"""Errors by part and how failed runs compare, on networks whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest
from support.runs import run_of

from ginn.analysis.claims.part_errors import (
    PartErrors,
    claim_failed_runs_model_the_top_better,
    part_errors,
    top_and_band,
)
from ginn.analysis.statistics import rank_sum_p_value
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


def test_top_and_band_of_several_parts_are_known() -> None:
    parts, band = top_and_band(bottle(), ["cap", "body"])
    assert (parts.sum(), band.sum()) == (4 * 4 + 8 * 12, 16 * N)


def runs_of(failed_top: float, failed_band: float, failed: int = 5) -> list[PartErrors]:
    """Fifteen runs with errors about 0.2; the first seeds failed."""
    noise = [0.001 * (7 * i % 15) for i in range(15)]
    return [
        PartErrors(i, {}, failed_top + noise[i], failed_band + noise[i])
        if i < failed
        else PartErrors(i, {}, 0.2 + noise[i], 0.2 + noise[i])
        for i in range(15)
    ]


@pytest.mark.parametrize(
    ("top", "band", "failed", "verdict"),
    [
        (0.1, 0.1, 5, "holds"),
        (0.1, 0.3, 5, "does not hold"),  # black painted over the whole top
        (0.3, 0.3, 5, "does not hold"),
        (0.1, 0.2, 5, "not decidable here"),
        (0.1, 0.1, 1, "not decidable here"),
        (0.1, 0.1, 0, "not decidable here"),
    ],
)
def test_claim_of_the_top_needs_the_band_as_well_as_the_parts(
    top: float, band: float, failed: int, verdict: str
) -> None:
    claim = claim_failed_runs_model_the_top_better(runs_of(top, band, failed), range(failed))
    assert claim.verdict == verdict
    if failed == 5:
        assert claim.effects[0].value == pytest.approx(100 * (0.2 - top), abs=0.5)
        assert claim.effects[0].p_value == rank_sum_p_value(range(5), range(5, 15)) or top == 0.2
    else:
        assert claim.effects[0].p_value == pytest.approx(2 / 15 if failed else 1.0, abs=0.07)


def test_claim_of_the_top_with_chosen_runs_has_a_row_of_its_own_that_says_so() -> None:
    """A failed run counts, chosen or not; a chosen run that did not fail does not."""
    runs, more = runs_of(0.1, 0.1, failed=1), [PartErrors(20 + i, {}, 0.1, 0.1) for i in range(6)]
    claim = claim_failed_runs_model_the_top_better(runs, {0, 20, 21, 22, 23}, more)
    assert claim.name == "Failed runs and the top, chosen runs"
    assert claim.runs == 1 + 4 + 14
    assert "chosen because their screening run had failed" in claim.sample
    assert claim.verdict == "holds"
    assert claim_failed_runs_model_the_top_better(runs, {0}).name == "Failed runs and the top"
