"""The chart of what becomes of failed runs: how long a failure lasts, as SVG.

The text alternative is made from the same numbers as the chart.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ginn import formatting
from ginn.analysis.failure_series import FailedRunSeries, SurvivalCurve
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import axes, scales
from ginn.figures.axes import Chart, Drawing, Panel, horizontal_axis, panel_title, vertical_axis
from ginn.figures.marks import DASHED, band, curve, sample, sample_of_band
from ginn.figures.scales import Scale, Tick
from ginn.figures.theme import Colours, paint
from ginn.network.run import Float64

ROOM = 72  # px from one iteration's name to the next


def draw_failed_runs(
    series: FailedRunSeries, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of survival, a panel for runs with a dead layer and one for the other runs."""
    entries = [
        (sample(paint("run"), 2), "estimated share of runs"),
        (sample_of_band(), "95% interval"),
    ]
    if series.followed < series.last:
        entries.append((sample(paint("control"), 1, DASHED), "to here all runs were trained"))
    parts, top = axes.head(entries, series.unit, width)
    curves = _curves(series)
    # The names of the first and of the last iteration need the width of a whole row.
    places = axes.panels(len(curves), width, top + 8, 150, right=36)
    for panel, (name, each) in zip(places, curves.items(), strict=True):
        parts += _panel(panel, f"{name}, {formatting.count(each.runs, 'run')}", each, series)
    return parts, places[-1].bottom, "iteration, log scale"


def _curves(series: FailedRunSeries) -> dict[str, SurvivalCurve]:
    """The curves that exist, by the names of their panels."""
    named = {"a layer still dead": series.dead, f"{series.part} not learnt": series.alive}
    return {name: each for name, each in named.items() if each}


def _panel(panel: Panel, name: str, each: SurvivalCurve, series: FailedRunSeries) -> list[str]:
    """The estimate as steps with its interval, from the end of the screening on."""
    x = Scale(series.begun, series.last, panel.left, panel.right, "log")
    y = Scale(0, 1, panel.bottom, panel.top)
    times = x.at(np.repeat([series.begun, *each.iterations, series.last], 2)[1:-1])
    low, share, high = (
        y.at(np.repeat([1.0, *line], 2))
        for line in (_filled(each.low), scales.numbers(each.share), _filled(each.high))
    )
    parts = [
        panel_title(panel, name),
        *vertical_axis(panel, y, scales.share_ticks()),
        *horizontal_axis(panel, x, _ticks(series, x)),
        band(times, low, high),
    ]
    if series.followed < series.last:
        edge = np.array([x.place(series.followed)] * 2)
        heights = np.array([panel.bottom, panel.top])
        parts.append(curve(edge, heights, paint("control"), 1, DASHED))
    return [*parts, curve(times, share, paint("run"), 2)]


def _ticks(series: FailedRunSeries, x: Scale) -> list[Tick]:
    """The end of the screening, of the shorter runs and of the longest, as far as they fit."""
    ticks: list[Tick] = []
    for time in (series.begun, series.last, series.followed):
        if all(abs(x.place(time) - x.place(other)) >= ROOM for other, _ in ticks):
            ticks.append((time, f"{time:,}"))
    return ticks


def _filled(line: tuple[float | None, ...]) -> Float64:
    """The end of the interval at each step. Without an interval, it is 0, as the share is then."""
    return np.nan_to_num(scales.numbers(line), nan=0.0)


def failed_runs_description(series: FailedRunSeries, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of survival."""
    curves = []
    for name, each in _curves(series).items():
        steps = [
            f"{formatting.percent(share, 0)} from iteration {time:,} on"
            for time, share in zip(each.iterations, each.share, strict=True)
        ]
        curves.append(
            f"{name}, {formatting.count(each.runs, 'run')}: {formatting.listing(steps)}"
            if steps
            else f"{name}, {formatting.count(each.runs, 'run')}: all to the end"
        )
    return (
        f"The share of runs in which a failure on the {series.part} lasts, by Kaplan and Meier's "
        f"estimate, from the end of the screening at iteration {series.begun:,} on. "
        f"{'. '.join(curves)}. All runs were trained to iteration {series.followed:,} at least, "
        f"and some to {series.last:,}."
    )


CHARTS: Mapping[str, Chart] = {
    "failed_runs": Chart("How long a failure lasts", draw_failed_runs, failed_runs_description)
}
