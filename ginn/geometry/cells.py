"""The cells of each hidden layer with their areas, and the areas where two neurons are on together.

Each neuron of the layer is either on or off all over a cell. The cells, and the neurons that are on
there, are the same as in exact arithmetic on the stored float32 weights, as `boundaries` states.
Areas are computed from rounded vertices, without a grid. In degenerate cases a cell may have no
area.

Axes: K snapshots, C cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ginn.geometry.cutting import HEAD, ON_LEFT, ON_RIGHT, OUTSIDE, TAIL
from ginn.geometry.layers import subdivisions_after
from ginn.geometry.subdivision import Bool, Index, Subdivision, by_chunks
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun


@dataclass(frozen=True)
class Cells:
    """The cells that one layer and those before it make at a few consecutive snapshots.

    `layer` counts hidden layers from 0. `snapshot` (C,) is the snapshot of each cell, `area` (C,)
    its area in domain units (the whole domain is 1), and `on` (width, C) whether each neuron of the
    layer is on there.
    """

    layer: int
    snapshot: Index
    area: Float64
    on: Bool


def cells(run: RecordedRun) -> Iterator[Cells]:
    """The cells of each hidden layer, for each chunk of snapshots in order.

    Raises AuthorError as `layers.subdivisions_before` does.
    """
    for chunk in by_chunks(len(run), lambda first, count: _chunk(run, first, count)):
        yield from chunk


def _chunk(run: RecordedRun, first: int, count: int) -> list[Cells]:
    """The cells of some snapshots, cut in float64, and exactly where that is uncertain."""
    found = []
    for layer, subdivision in enumerate(subdivisions_after(run, first, count)):
        found.append(_cells_of(subdivision, layer))
    uncertain = first + np.flatnonzero(subdivision.uncertain)
    if uncertain.size:
        found = [_without(each, uncertain) for each in found]
    for snapshot in uncertain.tolist():
        for layer, exact in enumerate(subdivisions_after(run, snapshot, 1, exact=True)):
            found[layer] = _joined(found[layer], _cells_of(exact, layer))
    return found


def _without(cells: Cells, snapshots: Index) -> Cells:
    """The cells of all other snapshots."""
    kept = ~np.isin(cells.snapshot, snapshots)
    return Cells(cells.layer, cells.snapshot[kept], cells.area[kept], cells.on[:, kept])


def _joined(one: Cells, other: Cells) -> Cells:
    """The cells of both, which are of one layer."""
    return Cells(
        one.layer,
        np.concatenate([one.snapshot, other.snapshot]),
        np.concatenate([one.area, other.area]),
        np.concatenate([one.on, other.on], axis=1),
    )


def _cells_of(subdivision: Subdivision, layer: int) -> Cells:
    """The cells of a subdivision that a layer has just cut."""
    edges = subdivision.edges[:, : subdivision.edge_count]
    # Anticlockwise in (x, y), a cell's vertices are the tails to its left and heads to its right.
    cell = np.concatenate([edges[ON_LEFT], edges[ON_RIGHT]])
    vertex = np.concatenate([edges[TAIL], edges[HEAD]])
    count = subdivision.cells
    # Within a cell a neuron has one sign; zeros on the cell's border count as off.
    on = np.stack(
        [np.bincount(cell[row], minlength=count) > 0 for row in subdivision.signs()[:, vertex]]
    )
    kept = np.arange(count) != OUTSIDE
    return Cells(
        layer=layer,
        snapshot=subdivision.first_snapshot + subdivision.cell_snapshot[:count][kept],
        area=subdivision.areas()[kept],
        on=on[:, kept],
    )


def overlaps(run: RecordedRun) -> tuple[Float64, ...]:
    """The area where both of two neurons of a layer are on, (K, width, width), for each layer.

    Areas are shares of the domain. The diagonal holds the area where a neuron is on.
    """
    both = tuple(np.zeros((len(run), width, width)) for width in run.widths)
    for each in cells(run):
        order = np.argsort(each.snapshot, kind="stable")
        on, area = each.on[:, order].astype(np.float64), each.area[order]
        first, start = np.unique(each.snapshot[order], return_index=True)
        for snapshot, a, b in zip(first, start, [*start[1:], len(order)], strict=True):
            both[each.layer][snapshot] = product(on[:, a:b] * area[a:b], on[:, a:b].T)
    return both
