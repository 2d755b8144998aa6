"""Kinks: every kink of every boundary, its cause and its angle, and how linear regions grow.

A boundary can bend only where it crosses the boundary of an earlier neuron, the cause. Paths of the
network lead from the cause to the boundary's own neuron. A path is open at a point if all neurons
of the path are on at that point. The open paths decide whether the boundary bends, and how far.
Each kink's angle is measured on the traced polyline. It is also predicted from the weights along
open paths, without the tracing. The two angles must agree. No step uses a sampling grid. Every
snapshot is measured.

Axes: K snapshots, M kinks, L hidden layers; line layers count from 0 to L, the output's last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.elementary import angle_of, hypotenuse
from ginn.geometry.boundaries import Boundaries
from ginn.network.forward import pre_activations
from ginn.network.product import product
from ginn.network.run import Float64, RecordedRun, layer_slices

# In domain units. A vertex is exact to about 1e-13, so the direction of a segment of this length is
# exact to about 1e-7. Most shorter segments lie where several boundaries meet in one place.
SHORTEST_SEGMENT = 1e-6
# In degrees: a kink of at least this angle is called a bend.
BEND = 1.0
# In degrees: the largest difference of two angles that rounding may cause.
AGREEMENT = 1e-3


@dataclass(frozen=True)
class Kinks:
    """The M vertices at which a boundary of a run crosses the boundary of an earlier neuron.

    `snapshot`, `neuron` (the neuron of the line) and `cause` are (M,). `place` is (M, 2) in domain
    units. `angle` (M,) is how far the line turns there, in degrees from 0 (it goes straight on) to
    180. It is NaN if a segment beside the vertex is shorter than SHORTEST_SEGMENT.
    """

    snapshot: NDArray[np.int64]
    neuron: NDArray[np.int64]
    cause: NDArray[np.int64]
    place: Float64
    angle: Float64


@dataclass(frozen=True)
class Prediction:
    """The angles of M kinks as the weights predict them, along paths from the cause to the line.

    `paths` (M,) is the number of open paths: all neurons on them are on at the kink, and no weight
    is zero. `angle` (M,) is the turn that they cause, in degrees. It is NaN if the gradient of the
    line's neuron is zero on one side of the kink.
    """

    paths: NDArray[np.int64]
    angle: Float64


@dataclass(frozen=True)
class KinkCounts:
    """The numbers of kinks and bends of one run, over all its snapshots.

    `crossings` and `bends` (L + 1, L) count the kinks, and the kinks of BEND degrees or more, by
    the layer of the line and the layer of the cause. `without_angle` counts kinks that have no
    angle; no other number includes them.

    `first_layer_lines` counts the polylines of layer 1. `first_layer_bent` counts those that have a
    vertex between their ends. An affine function has none, so this number checks the tracing.
    `without_path` counts bends without an open path from cause to line. `largest_error` is the
    largest difference between the measured and the predicted angle, in degrees.

    `error_with_other_gates` is the control: the median error, in degrees, of an angle predicted
    from the on and off neurons at another kink. It uses the kinks that have a layer between cause
    and line, and is NaN if there are none. If open paths did not matter, the two errors would be
    alike.
    """

    crossings: NDArray[np.int64]
    bends: NDArray[np.int64]
    without_angle: int
    first_layer_lines: int
    first_layer_bent: int
    without_path: int
    largest_error: float
    error_with_other_gates: float


@dataclass(frozen=True)
class RegionGrowth:
    """Linear regions over the domain through one run's training: counts.

    `start`, `fewest` and `end` are numbers of regions; `fewest_at` is the iteration of the fewest.
    `arrangement` is the most regions that straight lines can make, one line for each hidden neuron.
    `bound` is the most that a network of these widths can make. A network with more than
    `arrangement` regions must have lines that bend.
    """

    start: int
    fewest: int
    fewest_at: int
    end: int
    arrangement: int
    bound: int


def kinks(boundaries: Boundaries) -> Kinks:
    """All kinks of a run's boundaries, in order of snapshot, neuron and place along the line."""
    count = len(boundaries.vertices)
    length = np.diff(boundaries.polyline_offsets)
    first = np.repeat(boundaries.polyline_offsets[:-1], length)
    size = np.repeat(length, length)
    position = np.arange(count) - first
    inner = np.flatnonzero(boundaries.causes >= 0)
    # The ends of open polylines lie on the domain's sides, so an inner vertex has two neighbours.
    before = first[inner] + (position[inner] - 1) % size[inner]
    after = first[inner] + (position[inner] + 1) % size[inner]
    vertices = boundaries.vertices
    arriving, leaving = vertices[inner] - vertices[before], vertices[after] - vertices[inner]
    shorter = np.minimum(hypotenuse(*arriving.T), hypotenuse(*leaving.T))
    line = np.repeat(np.arange(len(boundaries.line_offsets) - 1), np.diff(boundaries.line_offsets))
    line_of_vertex = np.repeat(line, length)[inner]
    return Kinks(
        snapshot=line_of_vertex // boundaries.neurons,
        neuron=line_of_vertex % boundaries.neurons,
        cause=boundaries.causes[inner].astype(np.int64),
        place=vertices[inner],
        angle=np.where(shorter >= SHORTEST_SEGMENT, turn(arriving, leaving), np.nan),
    )


