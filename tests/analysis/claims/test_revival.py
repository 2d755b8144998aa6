"""The intervention: its arms change what they say, and it tells a cause from none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from support.datasets import halves
from support.runs import IDENTITY, layer_of, run_of, threshold

from ginn.analysis.claims.dead_layers import hearing
from ginn.analysis.claims.revival import (
    ARMS,
    FIRST_STREAM,
    IMPOSED_ARMS,
    MARGIN,
    Patient,
    learner,
    other_layer,
    patient,
    recorded,
    start,
    trials,
)
from ginn.analysis.claims.revival_results import (
    Intervention,
    claim_silencing,
    claim_waking,
    read,
    sign_test_p_value,
)
from ginn.network.run import RecordedRun, Start
from ginn.network.settings import Training
from ginn.network.training import train

WHITE_LEFT = halves(left_white=True)
OUTPUT = ([[1.0, 1.0]], [-0.1])
# Silent in layer 1 up to x = .5; the pixel furthest from coming on is at x = .025.
SHUT_STATE = [IDENTITY, layer_of(threshold(0.5), threshold(0.6)), OUTPUT]
SHUT = run_of(SHUT_STATE, seed=5)
OPEN_STATE = [IDENTITY, layer_of(threshold(0.2), threshold(0.6)), OUTPUT]
OPEN = run_of(OPEN_STATE)
STEP = (0.5 - 0.025) * (1 + MARGIN) * np.sqrt(2)


def networks(begin: Start) -> Iterator[np.ndarray]:
    """Every parameter of each trial in one array, layer by layer, biases as a last column."""
    for each in range(len(begin.biases[0])):
        yield np.concatenate(
            [
                np.concatenate([w[each], b[each][:, None]], axis=1).ravel()
                for w, b in zip(begin.weights, begin.biases, strict=True)
            ]
        )


def state(snapshots: RecordedRun) -> Start:
    """A run's own state, unchanged."""
    return Start(0, snapshots.weights, snapshots.biases)


def test_a_patient_is_a_run_with_a_layer_silent_over_all_of_the_part() -> None:
    found = patient(SHUT, WHITE_LEFT, "left")
    assert found is not None
    assert (found.seed, found.part, found.layer) == (5, "left", 1)
    assert found.step == pytest.approx(STEP, rel=1e-6)
    assert patient(SHUT, WHITE_LEFT, "right") is None
    assert patient(OPEN, WHITE_LEFT, "left") is None


def test_a_learner_is_open_and_right_and_is_silenced_by_the_least_lowering() -> None:
    # Over the left half the neurons reach .475 - .2 at most; the output is white from .22 on.
    learnt = [IDENTITY, layer_of(threshold(0.2), threshold(0.4)), ([[5.0, 5.0]], [-0.1])]
    well = run_of(SHUT_STATE, learnt, seed=3)
    found = learner(well, WHITE_LEFT, "left")
    assert found is not None
    assert (found.seed, found.layer) == (3, 1)
    assert found.step == pytest.approx(0.275 * (1 + MARGIN) * np.sqrt(2), rel=1e-5)
    each = trials([found], streams=1, arms=IMPOSED_ARMS)
    begin = start(each, {3: well})
    assert [t.arm for t in each] == list(IMPOSED_ARMS)
    lowered = run_of([(w[1], b[1]) for w, b in zip(begin.weights, begin.biases, strict=True)])
    assert hearing(lowered, WHITE_LEFT, "left").silent.tolist() == [[0.0, 1.0]]
    # A first layer that would take less is left alone; one that stands alone is not.
    small = ([[0.125, 0.0], [0.0, 0.125]], [0.0, 0.0])
    rest = [([[8.0, 0.0], [8.0, 0.0]], [-0.2, -0.4]), learnt[2]]
    deep = learner(run_of([small, *rest]), WHITE_LEFT, "left")
    alone = learner(run_of(learnt[1:]), WHITE_LEFT, "left")
    assert deep is not None
    assert alone is not None
    assert (deep.layer, alone.layer) == (1, 0)


def test_a_shut_run_and_one_that_has_not_learnt_are_no_learners() -> None:
    silent_and_white = [*SHUT_STATE[:2], ([[1.0, 1.0]], [0.1])]
    assert learner(run_of(silent_and_white), WHITE_LEFT, "left") is None
    black = [IDENTITY, layer_of(threshold(0.2), threshold(0.4)), ([[5.0, 5.0]], [-9.0])]
    assert learner(run_of(black), WHITE_LEFT, "left") is None


