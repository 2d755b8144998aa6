"""The findings about boundaries, against the tracing and on networks with known results."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.datasets import halves
from support.measured import boundary_findings, by_id, four_runs, without_corners
from support.runs import layer_of, run_of, threshold
from support.sample_report import bottle

from ginn.analysis.claim_groups.boundaries import findings
from ginn.analysis.claims.kinks import arrangement_bound
from ginn.analysis.evidence import Evidence
from ginn.geometry.boundaries import trace
from ginn.network.run import RecordedRun


def evidence_of(runs: list[RecordedRun]) -> Evidence:
    """The series for a picture of halves, with `runs` as full runs and as screening runs."""
    return findings(by_id(runs), by_id(runs), halves(), range(len(runs))).evidence


def test_findings_of_a_picture_without_corners_have_no_row_about_them() -> None:
    runs = by_id(four_runs())
    without = findings(runs, runs, without_corners(bottle()), range(4))
    assert len(boundary_findings().rows) == len(without.rows) + 1
    assert boundary_findings().evidence.corners
    assert without.evidence.corners is None
    assert without.evidence.regions == boundary_findings().evidence.regions


def test_findings_of_any_network_have_a_straight_first_layer() -> None:
    first = boundary_findings().rows[0]
    assert (first.name, first.verdict) == ("Straight first layer", "holds")
    assert first.value.startswith("none of ")


def test_region_counts_are_those_of_the_tracing() -> None:
    drawn = boundary_findings().evidence.regions
    assert drawn
    assert drawn.seeds == (0, 1, 2, 3)
    for run, counts in zip(four_runs(), drawn.counts, strict=True):
        at = np.searchsorted(run.iterations, drawn.iterations)
        assert counts == tuple(trace(run).regions[at].tolist())
    assert drawn.untrained == tuple(sorted(counts[0] for counts in drawn.counts))
    assert drawn.arrangement == arrangement_bound(drawn.neurons) == 1 + 11 + 55


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shift_shares_of_lines_that_turn_about_the_middle_are_zero(share: float) -> None:
    """For `share` 1, only the bias of each line moves, so its whole motion is a shift."""

    def line(k: int) -> tuple[list[float], float]:
        angle = 0.1 + 0.05 * k
        turned = [math.cos(angle), math.sin(angle)]
        return (turned, -sum(turned) / 2) if share == 0 else threshold(0.2 + 0.01 * k)

    states = [[layer_of(line(k)), ([[1]], [0.0])] for k in range(5)]
    moving = [run_of(*states, seed=seed) for seed in range(3)]
    found = evidence_of(moving)
    assert found.shift
    layer = found.shift.layers[0]
    for line_of_runs in (layer.median, layer.low, layer.high):
        assert line_of_runs == pytest.approx((share,) * 4, abs=1e-5)


def test_shift_shares_of_a_run_of_one_snapshot_are_none() -> None:
    alone = [run_of([layer_of(threshold(0.2)), ([[1]], [0.0])], seed=seed) for seed in range(2)]
    assert evidence_of(alone).shift is None
