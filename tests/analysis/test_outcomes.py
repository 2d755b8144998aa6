"""Outcomes and roles, on networks whose answers are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.datasets import halves as two_halves
from support.runs import Layer, layer_of, random_run, run_of, threshold

from ginn.analysis.outcomes import (
    PIXELS_AT_ONCE,
    NamedSnapshot,
    RunFacts,
    ScreeningFacts,
    full_run_seeds,
    good_snapshots,
    hardest_part,
    has_failed,
    logits_at,
    named_snapshots,
    outcome,
    part_accuracy,
    screening_outcomes,
    shown_runs,
)
from ginn.config.models import Experiment, FullRuns, Screening, Shown
from ginn.dataset.dataset import Dataset, Part
from ginn.network.run import RecordedRun, run_id

N = 20


def halves(share_of_left: float) -> Dataset:
    """A picture that is black up to x = `share_of_left` and white to the right of it."""
    white = np.zeros((N, N), dtype=bool)
    white[:, round(share_of_left * N) :] = True
    return Dataset(white, (Part("left", False, ~white), Part("right", True, white)))


def threshold_at(x: float) -> list[Layer]:
    """A network that answers white exactly where its input is right of `x`."""
    return [([[1.0, 0.0], [-1.0, 0.0]], [-x, x]), ([[1.0, -1.0]], [0.0])]


def threshold_run(x: float, seed: int = 0, ended: str = "") -> RecordedRun:
    """A network that answers white exactly where its input is right of `x`."""
    measures = {"loss": np.array([0.5]), "accuracy": np.array([1.0 - abs(x - 0.5)])}
    return run_of(threshold_at(x), seed=seed, ended=ended, **measures)


def run(seed: int, loss: float, failed: bool) -> RunFacts:
    return RunFacts(
        f"seed-{seed}", seed, "", f"Seed {seed}", failed, loss, 0.9, {"left": 1.0}, 0, 0, ""
    )


def experiment() -> Experiment:
    return Experiment(
        id="e",
        title="E",
        picture="p.toml",
        pixels=N,
        widths=(2,),
        iterations=10,
        batch=4,
        learning_rate=1e-3,
        snapshots=[[0, 10, 10]],
        screening=Screening(seeds=8, iterations=5),
        full_runs=FullRuns(first_seeds=3, failed_seeds=2),
        shown=Shown(good=2, bad=1),
    )


def test_logits_at_are_laid_out_as_the_pictures_rows_and_columns() -> None:
    white = logits_at(threshold_run(0.25), 0, halves(0.5)) > 0
    assert white.shape == (N, N)
    assert (white == halves(0.25).labels).all()


def test_part_accuracy_counts_only_the_parts_own_pixels() -> None:
    # White from x = .25 on: half of the black left half is wrong, all of the right is right.
    assert part_accuracy(threshold_run(0.25), 0, halves(0.5)) == {"left": 0.5, "right": 1.0}


@pytest.mark.parametrize(("x", "failed"), [(0.5, False), (0.25, False), (0.2, True), (0.8, True)])
def test_outcome_with_more_than_half_of_a_major_part_wrong_has_failed(
    x: float, failed: bool
) -> None:
    assert outcome(threshold_run(x), halves(0.5)).failed is failed


def with_dots() -> Dataset:
    """Two white dots on black ground, of 9 and of 4 of 400 pixels."""
    first, second = np.zeros((2, N, N), dtype=bool)
    first[:3, :3] = second[-2:, -2:] = True
    white = first | second
    parts = (Part("dot", True, first), Part("speck", True, second), Part("ground", False, ~white))
    return Dataset(white, parts)


def test_has_failed_of_a_small_part_is_false_if_another_of_its_colour_is_larger() -> None:
    assert not has_failed({"dot": 1.0, "speck": 0.0, "ground": 1.0}, with_dots())
    assert has_failed({"dot": 1.0, "speck": 1.0, "ground": 0.49}, with_dots())


def test_outcome_of_one_colour_everywhere_has_failed_however_small_the_other_is() -> None:
    """The largest part of each colour counts, though it is less than 3% of the picture."""
    for white in (True, False):
        run = threshold_run(-1.0 if white else 2.0)
        assert (logits_at(run, 0, with_dots()) > 0).all() == white
        assert outcome(run, with_dots()).failed


def test_outcome_of_a_run_that_ended_early_has_failed() -> None:
    assert outcome(threshold_run(0.5, ended="no longer finite"), halves(0.5)).failed


def by_id(runs: Sequence[RecordedRun]) -> dict[str, RecordedRun]:
    """Runs by their places, in place of their seeds."""
    return {run_id(place): run for place, run in enumerate(runs)}


def test_screening_outcomes_name_the_seeds_that_failed() -> None:
    runs = by_id([threshold_run(x, seed) for seed, x in enumerate([0.5, 0.1, 0.5, 0.9])])
    facts = screening_outcomes(experiment(), runs, halves(0.5))
    assert facts == ScreeningFacts(4, 5, 2, (1, 3))


@pytest.mark.parametrize(
    ("ended", "failed", "words"),
    [
        ("", False, "Ended well: accuracy 90.0%, loss 0.25."),
        ("", True, "Failed: accuracy 90.0%, loss 0.25."),
        ("no longer finite", True, "Stopped early: no longer finite."),
    ],
)
def test_ending_says_how_a_run_ended(ended: str, failed: bool, words: str) -> None:
    assert replace(run(3, 0.25, failed), ended=ended).ending == words


def sliding_run(places: Sequence[float], loss: Sequence[float], ended: str = "") -> RecordedRun:
    """A network that answers white right of one place after another."""
    networks = [threshold_at(x) for x in places]
    iterations = np.arange(len(places))
    return run_of(*networks, iterations=iterations, loss=np.array(loss), ended=ended)


def at_snapshots(found: Sequence[NamedSnapshot]) -> list[tuple[str, int]]:
    return [(moment.name, moment.snapshot) for moment in found]


# More than half of the left is wrong below .25, and of the right above .75.
LEFT_WRONG, GOOD, RIGHT_WRONG = 0.1, 0.6, 0.9
FALLING = [0.9, 0.8, 0.7, 0.4, 0.3, 0.25]


@pytest.mark.parametrize(
    ("places", "first", "last"),
    [
        ([LEFT_WRONG, LEFT_WRONG, GOOD, LEFT_WRONG, GOOD, GOOD], 2, 5),
        ([LEFT_WRONG, GOOD, RIGHT_WRONG, GOOD, GOOD, RIGHT_WRONG], 1, 4),
        ([GOOD, LEFT_WRONG, LEFT_WRONG, LEFT_WRONG, RIGHT_WRONG, RIGHT_WRONG], 0, 0),
    ],
)
def test_named_snapshots_are_the_first_and_the_last_good_one(
    places: list[float], first: int, last: int
) -> None:
    found = named_snapshots(sliding_run(places, FALLING), halves(0.5))
    told = {moment.name: moment for moment in found}
    assert (told["first-good"].snapshot, told["last-good"].snapshot) == (first, last)
    steps = [moment.snapshot for moment in found]
    assert steps == sorted(steps)


def test_named_snapshots_of_a_run_that_was_never_good_have_the_steepest_alone() -> None:
    found = named_snapshots(sliding_run([LEFT_WRONG] * 6, FALLING), halves(0.5))
    assert at_snapshots(found) == [("steepest", 3)]


@pytest.mark.parametrize(
    ("loss", "steepest"),
    [
        ([0.9, 0.5, 0.4, 0.1], 3),  # the largest quotient, not the largest difference
        ([0.1, 0.9, 0.5, 0.45], 2),  # a rise is no fall
        ([0.5, 0.1, 1e-300, 0.0], 2),
    ],
)
def test_named_snapshots_steepest_is_the_largest_fall_of_the_logarithm(
    loss: list[float], steepest: int
) -> None:
    found = named_snapshots(sliding_run([GOOD] * 4, loss), halves(0.5))
    assert ("steepest", steepest) in at_snapshots(found)


@pytest.mark.parametrize("loss", [[0.5], [0.5, 0.5, 0.6], [0.0, 0.0]])
def test_named_snapshots_of_a_loss_that_never_falls_have_no_steepest(loss: list[float]) -> None:
    run = sliding_run([GOOD] * len(loss), loss, ended="no longer finite")
    last = len(loss) - 1
    assert at_snapshots(named_snapshots(run, halves(0.5))) == [
        ("first-good", 0),
        ("last-good", last),
    ]


def test_good_snapshots_are_those_that_have_not_failed_one_by_one() -> None:
    white = np.ones((N, N), dtype=bool)
    white[:3, :3] = False
    dataset = Dataset(white, (Part("ground", True, white),))
    good = 0
    for widths in [(1,), (5,), (4, 7), (3, 3, 3)]:
        run = random_run(widths, 30)
        found = good_snapshots(run, dataset)
        one_by_one = [not has_failed(part_accuracy(run, k, dataset), dataset) for k in range(30)]
        assert found.tolist() == one_by_one
        good += found.sum()
    assert 40 < good < 80


@pytest.mark.parametrize("white", [True, False])
def test_good_snapshots_of_any_number_of_pixels_count_all(white: bool) -> None:
    """Exactly half of the part "below" is right, and a group of pixels ends within the part."""
    labels = np.full((81, 81), white)
    below = np.zeros((81, 81), dtype=bool)
    below[69:] = True
    dataset = Dataset(labels, (Part("below", white, below), Part("above", white, ~below)))
    assert 74 * 81 < 3 * PIXELS_AT_ONCE - 1 < 75 * 81 < 4 * PIXELS_AT_ONCE
    run = threshold_run(0.0)
    sign = -1 if white else 1
    for limit, good in [(75, True), (74.9, True), (74.4, False)]:
        run.weights[0][:] = [[[0, sign], [0, -sign]]]
        run.biases[0][:] = [[-sign * limit / 81, sign * limit / 81]]
        assert good_snapshots(run, dataset).tolist() == [good]


@pytest.mark.parametrize(
    ("failed", "seeds"),
    [
        ((), (0, 1, 2, 3, 4)),  # no seed failed, so the next seeds are added
        ((1,), (0, 1, 2, 3, 4)),  # the failed seed is one of the first seeds
        ((5,), (0, 1, 2, 3, 5)),
        ((3, 6), (0, 1, 2, 3, 6)),
        ((0, 5, 6, 7), (0, 1, 2, 5, 6)),
    ],
)
def test_full_run_seeds_are_the_first_and_others_that_failed(
    failed: tuple[int, ...], seeds: tuple[int, ...]
) -> None:
    chosen = full_run_seeds(experiment(), range(3), ScreeningFacts(8, 5, len(failed), failed), 0)
    assert chosen == {run_id(seed): seed for seed in seeds}
    assert list(chosen.values()) == sorted(seeds)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=3, max_size=9))
def test_shown_runs_have_roles_by_their_outcomes(outcomes: list[tuple[float, bool]]) -> None:
    runs = [run(seed, loss, failed) for seed, (loss, failed) in enumerate(outcomes)]
    found = shown_runs(experiment(), {each.id: each for each in runs})
    assert list(found) == [each.id for each in found.values()]
    shown = list(found.values())
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


def white_left_of(x: float) -> list[Layer]:
    """A network whose output is white up to x."""
    return [layer_of(threshold(x, on_to_the_right=False)), ([[1.0]], [0.0])]


def test_hardest_part_is_the_one_that_most_runs_fail_on_at_their_end() -> None:
    dataset = two_halves(left_white=True)
    # White up to .2: most of the left half wrong. Up to .9: most of the right half.
    early, late = white_left_of(0.2), white_left_of(0.9)
    assert hardest_part(by_id([run_of(early), run_of(late), run_of(late)]), dataset) == "right"
    assert hardest_part(by_id([run_of(early), run_of(early), run_of(late)]), dataset) == "left"
    assert hardest_part(by_id([run_of(early, late)]), dataset) == "right"
    # The number of failures decides before the mean accuracy: left fails twice and right once,
    # although right has the lower accuracy.
    runs = [run_of(white_left_of(x)) for x in (0.2, 0.2, 1.0, 0.74, 0.74, 0.74, 0.74)]
    assert hardest_part(by_id(runs), dataset) == "left"
    # If no run has failed, the part with the lowest accuracy is the hardest.
    assert hardest_part(by_id([run_of(white_left_of(0.4))]), dataset) == "left"
    assert hardest_part(by_id([run_of(white_left_of(0.6))]), dataset) == "right"


def test_hardest_part_is_a_major_one() -> None:
    runs = by_id([run_of(white_left_of(-1.0))])  # black everywhere
    assert hardest_part(runs, with_dots()) == "dot"
    runs = by_id([run_of(white_left_of(2.0))])  # white everywhere
    assert hardest_part(runs, with_dots()) == "ground"
