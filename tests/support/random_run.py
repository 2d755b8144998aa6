"""Networks that nobody trained, for the tests of several rooms."""

from __future__ import annotations

import numpy as np

from ginn.network.run import RecordedRun


def random_run(widths: tuple[int, ...], snapshots: int = 3, ended: str = "") -> RecordedRun:
    """A run of random networks, 2 - widths - 1, whose measures are random too."""
    rng = np.random.default_rng(len(widths))
    sizes = (2, *widths, 1)
    outs, ins = sizes[1:], sizes[:-1]
    return RecordedRun(
        seed=7,
        iterations=np.arange(snapshots) * 10,
        weights=tuple(
            rng.normal(size=(snapshots, out, in_)).astype(np.float32)
            for out, in_ in zip(outs, ins, strict=True)
        ),
        biases=tuple(rng.normal(size=(snapshots, out)).astype(np.float32) for out in outs),
        loss=rng.random(snapshots),
        accuracy=rng.random(snapshots),
        learning_rate=rng.random(snapshots),
        ended=ended,
    )
