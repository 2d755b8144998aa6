"""Marks of charts as SVG: words, lines, bands, dots. A legend shows a sample of each mark.

A chart is shown at the width in CSS pixels for which it was drawn, so that its letters keep their
size. Coordinates are in pixels. A line has a gap where a coordinate is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from ginn.figures.svg import element, path_data, tenths
from ginn.figures.theme import FAILED, Colours, Shades, paint
from ginn.network.run import Float64

TEXT = 13  # px, the size of letters
# The middle of a digit lies this far above the baseline, in em.
MIDDLE = 0.35
# The largest mean width of a letter in sans-serif text, in em. It bounds a text's width, which
# depends on the reader's fonts.
LETTER = 0.56

# The number of pixels from the middle of a sample of a line to its ends.
REACH = 11
# The patterns of broken lines.
DASHED, DOTTED, DASH_DOT = "6 3", "1.5 3", "9 3 2 3"

# The class and the colour of a mark, as `theme.paint` returns them.
PaintAttributes = Mapping[str, str]


def text_width(words: str) -> float:
    """The largest possible width (px) of these words."""
    return LETTER * TEXT * len(words)


def text(x: float, y: float, words: str, kind: str = "muted", anchor: str = "start") -> str:
    """Words on the baseline `y`; `kind` is "muted", "ink" or "failed-text"."""
    attributes = {"x": tenths(x), "y": tenths(y), "font-size": f"{TEXT}", "text-anchor": anchor}
    return element("text", paint(kind) | attributes, escape(words))


def rule(x0: float, y0: float, x1: float, y1: float, dashes: str = "") -> str:
    """A thin line of the axes."""
    data = {"d": path_data([(x0, y0), (x1, y1)])}
    return element("path", paint("rule") | _broken(dashes) | data)


def _broken(dashes: str) -> dict[str, str]:
    """The attributes that make a line broken; none for a line without dashes."""
    return {"stroke-dasharray": dashes} if dashes else {}


def curve(
    x: Float64,
    y: Float64,
    colour: PaintAttributes,
    width: float = 1.6,
    dashes: str = "",
    opacity: float = 1,
) -> str:
    """A line through points, with a gap where one is NaN; "" if there is nothing to draw."""
    shown = np.isfinite(x) & np.isfinite(y)
    data = "".join(
        path_data(zip(x[each].tolist(), y[each].tolist(), strict=True))
        for each in _stretches(shown)
    )
    attributes: dict[str, str | float] = {"stroke-width": width, "stroke-linejoin": "round"}
    attributes |= {"stroke-opacity": opacity} if opacity < 1 else {}
    return element("path", {**colour, **attributes, **_broken(dashes), "d": data}) if data else ""


def vertical(x: float, low: float, high: float, colour: PaintAttributes) -> str:
    """A vertical line between two heights."""
    return curve(np.array([x, x]), np.array([low, high]), colour, 2)


def _stretches(shown: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """The indices of each stretch of successive places that are shown."""
    edges = np.flatnonzero(np.diff(shown)) + 1
    return (each for each in np.split(np.arange(len(shown)), edges) if each.size and shown[each[0]])


def band(x: Float64, low: Float64, high: Float64) -> str:
    """The shaded area between two lines, with a piece for each stretch without a gap."""
    pieces = []
    for each in _stretches(np.isfinite(low) & np.isfinite(high)):
        upper = zip(x[each].tolist(), high[each].tolist(), strict=True)
        lower = zip(x[each][::-1].tolist(), low[each][::-1].tolist(), strict=True)
        pieces.append(path_data([*upper, *lower], closed=True))
    return shade("".join(pieces)) if pieces else ""


def shade(data: str) -> str:
    """The lightly shaded inside of a path, for both themes."""
    return element("path", {**paint("muted"), "fill-opacity": 0.18, "d": data})


def dot(x: float, y: float, radius: float = 2.4, opacity: float = 1) -> str:
    """A filled circle, the mark of a run."""
    return element("circle", {**paint("ink"), **_transparent(opacity), **_circle(x, y, radius)})


def dots(places: Sequence[tuple[float, float]], radius: float, opacity: float) -> str:
    """The marks of many runs in one group, whose SVG is shorter than that of single dots."""
    marks = "".join(element("circle", _circle(x, y, radius)) for x, y in places)
    return element("g", {**paint("ink"), "fill-opacity": opacity}, marks) if marks else ""


def _transparent(opacity: float) -> dict[str, float]:
    """The attributes that make a mark transparent; none for an opaque one."""
    return {"fill-opacity": opacity} if opacity < 1 else {}


def _circle(x: float, y: float, radius: float) -> dict[str, str | float]:
    return {"cx": tenths(x), "cy": tenths(y), "r": radius}


def ring(x: float, y: float, colour: PaintAttributes, radius: float = 3.2) -> str:
    """A circle without a fill, so that marks below it stay visible."""
    return element("circle", {**colour, "stroke-width": 1.4, **_circle(x, y, radius)})


def diamond(x: float, y: float, size: float = 4, fill: Shades = FAILED) -> str:
    """The mark of a failed run. A program that ignores style sheets shows the colour `fill`."""
    s = f"{size:g}"
    data = f"M{tenths(x - size)},{tenths(y)}l{s},-{s} {s},{s} -{s},{s}z"
    return element("path", {"class": "failed-text", "fill": fill.light, "d": data})


def side_by_side(x: Float64, y: Float64, inwards: float, step: float, most: float) -> Float64:
    """The x (n,) of marks, moved so that marks at the same place form a row.

    A row goes from its place towards the x `inwards`, in steps of `step` px. The steps are smaller
    if the row would be longer than `most` px.
    """
    moved = x.copy()
    # NumPy 2.0 gives the inverse another shape than later versions do, so it is made flat.
    places, which = np.unique(np.stack([x, y]), axis=1, return_inverse=True)
    for number in range(places.shape[1]):
        same = np.flatnonzero(which.ravel() == number)
        apart = min(step, most / max(1, len(same) - 1))
        side = math.copysign(1, inwards - places[0, number])
        moved[same] += side * apart * np.arange(len(same))
    return moved


def sample(
    colour: PaintAttributes, width: float = 1.6, dashes: str = "", opacity: float = 1
) -> str:
    """A short piece of a line, for the legend."""
    attributes: dict[str, str | float] = {"stroke-width": width}
    attributes |= {"stroke-opacity": opacity} if opacity < 1 else {}
    return element(
        "path", {**colour, **attributes, **_broken(dashes), "d": f"M-{REACH},0 {REACH},0"}
    )


def sample_of_vertical(colour: PaintAttributes) -> str:
    """A short vertical line, for the legend."""
    return element("path", {**colour, "stroke-width": 2, "d": "M0,-8 0,8"})


def sample_of_layers(count: int, colours: Colours, width: float = 1.6) -> str:
    """A piece of a line with a stretch in the colour of each layer, for the legend."""
    step = 2 * REACH / count
    pieces = []
    for i in range(count):
        data = f"M{tenths(step * i - REACH)},0 {tenths(step * (i + 0.8) - REACH)},0"
        colour = colours.paint(f"layer-{i + 1}")
        pieces.append(element("path", {**colour, "stroke-width": width, "d": data}))
    return "".join(pieces)


def sample_of_band() -> str:
    """A piece of a shaded band, for the legend."""
    return shade(f"M-{REACH},-5 {REACH},-5 {REACH},5 -{REACH},5Z")
