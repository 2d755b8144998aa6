"""Duplicate neurons: those copied by hand are found, and networks without copies have none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.datasets import halves
from support.runs import Layer, layer_of, random_run, run_of, threshold

from ginn.analysis.claims import duplicate_neurons
from ginn.analysis.claims.duplicate_neurons import (
    Growth,
    claim_duplicates,
    duplicates,
    every_other,
    formed,
    growth,
    likeness,
    on_maps,
    removal,
)
from ginn.geometry.cells import overlaps

POINTS = every_other(halves(40))


def three_lines(second: float) -> list[Layer]:
    """A layer with lines at x = .25, x = `second` and x = .75, and an output layer."""
    layer = layer_of(threshold(0.25), threshold(second), threshold(0.75))
    return [layer, ([[1.0, 2.0, -4.0]], [-0.1])]


def doubled(factor: float) -> list[Layer]:
    """A network in which neuron 1 is neuron 0 times `factor`, and neuron 2 is unrelated."""
    (row, bias) = threshold(0.3)
    layer = layer_of((row, bias), ([factor * r for r in row], factor * bias), threshold(0.75))
    return [layer, ([[1.0, 2.0, -9.0]], [-0.4])]


def test_likeness_is_the_shared_area_over_the_joint_one_of_on_or_of_off() -> None:
    (both,) = overlaps(run_of(three_lines(0.5)))
    like = likeness(both)
    # The neurons are on from x = .25, .5 and .75. The Jaccard indices of the pairs (0, 1), (0, 2)
    # and (1, 2) are .5/.75, .25/.75, .25/.5 for the areas where the neurons are on, and .25/.5,
    # .25/.75, .5/.75 for those where they are off.
    expected = [[1, 1 / 2, 1 / 3], [1 / 2, 1, 1 / 2], [1 / 3, 1 / 2, 1]]
    np.testing.assert_allclose(like.degree[0], expected, atol=1e-6)
    assert not like.duplicates.any()


def test_likeness_of_a_multiple_is_one_and_of_the_opposite_zero() -> None:
    (both,) = overlaps(run_of(doubled(3.0)))
    like = likeness(both)
    assert np.argwhere(like.duplicates[0]).tolist() == [[0, 1]]
    assert like.degree[0, 0, 1] == pytest.approx(1.0)
    turned = [layer_of(threshold(0.3), threshold(0.3, on_to_the_right=False)), ([[1, 1]], [0])]
    (both,) = overlaps(run_of(turned))
    np.testing.assert_allclose(likeness(both).degree[0, 0, 1], 0.0, atol=1e-12)


def test_likeness_of_neurons_on_nearly_everywhere_is_low() -> None:
    corners = layer_of(threshold(0.04), threshold(0.96, on_to_the_right=False))
    (both,) = overlaps(run_of([corners, ([[1, 1]], [0])]))
    assert both[0, 0, 1] / (1 - 0) > duplicate_neurons.ALIKE
    like = likeness(both)
    assert not like.constant.any()
    assert not like.duplicates.any()


@pytest.mark.parametrize("bias", [-5.0, 5.0])
def test_likeness_sets_constant_neurons_apart(bias: float) -> None:
    constant = ([1.0, 0.0], bias)
    run = run_of([layer_of(constant, constant, threshold(0.5)), ([[1, 1, 1]], [0])])
    like = likeness(overlaps(run)[0])
    assert like.constant[0].tolist() == [True, True, False]
    assert not like.pairs.any()
    assert np.isnan(like.share()[0])


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(6)))
def test_likeness_does_not_depend_on_the_neurons_order_and_is_symmetric(order: list[int]) -> None:
    (both,) = overlaps(random_run((6,)))
    degree = likeness(both).degree
    np.testing.assert_allclose(degree, np.swapaxes(degree, 1, 2), atol=1e-15)
    shuffled = likeness(both[:, order][:, :, order]).degree
    np.testing.assert_allclose(shuffled, degree[:, order][:, :, order], atol=1e-15)
    assert ((degree >= -1e-15) & (degree <= 1 + 1e-15)).all()


def test_formed_is_when_a_pair_stays_alike_to_the_end() -> None:
    states = [three_lines(x) for x in (0.25, 0.5, 0.26, 0.25)]
    like = likeness(overlaps(run_of(*states))[0])
    assert formed(like, 0, 1) == formed(like, 1, 0) == 2
    assert formed(like, 1, 2) is None
    always = likeness(overlaps(run_of(*[three_lines(0.25)] * 2))[0])
    assert formed(always, 0, 1) == 0


def like(first: float, last: float) -> duplicate_neurons.Likeness:
    """The likeness of three lines at the start and at the end of a run."""
    return likeness(overlaps(run_of(three_lines(first), three_lines(last)))[0])


def line_maps(*places: float) -> np.ndarray:
    """Whether neurons with upright lines are on at each point."""
    return np.stack([POINTS[:, 0] > x for x in places])


def test_growth_has_the_shares_of_each_run_and_across_runs() -> None:
    maps = [line_maps(0.25, 0.25, 0.75), line_maps(0.25, 0.5, 0.9)]
    told = growth([like(0.5, 0.25), like(0.5, 0.5)], maps)
    assert told.at_start.tolist() == [0.0, 0.0]
    assert told.at_end == pytest.approx([1 / 3, 0.0])
    # Of nine pairs, two are alike: the line of run 2 at .25 with both lines of run 1 at .25.
    assert told.across == pytest.approx(2 / 9)


def test_growth_of_a_run_without_pairs_is_nan() -> None:
    constant = layer_of(*[([1.0, 0.0], 5.0)] * 3)
    late = run_of([constant, three_lines(0.5)[1]], three_lines(0.25))
    told = growth([likeness(overlaps(late)[0])], [line_maps(0.25, 0.25, 0.75)])
    assert np.isnan(told.at_start[0])
    assert told.at_end == pytest.approx([1 / 3])
    assert told.across == 0.0


def test_on_maps_are_the_forward_passes() -> None:
    maps = on_maps(run_of(three_lines(0.5)), 0, POINTS)
    np.testing.assert_array_equal(maps[0], np.stack([POINTS[:, 0] > x for x in (0.25, 0.5, 0.75)]))


@pytest.mark.parametrize("factor", [1.0, 0.25, 3.0])
def test_removal_of_a_duplicate_moves_nothing_if_its_twin_gets_its_weights(factor: float) -> None:
    run = run_of(doubled(factor))
    merged = removal(run, 0, 0, 1, 0, POINTS)
    # The copy's threshold is rounded to float32.
    assert merged.moved == pytest.approx(0.0, abs=1e-7)
    assert merged.flipped == 0.0
    unrelated, dropped = removal(run, 0, 0, 1, 2, POINTS), removal(run, 0, 0, 1, None, POINTS)
    assert min(unrelated.moved, dropped.moved) > 0.01


def test_removal_of_a_deeper_neuron_is_what_zeroing_its_column_does() -> None:
    run = random_run((5, 4, 3))
    told = removal(run, 2, 1, 3, None, POINTS)
    weights = list(run.weights)
    weights[2] = weights[2] * (np.arange(4) != 3)
    without = replace(run, weights=tuple(weights))
    answers = [
        duplicate_neurons.pre_activations(
            tuple(w[2] for w in each.weights), tuple(b[2] for b in each.biases), POINTS
        )[-1]
        for each in (run, without)
    ]
    p, q = (1 / (1 + np.exp(-answer)) for answer in answers)
    assert told.moved == pytest.approx(np.abs(p - q).mean())
    assert told.flipped == pytest.approx(((p > 0.5) != (q > 0.5)).mean())
    assert told.moved > 0


def test_duplicates_of_a_run_come_with_their_controls() -> None:
    run = run_of(three_lines(0.5), doubled(2.0), doubled(2.0), iterations=np.arange(3) * 7)
    likes = [likeness(both) for both in overlaps(run)]
    (copy,) = duplicates(run, likes, POINTS)
    assert (copy.layer, copy.first, copy.second, copy.since) == (0, 0, 1, 7)
    assert copy.degree == pytest.approx(1.0)
    assert copy.distance == pytest.approx(0.0, abs=1e-7)
    assert copy.merged.moved == pytest.approx(0.0, abs=1e-7)
    # The only neuron that is no duplicate is neuron 2.
    assert copy.unrelated == removal(run, -1, 0, 1, 2, POINTS)
    assert copy.dropped == removal(run, -1, 0, 1, None, POINTS)
    lonely = run_of(three_lines(0.5))
    assert duplicates(lonely, [likeness(both) for both in overlaps(lonely)], POINTS) == ()


def grown(start: float, end: float, runs: int = 12) -> Growth:
    """Shares that change from `start` to `end` in each run, with small differences between runs."""
    share = 1 - 0.001 * np.arange(runs)
    return Growth(start * share, end * share, 0.1)


def a_copy() -> duplicate_neurons.Duplicate:
    """A duplicate; its values do not matter."""
    gone, felt = duplicate_neurons.Removal(0.0, 0.0), duplicate_neurons.Removal(0.1, 0.1)
    return duplicate_neurons.Duplicate(0, 1, 0, 1, 0.95, 0.01, 100, gone, None, felt)


@pytest.mark.parametrize(
    ("growths", "found", "verdict"),
    [
        ([grown(0.1, 0.1), grown(0.0, 0.5)], 3, "holds"),
        ([grown(0.5, 0.0), grown(0.0, 0.5)], 3, "holds"),
        ([grown(0.1, 0.1), grown(0.5, 0.0)], 3, "not decidable here"),
        ([grown(0.5, 0.1), grown(0.5, 0.0)], 3, "does not hold"),
        ([grown(0.1, 0.1), grown(0.0, 0.0)], 0, "does not hold"),
    ],
)
def test_claim_duplicates_holds_where_one_layer_gains_pairs(
    growths: list[Growth], found: int, verdict: str
) -> None:
    claim = claim_duplicates(growths, [a_copy()] * found)
    assert claim.verdict == verdict
    assert f"{found} pairs" in claim.value
    assert claim.runs == 12
    missed = "moves the output: by its copy 0.00%, by nothing 10.00% (medians)"
    apart = "0.010 sides of the picture apart"
    assert (missed in claim.control) == (apart in claim.value) == (found > 0)
    assert "nan" not in claim.value + claim.control


def test_claim_duplicates_takes_direction_and_p_value_from_the_runs() -> None:
    """The share of duplicates falls in every run."""
    many_pairs_lost = [(1.0, 0.99), (0.1, 0.0)] * 6
    start, end = (np.array(each) for each in zip(*many_pairs_lost, strict=True))
    claim = claim_duplicates([Growth(start, end, 0.0)], [a_copy()])
    assert not claim.supports
    assert claim.verdict == "does not hold"


def test_claim_duplicates_asks_more_of_many_layers() -> None:
    one = claim_duplicates([grown(0.0, 0.5, 7)], [a_copy()])
    assert (one.p_value, one.verdict) == (2 / 2**7, "holds")
    four = claim_duplicates([grown(0.0, 0.5, 7)] * 4, [a_copy()])
    assert (four.p_value, four.verdict) == (8 / 2**7, "not decidable here")
