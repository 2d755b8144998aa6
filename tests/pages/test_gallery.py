"""The gallery: the entries that a report has, and the state in which each is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.sample_report import make_report

from ginn.analysis.examples import (
    CornerExample,
    DeadLayerExample,
    DuplicateExample,
    Examples,
    LateFlipExample,
)
from ginn.pages.gallery import gallery
from ginn.pages.view_state import ViewState

BEST, WORST = "seed-0", "seed-5"
EVERY = Examples(
    CornerExample(BEST, 40, 5, 22, (3, 17), 10.0),
    DuplicateExample(BEST, 33, 35, 0.004, 800, 2),
    LateFlipExample(WORST, 34, 0.01, 0.0001),
    DeadLayerExample(WORST, "diamond", 2, 940, 14, 15, (9, 0, 4), (0.0, 0.0, 1.4, 0.2), 0.2),
)


def places(examples: Examples) -> dict[str, ViewState]:
    """Title -> the state that the explorer is sent to."""
    report = make_report(frozenset({5}))
    report = replace(report, facts=replace(report.facts, examples=examples))
    return {place.title: place.state for place in gallery(report)}


def test_gallery_every_example_has_its_state() -> None:
    found = places(EVERY)
    beside = found["Side by side"]
    assert (beside.run, beside.beside) == (BEST, WORST)
    bent = found["Bent at the corners"]
    assert (bent.run, bent.neurons, bent.about) == (BEST, (40, 3, 17), 40)
    assert found["Copycats"].neurons == (33, 35)
    dead = found["A dead layer"]
    assert (dead.run, dead.neurons) == (WORST, tuple(range(16, 32)))
    assert dead.point == pytest.approx((0.5, 0.617), abs=0.02)  # the middle of the diamond
    jumper = found["The last neuron to settle"]
    assert (jumper.run, jumper.neurons, jumper.trail) == (WORST, (34,), 20)


def test_gallery_half_way_is_half_of_the_fall_of_the_loss() -> None:
    report = make_report()
    step = places(Examples())["Half way"].snapshot
    loss = report.snapshots[report.facts.experiment.shown_runs[0].id].loss
    half = (loss[0] * loss[-1]) ** 0.5
    assert loss[step] <= half * (1 + 1e-9)
    assert step == 0 or loss[step - 1] > half * (1 - 1e-9)


def test_gallery_without_an_example_lacks_its_place() -> None:
    assert set(places(Examples())) == {"Half way", "Side by side"}
    assert "Copycats" not in places(replace(EVERY, duplicate=None))
