"""Networks built by hand, whose answers are known, for the tests of several rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ginn.network.run import RecordedRun


def hand_made(
    *networks: Sequence[tuple[Any, Any]], iterations: Sequence[int] | None = None
) -> RecordedRun:
    """A run with one snapshot for each network; a network is (weight, bias) a layer, output last.

    Losses, accuracies and learning rates are zeros.
    """
    layers = range(len(networks[0]))
    count = len(networks)
    return RecordedRun(
        seed=0,
        iterations=np.arange(count) if iterations is None else np.array(iterations),
        weights=tuple(np.array([net[i][0] for net in networks], dtype=np.float32) for i in layers),
        biases=tuple(np.array([net[i][1] for net in networks], dtype=np.float32) for i in layers),
        loss=np.zeros(count),
        accuracy=np.zeros(count),
        learning_rate=np.zeros(count),
    )