def test_every_arm_takes_a_step_of_one_length_and_only_where_it_says() -> None:
    each = trials([Patient(5, "left", 1, STEP)], streams=3)
    own = next(networks(state(SHUT)))
    moved: dict[str, list[np.ndarray]] = {arm: [] for arm in ARMS}
    for trial, network in zip(each, networks(start(each, {5: SHUT})), strict=True):
        moved[trial.arm].append(network - own)
    assert all(len(steps) == 3 for steps in moved.values())
    for arm, steps in moved.items():
        length = 0.0 if arm == "untouched" else STEP
        np.testing.assert_allclose([np.linalg.norm(step) for step in steps], length, rtol=1e-5)
    rise = STEP / np.sqrt(2)
    biases = np.zeros((5, 3))  # two neurons, two neurons and the output, each with its bias
    biases[2:4, 2] = rise
    np.testing.assert_allclose(moved["raised"][0], biases.ravel(), atol=1e-6)
    np.testing.assert_allclose(moved["lowered"][0], -biases.ravel(), atol=1e-6)
    np.testing.assert_allclose(
        moved["elsewhere"][0], np.roll(biases, -2, axis=0).ravel(), atol=1e-6
    )
    first, second, _ = moved["random"]
    assert np.count_nonzero(first) == first.size
    assert abs(first @ second) < 0.9 * STEP**2


def test_the_raise_is_the_least_that_opens_the_whole_part() -> None:
    enough = patient(SHUT, WHITE_LEFT, "left")
    assert enough is not None
    short = Patient(5, "left", 1, enough.step / (1 + MARGIN) * 0.99)
    for own, shut in ((enough, 0.0), (short, 0.1)):  # one of ten columns of pixels stays shut
        each = trials([own], streams=1)
        begin = start(each, {5: SHUT})
        raised = [t.arm for t in each].index("raised")
        network = run_of(
            [(w[raised], b[raised]) for w, b in zip(begin.weights, begin.biases, strict=True)]
        )
        assert hearing(network, WHITE_LEFT, "left").silent[0, 1] == pytest.approx(shut)


def test_twins_share_patient_and_minibatches_and_streams_are_no_seed_of_a_report() -> None:
    each = trials([Patient(5, "left", 1, 1.0), Patient(6, "left", 1, 1.0)], streams=4)
    assert len(set(each)) == len(each) == 2 * 4 * len(ARMS)
    for stream in range(FIRST_STREAM, FIRST_STREAM + 4):
        for seed in (5, 6):
            arms = {t.arm for t in each if (t.stream, t.patient.seed) == (stream, seed)}
            assert arms == set(ARMS)


@pytest.mark.parametrize(("layer", "layers", "other"), [(0, 3, 1), (1, 3, 2), (2, 3, 1), (0, 1, 0)])
def test_the_other_layer_is_the_next_or_before_the_last(
    layer: int, layers: int, other: int
) -> None:
    assert other_layer(layer, layers) == other


def test_recorded_iterations_rise_from_the_start_to_the_end() -> None:
    assert recorded(100, 1000) == (100, 110, 120, 150, 200, 300, 500, 700, 900, 1100)
    assert recorded(7, 2) == (7, 8, 9)


def answers(right: bool, seed: int = 5) -> RecordedRun:
    """A run that at first calls all black, and then all white or all black."""
    nothing = ([[0.0, 0.0]] * 2, [1.0, 1.0])
    last = 1.0 if right else -1.0
    return run_of([nothing, ([[0.0, 0.0]], [-1.0])], [nothing, ([[0.0, 0.0]], [last])], seed=seed)


def test_counts_and_pairs_are_read_off_the_twins() -> None:
    patients = [Patient(5, "left", 0, 1.0), Patient(6, "left", 0, 1.0)]
    each = trials(patients, streams=3)
    # All raised ones learn; one untouched twin of patient 6 does as well, no other.
    came = [
        t.arm == "raised"
        or (t.arm == "untouched" and t.patient.seed == 6 and t.stream == FIRST_STREAM)
        for t in each
    ]
    told = read(each, [answers(right) for right in came], WHITE_LEFT)
    arms = {arm.name: arm for arm in told.arms}
    assert (arms["raised"].learnt, arms["raised"].by_patient) == (6, (3, 3))
    assert arms["untouched"].by_patient == (0, 1)
    assert arms["raised"].by_iteration == (0, 6)
    against = {each.other: each for each in told.comparisons}
    assert (against["untouched"].better, against["untouched"].worse) == (5, 0)
    assert against["untouched"].p_value == 2 / 2**5
    assert against["random"].p_value == 2 / 2**6
    assert (against["untouched"].sooner, against["untouched"].later) == (5, 0)
    assert against["untouched"].p_value_of_patients == 0.5  # 2^(1 - 2)
    assert told.streams == 3


