"""Small plots of the effects of a claim: each effect, its interval, and a line at no effect.

They are parts of a page and not separate files. Each is within a line of text that has the same
numbers. So they have no text for screen readers. The page's style sheet colours them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ginn.analysis.effects import Effect
from ginn.figures.scales import Scale
from ginn.figures.svg import element, tenths

WIDTH, HEIGHT = 160, 18  # px
MARGIN = 5  # px, at both ends
RADIUS = 4  # px, of the dot


def effect_plots(effects: Sequence[Effect]) -> list[str]:
    """The plots of a claim's effects, in their order, on one scale; "" if an effect has no value.

    What is drawn is the difference between a value and the value that means no effect. So the line
    of no effect is at the same place in all plots.
    """
    ends = [
        end - each.without
        for each in effects
        for end in (each.low, each.value, each.high)
        if end is not None
    ]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    if low == high:
        low, high = -1.0, 1.0
    scale = Scale(low, high, MARGIN, WIDTH - MARGIN)
    return [_plot(each, scale) for each in effects]


def _plot(effect: Effect, scale: Scale) -> str:
    """The plot of one effect."""
    if effect.value is None:
        return ""
    middle = HEIGHT / 2
    none = tenths(scale.place(0.0))
    parts = [element("path", {"class": "no-effect", "d": f"M{none} 0V{HEIGHT}"})]
    if effect.low is not None and effect.high is not None:
        start, end = (tenths(scale.place(e - effect.without)) for e in (effect.low, effect.high))
        parts.append(element("path", {"class": "interval", "d": f"M{start} {middle:g}H{end}"}))
    place = tenths(scale.place(effect.value - effect.without))
    parts.append(element("circle", {"cx": place, "cy": middle, "r": RADIUS}))
    about: dict[str, str | float] = {
        "class": "effect-plot",
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "width": WIDTH,
        "height": HEIGHT,
        "aria-hidden": "true",
    }
    return element("svg", about, "".join(parts))
