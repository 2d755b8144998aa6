"""The picture of a network as pixels: its boundaries over a black and white picture.

It has the colours of the light theme. It is drawn at OVERSAMPLING times the size and then reduced,
which smooths its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw

from ginn.figures.theme import PICTURE_BLACK, PICTURE_WHITE
from ginn.geometry.boundaries import Boundaries

OVERSAMPLING = 2
LINE, OUTPUT_LINE = 0.0034, 0.0064  # widths of lines, as fractions of the picture's side


def network_picture(
    white: Image.Image,
    boundaries: Boundaries,
    snapshot: int,
    lines: Iterable[tuple[str, float, Sequence[int]]],
    side: int,
    corner: ArrayLike = (0.0, 0.0),
    zoom: float = 1.0,
) -> Image.Image:
    """A picture of `side` x `side` pixels.

    `white` is the mask of white: a picture of `side` times OVERSAMPLING pixels a side. Each of
    `lines` has a colour, a width (a fraction of the side) and the neurons that are drawn so. The
    picture shows the square of the domain with the top left `corner` and the side 1 / zoom.
    """
    large = side * OVERSAMPLING
    picture = Image.new("RGB", (large, large), PICTURE_BLACK.light)
    picture.paste(PICTURE_WHITE.light, (0, 0, large, large), white)
    draw = ImageDraw.Draw(picture)
    start, scale = np.asarray(corner), large * zoom
    for colour, width, neurons in lines:
        for neuron in neurons:
            for polyline in boundaries.polylines(snapshot, neuron):
                points = [(x, y) for x, y in ((polyline.vertices - start) * scale).tolist()]
                points += points[:1] if polyline.closed else []
                if len(points) > 1:
                    draw.line(points, fill=colour, width=round(large * width), joint="curve")
    return picture.resize((side, side), Image.Resampling.BOX)
