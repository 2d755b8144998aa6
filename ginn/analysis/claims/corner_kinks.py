"""Corner kinks: do boundaries bend at the corners of the picture?

The measure is the distance from each corner to the nearest bend of a boundary, by layer. There are
two controls: points of a lattice over the whole domain, and points of the whole outline of the
picture, one on every edge between a black and a white pixel. Many boundaries follow the outline, so
the outline is the stricter control. If there is no effect, corners are as far from the nearest bend
as the points of the control.

A bend is a kink of `kinks.BEND` degrees or more. Lines of the first layer have none. Where two
lines of one layer cross, neither bends, so such crossings do not count. Bends are those of the
exact boundaries, without a grid of pixels.

Axes: W chosen snapshots, C corners, L layers whose lines can bend: the second to the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ginn.analysis.claim import Claim, least_of_pairs, median_texts, medians, row_by_tests
from ginn.analysis.claims.bias_vs_weights import lattice_points
from ginn.analysis.claims.kinks import BEND, Kinks, kinks, layer_of_neuron
from ginn.analysis.effects import paired
from ginn.analysis.rules import Rule
from ginn.dataset.dataset import Dataset
from ginn.geometry.boundaries import Boundaries
from ginn.network.run import Float64

# The largest number of measured snapshots. They are evenly spread over the recorded ones, with the
# first and the last.
MOST_SNAPSHOTS = 64
# The number of points along a side of the lattice over the domain: 400 points in all.
LATTICE = 20
# The distance (domain units) that is used for a layer without any bend. It is larger than the
# domain's diagonal. A mean of many such values is exact, which it would not be for sqrt(2).
FARTHEST = 1.5

AT_CORNERS = Rule(
    name="Bends at corners",
    statement="After training, boundaries bend nearer to the picture's corners than to other "
    "points of its outline.",
    measure="Mean distance, in sides of the picture, to the nearest bend of a run's lines, of "
    f"{BEND:g} degree or more, at the last snapshot, by layer from the second to the output "
    f"({FARTHEST:g} for a layer without a bend): from the points of each control less from the "
    "corners; two tests a layer.",
    control=f"all points of the outline, and a lattice of {LATTICE} by {LATTICE} points anywhere.",
    sample="first",
    tests=("signed ranks",),
)


@dataclass(frozen=True)
class Points:
    """The points from which distances are measured, (., 2) each, in domain units."""

    corners: Float64
    anywhere: Float64
    outline: Float64


@dataclass(frozen=True)
class Nearness:
    """Mean distances to the nearest bend in one run, (W, L) each, in domain units.

    They are measured from the corners, from points anywhere, and from the outline, and lie in
    [0, FARTHEST]. `iterations` (W,) are the iterations of the chosen snapshots.
    """

    iterations: NDArray[np.int64]
    corners: Float64
    anywhere: Float64
    outline: Float64


def points_of(dataset: Dataset) -> Points:
    """The corners of a drawing, a LATTICE x LATTICE lattice of midpoints, and the whole outline."""
    return Points(dataset.corners, lattice_points(LATTICE), outline_points(dataset))


def outline_points(dataset: Dataset) -> Float64:
    """The middle of every pixel edge between black and white, (P, 2), in domain units."""
    row, column = np.nonzero(dataset.labels[:, 1:] != dataset.labels[:, :-1])
    upright = np.stack([column + 1.0, row + 0.5], axis=1)
    row, column = np.nonzero(dataset.labels[1:] != dataset.labels[:-1])
    level = np.stack([column + 0.5, row + 1.0], axis=1)
    return np.concatenate([upright, level]) / dataset.pixels


def distances(points: Float64, places: Float64) -> Float64:
    """The distance of each point (P, 2) to the nearest place (M, 2), (P,); FARTHEST without any."""
    if not len(places):
        return np.full(len(points), FARTHEST)
    x = points[:, 0, None] - places[:, 0]
    y = points[:, 1, None] - places[:, 1]
    return np.asarray(np.sqrt((x * x + y * y).min(axis=1)))


def nearness(
    boundaries: Boundaries,
    iterations: NDArray[np.int64],
    points: Points,
    found: Kinks | None = None,
) -> Nearness:
    """The distances from the corners and the controls to a run's bends; see `Nearness`.

    `found` are the kinks of the boundaries, from a caller that has them already.
    """
    found = kinks(boundaries) if found is None else found
    bent = found.angle >= BEND
    layers = len(boundaries.widths)
    layer = layer_of_neuron(boundaries.widths)[found.neuron[bent]] - 1
    # The place of each bend in an array (K, L), by its snapshot and layer. Kinks are in order of
    # snapshot and neuron, so these numbers are sorted.
    number = found.snapshot[bent] * layers + layer
    place = found.place[bent]
    chosen = np.unique(np.linspace(0, len(boundaries) - 1, MOST_SNAPSHOTS).round().astype(np.intp))
    wanted = (chosen[:, None] * layers + np.arange(layers)).ravel()
    first = np.searchsorted(number, wanted)
    end = np.searchsorted(number, wanted, side="right")

    def mean_distances(group: Float64) -> Float64:
        """The mean distances (W, L) from the points of a group to the nearest bend."""
        each = [distances(group, place[a:b]) for a, b in zip(first, end, strict=True)]
        return np.asarray(np.array(each).reshape(len(chosen), layers, len(group)).mean(axis=2))

    return Nearness(
        iterations=iterations[chosen],
        corners=mean_distances(points.corners),
        anywhere=mean_distances(points.anywhere),
        outline=mean_distances(points.outline),
    )


def claim_bends_at_corners(runs: Sequence[Nearness]) -> Claim:
    """The claim that trained boundaries bend at the picture's corners."""
    last = {
        name: np.array([getattr(run, name)[-1] for run in runs])  # (runs, L)
        for name in ("corners", "anywhere", "outline")
    }
    untrained = np.array([run.outline[0] - run.corners[0] for run in runs])  # (runs, L)
    count = untrained.shape[1]
    names = [*(f"layer {number}" for number in range(2, count + 1)), "the output"]
    effects = [
        paired(f"{name}, distance to a bend, from {words} against from corners", each, "sides")
        for control, words in (("outline", "the outline"), ("anywhere", "anywhere"))
        for name, each in zip(names, (last[control] - last["corners"]).T, strict=True)
    ]
    before = medians(untrained, 3).replace("-", "\N{MINUS SIGN}")
    nearest = zip(median_texts(last["corners"], 3), names, strict=True)
    return row_by_tests(
        AT_CORNERS,
        effects,
        least_of_pairs(len(runs)),
        value="from a corner to the nearest bend: "
        + ", ".join(f"{each} sides in {name}" for each, name in nearest)
        + " (medians over runs)",
        control=f"from points of the outline {medians(last['outline'], 3)}; from points anywhere "
        f"{medians(last['anywhere'], 3)}; before training, the outline less the corners {before}",
    )
