"""Train the networks of many seeds with generated code, one seed a vector lane.

The result of a seed depends on its initial weights, its minibatches and the rates, and not on the
processor, the number of lanes or the other seeds: see `kernel_code`.

Axes: S seeds, L lanes, P pixels, T iterations, N parameters.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ginn.dataset.dataset import Dataset
from ginn.network.compiler import Compiled, Processor, compile_module, processor
from ginn.network.kernel_code import EVALUATE, ITEM, TRAIN, kernel_module
from ginn.network.lane_code import Blocks
from ginn.network.layout import Layout
from ginn.network.run import Float32, Float64
from ginn.network.settings import Training

ADDRESS, NUMBER = ctypes.c_void_p, ctypes.c_int64
SIGNATURES: dict[str, Sequence[type]] = {
    TRAIN: [ADDRESS] * 7 + [NUMBER] * 3,
    EVALUATE: [ADDRESS] * 5 + [NUMBER],
}
MOST_AT_ONCE = 8
CACHE_LINE = 64  # bytes; also the largest vector register


@dataclass(frozen=True)
class Kernel:
    """The compiled functions for networks of one shape, and the number of lanes."""

    layout: Layout
    lanes: int
    compiled: Compiled


@functools.cache
def kernel(layout: Layout, lanes: int, target: Processor) -> Kernel:
    """The kernel for a network; it is compiled once in a process (about a second)."""
    # The sums of a block and its factors must fit into the vector registers.
    blocks = Blocks(4, 4) if target.registers >= 32 else Blocks(4, 3)
    module = kernel_module(layout, lanes, blocks)
    return Kernel(layout, lanes, compile_module(module, target, SIGNATURES))


def lanes_for(seeds: int, target: Processor) -> int:
    """The lanes in which to train a number of seeds: a power of two, at most the processor's."""
    return min(target.lanes, 1 << (seeds - 1).bit_length())


def seeds_at_once(training: Training) -> tuple[int, int]:
    """The seeds to train in one batch, and the work of an iteration.

    The work is the number of parameters times the items of a minibatch.

    8 seeds take at most 1.2 times as long as 4. With 16 lanes, 16 seeds take up to twice as long
    as 8.
    """
    work = Layout(training.widths, training.batch).parameters * training.batch
    return 1 if training.trainer == "torch" else min(processor().lanes, MOST_AT_ONCE), work


def pixel_table(dataset: Dataset, tile: int) -> Float32:
    """Each pixel's x, y, label and 1, as (P, 4); rows of zeros fill the last tile."""
    points, labels = dataset.points(), dataset.labels.reshape(-1)
    table = aligned((-(-len(points) // tile) * tile, ITEM), np.float32)
    table[: len(points)] = np.column_stack([points, labels, np.ones(len(points))])
    return table


def aligned(shape: tuple[int, ...], kind: Any) -> NDArray[Any]:
    """An array of zeros that begins at a cache line."""
    size = int(np.prod(shape)) * np.dtype(kind).itemsize
    raw = np.zeros(size + CACHE_LINE, np.uint8)
    begin = -raw.ctypes.data % CACHE_LINE
    array: NDArray[Any] = raw[begin : begin + size].view(kind).reshape(shape)
    return array


class Networks:
    """The networks of at most L seeds while they are trained, one a lane."""

    def __init__(
        self, wanted: Kernel, parameters: Float32, streams: Sequence[int], table: Float32,
        pixels: int,
    ) -> None:  # fmt: skip
        """Begin with `parameters` (S, N) and the minibatches of `streams`, one a seed.

        `table` is `pixel_table`'s, and `pixels` the number of its rows that are pixels.
        """
        lanes = wanted.lanes
        self.kernel, self.table, self.pixels = wanted, table, pixels
        self.seeds = len(streams)
        shape = (wanted.layout.parameters, lanes)
        self.parameters = aligned(shape, np.float32)
        # Lanes without a seed repeat the last one's work.
        padded = [min(lane, self.seeds - 1) for lane in range(lanes)]
        self.parameters[:] = parameters[padded].T
        self.streams = aligned((lanes,), np.uint32)
        self.streams[:] = [streams[lane] for lane in padded]
        self.first_moments = aligned(shape, np.float32)
        self.second_moments = aligned(shape, np.float32)
        self.memory = aligned((wanted.layout.memory, lanes), np.float32)

    def train(self, first_iteration: int, rates: Float32) -> None:
        """Train for one iteration a row of `rates` (T, 2): Adam's step size, and its root's scale.

        Minibatches are those from `first_iteration` on.
        """
        self.kernel.compiled.functions[TRAIN](
            self.parameters.ctypes.data, self.first_moments.ctypes.data,
            self.second_moments.ctypes.data, self.memory.ctypes.data, self.streams.ctypes.data,
            self.table.ctypes.data, rates.ctypes.data, self.pixels, len(rates), first_iteration,
        )  # fmt: skip

    def evaluate(self) -> tuple[Float64, Float64]:
        """The loss (nats) and accuracy of each seed over all pixels, each (S,)."""
        loss = aligned((self.kernel.lanes,), np.float64)
        right = aligned((self.kernel.lanes,), np.int64)
        self.kernel.compiled.functions[EVALUATE](
            self.parameters.ctypes.data, self.memory.ctypes.data, self.table.ctypes.data,
            loss.ctypes.data, right.ctypes.data, len(self.table) // self.kernel.layout.tile,
        )  # fmt: skip
        return loss[: self.seeds] / self.pixels, right[: self.seeds] / self.pixels

    def state(self) -> Float32:
        """A copy of the parameters, (S, N)."""
        return self.parameters[:, : self.seeds].T.copy()
