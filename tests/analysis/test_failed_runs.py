"""The kinds of failed runs, and their later outcomes, on networks made by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from support.datasets import halves
from support.runs import IDENTITY, Layer, layer_of, run_of, threshold

from ginn.analysis.failed_runs import (
    KINDS,
    LINEAR,
    FailedRun,
    by,
    failed_run,
    failed_run_series,
    until,
)
from ginn.network.run import RecordedRun, last_state

# The part "left" is black, from x = 0 to one half. A white output is wrong there.
WHITE, BLACK = ([[0, 0]], [1]), ([[0, 0]], [-1])


def second(*neurons: Layer) -> list[Layer]:
    """A network that passes x and y on to a layer of two neurons, and is white everywhere."""
    return [IDENTITY, layer_of(*neurons), WHITE]


EVERYWHERE, NOWHERE = threshold(-1), threshold(2)
MOST = threshold(0.4)  # on over the last fifth of "left"


@pytest.mark.parametrize(
    ("neurons", "kind", "layer", "distance"),
    [
        ((NOWHERE, NOWHERE), "a layer dead over all of it", 2, 2 - 0.475),
        ((NOWHERE, MOST), "a layer dead over 50% of it or more", 0, math.nan),
        ((EVERYWHERE, NOWHERE), "linear over it", 0, math.nan),
        ((EVERYWHERE, MOST), "crossed by lines", 0, math.nan),
    ],
)
def test_failed_run_has_the_kind_of_its_network_over_the_part(
    neurons: tuple[Layer, Layer], kind: str, layer: int, distance: float
) -> None:
    screened = run_of(second(*neurons), seed=7)
    found = failed_run(screened, screened, halves(), "left")
    assert found is not None
    assert (found.seed, found.kind, found.layer) == (7, kind, layer)
    assert found.kind in KINDS
    assert found.distance == pytest.approx(distance, nan_ok=True)
    assert (found.escaped, found.learnt) == (None, None)


def history_of(*states: list[Layer]) -> RecordedRun:
    """A run with these states, ten iterations apart."""
    return run_of(*states)


def test_failed_run_escapes_and_learns_at_the_first_later_snapshots() -> None:
    dead, alive = second(NOWHERE, NOWHERE), second(EVERYWHERE, NOWHERE)
    learnt = [*alive[:2], BLACK]
    lucky = [*dead[:2], BLACK]
    # The first state is before the end of the screening, the second one is its end.
    longer = history_of(learnt, dead, lucky, alive, dead, learnt)
    screened = replace(last_state(history_of(dead)), iterations=np.array([10]))
    found = failed_run(screened, longer, halves(), "left")
    assert found is not None
    assert (found.escaped, found.learnt, found.last) == (30, 50, 50)


def test_failed_run_of_a_run_that_had_learnt_is_none() -> None:
    run = run_of([*second(EVERYWHERE, NOWHERE)[:2], BLACK])
    assert failed_run(run, run, halves(), "left") is None


def failed(
    seed: int, kind: str, escaped: int | None, learnt: int | None, last: int, layer: int = 0
) -> FailedRun:
    return FailedRun(seed, kind, layer, float(seed), escaped, learnt, last)


RUNS = [
    failed(0, KINDS[0], 20, 30, 100, layer=2),
    failed(1, KINDS[0], 70, 70, 200, layer=3),
    failed(2, KINDS[0], None, None, 100, layer=3),
    failed(3, LINEAR, 11, 40, 100),
    failed(4, LINEAR, 11, None, 100),
    failed(5, KINDS[3], 11, 20, 100),
]


def test_failed_run_series_counts_what_was_there_by_the_end_of_the_shorter_runs() -> None:
    found = failed_run_series(RUNS, "left", 10, 60)
    assert found is not None
    assert [(each.runs, each.learnt, each.median) for each in found.kinds] == [
        (3, 1, None),
        (0, 0, None),
        (2, 1, 40),
        (1, 1, 20),
    ]
    assert [(each.layer, each.runs, each.escaped) for each in found.layers] == [
        (2, 1, 1),
        (3, 2, 0),
    ]
    assert (found.begun, found.followed, found.last) == (10, 60, 200)
    assert found.dead is not None
    assert (found.dead.runs, found.dead.ended, found.dead.iterations) == (3, 2, (20, 70))
    assert found.dead.share == (0.6667, 0.3333)
    assert found.alive is not None
    assert (found.alive.runs, found.alive.ended, found.alive.share) == (3, 2, (0.6667, 0.3333))
    layer, distance = found.predictors
    # Runs 1 and 2, whose layer 3 is dead, had not escaped by iteration 60. Both count with 60.
    assert layer.correlation == pytest.approx(1.0)
    assert distance.correlation == pytest.approx(math.sqrt(3) / 2, abs=1e-3)
    assert failed_run_series([], "left", 10, 60) is None
    alone = failed_run_series(RUNS[3:], "left", 10, 60)
    assert alone is not None
    assert alone.dead is None
    assert [each.correlation for each in alone.predictors] == [None, None]


def test_until_counts_what_was_later_or_never_as_the_end() -> None:
    assert until(RUNS[:3], "escaped", 60) == [20, 60, 60]
    assert by(60, 60)
    assert not by(61, 60)
    assert not by(None, 60)
