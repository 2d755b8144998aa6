"""Counts of linear regions and of vertices, for the runs of a whole experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ginn.geometry.boundaries import Boundaries, require_room, trace
from ginn.network.run import RecordedRun, last_state


def require_traceable(screening: Mapping[str, RecordedRun], snapshots: Sequence[int]) -> int:
    """The number of vertices of the boundaries at the end of the first screening run.

    `snapshots` are the recorded iterations of a full run. Raises AuthorError if a full run would
    have too many vertices to trace, when each of its later snapshots has this number of vertices.
    A build that cannot be finished therefore stops before its long training.
    """
    first = next(iter(screening.values()))
    end = int(first.iterations[-1])
    return require_room(last_state(first), sum(iteration >= end for iteration in snapshots))


def regions_at_end(run: RecordedRun) -> int:
    """The number of linear regions of a run's last snapshot."""
    return int(trace(last_state(run)).regions[-1])


def first_and_last_regions(boundaries: Boundaries) -> tuple[int, int]:
    """The numbers of linear regions of the first and of the last snapshot."""
    return int(boundaries.regions[0]), int(boundaries.regions[-1])
