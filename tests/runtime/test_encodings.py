"""Values as files: equal values give equal bytes, and the digest is read without the value."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as arrays_of
from support.stored_values import each_encoding

from ginn.files import plain_json
from ginn.runtime.encodings import (
    ARRAYS,
    FILES,
    JSON,
    DamagedError,
    Encoding,
    from_one_array,
    one_array,
)
from ginn.runtime.json_models import json_model


@settings(max_examples=50)
@given(arrays_of.arrays(arrays_of.scalar_dtypes(), arrays_of.array_shapes(min_dims=0)))
def test_arrays_any_array_comes_back_to_the_bit(array: np.ndarray[Any, Any]) -> None:
    back = ARRAYS.decode(ARRAYS.encode({"a": array}))["a"]
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())


@each_encoding
def test_encode_same_value_gives_same_bytes(
    encoding: Encoding[Any], value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = encoding.encode(value)
    monkeypatch.setattr(time, "localtime", lambda *_: time.struct_time((2040,) + (1,) * 8))
    assert encoding.encode(value) == first


def test_encode_bytes_do_not_depend_on_the_machine() -> None:
    data = FILES.encode({"a": b"1", "b/c": b""})
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert made.comment == hashlib.sha256(data[:-64]).hexdigest().encode()
        assert {(each.create_system, each.date_time[0]) for each in made.infolist()} == {(3, 1980)}
    value = b'{"a":[1,2]}'
    expected = b'{"sha256":"%s","value":%s}\n' % (hashlib.sha256(value).hexdigest().encode(), value)
    assert JSON.encode({"a": [1, 2]}) == expected
    assert (ARRAYS.suffix, FILES.suffix, JSON.suffix) == (".npz", ".zip", ".json")


@each_encoding
def test_read_digest_of_a_file_with_another_text_in_its_place_is_empty(
    encoding: Encoding[Any], value: Any
) -> None:
    data = encoding.encode(value)
    digest = encoding.read_digest(io.BytesIO(data))
    assert len(digest) == 64
    for other in (digest[:-1] + "g", digest.upper() if digest.upper() != digest else "G" * 64):
        damaged = data.replace(digest.encode(), other.encode())
        assert encoding.read_digest(io.BytesIO(damaged)) == ""
    assert encoding.read_digest(io.BytesIO(data[:20])) == ""


def test_json_refuses_numbers_that_json_lacks() -> None:
    assert plain_json({"b": ["ü", 1]}) == '{\n "b": [\n  "ü",\n  1\n ]\n}\n'.encode()
    for encode in (plain_json, JSON.encode):
        with pytest.raises(ValueError, match="Out of range float"):
            encode([float("nan")])


@each_encoding
def test_read_digest_is_that_of_the_file(encoding: Encoding[Any], value: Any) -> None:
    data = encoding.encode(value)
    found = encoding.read_digest(io.BytesIO(data))
    assert len(found) == 64
    assert found.encode() in data
    other = encoding.encode(encoding.decode(data))
    assert encoding.read_digest(io.BytesIO(other)) == found


@each_encoding
def test_read_digest_of_a_cut_file_is_another_one(encoding: Encoding[Any], value: Any) -> None:
    data = encoding.encode(value)
    for cut in (b"", data[:40], data[:-1]):
        if encoding is not JSON or len(cut) < 70:
            assert encoding.read_digest(io.BytesIO(cut)) != encoding.read_digest(io.BytesIO(data))


@dataclass(frozen=True)
class Inner:
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Outer:
    inner: Inner
    names: dict[str, int]
    limit: float | None = None


def test_json_model_gives_back_the_type() -> None:
    encoding = json_model(dict[str, Outer])
    value = {"a": Outer(Inner((0.1, 2.0)), {"b": 1}), "b": Outer(Inner(()), {}, 1e-300)}
    assert encoding.decode(encoding.encode(value)) == value


def test_json_model_value_of_another_type_is_damaged() -> None:
    with pytest.raises(DamagedError):
        json_model(Outer).decode(JSON.encode({"inner": 1}))


def test_one_array_comes_back() -> None:
    array = np.arange(3)
    assert from_one_array(one_array(array)) is array
