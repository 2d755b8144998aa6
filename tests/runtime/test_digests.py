"""Digests of values: equal for equal values, different for all others."""

from __future__ import annotations

import datetime
import enum
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from support.paths import ROOT

from ginn.runtime.digests import digest


@dataclass(frozen=True)
class Settings:
    widths: tuple[int, ...]
    rate: float


@dataclass(frozen=True)
class OtherNames:
    units: tuple[int, ...]
    rate: float


class Model(BaseModel):
    widths: tuple[int, ...]
    rate: float


class Kind(enum.Enum):
    ONE = "one"


VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 0.0, -0.0, 1.0, float("nan"), "", "1", "True", b"", b"1"),
    *([], [[]], [1, 2], [2, 1], [[1], 2], [1, [2]], ["1", "2"], ["12"], ["1", "", "2"]),
    *({}, {"a": 1}, {"a": 2}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, [["a", 1]]),
    *(Settings((1,), 0.1), Settings((1,), 0.1 + 1e-16), OtherNames((1,), 0.1)),
    *(np.zeros(2), np.zeros(2, np.float32), np.zeros((2, 1)), np.zeros((1, 2)), np.array([0, 1])),
    *(datetime.date(2026, 11, 23), datetime.date(2026, 11, 24), Kind.ONE),
]


def test_digest_of_different_values_differs() -> None:
    assert len({digest(value) for value in VALUES}) == len(VALUES)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def strict(value: Any) -> Any:
    """A value with its types and signs: 1, 1.0 and True are equal in Python, but differ here."""
    if isinstance(value, dict):
        return ("dict", *((name, strict(each)) for name, each in value.items()))
    if isinstance(value, list):
        return ("list", *map(strict, value))
    return (type(value).__name__, repr(value))


@given(json_like, json_like)
def test_digest_is_equal_only_for_equal_values(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (strict(one) == strict(other))


def test_digest_does_not_depend_on_how_a_value_is_held() -> None:
    array = np.arange(6).reshape(2, 3)
    assert digest(array) == digest(array.T.copy().T) == digest(np.ascontiguousarray(array))
    assert digest((1, 2)) == digest([1, 2])
    assert digest({2, 1}) == digest(frozenset([1, 2])) == digest([1, 2])
    assert digest(Model(widths=(1,), rate=0.1)) == digest(Settings((1,), 0.1))


@pytest.mark.parametrize("value", [Path(), object(), Settings, len])
def test_digest_of_other_values_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="which has no digest"):
        digest({"value": value})


def test_digest_is_the_same_in_another_process() -> None:
    program = "from ginn.runtime.digests import digest; print(digest({'b': {2, 1}, 'a': [0.1]}))"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "7"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert printed.stdout.strip() == digest({"b": {1, 2}, "a": [0.1]})
