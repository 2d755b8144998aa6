"""Batches of runs, and which stages a target needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.in_process import SOURCES, in_process_pool, in_process_runner

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
from ginn.pipeline.stages import HERE, WORKERS, Stage
from ginn.runtime import workers
from ginn.runtime.cache import Cache
from ginn.runtime.progress import Reporter


@given(st.integers(1, 300), st.integers(1, 64), st.sampled_from([1, 2, 4, 8]))
def test_batches_hold_every_name_once_and_are_of_nearly_equal_size(
    count: int, jobs: int, at_once: int
) -> None:
    names = [f"seed-{seed}" for seed in range(count)]
    made = batches(names, jobs, at_once)
    assert [name for batch in made for name in batch] == names
    slices = [-(-len(batch) // at_once) for batch in made]
    assert max(slices) - min(slices) <= 1
    assert max(map(len, made)) <= MOST_IN_A_BATCH
    # Every slice has `at_once` entries, except the last one.
    assert sum(slices) == -(-count // at_once)
    assert len(made) % jobs == 0 or len(made) == sum(slices)


@pytest.mark.parametrize(
    ("count", "jobs", "sizes"),
    [(8, 2, [8]), (16, 2, [8, 8]), (20, 2, [8, 12]), (128, 2, [32] * 4), (17, 8, [8, 8, 1])],
)
def test_batches_of_eight_at_once_are_whole_eights(count: int, jobs: int, sizes: list[int]) -> None:
    assert [len(batch) for batch in batches(range(count), jobs, 8)] == sizes


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
    # Seeds are not read from a file, so the key of a full run does not depend on the JSON code.
    assert not reading_json(modules_of(TABLE["full-runs"], SOURCES))
    assert reading_json(modules_of(TABLE["outcomes"], SOURCES))


def reading_json(modules: list[str]) -> bool:
    return "ginn.runtime.json_models" in modules


def results_together(folder: Path, stage: Stage, several: Sequence[Known]) -> list[Results]:
    """The results of a stage whose code is taken as that of "motion"."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "modules_of", lambda stage, sources: ["ginn.geometry.motion"])
        patch.setattr(runner, "resolved", lambda path: globals()[path.rpartition(".")[2]])
        return in_process_runner(Cache(folder)).results_together(stage, several)


def results_of(folder: Path, stage: Stage, known: Known) -> Results:
    """The results of such a stage for one set of known values."""
    (results,) = results_together(folder, stage, [known])
    return results


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


def three_at_once(ones: object) -> tuple[int, int]:
    """A function for stages in batches."""
    return 3, 1


def one_at_once(ones: object) -> tuple[int, int]:
    """A function for stages in batches. The time of an iteration is the number of results."""
    return 1, len(cast(Sized, ones))


SUMS = Stage(
    "sums", f"{__name__}.add_all", ("ones", "other", "recorded"), "ones",
    at_once=f"{__name__}.three_at_once",
)  # fmt: skip


def numbers(count: int, other: int) -> Known:
    """What the stage SUMS needs."""
    return {
        "ones": Input({str(number): number for number in range(count)}),
        "other": Input(other),
        "recorded": Input([0, 100]),
    }


def test_results_in_batches_are_those_of_their_names(tmp_path: Path) -> None:
    made = results_of(tmp_path, SUMS, numbers(7, 10))
    assert dict(made.value) == {str(number): number + 110 for number in range(7)}


@pytest.mark.parametrize("stage", [SUMS, HERE, WORKERS])
def test_results_of_several_together_are_those_of_each_alone(
    tmp_path: Path, stage: Stage | str
) -> None:
    several = [numbers(7, 10), numbers(2, 20), numbers(5, 10)]
    if isinstance(stage, str):
        stage = Stage("sums", f"{__name__}.add", ("ones", "other"), "ones", place=stage)
    together = results_together(tmp_path / "together", stage, several)
    for number, (results, known) in enumerate(zip(together, several, strict=True)):
        alone = results_of(tmp_path / str(number), stage, known)
        assert dict(results.value) == dict(alone.value)
        assert results.entries.keys_of == alone.entries.keys_of
    # The third mapping has the same results as the first.
    (record,) = together[0].entries.cache.record
    assert (record.made, record.kept) == (9, 5)


def test_batches_that_take_longest_are_made_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def add_and_note(ones: list[int], other: int, *others: object) -> list[int]:
        made.append(other)
        return [one + other for one in ones]

    monkeypatch.setitem(globals(), "add_all", add_and_note)
    stage = replace(SUMS, at_once=f"{__name__}.one_at_once")
    several = [numbers(2, 10), numbers(7, 20), numbers(5, 30)]
    results = results_together(tmp_path, stage, several)
    assert [dict(each.value)["1"] for each in results] == [11, 21, 31]
    assert made == sorted(made, key=[20, 30, 10].index)


def test_progress_counts_the_work_of_an_iteration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add_and_report(
        ones: list[int], other: int, recorded: list[int], report: Callable[[int], None]
    ) -> list[int]:
        report(len(ones) * 60)
        report(len(ones) * 40)
        return ones

    monkeypatch.setattr(runner, "modules_of", lambda stage, sources: ["ginn.geometry.motion"])
    monkeypatch.setattr(runner, "resolved", lambda path: globals()[path.rpartition(".")[2]])
    monkeypatch.setitem(globals(), "add_all", add_and_report)
    pool, shares = in_process_pool(2), []
    monkeypatch.setattr(workers, "_queue", pool.amounts)
    reporter = Reporter(
        terminal=False, write=lambda line: None, listen=lambda stage, share: shares.append(share)
    )
    stage = replace(SUMS, at_once=f"{__name__}.one_at_once")
    made = runner.Runner(Cache(tmp_path), pool, SOURCES, reporter)
    made.results_together(stage, [numbers(2, 10), numbers(7, 20)])
    # The time of an iteration is the number of names. 7 names are made with 100 iterations each,
    # and 2 names, too.
    whole = 7 * 100 * 7 + 2 * 100 * 2
    assert shares[:3] == [0, 4 * 60 * 7 / whole, 4 * 100 * 7 / whole]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_key_of_a_result_does_not_depend_on_where_it_is_made(tmp_path: Path) -> None:
    stages = [SUMS, replace(SUMS, at_once=f"{__name__}.one_at_once"), replace(SUMS, place=WORKERS)]
    keys = [
        results_of(tmp_path / str(n), stage, numbers(7, 10)).entries.keys_of
        for n, stage in enumerate(stages)
    ]
    assert keys[0] == keys[1] == keys[2]
