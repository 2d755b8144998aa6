"""The copies of the interventions: which runs are copied, and what each arm changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from support.datasets import halves
from support.runs import IDENTITY, layer_of, run_of, starts, threshold

from ginn.analysis.claims import revival
from ginn.analysis.claims.revival import (
    ARMS,
    FIRST_STREAM,
    IMPOSED_ARMS,
    IMPOSED_ON,
    MARGIN,
    REVIVED_ON,
    Source,
    copies_of,
    dead_layer_source,
    intervention_runs,
    learnt_source,
    other_layer,
    recorded,
)
from ginn.analysis.part_history import part_history
from ginn.network.run import RecordedRun, Start

WHITE_LEFT = halves(left_white=True)
OUTPUT = ([[1.0, 1.0]], [-0.1])
# Layer 1 is dead up to x = .5. The pixels that need the largest raise are at x = .025.
DEAD = run_of([IDENTITY, layer_of(threshold(0.5), threshold(0.6)), OUTPUT], seed=5)
ALIVE = run_of([IDENTITY, layer_of(threshold(0.2), threshold(0.6)), OUTPUT])
# Over the left half, the highest pre-activation of layer 1 is .475 - .2. The output is white from
# x = .22 on.
LEARNT_STATE = [IDENTITY, layer_of(threshold(0.2), threshold(0.4)), ([[5.0, 5.0]], [-0.1])]
STEP = (0.5 - 0.025) * (1 + MARGIN) * np.sqrt(2)


def networks(begin: Start) -> Iterator[np.ndarray]:
    """Every parameter of each copy in one array, layer by layer, biases as a last column."""
    for each in range(len(begin.biases[0])):
        yield np.concatenate(
            [
                np.concatenate([w[each], b[each][:, None]], axis=1).ravel()
                for w, b in zip(begin.weights, begin.biases, strict=True)
            ]
        )


def state(snapshots: RecordedRun) -> Start:
    """The unchanged networks of a run's snapshots, as starts."""
    return Start(0, snapshots.weights, snapshots.biases)


def test_dead_layer_source_is_a_run_with_a_layer_dead_over_all_of_the_part() -> None:
    found = dead_layer_source(DEAD, WHITE_LEFT, "left")
    assert found is not None
    assert (found.seed, found.part, found.layer) == (5, "left", 1)
    assert found.step == pytest.approx(STEP, rel=1e-6)
    assert dead_layer_source(DEAD, WHITE_LEFT, "right") is None
    assert dead_layer_source(ALIVE, WHITE_LEFT, "left") is None


def test_learnt_source_is_changed_by_the_least_lowering() -> None:
    dead = [([[0.0, 0.0]] * 2, [-1.0, -1.0]), *LEARNT_STATE[1:]]
    run = run_of(dead, LEARNT_STATE, seed=3)
    found = learnt_source(run, WHITE_LEFT, "left")
    assert found is not None
    assert (found.seed, found.layer) == (3, 1)
    assert found.step == pytest.approx(0.275 * (1 + MARGIN) * np.sqrt(2), rel=1e-5)
    copies = copies_of([found], 1, IMPOSED_ARMS)
    begin = starts(copies, run)
    assert [copy.arm for copy in copies] == list(IMPOSED_ARMS)
    lowered = run_of([(w[1], b[1]) for w, b in zip(begin.weights, begin.biases, strict=True)])
    assert part_history(lowered, WHITE_LEFT, "left").dead_share.tolist() == [[0.0, 1.0]]
    # The first layer needs a smaller lowering, but it is chosen only if it is the only layer.
    small = ([[0.125, 0.0], [0.0, 0.125]], [0.0, 0.0])
    rest = [([[8.0, 0.0], [8.0, 0.0]], [-0.2, -0.4]), LEARNT_STATE[2]]
    deep = learnt_source(run_of([small, *rest]), WHITE_LEFT, "left")
    alone = learnt_source(run_of(LEARNT_STATE[1:]), WHITE_LEFT, "left")
    assert deep is not None
    assert alone is not None
    assert (deep.layer, alone.layer) == (1, 0)


