"""Boundaries with given polylines, and a check of the ink in their tiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from ginn.geometry.boundaries import Boundaries
from ginn.network.run import Float64
from ginn.viewer_data.sheet_layout import TILE
from support.boundary_checks import segments

# The polylines (vertices, closed) of each (snapshot, neuron).
Lines = Mapping[tuple[int, int], list[tuple[Float64, bool]]]


def boundaries_of(widths: tuple[int, ...], snapshots: int, lines: Lines) -> Boundaries:
    """Boundaries of these polylines; all causes are 0."""
    neurons = sum(widths) + 1
    in_order = [lines.get((k, n), []) for k in range(snapshots) for n in range(neurons)]
    polylines = [polyline for line in in_order for polyline in line]
    vertices = np.concatenate([np.empty((0, 2)), *(vertices for vertices, _ in polylines)])
    return Boundaries(
        widths=widths,
        vertices=vertices,
        causes=np.zeros(len(vertices), dtype=np.int32),
        polyline_offsets=np.cumsum([0, *(len(vertices) for vertices, _ in polylines)]),
        closed=np.array([closed for _, closed in polylines], dtype=np.bool_),
        line_offsets=np.cumsum([0, *map(len, in_order)]),
        regions=np.ones(snapshots, dtype=np.int32),
        corners=np.zeros((snapshots, neurons), dtype=np.bool_),
    )


def random_boundaries(widths: tuple[int, ...], snapshots: int, seed: int) -> Boundaries:
    """Boundaries of open and closed polylines at random places; some neurons have none."""
    generator = np.random.default_rng(seed)
    lines: dict[tuple[int, int], list[tuple[Float64, bool]]] = {}
    for k in range(snapshots):
        for n in range(sum(widths) + 1):
            lines[k, n] = [
                (generator.random((generator.integers(2, 7), 2)), bool(generator.integers(2)))
                for _ in range(generator.integers(0, 3))
            ]
    return boundaries_of(widths, snapshots, lines)


def segments_px(boundaries: Boundaries, snapshot: int, neurons: Iterable[int]) -> Float64:
    """The segments (S, 2, 2) of some neurons' boundaries, in px of a tile."""
    lines = [line for neuron in neurons for line in boundaries.polylines(snapshot, neuron)]
    return np.stack(segments(lines), axis=1) * TILE


def distances(points: Float64, segments: Float64) -> Float64:
    """The distance of each point (P, 2) to the nearest of the segments (S, 2, 2)."""
    begin, direction = segments[:, 0], segments[:, 1] - segments[:, 0]
    relative = points[:, None] - begin  # (P, S, 2)
    squared = np.maximum((direction**2).sum(-1), 1e-30)
    position = np.clip((relative * direction).sum(-1) / squared, 0, 1)
    away = np.linalg.norm(relative - position[..., None] * direction, axis=-1)
    return np.asarray(away.min(axis=1, initial=np.inf))


CENTRES = np.moveaxis(np.mgrid[:100, :100][::-1], 0, -1).reshape(-1, 2) + 0.5  # of a tile's pixels


def assert_ink_is_the_boundary(levels: NDArray[np.uint8], segments: Float64) -> None:
    """Check each pixel of a tile with four levels of ink.

    The expected line is 1.3 px wide, and its edges fade over a pixel. The largest allowed error is
    half a level.
    """
    if len(segments) == 0:
        assert not levels.any()
        return
    coverage = np.clip(1.3 / 2 + 0.5 - distances(CENTRES, segments), 0, 1)
    assert np.abs(levels.ravel() - 3 * coverage).max() <= 0.5 + 1e-6


# Lines that are difficult for the arithmetic of a tile: along and across every side, through
# corners, at 45 degrees, shorter than a pixel, and of length zero.
EDGES = [
    ([(0, 0), (1, 0), (1, 1), (0, 1)], True),
    ([(0, 0), (1, 1)], False),
    ([(1, 0), (0, 1)], False),
    ([(0.3, 0.6), (0.45, 0.45), (0.6, 0.6), (0.45, 0.75)], True),
    ([(0, 0.3), (1, 0.3)], False),
    ([(0.7, 1), (0.7, 0)], False),
    ([(0.9, 0), (1, 0.05), (0.8, 1), (0, 0.85), (0.9, 0)], False),
    ([(0.201, 0.402), (0.204, 0.403), (0.2, 0.405)], True),
    ([(0.5, 0.2), (0.5, 0.2)], True),
    ([(0.75, 0.255)], False),
    ([(0, 0.995), (0.995, 1)], False),
]
