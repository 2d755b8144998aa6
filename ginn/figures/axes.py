"""The frame of a chart: panels, axes, key, labels beside lines, and the finished SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ginn.figures import svg
from ginn.figures.marks import MIDDLE, TEXT, rule, text, text_width
from ginn.figures.scales import Scale, Tick, iteration_ticks
from ginn.figures.svg import Svg, element, tenths
from ginn.figures.theme import Colours

# px: a chart narrower than this is for phones, and has its panels below one another.
PHONE = 500
# px: where words beside a panel take more than this, there is no room for another panel there.
BESIDE = 22


@dataclass(frozen=True)
class Chart:
    """A chart of one series.

    `draw` takes the series, the facts of the experiment, colours and a width and gives an SVG;
    `describe` takes the first two and gives the text alternative.
    """

    draw: Callable[[Any, Any, Colours, int], Svg]
    describe: Callable[[Any, Any], str]


@dataclass(frozen=True)
class Panel:
    """A rectangle to draw in, in pixels; `leads` where it is the first of its row."""

    left: float
    right: float
    top: float
    bottom: float
    leads: bool = True

    @property
    def width(self) -> float:
        """From left to right (px)."""
        return self.right - self.left


def panels(
    count: int, width: int, top: float, height: float, right: float = 22, title: float = 22
) -> list[Panel]:
    """So many panels, each with room for a title above and numbers below.

    At most three stand in a row, and rows are as even as can be. On a phone each panel has a row of
    its own, as where there are more than BESIDE px, `right`, for words beside each. `title` px
    are above each.
    """
    left, below = 54, 30
    columns = 1 if width < PHONE or right > BESIDE else -(-count // -(-count // 3))
    # As wide as half of a number on either side of it, and a space between two of them.
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


def vertical_axis(panel: Panel, scale: Scale, ticks: Sequence[Tick]) -> list[str]:
    """A rule across the panel at each tick, named where the panel leads its row."""
    parts = []
    for value, words in ticks:
        y = scale.place(value)
        parts.append(rule(panel.left, y, panel.right, y))
        if panel.leads:
            parts.append(text(panel.left - 8, y + MIDDLE * TEXT, words, anchor="end"))
    return parts


def horizontal_axis(panel: Panel, scale: Scale, ticks: Sequence[Tick]) -> list[str]:
    """A short rule below the panel at each tick, with the tick's name."""
    parts = []
    for value, words in ticks:
        x = scale.place(value)
        parts.append(rule(x, panel.bottom, x, panel.bottom + 5))
        parts.append(text(x, panel.bottom + 6 + TEXT, words, anchor="middle"))
    return parts


def iteration_scale(panel: Panel, last: int) -> Scale:
    """The scale of iterations from 0 to `last` across a panel."""
    return Scale(0, max(1, last), panel.left, panel.right, "log1p")


def iteration_axes(places: Sequence[Panel], last: int) -> list[str]:
    """The axis of iterations below each panel."""
    parts = []
    for panel in places:
        scale = iteration_scale(panel, last)
        parts += horizontal_axis(panel, scale, iteration_ticks(int(scale.high), panel.width))
    return parts


def panel_title(panel: Panel, words: str) -> str:
    """The name of a panel, above it."""
    return text(panel.left, panel.top - 8, words, "ink")


def labels_beside(
    panel: Panel, ends: Sequence[tuple[float, float]], words: Sequence[str], kinds: Sequence[str]
) -> list[str]:
    """Names right of the panel for lines that end at `ends`, moved apart where they would overlap.

    A thin line leads from each end to its name.
    """
    heights = spread([y for _, y in ends], TEXT + 2, panel.top, panel.bottom)
    parts = []
    for (x, end), y, name, kind in zip(ends, heights, words, kinds, strict=True):
        parts.append(rule(x + 2, end, panel.right + 9, y))
        parts.append(text(panel.right + 12, y + MIDDLE * TEXT, name, kind))
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


def key(entries: Sequence[tuple[str, str]], width: float) -> tuple[list[str], float]:
    """What each mark means, in lines that are filled in turn, and the height where they end.

    An entry is a sample, drawn around (0, 0) and up to 11 px to either side, and words.
    """
    parts, x, y = [], 0.0, 4 + TEXT / 2
    for sample, words in entries:
        room = 28 + text_width(words)
        if x and x + room > width:
            x, y = 0.0, y + TEXT + 6
        place = f"translate({tenths(x + 11)},{tenths(y)})"
        parts.append(element("g", {"transform": place}, sample))
        parts.append(text(x + 28, y + MIDDLE * TEXT, words))
        x += room + 14
    return parts, y + TEXT / 2 + 6


def head(entries: Sequence[tuple[str, str]], unit: str, width: float) -> tuple[list[str], float]:
    """The key and below it the name of the vertical axis, and the height where they end."""
    parts, top = key(entries, width)
    return [*parts, text(0, top + 8 + TEXT, unit)], top + 8 + TEXT


def chart_svg(
    width: int, bottom: float, axis: str, parts: list[str], colours: Colours, title: str, words: str
) -> Svg:
    """The finished chart, with the name of its horizontal axis below the last panel.

    `bottom` is where that panel ends, and `words` describe the chart.
    """
    below = bottom + (12 + 2 * TEXT if axis else 6 + TEXT)
    name = [text(width / 2, below, axis, anchor="middle")] if axis else []
    return svg.document(width, round(below + 8), title, words, colours, [*parts, *name])
