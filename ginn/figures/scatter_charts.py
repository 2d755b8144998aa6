"""Evidence to charts, a mark a run: dead layers, their periods, symmetry, errors by part, variants.

Runs that failed are diamonds, as in the accuracy chart. Each has a text for those who do not see
it, made from the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ginn import formatting
from ginn.analysis.evidence import (
    DeadLayersInScreening,
    DeadPeriodsOfRun,
    DeadPeriodsOfRuns,
    ErrorGroup,
    MirrorSeries,
    NetworkOutcome,
    NetworkSeries,
    PartErrorSeries,
)
from ginn.analysis.outcomes import ExperimentFacts
from ginn.figures.axes import (
    LETTER,
    MIDDLE,
    PHONE,
    TEXT,
    Chart,
    Panel,
    Scale,
    Tick,
    across,
    curve,
    diamond,
    dot,
    dots,
    fanned,
    heading,
    iteration_ticks,
    key,
    log_bounds,
    log_ticks,
    numbers,
    panels,
    ring,
    rule,
    sample,
    share_ticks,
    stroke,
    text,
    up,
)
from ginn.figures.network_figure import Colours, svg_document

DASHED, DOTTED = ' stroke-dasharray="6 3"', ' stroke-dasharray="1.5 3"'
ROOT_TICKS: tuple[Tick, ...] = (
    (0, "0%"), (0.01, "1%"), (0.05, "5%"), (0.2, "20%"), (0.5, "50%"), (1, "100%"),
)  # fmt: skip


def dead_layers_svg(
    series: DeadLayersInScreening, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """How much of a part is right against how much of it a layer is silent over, a ring a seed."""
    layers = sorted(set(series.layer) - {0})
    entries = [(ring(0, 0, stroke("control", colours)), "no layer silent")]
    entries += [
        (ring(0, 0, stroke(f"layer-{layer}", colours)), f"layer {layer} most silent")
        for layer in layers
    ]
    parts, top = key(entries if layers else entries[:1], width, 0)
    words, top = heading(f"share of the {series.part}'s pixels got right", top)
    parts.append(words)
    top += 14
    panel = Panel(52, width - 24, top, top + (260 if width < PHONE else 300), leads=True)
    x = Scale(0, 1, panel.left, panel.right)
    y = Scale(0, 1, panel.bottom, panel.top)
    parts += [*up(panel, y, share_ticks()), *across(panel, x, share_ticks())]
    half = float(y.at([0.5])[0])
    line = np.array([panel.left, panel.right])
    parts.append(curve(line, np.array([half, half]), stroke("control", colours), 1, DASHED))
    heights = y.at(series.right)
    places = fanned(x.at(series.dead_share), heights, (panel.left + panel.right) / 2, 7, 24)
    for layer, px, py in zip(series.layer, places.tolist(), heights.tolist(), strict=True):
        parts.append(ring(px, py, stroke(f"layer-{layer}" if layer else "control", colours)))
    open_, shut = _counts(series)
    for (learnt, failed), words, place, anchor in (
        (open_, "open", panel.left + 8, "start"),
        (shut, "shut", panel.right - 8, "end"),
    ):
        parts.append(text(place, half - 8, f"{words}: {learnt} learnt", "ink", anchor))
        parts.append(text(place, half + TEXT + 5, f"{words}: {failed} failed", "ink", anchor))
    axis = f"largest silent share of the {series.part}"
    return _document(width, panel.bottom, axis, parts, colours, "Silence and failure",
                     dead_layers_description(series, facts))  # fmt: skip


def _counts(series: DeadLayersInScreening) -> tuple[tuple[int, int], tuple[int, int]]:
    """How many learnt and failed of the open and of the shut, over all of the part."""
    pairs = [
        (silent == 1.0, right >= 0.5)
        for silent, right in zip(series.dead_share, series.right, strict=True)
    ]
    return (
        (pairs.count((False, True)), pairs.count((False, False))),
        (pairs.count((True, True)), pairs.count((True, False))),
    )


def dead_layers_description(series: DeadLayersInScreening, facts: ExperimentFacts) -> str:
    """What the scatter of silence shows, in words."""
    open_, shut = _counts(series)
    return (
        f"{formatting.count(len(series.seeds), 'trial')} at iteration {series.iteration:,}: how "
        f"much of the {series.part} is right against the largest share of it that a layer is "
        f"silent over. With a layer silent over all of it {shut[1]} failed and {shut[0]} learnt "
        f"it; of the others {open_[1]} failed and {open_[0]} learnt it. Equal trials stand side by "
        "side."
    )


def dead_periods_svg(
    series: DeadPeriodsOfRuns, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """A row for each full run, with a bar while some layer is silent over all of the part."""
    layers = sorted({period.layer for run in series.runs for period in run.periods})
    entries = [
        (sample(stroke(f"layer-{layer}", colours), 8), f"layer {layer} silent over the part")
        for layer in layers
    ]
    if not all(run.learnt for run in series.runs):
        entries.append((diamond(0, 0), f"failed on the {series.part}"))
    parts, top = key(entries, width, 0)
    row = 19
    longest = max(len(_seed(run)) for run in series.runs)
    panel = Panel(
        26 + LETTER * TEXT * longest, width - 34, top + 8, top + 8 + row * len(series.runs), True
    )
    x = Scale(0, max(1, series.last), panel.left, panel.right, "log1p")
    parts += across(panel, x, iteration_ticks(series.last, panel.right - panel.left))
    for number, run in enumerate(series.runs):
        y = panel.top + row * (number + 0.5)
        parts.append(rule(panel.left, y, panel.right, y))
        kind = "muted" if run.learnt else "failed-text"
        parts.append(text(panel.left - 20, y + MIDDLE * TEXT, _seed(run), kind, "end"))
        if not run.learnt:
            parts.append(diamond(panel.left - 10, y))
        parts += _bars(run, x, y, series.last, colours)
    return _document(width, panel.bottom, "iteration, log scale", parts, colours,
                     "When a layer is silent", dead_periods_description(series, facts))  # fmt: skip


def _seed(run: DeadPeriodsOfRun) -> str:
    return f"Seed {run.seed}"


def _bars(run: DeadPeriodsOfRun, x: Scale, y: float, last: int, colours: Colours) -> list[str]:
    """The dead periods of one run; the shortest is still seen."""
    parts = []
    for period in run.periods:
        ends = x.at([period.begun, last if period.ended is None else period.ended])
        ends[1] = max(ends[1], ends[0] + 2)
        paint = stroke(f"layer-{period.layer}", colours)
        parts.append(curve(ends, np.array([y, y]), paint, 8))
    return parts


def dead_periods_description(series: DeadPeriodsOfRuns, facts: ExperimentFacts) -> str:
    """When runs were silent, in words."""
    lasting = [r.seed for r in series.runs if any(s.ended is None for s in r.periods)]
    passing = [r.seed for r in series.runs if r.periods and r.seed not in lasting]
    failed = [run.seed for run in series.runs if not run.learnt]

    def seeds(found: Sequence[int]) -> str:
        return f"seed {formatting.listing(found)}" if found else "none"

    return (
        f"When some layer was silent over all of the {series.part} in "
        f"{formatting.count(len(series.runs), 'run')} of "
        f"{formatting.count(series.last, 'iteration')}. "
        f"To the end: {seeds(lasting)}. For a while: {seeds(passing)}. "
        f"Failed on the {series.part}: {seeds(failed)}."
    )


def symmetry_svg(
    series: MirrorSeries, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """Final loss against mirror score, a panel a layer, a mark a run."""
    failed = {run.seed for run in facts.full_runs if run.failed}
    entries = [(dot(0, 0, 3), "a run")]
    if failed & set(series.seeds):
        entries.append((diamond(0, 0), "a failed run"))
    entries += [
        (sample(stroke("control", colours), 1.4, DASHED), "score before training, median"),
        (sample(stroke("control", colours), 1.6, DOTTED), "mirrored top to bottom, median"),
    ]
    parts, top = key(entries, width, 0)
    words, top = heading(f"{series.unit}, log scale", top)
    parts.append(words)
    places = panels(len(series.scores), width, top + 8, 150 if width < PHONE else 190)
    low, high = log_bounds(np.array(series.loss))
    drawn = [each for line in (*series.scores, series.untrained, series.level) for each in line]
    least = np.nanmin(numbers(drawn)) if any(each is not None for each in drawn) else 0
    first = max(0.0, float(np.floor(least * 10) / 10))
    for number, panel in enumerate(places):
        x = Scale(first, 1, panel.left, panel.right)
        y = Scale(low, high, panel.bottom, panel.top, "log")
        rho = series.correlation[number]
        title = f"layer {number + 1}" + ("" if rho is None else f", ρ = {rho:+.2f}")
        parts.append(text(panel.left, panel.top - 8, title.replace("-", "−"), "ink"))
        parts += up(panel, y, log_ticks(low, high))
        parts += across(panel, x, [(v / 10, f"{v / 10:g}") for v in _tenths(first)])
        upright = np.array([panel.bottom, panel.top])
        for control, dashes in ((series.untrained, DASHED), (series.level, DOTTED)):
            place = x.at(numbers([control[number]] * 2))
            parts.append(curve(place, upright, stroke("control", colours), 1.4, dashes))
        marks = zip(series.seeds, x.at(numbers(series.scores[number])), y.at(series.loss),
                    strict=True)  # fmt: skip
        for seed, px, py in marks:
            if np.isfinite(px):
                parts.append(diamond(px, py) if seed in failed else dot(px, py, 3, 0.75))
    told = any(each is not None for each in series.correlation)
    axis = "mirror score of a layer" + (" (ρ: rank correlation)" if told else "")
    return _document(width, places[-1].bottom, axis, parts, colours,
                     "Symmetry and loss", symmetry_description(series, facts))  # fmt: skip


def _tenths(first: float) -> range:
    """Tenths to name on an axis from `first` to 1."""
    return range(round(first * 10), 11, 1 if first >= 0.7 else 2)


def symmetry_description(series: MirrorSeries, facts: ExperimentFacts) -> str:
    """How symmetry goes with loss, in words."""
    layers = []
    for number, scores in enumerate(series.scores):
        told = [each for each in scores if each is not None]
        rho = series.correlation[number]
        goes = "none" if rho is None else f"{rho:+.2f}"
        ranges = f"{min(told):.2f} to {max(told):.2f}" if told else "none"
        layers.append(
            f"layer {number + 1}: scores {ranges}, rank correlation with loss {goes}, median "
            f"before training {_decimal(series.untrained[number])}, about the level axis "
            f"{_decimal(series.level[number])}"
        )
    return (
        f"Loss at the end against the mirror score of each layer, "
        f"{formatting.count(len(series.seeds), 'run')}; {'; '.join(layers)}."
    )


def parts_svg(
    series: PartErrorSeries, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """Errors by part, full runs above trials in each row; a tick is a group's median."""
    entries = [(dot(0, 0), "a run"), (diamond(0, 0), "a failed run")]
    entries += [
        (f'<path {stroke("run", colours)} stroke-width="2" d="M0,-8 0,8"/>',
         "median of the others"),
        (f'<path {stroke("failed", colours)} stroke-width="2" d="M0,-8 0,8"/>',
         "median of the failed"),
    ]  # fmt: skip
    groups = (series.full, series.screenings)
    if not any(any(group.failed) for group in groups):
        entries = [entries[0], entries[2]]
    counts = [len(group.seeds) for group in groups]
    parts, top = key(entries, width, 0)
    words, top = heading(
        f"in each row {formatting.count(counts[0], 'full run')}, below "
        f"{formatting.count(counts[1], 'trial')}", top
    )  # fmt: skip
    parts.append(words)
    top += 8
    left, row = LETTER * TEXT * max(map(len, series.names)) + 16, 48
    panel = Panel(left, width - 24, top, top + row * len(series.names), True)
    x = Scale(0, 1, panel.left, panel.right, "root")
    ticks = [tick for tick in ROOT_TICKS if width >= PHONE or tick[0] != 0.01]
    parts += across(panel, x, ticks)
    for number, name in enumerate(series.names):
        y0 = panel.top + row * number
        parts.append(rule(0, y0 + row, panel.right, y0 + row))
        parts.append(text(0, y0 + row / 2 + MIDDLE * TEXT, name, "ink"))
        for group, y in zip(groups, (y0 + 14, y0 + 35), strict=True):
            parts += _errors(group, [wrong[number] for wrong in group.wrong], x, y, colours)
    return _document(width, panel.bottom, f"{series.unit}, square root scale", parts, colours,
                     "Errors by part of the picture", parts_description(series, facts))  # fmt: skip


