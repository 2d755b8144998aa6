"""Linear regions by clipping polygons: the reference for the tests of the subdivision."""

from __future__ import annotations

from typing import Any


def clipped_cells(weights: list[Any], biases: list[Any], one: Any) -> list[list[tuple[Any, Any]]]:
    """The linear regions as polygons, by repeated clipping; exact if the numbers are exact."""
    square = [(0 * one, 0 * one), (one, 0 * one), (one, one), (0 * one, one)]
    identity = [[one, 0 * one, 0 * one], [0 * one, one, 0 * one]]
    cells = [(square, identity)]  # a polygon, and its rows (a, b, c): activation = a x + b y + c
    for weight, bias in zip(weights, biases, strict=True):
        cells = [part for cell in cells for part in _clipped_by_layer(*cell, weight, bias, one)]
    return [polygon for polygon, _ in cells]


def _clipped_by_layer(polygon: Any, rows: Any, weight: Any, bias: Any, one: Any) -> list[Any]:
    parts: list[tuple[Any, list[Any]]] = [(polygon, [])]
    for unit, offset in zip(weight, bias, strict=True):
        a, b, c = (sum(w * row[k] for w, row in zip(unit, rows, strict=True)) for k in range(3))
        row = [a, b, c + offset]
        split = []
        for part, kept in parts:
            on, off = clip(part, row), clip(part, [-value for value in row])
            if on:
                split.append((on, [*kept, row]))
            if off or not on:
                split.append((off or part, [*kept, [0 * one] * 3]))
        parts = split
    return parts


def clip(polygon: list[tuple[Any, Any]], row: list[Any]) -> list[tuple[Any, Any]]:
    """The part of a convex polygon where row >= 0; empty if that part has no area."""
    values = [row[0] * x + row[1] * y + row[2] for x, y in polygon]
    if max(values) <= 0:
        return []
    kept = []
    for (x, y), value, (x1, y1), after in zip(
        polygon, values, polygon[1:] + polygon[:1], values[1:] + values[:1], strict=True
    ):
        if value >= 0:
            kept.append((x, y))
        if value * after < 0:
            t = value / (value - after)
            kept.append((x + t * (x1 - x), y + t * (y1 - y)))
    return kept