def test_open_at_the_start_is_said_of_the_start_alone() -> None:
    each = trials([Patient(5, "left", 1, 1.0)], streams=1)
    states = {"raised": (OPEN, OPEN), "lowered": (SHUT, SHUT), "random": (OPEN, SHUT)}
    runs = []
    for trial in each:
        first, last = states.get(trial.arm, (SHUT, OPEN))
        layers = [
            [(w[0], b[0]) for w, b in zip(run.weights, run.biases, strict=True)]
            for run in (first, last)
        ]
        runs.append(run_of(*layers))
    told = {arm.name: arm.open_at_start for arm in read(each, runs, WHITE_LEFT).arms}
    assert told == {"untouched": 0, "raised": 1, "lowered": 0, "random": 1, "elsewhere": 0}
    told = {arm.name: arm.open_at_end for arm in read(each, runs, WHITE_LEFT).arms}
    assert told == {"untouched": 1, "raised": 1, "lowered": 0, "random": 0, "elsewhere": 1}


def test_what_learns_later_is_no_worse_but_not_as_soon() -> None:
    nothing = ([[0.0, 0.0]] * 2, [1.0, 1.0])
    black, white = ([nothing, ([[0.0, 0.0]], [sign])] for sign in (-1.0, 1.0))
    each = trials([Patient(5, "left", 0, 1.0)], streams=3)
    runs = [
        run_of(black, white, white) if t.arm == "raised" else run_of(white, black, white)
        for t in each
    ]
    for told in read(each, runs, WHITE_LEFT).comparisons:
        assert (told.better, told.worse, told.sooner, told.later) == (0, 0, 3, 0)
        assert (told.p_value, told.p_value_sooner) == (1.0, 2 / 2**3)


def test_learning_while_shut_would_be_seen() -> None:
    # A network of constants: silent everywhere, and white nonetheless.
    silent = [([[0.0, 0.0]] * 2, [-1.0, -1.0]), ([[0.0, 0.0]], [1.0])]
    each = trials([Patient(5, "left", 0, 1.0)], streams=1)
    runs = [run_of(silent) if t.arm == "random" else run_of(*[OPEN_STATE] * 2) for t in each]
    told = {arm.name: arm.learnt_shut for arm in read(each, runs, WHITE_LEFT).arms}
    assert told == {arm: int(arm == "random") for arm in ARMS}


def test_a_constant_that_is_right_by_luck_is_no_learning() -> None:
    """A silenced copy that calls all white has the white part right, and has learnt nothing."""
    silent = [([[0.0, 0.0]] * 2, [-1.0, -1.0]), ([[0.0, 0.0]], [1.0])]
    each = trials([Patient(5, "left", 0, 1.0)], streams=8, arms=IMPOSED_ARMS)
    runs = [run_of(silent, silent) if t.arm == "lowered" else answers(True) for t in each]
    told = read(each, runs, WHITE_LEFT, treated="lowered")
    arm = next(arm for arm in told.arms if arm.name == "lowered")
    assert (arm.learnt, arm.learnt_alive, arm.lucky_at_start) == (8, 0, 8)
    assert [(c.better, c.worse, c.sooner) for c in told.comparisons] == [(0, 8, 0)] * 2
    claim = claim_silencing(told)
    assert claim.verdict == "holds"
    assert claim.value.startswith("0 of 8 silenced copies were open again")
    assert "0 were open at all; 8 had it right by luck" in claim.value


def test_half_that_learn_again_decide_nothing_though_all_others_do() -> None:
    each = trials([Patient(5, "left", 0, 1.0)], streams=20, arms=IMPOSED_ARMS)
    half = [t.arm != "lowered" or t.stream % 2 == 0 for t in each]
    told = read(each, [answers(right) for right in half], WHITE_LEFT, treated="lowered")
    assert max(c.p_value for c in told.comparisons) * 2 < 0.05
    assert claim_silencing(told).verdict == "not decidable here"


def test_where_all_arms_fare_alike_no_arm_is_better() -> None:
    each = trials([Patient(5, "left", 0, 1.0)], streams=4)
    told = read(each, [answers(t.stream % 2 == 0) for t in each], WHITE_LEFT)
    assert all(arm.learnt == 2 for arm in told.arms)
    assert all((c.better, c.worse, c.p_value) == (0, 0, 1.0) for c in told.comparisons)


def test_the_sign_test_is_a_fair_coins() -> None:
    # Eight of ten: 2 (45 + 10 + 1) / 1024.
    assert sign_test_p_value(8, 2) == pytest.approx(112 / 1024)
    assert sign_test_p_value(2, 8) == sign_test_p_value(8, 2)
    assert sign_test_p_value(5, 5) == sign_test_p_value(0, 0) == 1.0