def turn(arriving: Float64, leaving: Float64) -> Float64:
    """The angle between two directions (M, 2) each, in degrees from 0 to 180; (M,)."""
    cross = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
    dot = arriving[:, 0] * leaving[:, 0] + arriving[:, 1] * leaving[:, 1]
    return angle_of(dot, np.abs(cross)) * (180.0 / math.pi)


def layer_of_neuron(widths: tuple[int, ...]) -> NDArray[np.int64]:
    """The layer, from 0, of each neuron, numbered layer by layer; the last one is the output's."""
    return np.repeat(np.arange(len(widths) + 1), [*widths, 1])


def predict(snapshots: RecordedRun, found: Kinks, other_gates: bool = False) -> Prediction:
    """The number of open paths of each kink, and the angle that the weights along them predict.

    The gradient of the line's pre-activation is a sum over open paths of the products of their
    weights. It differs between the side where the cause is on and the side where it is off. The
    line turns by the angle between the two gradients.

    `other_gates` gives the control. The neurons in the layers strictly between cause and line then
    have the on or off states of another kink. In the list of the kinks with the same snapshot and
    line layer, that is the kink half of the list's length away.
    """
    layer = layer_of_neuron(snapshots.widths)
    paths = np.zeros(found.neuron.size, dtype=np.int64)
    angle = np.full(found.neuron.size, np.nan)
    order = np.lexsort((layer[found.neuron], found.snapshot))
    group = found.snapshot[order] * len(layer) + layer[found.neuron][order]
    for rows in np.split(order, np.flatnonzero(np.diff(group)) + 1):
        if rows.size:
            paths[rows], angle[rows] = _predict_of_layer(snapshots, found, rows, other_gates)
    return Prediction(paths, angle)


