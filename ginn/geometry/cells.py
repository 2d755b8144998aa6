"""The cells of a layer with their areas: on each, every neuron of the layer is on or is off.

So whatever is said of the sets where a layer's neurons are on, of their overlaps or of where none
of them is, is a sum of areas of cells. It is exact as `complex` is: for the stored float32 weights,
in float64, without a grid.

Axes: K snapshots, C cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ginn.dataset.polygons import inside_polygon
from ginn.geometry.subdivision import (
    EPSILON,
    HEAD,
    ON_LEFT,
    ON_RIGHT,
    OUTSIDE,
    TAIL,
    Bool,
    Complex,
    Index,
    by_chunks,
)
from ginn.geometry.subdivision import cut_layers as cut_by_layers
from ginn.network.run import Float64, RecordedRun


@dataclass(frozen=True)
class Cells:
    """The cells that one layer and those before it make at a few consecutive snapshots.

    `layer` counts hidden layers from 0. `snapshot` (C,) is the run's snapshot a cell belongs to,
    `area` (C,) its area in domain units (the whole domain is 1), `on` (width, C) whether each
    neuron of the layer is on there, and `inside` (C,) whether it lies within the outline.
    """

    layer: int
    snapshot: Index
    area: Float64
    on: Bool
    inside: Bool


def cells(snapshots: RecordedRun, outline: Float64 | None = None) -> Iterator[Cells]:
    """The cells of each hidden layer, for a chunk of snapshots after the other.

    With an `outline`, a polygon (V, 2) in domain units, cells are cut along the lines through its
    sides as well, so that each lies within it or without (even-odd rule); else all are within.
    Raises GeometryError where `complex.layers` does.
    """

    def cut_chunk(first: int, count: int) -> list[Cells]:
        part = slice(first, first + count)
        polygons = Complex(count, first)
        if outline is not None:
            _cut_along(polygons, outline)
        weights = tuple(weight[part] for weight in snapshots.weights)
        biases = tuple(bias[part] for bias in snapshots.biases)
        return [
            _read(cut, layer, outline)
            for layer, cut in enumerate(cut_by_layers(weights, biases, polygons))
        ]

    for chunk in by_chunks(len(snapshots), cut_chunk):
        yield from chunk


def _cut_along(polygons: Complex, outline: Float64) -> None:
    """Cut the square along the line through each side of a polygon."""
    side = np.roll(outline, -1, axis=0) - outline
    normal = np.stack([-side[:, 1], side[:, 0]], axis=1)
    offset = np.einsum("sd,sd->s", normal, outline)
    values = normal @ polygons.values[:2, : polygons.vertices] - offset[:, None]  # (sides, V)
    zero = 8 * EPSILON * np.abs(normal).sum(axis=1, keepdims=True)
    polygons.enter_layer(0, values, np.repeat(zero, polygons.snapshots, axis=1))
    for line in range(len(outline)):
        polygons.split(line)


def _read(polygons: Complex, layer: int, outline: Float64 | None) -> Cells:
    """A complex that a layer has just cut, as cells."""
    edges = polygons.edges[:, : polygons.edge_count]
    # Anticlockwise in (x, y), a cell's vertices are the tails to its left and heads to its right.
    cell = np.concatenate([edges[ON_LEFT], edges[ON_RIGHT]])
    vertex = np.concatenate([edges[TAIL], edges[HEAD]])
    count = polygons.cells
    # After the cut a neuron's sign is one within a cell; its zeros on the border count as off.
    on = np.stack([np.bincount(cell[row], minlength=count) > 0 for row in polygons.on[:, vertex]])
    kept = np.arange(count) != OUTSIDE
    within = kept
    if outline is not None:
        corners = np.maximum(np.bincount(cell, minlength=count), 1)
        x, y = (np.bincount(cell, row[vertex], count) / corners for row in polygons.values[:2])
        within = inside_polygon(outline, x, y)
    return Cells(
        layer=layer,
        snapshot=polygons.first_snapshot + polygons.cell_snapshot[:count][kept],
        area=polygons.areas()[0][kept],
        on=on[:, kept],
        inside=within[kept],
    )


def overlaps(snapshots: RecordedRun) -> tuple[Float64, ...]:
    """The area where both of two neurons of a layer are on, (K, width, width), for each layer.

    In shares of the domain, exact; on the diagonal stands the area where a neuron is on.
    """
    both = tuple(np.zeros((len(snapshots), width, width)) for width in snapshots.widths)
    for each in cells(snapshots):
        order = np.argsort(each.snapshot, kind="stable")
        on, area = each.on[:, order].astype(np.float64), each.area[order]
        first, start = np.unique(each.snapshot[order], return_index=True)
        for snapshot, a, b in zip(first, start, [*start[1:], len(order)], strict=True):
            both[each.layer][snapshot] = (on[:, a:b] * area[a:b]) @ on[:, a:b].T
    return both


def silent_areas(snapshots: RecordedRun, outline: Float64 | None = None) -> Float64:
    """The share of the outline where every neuron of a layer is off, (K, layers), in [0, 1].

    Exact, by area. Without an outline it is the share of the whole domain.
    """
    shape = (len(snapshots), len(snapshots.widths))
    silent, whole = np.zeros(shape), np.zeros(shape)
    for each in cells(snapshots, outline):
        area = np.where(each.inside, each.area, 0.0)
        off = ~each.on.any(axis=0)
        silent[:, each.layer] += np.bincount(each.snapshot, area * off, len(snapshots))
        whole[:, each.layer] += np.bincount(each.snapshot, area, len(snapshots))
    return np.asarray(silent / whole)