def _errors(
    group: ErrorGroup, wrong: Sequence[float], x: Scale, y: float, colours: Colours
) -> list[str]:
    """A group's marks around a height, and a tick at the medians of failed and other runs."""
    parts = []
    for failed, kind in ((False, "run"), (True, "failed")):
        own = sorted(w for w, f in zip(wrong, group.failed, strict=True) if f == failed)
        # Neighbours by rank lie at different heights, so that few cover one another.
        places = [(place, y + (i % 3 - 1) * 4) for i, place in enumerate(x.at(own).tolist())]
        if failed:
            parts += [diamond(*place, 3.5) for place in places]
        else:
            parts.append(dots(places, 2.2, 0.75 if len(own) < 30 else 0.3))
        if own:
            middle = float(x.at([np.median(own)])[0])
            ends = np.array([y - 10, y + 10])
            parts.append(curve(np.array([middle] * 2), ends, stroke(kind, colours), 2))
    return parts


def parts_description(series: PartErrorSeries, facts: ExperimentFacts) -> str:
    """The medians of errors by part, in words."""
    told = []
    for words, group in (("full runs", series.full), ("trials", series.screenings)):
        failed = sum(group.failed)
        names = [
            f"{name} " + " against ".join(
                formatting.percent(float(np.median(own)))
                for state in (True, False)
                if (own := [w[i] for w, f in zip(group.wrong, group.failed, strict=True)
                            if f == state])
            )
            for i, name in enumerate(series.names)
        ]  # fmt: skip
        which = "failed against other runs" if 0 < failed < len(group.seeds) else "all runs"
        told.append(f"{len(group.seeds)} {words}, {failed} failed ({which}): {', '.join(names)}")
    return f"Share of pixels wrong in each part, medians. {'. '.join(told)}."


