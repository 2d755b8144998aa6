"""The findings about neurons, against the claims and on networks with known results."""

from __future__ import annotations

import numpy as np
import pytest
from support.datasets import halves
from support.measured import four_runs, network_findings
from support.runs import layer_of, run_of, threshold

from ginn.analysis.claim_groups.networks import (
    dead_layers_in_screening,
    dead_periods_of_runs,
    likeness_shares,
)
from ginn.analysis.claims.duplicate_neurons import ALIKE, every_other, likeness, on_maps
from ginn.analysis.part_history import part_history
from ginn.geometry.cells import overlaps
from ginn.network.run import RecordedRun


def test_likeness_shares_are_those_of_the_claim_and_fall() -> None:
    drawn = network_findings().evidence.duplicate_neurons
    assert drawn
    likes = [[likeness(both) for both in overlaps(run)] for run in four_runs()]
    copies = drawn.levels.index(ALIKE)
    for layer, (start, end) in enumerate(zip(drawn.start, drawn.end, strict=True)):
        for snapshot, line in ((0, start), (-1, end)):
            pairs = np.sum([like[layer].pairs[snapshot].sum() for like in likes])
            alike = np.sum([like[layer].duplicates[snapshot].sum() for like in likes])
            share = alike / max(pairs, 1)
            if any(like[layer].pairs[snapshot].any() for like in likes):
                assert line[copies] == pytest.approx(share, rel=1e-3)
                assert line[0] == 1
                assert not np.any(np.diff(np.array(line, dtype=float)) > 0)
            else:
                assert set(line) == {None}
    assert drawn.end[0][0] == 1


def test_likeness_shares_between_runs_leave_out_pairs_of_one_run() -> None:
    """Each run has two equal neurons. Neurons of both runs are alike only if the runs are equal."""
    pair = [layer_of(threshold(0.3), threshold(0.3)), ([[1, 1]], [0.0])]
    other = [layer_of(threshold(0.8), threshold(0.8)), ([[1, 1]], [0.0])]
    for second, across in ((pair, 1.0), (other, 0.0)):
        two = (run_of(pair), run_of(second))
        likes = [[likeness(both) for both in overlaps(run)] for run in two]
        maps = [on_maps(run, -1, every_other(halves())) for run in two]
        drawn = likeness_shares(likes, maps)
        assert drawn.end[0][drawn.levels.index(ALIKE)] == 1
        assert drawn.between[0][drawn.levels.index(ALIKE)] == across


def dying_run(seed: int, states: str) -> RecordedRun:
    """A run of one neuron. At each snapshot, it is alive ("a") or dead ("d") over the left half."""
    made = {
        "a": [layer_of(threshold(0.1)), ([[1.0]], [0.5])],  # on at nearly all of the left half
        "d": [layer_of(threshold(0.6)), ([[1.0]], [-0.05])],
    }
    return run_of(*(made[state] for state in states), seed=seed)


def test_series_of_dead_layers_are_those_of_the_histories() -> None:
    dataset = halves()
    histories = [
        part_history(dying_run(seed, states), dataset, "left")
        for seed, states in enumerate(["aaaa", "adda", "aadd"])
    ]
    drawn = dead_periods_of_runs(histories)
    assert drawn
    assert [[(s.layer, s.begun, s.ended) for s in run.periods] for run in drawn.runs] == [
        [],
        [(1, 10, 30)],
        [(1, 20, None)],
    ]
    assert [run.learnt for run in drawn.runs] == [False, False, True]
    short = dead_layers_in_screening(histories)
    assert short.dead_share[2] == 1
    assert short.dead_share[0] == short.dead_share[1] < 0.5
    assert short.layer == (1, 1, 1)
    assert dead_periods_of_runs(histories[:1]) is None
