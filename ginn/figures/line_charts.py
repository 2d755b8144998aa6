"""Charts of training as SVG: linear regions, motion, kinks at corners, duplicate neurons.

Each text alternative is made from the same numbers as its chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from ginn import formatting
from ginn.analysis.claims.corner_kinks import FARTHEST
from ginn.analysis.evidence import (
    CopyShares,
    CornerDistances,
    RegionCounts,
    ShiftShares,
)
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import axes, scales
from ginn.figures.axes import PHONE, Chart, Drawing, Panel, panel_title, vertical_axis
from ginn.figures.marks import (
    DASHED,
    DOTTED,
    band,
    curve,
    dot,
    ring,
    sample,
    sample_of_band,
    sample_of_layers,
    shade,
)
from ginn.figures.scales import Scale, numbers
from ginn.figures.theme import Colours, paint

# The axis of the shares of copies reaches at least so far.
LEAST_AXIS = 0.05
ITERATION = "iteration, log scale"

# A control: its values during training, and the dashes of its line.
Control = tuple[Sequence[float | None], str]


def draw_regions(
    series: RegionCounts, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of every full run's linear regions against iteration; failed runs stand out."""
    failed = _failed(facts)
    parts, top = axes.head(_regions_legend(series, failed), series.unit, width)
    top += 10
    panel = Panel(52, width - 36, top, top + round(190 + width * 0.16))
    highest = max(series.arrangement, *map(max, series.counts), series.untrained[-1]) * 1.05
    x = axes.iteration_scale(panel, series.iterations[-1])
    y = Scale(0, highest, panel.bottom, panel.top)
    parts += vertical_axis(panel, y, scales.even_ticks(highest))
    parts += axes.iteration_axes([panel], series.iterations[-1])
    low, high = y.at([series.untrained[0], series.untrained[-1]]).tolist()
    parts.append(shade(f"M{panel.left},{low:.1f} {panel.right},{low:.1f} {panel.right},{high:.1f} "
                       f"{panel.left},{high:.1f}Z"))  # fmt: skip
    edge = np.array([panel.left, panel.right])
    bound = y.at([series.arrangement] * 2)
    parts.append(curve(edge, bound, paint("control"), 1.4, DASHED))
    places = x.at(series.iterations)
    # Failed runs are drawn last, over the others.
    runs = sorted(zip(series.seeds, series.counts, strict=True), key=lambda run: run[0] in failed)
    for seed, counts in runs:
        kind, weight, opacity = ("failed", 1.6, 1) if seed in failed else ("run", 1.1, 0.6)
        parts.append(curve(places, y.at(counts), paint(kind), weight, opacity=opacity))
    return parts, panel.bottom, ITERATION


def _regions_legend(series: RegionCounts, failed: set[int]) -> list[tuple[str, str]]:
    entries = [(sample(paint("run"), 1.2, opacity=0.6), "a run")]
    if failed & set(series.seeds):
        entries.append((sample(paint("failed")), "a failed run"))
    lines = formatting.count(series.neurons, "straight line")
    return [
        *entries,
        (sample_of_band(), f"{formatting.count(len(series.untrained), 'untrained network')}"),
        (sample(paint("control"), 1.4, DASHED), f"the most that {lines} can make"),
    ]


