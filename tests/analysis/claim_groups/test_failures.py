"""The findings about failed runs: which run of each seed they use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from support.measured import by_id, four_runs, with_dead_layer
from support.sample_report import bottle, make_report

from ginn.analysis.claim_groups.failures import findings
from ginn.analysis.findings import NOTHING
from ginn.analysis.outcomes import ScreeningFacts
from ginn.config.models import Screening
from ginn.network.run import RecordedRun, last_state

SCREENING = Screening(seeds=8, iterations=5)
EXPERIMENT = make_report().experiment.model_copy(update={"screening": SCREENING, "iterations": 100})
OUTCOMES = ScreeningFacts(8, 5, 3, (0, 1, 2))


def failed(run: RecordedRun) -> RecordedRun:
    """The run, changed so that a layer is dead and the output is black everywhere."""
    dead = with_dead_layer(run, 1)
    output = np.full_like(dead.biases[-1], -1000)
    return replace(dead, biases=(*dead.biases[:-1], output))


def test_findings_read_the_full_run_of_a_seed_and_the_one_trained_on_of_another() -> None:
    runs = [failed(run) for run in four_runs()]
    screened = by_id([replace(last_state(run), iterations=np.array([5])) for run in runs])
    # The layer of seed 0 is no longer dead in its full run. The full run of seed 1 ended early.
    # Seed 2 has no full run and was trained for longer.
    full = by_id([replace(four_runs()[0]), replace(runs[1], ended="because"), runs[3]])
    followed = by_id([replace(runs[0]), runs[2]])
    given = (EXPERIMENT, full, followed, screened, bottle(), "diamond", OUTCOMES)
    found = findings(*given)
    series = found.evidence.failed_runs
    assert series is not None
    assert series.dead is not None
    assert (series.dead.runs, series.dead.ended) == (2, 1)
    assert (series.begun, series.followed) == (5, 50)
    assert [row.name for row in found.rows] == ["Late without lines"]


def test_findings_without_a_failed_or_a_longer_run_are_nothing() -> None:
    runs = by_id([failed(run) for run in four_runs()])
    none = ScreeningFacts(8, 5, 0, ())
    assert findings(EXPERIMENT, runs, {}, runs, bottle(), "diamond", none) == NOTHING
    short = EXPERIMENT.model_copy(update={"iterations": 5})
    assert findings(short, runs, {}, runs, bottle(), "diamond", OUTCOMES) == NOTHING