def variants_svg(
    series: NetworkSeries, facts: ExperimentFacts, colours: Colours, width: int = 680
) -> str:
    """Errors of each network's full runs as strips of marks, and its share of failed trials."""
    networks = series.networks
    entries = [(dot(0, 0, 3), "a full run"), (sample(stroke("run", colours), 2), "median")]
    entries[1] = (f'<path {stroke("run", colours)} stroke-width="2" d="M0,-8 0,8"/>', "median")
    entries.append((sample(stroke("control", colours), 2), "95% interval"))
    parts, top = key(entries, width, 0)
    names = [_name(each) for each in networks]
    left = LETTER * TEXT * max(len(word) for name in names for word in name) + 12
    row, phone = 46, width < PHONE
    first = Panel(left, width - 24 if phone else left + (width - left) * 0.52, top + 32,
                  top + 32 + row * len(networks), True)  # fmt: skip
    second = (
        Panel(left, first.right, first.bottom + 76, first.bottom + 76 + row * len(networks), True)
        if phone
        else Panel(first.right + 44, width - 24, first.top, first.bottom, False)
    )
    highest = max(max(each.errors) for each in networks) * 1.05
    most = min(1.0, max(each.failure_high for each in networks) * 1.05)
    errors = Scale(0, highest, first.left, first.right)
    rates = Scale(0, most, second.left, second.right)
    parts += across(first, errors, share_ticks(highest, 3 if phone else 4))
    parts += across(second, rates, share_ticks(most, 3 if phone else 4))
    for panel, words in ((first, series.unit), (second, "share of trials that failed")):
        start = 0 if panel.leads else panel.left
        parts.append(text(start, panel.top - 8, words))
        for number, name in enumerate(names):
            y = panel.top + row * (number + 0.5)
            parts.append(rule(start, panel.top + row * (number + 1), panel.right,
                              panel.top + row * (number + 1)))  # fmt: skip
            if panel.leads:
                parts += [text(0, y - 2, name[0], "ink"), text(0, y + TEXT, name[1])]
    for number, each in enumerate(networks):
        parts += _strip(each, errors, first.top + row * (number + 0.5), colours)
        parts += _rate(each, rates, second.top + row * (number + 0.5), colours)
    return _document(width, second.bottom, "", parts, colours, "Larger networks",
                     variants_description(series, facts))  # fmt: skip


