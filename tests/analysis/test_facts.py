"""The tree of facts: its numbers, its JSON and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from support.sample_report import bottle, make_report, run_facts

from ginn.analysis.claim import Claim
from ginn.analysis.facts import (
    NO_EXAMPLES,
    Facts,
    facts_as_json,
    facts_of_experiment,
    facts_of_variant,
    facts_schema,
)
from ginn.analysis.findings import Findings
from ginn.analysis.outcomes import ScreeningFacts
from ginn.analysis.rule_book import rule_book

FACTS = TypeAdapter(Facts)
CLAIM = Claim("Straight", "Lines.", "Bends; 0.", "none", "12", 16, "holds")


def made() -> Facts:
    """Facts of six runs, one of which failed, and one claim."""
    experiment = make_report().experiment
    runs = {f"seed-{seed}": run_facts(seed, seed == 2) for seed in reversed(range(6))}
    shown = {name: replace(runs[name], role="good") for name in ("seed-1", "seed-0")}
    screening = ScreeningFacts(128, 10_000, 1, (2,))
    variant = facts_of_variant(experiment, screening, shown, {"seed-0": 7, "seed-1": 8})
    regions = {"seed-1": (10, 20), "seed-0": (30, 40)}
    return facts_of_experiment(
        experiment, bottle(), range(6), screening, runs, shown, regions, (variant,), NO_EXAMPLES,
        rule_book(), None, Findings((CLAIM,)), Findings(),
    )  # fmt: skip


def test_facts_of_experiment_counts_what_the_runs_and_the_picture_say() -> None:
    found = made().experiment
    assert [run.seed for run in found.full_runs] == list(range(6))
    assert found.failed_runs == 1
    assert found.parameters == (2 + 1) * 16 + 2 * (16 + 1) * 16 + 17
    assert found.white_share == bottle().labels.mean()
    assert sum(part.share for part in found.parts) == pytest.approx(1.0)
    assert [(run.seed, run.regions_start, run.regions_end) for run in found.shown_runs] == [
        (1, 10, 20),
        (0, 30, 40),
    ]
    # A full run that is shown has the same role and numbers in both lists.
    assert found.full_runs[0] == found.shown_runs[1]
    assert found.full_runs[3].role == ""
    assert [run.regions_end for run in made().variants[0].runs] == [8, 7]


def test_claim_by_its_name_is_found_and_another_is_none() -> None:
    assert made().claim("Straight") == CLAIM
    assert made().claim("Crooked") is None


def test_facts_survive_their_way_to_json_and_back() -> None:
    for facts in (made(), make_report().facts):
        text = json.dumps(facts_as_json(facts), allow_nan=False)
        assert FACTS.validate_json(text) == facts
        assert FACTS.validate_python(json.loads(text)) == facts


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("experiment", "pixels"), "many"),
        (("claims", 0, "verdict"), "perhaps"),
        (("experiment", "full_runs", 0, "loss"), None),
    ],
)
def test_facts_with_a_wrong_value_are_refused_with_its_path(
    path: tuple[str | int, ...], value: Any
) -> None:
    plain: Any = facts_as_json(made())
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValidationError) as raised:
        FACTS.validate_python(plain)
    assert raised.value.errors()[0]["loc"] == path


def described(schema: dict[str, Any], value: Any, models: dict[str, Any]) -> bool:
    """Whether a value and all values in it have exactly the properties that the schema names."""
    for choice in schema.get("anyOf", ()):
        if (choice.get("type") == "null") == (value is None):
            schema = choice
    if "$ref" in schema:
        schema = models[schema["$ref"].removeprefix("#/$defs/")]
    if isinstance(value, list):
        return schema["type"] == "array" and all(
            described(schema["items"], each, models) for each in value
        )
    if "properties" in schema:
        properties = schema["properties"]
        return value.keys() == properties.keys() and all(
            described(properties[name], each, models) for name, each in value.items()
        )
    return not isinstance(value, dict) or "additionalProperties" in schema


def test_facts_schema_describes_every_value_of_the_json() -> None:
    schema = facts_schema()
    for facts in (made(), make_report().facts):
        assert described(schema, facts_as_json(facts), schema["$defs"])
    assert not described(schema, facts_as_json(made()) | {"more": 1}, schema["$defs"])


def test_facts_schema_has_a_description_of_every_model() -> None:
    schema = facts_schema()
    for name, model in schema["$defs"].items():
        assert model["description"], name
