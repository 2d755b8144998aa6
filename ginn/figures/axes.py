"""Axes and marks: what charts are put together from, as SVG, and how values become pixels.

A chart is drawn for a width in CSS pixels and shown at it, so that its letters keep their size.
Marks take (n,) arrays in pixels; where a value is NaN a line has a gap and a mark is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from ginn import formatting
from ginn.figures.network_figure import FAILED, INK, MUTED, RULE, Colours
from ginn.network.run import Float64

TEXT = 13  # px
# The middle of a digit lies this far above the baseline, in em.
MIDDLE = 0.35
# No line of sans-serif text is longer than so many em a letter; text is never measured.
LETTER = 0.56
# px: a chart narrower than this is for phones, and has its panels below one another.
PHONE = 500
# px: words beside a panel that take more than this leave no room for another panel there.
ABREAST = 22

# Multiples of powers of ten to name on a log axis, from coarse to fine.
MULTIPLES = (
    (1,),
    (1, 2, 5),
    (1, 1.5, 2, 3, 4, 6, 8),
    (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9),
)

Tick = tuple[float, str]


@dataclass(frozen=True)
class Chart:
    """A chart of one series of the evidence.

    `draw` takes the series, the facts of the experiment, colours and a width and gives an SVG;
    `describe` takes the first two and says what it shows.
    """

    draw: Callable[[Any, Any, Colours, int], str]
    describe: Callable[[Any, Any], str]


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` onto pixels from `start` to `end`; what is beyond lies there.

    "log1p" is the logarithm of one plus the value, so that 0 is on it; "root" the square root.
    """

    low: float
    high: float
    start: float
    end: float
    kind: Literal["linear", "log", "log1p", "root"] = "linear"

    def at(self, values: ArrayLike) -> Float64:
        """The pixels of values (n,)."""
        clipped = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        low, high = self._along(np.array([self.low, self.high]))
        share = (self._along(clipped) - low) / (high - low)
        return np.asarray(self.start + share * (self.end - self.start))

    def _along(self, values: Float64) -> Float64:
        if self.kind == "log":
            return np.asarray(np.log10(values))
        if self.kind == "log1p":
            return np.asarray(np.log1p(values))
        return np.asarray(np.sqrt(values)) if self.kind == "root" else values


@dataclass(frozen=True)
class Panel:
    """A rectangle to draw in, in pixels; `leads` where it is the first of its row."""

    left: float
    right: float
    top: float
    bottom: float
    leads: bool


