"""Deeper and wider: made-up outcomes in which the truth is plain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ginn.analysis.claims.network_size import Network, claim_larger_is_better, compare

PLAIN = Network(
    "Plain", (16, 16), 128, 5, tuple(0.02 + 0.001 * k for k in range(12)), 1, (300,) * 12
)


def network(better_by: float, failed: int = 5, runs: int = 8) -> Network:
    """A larger network whose errors are the plain one's less `better_by`."""
    errors = tuple(error - better_by for error in PLAIN.errors[:runs])
    return Network("Wider", (32, 32), 128, failed, errors, 0, (900,) * runs)


def test_the_same_outcomes_decide_nothing() -> None:
    same = replace(PLAIN, title="Wider")
    found = compare(PLAIN, same)
    assert (found.better, found.error_p, found.failure_p) == (0.5, 1.0, 1.0)
    assert claim_larger_is_better(PLAIN, [same]).verdict == "not decidable here"


def test_clearly_smaller_errors_hold_and_larger_ones_do_not() -> None:
    assert compare(PLAIN, network(0.015)).better == 1.0
    assert claim_larger_is_better(PLAIN, [network(0.015)] * 2).verdict == "holds"
    assert claim_larger_is_better(PLAIN, [network(-0.015)]).verdict == "does not hold"
    mixed = [network(0.015), network(-0.015)]
    assert claim_larger_is_better(PLAIN, mixed).verdict == "does not hold"


def test_one_that_is_not_clear_leaves_it_open() -> None:
    both = [network(0.015), network(0.001)]
    assert claim_larger_is_better(PLAIN, both).verdict == "not decidable here"
    assert claim_larger_is_better(PLAIN, []).verdict == "not decidable here"


def test_many_tests_ask_for_more() -> None:
    """A p-value that decides one of two tests does not decide one of eight."""
    little = network(0.0013, runs=6)
    assert 0.05 / 8 < compare(PLAIN, little).error_p <= 0.05 / 2
    assert claim_larger_is_better(PLAIN, [little]).verdict == "holds"
    assert claim_larger_is_better(PLAIN, [little] * 4).verdict == "not decidable here"


def test_failure_is_told_with_its_interval_and_the_number_of_runs() -> None:
    found = compare(PLAIN, network(0.0, failed=0))
    assert found.failure == found.interval.low == 0.0
    assert found.interval.high == pytest.approx(1 - 0.025 ** (1 / 128))
    assert found.failure_p == pytest.approx(0.0601, abs=0.002)
    claim = claim_larger_is_better(PLAIN, [network(0.0, failed=0)])
    assert claim.runs == 12 + 8
    assert "0 of 128 trials failed (p = 0.060)" in claim.value
    assert "5 of 128 trials failed" in claim.control
