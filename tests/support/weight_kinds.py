"""Networks of many kinds of weights, most of them degenerate or badly scaled, for exact tests."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ginn.network.run import RecordedRun
from support.runs import random_run_within, run_of_arrays

SCALES = {
    "times 1000": 1e3,
    "times 1e-3": 1e-3,
    "times 1e15": 1e15,
    "times 1e30": 1e30,
    "times 1e-20": 1e-20,
    "denormal": 1e-42,
}
KINDS = [
    "default", "normal", "within", *SCALES, "signs", "small integers", "thirds", "sparse",
    "axis-parallel", "copies", "near copies", "negated copies", "no biases", "tiny biases",
    "nearly parallel", "mixed magnitudes", "dead neurons", "through corners", "thin strips",
    "cancelling", "near coincidences",
]  # fmt: skip
SHAPES = [
    (1,), (4,), (9,), (1, 1), (2, 2), (4, 4), (6, 3), (3, 6), (1, 5, 1), (3, 3, 3), (5, 4, 3),
    (2, 2, 2, 2), (4, 4, 4, 4), (2, 2, 2, 2, 2),
]  # fmt: skip


def run_of_kind(kind: str, widths: tuple[int, ...], seed: int) -> RecordedRun:
    """A run of one snapshot whose weights are of a kind of KINDS."""
    if kind == "within":
        return random_run_within(widths, 1, seed)
    rng = np.random.default_rng([seed, KINDS.index(kind), *widths])
    layers = [_layer(kind, rng, in_, out) for in_, out in pairwise((2, *widths, 1))]
    return run_of_arrays([w for w, _ in layers], [b for _, b in layers], seed)


def _layer(kind: str, rng: np.random.Generator, in_: int, out: int) -> tuple[Any, Any]:
    """The weights (out, in) and biases (out,) of one layer."""
    weight = rng.uniform(-1, 1, (out, in_)) / np.sqrt(in_)
    bias = rng.uniform(-1, 1, out) / np.sqrt(in_)
    if kind == "default":
        return weight, bias
    if kind in SCALES:
        return weight * SCALES[kind], bias * SCALES[kind]
    if kind in ("signs", "small integers", "thirds"):
        most = 1 if kind == "signs" else 2
        weight, bias = (rng.integers(-most, most + 1, each.shape) for each in (weight, bias))
        return weight, bias / 3 if kind == "thirds" else bias
    if kind == "near coincidences":
        rows = rng.integers(-1, 2, (out, in_ + 1)).astype(float)
        tiny = rng.choice([-1, 0, 1], rows.shape) * 2.0 ** -rng.integers(20, 70, rows.shape)
        rows = np.where((rows == 0) & (rng.random(rows.shape) < 0.7), tiny, rows)
        return rows[:, 1:], rows[:, 0]
    if kind == "normal":
        return rng.normal(size=weight.shape), rng.normal(size=out)
    if kind == "sparse":
        return weight * (rng.random(weight.shape) < 0.5), bias * (rng.random(out) < 0.5)
    if kind == "no biases":
        return weight, 0 * bias
    if kind == "tiny biases":
        return weight, bias * 1e-17
    if kind == "mixed magnitudes":
        powers = rng.uniform(-12, 12, (out, in_ + 1))
        return weight * 10.0 ** powers[:, 1:], bias * 10.0 ** powers[:, 0]
    if kind == "dead neurons":
        return weight, bias - 2 * (rng.random(out) < 0.5)
    return _related(kind, rng, weight, bias)


def _related(kind: str, rng: np.random.Generator, weight: Any, bias: Any) -> tuple[Any, Any]:
    """A layer whose neurons depend on each other or on the domain."""
    out, in_ = weight.shape
    weight, bias = weight.astype(np.float32), bias.astype(np.float32)
    source = rng.integers(0, (out + 1) // 2, out)
    if kind == "axis-parallel":
        weight = weight * (np.arange(in_) == rng.integers(0, in_, (out, 1)))
        bias = np.round(bias * 4) / 4
        return np.sign(weight), bias
    if kind == "through corners":
        weight = np.round(weight * 8) / 8
        corner = rng.integers(0, 2, (out, in_))
        return weight, -(weight * corner).sum(axis=1)
    if kind == "cancelling":
        pairs = np.where(np.arange(in_) % 2, -np.roll(weight, 1, axis=1), weight)
        return pairs, bias * (rng.random(out) < 0.3)
    weight, bias = weight[source], bias[source]
    if kind == "negated copies":
        sign = rng.choice([-1, 1], out)
        return weight * sign[:, None], bias * sign
    if kind == "near copies":
        up = rng.random(weight.shape) < 0.3
        return np.where(up, np.nextafter(weight, np.float32(9)), weight), bias
    if kind == "nearly parallel":
        return weight * (1 + 1e-6 * rng.integers(-2, 3, weight.shape)), bias
    if kind == "thin strips":
        return weight, bias + rng.integers(-1, 2, out) * np.spacing(bias)
    return weight, bias
