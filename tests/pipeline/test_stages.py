"""The table of stages: its functions exist and accept the arguments that the table names."""

from __future__ import annotations

import inspect

import pytest

from ginn.pipeline.runner import resolved
from ginn.pipeline.stages import HERE, STAGES, WORKERS, Stage

INPUTS = {
    "experiment", "site", "training", "dataset", "pixels", "screening-seeds",
    "screening-snapshots", "first-seeds", "draft", "variants", "confirmation", "page-parts",
    "page-surroundings",
}  # fmt: skip
each_stage = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


def test_names_of_stages_and_inputs_are_used_once() -> None:
    names = [stage.name for stage in STAGES]
    assert len({*names, *INPUTS}) == len(names) + len(INPUTS)


@each_stage
def test_stage_needs_inputs_and_earlier_stages(stage: Stage) -> None:
    earlier = {each.name for each in STAGES[: STAGES.index(stage)]}
    needs = {need.partition(".")[0] for need in (*stage.needs, stage.each)} - {""}
    assert needs <= INPUTS | earlier


def test_every_input_and_every_result_is_needed() -> None:
    needed = {need.partition(".")[0] for stage in STAGES for need in (*stage.needs, stage.each)}
    assert needed >= INPUTS
    # No stage of the same experiment needs these results. The build or another experiment does.
    last = {"facts", "boundary-chunks", "final-outputs", "pictured-network"}
    last |= {"pictured-runs", "sweeps", "pages", "variant-facts", "second-block"}
    assert {stage.name for stage in STAGES} - needed == last


@each_stage
def test_function_of_a_stage_takes_its_needs(stage: Stage) -> None:
    arguments = [None] * (len(stage.needs) + bool(stage.at_once))
    function = resolved(stage.function)
    inspect.signature(function).bind(*arguments)
    assert stage.function == f"{function.__module__}.{function.__qualname__}"
    assert stage.place in (HERE, WORKERS)
    if stage.at_once:
        inspect.signature(resolved(stage.at_once)).bind(None)


@each_stage
def test_functions_that_store_a_result_exist(stage: Stage) -> None:
    assert stage.stored.kind in ("arrays", "json", "files")
    assert len(stage.stored.functions) == (0 if stage.stored.kind == "json" else 2)
    for path in stage.stored.functions:
        inspect.signature(resolved(path)).bind(None)
