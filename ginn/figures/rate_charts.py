"""Charts of shares of runs with their intervals: which networks fail how often, as SVG."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ginn import formatting
from ginn.analysis.failure_series import FailureRate, PreventionSeries
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import axes, scales
from ginn.figures.axes import PHONE, Chart, Drawing, Panel, horizontal_axis
from ginn.figures.marks import (
    DASHED,
    TEXT,
    curve,
    dot,
    rule,
    sample,
    text,
    text_width,
)
from ginn.figures.scales import Scale
from ginn.figures.theme import Colours, paint

ROW = 40  # px, the height of a network's row


def rate_mark(part: int, whole: int, low: float, high: float, x: Scale, y: float) -> list[str]:
    """The mark of a share of runs at a height, with its interval."""
    start, share, end = x.at([low, part / whole, high]).tolist()
    line = curve(np.array([start, end]), np.array([y, y]), paint("control"), 2)
    return [line, dot(share, y, 3.5)]


def counted(part: int, whole: int) -> str:
    """The words for a number of runs out of all."""
    return f"{part:,} of {whole:,}"


def rate_marks(part: int, whole: int, low: float, high: float, x: Scale, y: float) -> list[str]:
    """The mark of a share of runs at a height, with its interval, and the counts above it."""
    words = counted(part, whole)
    half = text_width(words) / 2
    middle = min(max(x.place(part / whole), x.start + half), x.end + 24 - half)
    return [
        *rate_mark(part, whole, low, high, x, y),
        text(middle, y - 9, words, "ink", "middle"),
    ]


def draw_prevention(
    series: PreventionSeries, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of failure rates: a row for the plain network and for each variant.

    The counts stand below the names, where no line crosses them.
    """
    rates = (series.plain, *series.arms)
    entries = [
        (dot(0, 0, 3.5), "share of screening runs that failed"),
        (sample(paint("control"), 2), "95% interval"),
        (sample(paint("run"), 1.4, DASHED), "the plain network's share"),
    ]
    parts, top = axes.legend(entries, width)
    top += 8
    counts = [counted(each.failed, each.screenings) for each in rates]
    left = max(text_width(words) for words in (*(each.title for each in rates), *counts)) + 12
    panel = Panel(left, width - 24, top, top + ROW * len(rates))
    most = min(1.0, scales.share_limit([each.high for each in rates]))
    x = Scale(0, most, panel.left, panel.right)
    parts += horizontal_axis(panel, x, scales.share_ticks(most, 3 if width < PHONE else 5))
    plain = x.place(series.plain.failed / series.plain.screenings)
    ends = np.array([panel.top, panel.bottom])
    parts.append(curve(np.array([plain, plain]), ends, paint("run"), 1.4, DASHED))
    for number, (each, count) in enumerate(zip(rates, counts, strict=True)):
        y = panel.top + ROW * (number + 1)
        middle = y - ROW / 2
        parts.append(rule(0, y, panel.right, y))
        parts.append(text(0, middle - 3, each.title, "ink"))
        parts.append(text(0, middle + TEXT, count))
        parts += rate_mark(each.failed, each.screenings, each.low, each.high, x, middle)
    return parts, panel.bottom, series.unit


def prevention_description(series: PreventionSeries, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of failure rates."""
    rates = "; ".join(map(_in_words, (series.plain, *series.arms)))
    return f"The share of screening runs that failed, by network: {rates}."


def _in_words(rate: FailureRate) -> str:
    interval = formatting.span([rate.low, rate.high], "percent")
    return f"{rate.title}, {rate.failed:,} of {rate.screenings:,}, 95% interval {interval}"


CHARTS: Mapping[str, Chart] = {
    "prevention": Chart("Failures by start and training", draw_prevention, prevention_description)
}
