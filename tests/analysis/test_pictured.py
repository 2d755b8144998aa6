"""The runs that pages picture: eight beginnings of which one fails, and two copies of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.datasets import halves
from support.runs import IDENTITY, layer_of, run_of, threshold, trained_run
from support.sample_report import make_report, run_facts

from ginn.analysis.claims.revival import InterventionRun, Source
from ginn.analysis.facts import Examples, NetworkExample, SizesExample, VariantFacts
from ginn.analysis.outcomes import RunFacts, ScreeningFacts
from ginn.analysis.pictured import (
    BEGINNINGS,
    compared_sizes,
    find_beginnings,
    find_twins,
    median_run,
    pictured_as_arrays,
    pictured_from_arrays,
    pictured_network,
    pictured_runs,
    replay_snapshots,
    replay_starts,
)
from ginn.config.models import Experiment
from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun, Start, last_state
from ginn.network.starts import StartedRun

WHITE_LEFT = halves(left_white=True)
OUTPUT = ([[1.0, 1.0]], [-0.1])
DEAD = [IDENTITY, layer_of(threshold(0.5), threshold(0.6)), OUTPUT]
LEARNT = [IDENTITY, layer_of(threshold(0.2), threshold(0.4)), ([[5.0, 5.0]], [-0.1])]
ARMS = ("untouched", "raised")


def screened(seeds: int, failed: set[int]) -> ScreeningFacts:
    """Screening runs of which these seeds failed."""
    return ScreeningFacts(seeds, 10, len(failed), tuple(sorted(failed)))


@given(st.integers(1, 40), st.data())
def test_beginnings_have_exactly_one_failed_seed(seeds: int, data: st.DataObject) -> None:
    failed = data.draw(st.sets(st.integers(0, seeds - 1)))
    found = find_beginnings(screened(seeds, failed))
    if not failed or seeds - len(failed) < BEGINNINGS - 1:
        assert found is None
        return
    assert found
    assert len(set(found.seeds)) == BEGINNINGS
    assert list(found.seeds) == sorted(found.seeds)
    assert failed.intersection(found.seeds) == {min(failed)} == {found.failed}
    assert found.seeds[found.place - 1] == found.failed


def test_place_of_the_failed_beginning_differs_between_seeds() -> None:
    places = {found.place for f in range(30, 60) if (found := find_beginnings(screened(90, {f})))}
    assert places == set(range(1, BEGINNINGS + 1))


def copies(*learnt: bool) -> tuple[tuple[InterventionRun, ...], dict[str, RecordedRun]]:
    """Copies of two runs in both arms, and their runs; `learnt` is whether each learns the part."""
    planned = tuple(
        InterventionRun(Source(seed, "left", 1, 1.0), arm, 0) for seed in (3, 4) for arm in ARMS
    )
    runs = {
        f"raised-{number:04d}": run_of(
            DEAD, LEARNT if each else DEAD, seed=planned[number].source.seed
        )
        for number, each in enumerate(learnt)
    }
    return planned, runs


def twins(*learnt: bool) -> str:
    """The name of the revived copy that `find_twins` finds, or ""."""
    planned, runs = copies(*learnt)
    found = find_twins({"raised": planned}, runs, WHITE_LEFT)
    return found.raised if found else ""


def test_twins_are_the_first_pair_in_which_the_revived_copy_alone_learnt() -> None:
    assert twins(False, True, False, True) == "raised-0001"
    assert twins(True, True, False, True) == "raised-0003"
    assert twins(True, True, True, False) == ""
    assert find_twins({}, {}, WHITE_LEFT) is None


def test_twins_tell_their_shares_and_how_long_they_were_trained() -> None:
    planned, runs = copies(False, True, True, True)
    found = find_twins({"raised": planned}, runs, WHITE_LEFT)
    assert found
    assert (found.seed, found.part, found.layer) == (3, "left", 2)
    assert found.raised_right > 0.5 > found.untouched_right
    iterations = runs[found.raised].iterations
    assert (found.begun, found.begun + found.iterations) == (iterations[0], iterations[-1])


def test_twins_leave_out_copies_that_ended_early() -> None:
    planned, runs = copies(False, True, False, True)
    runs["raised-0000"] = replace(runs["raised-0000"], ended="no longer finite")
    found = find_twins({"raised": planned}, runs, WHITE_LEFT)
    assert found
    assert found.seed == 4


@cache
def experiment() -> Experiment:
    """The experiment of the sample report."""
    return make_report().experiment


def outcome_of(seed: int, right: float, accuracy: float = 0.9) -> RunFacts:
    """The outcome of a run that gets this share of "left" right."""
    parts = {"right": 1.0, "left": right}
    return replace(run_facts(seed, False), accuracy=accuracy, part_accuracy=parts)


def sizes_of(plain: Sequence[float], wider: Sequence[float]) -> SizesExample | None:
    """The networks of an experiment whose runs get these shares of "left" right."""
    outcomes = {f"seed-{seed}": outcome_of(seed, right) for seed, right in enumerate(plain)}
    outcomes["seed-99"] = outcome_of(99, 1.0)  # a run that was chosen by its result
    runs = tuple(outcome_of(seed, right) for seed, right in enumerate(wider))
    variant = VariantFacts(
        "wider", "Wider", (32,), 1, 1, 1.0, 0, 1.0, "uniform", screened(4, set()), runs
    )
    return compared_sizes(experiment(), outcomes, range(len(plain)), [variant])


@given(st.lists(st.integers(0, 9), min_size=1), st.lists(st.integers(0, 9), min_size=1))
def test_compared_sizes_are_the_median_runs_of_the_first_seeds(
    plain: list[int], wider: list[int]
) -> None:
    found = sizes_of([each / 10 for each in plain], [each / 10 for each in wider])
    assert found
    assert found.part == "left"
    assert [each.id for each in found.networks] == [experiment().id, "wider"]
    for each, tenths in zip(found.networks, (plain, wider), strict=True):
        assert tenths[each.seed] / 10 == each.right
        assert 2 * sum(right <= 10 * each.right for right in tenths) >= each.runs == len(tenths)
        assert 2 * sum(right >= 10 * each.right for right in tenths) >= len(tenths)
        assert each.half_right == sum(right >= 5 for right in tenths)


def test_compared_sizes_without_a_variant_in_full_are_none() -> None:
    assert sizes_of([0.1], []) is None


def test_median_run_of_equal_shares_is_the_middle_by_accuracy() -> None:
    runs = [outcome_of(seed, 0.0, accuracy) for seed, accuracy in enumerate((0.9, 0.5, 0.7))]
    assert median_run(runs, "left").seed == 2


def test_pictured_network_is_its_run_at_the_end() -> None:
    network = NetworkExample(experiment().id, "", 3, 0.5, 4, 2)
    runs = {"seed-3": trained_run()}
    (made,) = pictured_network(experiment(), runs, SizesExample("left", (network,))).values()
    assert made.run.iterations.tolist() == [trained_run().iterations[-1]]
    assert pictured_network(experiment(), runs, None) == {}


def test_replay_snapshots_begin_and_end_as_those_of_all_copies() -> None:
    found = replay_snapshots((10_000, 10_500, 60_000))
    assert (found[0], found[-1]) == (10_000, 60_000)
    steps = np.diff(found)
    assert (steps > 0).all()
    assert (np.diff(steps) >= -1).all()
    assert replay_snapshots((5, 7)) == (5, 6, 7)
    assert replay_snapshots((5,)) == (5,)


def test_replay_starts_are_those_of_the_twins_alone() -> None:
    planned, runs = copies(False, True, False, True)
    found = find_twins({"raised": planned}, runs, WHITE_LEFT)
    starts = {name: StartedRun(7, start) for name in runs if (start := no_start())}
    chosen = replay_starts(Examples(twins=found), starts)
    assert list(chosen) == ["raised-0001", "raised-0000"]
    assert replay_starts(Examples(), starts) == {}


def no_start() -> Start:
    """A start of one network without layers."""
    return Start(10, (), ())


def test_pictured_runs_are_read_as_they_were_stored() -> None:
    screening = screened(8, {2})
    examples = Examples(beginnings=find_beginnings(screening))
    runs = {f"seed-{seed}": replace(trained_run(), seed=seed) for seed in range(8)}
    made = pictured_runs(examples, runs, {})
    assert set(made) == set(runs)
    again = pictured_from_arrays(pictured_as_arrays(made))
    for name, each in made.items():
        assert list(each.run.iterations) == [runs[name].iterations[0], runs[name].iterations[-1]]
        end = trace(last_state(runs[name]))
        drawn = [line.vertices for n in range(end.neurons) for line in end.polylines(0, n)]
        read = [
            line.vertices
            for n in range(end.neurons)
            for line in again[name].boundaries.polylines(1, n)
        ]
        assert all(np.array_equal(*pair) for pair in zip(drawn, read, strict=True))
        assert again[name].run.seed == each.run.seed
