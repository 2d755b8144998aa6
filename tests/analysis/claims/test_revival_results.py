"""The results of interventions: the counts, and the verdicts with and without an effect."""

from __future__ import annotations

import numpy as np
import pytest
from support.datasets import halves
from support.runs import IDENTITY, layer_of, run_of, starts, threshold

from ginn.analysis.claims.revival import (
    ARMS,
    FIRST_STREAM,
    IMPOSED_ARMS,
    Source,
    copies_of,
    dead_layer_source,
    recorded,
)
from ginn.analysis.claims.revival_results import (
    Intervention,
    claim_imposed,
    claim_revival,
    evaluate,
)
from ginn.network.run import RecordedRun
from ginn.network.settings import Training
from ginn.network.training import train

WHITE_LEFT = halves(left_white=True)
OUTPUT = ([[1.0, 1.0]], [-0.1])
DEAD = [IDENTITY, layer_of(threshold(0.5), threshold(0.6)), OUTPUT]
ALIVE = [IDENTITY, layer_of(threshold(0.2), threshold(0.6)), OUTPUT]


def answers(right: bool, seed: int = 5) -> RecordedRun:
    """A run whose output is black everywhere at first, and at the end white if `right`."""
    nothing = ([[0.0, 0.0]] * 2, [1.0, 1.0])
    last = 1.0 if right else -1.0
    return run_of([nothing, ([[0.0, 0.0]], [-1.0])], [nothing, ([[0.0, 0.0]], [last])], seed=seed)


def test_evaluate_counts_the_copies_and_compares_them_in_pairs() -> None:
    copies = copies_of([Source(5, "left", 0, 1.0), Source(6, "left", 0, 1.0)], 3, ARMS)
    # All raised copies and one untouched copy of source 6 learn.
    learns = [
        copy.arm == "raised"
        or (copy.arm == "untouched" and copy.source.seed == 6 and copy.stream == FIRST_STREAM)
        for copy in copies
    ]
    found = evaluate(copies, [answers(right) for right in learns], WHITE_LEFT)
    arms = {arm.name: arm for arm in found.arms}
    assert arms["raised"].learnt == (0, 6)
    assert arms["untouched"].learnt == (0, 1)
    against = {each.other: each for each in found.comparisons}
    assert arms["raised"].by_source == (1.0, 1.0)
    assert arms["untouched"].by_source == (0.0, pytest.approx(1 / 3))
    assert (against["untouched"].sooner, against["untouched"].pairs) == (5, 6)
    assert found.streams == 3
    assert [source.seed for source in found.sources] == [5, 6]


def test_evaluate_alive_at_end_is_read_off_the_last_snapshot() -> None:
    copies = copies_of([Source(5, "left", 1, 1.0)], 1, ARMS)
    states = {
        "raised": (ALIVE, ALIVE), "lowered": (DEAD, DEAD), "random": (ALIVE, DEAD),
    }  # fmt: skip
    runs = [run_of(*states.get(copy.arm, (DEAD, ALIVE))) for copy in copies]
    alive = {arm.name: arm.alive_at_end for arm in evaluate(copies, runs, WHITE_LEFT).arms}
    assert alive == {"untouched": 1, "raised": 1, "lowered": 0, "random": 0, "elsewhere": 1}


def test_evaluate_of_copies_that_learn_later_is_no_worse_but_not_as_soon() -> None:
    nothing = ([[0.0, 0.0]] * 2, [1.0, 1.0])
    black, white = ([nothing, ([[0.0, 0.0]], [sign])] for sign in (-1.0, 1.0))
    each = copies_of([Source(5, "left", 0, 1.0)], 3, ARMS)
    runs = [
        run_of(black, white, white) if t.arm == "raised" else run_of(white, black, white)
        for t in each
    ]
    for found in evaluate(each, runs, WHITE_LEFT).comparisons:
        assert (found.sooner, found.pairs) == (3, 3)


