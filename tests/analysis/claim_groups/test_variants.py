"""The findings about variants: over which runs, and only with a variant."""

from __future__ import annotations

from support.measured import variant_findings

from ginn.analysis.findings import NOTHING


def test_findings_without_a_variant_are_nothing() -> None:
    assert variant_findings(0) == NOTHING


def test_findings_of_a_variant_have_a_row_and_begin_with_the_plain_network() -> None:
    found = variant_findings(2)
    assert [row.name for row in found.rows] == ["Deeper and wider"]
    assert found.evidence.variants
    plain, *others = found.evidence.variants.networks
    assert plain.title == "Plain"
    assert len(others) == 2
    for each in (plain, *others):
        share = each.failed_screenings / each.screenings
        assert each.failure_low <= share <= each.failure_high


def test_findings_about_networks_leave_out_variants_that_were_only_screened() -> None:
    assert variant_findings(2, screened=3) == variant_findings(2)
    assert variant_findings(0, screened=3) == NOTHING


def test_findings_leave_out_full_runs_that_were_chosen_by_their_result() -> None:
    found = variant_findings(1).evidence.variants
    assert found
    plain, variant = found.networks
    assert plain.regions == tuple(100 + seed for seed in range(12))
    assert len(variant.regions) == 14
