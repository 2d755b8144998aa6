"""Charts of evidence that goes through training, from regions to interventions.

Each has a text for those who do not see it, made from the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ginn import formatting
from ginn.analysis.claims.corner_kinks import FARTHEST
from ginn.analysis.evidence import (
    CornerDistances,
    InterventionArm,
    InterventionSeries,
    LikenessShares,
    RegionCounts,
    ShiftShares,
    Spread,
    Treatment,
)
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures.axes import (
    LETTER,
    PHONE,
    TEXT,
    Chart,
    Panel,
    Scale,
    across,
    band,
    curve,
    even_ticks,
    heading,
    iteration_ticks,
    key,
    log_bounds,
    log_ticks,
    numbers,
    panels,
    sample,
    sample_of_band,
    sample_of_layers,
    shade,
    share_ticks,
    spread_labels,
    stroke,
    text,
    up,
)
from ginn.figures.network_figure import Colours, svg_document
from ginn.network.run import Float64

DASHED, DOTTED = ' stroke-dasharray="6 3"', ' stroke-dasharray="1.5 3"'
DASHES = ("", DASHED, DOTTED, ' stroke-dasharray="9 3 2 3"')
# A share of pairs below this is drawn at it: one of ten thousand.
LEAST_SHARE = 1e-4
ITERATION = "iteration, log scale"
WAYS = {
    "raised": ("Waking silent layers", "shut run", "woken"),
    "lowered": ("Imposing silence", "run that had learnt", "silenced"),
}


def regions_svg(
    series: RegionCounts, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """Linear regions of every full run against iteration, on a log axis; failed runs stand out."""
    failed = _failed(facts)
    entries = [(sample(stroke("run", colours), 1.2, ' stroke-opacity="0.6"'), "a run")]
    if failed & set(series.seeds):
        entries.append((sample(stroke("failed", colours)), "a failed run"))
    entries += [
        (sample_of_band(), f"{formatting.count(len(series.untrained), 'untrained network')}"),
        (
            sample(stroke("control", colours), 1.4, DASHED),
            f"the most that {formatting.count(series.neurons, 'straight line')} can make",
        ),
    ]
    parts, top = key(entries, width, 0)
    words, top = heading(series.unit, top)
    parts.append(words)
    top += 10
    panel = Panel(52, width - 36, top, top + round(190 + width * 0.16), leads=True)
    highest = max(series.arrangement, *map(max, series.counts), series.untrained[-1]) * 1.05
    x = Scale(0, max(1, series.iterations[-1]), panel.left, panel.right, "log1p")
    y = Scale(0, highest, panel.bottom, panel.top)
    parts += up(panel, y, even_ticks(highest))
    parts += _iterations([panel], x)
    low, high = y.at([series.untrained[0], series.untrained[-1]]).tolist()
    parts.append(shade(f"M{panel.left},{low:.1f} {panel.right},{low:.1f} {panel.right},{high:.1f} "
                       f"{panel.left},{high:.1f}Z"))  # fmt: skip
    edge = np.array([panel.left, panel.right])
    bound = y.at([series.arrangement] * 2)
    parts.append(curve(edge, bound, stroke("control", colours), 1.4, DASHED))
    places = x.at(series.iterations)
    runs = sorted(zip(series.seeds, series.counts, strict=True), key=lambda run: run[0] in failed)
    for seed, counts in runs:
        bad = seed in failed
        paint = stroke("failed" if bad else "run", colours)
        faint = "" if bad else ' stroke-opacity="0.6"'
        parts.append(curve(places, y.at(counts), paint, 1.6 if bad else 1.1, faint))
    return _document(width, panel, ITERATION, parts, colours, "Linear regions of every run",
                     regions_description(series, facts))  # fmt: skip


def regions_description(series: RegionCounts, facts: ExperimentFacts) -> str:
    """What the counts of regions show, in words."""
    first, last = [run[0] for run in series.counts], [run[-1] for run in series.counts]
    most = max(map(max, series.counts))
    seeds = [seed for seed in series.seeds if seed in _failed(facts)]
    end = f" Failed: seed {formatting.listing(seeds)}." if seeds else ""
    return (
        f"Linear regions of {formatting.count(len(series.seeds), 'run')} against iteration: "
        f"{_between(first)} at the start, {_between(last)} at the end, never more than {most:,}. "
        f"{formatting.count(len(series.untrained), 'untrained network')}: "
        f"{_between(series.untrained)}. "
        f"{formatting.count(series.neurons, 'straight line')} can make {series.arrangement:,} at "
        f"most, and a network of these widths {series.bound:,}.{end}"
    )


def shift_svg(
    series: ShiftShares, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """The share of shift in motion, a panel a layer: median and range of the runs, and control."""
    parts, top = key([*_spread_key(series.runs, len(series.layers), colours),
                      (sample(stroke("control", colours), 1.4, DASHED), "equal random steps")],
                     width, 0)  # fmt: skip
    words, top = heading(series.unit, top)
    parts.append(words)
    places = _panels(len(series.layers), width, top + 8)
    names = [f"layer {number}" for number in range(1, len(series.layers) + 1)]
    controls = [((control, DASHED),) for control in series.control]
    for panel, name, layer, others in zip(places, names, series.layers, controls, strict=True):
        y = Scale(0, 1, panel.bottom, panel.top)
        parts += up(panel, y, share_ticks())
        parts += _layer(panel, series.iterations, y, name, layer, others, colours)
    parts += _iterations(places, Scale(0, max(1, series.iterations[-1]), 0, 1, "log1p"))
    return _document(width, places[-1], ITERATION, parts, colours, "Shift in boundaries' motion",
                     shift_description(series, facts))  # fmt: skip


def shift_description(series: ShiftShares, facts: ExperimentFacts) -> str:
    """What the shares of shift show, in words."""
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


def corners_svg(
    series: CornerDistances, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """Mean distance to the nearest bend, a panel a layer: from corners, outline and anywhere."""
    depth = len(facts.widths)
    controls = [
        ((outline, DASHED), (anywhere, DOTTED))
        for outline, anywhere in zip(series.outline, series.anywhere, strict=True)
    ]
    parts, top = key(
        [
            *_spread_key(series.runs, depth, colours, "from the corners"),
            (sample(stroke("control", colours), 1.4, DASHED), "from the outline"),
            (sample(stroke("control", colours), 1.6, DOTTED), "from anywhere"),
        ],
        width,
        0,
    )
    words, top = heading(f"{series.unit}, log scale", top)
    parts.append(words)
    places = _panels(len(series.layers), width, top + 8)
    told = [numbers(line) for each in series.layers for line in (each.median, each.low, each.high)]
    told += [numbers(line) for each in controls for line, _ in each]
    low, high = log_bounds(np.concatenate(told))
    names = [f"layer {number}" for number in range(2, depth + 1)] + ["output"]
    for panel, name, layer, others in zip(places, names, series.layers, controls, strict=True):
        y = Scale(low, high, panel.bottom, panel.top, "log")
        parts += up(panel, y, log_ticks(low, high))
        parts += _layer(panel, series.iterations, y, name, layer, others, colours)
    parts += _iterations(places, Scale(0, max(1, series.iterations[-1]), 0, 1, "log1p"))
    return _document(width, places[-1], ITERATION, parts, colours, "Bends at the picture's corners",
                     corners_description(series, facts))  # fmt: skip


def corners_description(series: CornerDistances, facts: ExperimentFacts) -> str:
    """What the distances from corners show, in words."""
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
        f"any bend stands at {FARTHEST:g}."
    )


def duplicate_neurons_svg(
    series: LikenessShares, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """The share of pairs at least so alike, a panel a layer: before and after training, across."""
    depth = len(series.end)
    parts, top = key(
        [
            (sample_of_layers(depth, colours, 2), "of one run, at the end"),
            (sample(stroke("control", colours), 1.6, DOTTED), "of one run, at the start"),
            (sample(stroke("control", colours), 1.4, DASHED), "of two runs, at the end"),
        ],
        width,
        0,
    )
    words, top = heading(f"{series.unit}, log scale", top)
    parts.append(words)
    places = _panels(depth, width, top + 8)
    ticks = [(10.0**-i, formatting.percent(10.0**-i, max(0, i - 2))) for i in range(5)]
    for layer, panel in enumerate(places):
        x = Scale(0, 1, panel.left, panel.right)
        y = Scale(LEAST_SHARE, 1, panel.bottom, panel.top, "log")
        parts += [_title(panel, f"layer {layer + 1}"), *up(panel, y, ticks)]
        parts += across(panel, x, even_ticks(1, 5 if panel.right - panel.left > 170 else 3))
        copies = x.at([series.alike] * 2)
        upright = np.array([panel.bottom, panel.top])
        parts.append(curve(copies, upright, stroke("control", colours), 0.8))
        for line, kind, weight, dashes in (
            (series.start[layer], "control", 1.6, DOTTED),
            (series.between[layer], "control", 1.4, DASHED),
            (series.end[layer], f"layer-{layer + 1}", 2.0, ""),
        ):
            share = numbers(line)
            share[share == 0] = np.nan  # nothing is that alike: the line ends
            paint = stroke(kind, colours)
            parts.append(curve(x.at(series.levels), y.at(share), paint, weight, dashes))
    axis = f"likeness of two neurons; copies from {series.alike:g} on"
    return _document(width, places[-1], axis, parts, colours,
                     "Likeness of neurons of a layer",
                     duplicate_neurons_description(series, facts))  # fmt: skip


def duplicate_neurons_description(series: LikenessShares, facts: ExperimentFacts) -> str:
    """What the shares of copies show, in words."""
    copies = series.levels.index(series.alike)
    layers = [
        f"layer {number}: {_percent(end[copies])} of pairs at the end, {_percent(start[copies])} "
        f"at the start, {_percent(between[copies])} of pairs of neurons of two runs"
        for number, (start, end, between) in enumerate(
            zip(series.start, series.end, series.between, strict=True), 1
        )
    ]
    return (
        f"How alike the neurons of a layer are, over {formatting.count(series.runs, 'run')}. "
        f"Copies, at {series.alike:g} or above: {'; '.join(layers)}."
    )


def interventions_svg(
    series: InterventionSeries, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """The share of copies that have the part right, by arm, after waking and after silencing."""
    told = [each for each in (series.raised, series.lowered) if each]
    parts = [text(0, TEXT, series.unit)]
    words = [_outcome(each, arm) for each in told for arm in each.arms]
    room = 16 + LETTER * TEXT * max(map(len, words))
    places = panels(len(told), width, TEXT, 150, room, title=58)
    for panel, each in zip(places, told, strict=True):
        way, who, _ = WAYS[each.treated]
        parts.append(text(0, panel.top - 34, way, "ink"))
        who = formatting.count(each.source_runs, who, who.replace("run", "runs", 1))
        parts.append(text(0, panel.top - 17, f"{who}, {each.streams} orders of pixels"))
        parts += _treatment(panel, each, colours)
    label = "iterations since the change, root scale"
    return _document(width, places[-1], label, parts, colours, "What became of the copies",
                     interventions_description(series, facts))  # fmt: skip


def _treatment(panel: Panel, each: Treatment, colours: Colours) -> list[str]:
    """The arms of one intervention as lines, named at their ends; the treated one is heavy."""
    last = max(1, each.iterations[-1])
    x = Scale(0, last, panel.left, panel.right, "root")
    y = Scale(0, 1, panel.bottom, panel.top)
    named = (0, 0.2, 1) if panel.right - panel.left < 220 else (0, 0.04, 0.2, 0.5, 1)
    ticks = [(last * share, f"{last * share:,.0f}") for share in named]
    parts = [*up(panel, y, share_ticks()), *across(panel, x, ticks)]
    controls = [arm for arm in each.arms if arm.name != each.treated]
    ordered = [*controls, *(arm for arm in each.arms if arm.name == each.treated)]
    for number, arm in enumerate(ordered):
        treated = arm.name == each.treated
        paint = stroke("run" if treated else "control", colours)
        dashes = "" if treated else DASHES[number % len(DASHES)]
        line = y.at(np.array(arm.learnt) / arm.copies)
        parts.append(curve(x.at(each.iterations), line, paint, 2.6 if treated else 1.4, dashes))
    ends = y.at([arm.learnt[-1] / arm.copies for arm in ordered]).tolist()
    words = [_outcome(each, arm) for arm in ordered]
    kinds = ["ink" if arm.name == each.treated else "muted" for arm in ordered]
    return parts + spread_labels(panel.right, ends, words, kinds, panel)


def _outcome(each: Treatment, arm: InterventionArm) -> str:
    """An arm's name and how many of its copies have the part right at the end."""
    name = WAYS[each.treated][2] if arm.name == each.treated else arm.name
    return f"{name} {arm.learnt[-1]} of {arm.copies}"


