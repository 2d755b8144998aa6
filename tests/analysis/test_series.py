"""Series against the measures that they are taken from, and on networks whose truth is known."""

from __future__ import annotations

import dataclasses
import json
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from support.datasets import halves
from support.measured import PLAIN_NETWORK as PLAIN
from support.measured import four_runs as runs
from support.measured import larger_network as network
from support.runs import layer_of, run_of, threshold
from support.sample_report import bottle

from ginn.analysis import claims_table, series
from ginn.analysis.claims import dead_layers, kinks, part_errors, revival_results, symmetry
from ginn.analysis.claims.duplicate_neurons import ALIKE, every_other, growth, likeness, on_maps
from ginn.analysis.claims_table import Findings
from ginn.analysis.evidence import Evidence, merge_evidence
from ginn.geometry.boundaries import trace
from ginn.geometry.cells import overlaps
from ginn.network.run import RecordedRun


@cache
def measured() -> Evidence:
    """All that random networks give, without interventions."""
    dataset = bottle()
    return merge_evidence(
        [
            claims_table.findings_of_boundaries(runs(), runs(), dataset).evidence,
            claims_table.findings_of_networks(runs(), runs(), dataset, "diamond").evidence,
            claims_table.findings_of_the_picture(
                runs(), runs(), [1], [0, 2], dataset, ("cap", "neck")
            ).evidence,
            claims_table.findings_of_variants(PLAIN, [network(0.01)]).evidence,
        ]
    )


def test_findings_survive_their_way_to_json_and_back() -> None:
    found = Findings(claims_table.findings_of_variants(PLAIN, [network(0.01)]).rows, measured())
    adapter = TypeAdapter(Findings)
    assert adapter.validate_json(adapter.dump_json(found)) == found
    assert hash(found.evidence)  # lists come back as tuples, all the way down


def test_every_series_has_a_unit_and_is_small() -> None:
    for field in dataclasses.fields(Evidence):
        drawn = getattr(measured(), field.name)
        if drawn:
            assert drawn.unit, field.name
            assert len(json.dumps(dataclasses.asdict(drawn))) < 10_000, field.name


def test_region_counts_are_those_of_the_tracing() -> None:
    drawn = measured().regions
    assert drawn
    assert drawn.seeds == (0, 1, 2, 3)
    for run, counts in zip(runs(), drawn.counts, strict=True):
        at = np.searchsorted(run.iterations, drawn.iterations)
        assert counts == tuple(trace(run).regions[at].tolist())
    assert drawn.untrained == tuple(sorted(counts[0] for counts in drawn.counts))
    assert drawn.arrangement == kinks.arrangement_bound(drawn.neurons) == 1 + 11 + 55


@given(st.integers(1, 1_000))
def test_watched_rises_from_the_first_to_the_last(count: int) -> None:
    places = series.watched(count)
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (0, count - 1)
    assert len(places) == min(count, series.WATCHED)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shift_shares_of_lines_that_turn_about_the_middle_are_zero(share: float) -> None:
    """And those of which the bias alone moves do nothing else."""

    def line(k: int) -> tuple[list[float], float]:
        angle = 0.1 + 0.05 * k
        turned = [math.cos(angle), math.sin(angle)]
        return (turned, -sum(turned) / 2) if share == 0 else threshold(0.2 + 0.01 * k)

    states = [[layer_of(line(k)), ([[1]], [0.0])] for k in range(5)]
    moving = [run_of(*states, seed=seed) for seed in range(3)]
    found = claims_table.findings_of_boundaries(moving, moving, halves()).evidence
    assert found.shift
    layer = found.shift.layers[0]
    for line_of_runs in (layer.median, layer.low, layer.high):
        assert line_of_runs == pytest.approx((share,) * 4, abs=1e-5)


def test_shift_shares_of_a_run_of_one_snapshot_are_none() -> None:
    alone = [run_of([layer_of(threshold(0.2)), ([[1]], [0.0])], seed=seed) for seed in range(2)]
    assert claims_table.findings_of_boundaries(alone, alone, halves()).evidence.shift is None


def test_likeness_shares_are_those_of_the_claim_and_fall() -> None:
    drawn = measured().duplicate_neurons
    assert drawn
    likes = [[likeness(both) for both in overlaps(run)] for run in runs()]
    copies = drawn.levels.index(ALIKE)
    for layer, (start, end) in enumerate(zip(drawn.start, drawn.end, strict=True)):
        grown = growth([like[layer] for like in likes])
        for snapshot, line, share in ((0, start, grown.at_start), (-1, end, grown.at_end)):
            if any(like[layer].pairs[snapshot].any() for like in likes):
                assert line[copies] == pytest.approx(share, rel=1e-3)
                assert line[0] == 1
                assert not np.any(np.diff(np.array(line, dtype=float)) > 0)
            else:
                assert set(line) == {None}
    assert drawn.end[0][0] == 1


