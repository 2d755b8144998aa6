"""Charts of dead layers and of the interventions on them, as SVG.

A layer is dead over a part of the picture if none of its neurons is on there. Each text alternative
is made from the same numbers as its chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ginn import formatting
from ginn.analysis.evidence import (
    DeadLayersInScreening,
    DeadPeriodsOfRun,
    DeadPeriodsOfRuns,
    InterventionArm,
    InterventionSeries,
    Treatment,
)
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import axes, scales
from ginn.figures.axes import PHONE, Chart, Drawing, Panel, horizontal_axis, vertical_axis
from ginn.figures.marks import (
    DASH_DOT,
    DASHED,
    DOTTED,
    MIDDLE,
    TEXT,
    PaintAttributes,
    curve,
    diamond,
    ring,
    rule,
    sample,
    shade,
    side_by_side,
    text,
    text_width,
)
from ginn.figures.scales import Scale
from ginn.figures.svg import path_data
from ginn.figures.theme import Colours, paint

# For the treated arm of an intervention: title, kind of the copied runs, and name of the arm.
INTERVENTIONS = {
    "raised": ("Reviving dead layers", "dead-layer run", "revived"),
    "lowered": ("Making layers dead", "run that had learnt", "lowered"),
}
# The width of a column beside the scale of dead shares, as a share of the panel's.
COLUMN = 0.14
# The dashes of the controls' lines.
ARM_DASHES = ("", DASHED, DOTTED, DASH_DOT)


def draw_dead_layers(
    series: DeadLayersInScreening, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of the share of a part that is right against the share with a dead layer.

    Each ring is a seed. Runs in which no layer is dead at any pixel, or one at every pixel, have a
    column of their own beside the scale. There, equal runs stand side by side.
    """
    entries = [(ring(0, 0, _layer_paint(0, colours)), "no dead layer")]
    entries += [
        (ring(0, 0, _layer_paint(layer, colours)), f"layer {layer} dead")
        for layer in sorted(set(series.layer) - {0})
    ]
    parts, top = axes.head(entries, f"share of the {series.part}'s pixels that are right", width)
    top += 14
    panel = Panel(52, width - 24, top, top + (260 if width < PHONE else 300))
    column = panel.width * COLUMN
    x = Scale(0, 1, panel.left + column + 10, panel.right - column - 10)
    y = Scale(0, 1, panel.bottom, panel.top)
    parts += vertical_axis(panel, y, scales.share_ticks())
    parts += horizontal_axis(panel, x, [(each, f"{each:.0%}") for each in (0.25, 0.5, 0.75)])
    columns = {0.0: (panel.left, "none"), 1.0: (panel.right - column, "all of it")}
    for left, name in columns.values():
        right = left + column
        ends = [(left, panel.top), (right, panel.top), (right, panel.bottom), (left, panel.bottom)]
        parts.append(shade(path_data(ends, closed=True)))
        middle = left + column / 2
        parts.append(text(middle, panel.bottom + 6 + TEXT, name, "ink", "middle"))
    half = y.place(0.5)
    edge = np.array([panel.left, panel.right])
    parts.append(curve(edge, np.array([half, half]), paint("control"), 1, DASHED))
    heights, places = y.at(series.right), x.at(series.dead_share)
    dead = np.array(series.dead_share)
    for share, (left, _) in columns.items():
        same = dead == share
        begun = np.full(int(same.sum()), float(left + 6))
        places[same] = side_by_side(begun, heights[same], panel.right, 7, column - 12)
    for layer, px, py in zip(series.layer, places.tolist(), heights.tolist(), strict=True):
        parts.append(ring(px, py, _layer_paint(layer, colours)))
    alive, whole = _counts(series)
    # On a phone, the two counts do not fit side by side.
    further = TEXT + 4 if width < PHONE else 0
    for (learnt, failed), state, place, anchor, away in (
        (alive, "others", panel.left + column + 8, "start", 0),
        (whole, "dead over all", panel.right - column - 8, "end", further),
    ):
        above, below = half - 8 - away, half + TEXT + 5 + away
        parts.append(text(place, above, f"{state}: {learnt} learnt", "ink", anchor))
        parts.append(text(place, below, f"{state}: {failed} failed", "ink", anchor))
    return parts, panel.bottom, "largest share with a dead layer"


