"""The claim that failed runs without lines across a part learn it later."""

from __future__ import annotations

import pytest

from ginn.analysis.claims.late_learning import claim_late_without_lines
from ginn.analysis.failed_runs import DEAD, KINDS, LINEAR, FailedRun
from ginn.analysis.statistics import rank_sum_p_value


def run(kind: str, learnt: int | None) -> FailedRun:
    return FailedRun(0, kind, 0, 0.0, 11, learnt, 500)


LINEAR_RUNS = [run(LINEAR, time) for time in (60, 70, 80, 90, 300, None)]
OTHERS = [run(KINDS[3], time) for time in (20, 20, 30, 30, 40)] + [run(KINDS[1], 50)]


def test_claim_late_without_lines_compares_times_up_to_the_end_of_the_shorter_runs() -> None:
    dead = [run(DEAD, None)] * 5
    claim = claim_late_without_lines([*LINEAR_RUNS, *OTHERS, *dead], "cap", 100)
    times = [20, 20, 30, 30, 40, 50], [60, 70, 80, 90, 100, 100]
    assert claim.p_value == rank_sum_p_value(*times)
    assert (claim.verdict, claim.runs) == ("holds", 12)
    assert claim.value == (
        "4 of 6 runs linear over it learnt the cap by iteration 100, after 85 iterations in the "
        "median"
    )
    assert claim.control.startswith("6 of 6 other runs learnt the cap by iteration 100, after 30 ")


def test_claim_late_without_lines_does_not_hold_of_the_opposite() -> None:
    others = [run(LINEAR, each.learnt) for each in OTHERS]
    linear = [run(KINDS[3], each.learnt) for each in LINEAR_RUNS]
    assert claim_late_without_lines([*others, *linear], "cap", 100).verdict == "does not hold"


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([run(LINEAR, None)], "none of 1 run linear over it learnt the cap by iteration 100, half"),
        ([run(DEAD, None)], "no run was linear over it"),
    ],
)
def test_claim_late_without_lines_without_one_group_is_not_decidable(
    runs: list[FailedRun], said: str
) -> None:
    claim = claim_late_without_lines(runs, "cap", 100)
    assert (claim.verdict, claim.control) == ("not decidable here", "there were no others")
    assert claim.value.startswith(said)
