"""The models of the series, and how they are merged."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from pydantic import TypeAdapter, ValidationError
from support.sample_evidence import sample_evidence

from ginn.analysis.evidence import NO_EVIDENCE, Evidence, merge_evidence


def test_merge_evidence_of_a_series_each_is_all_series() -> None:
    whole = sample_evidence()
    pieces = [
        replace(NO_EVIDENCE, **{each.name: getattr(whole, each.name)}) for each in fields(Evidence)
    ]
    assert merge_evidence(pieces) == whole


def test_merge_evidence_of_nothing_has_no_series() -> None:
    assert merge_evidence([]) == merge_evidence([NO_EVIDENCE] * 2) == NO_EVIDENCE


def test_evidence_survives_its_way_to_json_and_back() -> None:
    adapter = TypeAdapter(Evidence)
    assert adapter.validate_json(adapter.dump_json(sample_evidence())) == sample_evidence()


def test_evidence_with_a_wrong_value_is_refused() -> None:
    with pytest.raises(ValidationError, match="seeds"):
        TypeAdapter(Evidence).validate_python({"regions": {"seeds": "many"}})