def test_evaluate_learnt_dead_counts_copies_that_are_right_behind_a_dead_layer() -> None:
    # A layer is dead everywhere, but the output's bias makes the output white.
    dead_network = [([[0.0, 0.0]] * 2, [-1.0, -1.0]), ([[0.0, 0.0]], [1.0])]
    each = copies_of([Source(5, "left", 0, 1.0)], 1, ARMS)
    runs = [run_of(dead_network) if t.arm == "random" else run_of(ALIVE, ALIVE) for t in each]
    found = {arm.name: arm.learnt_dead for arm in evaluate(each, runs, WHITE_LEFT).arms}
    assert found == {arm: int(arm == "random") for arm in ARMS}


SOURCES = tuple(Source(seed, "left", 0, 1.0) for seed in range(8))


def test_claim_imposed_counts_no_constant_that_is_right_by_luck() -> None:
    """If a layer is dead and the output is white everywhere, the white part is right by luck."""
    dead_network = [([[0.0, 0.0]] * 2, [-1.0, -1.0]), ([[0.0, 0.0]], [1.0])]
    each = copies_of(SOURCES, 1, IMPOSED_ARMS)
    runs = [
        run_of(dead_network, dead_network) if t.arm == "lowered" else answers(True) for t in each
    ]
    found = evaluate(each, runs, WHITE_LEFT, treated="lowered")
    arm = found.arm("lowered")
    assert (arm.learnt, arm.lucky_at_start) == ((0, 0), 8)
    assert [c.sooner for c in found.comparisons] == [0] * 2
    claim = claim_imposed(found)
    assert claim.verdict == "holds"
    assert claim.value.startswith("0 of 8 lowered copies had no dead layer and")
    assert "0 had no dead layer, right or wrong; 8 had it right by luck" in claim.value


def test_claim_imposed_where_half_learn_again_is_not_decidable() -> None:
    each = copies_of(SOURCES, 2, IMPOSED_ARMS)
    half = [t.arm != "lowered" or t.stream % 2 == 0 for t in each]
    found = evaluate(each, [answers(right) for right in half], WHITE_LEFT, treated="lowered")
    claim = claim_imposed(found)
    assert [effect.value for effect in claim.effects] == [0.0, 50.0, 50.0]
    assert claim.effects[0].p_value == 1.0
    assert claim.verdict == "not decidable here"


def test_claims_of_many_copies_of_one_run_are_not_decidable() -> None:
    """Copies of one run are not independent, so the test is over runs."""
    assert claim_revival(came({"raised": 1.0}, streams=40, sources=1)).verdict != "holds"
    each = copies_of(SOURCES[:1], 40, IMPOSED_ARMS)
    found = evaluate(each, [answers(True)] * len(each), WHITE_LEFT, treated="lowered")
    assert claim_imposed(found).verdict == "not decidable here"


def test_evaluate_of_arms_that_fare_alike_finds_no_better_one() -> None:
    each = copies_of([Source(5, "left", 0, 1.0)], 4, ARMS)
    found = evaluate(each, [answers(t.stream % 2 == 0) for t in each], WHITE_LEFT)
    assert all(arm.learnt[-1] == 2 for arm in found.arms)
    assert all(c.sooner == 0 for c in found.comparisons)


def test_evaluate_of_trained_copies_of_a_dead_network_finds_that_only_raised_ones_learn() -> None:
    # The network is wide enough to learn the halves. Its layer is dead over the whole square, so
    # the layer gets no gradient.
    rng = np.random.default_rng(2)
    weights = rng.normal(size=(8, 2))
    dead = run_of(
        [(weights, -np.abs(weights).sum(axis=1) - 0.2), (rng.normal(size=(1, 8)), [-1.0])]
    )
    source = dead_layer_source(dead, WHITE_LEFT, "left")
    assert source is not None
    each = copies_of([source], 2, ARMS)
    training = Training((8,), 4000, 64, 1e-2)
    streams = [trial.stream for trial in each]
    times = recorded(0, 2000)
    runs = train(training, WHITE_LEFT, streams, times, start=starts(each, dead))
    found = {arm.name: arm for arm in evaluate(each, runs, WHITE_LEFT).arms}
    untouched = [run for t, run in zip(each, runs, strict=True) if t.arm == "untouched"]
    for run in untouched:
        np.testing.assert_array_equal(run.weights[0][-1], run.weights[0][0])
    assert found["raised"].learnt[-1] == found["raised"].alive_at_end == 2
    assert found["untouched"].alive_at_end == found["lowered"].alive_at_end == 0
    # Half of the pixels are white, so a constant output is right at half of them.
    raised = [run for t, run in zip(each, runs, strict=True) if t.arm == "raised"]
    assert min(run.accuracy[-1] for run in raised) > 0.9
    assert max(run.accuracy[-1] for run in untouched) == 0.5


