"""The colours that pages and figures share, for light and for dark pages.

A figure is a separate file, so the custom properties of the page's style sheet do not apply in it.
`Colours` has the shades for both.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np

from ginn.config.models import Site
from ginn.network.run import Float64

# The least contrast of a line with every possible background (WCAG 2.2, success criterion 1.4.11).
LINE_CONTRAST = 3.0
# The least contrast of a word with the page (WCAG 2.2, success criterion 1.4.3).
TEXT_CONTRAST = 4.5


class Shades(NamedTuple):
    """One colour, `#rrggbb`, as it is on a light and on a dark page."""

    light: str
    dark: str


class Paint(NamedTuple):
    """The SVG property that a class of elements sets, and its colour."""

    attribute: Literal["fill", "stroke"]
    shades: Shades


# The page, its text, and the softened black and white of the picture behind the lines.
PAPER = Shades("#ffffff", "#15171b")
INK = Shades("#1b1e23", "#e6e8eb")
MUTED = Shades("#5a626d", "#a3abb6")
RULE = Shades("#d5d9de", "#3a4049")
FAILED = Shades("#8a2da5", "#dd9df2")
# The error of the output, as a background behind the lines; the viewer shows the same colour.
ERROR = Shades("#c58bdb", "#7d3f93")
PICTURE_BLACK = Shades("#c6cbd2", "#0c0d10")
PICTURE_WHITE = Shades("#ffffff", "#4b4c4e")

# The classes that figures of every network use; `Colours.paints` adds those of the layers.
PAINTS = {
    "paper": Paint("fill", PAPER),
    "ink": Paint("fill", INK),
    "muted": Paint("fill", MUTED),
    "rule": Paint("stroke", RULE),
    "black": Paint("fill", PICTURE_BLACK),
    "error": Paint("fill", ERROR),
    "run": Paint("stroke", INK),
    "control": Paint("stroke", MUTED),
    "failed": Paint("stroke", FAILED),
    "failed-text": Paint("fill", FAILED),
}


@dataclass(frozen=True)
class Colours:
    """The colours of one network's lines, with the hidden layers from first to last."""

    layers: tuple[Shades, ...]
    output: Shades

    def lines(self) -> dict[str, Shades]:
        """The colour of each layer's lines, "layer-1" and so on, and then of the output's."""
        named = {f"layer-{i}": shades for i, shades in enumerate(self.layers, 1)}
        return named | {"output": self.output}

    def words(self) -> dict[str, Shades]:
        """The colour of words about each layer and the output, with enough contrast for text."""
        return {
            kind: Shades(
                _until_contrast(light, "#000000", [PAPER.light], TEXT_CONTRAST),
                _until_contrast(dark, "#ffffff", [PAPER.dark], TEXT_CONTRAST),
            )
            for kind, (light, dark) in self.lines().items()
        }

    def properties(self) -> dict[str, Shades]:
        """Every shared colour by the name of its custom property in the style sheet."""
        return {
            "paper": PAPER,
            "ink": INK,
            "muted": MUTED,
            "rule": RULE,
            "failed": FAILED,
            "error": ERROR,
            "picture-black": PICTURE_BLACK,
            "picture-white": PICTURE_WHITE,
            **{f"{kind}-word": shades for kind, shades in self.words().items()},
            **self.lines(),
        }

    def paints(self) -> dict[str, Paint]:
        """The paint of every class that figures use."""
        return PAINTS | {kind: Paint("stroke", shades) for kind, shades in self.lines().items()}

    def paint(self, kind: str) -> dict[str, str]:
        """The SVG attributes that colour an element of the class `kind`."""
        return _attributes(kind, self.paints()[kind])


def paint(kind: str) -> dict[str, str]:
    """The SVG attributes that colour an element of a class in `PAINTS`."""
    return _attributes(kind, PAINTS[kind])


def _attributes(kind: str, paint: Paint) -> dict[str, str]:
    """The attributes of a class: its name, and the light shade, which a style sheet can replace."""
    return {"class": kind, paint.attribute: paint.shades.light}


def colours_of(site: Site, depth: int) -> Colours:
    """The site's colours for a network of `depth` hidden layers, made legible in both themes."""
    return legible_colours(site.layer_colours, site.output_colour, depth)


def legible_colours(layers: Sequence[str], output: str, depth: int) -> Colours:
    """The colours for `depth` hidden layers, from those of the settings, which repeat."""
    used = [layers[i % len(layers)] for i in range(depth)]
    return Colours(tuple(map(_legible, used)), _legible(output))


def style_sheet(colours: Colours) -> str:
    """The style sheet inside each figure: every class in the light and in the dark theme.

    The picture behind the lines is white with an opacity. In the dark theme a second opacity
    darkens this white, over a rectangle of the colour `PICTURE_BLACK`.
    """
    light, dark = (
        "".join(
            f".{kind}{{{attribute}:{shades[theme]}}}"
            for kind, (attribute, shades) in colours.paints().items()
        )
        for theme in (0, 1)
    )
    white, black = (np.abs(_rgb(each.dark) - 255).sum() for each in (PICTURE_WHITE, PICTURE_BLACK))
    opacity = 1 - white / black
    return (
        f"{light}.on-dark{{display:none}}"
        f"@media(prefers-color-scheme:dark){{{dark}.white{{opacity:{opacity:.3f}}}"
        ".full-white{opacity:0.8}.on-dark{display:inline}.on-light{display:none}}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (_linear(int(channel)) for channel in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@functools.cache
def _linear(channel: int) -> float:
    """The linear value of a channel, from 0 to 1. Decimal powers have the same bits everywhere."""
    share = Decimal(channel) / 255
    if share <= Decimal("0.04045"):
        return float(share / Decimal("12.92"))
    return float(((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4"))


def _legible(colour: str) -> Shades:
    """`colour`, moved towards black or white until it stands out from all backgrounds."""
    backgrounds = zip(PAPER, PICTURE_BLACK, PICTURE_WHITE, strict=True)
    light, dark = (
        _until_contrast(colour, end, theme, LINE_CONTRAST)
        for theme, end in zip(backgrounds, ("#000000", "#ffffff"), strict=True)
    )
    return Shades(light, dark)


def _until_contrast(colour: str, end: str, backgrounds: Sequence[str], least: float) -> str:
    """`colour`, moved towards `end` until its contrast with every background is enough."""
    return next(
        shade
        for shade in (_mix(colour, end, share) for share in np.linspace(0, 1, 51))
        if min(contrast(shade, background) for background in backgrounds) >= least
    )


def _rgb(colour: str) -> Float64:
    """`#rrggbb` as (3,) in [0, 255]."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64)


def _mix(colour: str, other: str, share: float) -> str:
    """The colour that lies `share` of the way from `colour` to `other`."""
    red, green, blue = np.rint(_rgb(colour) * (1 - share) + _rgb(other) * share).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
