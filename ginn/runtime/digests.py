"""Digests of values: equal for equal values, in every process and on every machine."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import hashlib
import struct
from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np
from pydantic import BaseModel


def digest(value: Any) -> str:
    """The SHA-256 (hex) of a value.

    A value is a number, text, bytes, date, enumeration, array, None, or a container of values: a
    list, tuple, set, mapping (in its order), dataclass or pydantic model (by the names of its
    fields). A list and a tuple of the same values have the same digest. Raises TypeError for other
    values.
    """
    whole = hashlib.sha256()
    for part in _parts(value):
        # The length before each part separates it from the next one.
        whole.update(struct.pack("<q", len(part)) + part)
    return whole.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """The kind of a value and its content, as a flat sequence."""
    if value is None or isinstance(value, bool | int | float | str | datetime.date):
        kind = "int" if isinstance(value, int) and not isinstance(value, bool) else ""
        yield (kind or type(value).__name__).encode()
        yield str(value.isoformat() if isinstance(value, datetime.date) else repr(value)).encode()
    elif isinstance(value, bytes):
        yield from (b"bytes", value)
    elif isinstance(value, np.ndarray | np.generic):
        array = np.ascontiguousarray(value)
        yield from (b"array", array.dtype.str.encode(), repr(value.shape).encode(), array.tobytes())
    elif isinstance(value, enum.Enum):
        yield from _parts(value.value)
    elif isinstance(value, BaseModel):
        yield from _parts({name: getattr(value, name) for name in type(value).model_fields})
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _parts({f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
    elif isinstance(value, Mapping):
        yield from (b"mapping", str(len(value)).encode())
        for name, each in value.items():
            yield from _parts(name)
            yield from _parts(each)
    elif isinstance(value, Set):
        yield from _parts(sorted(value))
    elif isinstance(value, list | tuple):
        yield from (b"list", str(len(value)).encode())
        for each in value:
            yield from _parts(each)
    else:
        raise TypeError(f"found a {type(value).__name__}, which has no digest: {value!r}")
