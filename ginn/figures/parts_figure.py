"""The picture to learn as SVG, with the name and the share of each part beside it."""

from __future__ import annotations

import math

import numpy as np
from scipy import ndimage

from ginn.dataset.dataset import Dataset, Part
from ginn.figures import svg
from ginn.figures.axes import spread
from ginn.figures.marks import MIDDLE, TEXT, curve, text, text_width
from ginn.figures.svg import Svg, element, path_data, tenths
from ginn.figures.theme import Colours, paint
from ginn.language.words import Words

SIDE = 340  # px, the largest side of the picture
GAP, BETWEEN = 24.0, 10.0  # px from the picture to the names, and from the names to the shares
LINE = TEXT + 6  # px, the least distance of two names
# A place is deep inside a part if its distance from the outside is this share of the largest one.
DEEP = 0.9
# px, how far the paper shows on either side of a line that leads to a name
HALO = 1.6


def parts_svg(dataset: Dataset, colours: Colours, words: Words, width: int) -> Svg:
    """The picture on the left, and on its right a line to the name of each part."""
    shares = [words.percent(part.share) for part in dataset.parts]
    names = max(text_width(part.name) for part in dataset.parts)
    beside = GAP + names + BETWEEN + max(map(text_width, shares))
    side = min(float(SIDE), width - beside)
    left = (width - side - beside) / 2
    height = max(side, LINE * len(shares))
    unit = side / dataset.pixels
    frame = {"transform": f"translate({tenths(left)},0) scale({unit:.6g})"}
    picture = svg.embedded_picture(
        dataset.labels.astype(np.float64), "full-white", dataset.pixels, dataset.pixels, True
    )
    backdrop = svg.backdrop("full-black", dataset.pixels, dataset.pixels)
    body = [element("g", frame, backdrop + picture)]
    body.append(_outline(left, side))
    places = [tuple(unit * each for each in deep_place(part)) for part in dataset.parts]
    heights = spread([y for _, y in places], LINE, LINE / 2, height - LINE / 2)
    for part, share, (x, y), to in zip(dataset.parts, shares, places, heights, strict=True):
        end = left + side + GAP
        body += _leader(left + x, y, end - 5, to)
        body.append(text(end, to + MIDDLE * TEXT, part.name, "ink"))
        body.append(text(left + side + beside, to + MIDDLE * TEXT, share, anchor="end"))
    title = words.say("picture.parts-title")
    return svg.document(width, height, title, parts_description(dataset, words), colours, body)


def deep_place(part: Part) -> tuple[float, float]:
    """A place (x, y) in pixels deep inside the part: the uppermost of the rightmost ones."""
    inside = np.pad(part.mask, 1)
    depth = np.asarray(ndimage.distance_transform_edt(inside))[1:-1, 1:-1]
    rows, columns = np.nonzero(depth >= DEEP * depth.max())
    right = columns.max()
    return float(right) + 0.5, float(rows[columns == right].min()) + 0.5


def _outline(left: float, side: float) -> str:
    """A thin line around the picture, whose background may be white like the page."""
    square: dict[str, str | float] = {"x": tenths(left), "y": 0.5, "width": tenths(side)}
    return element("rect", {**paint("rule"), **square, "height": tenths(side - 1)})


def _leader(x: float, y: float, end: float, to: float) -> list[str]:
    """The line from a place in the picture to a name; paper beside it parts it from the picture."""
    long = math.sqrt((end - x) * (end - x) + (to - y) * (to - y))
    across, down = HALO * (y - to) / long, HALO * (end - x) / long
    corners = [
        (x + across, y + down),
        (end + across, to + down),
        (end - across, to - down),
        (x - across, y - down),
    ]
    circle = {"cx": tenths(x), "cy": tenths(y)}
    return [
        element("path", paint("paper") | {"d": path_data(corners, closed=True)}),
        element("circle", {**paint("paper"), **circle, "r": 4}),
        curve(np.array([x, end]), np.array([y, to]), paint("run"), 1.2),
        element("circle", {**paint("ink"), **circle, "r": 2.4}),
    ]


def parts_description(dataset: Dataset, words: Words) -> str:
    """The text alternative: the picture's size, and the share of each part."""
    white = words.percent(float(dataset.labels.mean()))
    whole = words.say("picture.to-learn", pixels=str(dataset.pixels), white=white)
    parts = [
        words.say(
            "picture.part-share",
            name=part.name,
            colour=words.say(f"chart.{'white' if part.white else 'black'}"),
            share=words.percent(part.share),
        )
        for part in dataset.parts
    ]
    return f"{whole} {words.say('picture.parts-are', parts=words.listing(parts))}"