def regions_description(series: RegionCounts, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of regions."""
    first, last = [run[0] for run in series.counts], [run[-1] for run in series.counts]
    most = max(map(max, series.counts))
    seeds = [seed for seed in series.seeds if seed in _failed(facts)]
    end = f" Failed: {formatting.numbered('seed', seeds)}." if seeds else ""
    return (
        f"Linear regions of {formatting.count(len(series.seeds), 'run')} against iteration: "
        f"{_between(first)} at the start, {_between(last)} at the end, never more than {most:,}. "
        f"{formatting.count(len(series.untrained), 'untrained network')}: "
        f"{_between(series.untrained)}. "
        f"{formatting.count(series.neurons, 'straight line')} can make {series.arrangement:,} at "
        f"most, and a network of these widths {series.bound:,}.{end}"
    )


def draw_shift(
    series: ShiftShares, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of the share of shift: median and range of runs, and control, by layer."""
    entries = [
        *_spread_legend(series.runs, len(series.layers), colours),
        (sample(paint("control"), 1.4, DASHED), "equal random steps"),
    ]
    names = [f"layer {number}" for number in range(1, len(series.layers) + 1)]
    controls = [[(control, DASHED)] for control in series.control]
    return _by_layer(entries, series.unit, series, names, controls, None, colours, width)


def shift_description(series: ShiftShares, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of shift."""
    layers = [
        f"layer {number}: {_percent(layer.median[0])} in the first recorded steps and "
        f"{_percent(layer.median[-1])} in the last (equal random steps: {_percent(control[0])} and "
        f"{_percent(control[-1])})"
        for number, (layer, control) in enumerate(
            zip(series.layers, series.control, strict=True), 1
        )
    ]
    return (
        f"The share of shift in the motion of boundaries against iteration, medians of "
        f"{formatting.count(series.runs, 'run')}; {'; '.join(layers)}."
    )


def draw_corners(
    series: CornerDistances, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of the mean distance to the nearest bend, a panel for each layer.

    Its lines are for the corners, for points of the outline and for points anywhere.
    """
    depth = len(facts.widths)
    entries = [
        *_spread_legend(series.runs, depth, colours, "from the corners"),
        (sample(paint("control"), 1.4, DASHED), "from the outline"),
        (sample(paint("control"), 1.6, DOTTED), "from anywhere"),
    ]
    controls = [
        [(outline, DASHED), (anywhere, DOTTED)]
        for outline, anywhere in zip(series.outline, series.anywhere, strict=True)
    ]
    drawn = [line for each in series.layers for line in (each.median, each.low, each.high)]
    drawn += [line for each in controls for line, _ in each]
    bounds = scales.log_bounds(np.concatenate([numbers(line) for line in drawn]))
    names = [f"layer {number}" for number in range(2, depth + 1)] + ["output"]
    unit = f"{series.unit}, log scale"
    return _by_layer(entries, unit, series, names, controls, bounds, colours, width)


def corners_description(series: CornerDistances, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of distances from corners."""
    layers = [
        f"{f'layer {number}' if number <= len(facts.widths) else 'the output'}: "
        f"{_significant(layer.median[0])} at the start, {_significant(layer.median[-1])} at the "
        f"end, where it is {_significant(series.outline[number - 2][-1])} from the outline and "
        f"{_significant(series.anywhere[number - 2][-1])} from anywhere"
        for number, layer in enumerate(series.layers, 2)
    ]
    return (
        f"Mean distance from a corner of the picture to the nearest bend, in sides of the domain, "
        f"medians of {formatting.count(series.runs, 'run')}; {'; '.join(layers)}. A layer without "
        f"any bend is drawn at {FARTHEST:g}."
    )


def draw_duplicate_neurons(
    series: CopyShares, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of the share of copies among a layer's pairs: a panel a layer, two marks a run.

    In each panel the runs stand in the order of their shares at the end.
    """
    entries = [
        (dot(0, 0, 3), "a run at its end"),
        (ring(0, 0, paint("control"), 2.6), "the same run at its start"),
        (sample(paint("control"), 1.4, DASHED), "pairs of neurons of two runs, at the end"),
    ]
    parts, top = axes.head(entries, series.unit, width)
    places = _panels(len(series.end), width, top)
    drawn = (*series.start, *series.end, series.between)
    most = max((each for line in drawn for each in line if each is not None), default=0.0)
    highest = min(1.0, scales.share_limit([max(most, LEAST_AXIS)]))
    for layer, panel in enumerate(places):
        y = Scale(0, highest, panel.bottom, panel.top)
        parts += [panel_title(panel, f"layer {layer + 1}")]
        parts += vertical_axis(panel, y, scales.share_ticks(highest, 4))
        parts += _copies(panel, y, series, layer)
    return parts, places[-1].bottom - 18, "runs, by their share at the end"


def _copies(panel: Panel, y: Scale, series: CopyShares, layer: int) -> list[str]:
    """The marks of one layer, counted from 0, and the line of pairs from two runs."""
    start, end = numbers(series.start[layer]), numbers(series.end[layer])
    order = np.lexsort((start, end))
    place = Scale(0, len(order), panel.left, panel.right).at(np.arange(len(order)) + 0.5)
    edge, between = np.array([panel.left, panel.right]), series.between[layer]
    parts = [curve(edge, y.at([between, between]), paint("control"), 1.4, DASHED)]
    # Dots are drawn over rings, which are as a rule at zero.
    for line, mark in ((start, partial(ring, colour=paint("control"), radius=2.6)),
                       (end, partial(dot, radius=3))):  # fmt: skip
        pairs = zip(place.tolist(), y.at(line[order]).tolist(), strict=True)
        parts += [mark(px, py) for px, py in pairs if np.isfinite(py)]
    return parts


def duplicate_neurons_description(series: CopyShares, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of duplicate neurons."""
    layers = []
    for number, (start, end, between) in enumerate(
        zip(series.start, series.end, series.between, strict=True), 1
    ):
        known = [each for each in end if each is not None]
        more = sum(
            e > s for e, s in zip(end, start, strict=True) if e is not None and s is not None
        )
        ends = formatting.span([min(known), max(known)], "percent") if known else "no value"
        layers.append(
            f"layer {number}: {ends} of pairs at the end, more than at the start in "
            f"{formatting.count(more, 'run')}, {formatting.percent(between)} of pairs from two runs"
        )
    return (
        f"The share of a layer's pairs of neurons that are copies, with a likeness of "
        f"{series.alike:g} or more, in {formatting.count(len(series.end[0]), 'run')}. "
        f"{'; '.join(layers)}."
    )


CHARTS: Mapping[str, Chart] = {
    "regions": Chart("Linear regions of every run", draw_regions, regions_description),
    "shift": Chart("Shift in boundaries' motion", draw_shift, shift_description),
    "corners": Chart("Bends at the picture's corners", draw_corners, corners_description),
    "duplicate_neurons": Chart(
        "Copies among a layer's neurons", draw_duplicate_neurons, duplicate_neurons_description
    ),
}


def _failed(facts: ExperimentFacts) -> set[int]:
    return {run.seed for run in facts.full_runs if run.failed}


def _panels(count: int, width: int, top: float) -> list[Panel]:
    return axes.panels(count, width, top + 8, 150 if width < PHONE else 170)


def _by_layer(
    entries: Sequence[tuple[str, str]],
    unit: str,
    series: ShiftShares | CornerDistances,
    names: Sequence[str],
    controls: Sequence[Sequence[Control]],
    bounds: tuple[float, float] | None,
    colours: Colours,
    width: int,
) -> Drawing:
    """A panel for each layer: its name, the range and the median of the runs, and the controls.

    `bounds` are those of a vertical log axis. Without them, the axis is of shares from 0 to 1.
    """
    parts, top = axes.head(entries, unit, width)
    places = _panels(len(series.layers), width, top)
    ticks = scales.log_ticks(*bounds) if bounds else scales.share_ticks()
    for panel, name, layer, others in zip(places, names, series.layers, controls, strict=True):
        x = axes.iteration_scale(panel, series.iterations[-1]).at(series.iterations)
        low, high = bounds or (0, 1)
        y = Scale(low, high, panel.bottom, panel.top, "log" if bounds else "linear")
        parts += vertical_axis(panel, y, ticks)
        parts += [
            panel_title(panel, name),
            band(x, y.at(numbers(layer.low)), y.at(numbers(layer.high))),
            curve(x, y.at(numbers(layer.median)), colours.paint(name.replace(" ", "-")), 1.8),
        ]
        for line, dashes in others:
            parts.append(curve(x, y.at(numbers(line)), paint("control"), 1.4, dashes))
    parts += axes.iteration_axes(places, series.iterations[-1])
    return parts, places[-1].bottom, ITERATION


def _spread_legend(runs: int, depth: int, colours: Colours, of: str = "") -> list[tuple[str, str]]:
    median = f"median of {formatting.count(runs, 'run')}"
    return [
        (sample_of_layers(depth, colours, 2), f"{of}, {median}" if of else median),
        (sample_of_band(), "lowest to highest"),
    ]


def _between(values: Sequence[int]) -> str:
    return formatting.span([min(values), max(values)], "count")


def _percent(share: float | None) -> str:
    return "no value" if share is None else formatting.percent(share)


def _significant(value: float | None) -> str:
    return "no value" if value is None else formatting.significant(value)
