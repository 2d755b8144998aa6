"""The linear regions of one network as polygons."""

from __future__ import annotations

import numpy as np

from ginn.geometry.cutting import HEAD, ON_LEFT, ON_RIGHT, OUTSIDE, TAIL
from ginn.geometry.layers import subdivisions_after
from ginn.network.run import Float64, RecordedRun


def region_polygons(run: RecordedRun, snapshot: int = 0) -> list[Float64]:
    """The linear regions at one snapshot: the vertices (V, 2) of each, in order, in domain units.

    The vertices are computed in exact arithmetic and then rounded to float64. A region without an
    area is left out. Use this for networks of a few neurons, since exact arithmetic is slow.
    """
    *_, cut = subdivisions_after(run, snapshot, 1, exact=True)
    x, y, denominator = cut.values[:3, : cut.vertices]
    vertices = np.stack([x / denominator, y / denominator], axis=1).astype(np.float64)
    following: list[dict[int, int]] = [{} for _ in range(cut.cells)]
    for edge in cut.edges[:, : cut.edge_count].T.tolist():
        following[edge[ON_LEFT]][edge[TAIL]] = edge[HEAD]
        following[edge[ON_RIGHT]][edge[HEAD]] = edge[TAIL]
    kept = cut.has_area()
    kept[OUTSIDE] = False
    return [vertices[_around(following[cell])] for cell in np.flatnonzero(kept).tolist()]


def _around(following: dict[int, int]) -> list[int]:
    """The vertices of a cell in order; `following` maps each vertex to the next one."""
    order = [next(iter(following))]
    while (vertex := following[order[-1]]) != order[0]:
        order.append(vertex)
    return order
