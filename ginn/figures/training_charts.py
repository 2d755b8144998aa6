"""Facts and snapshots to charts: the full runs' losses and accuracies, as self-contained SVG.

A chart is drawn for a width in CSS pixels and shown at it, so that its letters keep their size: a
page asks for a wide and a narrow one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ginn import formatting
from ginn.analysis.outcomes import ExperimentFacts, PartFacts, RunFacts
from ginn.figures.axes import LETTER, MIDDLE, TEXT, rule, spread, text
from ginn.figures.network_figure import INK, RULE, Colours, svg_document
from ginn.network.run import Float64, RecordedRun


def loss_curves_svg(
    facts: ExperimentFacts, runs: Mapping[str, RecordedRun], colours: Colours, width: int = 680
) -> str:
    """Loss of every full run against iteration, on log axes; shown runs named on the plot.

    The horizontal axis is the logarithm of one plus the iteration, so that the start is on it.
    """
    height = round(240 + width * 0.2)
    names = max(len(run.title) for run in facts.shown_runs)
    left, right, top, bottom = 52, 14 + LETTER * TEXT * names, 14, height - 46
    losses = np.concatenate([runs[run.id].loss for run in facts.full_runs])
    # A loss of exactly zero has no place on a log axis; the smallest above it stands in.
    floor = float(losses[losses > 0].min())
    last = max(int(runs[run.id].iterations[-1]) for run in facts.full_runs)
    x_scale = (width - right - left) / math.log10(1 + last)
    decades = range(math.floor(math.log10(floor)), math.ceil(math.log10(float(losses.max()))) + 1)
    low, high = math.log10(floor) - 0.05, math.log10(float(losses.max())) + 0.05
    y_scale = (bottom - top) / (high - low)

    def curve(run: RunFacts) -> Float64:
        """Points (K, 2) of a run on the chart."""
        snapshots = runs[run.id]
        x = left + x_scale * np.log10(1.0 + snapshots.iterations)
        y = top + y_scale * (high - np.log10(np.maximum(snapshots.loss, floor)))
        return np.stack([x, y], axis=-1)

    parts = []
    for exponent in decades:
        for factor in (1, 2, 5) if high - low < 2.5 else (1,):
            value = factor * 10.0**exponent
            if low <= math.log10(value) <= high:
                y = top + y_scale * (high - math.log10(value))
                parts.append(rule(left, y, width - right, y))
                label = formatting.significant(value, 1)
                parts.append(text(left - 8, y + MIDDLE * TEXT, label, anchor="end"))
    # Seven digits need room: on a narrow chart every other power of ten is named.
    powers = range(1, math.floor(math.log10(max(10, last))) + 1)
    for iteration in (0, *(10**k for k in powers if width > 500 or k % 2 == max(powers) % 2)):
        x = left + x_scale * math.log10(1 + iteration)
        parts.append(rule(x, bottom, x, bottom + 5))
        parts.append(text(x, bottom + 6 + TEXT, f"{iteration:,}", anchor="middle"))
    middle = (left + width - right) / 2
    parts.append(text(middle, height - 8, "iteration, log scale", anchor="middle"))
    parts.append(text(left, top - 3, "loss, log scale"))

    shown_runs = {run.id for run in facts.shown_runs}
    for run in sorted(facts.full_runs, key=lambda run: (run.failed, run.id in shown_runs)):
        parts.append(_curve(curve(run), run, named=run.id in shown_runs))
    ends = [curve(run)[-1] for run in facts.shown_runs]
    heights = spread([float(end[1]) for end in ends], TEXT + 2, top, bottom)
    for run, end, y in zip(facts.shown_runs, ends, heights, strict=True):
        name = f'<path class="rule" stroke="{RULE.light}" d="M{end[0] + 2:.1f},{end[1]:.1f}'
        parts.append(f'{name} {width - right + 9},{y:.1f}"/>')
        parts.append(text(width - right + 12, y + MIDDLE * TEXT, run.title, _text_class(run)))
    return svg_document(
        width, height, "Loss of every run", loss_description(facts), colours, "\n".join(parts)
    )


def loss_description(facts: ExperimentFacts) -> str:
    """What the loss curves show, in words."""
    ordered = sorted(facts.full_runs, key=lambda run: run.loss)
    best, worst = ordered[0], ordered[-1]
    return (
        f"Loss against iteration for {formatting.count(len(facts.full_runs), 'run')} of "
        f"{formatting.count(facts.iterations, 'iteration')}, both on log scales. At the end "
        "the loss "
        f"is between {formatting.significant(best.loss)} (seed {best.seed}) and "
        f"{formatting.significant(worst.loss)} (seed {worst.seed}); "
        f"{formatting.words(facts.failed_runs, 'run')} failed."
    )


def _curve(points: Float64, run: RunFacts, named: bool) -> str:
    """A run's curve; points that round to the same place are drawn once."""
    places = np.round(points * 2) / 2  # half a pixel is finer than the line
    kept = np.concatenate([[True], (np.diff(places, axis=0) != 0).any(axis=1)])
    path = " ".join(f"{x:g},{y:g}" for x, y in places[kept].tolist())
    weight = 1.6 if named else 0.8
    opacity = 1 if named or run.failed else 0.35
    return (
        f'<path class="{"failed" if run.failed else "run"}" stroke="{INK.light}" d="M{path}" '
        f'stroke-width="{weight}" stroke-opacity="{opacity}" stroke-linejoin="round"/>'
    )


