"""The view of neurons whose weights a reader changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Annotated

from annotated_types import Ge, Le, Len

from ginn.config.validation import Allowed
from ginn.errors import AuthorError, quoted
from ginn.figures import by_hand
from ginn.figures.by_hand import ByHand
from ginn.figures.theme import colours_of
from ginn.pages.figure_image import FigureImage
from ginn.pages.parameters import About
from ginn.pages.report import Report

Number = Annotated[
    int,
    Ge(1),
    Le(3),
    Allowed("1, 2 or 3"),
    About("The number of neurons; with 3, two are in the first layer and one in the second."),
]
Weights = Annotated[
    Sequence[Annotated[Sequence[Annotated[float, Ge(-1), Le(1)]], Len(3, 3)]],
    Allowed("for each neuron a list of two weights and a bias, each from -1 to 1"),
    About("The weights and biases before any change; by default the program's own."),
]


def by_hand_images(
    report: Report, neurons: Number = 1, weights: Weights = ()
) -> Iterator[FigureImage]:
    """The image of neurons whose weights a reader can change."""
    rows = tuple(map(tuple, weights)) or by_hand.DEFAULTS[neurons]
    if len(rows) != neurons:
        raise AuthorError(quoted(weights), f"a list for each of {neurons} neurons", key="weights")
    hand, words = ByHand(rows), report.words
    colours = colours_of(report.site, max(hand.layers))
    draw = partial(by_hand.by_hand_svg, hand, colours, words)
    name = f"by-hand-{neurons}"
    controls = by_hand.controls_of(hand, words)
    yield FigureImage(name, by_hand.description(hand, words), draw, controls=controls)
