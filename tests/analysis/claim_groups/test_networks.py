"""The findings about neurons, against the claims and on networks with known results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.datasets import halves
from support.measured import four_runs, network_findings
from support.runs import layer_of, run_of, threshold

from ginn.analysis.claim_groups.networks import (
    copy_shares,
    dead_layers_in_screening,
    dead_periods_of_runs,
)
from ginn.analysis.claims.duplicate_neurons import every_other, growth, likeness, on_maps
from ginn.analysis.part_history import part_history
from ginn.geometry.cells import overlaps
from ginn.network.run import RecordedRun


def test_copy_shares_are_those_of_each_run() -> None:
    drawn = network_findings().evidence.duplicate_neurons
    assert drawn
    likes = [[likeness(both) for both in overlaps(run)] for run in four_runs()]
    for layer, (start, end) in enumerate(zip(drawn.start, drawn.end, strict=True)):
        for snapshot, line in ((0, start), (-1, end)):
            for like, share in zip(likes, line, strict=True):
                pairs = like[layer].pairs[snapshot].sum()
                alike = like[layer].duplicates[snapshot].sum()
                expected = pytest.approx(alike / pairs, rel=1e-3) if pairs else None
                assert share == expected


def test_copy_shares_between_runs_leave_out_pairs_of_one_run() -> None:
    """Two copied neurons in each run, alike across runs only where the runs are the same."""
    pair = [layer_of(threshold(0.3), threshold(0.3)), ([[1, 1]], [0.0])]
    other = [layer_of(threshold(0.8), threshold(0.8)), ([[1, 1]], [0.0])]
    for second, across in ((pair, 1.0), (other, 0.0)):
        two = (run_of(pair), run_of(second))
        likes = [likeness(overlaps(run)[0]) for run in two]
        maps = [on_maps(run, -1, every_other(halves()))[0] for run in two]
        drawn = copy_shares([growth(likes, maps)])
        assert drawn.end == ((1.0, 1.0),)
        assert drawn.between == (across,)


def test_dead_layers_in_screening_keep_the_sides_of_one_half_and_of_all() -> None:
    almost = replace(
        part_history(dying_run(1, "a"), halves(), "left"),
        dead_share=np.array([[1 - 1e-6]]),
        right=np.array([0.5 - 1e-6]),
    )
    drawn = dead_layers_in_screening([almost])
    assert drawn.dead_share[0] < 1
    assert drawn.right[0] < 0.5


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
