"""The sentences of every claim, for counts of none, one, two and many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.measured import history
from support.sentences import faults

from ginn.analysis.claim import Claim, too_few_runs
from ginn.analysis.claims.bias_vs_weights import Motion, Shares
from ginn.analysis.claims.corner_kinks import Nearness, claim_bends_at_corners
from ginn.analysis.claims.dead_layers import claim_dead_early_fails, claim_dead_where_failed
from ginn.analysis.claims.duplicate_neurons import (
    Duplicate,
    Growth,
    Removal,
    claim_duplicates,
)
from ginn.analysis.claims.kink_claims import (
    claim_bends_through_open_paths,
    claim_first_layer_straight,
    claim_regions_grow,
)
from ginn.analysis.claims.kinks import KinkCounts, RegionGrowth
from ginn.analysis.claims.late_flip_claim import claim_late_flips, summarise
from ginn.analysis.claims.late_flips import Flips
from ginn.analysis.claims.network_size import Network, claim_larger_is_better
from ginn.analysis.claims.part_errors import (
    PartErrors,
    claim_failed_runs_model_the_top_better,
)
from ginn.analysis.claims.revival import Source
from ginn.analysis.claims.revival_results import (
    Arm,
    Comparison,
    Intervention,
    claim_imposed,
    claim_revival,
)
from ginn.analysis.claims.shift_claims import (
    claim_bias_moves_first,
    claim_later_phases,
    claim_shift_before_turn,
)
from ginn.analysis.claims.symmetry import (
    MirrorScores,
    claim_better_is_more_symmetric,
    claim_symmetric_boundaries,
)

FEW = st.integers(0, 3)
SOME = st.integers(1, 3)
SHARE = st.sampled_from([0.0, 0.25, 0.5, 1.0])


def require_sound(*claims: Claim) -> None:
    """No text of any claim has a fault."""
    for claim in claims:
        effects = [effect.text for effect in claim.effects]
        texts = (claim.statement, claim.definition, claim.value, claim.control, claim.rule)
        for text in (*texts, claim.sample, *effects):
            assert faults(text) == [], text
    assert faults(too_few_runs(claims)) == []


@pytest.mark.parametrize(
    "text",
    [
        "in 1 runs", "1 screening runs failed", "0 run", "of 4 run failed", "miss by none degrees",
        "have 7 to 7", "7–7 regions", "zero runs", "of the 0 others 0 had", "nan%", "0 of 0 runs",
        "after 1 iterations",
    ],
)  # fmt: skip
def test_faults_finds_each_kind(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 run", "21 runs", "1 is a perfect mirror", "0.1 sides", "layer 2 neuron 1 of seed 0",
        "1,001 runs", "0 runs", "none of 4 lines bends", "17 to 27", "1.7 to 1.75",
    ],
)  # fmt: skip
def test_faults_of_sound_words_are_none(text: str) -> None:
    assert faults(text) == []


kink_counts = st.builds(
    lambda crossings, far, lines, without, worst: KinkCounts(
        np.array([[0, 0], [crossings, 0], [far, 0]]), np.array([[0, 0], [crossings, 0], [far, 0]]),
        without, lines, min(lines, without), min(without, crossings + far), worst,
        math.nan if not far else 7.5,
    ),
    FEW, FEW, FEW, FEW, st.sampled_from([0.0, 1e-9, 0.5, math.inf]),
)  # fmt: skip
growths = st.builds(lambda a, b: RegionGrowth(a, 1, 1, b, 7, 9), SOME, SOME)


@given(st.lists(kink_counts, min_size=1, max_size=3), st.lists(growths, min_size=1, max_size=3),
       st.lists(SOME, min_size=1, max_size=3))  # fmt: skip
def test_claims_about_kinks_have_sound_sentences(
    counts: list[KinkCounts], grown: list[RegionGrowth], untrained: list[int]
) -> None:
    require_sound(
        claim_first_layer_straight(counts),
        claim_bends_through_open_paths(counts),
        claim_regions_grow(grown, untrained),
    )


@given(SOME, SOME, st.lists(st.integers(0, 120), unique=True, max_size=6))
def test_claims_about_motion_have_sound_sentences(
    runs: int, layers: int, iterations: list[int]
) -> None:
    """Also if there is no early interval, no later one, or only one that is partly early."""
    times = np.array(sorted({0, *iterations}))
    share = np.full((len(times) - 1, layers + 1), 0.5)
    shares = Shares(share, share, share, share)
    moved = Motion(times[:-1], times[1:], share[:, 0], share[:, 0], shares, shares)
    claims = (claim_shift_before_turn, claim_bias_moves_first, claim_later_phases)
    found = [claim([moved] * runs) for claim in claims]
    require_sound(*found)
    whole = bool(((times[1:] <= 50) & (times[:-1] >= 0)).any())
    later = bool((times[:-1] >= 50).any())
    assert [each.runs > 0 for each in found] == [whole and later, whole, whole and later]


@given(SOME, SOME, SHARE)
def test_claim_about_corners_has_sound_sentences(runs: int, layers: int, far: float) -> None:
    place = np.full((2, layers), far)
    near = Nearness(np.array([0, 1]), place, place, place)
    require_sound(claim_bends_at_corners([near] * runs))


@given(SOME, FEW, SOME)
def test_claim_about_duplicates_has_sound_sentences(layers: int, pairs: int, runs: int) -> None:
    nothing = Removal(0.0, 0.0)
    pair = Duplicate(0, 0, 0, 1, 0.95, 0.01, 1, nothing, None, nothing)
    claim = claim_duplicates(
        [Growth(np.zeros(runs), np.full(runs, 0.1), 0.0)] * layers, [pair] * pairs
    )  # fmt: skip
    require_sound(claim)


@given(st.lists(st.tuples(SHARE, SHARE), min_size=1, max_size=3), SOME, st.booleans())
def test_claim_about_late_flips_has_sound_sentences(
    neurons: list[tuple[float, float]], runs: int, middle: bool
) -> None:
    flipped, moved = (np.array(each) for each in zip(*neurons, strict=True))
    none = np.full(len(neurons), math.nan)
    layers = tuple(range(len(neurons)))
    flips = [
        Flips(seed, layers, flipped, moved * 1e-3, flipped, none, flipped, flipped)
        for seed in range(runs)
    ]
    between = flipped if middle else none
    require_sound(claim_late_flips(summarise(flips, [between] * runs)), claim_late_flips(None))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=4), FEW, FEW)
def test_claims_about_dead_layers_have_sound_sentences(
    runs: list[tuple[bool, bool]], zeros: int, early: int
) -> None:
    found = [
        history([dead, dead, dead and not learnt, dead], 0.9 if learnt else 0.1, seed)
        for seed, (dead, learnt) in enumerate(runs)
    ]
    gradients = np.array([[0.0] * min(zeros, 2) + [1.0] * (3 - min(zeros, 2))] * min(zeros, 2))
    require_sound(
        claim_dead_where_failed(found, gradients.reshape(-1, 3)),
        claim_dead_early_fails(found, 10 * early),
        claim_dead_early_fails(found, 10 * early, found),
    )


@given(st.lists(st.tuples(SHARE, SHARE), min_size=1, max_size=3), FEW, FEW)
@settings(deadline=None)
def test_claim_about_the_top_has_sound_sentences(
    wrong: list[tuple[float, float]], failed: int, failed_screenings: int
) -> None:
    runs = [PartErrors(seed, {}, *each) for seed, each in enumerate(wrong)]
    require_sound(
        claim_failed_runs_model_the_top_better(runs, range(failed)),
        claim_failed_runs_model_the_top_better(runs, range(failed_screenings), runs),
    )


def network(errors: Sequence[float], failed: int, screenings: int) -> Network:
    """The outcome of a network: `failed` runs failed in the screening; each run has one region."""
    return Network(
        "Plain",
        (2,),
        screenings,
        min(failed, screenings),
        tuple(errors),
        failed,
        (1,) * len(errors),
    )


@given(st.lists(SHARE, min_size=1, max_size=3), FEW, SOME, SOME)
@settings(deadline=None)
def test_claim_about_sizes_has_sound_sentences(
    errors: list[float], failed: int, screenings: int, variants: int
) -> None:
    each = network(errors, failed, screenings)
    require_sound(claim_larger_is_better(each, [each] * variants))


def intervention(treated: str, counts: list[int], sources: int, last: int) -> Intervention:
    """An intervention with the same counts in every arm."""
    names = ("untouched", treated, "random")
    copies = max(sources, *counts)
    arms = tuple(Arm(each, copies, (counts[0],), *counts[1:], (0.5,) * sources) for each in names)
    others = [Comparison(each, counts[0], copies) for each in names if each != treated]
    source = tuple(Source(seed, "left", 0, 1.0) for seed in range(sources))
    return Intervention(source, (10, 10 + last), 1, arms, tuple(others))


@given(st.lists(FEW, min_size=4, max_size=4), SOME, FEW)
def test_claims_about_interventions_have_sound_sentences(
    counts: list[int], sources: int, last: int
) -> None:
    found = [
        claim_revival(intervention("raised", counts, sources, last)),
        claim_imposed(intervention("lowered", counts, sources, last)),
    ]
    require_sound(*found, claim_revival(None), claim_imposed(None))
    assert [each.runs for each in found] == ([sources] * 2 if last else [0] * 2)


@pytest.mark.slow
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, math.nan]), SHARE), min_size=1, max_size=4),
       SOME, st.booleans())  # fmt: skip
@settings(deadline=None)
def test_claims_about_symmetry_have_sound_sentences(
    pairs: list[tuple[float, float]], layers: int, both: bool
) -> None:
    runs = [MirrorScores(np.full(layers, own), np.full(layers, own), loss) for own, loss in pairs]
    axes: Any = ("left-right", "top-bottom") if both else ("top-bottom",)
    require_sound(
        claim_symmetric_boundaries(runs, runs, axes),
        claim_better_is_more_symmetric(runs, runs, axes),
    )
