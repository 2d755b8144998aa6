"""The exact boundaries of a ReLU network over the unit square.

The boundary of a neuron is the frontier, within the closed square, of the set where its
pre-activation is above zero. At zero a neuron is off. The boundary of the output is where its logit
is zero, p = 0.5. No sampling grid is used, and no weight or line is perturbed.

For every network with finite weights, these results are the same as in exact arithmetic on the
stored float32 weights: the polylines, the order and causes of their vertices, their direction,
whether they are closed, the number of regions, and the signs at the corner. Positions are rounded:
each is within `rounded.POSITION_ERROR` of the exact vertex, in x and in y. Snapshots are traced in
float64 with error bounds. A sign or position that the bounds do not decide is computed with twice
the digits. If that does not decide it either, the snapshot is traced again with integers.

Degenerate cases:

- Zero weights, or a neuron that is on nowhere or everywhere: no polyline.
- Zero over an area: the area is off, and its border with the on area is traced.
- Coincident lines: copied neurons have the same polylines. If a boundary runs along the boundary of
  an earlier neuron, that neuron is no cause; the causes are the neurons whose boundaries cross it.
- Through a vertex where several earlier boundaries meet: a vertex for each of them, at one place.
- Along a side of the domain: traced from corner to corner if the domain is on there. If it is off,
  there is no on side and no polyline.
- Through a corner: a vertex at the corner, whose cause is one of its two sides. If the line cuts
  off nothing but the corner, there are two vertices.
- A closed ring begins at an arbitrary vertex and is marked closed.
- A line that crosses an earlier neuron's boundary has a vertex there, even if it does not bend, for
  example because the earlier neuron has weight 0.

In the direction of a polyline, its neuron is on to the right, as seen on a screen with y down.

Axes: K snapshots, N boundaries a snapshot, P polylines, V vertices, M crossings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ginn.errors import AuthorError
from ginn.geometry.cutting import OWNER, SNAPSHOT, TAIL
from ginn.geometry.layers import subdivisions_before
from ginn.geometry.subdivision import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Bool,
    Index,
    Subdivision,
    by_chunks,
)
from ginn.network.run import Float64, RecordedRun

__all__ = ["BOTTOM", "LEFT", "RIGHT", "TOP", "Boundaries", "Polyline", "trace"]

# The largest number of vertices of a run. A build holds up to 300 bytes for each of them.
MOST_VERTICES = 3_000_000
_HINT = (
    "use fewer units, record fewer snapshots, or raise MOST_VERTICES in ginn/geometry/boundaries.py"
)


class Polyline(NamedTuple):
    """One connected piece of a boundary: `vertices` (V, 2), `causes` (V,), whether it is closed."""

    vertices: Float64
    causes: NDArray[np.int32]
    closed: bool


@dataclass(frozen=True)
class Boundaries:
    """Every boundary of every neuron at every snapshot of one run, as flat arrays and offsets.

    Neurons are numbered as in `network.run`: hidden layers first to last, then the output, so there
    are N = sum(widths) + 1 boundaries a snapshot. Polyline p is
    `vertices[polyline_offsets[p]:polyline_offsets[p + 1]]`; the polylines of neuron n at snapshot k
    are those from `line_offsets[k * N + n]` up to `line_offsets[k * N + n + 1]`. A closed polyline
    does not repeat its first vertex. Consecutive vertices may coincide, with different causes.

    `vertices` (V, 2) float64 in domain units, x right and y down, [0, 1]; `causes` (V,) int32: the
    earlier neuron whose boundary bends the line there, or LEFT, TOP, RIGHT, BOTTOM where it ends;
    `regions` (K,) int32: the number of linear regions of the network over the domain, counted as
    connected sets of one activation pattern that have an area; `corners` (K, N): whether a neuron
    is on at the domain's top left corner, (0, 0).
    """

    widths: tuple[int, ...]
    vertices: Float64
    causes: NDArray[np.int32]
    polyline_offsets: NDArray[np.int64]
    closed: NDArray[np.bool_]
    line_offsets: NDArray[np.int64]
    regions: NDArray[np.int32]
    corners: Bool

    @property
    def neurons(self) -> int:
        """The number of boundaries a snapshot, N: of every hidden neuron and of the output."""
        return sum(self.widths) + 1

    def __len__(self) -> int:
        """The number of snapshots, K."""
        return (len(self.line_offsets) - 1) // self.neurons

    def polylines(self, snapshot: int, neuron: int) -> list[Polyline]:
        """The polylines of one neuron at one snapshot."""
        line = snapshot * self.neurons + neuron
        return [
            Polyline(
                self.vertices[self.polyline_offsets[p] : self.polyline_offsets[p + 1]],
                self.causes[self.polyline_offsets[p] : self.polyline_offsets[p + 1]],
                bool(self.closed[p]),
            )
            for p in range(self.line_offsets[line], self.line_offsets[line + 1])
        ]


def boundaries_as_arrays(boundaries: Boundaries) -> dict[str, NDArray[Any]]:
    """The boundaries as named arrays, to be stored; `boundaries_from_arrays` is the inverse."""
    names = [field.name for field in fields(boundaries)]
    return {name: np.asarray(getattr(boundaries, name)) for name in names}


def boundaries_from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Boundaries:
    """The boundaries that `boundaries_as_arrays` stored as these arrays."""
    rest: dict[str, Any] = {name: arrays[name] for name in arrays if name != "widths"}
    return Boundaries(widths=tuple(arrays["widths"].tolist()), **rest)


class Chains(NamedTuple):
    """P polylines as flat arrays: line, length and closed (P,); vertices (V, 2), causes (V,).

    `line` is the number of the boundary: snapshot * N + neuron.
    """

    line: Index
    length: Index
    closed: Bool
    vertices: Float64
    causes: NDArray[np.int32]


class Traced(NamedTuple):
    """Some snapshots, traced: the polylines of each layer, and the other parts of `Boundaries`.

    `regions` is (B,), `corners` (B, N). `uncertain` (B,) marks snapshots to be traced exactly.
    """

    chains: list[Chains]
    regions: NDArray[np.int32]
    corners: Bool
    uncertain: Bool


def trace(run: RecordedRun) -> Boundaries:
    """The boundary of every neuron and of the output at every snapshot of a run.

    Raises AuthorError if a weight is not finite, or if there are more boundaries than memory
    allows.
    """
    chains: list[Chains] = []
    neurons = sum(run.widths) + 1
    regions, corners = [np.empty(0, dtype=np.int32)], [np.empty((0, neurons), dtype=np.bool_)]
    found = 0
    try:
        for part in by_chunks(len(run), lambda first, count: _traced_chunk(run, first, count)):
            chains += part.chains
            regions.append(part.regions)
            corners.append(part.corners)
            found += sum(len(each.causes) for each in part.chains)
            if found > MOST_VERTICES:
                _refuse_length(run, np.concatenate(regions), found)
    except AuthorError as error:
        raise error.at(key=f"seed {run.seed}") from error
    return _assembled(run.widths, chains, np.concatenate(regions), np.concatenate(corners))


def _traced_chunk(run: RecordedRun, first: int, count: int) -> Traced:
    """Some snapshots traced in float64; those that are uncertain are traced exactly."""
    traced = _traced(run, first, count)
    if not traced.uncertain.any():
        return traced
    neurons = traced.corners.shape[1]
    chains = [_without(each, traced.uncertain, first * neurons, neurons) for each in traced.chains]
    for snapshot in np.flatnonzero(traced.uncertain).tolist():
        exact = _traced(run, first + snapshot, 1, exact=True)
        chains += exact.chains
        traced.regions[snapshot], traced.corners[snapshot] = exact.regions[0], exact.corners[0]
    return traced._replace(chains=chains)


def _traced(run: RecordedRun, first: int, count: int, exact: bool = False) -> Traced:
    neurons = sum(run.widths) + 1
    chains, corners = [], []
    for subdivision in subdivisions_before(run, first, count, exact=exact):
        chains.append(_layer_chains(subdivision, neurons))
        corners.append(subdivision.signs()[:, : 4 * count : 4])
    on = np.concatenate(corners).T
    return Traced(chains, subdivision.regions(), on, subdivision.uncertain)


def _without(chains: Chains, left_out: Bool, first_line: int, neurons: int) -> Chains:
    """The chains without those of some snapshots of the chunk, (B,)."""
    kept = ~left_out[(chains.line - first_line) // neurons]
    vertex = np.repeat(kept, chains.length)
    return Chains(
        chains.line[kept],
        chains.length[kept],
        chains.closed[kept],
        chains.vertices[vertex],
        chains.causes[vertex],
    )


def require_room(state: RecordedRun, like: int) -> int:
    """The number of vertices of a run of one snapshot.

    Raises AuthorError if `like` such snapshots have too many vertices to be traced.
    """
    traced = trace(state)
    vertices = len(traced.causes)
    if like * vertices > MOST_VERTICES:
        raise AuthorError(
            f"{traced.regions[0]:,} linear regions at iteration {state.iterations[0]:,}, with "
            f"{vertices:,} vertices in the boundaries, {like * vertices:,} in {like} snapshots "
            "from there on",
            f"{MOST_VERTICES:,} vertices a run",
            _HINT,
            key=f"seed {state.seed}",
        )
    return vertices


def _refuse_length(run: RecordedRun, regions: NDArray[np.int32], found: int) -> None:
    fullest = int(np.argmax(regions))
    raise AuthorError(
        f"{regions[fullest]:,} linear regions at iteration {run.iterations[fullest]:,}, with "
        f"{found:,} vertices in the boundaries of {len(regions)} of {len(run)} snapshots",
        f"{MOST_VERTICES:,} vertices a run",
        _HINT,
    )


def _layer_chains(subdivision: Subdivision, neurons: int) -> Chains:
    """The polylines of one layer in a chunk; `neurons` is N."""
    order, (start, ring) = subdivision.polylines()
    neuron, edge = order
    first = edge[start]
    snapshot = subdivision.made[SNAPSHOT, subdivision.edges[TAIL, first]]
    line = (subdivision.first_snapshot + snapshot) * neurons
    line += subdivision.first_neuron + neuron[start]
    return Chains(
        line=line,
        length=np.diff(start, append=neuron.size),
        closed=ring.astype(np.bool_),
        vertices=subdivision.crossing_places(order).T,
        causes=subdivision.edges[OWNER, edge].astype(np.int32),
    )


def _assembled(
    widths: tuple[int, ...], chains: list[Chains], regions: NDArray[np.int32], corners: Bool
) -> Boundaries:
    """The boundaries with all polylines in order of snapshot and neuron."""
    snapshots, neurons = corners.shape
    if not chains:
        return Boundaries(
            widths=widths,
            vertices=np.empty((0, 2)),
            causes=np.empty(0, dtype=np.int32),
            polyline_offsets=np.zeros(1, dtype=np.int64),
            closed=np.empty(0, dtype=np.bool_),
            line_offsets=np.zeros(1, dtype=np.int64),
            regions=regions,
            corners=corners,
        )
    line, length, closed, vertices, causes = (
        np.concatenate(parts) for parts in zip(*chains, strict=True)
    )
    order = np.argsort(line, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(length[order])])
    shift = (np.cumsum(length) - length)[order] - offsets[:-1]
    source = np.repeat(shift, length[order]) + np.arange(offsets[-1])
    a_line = np.bincount(line, minlength=snapshots * neurons)
    return Boundaries(
        widths=widths,
        vertices=vertices[source],
        causes=causes[source],
        polyline_offsets=offsets.astype(np.int64),
        closed=closed[order],
        line_offsets=np.concatenate([[0], np.cumsum(a_line)]).astype(np.int64),
        regions=regions,
        corners=corners,
    )
