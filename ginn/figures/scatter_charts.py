"""Charts with a mark for each run: symmetry, errors by part, larger networks, as SVG.

Failed runs are diamonds, as in the accuracy chart. Each text alternative is made from the same
numbers as its chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ginn import formatting
from ginn.analysis.claims.symmetry import DIRECTIONS, OTHER
from ginn.analysis.evidence import (
    ErrorGroup,
    MirrorSeries,
    NetworkOutcome,
    NetworkSeries,
    PartErrorSeries,
)
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures import axes, scales
from ginn.figures.axes import PHONE, Chart, Drawing, Panel, horizontal_axis, vertical_axis
from ginn.figures.marks import (
    DASHED,
    DOTTED,
    MIDDLE,
    TEXT,
    curve,
    diamond,
    dot,
    dots,
    rule,
    sample,
    sample_of_vertical,
    text,
    text_width,
    vertical,
)
from ginn.figures.rate_charts import rate_marks
from ginn.figures.scales import Scale, Tick, numbers
from ginn.figures.theme import Colours, paint

ROOT_TICKS: tuple[Tick, ...] = (
    (0, "0%"), (0.01, "1%"), (0.05, "5%"), (0.2, "20%"), (0.5, "50%"), (1, "100%"),
)  # fmt: skip


def draw_symmetry(
    series: MirrorSeries, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of final loss against mirror score: a panel for each layer, a mark for each run."""
    failed = {run.seed for run in facts.full_runs if run.failed}
    entries = [(dot(0, 0, 3), "a run")]
    if failed & set(series.seeds):
        entries.append((diamond(0, 0), "a failed run"))
    entries.append((sample(paint("control"), 1.4, DASHED), "score before training, median"))
    if any(each is not None for each in series.other):
        direction = DIRECTIONS[OTHER[series.axis]]
        entries.append((sample(paint("control"), 1.6, DOTTED), f"mirrored {direction}, median"))
    parts, top = axes.head(entries, f"{series.unit}, log scale", width)
    places = axes.panels(len(series.scores), width, top + 8, 150 if width < PHONE else 190)
    scores = [each for line in (*series.scores, series.untrained, series.other) for each in line]
    least = np.nanmin(numbers(scores)) if any(each is not None for each in scores) else 0
    # The axis begins at a multiple of 0.1 that is at or below every score, and not below 0.
    first = max(0.0, float(np.floor(least * 10) / 10))
    for layer, panel in enumerate(places):
        parts += _symmetry_panel(panel, series, layer, first, failed)
    correlated = any(each is not None for each in series.correlation)
    axis = "mirror score of a layer" + (" (ρ: rank correlation)" if correlated else "")
    return parts, places[-1].bottom, axis


def _symmetry_panel(
    panel: Panel, series: MirrorSeries, layer: int, first: float, failed: set[int]
) -> list[str]:
    """The panel of one layer, counted from 0. The horizontal axis begins at the score `first`."""
    low, high = scales.log_bounds(np.array(series.loss))
    x = Scale(first, 1, panel.left, panel.right)
    y = Scale(low, high, panel.bottom, panel.top, "log")
    rho = series.correlation[layer]
    title = f"layer {layer + 1}" + ("" if rho is None else f", ρ = {rho:+.2f}")
    parts = [axes.panel_title(panel, title.replace("-", "−"))]
    parts += vertical_axis(panel, y, scales.log_ticks(low, high))
    tenths = range(round(first * 10), 11, 1 if first >= 0.7 else 2)
    parts += horizontal_axis(panel, x, [(tenth / 10, f"{tenth / 10:g}") for tenth in tenths])
    for control, dashes in ((series.untrained, DASHED), (series.other, DOTTED)):
        place = x.at(numbers([control[layer]] * 2))
        line = np.array([panel.bottom, panel.top])
        parts.append(curve(place, line, paint("control"), 1.4, dashes))
    scores, losses = x.at(numbers(series.scores[layer])), y.at(series.loss)
    for seed, px, py in zip(series.seeds, scores, losses, strict=True):
        if np.isfinite(px):
            parts.append(diamond(px, py) if seed in failed else dot(px, py, 3, 0.75))
    return parts