def accuracy_by_part_svg(facts: ExperimentFacts, colours: Colours, width: int = 680) -> str:
    """Accuracy on each part of the picture, a dot a run; runs that failed are diamonds.

    In every row the runs stand in the same order, the most accurate at the top; failed ones are
    named in the first. A broken line at one half, in the rows of major parts, is what a run must
    pass not to have failed.
    """
    runs = sorted(facts.full_runs, key=lambda run: (-run.accuracy, run.seed))
    step = 3.2
    row = max(34.0, step * len(runs) + 12)
    left, right, top = (148, 24, 4) if width > 500 else (112, 18, 4)
    bottom = top + row * (len(facts.parts) + 1)
    scale = width - right - left
    parts = []
    for hundredths in (0, 25, 50, 75, 100):
        x = left + scale * hundredths / 100
        parts.append(rule(x, bottom, x, bottom + 5))
        parts.append(text(x, bottom + 6 + TEXT, f"{hundredths}%", anchor="middle"))
    axis = "pixels of the part got right"
    parts.append(text(left + scale / 2, bottom + 12 + 2 * TEXT, axis, anchor="middle"))
    for number, part in enumerate([None, *facts.parts]):
        y0 = top + row * number
        parts.append(rule(0, y0 + row, width - right, y0 + row))
        if part is not None and part.major:
            half = left + scale / 2
            parts.append(rule(half, y0 + 1, half, y0 + row - 1, ' stroke-dasharray="3 3"'))
        parts += _row_label(part, y0 + row / 2)
        first = y0 + row / 2 - step * (len(runs) - 1) / 2
        accuracies = [
            run.accuracy if part is None else run.part_accuracy[part.name] for run in runs
        ]
        heights = [first + step * i for i in range(len(runs))]
        across = [left + scale * a for a in accuracies]
        parts += _dots(runs, across, heights)
        if part is None:
            parts += _names(runs, across, heights, left)
    return svg_document(
        width,
        bottom + 2 * TEXT + 20,
        "Accuracy of every run on each part of the picture",
        accuracy_description(facts),
        colours,
        "\n".join(parts),
    )


def _row_label(part: PartFacts | None, y: float) -> list[str]:
    """A row's name, and how much of the picture it covers."""
    if part is None:
        return [text(0, y + MIDDLE * TEXT, "whole picture")]
    below = f"{part.label}, {formatting.percent(part.share)}"
    return [text(0, y - 2, part.name), text(0, y + TEXT, below, "muted")]


def _dots(runs: Sequence[RunFacts], across: Sequence[float], heights: Sequence[float]) -> list[str]:
    """A run's mark each."""
    marks = []
    for run, x, y in zip(runs, across, heights, strict=True):
        if run.failed:
            d = f"M{x - 3.5:.1f},{y:.1f}l3.5,-3.5 3.5,3.5 -3.5,3.5z"
            marks.append(f'<path class="failed-text" fill="{INK.light}" d="{d}"/>')
        else:
            circle = f'cx="{x:.1f}" cy="{y:.1f}" r="2"'
            marks.append(f'<circle class="ink" fill="{INK.light}" {circle}/>')
    return marks


def _names(
    runs: Sequence[RunFacts], across: Sequence[float], heights: Sequence[float], left: float
) -> list[str]:
    """The failed runs' names, left of every mark at their height, or right where that is no room.

    More names than four would not fit a row: then only shown runs keep theirs.
    """
    failed = [i for i, run in enumerate(runs) if run.failed]
    named = failed if len(failed) <= 4 else [i for i in failed if runs[i].role]
    places = spread([heights[i] for i in named], TEXT - 1, heights[0], heights[-1] + TEXT)
    words = []
    for i, y in zip(named, places, strict=True):
        beside = [x for x, height in zip(across, heights, strict=True) if abs(height - y) <= TEXT]
        first, last = min([*beside, across[i]]) - 7, max([*beside, across[i]]) + 7
        before = first - LETTER * TEXT * len(runs[i].title) >= left
        x, anchor = (first, "end") if before else (last, "start")
        words.append(text(x, y + MIDDLE * TEXT, runs[i].title, "failed-text", anchor))
    return words


def accuracy_description(facts: ExperimentFacts) -> str:
    """What the accuracies by part show, in words."""
    ranges = []
    for part in facts.parts:
        found = [run.part_accuracy[part.name] for run in facts.full_runs]
        low, high = formatting.percent(min(found)), formatting.percent(max(found))
        ranges.append(f"{part.name} {low} to {high}")
    failed = [run for run in facts.full_runs if run.failed]
    seeds = formatting.listing([run.seed for run in failed])
    return (
        f"Accuracy of {formatting.count(len(facts.full_runs), 'run')} on each part of the picture, "
        f"lowest to highest: {'; '.join(ranges)}. "
        + (f"Failed: seed {seeds}." if failed else "No run failed.")
    )


def _text_class(run: RunFacts) -> str:
    return "failed-text" if run.failed else "ink"
