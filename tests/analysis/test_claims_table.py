"""The claims table: which rows a build has, and what they are read from."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.runs import random_run
from support.sample_report import bottle

from ginn.analysis import claims_table
from ginn.analysis.claims.revival import patient
from ginn.dataset.dataset import Dataset
from ginn.network.run import RecordedRun


@cache
def runs(count: int = 4) -> tuple[RecordedRun, ...]:
    """A few small random networks, as if each had been trained."""
    made = []
    for seed in range(count):
        run = random_run((4, 4, 3), 12)
        rng = np.random.default_rng(seed)
        weights = tuple(rng.normal(size=each.shape).astype(np.float32) for each in run.weights)
        iterations = np.array([0, *(2**k for k in range(4, 15))])
        made.append(replace(run, seed=seed, weights=weights, iterations=iterations))
    return tuple(made)


def plain(dataset: Dataset) -> Dataset:
    """The same picture as an image file gives it: without corners."""
    return replace(dataset, corners=np.empty((0, 2)))


def test_every_group_has_its_rows_and_no_name_comes_twice() -> None:
    dataset = bottle()
    groups = [
        claims_table.make("boundaries", runs(), runs(), dataset),
        claims_table.make("networks", runs(), runs(), dataset, "diamond"),
        claims_table.make("picture", runs(), runs(), [1], [0, 2], dataset, ("cap", "neck")),
    ]
    assert [name for name, _ in groups] == ["boundaries", "networks", "picture"]
    rows = list(itertools.chain.from_iterable(found.rows for _, found in groups))
    names = [row.name for row in rows]
    assert len(set(names)) == len(names) == 7 + 4 + 3
    assert {row.verdict for row in rows} <= {"holds", "does not hold", "not decidable here"}
    for row in rows:
        assert row.runs == 4, row.name
        assert row.statement.endswith(".")
        assert row.definition
        assert row.control


def test_a_picture_without_corners_or_top_is_not_asked_for_them() -> None:
    dataset = bottle()
    with_corners = claims_table.findings_of_boundaries(runs(), runs(), dataset)
    without = claims_table.findings_of_boundaries(runs(), runs(), plain(dataset))
    assert len(with_corners.rows) == len(without.rows) + 1
    assert with_corners.evidence.corners
    assert without.evidence.corners is None
    assert without.evidence.regions == with_corners.evidence.regions
    found = claims_table.findings_of_the_picture(runs(), runs(), [], [], plain(dataset), ())
    assert "Failed runs and the top" not in [row.name for row in found.rows]
    assert found.evidence.parts is None


def test_straight_first_layer_holds_for_any_network() -> None:
    first = claims_table.findings_of_boundaries(runs(), runs(), bottle()).rows[0]
    assert (first.name, first.verdict) == ("Straight first layer", "holds")
    assert first.value.startswith("none of ")


def silenced(run: RecordedRun, layer: int) -> RecordedRun:
    """The run with a hidden layer off everywhere."""
    biases = tuple(
        np.full_like(bias, -100) if number == layer else bias
        for number, bias in enumerate(run.biases)
    )
    return replace(run, biases=biases)


def test_trials_wake_the_shut_and_silence_those_that_learnt() -> None:
    dataset = bottle()
    shut = replace(silenced(runs()[0], 1), seed=77)
    screenings = [*runs(), shut]
    trials = claims_table.trials_of(screenings, dataset, "diamond")
    woken = {trial.patient.seed for trial in trials["raised"]}
    assert 77 in woken
    assert woken == {run.seed for run in screenings if patient(run, dataset, "diamond")}
    assert woken.isdisjoint({trial.patient.seed for trial in trials["lowered"]})
    assert {trial.arm for trial in trials["lowered"]} <= {"untouched", "lowered", "random"}


def test_without_trials_their_claims_say_that_there_is_nothing_to_decide() -> None:
    found = claims_table.findings_of_trials(
        {"raised": (), "lowered": ()}, {"raised": [], "lowered": []}, bottle()
    )
    assert found.evidence.interventions is None
    assert [row.verdict for row in found.rows] == ["not decidable here"] * 2


def test_trials_are_read_in_their_order() -> None:
    """Every raised twin is open and learns, no other does: made up, so the verdict is known."""
    dataset = bottle()
    shut = replace(silenced(runs()[0], 1), seed=77)
    trials = claims_table.trials_of([shut], dataset, "diamond")
    white = next(part for part in dataset.parts if part.name == "diamond").white

    def end(arm: str) -> RecordedRun:
        come = runs()[0] if arm == "raised" else shut
        bias = come.biases[-1].copy()
        bias[:] = 1000 if (arm == "raised") == white else -1000
        return replace(come, biases=(*come.biases[:-1], bias))

    outcomes = {
        "raised": [end(trial.arm) for trial in trials["raised"]],
        "lowered": [end(trial.arm) for trial in trials["lowered"]],
    }
    waking = claims_table.findings_of_trials(trials, outcomes, dataset).rows[0]
    assert waking.verdict == "holds"
    swapped = {**outcomes, "raised": [end("none")] * len(trials["raised"])}
    assert claims_table.findings_of_trials(trials, swapped, dataset).rows[0].verdict != "holds"


def test_regions_at_the_end_are_those_of_the_last_snapshot() -> None:
    one_line = random_run((1,), 3)
    weights = (one_line.weights[0].copy(), one_line.weights[1])
    biases = (one_line.biases[0].copy(), one_line.biases[1])
    weights[0][:] = [[1.0, 0.0]]
    biases[0][:, 0] = [5.0, 5.0, -0.5]  # the line enters the square at the last snapshot
    run = replace(one_line, weights=weights, biases=biases)
    assert claims_table.regions_at_the_end(run) == 2


@pytest.mark.parametrize("variants", [0, 1])
def test_the_row_of_larger_networks_needs_one(variants: int) -> None:
    from analysis.claims.test_network_size import PLAIN, network

    found = claims_table.findings_of_variants(PLAIN, [network(0.01)] * variants)
    assert len(found.rows) == variants
    assert (found.evidence.variants is not None) == bool(variants)