def interventions_description(series: InterventionSeries, facts: ExperimentFacts) -> str:
    """What became of the copies, in words."""
    told = []
    for each in (series.raised, series.lowered):
        if each:
            way, who, _ = WAYS[each.treated]
            arms = [f"{_outcome(each, arm)} ({arm.learnt_alive} open)" for arm in each.arms]
            who = formatting.count(each.source_runs, who, who.replace("run", "runs", 1))
            told.append(f"{way}, {who}: {formatting.listing(arms)}")
    iterations = max(each.iterations[-1] for each in (series.raised, series.lowered) if each)
    return (
        f"Copies that get at least half of the part right, {iterations:,} iterations after the "
        "change, by arm, and how many of them do so with no layer silent over all of it. "
        f"{'. '.join(told)}."
    )


CHARTS: Mapping[str, Chart] = {
    "regions": Chart(regions_svg, regions_description),
    "shift": Chart(shift_svg, shift_description),
    "corners": Chart(corners_svg, corners_description),
    "duplicate_neurons": Chart(duplicate_neurons_svg, duplicate_neurons_description),
    "interventions": Chart(interventions_svg, interventions_description),
}


def _failed(facts: ExperimentFacts) -> set[int]:
    return {run.seed for run in facts.full_runs if run.failed}


