"""Turn a drawing in TOML, polygons painted in order, into a dataset."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from annotated_types import Len
from pydantic import Strict

from ginn.config.models import Point
from ginn.config.validation import Allowed, Document, Table, validated
from ginn.dataset.dataset import Dataset, Part, pixel_centres
from ginn.dataset.polygons import inside_polygon, outline_corners
from ginn.errors import AuthorError, quoted

MOST_CORNERS = 20_000

Text = Annotated[str, Allowed("a text")]
Flag = Annotated[bool, Allowed("true or false")]


class Shape(Table):
    """A polygon, painted black or white, and the part of the picture that it adds to."""

    part: Text
    white: Flag
    polygon: Annotated[
        tuple[Point, ...],
        Len(3),
        Strict(False),
        Allowed("at least three points [x, y] with numbers from 0 to 1"),
    ]


class Drawing(Table):
    """A drawing's file: the part behind all shapes, and the shapes in the order of painting.

    `subject` is a noun for what the drawing shows, such as "bottle", for articles.
    """

    subject: Text = ""
    background: Text
    background_white: Flag
    shape: Annotated[
        tuple[Shape, ...], Len(1), Strict(False), Allowed("at least one [[shape]]")
    ]  # fmt: skip


def dataset_of_drawing(document: Document, pixels: int) -> Dataset:
    """The dataset of a drawing: a pixel belongs to the last shape that holds its centre.

    Raises AuthorError for a document that is not a drawing.
    """
    drawing = validated(document, Drawing)
    corners = sum(len(shape.polygon) for shape in drawing.shape)
    if corners > MOST_CORNERS:
        allowed = f"at most {MOST_CORNERS:,}"
        raise AuthorError(
            f"{corners:,} corners", allowed, "draw with fewer corners", path=document.path
        )
    colours = {drawing.background: drawing.background_white}
    for number, shape in enumerate(drawing.shape):
        if colours.setdefault(shape.part, shape.white) != shape.white:
            found = f"part {quoted(shape.part)} in a second colour"
            allowed = "one colour for each part"
            hint = "give the black and the white part different names"
            raise document.error(("shape", number, "white"), found, allowed, hint)
    names = list(colours)
    x, y = pixel_centres(pixels)
    part_of = np.zeros((pixels, pixels), dtype=np.int64)
    painted = []
    for shape in drawing.shape:
        polygon = np.array(shape.polygon, dtype=np.float64)
        part_of[inside_polygon(polygon, x, y)] = names.index(shape.part)
        painted.append((polygon, shape.white))
    parts = (Part(name, colours[name], part_of == i) for i, name in enumerate(names))
    return Dataset(
        labels=np.isin(part_of, [i for i, name in enumerate(names) if colours[name]]),
        parts=tuple(part for part in parts if part.mask.any()),
        corners=outline_corners(painted, drawing.background_white),
        subject=drawing.subject,
    )
