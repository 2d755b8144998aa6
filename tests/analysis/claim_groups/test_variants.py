"""The findings about variants: which runs they use, and that they need a variant."""

from __future__ import annotations

from dataclasses import replace

from support.measured import variant_findings
from support.sample_report import make_report

from ginn.analysis.claim_groups.variants import changes
from ginn.analysis.facts import facts_of_variant
from ginn.analysis.findings import NOTHING
from ginn.analysis.outcomes import ScreeningFacts


def test_findings_without_a_variant_are_nothing() -> None:
    assert variant_findings(0) == NOTHING


def test_findings_of_a_variant_have_a_row_and_begin_with_the_plain_network() -> None:
    found = variant_findings(2)
    assert [row.name for row in found.rows] == ["Deeper and wider", "What prevents failure"]
    assert found.evidence.variants
    plain, *others = found.evidence.variants.networks
    assert plain.title == "Plain"
    assert len(others) == 2
    for each in (plain, *others):
        share = each.failed_screenings / each.screenings
        assert each.failure_low <= share <= each.failure_high


def test_findings_about_networks_leave_out_variants_that_were_only_screened() -> None:
    found, others = variant_findings(2, screened=3), variant_findings(2)
    assert found.rows[0] == others.rows[0]
    assert found.evidence.variants == others.evidence.variants
    alone = variant_findings(0, screened=3)
    assert [row.name for row in alone.rows] == ["What prevents failure"]
    assert alone.evidence.variants is None


def test_findings_about_failures_have_all_variants() -> None:
    series = variant_findings(2, screened=3).evidence.prevention
    assert series
    assert (series.plain.screenings, series.plain.failed, len(series.arms)) == (128, 5, 5)


def test_changes_are_what_a_variant_has_otherwise() -> None:
    experiment = make_report().experiment
    same = facts_of_variant(experiment, ScreeningFacts(4, 10, 0, ()), {}, {})
    assert changes(experiment, same) == "nothing"
    several = replace(same, widths=(32, 16), bias="zero", initial_scale=0.5)
    assert changes(experiment, several) == (
        "hidden layers of 32-16 neurons, initial weights and biases times 0.5 and initial biases "
        "of zero"
    )
    other = replace(same, warm_up=2_000, batch=1_024, learning_rate=0.002, bias="covering")
    assert changes(experiment, other) == (
        "minibatches of 1,024 pixels, a learning rate of at most 0.0020, a learning rate that "
        "rises over the first 2,000 iterations and initial biases with which every boundary "
        "crosses the picture"
    )


def test_findings_leave_out_full_runs_that_were_chosen_by_their_result() -> None:
    found = variant_findings(1).evidence.variants
    assert found
    plain, variant = found.networks
    assert plain.regions == tuple(100 + seed for seed in range(12))
    assert len(variant.regions) == 14
