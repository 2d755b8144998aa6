"""Deeper and wider: made-up outcomes in which the truth is plain."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.measured import PLAIN_NETWORK as PLAIN
from support.measured import larger_network as network

from ginn.analysis.claims.network_size import (
    claim_larger_is_better,
    compare,
    network_of,
)
from ginn.analysis.outcomes import RunFacts, ScreeningFacts


def test_compare_of_the_same_outcomes_finds_no_difference() -> None:
    same = replace(PLAIN, title="Wider")
    found = compare(PLAIN, same)
    assert (found.better, found.error_p, found.failure_p) == (0.5, 1.0, 1.0)
    assert claim_larger_is_better(PLAIN, [same]).verdict == "not decidable here"


def test_claim_larger_is_better_follows_errors_that_are_clearly_smaller_or_larger() -> None:
    assert compare(PLAIN, network(0.015)).better == 1.0
    assert claim_larger_is_better(PLAIN, [network(0.015)] * 2).verdict == "holds"
    assert claim_larger_is_better(PLAIN, [network(-0.015)]).verdict == "does not hold"
    mixed = [network(0.015), network(-0.015)]
    assert claim_larger_is_better(PLAIN, mixed).verdict == "does not hold"


def test_claim_larger_is_better_with_one_unclear_network_is_not_decidable() -> None:
    both = [network(0.015), network(0.001)]
    assert claim_larger_is_better(PLAIN, both).verdict == "not decidable here"
    assert claim_larger_is_better(PLAIN, []).verdict == "not decidable here"


def test_claim_larger_is_better_asks_more_of_many_tests() -> None:
    """A p-value that decides one of two tests does not decide one of eight."""
    little = network(0.0013, runs=6)
    assert 0.05 / 8 < compare(PLAIN, little).error_p <= 0.05 / 2
    assert claim_larger_is_better(PLAIN, [little]).verdict == "holds"
    assert claim_larger_is_better(PLAIN, [little] * 4).verdict == "not decidable here"


def test_compare_gives_the_failures_with_their_interval() -> None:
    found = compare(PLAIN, network(0.0, failed=0))
    assert found.failure == found.interval.low == 0.0
    assert found.interval.high == pytest.approx(1 - 0.025 ** (1 / 128))
    assert found.failure_p == pytest.approx(0.0601, abs=0.002)
    claim = claim_larger_is_better(PLAIN, [network(0.0, failed=0)])
    assert claim.runs == 12 + 8
    assert "0 of 128 screening runs failed (p = 0.060)" in claim.value
    assert "5 of 128 screening runs failed" in claim.control


def test_network_of_takes_errors_failures_and_regions_from_the_runs() -> None:
    runs = [
        RunFacts(f"seed-{s}", s, "", f"Seed {s}", s == 1, 0.1, 0.75, {}, 0, 7 + s, "")
        for s in range(2)
    ]
    found = network_of("Wider", (32,), ScreeningFacts(128, 10, 3, (0, 1, 2)), runs)
    assert (found.screenings, found.failed_screenings, found.failed_runs) == (128, 3, 1)
    assert (found.errors, found.regions) == ((0.25, 0.25), (7, 8))