def panels(
    count: int, width: int, top: float, height: float, right: float = 22, title: float = 22
) -> list[Panel]:
    """So many panels with room for a title above and numbers below each, three in a row at most.

    Four or more stand in rows as even as can be. On a phone each has a row of its own, as where
    there are more than ABREAST px, `right`, for words beside each; `title` px are above.
    """
    left, below = 54, 30
    # As wide as half of a number on either side of it, with air between.
    columns = 1 if width < PHONE or right > ABREAST else -(-count // -(-count // 3))
    gap = 34
    each = (width - left - right - gap * (columns - 1)) / columns
    return [
        Panel(
            left=left + (each + gap) * (i % columns),
            right=left + (each + gap) * (i % columns) + each,
            top=top + title + (title + height + below) * (i // columns),
            bottom=top + (title + height + below) * (i // columns) + title + height,
            leads=i % columns == 0,
        )
        for i in range(count)
    ]


def numbers(values: Sequence[float | None]) -> Float64:
    """A series (n,) with NaN where it has no value."""
    return np.array([math.nan if each is None else each for each in values], dtype=np.float64)


def up(panel: Panel, scale: Scale, ticks: Sequence[Tick]) -> list[str]:
    """The upright axis: a rule across at each tick, named where the panel leads its row."""
    parts = []
    for value, words in ticks:
        y = float(scale.at([value])[0])
        parts.append(rule(panel.left, y, panel.right, y))
        if panel.leads:
            parts.append(text(panel.left - 8, y + MIDDLE * TEXT, words, anchor="end"))
    return parts


def across(panel: Panel, scale: Scale, ticks: Sequence[Tick]) -> list[str]:
    """The level axis: a tick below the panel for each value, named."""
    parts = []
    for value, words in ticks:
        x = float(scale.at([value])[0])
        parts.append(rule(x, panel.bottom, x, panel.bottom + 5))
        parts.append(text(x, panel.bottom + 6 + TEXT, words, anchor="middle"))
    return parts


def iteration_ticks(last: int, room: float) -> list[Tick]:
    """Powers of ten, and 0, for a "log1p" scale; as many as `room` px take, in full if they do."""
    if last < 10:
        return [(0, "0"), (last, f"{last}")] if last else [(0, "0")]
    powers = range(1, math.floor(math.log10(last)) + 1)
    full = LETTER * TEXT * len(f"{10 ** powers[-1]:,}") + 8
    step = next(s for s in (1, 2, 3, 4, 9) if room / (len(powers) / s) >= min(full, 44) or s == 9)
    kept = [p for p in powers if p % step == powers[-1] % step]
    short = room / (len(powers) / step) < full
    return [(0, "0"), *((10.0**p, (_short if short else formatting.count)(10**p)) for p in kept)]


def _short(value: int) -> str:
    """A power of ten in few letters."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value // size}{letter}"
    return f"{value}"


def even_ticks(high: float, most: int = 6) -> list[Tick]:
    """Round numbers from 0 up to `high`, evenly spaced."""
    rough = high / most
    size = 10.0 ** math.floor(math.log10(rough))
    steps = [size * f for f in (1, 2, 5, 10) if size * f <= high * (1 + 1e-9)]
    step = next((each for each in steps if each >= rough * (1 - 1e-9)), steps[-1])
    ticks = [step * i for i in range(int(high / step + 1e-9) + 1)]
    return [(each, _plain(each)) for each in ticks]


def _plain(value: float) -> str:
    """A round number, without zeros that say nothing."""
    return f"{value:,.0f}" if value >= 100 else f"{round(value, 8):.8f}".rstrip("0").rstrip(".")


def share_ticks(high: float = 1.0, most: int = 5) -> list[Tick]:
    """Percentages from 0 up to a share, evenly spaced."""
    return [(value / 100, f"{words}%") for value, words in even_ticks(100 * high, most)]


def log_ticks(low: float, high: float) -> list[Tick]:
    """Powers of ten between two numbers; where they are fewer than three, multiples of them too."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    kept: list[float] = []
    for factors in MULTIPLES:
        values = [factor * 10.0**exponent for exponent in decades for factor in factors]
        kept = [value for value in values if low <= value <= high]
        if len(kept) >= 3:
            break
    return [(value, _plain(value)) for value in kept]


def log_bounds(values: Float64) -> tuple[float, float]:
    """A range around what is above zero, a little wider; 0.1 to 1 where nothing is."""
    told = values[np.isfinite(values) & (values > 0)]
    if not told.size:
        return 0.1, 1.0
    return float(told.min()) / 1.25, float(told.max()) * 1.25


def text(x: float, y: float, words: str, kind: str = "muted", anchor: str = "start") -> str:
    """Words at a baseline; `kind` is "muted", "ink" or "failed-text"."""
    fill = {"muted": MUTED, "failed-text": FAILED}.get(kind, INK)
    return (
        f'<text class="{kind}" fill="{fill.light}" x="{x:.1f}" y="{y:.1f}" font-size="{TEXT}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def rule(x0: float, y0: float, x1: float, y1: float, extra: str = "") -> str:
    """A thin line of the axes."""
    line = f"M{x0:.1f},{y0:.1f} {x1:.1f},{y1:.1f}"
    return f'<path class="rule" stroke="{RULE.light}"{extra} d="{line}"/>'


def stroke(kind: str, colours: Colours) -> str:
    """The attributes that colour a line: "run", "failed", "control", "output" or "layer-2"."""
    shades = {"run": INK, "failed": FAILED, "control": MUTED, "output": colours.output}
    shades |= {f"layer-{i}": each for i, each in enumerate(colours.layers, 1)}
    return f'class="{kind}" stroke="{shades[kind].light}"'


def curve(x: Float64, y: Float64, paint: str, width: float = 1.6, extra: str = "") -> str:
    """A line through points; `paint` comes from `stroke`. "" where there is nothing to draw."""
    pieces: list[str] = []
    going = False
    for px, py in zip(x.tolist(), y.tolist(), strict=True):
        told = math.isfinite(px) and math.isfinite(py)
        if told:
            pieces.append(f"{' ' if going else 'M'}{px:.1f},{py:.1f}")
        going = told
    if not pieces:
        return ""
    return (
        f'<path {paint} stroke-width="{width:g}" stroke-linejoin="round"{extra} '
        f'd="{"".join(pieces)}"/>'
    )


def band(x: Float64, low: Float64, high: Float64) -> str:
    """The ground between two lines, shaded; a piece for each stretch without a gap."""
    told = np.isfinite(low) & np.isfinite(high)
    stretches = np.split(np.arange(len(x)), np.flatnonzero(np.diff(told)) + 1)
    pieces = []
    for each in (s for s in stretches if told[s[0]]):
        there = [f"{a:.1f},{b:.1f}" for a, b in zip(x[each], high[each], strict=True)]
        back = [f"{a:.1f},{b:.1f}" for a, b in zip(x[each][::-1], low[each][::-1], strict=True)]
        pieces.append(f"M{' '.join([*there, *back])}Z")
    return shade("".join(pieces)) if pieces else ""


def shade(path: str) -> str:
    """A path's inside, shaded lightly in either theme."""
    return f'<path class="muted" fill="{MUTED.light}" fill-opacity="0.18" d="{path}"/>'


def dot(x: float, y: float, radius: float = 2.4, opacity: float = 1) -> str:
    """A run's mark."""
    faint = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<circle class="ink" fill="{INK.light}"{faint} cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'
    )


def dots(places: Sequence[tuple[float, float]], radius: float, opacity: float) -> str:
    """Many runs' marks, which say once what they share; "" for none."""
    marks = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>' for x, y in places]
    if not marks:
        return ""
    faint = f' fill-opacity="{opacity:g}"'
    return f'<g class="ink" fill="{INK.light}"{faint}>{"".join(marks)}</g>'


def fanned(x: Float64, y: Float64, inwards: float, step: float, most: float) -> Float64:
    """The x (n,) of marks, so that those at one place stand in a row, away from the border there.

    They go `step` px apart towards `inwards`, closer where a row would be longer than `most` px.
    """
    moved = x.copy()
    places, which = np.unique(np.stack([x, y]), axis=1, return_inverse=True)
    for number in range(places.shape[1]):
        same = np.flatnonzero(which.ravel() == number)
        apart = min(step, most / max(1, len(same) - 1))
        side = math.copysign(1, inwards - places[0, number])
        moved[same] += side * apart * np.arange(len(same))
    return moved


def ring(x: float, y: float, paint: str, radius: float = 3.2) -> str:
    """A mark that shows what lies below it; `paint` comes from `stroke`."""
    return f'<circle {paint} stroke-width="1.4" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def diamond(x: float, y: float, size: float = 4) -> str:
    """A failed run's mark."""
    d = f"M{x - size:.1f},{y:.1f}l{size:g},-{size:g} {size:g},{size:g} -{size:g},{size:g}z"
    return f'<path class="failed-text" fill="{FAILED.light}" d="{d}"/>'


def spread_labels(
    x: float, ends: Sequence[float], words: Sequence[str], kinds: Sequence[str], panel: Panel
) -> list[str]:
    """Names right of the ends of lines, moved apart where they would overlap."""
    heights = spread(ends, TEXT + 2, panel.top, panel.bottom)
    parts = []
    for end, y, name, kind in zip(ends, heights, words, kinds, strict=True):
        parts.append(rule(x + 2, end, x + 9, y))
        parts.append(text(x + 12, y + MIDDLE * TEXT, name, kind))
    return parts


def spread(heights: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """The heights moved as little as needed to lie `gap` apart, in their order, within the limits.

    Labels that would overlap are pushed down in turn, and then up again from the bottom.
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    moved = list(heights)
    floor = top
    for i in order:
        moved[i] = max(moved[i], floor)
        floor = moved[i] + gap
    ceiling = bottom
    for i in reversed(order):
        moved[i] = min(moved[i], ceiling)
        ceiling = moved[i] - gap
    return moved


def key(entries: Sequence[tuple[str, str]], width: float, top: float) -> tuple[list[str], float]:
    """What each mark means, in lines that are filled in turn, and where the next may begin.

    An entry is a sample, drawn around (0, 0) and up to 11 px to either side, and words.
    """
    parts, x, y = [], 0.0, top + 4 + TEXT / 2
    for sample, words in entries:
        room = 28 + LETTER * TEXT * len(words)
        if x and x + room > width:
            x, y = 0.0, y + TEXT + 6
        parts.append(f'<g transform="translate({x + 11:.1f},{y:.1f})">{sample}</g>')
        parts.append(text(x + 28, y + MIDDLE * TEXT, words))
        x += room + 14
    return parts, y + TEXT / 2 + 6


def heading(words: str, top: float) -> tuple[str, float]:
    """The name of an upright axis, clear of the key above it, and where the panels may begin."""
    return text(0, top + 8 + TEXT, words), top + 8 + TEXT


def sample(paint: str, width: float = 1.6, extra: str = "") -> str:
    """A piece of a line, for the key."""
    return f'<path {paint} stroke-width="{width:g}"{extra} d="M-11,0 11,0"/>'


def sample_of_layers(count: int, colours: Colours, width: float = 1.6) -> str:
    """A piece of a line that is each layer's, for the key."""
    step = 22 / count
    return "".join(
        f'<path {stroke(f"layer-{i + 1}", colours)} stroke-width="{width:g}" '
        f'd="M{-11 + step * i:.1f},0 {-11 + step * (i + 0.8):.1f},0"/>'
        for i in range(count)
    )


def sample_of_band() -> str:
    """A piece of a shaded band, for the key."""
    return shade("M-11,-5 11,-5 11,5 -11,5Z")
