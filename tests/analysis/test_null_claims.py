"""Claims that are false by construction: how often a test finds an effect, and a row "holds".

Each generator makes data sets in which runs are independent and the claim is false. A test over
runs then has a p-value of at most .05 in at most one data set of twenty. Seeds are fixed, so that
the sizes are the same on every machine.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ginn.analysis.claims.bias_vs_weights import Shares, by_layer, equal_steps, finite_mean, shares
from ginn.analysis.statistics import signed_rank_p_value
from ginn.network.run import Float64

pytestmark = pytest.mark.slow

WIDTHS = (4, 4)
RATE = 1e-3
RUNS, STEPS, SETS = 8, 12, 600


def equal_walks(runs: int, steps: int, seed: int) -> tuple[Float64, ...]:
    """The weights and then the biases (runs, steps + 1, ...) of walks by equal random steps."""
    rng = np.random.default_rng(seed)
    units = [*itertools.pairwise((2, *WIDTHS, 1))]
    shapes: list[tuple[int, ...]] = [*((out, in_) for in_, out in units), *((o,) for _, o in units)]
    return tuple(
        rng.uniform(-0.5, 0.5, (runs, 1, *shape))
        + np.cumsum(RATE * rng.choice([-1.0, 1.0], (runs, steps + 1, *shape)), axis=1)
        for shape in shapes
    )


def shares_of_walks(shared_signs: bool) -> Iterator[tuple[Shares, Shares]]:
    """The shares (runs, L + 1) of walks and of their control, one pair for each data set."""
    for number in range(SETS):
        walks = equal_walks(RUNS, STEPS, number)
        before, after = ([w[:, k].reshape(-1, *w.shape[2:]) for w in walks] for k in PARTS)
        controls = [
            equal_steps(
                tuple(w[run, :-1] for w in walks),
                tuple(w[run, 1:] for w in walks),
                np.full(STEPS, RATE),
                0 if shared_signs else number * RUNS + run,
            )
            for run in range(RUNS)
        ]
        stepped = [np.concatenate(each) for each in zip(*controls, strict=True)]
        yield tuple(means_of_runs(shares(tuple(before), tuple(s))) for s in (after, stepped))


PARTS = (slice(None, -1), slice(1, None))


def means_of_runs(single: Shares) -> Shares:
    layered = by_layer(single, WIDTHS)
    names = ("bias", "weights", "inputs", "uniform")
    each = (getattr(layered, name).reshape(RUNS, STEPS, -1) for name in names)
    return Shares(*(finite_mean(share, 1) for share in each))


def sizes_against_equal_steps(shared_signs: bool) -> dict[str, Any]:
    """The share of data sets with p <= .05 by hidden layer, for the bias share and for shift."""
    small: dict[str, list[list[bool]]] = {"bias": [], "uniform": []}
    for walk, control in shares_of_walks(shared_signs):
        for name, found in small.items():
            differences = getattr(walk, name) - getattr(control, name)
            found.append([signed_rank_p_value(each) <= 0.05 for each in differences.T[:-1]])
    return {name: np.mean(found, axis=0) for name, found in small.items()}


def test_equal_steps_of_walks_by_equal_steps_have_the_size_of_their_test() -> None:
    for name, sizes in sizes_against_equal_steps(shared_signs=False).items():
        assert ((sizes >= 0.03) & (sizes <= 0.07)).all(), (name, sizes)


def test_equal_steps_with_the_same_signs_in_all_runs_are_no_control() -> None:
    assert sizes_against_equal_steps(shared_signs=True)["bias"].max() > 0.15
