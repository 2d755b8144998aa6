"""The logit of many points, a few at a time."""

from __future__ import annotations

import numpy as np
import pytest
from support.runs import random_run

from ginn.network import logits as network_logits
from ginn.network.forward import pre_activations
from ginn.network.logits import logits


@pytest.mark.parametrize("count", [0, 1, 10, 11, 25, 30])
def test_logits_a_few_at_a_time_are_those_of_all_points_at_once(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(network_logits, "POINTS", 10)
    run = random_run((5, 4))
    points = np.random.default_rng(0).random((count, 2))
    found = logits(*run.at(-1), points)
    assert found.tolist() == pre_activations(*run.at(-1), points)[-1][:, 0].tolist()
