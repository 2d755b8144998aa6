"""Distances between the boundaries of a layer's neurons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ginn.elementary import hypotenuse
from ginn.geometry.boundaries import Polyline, trace
from ginn.network.run import Float64, RecordedRun, last_state, layer_slices

# The number of points on each boundary from which distances are measured.
POINTS_ALONG = 200


def boundary_distances(run: RecordedRun, layer: int) -> Float64:
    """The distances between a layer's boundaries at the last snapshot, (n, n).

    The unit is a side of the domain. Points are spread evenly along each boundary. The distance of
    a point is measured to the nearest point of the other boundary. The result is the mean over the
    points of both boundaries, which have the same weight. It is 0 for the same boundary, and NaN
    where a neuron has no boundary. Two random lines are about 0.2 to 0.5 apart.
    """
    boundaries = trace(last_state(run))
    neurons = range(*layer_slices(run.widths)[layer].indices(boundaries.neurons))
    lines = [_segments(boundaries.polylines(0, neuron)) for neuron in neurons]
    apart = np.full((len(lines), len(lines)), np.nan)
    for i, (tails, heads) in enumerate(lines):
        if len(tails):
            points = _along(tails, heads)
            for j, (others, other_heads) in enumerate(lines):
                if len(others):
                    apart[i, j] = _distances(points, others, other_heads).mean()
    return np.asarray((apart + apart.T) / 2)


def _segments(polylines: Sequence[Polyline]) -> tuple[Float64, Float64]:
    """The first and the second ends, (S, 2) each, of the segments that are longer than zero."""
    tails, heads = [np.empty((0, 2))], [np.empty((0, 2))]
    for line in polylines:
        around = np.concatenate([line.vertices, line.vertices[:1]])
        corners = around if line.closed else line.vertices
        tails.append(corners[:-1])
        heads.append(corners[1:])
    tail, head = np.concatenate(tails), np.concatenate(heads)
    long = (tail != head).any(axis=1)
    return tail[long], head[long]


def _along(tail: Float64, head: Float64) -> Float64:
    """POINTS_ALONG points (P, 2) spread evenly by length over segments, none at an end."""
    length = hypotenuse(*(head - tail).T)
    ends = np.cumsum(length)
    place = (np.arange(POINTS_ALONG) + 0.5) / POINTS_ALONG * ends[-1]
    segment = np.minimum(np.searchsorted(ends, place), len(length) - 1)
    share = (place - (ends - length)[segment]) / length[segment]
    return np.asarray(tail[segment] + share[:, None] * (head - tail)[segment])


def _distances(points: Float64, tail: Float64, head: Float64) -> Float64:
    """The distance of each point (P, 2) from the nearest of S segments, (P,)."""
    right, down = (head - tail).T
    x, y = points[:, 0, None] - tail[:, 0], points[:, 1, None] - tail[:, 1]  # (P, S)
    share = np.clip((x * right + y * down) / (right * right + down * down), 0.0, 1.0)
    return np.asarray(hypotenuse(x - share * right, y - share * down).min(axis=1))