def test_a_network_that_is_shut_everywhere_learns_only_when_raised() -> None:
    # Wide enough to learn the halves, and silent over the whole square: no gradient at all.
    rng = np.random.default_rng(2)
    weights = rng.normal(size=(8, 2))
    shut = run_of(
        [(weights, -np.abs(weights).sum(axis=1) - 0.2), (rng.normal(size=(1, 8)), [-1.0])]
    )
    sick = patient(shut, WHITE_LEFT, "left")
    assert sick is not None
    each = trials([sick], streams=2)
    training = Training((8,), 4000, 64, 1e-2)
    streams = [trial.stream for trial in each]
    times = recorded(0, 2000)
    runs = train(training, WHITE_LEFT, streams, times, start=start(each, {0: shut}))
    told = {arm.name: arm for arm in read(each, runs, WHITE_LEFT).arms}
    untouched = [run for t, run in zip(each, runs, strict=True) if t.arm == "untouched"]
    for run in untouched:
        np.testing.assert_array_equal(run.weights[0][-1], run.weights[0][0])
    assert told["raised"].learnt == 2
    assert told["raised"].open_at_start == 2
    assert told["untouched"].open_at_start == told["lowered"].open_at_start == 0
    # Half of the pixels are white: a constant never gets both parts right, and starts at black.
    raised = [run for t, run in zip(each, runs, strict=True) if t.arm == "raised"]
    assert min(run.accuracy[-1] for run in raised) > 0.9
    assert max(run.accuracy[-1] for run in untouched) == 0.5


def came(arms: dict[str, float], streams: int = 8) -> Intervention:
    """An intervention in one patient, with a share of the trials of each arm learning."""
    each = trials([Patient(5, "left", 0, 1.0)], streams=streams)
    right = [t.stream - FIRST_STREAM < arms.get(t.arm, 0.0) * streams for t in each]
    return read(each, [answers(learnt) for learnt in right], WHITE_LEFT)


@pytest.mark.parametrize(
    ("arms", "verdict"),
    [
        ({"raised": 1.0}, "holds"),
        # The arms that do not decide, learning as well, do not change the verdict.
        ({"raised": 1.0, "elsewhere": 1.0, "lowered": 1.0}, "holds"),
        ({"raised": 1.0, "random": 1.0}, "not decidable here"),
        ({"raised": 1.0, "random": 0.5}, "not decidable here"),
        ({"untouched": 1.0, "random": 1.0}, "does not hold"),
        ({}, "not decidable here"),
    ],
)
def test_the_controls_asked_for_decide(arms: dict[str, float], verdict: str) -> None:
    claim = claim_waking(came(arms))
    assert claim.verdict == verdict
    assert claim.runs == 1
    assert f"{8 * arms.get('raised', 0):.0f} of 8 woken copies" in claim.value
    beside = f"pushed at random {8 * arms.get('random', 0):.0f} of 8 (p "
    assert beside in claim.control


@pytest.mark.parametrize(
    ("arms", "verdict"),
    [
        ({"untouched": 1.0, "random": 1.0}, "holds"),
        ({"untouched": 1.0, "random": 1.0, "lowered": 1.0}, "does not hold"),
        ({"lowered": 1.0}, "does not hold"),
        ({"untouched": 1.0}, "not decidable here"),
        ({}, "not decidable here"),
    ],
)
def test_imposed_silence_is_enough_only_if_it_is_not_overcome(
    arms: dict[str, float], verdict: str
) -> None:
    each = trials([Patient(5, "left", 0, 1.0)], streams=8, arms=IMPOSED_ARMS)
    runs = [answers(t.stream - FIRST_STREAM < arms.get(t.arm, 0.0) * 8) for t in each]
    told = read(each, runs, WHITE_LEFT, treated="lowered")
    assert [c.other for c in told.comparisons] == ["untouched", "random"]
    claim = claim_silencing(told)
    assert claim.verdict == verdict
    assert f"{8 * arms.get('lowered', 0):.0f} of 8 silenced copies" in claim.value


def test_the_claim_counts_all_its_tests() -> None:
    # Six pairs: 2 / 2^6 = .031, above .05 only when multiplied by the four tests.
    assert claim_waking(came({"raised": 1.0}, streams=6)).verdict == "not decidable here"
    assert claim_waking(came({"raised": 1.0}, streams=8)).verdict == "holds"


def test_without_a_run_to_wake_or_to_silence_nothing_is_decided() -> None:
    for claim in (claim_waking(None), claim_silencing(None)):
        assert (claim.verdict, claim.runs) == ("not decidable here", 0)
        assert "no trial" in claim.definition