def _name(each: NetworkOutcome) -> tuple[str, str]:
    """A network's name and its widths; of equal ones how many layers there are."""
    equal = len(set(each.widths)) == 1 and len(each.widths) > 3
    widths = f"{len(each.widths)} × {each.widths[0]}" if equal else "-".join(map(str, each.widths))
    return each.title, widths


def _strip(each: NetworkOutcome, x: Scale, y: float, colours: Colours) -> list[str]:
    """A network's errors as marks on a line, and a tick at their median."""
    places = x.at(sorted(each.errors)).tolist()
    parts = [dot(place, y + (i % 2 * 2 - 1) * 3, 3, 0.75) for i, place in enumerate(places)]
    middle = np.array([float(x.at([np.median(each.errors)])[0])] * 2)
    parts.append(curve(middle, np.array([y - 11, y + 11]), stroke("run", colours), 2))
    return parts


def _rate(each: NetworkOutcome, x: Scale, y: float, colours: Colours) -> list[str]:
    """A network's share of failed trials with its interval, and the counts."""
    low, share, high = x.at(
        [each.failure_low, each.failed_screenings / each.screenings, each.failure_high]
    ).tolist()
    words = f"{each.failed_screenings} of {each.screenings}"
    half = LETTER * TEXT * len(words) / 2
    middle = min(max(share, x.start + half), x.end + 24 - half)
    return [
        curve(np.array([low, high]), np.array([y, y]), stroke("control", colours), 2),
        dot(share, y, 3.5),
        text(middle, y - 9, words, "ink", "middle"),
    ]


