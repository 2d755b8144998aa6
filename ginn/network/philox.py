"""The random pixels of each seed's minibatches: Philox4x32-10, a counter-based generator.

Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011. The key
is the seed. The counter is (item // 4, iteration, 0, 0). So every minibatch can be drawn by itself,
and it is the same on every processor. This module is the definition in NumPy; `kernel_code`
generates the same for the training kernel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
NUMBERS = 4  # 32-bit numbers that one counter gives

UInt64 = NDArray[np.uint64]
LOW = np.uint64(0xFFFFFFFF)


def philox(
    counter: tuple[UInt64, UInt64], key: UInt64 | np.uint64
) -> tuple[UInt64, UInt64, UInt64, UInt64]:
    """Four 32-bit numbers for the counter (counter[0], counter[1], 0, 0) and the key (key, 0).

    Arrays are broadcast; every number is below 2^32.
    """
    x0, x1, x2, x3, k0, k1 = np.broadcast_arrays(*counter, np.uint64(0), np.uint64(0), key, key * 0)
    for _ in range(ROUNDS):
        first, second = x0 * np.uint64(MULTIPLIERS[0]), x2 * np.uint64(MULTIPLIERS[1])
        x0, x1 = (second >> np.uint64(32)) ^ x1 ^ k0, second & LOW
        x2, x3 = (first >> np.uint64(32)) ^ x3 ^ k1, first & LOW
        k0 = (k0 + np.uint64(KEY_STEPS[0])) & LOW
        k1 = (k1 + np.uint64(KEY_STEPS[1])) & LOW
    return x0, x1, x2, x3


def pixels_of(
    seed: int, iterations: NDArray[np.int64], batch: int, pixels: int
) -> NDArray[np.int64]:
    """The pixels (T, B) of a seed's minibatches at T iterations, each from 0 to `pixels` - 1.

    They are drawn with replacement. A pixel's probability differs from 1 / pixels by less than
    2^-32.
    """
    quads = np.arange(-(-batch // NUMBERS), dtype=np.uint64)
    counter = (quads[None, :], iterations.astype(np.uint64)[:, None])
    numbers = np.stack(philox(counter, np.uint64(seed)), axis=-1)  # (T, quads, 4)
    drawn = (numbers * np.uint64(pixels)) >> np.uint64(32)
    return drawn.reshape(len(iterations), -1)[:, :batch].astype(np.int64)
