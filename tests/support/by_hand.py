"""Neurons by hand for tests: their sums, and their lines and areas in a picture of 400 pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
SIDE = 400


def sums_at(weights: Sequence[Sequence[float]], points: Float64) -> Float64:
    """The sum of each neuron, (N, P), at points (P, 2) of the square from -1 to 1."""
    found: list[Float64] = []
    for number, (first, second, bias) in enumerate(weights):
        inputs = points.T if number < 2 else np.maximum(found, 0)
        found.append(first * inputs[0] + second * inputs[1] + bias)
    return np.array(found)


def points_of(data: str) -> list[Float64]:
    """The polylines and polygons of path data with absolute lines, as places from -1 to 1."""
    pieces = (re.findall(r"-?[\d.]+", piece) for piece in data.split("M") if piece)
    return [np.array(piece, dtype=float).reshape(-1, 2) * (2 / SIDE) - 1 for piece in pieces]


def within(polygons: Sequence[Float64], points: Float64) -> NDArray[np.bool_]:
    """Whether each point lies within one of some convex polygons, (P,).

    A corner of the square may be rounded to a single place, within which no point lies.
    """
    inside = np.zeros(len(points), dtype=bool)
    for polygon in polygons:
        step = np.roll(polygon, -1, axis=0) - polygon
        if not step.any():
            continue
        apart = points[:, None] - polygon
        side = step[:, 0] * apart[..., 1] - step[:, 1] * apart[..., 0]
        inside |= (side >= 0).all(axis=1) | (side <= 0).all(axis=1)
    return inside


def grid() -> Float64:
    """Points (P, 2) all over the square."""
    middles = (np.arange(41) + 0.5) / 41 * 2 - 1
    return np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)


def require_shaded(data: str, sums: Float64, points: Float64) -> None:
    """Assert that a path covers the points at which a sum is above zero, except near zero."""
    sure = np.abs(sums) > 0.02
    shaded = within(points_of(data), points)
    assert (shaded == (sums > 0))[sure].all()
    assert sure.sum() > 500