def variants_description(series: NetworkSeries, facts: ExperimentFacts) -> str:
    """How the networks compare, in words."""
    told = [
        f"{each.title} ({'-'.join(map(str, each.widths))}): "
        f"{formatting.percent(float(np.median(each.errors)), 2)} wrong, median of "
        f"{formatting.count(len(each.errors), 'full run')}; {each.failed_screenings} of "
        f"{each.screenings} trials failed, 95% interval {formatting.percent(each.failure_low)} to "
        f"{formatting.percent(each.failure_high)}"
        for each in series.networks
    ]
    return f"Errors at the end and failed trials of each network. {'. '.join(told)}."


CHARTS: Mapping[str, Chart] = {
    "dead_layers": Chart(dead_layers_svg, dead_layers_description),
    "dead_periods": Chart(dead_periods_svg, dead_periods_description),
    "symmetry": Chart(symmetry_svg, symmetry_description),
    "parts": Chart(parts_svg, parts_description),
    "variants": Chart(variants_svg, variants_description),
}


def _document(
    width: int, bottom: float, axis: str, parts: list[str], colours: Colours, title: str, words: str
) -> str:
    """The chart, with the name of its level axis below the last panel."""
    height = bottom + (12 + 2 * TEXT if axis else 6 + TEXT)
    if axis:
        parts.append(text(width / 2, height, axis, anchor="middle"))
    return svg_document(width, round(height + 8), title, words, colours, "\n".join(parts))


def _decimal(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