def _layer_paint(layer: int, colours: Colours) -> PaintAttributes:
    """The colour of a layer, counted from 1; 0 means no layer and has the controls' colour."""
    return colours.paint(f"layer-{layer}" if layer else "control")


def _counts(series: DeadLayersInScreening) -> tuple[tuple[int, int], tuple[int, int]]:
    """The runs (learnt, failed) with no layer dead over all of the part, and those with one."""
    pairs = [
        (dead == 1.0, right >= 0.5)
        for dead, right in zip(series.dead_share, series.right, strict=True)
    ]
    return (
        (pairs.count((False, True)), pairs.count((False, False))),
        (pairs.count((True, True)), pairs.count((True, False))),
    )


def dead_layers_description(series: DeadLayersInScreening, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of dead shares."""
    alive, dead = _counts(series)
    return (
        f"{formatting.count(len(series.seeds), 'screening run')} at iteration "
        f"{series.iteration:,}: the share of the {series.part} that is right, against the largest "
        f"share of it over which a layer is dead. With a layer dead over all of it, {dead[1]} "
        f"failed and {dead[0]} learnt it; of the others, {alive[1]} failed and {alive[0]} learnt "
        "it."
    )


def draw_dead_periods(
    series: DeadPeriodsOfRuns, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of dead periods: a row for each full run, with a bar for each of its periods."""
    entries = [
        (sample(_layer_paint(layer, colours), 8), f"layer {layer} dead over the part")
        for layer in sorted({period.layer for run in series.runs for period in run.periods})
    ]
    if not all(run.learnt for run in series.runs):
        entries.append((diamond(0, 0), f"failed on the {series.part}"))
    parts, top = axes.legend(entries, width)
    top += 8
    row = 19
    longest = max(text_width(_seed(run)) for run in series.runs)
    panel = Panel(26 + longest, width - 34, top, top + row * len(series.runs))
    parts += axes.iteration_axes([panel], series.last)
    x = axes.iteration_scale(panel, series.last)
    for number, run in enumerate(series.runs):
        y = panel.top + row * (number + 0.5)
        parts.append(rule(panel.left, y, panel.right, y))
        kind = "muted" if run.learnt else "failed-text"
        parts.append(text(panel.left - 20, y + MIDDLE * TEXT, _seed(run), kind, "end"))
        if not run.learnt:
            parts.append(diamond(panel.left - 10, y))
        parts += _bars(run, x, y, series.last, colours)
    return parts, panel.bottom, "iteration, log scale"


def _seed(run: DeadPeriodsOfRun) -> str:
    return f"Seed {run.seed}"


def _bars(run: DeadPeriodsOfRun, x: Scale, y: float, last: int, colours: Colours) -> list[str]:
    """The bars of one run's dead periods, each at least 2 px long."""
    parts = []
    for period in run.periods:
        ends = x.at([period.begun, last if period.ended is None else period.ended])
        ends[1] = max(ends[1], ends[0] + 2)
        parts.append(curve(ends, np.array([y, y]), _layer_paint(period.layer, colours), 8))
    return parts


def dead_periods_description(series: DeadPeriodsOfRuns, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of dead periods."""
    lasting = [r.seed for r in series.runs if any(s.ended is None for s in r.periods)]
    passing = [r.seed for r in series.runs if r.periods and r.seed not in lasting]
    failed = [run.seed for run in series.runs if not run.learnt]

    def seeds(found: Sequence[int]) -> str:
        return formatting.numbered("seed", found) if found else "none"

    return (
        f"When some layer was dead over all of the {series.part} in "
        f"{formatting.count(len(series.runs), 'run')} of "
        f"{formatting.count(series.last, 'iteration')}. "
        f"To the end: {seeds(lasting)}. For a while: {seeds(passing)}. "
        f"Failed on the {series.part}: {seeds(failed)}."
    )


def draw_interventions(
    series: InterventionSeries, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of the share of copies that have learnt the part, by arm, for each intervention."""
    made = [each for each in (series.raised, series.lowered) if each]
    parts = [text(0, TEXT, series.unit)]
    labels = [_outcome(each, arm) for each in made for arm in each.arms]
    room = 16 + max(map(text_width, labels))
    places = axes.panels(len(made), width, TEXT, 150, room, title=58)
    for panel, each in zip(places, made, strict=True):
        parts.append(text(0, panel.top - 34, INTERVENTIONS[each.treated][0], "ink"))
        orders = formatting.count(each.streams, "order of pixels", "orders of pixels")
        runs = f"{_treated_runs(each)}, {orders}"
        parts.append(text(0, panel.top - 17, runs))
        parts += _treatment(panel, each)
    return parts, places[-1].bottom, "iterations since the change, square root scale"


def _treatment(panel: Panel, each: Treatment) -> list[str]:
    """The lines of one intervention's arms, named at their ends; the treated arm's is thick."""
    last = max(1, each.iterations[-1])
    x = Scale(0, last, panel.left, panel.right, "root")
    y = Scale(0, 1, panel.bottom, panel.top)
    named = (0, 0.2, 1) if panel.width < 220 else (0, 0.04, 0.2, 0.5, 1)
    ticks = [(last * share, f"{last * share:,.0f}") for share in named]
    parts = vertical_axis(panel, y, scales.share_ticks()) + axes.horizontal_axis(panel, x, ticks)
    # The treated arm is drawn last, over its controls.
    ordered = sorted(each.arms, key=lambda arm: arm.name == each.treated)
    for number, arm in enumerate(ordered):
        kind, weight, dashes = "control", 1.4, ARM_DASHES[number % len(ARM_DASHES)]
        if arm.name == each.treated:
            kind, weight, dashes = "run", 2.6, ""
        line = y.at(np.array(arm.learnt) / arm.copies)
        parts.append(curve(x.at(each.iterations), line, paint(kind), weight, dashes))
    ends = [(panel.right, y.place(arm.learnt[-1] / arm.copies)) for arm in ordered]
    words = [_outcome(each, arm) for arm in ordered]
    kinds = ["ink" if arm.name == each.treated else "muted" for arm in ordered]
    return parts + axes.labels_beside(panel, ends, words, kinds)


def _outcome(each: Treatment, arm: InterventionArm) -> str:
    """An arm's name, and the number of its copies that have learnt the part at the end."""
    name = INTERVENTIONS[each.treated][2] if arm.name == each.treated else arm.name
    return f"{name} {arm.learnt[-1]} of {arm.copies}"


def _treated_runs(each: Treatment) -> str:
    """The number and the kind of the runs that an intervention copied."""
    run = INTERVENTIONS[each.treated][1]
    return formatting.count(each.source_runs, run, run.replace("run", "runs", 1))


def interventions_description(series: InterventionSeries, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of interventions."""
    made = [each for each in (series.raised, series.lowered) if each]
    outcomes = []
    for each in made:
        arms = [_outcome(each, arm) for arm in each.arms]
        title = INTERVENTIONS[each.treated][0]
        outcomes.append(f"{title}, {_treated_runs(each)}: {formatting.listing(arms)}")
    iterations = max(each.iterations[-1] for each in made)
    return (
        "Copies that get at least half of the part right with no layer dead over all of it, "
        f"{formatting.count(iterations, 'iteration')} after the change, by arm. "
        f"{'. '.join(outcomes)}."
    )


CHARTS: Mapping[str, Chart] = {
    "dead_layers": Chart("Dead layers and failure", draw_dead_layers, dead_layers_description),
    "dead_periods": Chart("When a layer is dead", draw_dead_periods, dead_periods_description),
    "interventions": Chart(
        "Outcomes of the copied runs", draw_interventions, interventions_description
    ),
}
