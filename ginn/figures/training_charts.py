"""Charts of the full runs' losses and accuracies, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ginn.analysis.outcomes import ExperimentFacts, PartFacts, RunFacts
from ginn.figures import axes, scales, svg
from ginn.figures.axes import PHONE, Panel
from ginn.figures.marks import MIDDLE, TEXT, diamond, dot, rule, text, text_width
from ginn.figures.names import run_title
from ginn.figures.scales import Scale
from ginn.figures.svg import Svg
from ginn.figures.theme import INK, Colours
from ginn.language.words import Words
from ginn.network.run import Float64, RecordedRun

# The distance (px) between the marks of two runs in a row of the accuracy chart.
STEP = 3.2
# The largest number of failed runs whose names fit a row.
MOST_NAMES = 4


def loss_curves_svg(
    facts: ExperimentFacts,
    runs: Mapping[str, RecordedRun],
    colours: Colours,
    words: Words,
    width: int,
) -> Svg:
    """The chart of every full run's loss against iteration, on log axes, with shown runs' names.

    The horizontal axis is the logarithm of one plus the iteration, since the logarithm of 0 is not
    finite.
    """
    height = round(240 + width * 0.2)
    titles = [run_title(run, words) for run in facts.shown_runs]
    right = 14 + max(map(text_width, titles))
    panel = Panel(52, width - right, 14, height - 46)
    losses = np.concatenate([runs[run.id].loss for run in facts.full_runs])
    # The logarithm of zero is not finite, so a loss of zero is drawn at the axis's lower end.
    low, high = scales.log_bounds(losses)
    last = max(int(runs[run.id].iterations[-1]) for run in facts.full_runs)
    x = axes.iteration_scale(panel, last)
    y = Scale(low, high, panel.bottom, panel.top, "log")
    parts = axes.vertical_axis(panel, y, scales.log_ticks(low, high, words))
    parts += axes.iteration_axes([panel], last, words)
    middle = (panel.left + panel.right) / 2
    parts.append(text(middle, height - 8, words.say("chart.iteration"), anchor="middle"))
    parts.append(text(panel.left, panel.top - 3, words.say("chart.loss")))

    points = {
        run.id: np.stack([x.at(runs[run.id].iterations), y.at(runs[run.id].loss)], axis=-1)
        for run in facts.full_runs
    }  # (K, 2) each
    shown_runs = {run.id for run in facts.shown_runs}
    # Failed runs are drawn over the others. Of either kind, shown runs are drawn over the rest.
    for run in sorted(facts.full_runs, key=lambda run: (run.failed, run.id in shown_runs)):
        parts.append(_loss_curve(points[run.id], run, named=run.id in shown_runs))
    ends = [(float(x), float(y)) for x, y in (points[run.id][-1] for run in facts.shown_runs)]
    kinds = ["failed-text" if run.failed else "ink" for run in facts.shown_runs]
    parts += axes.labels_beside(panel, ends, titles, kinds)
    title, description = words.say("chart.loss-title"), loss_description(facts, words)
    return svg.document(width, height, title, description, colours, parts)


def loss_description(facts: ExperimentFacts, words: Words) -> str:
    """The text alternative of the loss curves."""
    ordered = sorted(facts.full_runs, key=lambda run: run.loss)
    best, worst = ordered[0], ordered[-1]
    low, high = (
        words.say("chart.loss-of", loss=words.significant(run.loss), seed=str(run.seed))
        for run in (best, worst)
    )
    failed = facts.failed_runs
    return words.say(
        "chart.loss-text",
        count=len(facts.full_runs),
        iterations=words.say("chart.iterations", count=facts.iterations),
        loss=low if best is worst else words.say("chart.loss-between", low=low, high=high),
        failed=words.say("chart.failed", count=failed, number=words.in_words(failed)),
    )


def _loss_curve(points: Float64, run: RunFacts, named: bool) -> str:
    """A run's curve; points that round to the same place are drawn once."""
    places = np.round(points * 2) / 2  # half a pixel is less than the line's width
    kept = np.concatenate([[True], (np.diff(places, axis=0) != 0).any(axis=1)])
    path = " ".join(f"{x:g},{y:g}" for x, y in places[kept].tolist())
    attributes = {
        "class": "failed" if run.failed else "run",
        "stroke": INK.light,
        "d": f"M{path}",
        "stroke-width": 1.6 if named else 0.8,
        "stroke-opacity": 1 if named or run.failed else 0.35,
        "stroke-linejoin": "round",
    }
    return svg.element("path", attributes)


