"""The claims table: which rows a build has, and what they are read from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.measured import (
    PLAIN_NETWORK,
    four_runs,
    larger_network,
    with_dead_layer,
    without_corners,
)
from support.sample_report import bottle

from ginn.analysis import claims_table
from ginn.analysis.claims.revival import intervention_runs
from ginn.network.run import RecordedRun


def test_findings_of_all_groups_have_their_rows_and_no_name_comes_twice() -> None:
    runs, dataset = four_runs(), bottle()
    found = claims_table.merge_findings(
        [
            claims_table.findings_of_boundaries(runs, runs, dataset),
            claims_table.findings_of_networks(runs, runs, dataset, "diamond"),
            claims_table.findings_of_the_picture(runs, runs, [1], [0, 2], dataset, ("cap", "neck")),
        ]
    )
    names = [row.name for row in found.rows]
    assert len(set(names)) == len(names) == 7 + 4 + 3
    for row in found.rows:
        assert row.runs == 4, row.name
        assert row.statement.endswith(".")
        assert row.definition
        assert row.control


def test_findings_of_a_picture_without_corners_or_top_have_no_such_rows() -> None:
    dataset = bottle()
    with_corners = claims_table.findings_of_boundaries(four_runs(), four_runs(), dataset)
    without = claims_table.findings_of_boundaries(
        four_runs(), four_runs(), without_corners(dataset)
    )
    assert len(with_corners.rows) == len(without.rows) + 1
    assert with_corners.evidence.corners
    assert without.evidence.corners is None
    assert without.evidence.regions == with_corners.evidence.regions
    found = claims_table.findings_of_the_picture(
        four_runs(), four_runs(), [], [], without_corners(dataset), ()
    )
    assert "Failed runs and the top" not in [row.name for row in found.rows]
    assert found.evidence.parts is None


def test_findings_of_boundaries_of_any_network_have_a_straight_first_layer() -> None:
    first = claims_table.findings_of_boundaries(four_runs(), four_runs(), bottle()).rows[0]
    assert (first.name, first.verdict) == ("Straight first layer", "holds")
    assert first.value.startswith("none of ")


def test_findings_of_interventions_without_copies_are_not_decidable() -> None:
    found = claims_table.findings_of_interventions(
        {"raised": (), "lowered": ()}, {"raised": [], "lowered": []}, bottle()
    )
    assert found.evidence.interventions is None
    assert [row.verdict for row in found.rows] == ["not decidable here"] * 2


def test_findings_of_interventions_read_the_runs_in_the_order_of_the_copies() -> None:
    """Every raised copy is made to learn and no other, so the verdict is known."""
    dataset = bottle()
    dead = replace(with_dead_layer(four_runs()[0], 1), seed=77)
    copies = intervention_runs([dead], dataset, "diamond")
    white = next(part for part in dataset.parts if part.name == "diamond").white

    def end(arm: str) -> RecordedRun:
        run = four_runs()[0] if arm == "raised" else dead
        bias = run.biases[-1].copy()
        bias[:] = 1000 if (arm == "raised") == white else -1000
        return replace(run, biases=(*run.biases[:-1], bias))

    trained = {name: [end(copy.arm) for copy in each] for name, each in copies.items()}
    revival = claims_table.findings_of_interventions(copies, trained, dataset).rows[0]
    assert revival.verdict == "holds"
    swapped = {**trained, "raised": [end("none")] * len(copies["raised"])}
    other = claims_table.findings_of_interventions(copies, swapped, dataset).rows[0]
    assert other.verdict != "holds"


@pytest.mark.parametrize("variants", [0, 1])
def test_findings_of_variants_need_a_variant(variants: int) -> None:
    found = claims_table.findings_of_variants(PLAIN_NETWORK, [larger_network(0.01)] * variants)
    assert len(found.rows) == variants
    assert (found.evidence.variants is not None) == bool(variants)