def test_learnt_source_of_a_dead_or_failed_run_is_none() -> None:
    dead_and_white = [
        *LEARNT_STATE[:1],
        layer_of(threshold(0.5), threshold(0.6)),
        ([[1.0, 1.0]], [0.1]),
    ]
    assert learnt_source(run_of(dead_and_white), WHITE_LEFT, "left") is None
    black = [*LEARNT_STATE[:2], ([[5.0, 5.0]], [-9.0])]
    assert learnt_source(run_of(black), WHITE_LEFT, "left") is None


def test_start_of_every_arm_takes_a_step_of_one_length_where_it_says() -> None:
    copies = copies_of([Source(5, "left", 1, STEP)], 3, ARMS)
    own = next(networks(state(DEAD)))
    moved: dict[str, list[np.ndarray]] = {arm: [] for arm in ARMS}
    for copy, network in zip(copies, networks(starts(copies, DEAD)), strict=True):
        moved[copy.arm].append(network - own)
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


def test_dead_layer_source_has_the_least_raise_that_revives_the_layer_over_the_whole_part() -> None:
    enough = dead_layer_source(DEAD, WHITE_LEFT, "left")
    assert enough is not None
    short = Source(5, "left", 1, enough.step / (1 + MARGIN) * 0.99)
    for source, dead in ((enough, 0.0), (short, 0.1)):  # 0.1: dead at one of ten columns of pixels
        copies = copies_of([source], 1, ARMS)
        begin = starts(copies, DEAD)
        raised = [copy.arm for copy in copies].index("raised")
        network = run_of(
            [(w[raised], b[raised]) for w, b in zip(begin.weights, begin.biases, strict=True)]
        )
        assert part_history(network, WHITE_LEFT, "left").dead_share[0, 1] == pytest.approx(dead)


def test_copies_of_each_source_and_stream_have_every_arm_once() -> None:
    copies = copies_of([Source(5, "left", 1, 1.0), Source(6, "left", 1, 1.0)], 4, ARMS)
    assert len(set(copies)) == len(copies) == 2 * 4 * len(ARMS)
    for stream in range(FIRST_STREAM, FIRST_STREAM + 4):
        for seed in (5, 6):
            arms = {t.arm for t in copies if (t.stream, t.source.seed) == (stream, seed)}
            assert arms == set(ARMS)


@pytest.mark.parametrize(("layer", "layers", "other"), [(0, 3, 1), (1, 3, 2), (2, 3, 1), (0, 1, 0)])
def test_other_layer_is_the_next_or_before_the_last(layer: int, layers: int, other: int) -> None:
    assert other_layer(layer, layers) == other


def test_recorded_iterations_rise_from_the_start_to_the_end() -> None:
    assert recorded(100, 1100) == (100, 110, 120, 150, 200, 300, 500, 700, 900, 1100)
    assert recorded(7, 9) == (7, 8, 9)


def test_recorded_iterations_of_a_long_run_end_after_the_most() -> None:
    assert recorded(100, 10_000_000)[-1] == 100 + revival.MOST_ITERATIONS


def test_intervention_runs_copy_dead_runs_and_the_first_learnt_ones() -> None:
    learnt = [run_of(LEARNT_STATE, seed=seed) for seed in range(10, 12 + IMPOSED_ON)]
    found = intervention_runs([DEAD, ALIVE, *learnt], WHITE_LEFT, "left")
    assert {copy.source.seed for copy in found["raised"]} == {5}
    many = [replace(DEAD, seed=seed) for seed in range(REVIVED_ON + 2)]
    raised = intervention_runs(many, WHITE_LEFT, "left")["raised"]
    assert {copy.source.seed for copy in raised} == set(range(REVIVED_ON))
    lowered = {copy.source.seed for copy in found["lowered"]}
    assert len(lowered) == IMPOSED_ON
    assert lowered <= {0, *range(10, 10 + IMPOSED_ON)}
    assert {copy.arm for copy in found["raised"]} == set(ARMS)
    assert {copy.arm for copy in found["lowered"]} == set(IMPOSED_ARMS)