def symmetry_description(series: MirrorSeries, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of symmetry."""
    layers = []
    for number, scores in enumerate(series.scores):
        known = [each for each in scores if each is not None]
        rho = series.correlation[number]
        signed = "none" if rho is None else f"{rho:+.2f}"
        ranges = formatting.span([min(known), max(known)]) if known else "none"
        layers.append(
            f"layer {number + 1}: scores {ranges}, rank correlation with loss {signed}, median "
            f"before training {_decimal(series.untrained[number])}, for the other axis "
            f"{_decimal(series.other[number])}"
        )
    return (
        f"Loss at the end against the mirror score of each layer, "
        f"{formatting.count(len(series.seeds), 'run')}; {'; '.join(layers)}."
    )


def draw_parts(
    series: PartErrorSeries, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of errors by part: full runs above screening runs in each row, ticks at medians."""
    groups = (series.full, series.screenings)
    entries = [(dot(0, 0), "a run"), (diamond(0, 0), "a failed run"),
               (sample_of_vertical(paint("run")), "median of the others"),
               (sample_of_vertical(paint("failed")), "median of the failed")]  # fmt: skip
    if not any(any(group.failed) for group in groups):
        entries = [entries[0], entries[2]]
    full_runs, screenings = (len(group.seeds) for group in groups)
    unit = (
        f"{formatting.count(full_runs, 'full run')} above "
        f"{formatting.count(screenings, 'screening run')}"
    )
    parts, top = axes.head(entries, unit, width)
    top += 8
    left, row = max(map(text_width, series.names)) + 16, 48
    panel = Panel(left, width - 24, top, top + row * len(series.names))
    x = Scale(0, 1, panel.left, panel.right, "root")
    ticks = [tick for tick in ROOT_TICKS if width >= PHONE or tick[0] != 0.01]
    parts += horizontal_axis(panel, x, ticks)
    for number, name in enumerate(series.names):
        y = panel.top + row * number
        parts.append(rule(0, y + row, panel.right, y + row))
        parts.append(text(0, y + row / 2 + MIDDLE * TEXT, name, "ink"))
        for group, below in zip(groups, (14, 35), strict=True):
            parts += _errors(group, [wrong[number] for wrong in group.wrong], x, y + below)
    return parts, panel.bottom, f"{series.unit}, square root scale"


def _errors(group: ErrorGroup, wrong: Sequence[float], x: Scale, y: float) -> list[str]:
    """The marks of a group around a height, and ticks at the medians of failed and other runs."""
    parts = []
    for failed, kind in ((False, "run"), (True, "failed")):
        own = sorted(w for w, f in zip(wrong, group.failed, strict=True) if f == failed)
        # Neighbours by rank have different heights, so that few marks cover one another.
        places = [(place, y + (i % 3 - 1) * 4) for i, place in enumerate(x.at(own).tolist())]
        if failed:
            parts += [diamond(*place, 3.5) for place in places]
        else:
            parts.append(dots(places, 2.2, 0.75 if len(own) < 30 else 0.3))
        if own:
            parts.append(vertical(x.place(float(np.median(own))), y - 10, y + 10, paint(kind)))
    return parts


def parts_description(series: PartErrorSeries, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of errors by part."""
    groups = []
    for run, group in (("full run", series.full), ("screening run", series.screenings)):
        failed = sum(group.failed)
        medians = [f"{name} {_medians(group, part)}" for part, name in enumerate(series.names)]
        which = "failed against other runs" if 0 < failed < len(group.seeds) else "all runs"
        numbers_of = f"{formatting.count(len(group.seeds), run)}, {failed} failed ({which})"
        groups.append(f"{numbers_of}: {', '.join(medians)}")
    return f"Medians of the share of wrong pixels in each part. {'. '.join(groups)}."


def _medians(group: ErrorGroup, part: int) -> str:
    """The median errors in a part as text: of the failed runs and of the others, if any."""
    errors = [
        [wrong[part] for wrong, failed in zip(group.wrong, group.failed, strict=True)
         if failed == state]
        for state in (True, False)
    ]  # fmt: skip
    return " against ".join(formatting.percent(float(np.median(own))) for own in errors if own)


def draw_variants(
    series: NetworkSeries, facts: ExperimentFacts, colours: Colours, width: int
) -> Drawing:
    """The chart of networks: the full runs' errors, and the share of failed screening runs."""
    networks = series.networks
    entries = [(dot(0, 0, 3), "a full run"), (sample_of_vertical(paint("run")), "median"),
               (sample(paint("control"), 2), "95% interval")]  # fmt: skip
    parts, top = axes.legend(entries, width)
    names = [_name(each) for each in networks]
    left, row = max(text_width(word) for name in names for word in name) + 12, 46
    phone, height = width < PHONE, row * len(networks)
    top += 32
    right = width - 24 if phone else left + (width - left) * 0.52
    first = Panel(left, right, top, top + height)
    # On a phone the second panel is below the first, with names of its own.
    below = first.bottom + 76
    second = (
        Panel(left, right, below, below + height)
        if phone
        else Panel(right + 44, width - 24, top, first.bottom, leftmost=False)
    )
    highest = scales.share_limit([error for each in networks for error in each.errors])
    most = min(1.0, scales.share_limit([each.failure_high for each in networks]))
    errors = Scale(0, highest, first.left, first.right)
    rates = Scale(0, most, second.left, second.right)
    parts += horizontal_axis(first, errors, scales.share_ticks(highest, 3 if phone else 4))
    parts += horizontal_axis(second, rates, scales.share_ticks(most, 3 if phone else 4))
    for panel, unit in ((first, series.unit), (second, "failed screening runs")):
        parts += _network_rows(panel, unit, names, row)
    for number, each in enumerate(networks):
        middle = row * (number + 0.5)
        parts += _strip(each.errors, errors, first.top + middle)
        parts += rate_marks(
            each.failed_screenings, each.screenings, each.failure_low, each.failure_high, rates,
            second.top + middle,
        )  # fmt: skip
    return parts, second.bottom, ""


def _network_rows(
    panel: Panel, unit: str, names: Iterable[tuple[str, str]], row: float
) -> list[str]:
    """The name of a panel above it, and a rule below each network's row.

    The networks are named if no other panel is to the left of this one.
    """
    start = 0 if panel.leftmost else panel.left
    parts = [text(start, panel.top - 8, unit)]
    for number, (title, widths) in enumerate(names):
        middle, below = panel.top + row * (number + 0.5), panel.top + row * (number + 1)
        parts.append(rule(start, below, panel.right, below))
        if panel.leftmost:
            parts += [text(0, middle - 2, title, "ink"), text(0, middle + TEXT, widths)]
    return parts


def _name(each: NetworkOutcome) -> tuple[str, str]:
    """A network's name, and its widths as text; equal widths are written as a product."""
    equal = len(set(each.widths)) == 1 and len(each.widths) > 3
    widths = f"{len(each.widths)} × {each.widths[0]}" if equal else "-".join(map(str, each.widths))
    return each.title, widths


def _strip(errors: Sequence[float], x: Scale, y: float) -> list[str]:
    """The marks of errors around a height, and a tick at their median."""
    places = x.at(sorted(errors)).tolist()
    # Neighbours have different heights, so that few marks cover one another.
    parts = [dot(place, y + (i % 2 * 2 - 1) * 3, 3, 0.75) for i, place in enumerate(places)]
    return [*parts, vertical(x.place(float(np.median(errors))), y - 11, y + 11, paint("run"))]


def variants_description(series: NetworkSeries, facts: ExperimentFacts) -> str:
    """The text alternative of the chart of networks."""
    outcomes = [
        f"{each.title} ({'-'.join(map(str, each.widths))}): "
        f"{formatting.percent(float(np.median(each.errors)), 2)} wrong, median of "
        f"{formatting.count(len(each.errors), 'full run')}; {each.failed_screenings} of "
        f"{formatting.count(each.screenings, 'screening run')} failed, 95% interval "
        f"{formatting.percent(each.failure_low)} to {formatting.percent(each.failure_high)}"
        for each in series.networks
    ]
    return f"Errors at the end and failed screening runs of each network. {'. '.join(outcomes)}."


CHARTS: Mapping[str, Chart] = {
    "symmetry": Chart("Symmetry and loss", draw_symmetry, symmetry_description),
    "parts": Chart("Errors by part of the picture", draw_parts, parts_description),
    "variants": Chart("Larger networks", draw_variants, variants_description),
}


def _decimal(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
