"""Polygons on the unit square: the points inside one, and the corners of several painted ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.elementary import cosine_of_half_turns

# The outline has a corner where it turns by at least this many degrees. A rounded corner is drawn
# as several smaller turns, so it does not count.
CORNER_TURN = 45.0
# The circle around a candidate on which its turn is measured. The radius, in domain units, is
# smaller than any detail of a drawing.
CORNER_RADIUS = 1e-6
CORNER_SAMPLES = 720


def outline_corners(
    painted: Sequence[tuple[NDArray[np.float64], bool]], background: bool
) -> NDArray[np.float64]:
    """The corners (C, 2) of the outline of polygons painted in order, sorted by y, then x.

    `painted` holds each polygon (V, 2) and whether it is white; `background` says whether the rest
    is white. A corner is a point where the outline turns by CORNER_TURN or more, or where more than
    two sides meet. Candidates are all vertices inside the domain, and all places where two edges
    cross. The colours on a small circle around a candidate give its turn.
    """
    candidates = np.concatenate([*(polygon for polygon, _ in painted), _edge_crossings(painted)])
    inside = ((candidates > CORNER_RADIUS) & (candidates < 1 - CORNER_RADIUS)).all(axis=1)
    # Rounded, since a crossing may differ from the vertex that it falls on by a rounding error.
    _, first = np.unique(candidates[inside].round(9)[:, ::-1], axis=0, return_index=True)
    place = candidates[inside][first]
    # Shifted by half a step, so that no sample lies on an edge that is vertical or at 45 degrees.
    half_turns = (np.arange(CORNER_SAMPLES) + 0.5) * (2 / CORNER_SAMPLES)  # from 0 to 2
    x = place[:, 0, None] + CORNER_RADIUS * _cosine(half_turns)
    y = place[:, 1, None] + CORNER_RADIUS * _cosine(half_turns - 0.5)
    white = np.full(x.shape, background)
    for polygon, colour in painted:
        white[inside_polygon(polygon, x, y)] = colour
    sides = (white != np.roll(white, 1, axis=1)).sum(axis=1)
    turn = 360.0 * np.abs(white.mean(axis=1) - 0.5)
    return np.asarray(place[(sides > 2) | ((sides == 2) & (turn >= CORNER_TURN))])


def _cosine(half_turns: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """cos(pi t) for t from -1 to 2."""
    return cosine_of_half_turns(1.0 - np.abs(1.0 - np.abs(half_turns)))


def _edge_crossings(
    painted: Sequence[tuple[NDArray[np.float64], bool]],
) -> NDArray[np.float64]:
    """The points (X, 2) where edges of the polygons cross each other."""
    start = np.concatenate([polygon for polygon, _ in painted])
    step = np.concatenate([np.roll(polygon, -1, axis=0) - polygon for polygon, _ in painted])
    i, j = np.triu_indices(len(start), 1)
    between = start[j] - start[i]
    across = step[i, 0] * step[j, 1] - step[i, 1] * step[j, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        along_one = (between[:, 0] * step[j, 1] - between[:, 1] * step[j, 0]) / across
        along_two = (between[:, 0] * step[i, 1] - between[:, 1] * step[i, 0]) / across
    # Parallel edges give NaN or infinity, for which every comparison here is false.
    cross = (along_one >= 0) & (along_one <= 1) & (along_two >= 0) & (along_two <= 1)
    return np.asarray(start[i][cross] + along_one[cross, None] * step[i][cross])


def inside_polygon(
    polygon: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether each point is inside the polygon (V, 2) by the even-odd rule.

    A point on an upper or a left edge is inside.
    """
    inside = np.zeros(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        spans = (y0 <= y) != (y1 <= y)
        inside ^= spans & (x >= x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return inside
