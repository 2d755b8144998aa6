"""Places worth going to: what a build has, and that the explorer is sent to the right state."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from support.report_double import make_report

from ginn.analysis.examples import (
    CornerExample,
    DeadLayerExample,
    DuplicateExample,
    Examples,
    LateFlipExample,
)
from ginn.pages.gallery import gallery

BEST, WORST = "seed-0", "seed-5"
EVERY = Examples(
    CornerExample(BEST, 40, 5, 22, (3, 17)),
    DuplicateExample(BEST, 33, 35, 0.004, 800, 2),
    LateFlipExample(WORST, 34, 0.01, 0.0001),
    DeadLayerExample(WORST, "diamond", 2, 940, 14, 15),
)


def places(examples: Examples) -> dict[str, dict[str, str]]:
    """Title -> the state that the explorer is sent to."""
    report = make_report(frozenset({5}))
    report = replace(report, facts=replace(report.facts, examples=examples))
    return {
        place.title: {
            name: values[0] for name, values in parse_qs(urlsplit(place.address).fragment).items()
        }
        for place in gallery(report)
    }


def test_every_example_has_its_place() -> None:
    found = places(EVERY)
    assert found["Side by side"]["run"] == BEST
    assert found["Side by side"]["beside"] == WORST
    bent = found["Bent at the corners"]
    assert (bent["run"], bent["show"], bent["about"]) == (BEST, "1.4,2.2,3.9", "3.9")
    assert found["Copycats"]["show"] == "3.2,3.4"
    silent = found["A silent layer"]
    assert (silent["run"], silent["show"]) == (WORST, "2")
    x, y = map(float, silent["point"].split(","))
    assert (x, y) == pytest.approx((0.5, 0.617), abs=0.02)  # the middle of the diamond
    assert found["The last to rest"] | {"show": "3.3", "trail": "20"} == found["The last to rest"]


def test_half_way_is_half_of_the_fall_of_the_loss() -> None:
    report = make_report()
    step = int(places(Examples())["Half way"]["step"])
    loss = report.snapshots[report.facts.experiment.shown_runs[0].id].loss
    half = (loss[0] * loss[-1]) ** 0.5
    assert loss[step] <= half * (1 + 1e-9)
    assert step == 0 or loss[step - 1] > half * (1 - 1e-9)


def test_a_build_without_an_example_has_no_such_place() -> None:
    assert set(places(Examples())) == {"Half way", "Side by side"}
    assert "Copycats" not in places(replace(EVERY, duplicate=None))
