"""Silence: layers silenced on purpose, gradients against autograd, survival against a textbook."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.datasets import halves
from support.runs import IDENTITY, Layer, layer_of, random_run, run_of, threshold

from ginn.analysis.claims.dead_layers import (
    Confusion,
    Hearing,
    Spell,
    awakening,
    claim_silence,
    claim_silence_lasts,
    confusion,
    foresight,
    hardest_part,
    hearing,
    part_points,
    reaching_gradient,
    spells,
    survival,
    thresholds,
)
from ginn.analysis.statistics import proportion_interval
from ginn.dataset.dataset import Dataset, Part
from ginn.network.run import RecordedRun

# Silent left of x = .5 in its second layer; the output is white where that is on.
SILENT_LEFT = [IDENTITY, layer_of(threshold(0.5), threshold(0.6)), ([[1, 1]], [-0.01])]
# As it, but one neuron is on at the left.
HEARD = [
    IDENTITY,
    layer_of(threshold(0.5), threshold(0.5, on_to_the_right=False)),
    ([[1, -1]], [-0.01]),
]


def screened(silent: list[bool], right: float = 0.0, seed: int = 0) -> Hearing:
    """A hearing of one layer that is shut at some snapshots."""
    share = np.array(silent, dtype=float)[:, None]
    return Hearing(
        seed, "left", tuple(range(0, 10 * len(silent), 10)), share, np.full(len(silent), right)
    )


def test_a_layer_silenced_over_a_part_is_heard_over_the_rest() -> None:
    run = run_of(SILENT_LEFT, HEARD)
    left, right = (hearing(run, halves(), part) for part in ("left", "right"))
    np.testing.assert_array_equal(left.silent, [[0.0, 1.0], [0.0, 0.0]])
    # The neurons are both off up to x = .5 only.
    np.testing.assert_array_equal(right.silent, np.zeros((2, 2)))
    assert left.shut.tolist() == [True, False]
    assert left.iterations == (0, 10)


def test_success_is_the_share_of_the_parts_own_pixels_on_the_right_side() -> None:
    # The left half is black, and black is what the silent network says there.
    assert hearing(run_of(SILENT_LEFT), halves(), "left").right.tolist() == [1.0]
    white_left = halves(left_white=True)
    assert hearing(run_of(SILENT_LEFT), white_left, "left").right.tolist() == [0.0]
    quarter = [IDENTITY, layer_of(threshold(0.25), threshold(0.25)), ([[1, 1]], [0])]
    got = hearing(run_of(quarter), white_left, "left")
    assert got.right.tolist() == [0.5]
    assert got.learnt.tolist() == [True]
    assert screened([False], 0.49).learnt.tolist() == [False]
    np.testing.assert_array_equal(got.silent, [[0.0, 0.5]])


@pytest.mark.parametrize(
    ("right", "since"),
    [([0.4, 0.6, 0.4, 0.7], 30), ([0.6, 0.7, 0.8, 0.9], 0), ([0.9, 0.9, 0.9, 0.4], np.inf)],
)
def test_a_part_is_learnt_since_it_was_to_the_end(right: list[float], since: float) -> None:
    run = Hearing(0, "left", (0, 10, 20, 30), np.zeros((4, 1)), np.array(right))
    assert run.learnt_since == since


def test_pixels_beyond_one_piece_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    run = random_run((5, 4))
    whole = hearing(run, halves(), "left")
    monkeypatch.setattr("ginn.analysis.claims.dead_layers.POINTS", 7)
    pieces = hearing(run, halves(), "left")
    np.testing.assert_array_equal(whole.silent, pieces.silent)
    np.testing.assert_array_equal(whole.right, pieces.right)
    points, white = part_points(halves(), "left")
    np.testing.assert_allclose(
        reaching_gradient(run, 0, points, white), whole_gradient(run, points, white), rtol=1e-10
    )


def whole_gradient(run: RecordedRun, points: np.ndarray, white: bool) -> np.ndarray:
    """The norms by autograd, in float64."""
    layers = [
        (torch.from_numpy(w[0]).double().requires_grad_(), torch.from_numpy(b[0]).double())
        for w, b in zip(run.weights, run.biases, strict=True)
    ]
    activation = torch.from_numpy(points)
    for number, (weight, bias) in enumerate(layers):
        bias.requires_grad_()
        activation = activation @ weight.T + bias
        if number < len(layers) - 1:
            activation = activation.relu()
    target = torch.full_like(activation, float(white))
    torch.nn.functional.binary_cross_entropy_with_logits(activation, target).backward()
    return np.array(
        [float((w.grad.square().sum() + b.grad.square().sum()).sqrt()) for w, b in layers]
    )


@pytest.mark.parametrize("widths", [(16, 16, 16), (5,), (3, 8, 2, 7)])
@pytest.mark.parametrize("white", [True, False])
def test_the_gradient_that_reaches_each_layer_is_autograds(
    widths: tuple[int, ...], white: bool
) -> None:
    run = random_run(widths)
    points = np.random.default_rng(1).random((3000, 2))
    got = reaching_gradient(run, 0, points, white)
    np.testing.assert_allclose(got, whole_gradient(run, points, white), rtol=1e-10)


def test_no_gradient_passes_a_silent_layer_and_some_passes_one_that_is_heard() -> None:
    points, white = part_points(halves(), "left")
    run = run_of(SILENT_LEFT, HEARD)
    shut, open_ = (reaching_gradient(run, snapshot, points, white) for snapshot in (0, 1))
    assert shut[:2].tolist() == [0.0, 0.0]
    assert shut[2] > 0
    assert (open_ > 0).all()


def test_the_table_counts_each_kind_of_run() -> None:
    table = confusion([True, True, False, False, False], [True, False, True, False, False])
    assert table == Confusion(1, 1, 1, 2)
    assert table.runs == 5
    assert table.explained == table.doomed == proportion_interval(1, 2)


def test_the_tables_p_value_is_that_of_the_lady_tasting_tea() -> None:
    # Fisher, The Design of Experiments, chapter II: 3 of 4 cups right; two-sided 34/70.
    assert Confusion(3, 1, 1, 3).p_value == pytest.approx(34 / 70)
    # Foretelling that has nothing to do with the outcome.
    assert Confusion(10, 10, 10, 10).p_value == 1.0


def test_a_threshold_foretells_at_or_above_its_share() -> None:
    tables = thresholds(np.array([1.0, 0.75, 0.5, 0.2]), [True, True, False, False], [0.5, 1.0])
    assert tables == [Confusion(2, 1, 0, 1), Confusion(1, 0, 1, 2)]


def test_foresight_has_a_table_a_snapshot_and_a_run_that_ended_counts_by_its_last_state() -> None:
    runs = [screened([False, True, True]), screened([False, True]), screened([False, True, False])]
    tables = foresight(runs, [True, True, False])
    assert tables == [Confusion(0, 0, 2, 1), Confusion(2, 1, 0, 0), Confusion(2, 0, 0, 1)]


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_spells_are_the_stretches_of_silence(silent: list[bool]) -> None:
    run = screened(silent)
    told = spells(run)
    covered = np.zeros(len(silent), dtype=bool)
    for spell in told:
        first = run.at(spell.begun)
        last = len(silent) if spell.ended is None else run.at(spell.ended)
        assert first < last
        assert first == 0 or not silent[first - 1]
        covered[first:last] = True
    np.testing.assert_array_equal(covered, run.shut)
    assert not told or (told[-1].ended is None) == silent[-1]


def test_a_run_is_asked_by_what_was_recorded_until_then() -> None:
    run = screened([False, True, False])
    assert [run.at(iteration) for iteration in (0, 9, 10, 19, 99)] == [0, 0, 1, 1, 2]
    with pytest.raises(ValueError, match="found iteration -1, allowed: 0"):
        run.at(-1)


def white_left_of(x: float) -> list[Layer]:
    """A network that says white up to x."""
    return [layer_of(threshold(x, on_to_the_right=False)), ([[1.0]], [0.0])]


def test_the_hardest_part_is_the_one_that_most_runs_fail_on_at_last() -> None:
    dataset = halves(left_white=True)
    # White up to .2: most of the left half wrong. Up to .9: most of the right half.
    early, late = white_left_of(0.2), white_left_of(0.9)
    assert hardest_part([run_of(early), run_of(late), run_of(late)], dataset) == "right"
    assert hardest_part([run_of(early), run_of(early), run_of(late)], dataset) == "left"
    assert hardest_part([run_of(early, late)], dataset) == "right"
    # Failures count before shares: left fails twice, right once, though less of that is right.
    runs = [run_of(white_left_of(x)) for x in (0.2, 0.2, 1.0, 0.74, 0.74, 0.74, 0.74)]
    assert hardest_part(runs, dataset) == "left"
    # Where none has failed, what is right least.
    assert hardest_part([run_of(white_left_of(0.4))], dataset) == "left"
    assert hardest_part([run_of(white_left_of(0.6))], dataset) == "right"


def test_a_small_part_is_not_the_hardest_unless_all_are_small() -> None:
    dot = np.zeros((20, 20), dtype=np.bool_)
    dot[:2, :4] = True  # 2%
    small = Part("dot", True, dot)
    run = run_of(white_left_of(-1.0))  # black everywhere
    assert hardest_part([run], Dataset(dot, (small, Part("ground", False, ~dot)))) == "ground"
    assert hardest_part([run], Dataset(dot, (small,))) == "dot"


def test_a_spell_names_its_layer_and_the_outcome() -> None:
    silent = np.array([[0.0, 0.9], [1.0, 1.0], [0.0, 1.0], [0.5, 0.0]])
    run = Hearing(4, "left", (0, 5, 20, 100), silent, np.array([0.0, 0.0, 0.4, 0.6]))
    assert spells(run) == (Spell(4, 1, 5, 100, 100, True),)


def test_survival_is_kaplan_and_meiers() -> None:
    # Remission of 21 patients given 6-MP, in weeks (Freireich et al. 1963, Blood 21: 699);
    # estimates as in Collett, Modelling Survival Data, and every other textbook.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    each = [Spell(0, 0, 100, 100 + weeks, 999, True) for weeks in ended]
    each += [Spell(0, 0, 100, None, 100 + weeks, True) for weeks in censored]
    told = survival(each)
    assert told.lasted == (6, 7, 10, 13, 16, 22, 23)
    assert told.at_risk == (21, 17, 15, 12, 11, 7, 6)
    np.testing.assert_allclose(
        told.share, [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], atol=5e-5
    )
    assert told.spells == 21


def test_without_spells_nothing_survives_and_without_ends_everything() -> None:
    assert survival([]).share == ()
    assert survival([Spell(0, 0, 0, None, 50, False)]).share == ()


def test_a_layer_woken_by_its_bias_alone_is_told_from_one_woken_by_weights_or_inputs() -> None:
    dataset = halves()

    def second(weight: float, bias: float) -> tuple[list[list[float]], list[float]]:
        return [[weight, 0], [0, -1]], [bias, -1]

    def woken(first: object, then: object) -> tuple[float, ...]:
        run = run_of([*first, ([[1, 1]], [0])], [*then, ([[1, 1]], [0])])  # type: ignore[misc]
        ears = hearing(run, dataset, "left")
        told = awakening(run, dataset, ears, spells(ears)[0])
        assert (told.layer, told.neuron, told.iteration) == (1, 0, 10)
        np.testing.assert_allclose(told.bias + told.weights + told.inputs, told.rise, atol=1e-12)
        return told.bias, told.weights, told.inputs

    # The neuron reads x, at most .475 on the left half's pixels.
    shifted = ([[1, 0], [0, 1]], [0.5, 0])
    before = [IDENTITY, second(1, -0.5)]
    np.testing.assert_allclose(woken(before, [IDENTITY, second(1, -0.25)]), [0.25, 0, 0], atol=1e-7)
    np.testing.assert_allclose(woken(before, [IDENTITY, second(2, -0.5)]), [0, 0.475, 0], atol=1e-7)
    np.testing.assert_allclose(woken(before, [shifted, second(1, -0.5)]), [0, 0, 0.5], atol=1e-7)
    # Weights act on the inputs before, and the inputs' change counts under the new weights.
    np.testing.assert_allclose(woken(before, [shifted, second(2, -0.5)]), [0, 0.475, 1], atol=1e-7)


def test_a_spell_without_an_end_has_no_awakening() -> None:
    run = run_of(SILENT_LEFT)
    ears = hearing(run, halves(), "left")
    with pytest.raises(ValueError, match="not seen to end"):
        awakening(run, halves(), ears, spells(ears)[0])


def test_a_run_that_hears_every_pixel_has_no_spell() -> None:
    ears = hearing(replace(run_of(HEARD), seed=3), halves(), "left")
    assert spells(ears) == ()
    assert ears.seed == 3


def asked(shut_failed: int, shut_learnt: int, open_failed: int, open_learnt: int) -> list[Hearing]:
    """Runs of each kind, all shut or open throughout."""
    kinds = [(True, 0.1)] * shut_failed + [(True, 0.9)] * shut_learnt
    kinds += [(False, 0.1)] * open_failed + [(False, 0.9)] * open_learnt
    return [screened([shut] * 3, right, seed) for seed, (shut, right) in enumerate(kinds)]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((4, 0, 1, 20), "holds"),
        ((0, 4, 20, 1), "does not hold"),
        ((2, 2, 2, 2), "not decidable here"),
        ((1, 0, 0, 3), "not decidable here"),
        ((0, 3, 0, 8), "not decidable here"),  # nobody failed
        ((0, 0, 0, 8), "not decidable here"),
    ],
)
def test_silence_is_held_to_explain_failure_only_where_the_table_says_so(
    counts: tuple[int, int, int, int], verdict: str
) -> None:
    claim = claim_silence(asked(*counts), np.array([[0.0, 0.0, 0.5]] * 3 + [[0.0, 0.2, 0.5]]))
    assert claim.verdict == verdict
    assert claim.runs == sum(counts)
    failures = counts[0] + counts[2]
    told = f"{counts[0]} of {failures} trials that failed" if failures else "no trial failed; "
    assert told in claim.value
    assert "7 of 8 hidden layers; the others lie behind" in claim.control
    assert claim_silence_lasts(asked(*counts), 10).verdict == verdict


def test_screenings_are_asked_at_their_last_snapshot() -> None:
    fell_silent = [screened([False, True], 0.1, seed) for seed in range(5)]
    woke = [screened([True, False], 0.9, seed) for seed in range(5)]
    claim = claim_silence([*fell_silent, *woke], np.zeros((5, 2)))
    assert claim.verdict == "holds"
    assert "5 of 5 trials that failed had a silent layer; of the 5 others 0 had" in claim.value
    assert "5 of 5 hidden layers" in claim.control
    assert "behind" not in claim.control
    nobody = claim_silence(woke, np.zeros((0, 2)))
    assert nobody.control == "0 failed without one"


def test_an_early_silence_that_is_escaped_foretells_nothing() -> None:
    escaped = [screened([False, True, False], 0.9, seed) for seed in range(6)]
    claim = claim_silence_lasts([*escaped, *asked(0, 0, 0, 9)], 10)
    assert claim.verdict == "not decidable here"
    assert "0 of 6 runs that were shut at iteration 10 failed" in claim.value
    assert "the others came free by iterations 20, 20, 20, 20, 20 and 20" in claim.value
    assert claim.control == "0 of 9 runs that were open then failed"


def test_who_came_free_is_told_of_runs_that_were_shut_then_and_did_not_fail() -> None:
    """Neither a later silence of another run, nor the freedom of one that failed, nor luck."""
    others = [screened([False, False, True, False], 0.9, 7), screened([False, True, False], 0.1, 8)]
    assert "came free" not in claim_silence_lasts(others, 10).value
    lucky = [*others, screened([True, True, True], 0.9, 9), screened([True, True, False], 0.9, 10)]
    value = claim_silence_lasts(lucky, 10).value
    assert "1 other came free by iteration 20; 1 had it right by luck, still shut" in value
