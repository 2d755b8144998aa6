"""Outcomes and roles, on networks whose answers are known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.geometry import trace
from ginn.network import Snapshots
from ginn.phenomena import (
    AuditionFacts,
    RunFacts,
    audition_facts,
    cohort_seeds,
    facts_as_json,
    gather_facts,
    give_roles,
    has_failed,
    logits_at,
    outcome,
    part_accuracy,
    with_regions,
)
from ginn.picture import Domain, Part
from ginn.spec import Experiment

N = 20


def halves(share_of_left: float) -> Domain:
    """A picture that is black up to x = `share_of_left` and white to the right of it."""
    white = np.zeros((N, N), dtype=bool)
    white[:, round(share_of_left * N) :] = True
    return Domain(white, (Part("left", False, ~white), Part("right", True, white)))


def threshold_run(x: float, seed: int = 0, ended: str = "") -> Snapshots:
    """A network that answers white exactly where its input is right of `x`."""
    weight = np.array([[[1.0, 0.0], [-1.0, 0.0]]], dtype=np.float32)
    bias = np.array([[-x, x]], dtype=np.float32)
    return Snapshots(
        seed=seed,
        iterations=np.array([0]),
        weights=(weight, np.array([[[1.0, -1.0]]], dtype=np.float32)),
        biases=(bias, np.zeros((1, 1), dtype=np.float32)),
        loss=np.array([0.5]),
        accuracy=np.array([1.0 - abs(x - 0.5)]),
        learning_rate=np.array([1e-3]),
        ended=ended,
    )


def run(seed: int, loss: float, failed: bool) -> RunFacts:
    return RunFacts(
        f"seed-{seed}", seed, "", f"Seed {seed}", failed, loss, 0.9, {"left": 1.0}, 0, 0, ""
    )


def experiment(**changes: int) -> Experiment:
    plain = Experiment(
        "e", "E", "p.toml", N, (2,), 10, 4, 1e-3, (0, 10), 8, 5, 3, 2, good_runs=2, bad_runs=1
    )
    return replace(plain, **changes)


def test_logits_are_laid_out_as_the_pictures_rows_and_columns() -> None:
    white = logits_at(threshold_run(0.25), 0, halves(0.5)) > 0
    assert white.shape == (N, N)
    assert (white == halves(0.25).labels).all()


def test_accuracy_by_part_counts_only_the_parts_own_pixels() -> None:
    # White from x = .25 on: half of the black left half is wrong, all of the right is right.
    assert part_accuracy(threshold_run(0.25), 0, halves(0.5)) == {"left": 0.5, "right": 1.0}


@pytest.mark.parametrize(("x", "failed"), [(0.5, False), (0.25, False), (0.2, True), (0.8, True)])
def test_a_run_has_failed_when_more_than_half_of_a_major_part_is_wrong(
    x: float, failed: bool
) -> None:
    assert outcome(threshold_run(x), halves(0.5)).failed is failed


def test_a_small_part_does_not_decide() -> None:
    white = np.zeros((N, N), dtype=bool)
    white[:3, :3] = True  # 9 of 400 pixels: 2.25 %
    domain = Domain(white, (Part("dot", True, white), Part("ground", False, ~white)))
    assert not has_failed({"dot": 0.0, "ground": 1.0}, domain)
    assert has_failed({"dot": 1.0, "ground": 0.49}, domain)


def test_a_run_that_ended_early_has_failed() -> None:
    assert outcome(threshold_run(0.5, ended="no longer finite"), halves(0.5)).failed


def test_the_audition_names_the_seeds_that_failed() -> None:
    runs = [threshold_run(x, seed) for seed, x in enumerate([0.5, 0.1, 0.5, 0.9])]
    facts = audition_facts(experiment(), runs, halves(0.5))
    assert facts == AuditionFacts(4, 5, 2, (1, 3))


@pytest.mark.parametrize(
    ("failed", "seeds"),
    [
        ((), (0, 1, 2, 3, 4)),  # none failed: the next seeds
        ((1,), (0, 1, 2, 3, 4)),  # one of the first is there anyway
        ((5,), (0, 1, 2, 3, 5)),
        ((3, 6), (0, 1, 2, 3, 6)),
        ((0, 5, 6, 7), (0, 1, 2, 5, 6)),
    ],
)
def test_the_cohort_is_the_first_seeds_and_others_whose_audition_failed(
    failed: tuple[int, ...], seeds: tuple[int, ...]
) -> None:
    assert cohort_seeds(experiment(), AuditionFacts(8, 5, len(failed), failed)) == seeds


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=3, max_size=9))
def test_roles_follow_the_outcome(outcomes: list[tuple[float, bool]]) -> None:
    runs = [run(seed, loss, failed) for seed, (loss, failed) in enumerate(outcomes)]
    shown = give_roles(experiment(), runs)
    assert [each.role for each in shown] == ["good-1", "good-2", "bad-1"]
    assert len({each.seed for each in shown}) == 3
    *good, bad = shown
    others = [each for each in runs if each.seed not in {g.seed for g in good}]
    for each in others:
        assert all((g.failed, g.loss) <= (each.failed, each.loss) for g in good)
        assert (each.failed, each.loss) <= (bad.failed, bad.loss)
    for each in shown:
        assert ("Failed" in each.title or "Bad" in each.title) == each.failed
    assert ("Worst" in bad.title) == (not bad.failed)


def test_facts_hold_the_whole_experiment_and_go_to_json() -> None:
    domain, runs = halves(0.5), [threshold_run(0.5, 0), threshold_run(0.1, 1)]
    outcomes = [outcome(each, domain) for each in runs]
    shown = [with_regions(outcomes[0], trace(runs[0]))]
    facts = gather_facts(experiment(), domain, AuditionFacts(2, 5, 0, ()), outcomes, shown)
    told = facts.experiment
    # One line cuts the square into two linear regions.
    assert [each.regions_end for each in told.cohort] == [2, 0]
    assert told.parameters == 2 * 2 + 2 + 2 * 1 + 1
    assert told.failed_runs == 1
    assert told.white_share == 0.5
    again = json.loads(json.dumps(facts_as_json(facts)))
    assert again["experiment"]["cohort"][1]["part_accuracy"] == {"left": 0.2, "right": 1.0}
