"""Batches of runs, and which stages a target needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.in_process import SOURCES, in_process_runner

from ginn.pipeline import runner
from ginn.pipeline.runner import (
    MOST_IN_A_BATCH,
    TABLE,
    Input,
    Known,
    Results,
    batches,
    modules_of,
    needed_stages,
    storing_modules,
)
from ginn.pipeline.stages import BATCHES, HERE, WORKERS, Stage
from ginn.runtime.cache import Cache


@pytest.mark.parametrize(("count", "jobs"), [(16, 2), (128, 2), (5, 8), (1, 1), (7, 3)])
def test_batches_hold_every_name_once_and_are_of_nearly_equal_size(count: int, jobs: int) -> None:
    names = [f"seed-{seed}" for seed in range(count)]
    made = batches(names, jobs)
    assert [name for batch in made for name in batch] == names
    sizes = [len(batch) for batch in made]
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= MOST_IN_A_BATCH
    assert len(made) % jobs == 0 or len(made) == count


def test_needed_stages_are_those_before_the_targets_that_are_not_known() -> None:
    assert needed_stages(["outcomes"], ["experiment"]) == {
        *("screening", "screening-outcomes", "boundary-limit", "full-run-seeds", "full-runs"),
        "outcomes",
    }
    assert needed_stages(["motion"], ["full-runs", "shown-runs"]) == {"motion", "boundaries"}
    assert needed_stages(["motion"], ["motion"]) == set()


def test_code_of_a_stage_has_what_reads_its_needs() -> None:
    reading = set(storing_modules(TABLE["boundaries"], SOURCES))
    assert "ginn.geometry.boundaries" in reading
    assert reading <= set(modules_of(TABLE["motion"], SOURCES))
    # The digest of a seed is made from the seed itself.
    assert not reading_json(modules_of(TABLE["full-runs"], SOURCES))
    assert reading_json(modules_of(TABLE["outcomes"], SOURCES))


def reading_json(modules: list[str]) -> bool:
    return "ginn.runtime.json_models" in modules


def results_of(folder: Path, stage: Stage, known: Known) -> Results:
    """The results of a stage whose code is taken as that of "motion"."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "modules_of", lambda stage, sources: ["ginn.geometry.motion"])
        patch.setattr(runner, "resolved", lambda path: globals()[path.rpartition(".")[2]])
        return in_process_runner(Cache(folder)).results(stage, known)


def add(first: int, second: int) -> int:
    """A function for stages of a test."""
    return first + second


def add_all(ones: list[int], other: int, recorded: list[int], report: object) -> list[int]:
    """A function for stages in batches."""
    assert isinstance(ones, list)
    return [one + other + recorded[-1] for one in ones]


@pytest.mark.parametrize("place", [HERE, WORKERS])
def test_results_are_one_a_name_and_are_made_once(tmp_path: Path, place: str) -> None:
    stage = Stage("sums", f"{__name__}.add", ("ones", "other"), "ones", place=place)
    known: Known = {"ones": Input({"a": 1, "b": 2}), "other": Input(10)}
    made = results_of(tmp_path, stage, known)
    assert dict(made.value) == {"a": 11, "b": 12}
    assert results_of(tmp_path, stage, known).entries.cache.record[0].made == 0
    other = results_of(tmp_path, stage, {**known, "ones": Input({"a": 1, "b": 3})})
    assert [(each.made, each.kept) for each in other.entries.cache.record] == [(1, 1)]
    assert dict(other.value) == {"a": 11, "b": 13}


def test_results_in_batches_are_those_of_their_names(tmp_path: Path) -> None:
    stage = Stage("sums", f"{__name__}.add_all", ("ones", "other", "recorded"), "ones")
    known: Known = {
        "ones": Input({str(number): number for number in range(7)}),
        "other": Input(10),
        "recorded": Input([0, 100]),
    }
    made = results_of(tmp_path, replace(stage, place=BATCHES), known)
    assert dict(made.value) == {str(number): number + 110 for number in range(7)}
