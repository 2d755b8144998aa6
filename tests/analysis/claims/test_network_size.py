"""Deeper and wider networks: invented outcomes for which the right verdict is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.measured import PLAIN_NETWORK as PLAIN
from support.measured import larger_network as network

from ginn.analysis.claims.network_size import (
    claim_larger_is_better,
    network_of,
)
from ginn.analysis.outcomes import RunFacts, ScreeningFacts


def test_claim_larger_is_better_of_the_same_outcomes_finds_no_difference() -> None:
    claim = claim_larger_is_better(PLAIN, [replace(PLAIN, title="Wider")])
    assert (claim.effects[0].value, claim.p_value) == (0.0, 1.0)
    assert claim.verdict == "not decidable here"


def test_claim_larger_is_better_follows_errors_that_are_clearly_smaller_or_larger() -> None:
    claim = claim_larger_is_better(PLAIN, [network(0.015)] * 2)
    assert claim.verdict == "holds"
    # The effect is in percentage points. It is more than the 1.5 between runs of equal seeds,
    # because the plain network has four more runs, with larger errors.
    assert claim.effects[0].value == pytest.approx(1.7)
    assert claim_larger_is_better(PLAIN, [network(-0.015)]).verdict == "does not hold"
    mixed = [network(0.015), network(-0.015)]
    assert claim_larger_is_better(PLAIN, mixed).verdict == "does not hold"


def test_claim_larger_is_better_with_one_unclear_network_is_not_decidable() -> None:
    both = [network(0.015), network(0.001)]
    assert claim_larger_is_better(PLAIN, both).verdict == "not decidable here"


def test_claim_larger_is_better_has_the_largest_of_its_p_values() -> None:
    little, much = network(0.0013, runs=6), network(0.015)
    claims = [claim_larger_is_better(PLAIN, each) for each in ([little], [much, little])]
    assert claims[0].p_value == claims[1].p_value
    assert claims[1].effect == claims[1].effects[1]


def test_claim_larger_is_better_gives_the_failures_with_their_interval() -> None:
    claim = claim_larger_is_better(PLAIN, [network(0.0, failed=0)])
    assert claim.runs == 12 + 8
    assert "0 of 128 screening runs failed (0.0\u20132.8%)" in claim.value
    assert "5 of 128 screening runs failed" in claim.control


def test_network_of_takes_errors_failures_and_regions_from_the_runs() -> None:
    runs = [
        RunFacts(f"seed-{s}", s, "", f"Seed {s}", s == 1, 0.1, 0.75, {}, 0, 7 + s, "")
        for s in range(2)
    ]
    found = network_of("Wider", (32,), ScreeningFacts(128, 10, 3, (0, 1, 2)), runs)
    assert (found.screenings, found.failed_screenings, found.failed_runs) == (128, 3, 1)
    assert (found.errors, found.regions) == ((0.25, 0.25), (7, 8))
