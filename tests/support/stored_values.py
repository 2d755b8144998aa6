"""Values of every encoding, for the tests of the cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ginn.runtime.encodings import ARRAYS, FILES, JSON, Encoding

VALUES: dict[str, tuple[Encoding[Any], Any]] = {
    "arrays": (
        ARRAYS,
        {
            "weights": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
            "none": np.empty((0, 2)),
            "flags": np.array([True, False]),
            "transposed": np.arange(6).reshape(2, 3).T,
        },
    ),
    "json": (JSON, {"facts": [1, 2.5, None, "naïve"], "deep": {"a": True, "z": 1e-300}}),
    "files": (FILES, {"layer-1/0000.webp": b"\x00RIFF", "empty": b""}),
}
each_encoding = pytest.mark.parametrize(("encoding", "value"), VALUES.values(), ids=VALUES.keys())