def _panels(count: int, width: int, top: float) -> list[Panel]:
    return panels(count, width, top, 150 if width < PHONE else 170)


def _title(panel: Panel, words: str) -> str:
    return text(panel.left, panel.top - 8, words, "ink")


def _iterations(places: Sequence[Panel], scale: Scale) -> list[str]:
    """The axis of iterations below each panel."""
    parts = []
    for panel in places:
        own = Scale(scale.low, scale.high, panel.left, panel.right, scale.kind)
        ticks = iteration_ticks(int(scale.high), panel.right - panel.left)
        parts += across(panel, own, ticks)
    return parts


def _layer(
    panel: Panel,
    iterations: Sequence[int],
    y: Scale,
    name: str,
    layer: Spread,
    controls: Sequence[tuple[Sequence[float | None], str]],
    colours: Colours,
) -> list[str]:
    """A layer's panel: its name, its runs' median and range, and each control in its dashes."""
    x = Scale(0, max(1, iterations[-1]), panel.left, panel.right, "log1p").at(iterations)
    paint = stroke("control", colours)
    return [
        _title(panel, name),
        *_spread(x, y, layer, name.replace(" ", "-"), colours),
        *(curve(x, y.at(numbers(line)), paint, 1.4, dashes) for line, dashes in controls),
    ]


