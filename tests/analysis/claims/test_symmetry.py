"""Mirror scores of networks made symmetric by construction, and of others."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from support.runs import random_run, run_of

from ginn.analysis.claims.symmetry import (
    MirrorScores,
    claim_better_is_more_symmetric,
    claim_symmetric_boundaries,
    correlation_with_loss,
    mirror_likenesses,
    mirror_score,
    mirror_scores,
)
from ginn.dataset.dataset import Axis, Dataset
from ginn.network.run import RecordedRun

N = 40
# The axes of a picture.
UPRIGHT: tuple[Axis, ...] = ("left-right",)
BOTH: tuple[Axis, ...] = ("left-right", "top-bottom")


def dataset(labels: Any = None) -> Dataset:
    return Dataset(np.zeros((N, N), dtype=bool) if labels is None else labels, ())


def random_first(seed: int, width: int) -> tuple[Any, Any]:
    """Lines through random points of the domain."""
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(width, 2))
    return weight, -(weight * rng.uniform(0.2, 0.8, (width, 2))).sum(axis=1)


def with_mirror_images(seed: int, axis: int) -> RecordedRun:
    """A network with three first-layer lines and their mirror images about an axis.

    For the axis 0, these are a x + b y + c and -a x + b y + (c + a). Each neuron of the second
    layer gives both lines of a pair the same weight, so its boundary is symmetric.
    """
    weight, bias = random_first(seed, 3)
    sign = np.where(np.arange(2) == axis, -1, 1)
    first = np.concatenate([weight, weight * sign])
    offset = np.concatenate([bias, bias + weight[:, axis]])
    second = np.random.default_rng(seed).uniform(0.2, 1, (2, 3))
    order = np.random.default_rng(seed).permutation(6)
    both = np.concatenate([second, second], axis=1)[:, order]
    value = np.maximum(dataset().points() @ first[order].T + offset[order], 0) @ both.T
    # With these biases, each neuron is on over half of the domain.
    half = -np.median(value, axis=0)
    return run_of([(first[order], offset[order]), (both, half), ([[1, 1]], [-9])])


@given(st.integers(1, 5), st.integers(0, 1_000))
def test_mirror_score_is_that_of_the_best_of_all_matchings(neurons: int, seed: int) -> None:
    maps = np.random.default_rng(seed).random((neurons, 6, 6)) < 0.5
    alike = mirror_likenesses(maps, "left-right")
    rows = np.arange(neurons)
    best = max(alike[rows, list(p)].mean() for p in itertools.permutations(rows))
    assert mirror_score(maps, "left-right") == pytest.approx(best)


@pytest.mark.parametrize("seed", range(4))
def test_mirror_scores_of_a_symmetric_network_are_one_about_its_axis_only(seed: int) -> None:
    upright = mirror_scores(with_mirror_images(seed, axis=0), dataset())
    np.testing.assert_allclose(upright.own[0], 1.0, atol=0.02)
    np.testing.assert_allclose(upright.own[1], 1.0, atol=0.02)
    assert upright.other[0] < 0.9
    level = mirror_scores(with_mirror_images(seed, axis=1), dataset())
    np.testing.assert_allclose(level.other[0], 1.0, atol=0.02)
    assert level.own[0] < 0.9


def test_mirror_scores_do_not_depend_on_the_side_that_is_on() -> None:
    # The lines x = .25 and x = .75 are mirror images, but both neurons are on at the right side.
    run = run_of([([[1, 0], [1, 0]], [-0.25, -0.75]), ([[1, 1]], [-9])])
    assert mirror_scores(run, dataset()).own[0] == pytest.approx(1.0, abs=1e-6)
    alone = run_of([([[1, 0]], [-0.25]), ([[1]], [-9])])
    # phi of x > 1/4 and x < 3/4: each is on over 3/4 of the domain, and both over 1/2. So the
    # absolute value of (1/2 - 9/16) / (3/16) is expected.
    assert mirror_scores(alone, dataset()).own[0] == pytest.approx(1 / 3, abs=1e-6)


def test_mirror_score_leaves_out_neurons_without_a_boundary() -> None:
    first = ([[1, 0], [0, 0], [0, 0]], [-0.5, 1, -1])
    run = run_of([first, ([[1, 0, 0]], [-9]), ([[1]], [0])])
    found = mirror_scores(run, dataset())
    assert found.own[0] == pytest.approx(1.0, abs=1e-6)
    assert math.isnan(found.own[1])


def test_mirror_scores_of_a_transposed_network_change_places() -> None:
    run = random_run((6, 6), 4)
    turned = replace(run, weights=(run.weights[0][:, :, ::-1], *run.weights[1:]))
    for snapshot in range(4):
        one, other = (mirror_scores(each, dataset(), snapshot=snapshot) for each in (run, turned))
        np.testing.assert_allclose(one.own, other.other, atol=1e-5)
        np.testing.assert_allclose(one.other, other.own, atol=1e-5)
        assert one.loss == run.loss[snapshot]


def test_mirror_likenesses_are_correlations() -> None:
    maps = np.random.default_rng(1).random((3, N, N)) > 0.3
    flipped = maps[:, ::-1].reshape(3, -1)
    expected = np.abs(np.corrcoef(maps.reshape(3, -1), flipped)[:3, 3:])
    np.testing.assert_allclose(mirror_likenesses(maps, "top-bottom"), expected, atol=1e-5)


def test_mirror_score_of_a_symmetric_map_is_one() -> None:
    labels = np.zeros((N, N), dtype=bool)
    labels[: N // 4, 10:30] = True
    assert mirror_score(labels[None], "left-right") == pytest.approx(1.0, abs=1e-5)


def scores(own: list[float], losses: list[float], other: float = 0.4) -> list[MirrorScores]:
    return [
        MirrorScores(np.array([each]), np.array([other]), loss)
        for each, loss in zip(own, losses, strict=True)
    ]


def test_claim_symmetric_boundaries_of_untrained_networks_does_not_hold() -> None:
    made = []
    for seed in range(12):
        run = run_of([random_first(seed, 8), ([[1] * 8], [-9])])
        made.append(mirror_scores(run, dataset()))
    assert claim_symmetric_boundaries(made[:6], made[6:], UPRIGHT).verdict == "not decidable here"
    mirrored = [mirror_scores(with_mirror_images(seed, axis=0), dataset()) for seed in range(12)]
    first = [MirrorScores(each.own[:1], each.other[:1], 0.0) for each in mirrored]
    assert claim_symmetric_boundaries(first, made, UPRIGHT).verdict == "holds"
    assert claim_symmetric_boundaries(made, first, UPRIGHT).verdict == "does not hold"
    # The network is as symmetric about an axis that the picture lacks. So its symmetry may have
    # another cause than the picture's.
    both = [replace(each, other=each.own) for each in first]
    assert claim_symmetric_boundaries(both, made, UPRIGHT).verdict == "not decidable here"
    # If the picture is symmetric about both axes, the other axis is no control.
    claim = claim_symmetric_boundaries(both, made, BOTH)
    assert claim.verdict == "holds"
    assert "that is no control" in claim.control


def test_claim_better_is_more_symmetric_holds_where_it_should() -> None:
    rng = np.random.default_rng(3)
    losses = rng.uniform(0.02, 0.2, 16).tolist()
    nothing = scores(rng.random(16).tolist(), losses)
    better = scores([1 - loss for loss in losses], losses)
    worse = scores(losses, losses)
    for full_runs, verdict in (
        (nothing, "not decidable here"),
        (better, "holds"),
        (worse, "does not hold"),
    ):
        assert claim_better_is_more_symmetric(full_runs, nothing, UPRIGHT).verdict == verdict
    found = correlation_with_loss(better, 0, "own")
    assert (found.runs, found.value) == (16, pytest.approx(-1.0))
    assert math.isnan(correlation_with_loss(better, 0, "other").value)


def test_claim_better_is_more_symmetric_has_one_test_of_the_mean_over_layers() -> None:
    losses = np.linspace(0.02, 0.2, 12).tolist()
    runs = [
        MirrorScores(np.array([1 - loss, math.nan, 0.5 + number % 2 / 100]), np.zeros(3), loss)
        for number, loss in enumerate(losses)
    ]
    claim = claim_better_is_more_symmetric(runs, runs, UPRIGHT)
    means = [np.nanmean(run.own) for run in runs]
    assert len(claim.effects) == 1
    assert claim.effects[0].value == pytest.approx(spearmanr(means, losses).statistic, abs=1e-3)
    assert claim.value.startswith("rank correlation with loss in layers 1, 2 and 3: \u22121.00 [")


def test_correlation_with_loss_leaves_out_runs_without_a_score() -> None:
    runs = scores([0.9, math.nan, 0.5, 0.4, 0.3], [0.1, 0.0, 0.2, 0.3, 0.4])
    found = correlation_with_loss(runs, 0, "own")
    assert (found.runs, found.value) == (4, pytest.approx(-1.0))


def test_claim_better_is_more_symmetric_names_the_runs_of_a_correlation_without_some() -> None:
    """Runs without a score are left out, and the text gives the number of the remaining runs."""
    short = scores([0.9, math.nan, 0.5, 0.3], [0.1, 0.0, 0.2, 0.3])
    full = scores([0.9, 0.7, 0.5, 0.3], [0.1, 0.15, 0.2, 0.3])
    value = claim_better_is_more_symmetric(full, short, UPRIGHT).value
    assert "in 4 screening runs \u22121.00 [\u22121.00, \u22121.00] (3 runs)" in value
    assert "in layer 1: \u22121.00 [\u22121.00, \u22121.00]; in" in value


def test_claims_of_a_level_axis_have_its_words_and_the_scores_for_it() -> None:
    run = with_mirror_images(1, axis=1)
    level = mirror_scores(run, dataset(), "top-bottom")
    np.testing.assert_array_equal(level.own, mirror_scores(run, dataset()).other)
    claim = claim_symmetric_boundaries([level], [level], ("top-bottom",))
    assert "in layers 1 and 2, top to bottom" in claim.value
    assert "mirrored left to right instead" in claim.control
