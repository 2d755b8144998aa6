"""Findings: merged, stored, and complete over all groups of claims."""

from __future__ import annotations

import dataclasses
import json
from functools import cache

from pydantic import TypeAdapter
from support.measured import (
    boundary_findings,
    network_findings,
    picture_findings,
    variant_findings,
)
from support.sample_report import bottle

from ginn.analysis.evidence import Evidence
from ginn.analysis.findings import NOTHING, Findings, merge_findings


@cache
def measured() -> Findings:
    """All that random networks give, without interventions."""
    pieces = [boundary_findings(), network_findings(), picture_findings(bottle(), ("cap", "neck"))]
    return merge_findings([*pieces, NOTHING, variant_findings(1)])


def test_merge_findings_has_the_rows_of_all_and_no_name_comes_twice() -> None:
    names = [row.name for row in measured().rows]
    assert len(set(names)) == len(names) == 7 + 4 + 3 + 2
    for row in measured().rows[:-2]:
        assert row.runs == 4, row.name
        assert row.statement.endswith(".")
        assert row.definition
        assert row.control


def test_findings_survive_their_way_to_json_and_back() -> None:
    adapter = TypeAdapter(Findings)
    assert adapter.validate_json(adapter.dump_json(measured())) == measured()
    assert hash(measured().evidence)  # lists come back as tuples, all the way down


def test_every_series_has_a_unit_and_is_small() -> None:
    for field in dataclasses.fields(Evidence):
        drawn = getattr(measured().evidence, field.name)
        if drawn:
            assert drawn.unit, field.name
            assert len(json.dumps(dataclasses.asdict(drawn))) < 10_000, field.name