def came(arms: dict[str, float], streams: int = 2, sources: int = 8) -> Intervention:
    """An intervention; for each arm, `arms` has the share of the sources whose copies learn."""
    each = copies_of(SOURCES[:sources], streams, ARMS)
    right = [t.source.seed < arms.get(t.arm, 0.0) * sources for t in each]
    return evaluate(each, [answers(learnt) for learnt in right], WHITE_LEFT)


@pytest.mark.parametrize(
    ("arms", "verdict"),
    [
        ({"raised": 1.0}, "holds"),
        # Copies that learn in an arm that does not decide do not change the verdict.
        ({"raised": 1.0, "elsewhere": 1.0, "lowered": 1.0}, "holds"),
        ({"raised": 1.0, "random": 1.0}, "not decidable here"),
        ({"raised": 1.0, "random": 0.5}, "not decidable here"),
        ({"raised": 1.0, "random": 0.125}, "holds"),
        ({"untouched": 1.0, "random": 1.0}, "does not hold"),
        ({}, "not decidable here"),
    ],
)
def test_claim_revival_is_decided_by_untouched_and_random_copies(
    arms: dict[str, float], verdict: str
) -> None:
    claim = claim_revival(came(arms))
    assert claim.verdict == verdict
    assert claim.runs == 8
    assert f"{16 * arms.get('raised', 0):.0f} of 16 revived copies" in claim.value
    assert f"pushed at random {16 * arms.get('random', 0):.0f} of 16" in claim.control
    assert len(claim.effects) == 2


@pytest.mark.parametrize(
    ("arms", "verdict"),
    [
        ({"untouched": 1.0, "random": 1.0}, "holds"),
        ({"untouched": 1.0, "random": 1.0, "lowered": 1.0}, "does not hold"),
        ({"lowered": 1.0}, "does not hold"),
        ({"untouched": 1.0}, "not decidable here"),
        ({}, "not decidable here"),
        ({"untouched": 1.0, "random": 1.0, "lowered": 0.5}, "not decidable here"),
    ],
)
def test_claim_imposed_holds_only_where_few_learn_again(
    arms: dict[str, float], verdict: str
) -> None:
    each = copies_of(SOURCES, 1, IMPOSED_ARMS)
    runs = [answers(t.source.seed < arms.get(t.arm, 0.0) * 8) for t in each]
    found = evaluate(each, runs, WHITE_LEFT, treated="lowered")
    assert [c.other for c in found.comparisons] == ["untouched", "random"]
    claim = claim_imposed(found)
    assert claim.verdict == verdict
    assert f"{8 * arms.get('lowered', 0):.0f} of 8 lowered copies" in claim.value


def test_claim_revival_of_five_runs_is_not_decidable() -> None:
    assert claim_revival(came({"raised": 1.0}, sources=5)).p_value == 2 / 2**5
    assert claim_revival(came({"raised": 1.0}, sources=5)).verdict == "not decidable here"
    assert claim_revival(came({"raised": 1.0}, sources=6)).verdict == "holds"


def test_claims_without_an_intervention_are_not_decidable() -> None:
    for claim in (claim_revival(None), claim_imposed(None)):
        assert (claim.verdict, claim.runs) == ("not decidable here", 0)
        assert "no screening run" in claim.definition
