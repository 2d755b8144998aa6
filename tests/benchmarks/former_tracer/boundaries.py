"""The exact boundaries of a ReLU network over the unit square.

The boundary of a neuron is the frontier, within the closed square, of the set where its
pre-activation is above zero. At zero a neuron is off. The boundary of the output is where its logit
is zero, p = 0.5. Boundaries are exact for the stored float32 weights, evaluated in float64: no
sampling grid is used, and nothing is moved. `subdivision.rounding_bound` says which values are read
as zero. Degenerate cases:

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
- A line that crosses an earlier one has a vertex there, even if it does not bend, as where the
  neuron has no influence.

In the direction of a polyline, its neuron is on to the right, as seen on a screen with y down.

Axes: K snapshots, N boundaries a snapshot, P polylines, V vertices, M crossings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from former_tracer.subdivision import (
    BOTTOM,
    LEFT,
    OWNER,
    RIGHT,
    TOP,
    Bool,
    Index,
    Subdivision,
    by_chunks,
    subdivisions_before,
)
from ginn.errors import AuthorError
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
    connected sets of one activation pattern that have an area.
    """

    widths: tuple[int, ...]
    vertices: Float64
    causes: NDArray[np.int32]
    polyline_offsets: NDArray[np.int64]
    closed: NDArray[np.bool_]
    line_offsets: NDArray[np.int64]
    regions: NDArray[np.int32]

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
    """P polylines in a row: line, length and closed (P,); vertices (V, 2), causes (V,).

    `line` is the number of the boundary: snapshot * N + neuron.
    """

    line: Index
    length: Index
    closed: Bool
    vertices: Float64
    causes: NDArray[np.int32]


def trace(run: RecordedRun) -> Boundaries:
    """The boundary of every neuron and of the output at every snapshot of a run.

    Raises AuthorError if a pre-activation is not finite, if rounding cannot decide the course of a
    boundary, or if there are more boundaries than memory allows.
    """
    chains: list[Chains] = []
    regions = [np.empty(0, dtype=np.int32)]
    neurons = sum(run.widths) + 1
    found = 0

    def trace_chunk(first: int, count: int) -> tuple[list[Chains], NDArray[np.int32]]:
        part = slice(first, first + count)
        weights = tuple(weight[part] for weight in run.weights)
        biases = tuple(bias[part] for bias in run.biases)
        own = []
        for subdivision in subdivisions_before(weights, biases, first):
            own.append(_layer_chains(subdivision, neurons))
        return own, subdivision.regions()

    try:
        for own, counted in by_chunks(len(run), trace_chunk):
            chains += own
            regions.append(counted)
            found += sum(len(each.causes) for each in own)
            if found > MOST_VERTICES:
                _refuse_length(run, np.concatenate(regions), found)
    except AuthorError as error:
        raise error.at(key=f"seed {run.seed}") from error
    return _assembled(run.widths, len(run), chains, np.concatenate(regions))


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
    crossings = subdivision.crossings()
    line = (subdivision.first_snapshot + crossings.snapshot) * neurons
    line += subdivision.first_neuron + crossings.neuron
    previous = subdivision.predecessors(crossings, len(subdivision.on))
    longest = int(np.bincount(line - line.min()).max()) if line.size else 0
    start, rank, ring = _ranked(previous, longest)
    starts = np.flatnonzero(rank == 0)
    starts = starts[np.argsort(line[starts], kind="stable")]
    length = np.bincount(start)[starts]
    offset = np.empty(line.size, dtype=np.intp)
    offset[starts] = np.cumsum(length) - length
    order = np.empty(line.size, dtype=np.intp)
    order[offset[start] + rank] = np.arange(line.size)
    edge, fraction = crossings.edge[order], subdivision.fractions(crossings)[order]
    return Chains(
        line=line[starts],
        length=length,
        closed=ring[starts],
        vertices=subdivision.along(edge, fraction, slice(0, 2)).T,
        causes=subdivision.edges[OWNER, edge].astype(np.int32),
    )


def _ranked(previous: Index, longest: int) -> tuple[Index, Index, Bool]:
    """For each of M linked crossings the first of its chain, its rank, and whether it is on a ring.

    `previous` (M,) is the crossing before each, or itself at the start of an open chain. No chain
    is longer than `longest`. A ring starts at its lowest number.
    """
    start, rank = _chased(previous, longest)
    ring = previous[start] != start
    if ring.any():
        member = np.flatnonzero(ring)
        local = np.empty_like(previous)
        local[member] = np.arange(member.size)
        around = local[previous[member]]
        lowest = _lowest(around, longest)
        cut = np.where(lowest == np.arange(member.size), lowest, around)
        start_in_ring, rank[member] = _chased(cut, longest)
        start[member] = member[start_in_ring]
    return start, rank, ring


def _chased(previous: Index, longest: int) -> tuple[Index, Index]:
    """The first and the rank of every member of open chains, by pointer doubling (Wyllie 1979)."""
    rank = (previous != np.arange(previous.size)).astype(np.intp)
    for _ in range(longest.bit_length()):
        rank += rank[previous]
        previous = previous[previous]
    return previous, rank


def _lowest(previous: Index, longest: int) -> Index:
    """The lowest number on the ring of each member, by pointer doubling."""
    lowest = np.arange(previous.size)
    for _ in range(longest.bit_length()):
        lowest = np.minimum(lowest, lowest[previous])
        previous = previous[previous]
    return lowest


def _assembled(
    widths: tuple[int, ...], snapshots: int, chains: list[Chains], regions: NDArray[np.int32]
) -> Boundaries:
    """The boundaries with all polylines in order of snapshot and neuron."""
    neurons = sum(widths) + 1
    if not chains:
        return Boundaries(
            widths=widths,
            vertices=np.empty((0, 2)),
            causes=np.empty(0, dtype=np.int32),
            polyline_offsets=np.zeros(1, dtype=np.int64),
            closed=np.empty(0, dtype=np.bool_),
            line_offsets=np.zeros(1, dtype=np.int64),
            regions=regions,
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
    )