def _spread(x: Float64, y: Scale, layer: Spread, kind: str, colours: Colours) -> list[str]:
    """The median of the runs over the range of them."""
    return [
        band(x, y.at(numbers(layer.low)), y.at(numbers(layer.high))),
        curve(x, y.at(numbers(layer.median)), stroke(kind, colours), 1.8),
    ]


def _spread_key(runs: int, depth: int, colours: Colours, of: str = "") -> list[tuple[str, str]]:
    return [
        (sample_of_layers(depth, colours, 2), f"{of}{', ' if of else ''}median of {runs} runs"),
        (sample_of_band(), "lowest to highest"),
    ]


def _document(
    width: int, last: Panel, axis: str, parts: list[str], colours: Colours, title: str, words: str
) -> str:
    """The chart, with the name of its level axis below the last panel."""
    bottom = last.bottom + 12 + 2 * TEXT
    parts.append(text(width / 2, bottom, axis, anchor="middle"))
    return svg_document(width, round(bottom + 8), title, words, colours, "\n".join(parts))


def _between(values: Sequence[int]) -> str:
    return f"{min(values):,} to {max(values):,}"


def _percent(share: float | None) -> str:
    return "no value" if share is None else formatting.percent(share)


def _significant(value: float | None) -> str:
    return "no value" if value is None else formatting.significant(value)