def accuracy_by_part_svg(facts: ExperimentFacts, colours: Colours, words: Words, width: int) -> Svg:
    """The chart of accuracy on each part of the picture: dots for runs, diamonds for failed runs.

    The runs have the same order in every row, the most accurate at the top. The first row has the
    names of the failed runs. In the rows of major parts, a broken line marks one half. A run below
    it has failed.
    """
    runs = sorted(facts.full_runs, key=lambda run: (-run.accuracy, run.seed))
    row = max(34.0, STEP * len(runs) + 12)
    left, right, top = (148, 24, 4) if width > PHONE else (112, 18, 4)
    panel = Panel(left, width - right, top, top + row * (len(facts.parts) + 1))
    x = Scale(0, 1, panel.left, panel.right)
    ticks = [(share / 100, words.percent(share / 100, 0)) for share in (0, 25, 50, 75, 100)]
    parts = axes.horizontal_axis(panel, x, ticks)
    axis = words.say("chart.accuracy")
    middle = (panel.left + panel.right) / 2
    parts.append(text(middle, panel.bottom + 12 + 2 * TEXT, axis, anchor="middle"))
    for number, part in enumerate([None, *facts.parts]):
        y = top + row * number
        parts.append(rule(0, y + row, panel.right, y + row))
        if part is not None and part.major:
            half = x.place(0.5)
            parts.append(rule(half, y + 1, half, y + row - 1, "3 3"))
        parts += _row_label(part, y + row / 2, words)
        first = y + row / 2 - STEP * (len(runs) - 1) / 2
        heights = [first + STEP * i for i in range(len(runs))]
        accuracies = [
            run.accuracy if part is None else run.part_accuracy[part.name] for run in runs
        ]
        places = x.at(accuracies).tolist()
        parts += _marks(runs, places, heights)
        if part is None:
            parts += _names(runs, places, heights, panel.left, words)
    title, description = words.say("chart.accuracy-title"), accuracy_description(facts, words)
    return svg.document(width, panel.bottom + 2 * TEXT + 20, title, description, colours, parts)


def _row_label(part: PartFacts | None, y: float, words: Words) -> list[str]:
    """The name of a row's part, and the share of the picture that the part covers."""
    if part is None:
        return [text(0, y + MIDDLE * TEXT, words.say("chart.whole"))]
    below = f"{words.say(f'chart.{part.label}')}, {words.percent(part.share)}"
    return [text(0, y - 2, part.name), text(0, y + TEXT, below, "muted")]


def _marks(
    runs: Sequence[RunFacts], places: Sequence[float], heights: Sequence[float]
) -> list[str]:
    """The marks of all runs."""
    return [
        diamond(x, y, 3.5, INK) if run.failed else dot(x, y, 2)
        for run, x, y in zip(runs, places, heights, strict=True)
    ]


def _names(
    runs: Sequence[RunFacts],
    places: Sequence[float],
    heights: Sequence[float],
    left: float,
    words: Words,
) -> list[str]:
    """The names of the failed runs, left of all marks at their height.

    A name that does not fit on the left is on the right. If more than MOST_NAMES runs failed,
    only the shown runs among them are named.
    """
    failed = [i for i, run in enumerate(runs) if run.failed]
    named = failed if len(failed) <= MOST_NAMES else [i for i in failed if runs[i].role]
    lines = axes.spread([heights[i] for i in named], TEXT - 1, heights[0], heights[-1] + TEXT)
    names = []
    for i, y in zip(named, lines, strict=True):
        beside = [x for x, height in zip(places, heights, strict=True) if abs(height - y) <= TEXT]
        first, last = min([*beside, places[i]]) - 7, max([*beside, places[i]]) + 7
        title = run_title(runs[i], words)
        before = first - text_width(title) >= left
        x, anchor = (first, "end") if before else (last, "start")
        names.append(text(x, y + MIDDLE * TEXT, title, "failed-text", anchor))
    return names


def accuracy_description(facts: ExperimentFacts, words: Words) -> str:
    """The text alternative of the chart of accuracies."""
    ranges = []
    for part in facts.parts:
        found = [run.part_accuracy[part.name] for run in facts.full_runs]
        ranges.append(f"{part.name} {words.span([min(found), max(found)], 'percent')}")
    seeds = [words.count(run.seed) for run in facts.full_runs if run.failed]
    failed = words.say("chart.no-run-failed")
    if seeds:
        numbers = words.listing(seeds)
        failed = words.say("chart.failed-seeds", count=len(seeds), numbers=numbers)
    count = len(facts.full_runs)
    return words.say("chart.accuracy-text", count=count, ranges="; ".join(ranges), failed=failed)