def _predict_of_layer(
    snapshots: RecordedRun, found: Kinks, rows: NDArray[np.intp], other_gates: bool
) -> tuple[NDArray[np.int64], Float64]:
    """The open paths and angles of kinks of one snapshot whose lines belong to one layer."""
    layer = layer_of_neuron(snapshots.widths)
    starts = [neurons.start for neurons in layer_slices(snapshots.widths)]
    snapshot, line_layer = found.snapshot[rows[0]], int(layer[found.neuron[rows[0]]])
    weights = [weight[snapshot].astype(np.float64) for weight in snapshots.weights]
    below = tuple(snapshots.weights[i][snapshot] for i in range(line_layer))
    biases = tuple(snapshots.biases[i][snapshot] for i in range(line_layer))
    values = pre_activations(below, biases, found.place[rows])
    cause, cause_layer = found.cause[rows], layer[found.cause[rows]]

    own = weights[line_layer][found.neuron[rows] - starts[line_layer]]  # (m, width below)
    gradient_off, gradient_on, open_paths = own, own.copy(), (own != 0).astype(np.int64)
    paths = np.zeros(rows.size, dtype=np.int64)
    for i in reversed(range(line_layer)):
        on = values[i] > 0.0  # (m, width)
        if other_gates:
            between = (cause_layer < i)[:, None]
            on = np.where(between, np.roll(on, rows.size // 2, axis=0), on)
        here = np.flatnonzero(cause_layer == i)
        unit = cause[here] - starts[i]
        paths[here] = open_paths[here, unit]
        off_side, on_side = on.copy(), on
        off_side[here, unit], on_side[here, unit] = False, True
        gradient_off = product(gradient_off * off_side, weights[i])
        gradient_on = product(gradient_on * on_side, weights[i])
        open_paths = (open_paths * on_side) @ (weights[i] != 0)
    angle = turn(gradient_off, gradient_on)
    lost = ~gradient_off.any(axis=1) | ~gradient_on.any(axis=1)
    return paths, np.where(lost, np.nan, angle)


def count_kinks(
    snapshots: RecordedRun, boundaries: Boundaries, found: Kinks | None = None
) -> KinkCounts:
    """The counts of one run's kinks; see `KinkCounts`."""
    found = kinks(boundaries) if found is None else found
    measured = np.isfinite(found.angle)
    found = Kinks(*(getattr(found, name)[measured] for name in Kinks.__dataclass_fields__))
    depth = len(snapshots.widths)
    layer = layer_of_neuron(snapshots.widths)
    cell = layer[found.neuron] * depth + layer[found.cause]
    bent = found.angle >= BEND
    shape, cells = (depth + 1, depth), depth * (depth + 1)
    own, other = predict(snapshots, found), predict(snapshots, found, other_gates=True)
    error = np.abs(own.angle - found.angle)
    far = layer[found.neuron] - layer[found.cause] > 1
    other_error = np.abs(other.angle - found.angle)[far]
    lines, bent_lines = _first_layer(boundaries)
    return KinkCounts(
        crossings=np.bincount(cell, minlength=cells).reshape(shape),
        bends=np.bincount(cell[bent], minlength=cells).reshape(shape),
        without_angle=int(np.count_nonzero(~measured)),
        first_layer_lines=lines,
        first_layer_bent=bent_lines,
        without_path=int(np.count_nonzero((own.paths == 0) & bent)),
        largest_error=float(np.nan_to_num(error, nan=np.inf).max(initial=0.0)),
        error_with_other_gates=_median(other_error[np.isfinite(other_error)]),
    )


def _first_layer(boundaries: Boundaries) -> tuple[int, int]:
    """The number of first-layer polylines in all snapshots, and of those with over two vertices."""
    line = np.repeat(np.arange(len(boundaries.line_offsets) - 1), np.diff(boundaries.line_offsets))
    first = line % boundaries.neurons < boundaries.widths[0]
    bent = np.diff(boundaries.polyline_offsets)[first] > 2
    return int(np.count_nonzero(first)), int(np.count_nonzero(bent))


def _median(values: Float64) -> float:
    return float(np.median(values)) if values.size else math.nan


def arrangement_bound(lines: int) -> int:
    """The most regions that `lines` straight lines cut a convex set into: 1 + n + n (n - 1) / 2.

    Steiner 1826. A first layer can reach it and cannot exceed it.
    """
    return 1 + lines + math.comb(lines, 2)


def network_bound(widths: Sequence[int]) -> int:
    """An upper bound on the linear regions of a ReLU network on the plane: a product over layers.

    Within a region of the layers before it, a layer makes at most as many regions as straight lines
    do (Raghu et al. 2017, arXiv:1606.05336, theorem 1; Serra et al. 2018, arXiv:1711.02114,
    section 4).
    """
    return math.prod(arrangement_bound(width) for width in widths)


def region_growth(snapshots: RecordedRun, boundaries: Boundaries) -> RegionGrowth:
    """The growth of linear regions in one run's training; see `RegionGrowth`."""
    regions = boundaries.regions
    fewest = int(np.argmin(regions))
    return RegionGrowth(
        start=int(regions[0]),
        fewest=int(regions[fewest]),
        fewest_at=int(snapshots.iterations[fewest]),
        end=int(regions[-1]),
        arrangement=arrangement_bound(sum(snapshots.widths)),
        bound=network_bound(snapshots.widths),
    )