def test_likeness_shares_between_runs_leave_out_pairs_of_one_run() -> None:
    """Two copied neurons in each run, alike across runs only where the runs are the same."""
    pair = [layer_of(threshold(0.3), threshold(0.3)), ([[1, 1]], [0.0])]
    other = [layer_of(threshold(0.8), threshold(0.8)), ([[1, 1]], [0.0])]
    for second, across in ((pair, 1.0), (other, 0.0)):
        two = (run_of(pair), run_of(second))
        likes = [[likeness(both) for both in overlaps(run)] for run in two]
        maps = [on_maps(run, -1, every_other(halves())) for run in two]
        drawn = series.likeness_shares(likes, maps)
        assert drawn.end[0][drawn.levels.index(ALIKE)] == 1
        assert drawn.between[0][drawn.levels.index(ALIKE)] == across


def dying_run(seed: int, states: str) -> RecordedRun:
    """A one-neuron run, alive ("a") or dead ("d") over the left half; the right half is white."""
    made = {
        "a": [layer_of(threshold(0.1)), ([[1.0]], [0.5])],  # on at nearly all of the left half
        "d": [layer_of(threshold(0.6)), ([[1.0]], [-0.05])],
    }
    return run_of(*(made[state] for state in states), seed=seed)


def test_series_of_dead_layers_are_those_of_the_histories() -> None:
    dataset = halves()
    histories = [
        dead_layers.part_history(dying_run(seed, states), dataset, "left")
        for seed, states in enumerate(["aaaa", "adda", "aadd"])
    ]
    drawn = series.dead_periods_of_runs(histories)
    assert drawn
    assert [[(s.layer, s.begun, s.ended) for s in run.periods] for run in drawn.runs] == [
        [],
        [(1, 10, 30)],
        [(1, 20, None)],
    ]
    assert [run.learnt for run in drawn.runs] == [False, False, True]
    short = series.dead_layers_in_screening(histories)
    assert short.dead_share[2] == 1
    assert short.dead_share[0] == short.dead_share[1] < 0.5
    assert short.layer == (1, 1, 1)
    assert series.dead_periods_of_runs(histories[:1]) is None


def test_mirror_series_of_few_runs_has_no_correlation() -> None:
    scores = [
        symmetry.MirrorScores(
            np.array([0.5 + k / 100, math.nan]), np.array([0.4, 0.4]), 1 / (k + 1)
        )
        for k in range(series.FEWEST_CORRELATED)
    ]
    seeds = range(len(scores))
    enough = series.mirror_series(seeds, scores, scores)
    assert enough.correlation == enough.correlation_low == enough.correlation_high == (-1.0, None)
    assert enough.untrained[1] is None
    assert series.mirror_series(seeds[1:], scores[1:], scores[1:]).correlation == (None, None)


def test_intervention_series_counts_iterations_from_the_change_on() -> None:
    arm = revival_results.Arm("raised", 4, (0, 2, 3), 2, 3, 0, 0)
    told = revival_results.Intervention((), (10_000, 10_500, 60_000), 4, (arm,), ())
    drawn = series.intervention_series({"raised": told, "lowered": None})
    assert drawn
    assert drawn.lowered is None
    assert drawn.raised
    assert drawn.raised.iterations == (0, 500, 50_000)
    assert drawn.raised.arms[0].learnt == (0, 2, 3)
    assert drawn.raised.arms[0].learnt_alive == 2
    assert series.intervention_series({"raised": None, "lowered": None}) is None


def test_part_error_series_has_the_parts_and_then_the_top() -> None:
    drawn = measured().parts
    assert drawn
    assert drawn.full.failed == (False, True, False, False)
    assert drawn.screenings.failed == (True, False, True, False)
    own = part_errors.part_errors(runs()[2], bottle(), ("cap", "neck"))
    expected = [*own.wrong.values(), own.top, own.band]
    assert drawn.full.wrong[2] == pytest.approx(expected, rel=1e-3)
    assert drawn.names[-2:] == ("top", "rows of the top")
    assert len(drawn.names) == len(expected)


def test_network_series_begins_with_the_plain_network() -> None:
    drawn = series.network_series(PLAIN, [network(0.01), network(0.02)])
    assert drawn
    assert drawn.networks[0].title == PLAIN.title
    for each in drawn.networks:
        share = each.failed_screenings / each.screenings
        assert each.failure_low <= share <= each.failure_high
    assert series.network_series(PLAIN, []) is None
