"""Columns of whole numbers as text: small after gzip, and with a checksum.

Numbers are base-64 variable-length quantities (VLQ) as in source maps, unsigned. A character holds
five bits, the least significant first; its sixth bit is set if more characters follow. No two
numbers share a character. So equal numbers have equal texts, which gzip compresses well. In base 64
of raw bytes, two numbers can share a character. Signed numbers are mapped to unsigned ones by
zigzag: 0, -1, 1, -2 become 0, 1, 2, 3.

The text is a head and columns of such numbers, all joined by semicolons. The head is

    MAGIC,VERSION,ADLER32,FIELD,...

in decimal. ADLER32 is the Adler-32 checksum of everything after the head and its semicolon.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_CHARACTERS = np.frombuffer(_ALPHABET, dtype=np.uint8)

Int = NDArray[np.int64]


def zigzag(values: Int) -> Int:
    """Signed numbers as non-negative ones. Small absolute values give small numbers."""
    return np.where(values >= 0, 2 * values, -2 * values - 1)


def encode_columns(
    magic: str, version: int, fields: Sequence[object], columns: Sequence[NDArray[Any]]
) -> str:
    """The text of a head with these fields, and of columns of non-negative whole numbers."""
    body = ";".join(_encode_numbers(column) for column in columns)
    head = (magic, version, zlib.adler32(body.encode()), *fields)
    return ",".join(map(str, head)) + ";" + body


def _encode_numbers(values: NDArray[Any]) -> str:
    """Non-negative whole numbers as one column of VLQ."""
    rest = values.astype(np.int64)
    digits = []
    while True:
        digits.append(rest & 31)
        rest = rest >> 5
        if not rest.any():
            break
    table = np.stack(digits, axis=1)  # (V, most digits)
    used = values[:, None] >= np.int64(32) ** np.arange(len(digits))
    used[:, 0] = True
    more = np.zeros_like(used)
    more[:, :-1] = used[:, 1:]
    return bytes(_CHARACTERS[(table + 32 * more)[used]].tobytes()).decode()
