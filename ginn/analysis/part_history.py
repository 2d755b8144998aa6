"""One part of the picture through a run: is a layer dead over it, and is it learnt?

A layer is dead at a point where each of its neurons is off. There the network after this layer is
constant. Shares of a part are shares of its pixels. Its training examples are the same pixels.

Axes: K snapshots, P points, L hidden layers.
"""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass

import numpy as np

from ginn.analysis.evidence import DeadPeriod
from ginn.dataset.dataset import Dataset
from ginn.geometry.subdivision import Bool
from ginn.network.forward import pre_activations
from ginn.network.run import Float64, RecordedRun

# The number of points evaluated at once for one snapshot. The values of this many points fit into
# the processor's cache.
POINTS = 2_048
# A run has learnt a part if at least this share of its pixels is right.
LEARNT = 0.5


@dataclass(frozen=True)
class PartHistory:
    """The state of one part of the picture at each snapshot of a run.

    `dead_share` (K, L) is the share of the part's pixels over which each hidden layer is dead, in
    [0, 1]. It is near 0 for an untrained network. `right` (K,) is the share of the part's pixels on
    the right side of p = 0.5.
    """

    seed: int
    part: str
    iterations: tuple[int, ...]
    dead_share: Float64
    right: Float64

    @property
    def has_dead_layer(self) -> Bool:
        """Whether some layer is dead over all of the part, (K,)."""
        return np.asarray((self.dead_share == 1.0).any(axis=1))

    @property
    def learnt(self) -> Bool:
        """Whether at least half of the part is right, (K,); otherwise the run has failed on it."""
        return np.asarray(self.right >= LEARNT)

    @property
    def learnt_alive(self) -> Bool:
        """Whether the part is learnt while no layer is dead over all of it, (K,).

        Where a layer is dead, the output is one constant, which may be right by chance.
        """
        return np.asarray(self.learnt & ~self.has_dead_layer)

    @property
    def learnt_alive_since(self) -> float:
        """The recorded iteration from which on `learnt_alive` is true to the end.

        It is infinite if there is none.
        """
        unlearnt = np.flatnonzero(~self.learnt_alive)
        since = int(unlearnt[-1]) + 1 if unlearnt.size else 0
        return float(self.iterations[since]) if since < len(self.iterations) else math.inf

    def at(self, iteration: int) -> int:
        """The last snapshot at or before `iteration`; ValueError where there is none."""
        if iteration < self.iterations[0]:
            raise ValueError(
                f"seed {self.seed}: found iteration {iteration}, allowed: {self.iterations[0]}, "
                "the first that was recorded, or later"
            )
        return bisect.bisect_right(self.iterations, iteration) - 1


def part_history(run: RecordedRun, dataset: Dataset, part: str) -> PartHistory:
    """The history of the part named `part`, over its pixels, at every snapshot."""
    points, white = part_points(dataset, part)
    dead, right = [], []
    for snapshot in range(len(run)):
        weights, biases = run.at(snapshot)
        off = np.zeros(len(run.widths))
        correct = 0
        for first in range(0, len(points), POINTS):
            *hidden, logit = pre_activations(weights, biases, points[first : first + POINTS])
            off += [np.count_nonzero(~(values > 0).any(axis=1)) for values in hidden]
            correct += int(np.count_nonzero((logit[:, 0] > 0) == white))
        dead.append(off / len(points))
        right.append(correct / len(points))
    return PartHistory(
        seed=run.seed,
        part=part,
        iterations=tuple(run.iterations.tolist()),
        dead_share=np.array(dead).reshape(-1, len(run.widths)),
        right=np.array(right),
    )


def part_points(dataset: Dataset, part: str) -> tuple[Float64, bool]:
    """The pixel centres (P, 2) of a named part, and whether it is white."""
    chosen = next(each for each in dataset.parts if each.name == part)
    return dataset.points()[chosen.mask.reshape(-1)], chosen.white


def dead_periods(history: PartHistory) -> tuple[DeadPeriod, ...]:
    """The periods in which some layer is dead over all of the part, in order of time.

    The layer of a period is the deepest of those that are dead when it begins.
    """
    dead = history.has_dead_layer
    steps = np.diff(dead.astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return tuple(
        DeadPeriod(
            layer=int(np.flatnonzero(history.dead_share[begin] == 1.0)[-1]) + 1,
            begun=history.iterations[begin],
            ended=history.iterations[end] if end < len(dead) else None,
        )
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    )
