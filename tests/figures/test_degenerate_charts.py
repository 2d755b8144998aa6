"""Every chart can be drawn from any evidence that a build can have, however little it holds.

The evidence can be as little as one run, one layer and one place. All values can be 0, equal,
as large as possible, or missing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.charts import CHARTS, NARROW, WIDE
from support.sample_report import make_report
from support.sentences import faults
from support.words import ENGLISH

from ginn.analysis import evidence
from ginn.analysis.evidence import Evidence
from ginn.analysis.failure_series import (
    FailedRunSeries,
    FailureRate,
    PreventionSeries,
    SurvivalCurve,
)
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import small_multiples, training_charts
from ginn.figures.final_outputs import SIDE, FinalOutput
from ginn.figures.svg import Svg
from ginn.network.run import RecordedRun
from ginn.pages.report import Report

SHARES = st.sampled_from([0.0, 1e-6, 0.25, 0.5, 1.0])
LOSSES = st.sampled_from([0.0, 5e-324, 1e-200, 0.25, 0.6931, 1e30])
COUNTS = st.sampled_from([1, 2, 50, 10**6])
WIDTHS = st.sampled_from([NARROW, WIDE])


@cache
def sample() -> Report:
    return make_report()


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    """All series at once, of one to three runs, layers, places along training, and parts."""
    runs, layers, places, parts = (draw(st.integers(1, 3)) for _ in range(4))
    seeds, last = tuple(range(runs)), draw(st.sampled_from([0, 1, 9, 10, 10**8]))
    times = tuple(sorted({*range(places - 1), last}))
    # Often all values of a series are equal.
    one = draw(st.booleans())

    def several(values: st.SearchStrategy, count: int) -> tuple:
        return (draw(values),) * count if one else tuple(draw(values) for _ in range(count))

    def spread(values: st.SearchStrategy) -> evidence.Spread:
        return evidence.Spread(*(several(values | st.none(), len(times)) for _ in range(3)))

    def lines(values: st.SearchStrategy, count: int) -> tuple:
        return tuple(several(values | st.none(), count) for _ in range(layers))

    def group() -> evidence.ErrorGroup:
        wrong = tuple(several(SHARES, parts) for _ in seeds)
        return evidence.ErrorGroup(seeds, several(st.booleans(), runs), wrong)

    def treatment(name: str) -> evidence.Treatment:
        arms = tuple(
            evidence.InterventionArm(arm, 4, several(st.integers(0, 4), len(times)))
            for arm in (name, "untouched")
        )
        return evidence.Treatment(name, draw(st.integers(1, 2)), 4, times, arms)

    def network() -> evidence.NetworkOutcome:
        low, high = sorted(several(SHARES, 2))
        errors = several(SHARES, runs)
        return evidence.NetworkOutcome(
            "A network", (1,) * layers, errors, 0, (1,) * runs, 40, draw(st.integers(0, 40)),
            low, high,
        )  # fmt: skip

    def rate() -> FailureRate:
        low, high = sorted(several(SHARES, 2))
        return FailureRate("A", "", 40, draw(st.integers(0, 40)), low, high)

    def survival() -> SurvivalCurve:
        ends = tuple(sorted({1 + last, 1 + 2 * last}))[: draw(st.integers(0, 2))]
        share = tuple(sorted(several(SHARES, len(ends)), reverse=True))
        return SurvivalCurve(
            runs, len(ends), ends, share, *(several(SHARES | st.none(), len(ends)) for _ in "ab")
        )

    shares, distances = SHARES, st.sampled_from([0.0, 1e-9, 0.5, 1.5])
    raised = draw(st.none() | st.just("raised"))
    return Evidence(
        regions=evidence.RegionCounts(
            seeds, times, tuple(several(COUNTS, len(times)) for _ in seeds),
            tuple(sorted(several(COUNTS, runs))), 1, draw(COUNTS), draw(COUNTS),
        ),
        shift=evidence.ShiftShares(
            runs, times, tuple(spread(shares) for _ in range(layers)), lines(shares, len(times))
        ),
        corners=evidence.CornerDistances(
            runs, times, tuple(spread(distances) for _ in range(3)),
            *([several(distances | st.none(), len(times))] * 3 for _ in range(2)),
        ),
        duplicate_neurons=evidence.CopyShares(
            0.9, *(lines(shares, runs) for _ in range(2)), several(shares, layers)
        ),
        dead_layers=evidence.DeadLayersInScreening(
            "all", last, seeds, several(st.integers(0, layers), runs), several(shares, runs),
            several(shares, runs),
        ),
        dead_periods=evidence.DeadPeriodsOfRuns(
            "all", last,
            tuple(
                evidence.DeadPeriodsOfRun(
                    seed, draw(st.booleans()),
                    draw(st.sampled_from([(), (evidence.DeadPeriod(1, 0, None),),
                                          (evidence.DeadPeriod(1, 0, last),)])),
                )
                for seed in seeds
            ),
        ),
        symmetry=evidence.MirrorSeries(
            seeds, several(LOSSES, runs), lines(shares, runs),
            *(several(shares | st.none(), layers) for _ in range(5)),
        ),
        interventions=evidence.InterventionSeries(
            treatment("raised") if raised else None,
            treatment("lowered") if not raised or draw(st.booleans()) else None,
        ),
        parts=evidence.PartErrorSeries(("part",) * parts, ("part",), group(), group()),
        variants=evidence.NetworkSeries(tuple(network() for _ in range(draw(st.integers(2, 3))))),
        prevention=PreventionSeries(
            10, rate(), tuple(rate() for _ in range(draw(st.integers(1, 9))))
        ),
        failed_runs=FailedRunSeries(
            "all", 1 + last // 2, 1 + last, 1 + 2 * last, survival(),
            draw(st.none() | st.just(survival())), (), (), (),
        ),
    )  # fmt: skip


def is_sound(svg: Svg) -> None:
    """Check that the chart is XML and that all its coordinates are numbers."""
    root = ElementTree.fromstring(svg.text)
    for each in root.iter():
        if not each.tag.endswith(("title", "desc", "style")):
            written = " ".join(value for key, value in each.attrib.items() if key != "href")
            assert not re.search(r"\b(nan|inf|None)\b", written), (each.tag, written)


def test_every_series_is_drawn_here() -> None:
    assert set(CHARTS) == {field.name for field in fields(Evidence)}


@settings(max_examples=50)
@given(evidences(), WIDTHS)
def test_charts_of_any_evidence_are_sound(found: Evidence, width: int) -> None:
    facts, colours = sample().facts.experiment, sample().colours
    with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        for name, chart in CHARTS.items():
            is_sound(chart.draw(getattr(found, name), facts, colours, width))
            words = chart.describe(getattr(found, name), facts)
            assert faults(words) == [], words


@st.composite
def few_runs(draw: st.DrawFn) -> tuple[ExperimentFacts, dict[str, RecordedRun]]:
    """The facts of one to three full runs, and their recorded runs of one to three snapshots."""
    report = sample()
    facts = report.facts.experiment
    count, places = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    last = draw(st.sampled_from([places - 1, 10, 10**8]))
    runs, recorded = [], {}
    for run in facts.full_runs[:count]:
        losses = np.array(draw(st.lists(LOSSES, min_size=places, max_size=places)))
        share, failed = draw(SHARES), draw(st.booleans())
        parts = dict.fromkeys(run.part_accuracy, share)
        changed = replace(
            run, loss=float(losses[-1]), failed=failed, accuracy=share, part_accuracy=parts
        )
        runs.append(changed)
        times = np.array([*range(places - 1), last])
        like = report.snapshots[run.id]
        recorded[run.id] = replace(
            like, iterations=times, loss=losses, accuracy=like.accuracy[:places],
            learning_rate=like.learning_rate[:places],
            weights=tuple(each[:places] for each in like.weights),
            biases=tuple(each[:places] for each in like.biases),
        )  # fmt: skip
    shown = tuple(replace(run, role=f"good-{i}") for i, run in enumerate(runs, 1))
    failed_runs = sum(run.failed for run in runs)
    return replace(
        facts, full_runs=tuple(runs), shown_runs=shown, failed_runs=failed_runs
    ), recorded


@settings(max_examples=50)
@given(few_runs(), WIDTHS)
def test_training_charts_of_few_runs_are_sound(
    found: tuple[ExperimentFacts, dict[str, RecordedRun]], width: int
) -> None:
    facts, runs = found
    colours = sample().colours
    with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        is_sound(training_charts.loss_curves_svg(facts, runs, colours, ENGLISH, width))
        is_sound(training_charts.accuracy_by_part_svg(facts, colours, ENGLISH, width))


@settings(max_examples=20)
@given(st.lists(st.tuples(st.booleans(), SHARES), min_size=1, max_size=3), st.integers(1, 16))
def test_multiples_svg_of_few_runs_is_sound(runs: Sequence[tuple[bool, float]], wide: int) -> None:
    shown = [
        FinalOutput(seed, failed, share, np.full((SIDE, SIDE), share))
        for seed, (failed, share) in enumerate(runs)
    ]
    is_sound(
        small_multiples.multiples_svg(shown, wide, "full runs", sample().colours, ENGLISH, WIDE)
    )
