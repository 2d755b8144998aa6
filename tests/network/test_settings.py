"""The learning rate over a training."""

from __future__ import annotations

import math

import pytest

from ginn.network.settings import Training


@pytest.mark.parametrize(
    ("iteration", "factor"), [(0, 1.0), (50, 0.5 * (1 + math.sqrt(0.5))), (100, 0.5), (200, 0.0)]
)
def test_learning_rate_at_follows_a_cosine_to_zero(iteration: int, factor: float) -> None:
    training = Training((2,), 200, 4, 0.01)
    assert training.learning_rate_at(iteration) == pytest.approx(0.01 * factor, abs=1e-12)
