"""The frame of a chart: panels, axes, legend, labels beside lines, and the finished SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ginn.figures import svg
from ginn.figures.marks import MIDDLE, TEXT, rule, text, text_width
from ginn.figures.scales import Scale, Tick, iteration_ticks
from ginn.figures.svg import Svg, element, tenths
from ginn.figures.theme import Colours
from ginn.formatting import ENGLISH, Numbers

# px: a chart narrower than this is for phones. Its panels are below one another.
PHONE = 500
# px: if the words beside a panel are wider than this, each panel has a row of its own.
BESIDE = 22


# The elements of a chart, the height at which its last panel ends, and the name of its horizontal
# axis, or "".
Drawing = tuple[list[str], float, str]


@dataclass(frozen=True)
class Chart:
    """A chart of one series.

    `parts` takes the series, the facts of the experiment, colours and a width. `describe` takes the
    first two and returns the text alternative.
    """

    title: str
    parts: Callable[[Any, Any, Colours, int], Drawing]
    describe: Callable[[Any, Any], str]

    def draw(self, series: Any, facts: Any, colours: Colours, width: int) -> Svg:
        """The finished chart, with the name of its horizontal axis below the last panel."""
        parts, bottom, axis = self.parts(series, facts, colours, width)
        below = bottom + (12 + 2 * TEXT if axis else 6 + TEXT)
        name = [text(width / 2, below, axis, anchor="middle")] if axis else []
        words = self.describe(series, facts)
        return svg.document(width, round(below + 8), self.title, words, colours, [*parts, *name])


@dataclass(frozen=True)
class Panel:
    """A rectangle to draw in, in pixels. `leftmost` is true if it is the first of its row."""

    left: float
    right: float
    top: float
    bottom: float
    leftmost: bool = True

    @property
    def width(self) -> float:
        """The width (px)."""
        return self.right - self.left


def panels(
    count: int, width: int, top: float, height: float, right: float = 22, title: float = 22
) -> list[Panel]:
    """The places of `count` panels, each with space for a title above and numbers below.

    A row has at most three panels, and rows are as equal as possible. Each panel has a row of its
    own on a phone, and if `right`, the px for words beside a panel, is more than BESIDE. `title` is
    the px above each panel.
    """
    left, below = 54, 30
    columns = 1 if width < PHONE or right > BESIDE else -(-count // -(-count // 3))
    # Half of a number on either side of a panel, and a space between two numbers.
    gap = 34
    each = (width - left - right - gap * (columns - 1)) / columns
    return [
        Panel(
            left=left + (each + gap) * (i % columns),
            right=left + (each + gap) * (i % columns) + each,
            top=top + title + (title + height + below) * (i // columns),
            bottom=top + (title + height + below) * (i // columns) + title + height,
            leftmost=i % columns == 0,
        )
        for i in range(count)
    ]


def vertical_axis(panel: Panel, scale: Scale, ticks: Sequence[Tick]) -> list[str]:
    """The vertical axis: a rule across the panel at each tick, with names if it is leftmost."""
    parts = []
    for value, words in ticks:
        y = scale.place(value)
        parts.append(rule(panel.left, y, panel.right, y))
        if panel.leftmost:
            parts.append(text(panel.left - 8, y + MIDDLE * TEXT, words, anchor="end"))
    return parts


def horizontal_axis(panel: Panel, scale: Scale, ticks: Sequence[Tick]) -> list[str]:
    """The horizontal axis: a short rule below the panel at each tick, with the tick's name."""
    parts = []
    for value, words in ticks:
        x = scale.place(value)
        parts.append(rule(x, panel.bottom, x, panel.bottom + 5))
        parts.append(text(x, panel.bottom + 6 + TEXT, words, anchor="middle"))
    return parts


def iteration_scale(panel: Panel, last: int) -> Scale:
    """The scale of iterations from 0 to `last` across a panel."""
    return Scale(0, max(1, last), panel.left, panel.right, "log1p")


def iteration_axes(places: Sequence[Panel], last: int, words: Numbers = ENGLISH) -> list[str]:
    """The axis of iterations below each panel."""
    parts = []
    for panel in places:
        scale = iteration_scale(panel, last)
        parts += horizontal_axis(panel, scale, iteration_ticks(int(scale.high), panel.width, words))
    return parts


def panel_title(panel: Panel, words: str) -> str:
    """The name of a panel, above it."""
    return text(panel.left, panel.top - 8, words, "ink")


def labels_beside(
    panel: Panel, ends: Sequence[tuple[float, float]], words: Sequence[str], kinds: Sequence[str]
) -> list[str]:
    """The names of lines that end at `ends`, right of the panel, moved apart if they would overlap.

    A thin line leads from each end to its name.
    """
    heights = spread([y for _, y in ends], TEXT + 2, panel.top, panel.bottom)
    parts = []
    for (x, end), y, name, kind in zip(ends, heights, words, kinds, strict=True):
        parts.append(rule(x + 2, end, panel.right + 9, y))
        parts.append(text(panel.right + 12, y + MIDDLE * TEXT, name, kind))
    return parts


def spread(heights: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """The heights, moved as little as needed so that they are `gap` apart and within the limits.

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


def legend(entries: Sequence[tuple[str, str]], width: float) -> tuple[list[str], float]:
    """The legend, which explains each mark, and the height (px) at which it ends.

    An entry is a sample and words. The sample is drawn around (0, 0), up to 11 px to either side.
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
    """The legend with the name of the vertical axis below it, and the height at which they end."""
    parts, top = legend(entries, width)
    return [*parts, text(0, top + 8 + TEXT, unit)], top + 8 + TEXT
