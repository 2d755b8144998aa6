"""Columns of whole numbers as text: small after gzip, and with a checksum.

Numbers are base-64 variable-length quantities (VLQ) as in source maps, unsigned. A character holds
five bits, the least significant first; its sixth bit says that more characters follow. A character
is then one symbol to gzip, which is not so for base-64 over bytes. Signed numbers are mapped to
unsigned ones by zigzag: 0, -1, 1, -2 become 0, 1, 2, 3.

The text is a head and columns of such numbers, all joined by semicolons. The head is

    MAGIC,VERSION,ADLER32,FIELD,...

in decimal. ADLER32 is that checksum of everything after the head and its semicolon.
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
    """The non-negative numbers of signed ones: small for small absolute values."""
    return np.where(values >= 0, 2 * values, -2 * values - 1)


def from_zigzag(values: Int) -> Int:
    """The signed numbers that `zigzag` maps to these."""
    return np.where(values % 2 == 0, values // 2, -(values + 1) // 2)


def encode_columns(
    magic: str, version: int, fields: Sequence[object], columns: Sequence[NDArray[Any]]
) -> str:
    """The text of a head with these fields, and of columns of non-negative whole numbers."""
    body = ";".join(_encode_numbers(column) for column in columns)
    head = (magic, version, zlib.adler32(body.encode()), *fields)
    return ",".join(map(str, head)) + ";" + body


def decode_columns(text: str, magic: str, version: int, fields: int) -> tuple[list[str], list[Int]]:
    """The fields of the head, as text, and the columns of what `encode_columns` made.

    Raises ValueError if the text is of another kind or version, or damaged.
    """
    head, _, body = text.partition(";")
    found = head.split(",")
    if found[:2] != [magic, str(version)] or len(found) != fields + 3:
        raise ValueError(f"starts with {head[:40]!r}; allowed is '{magic},{version},...'")
    if zlib.adler32(body.encode()) != int(found[2]):
        raise ValueError(f"the checksum is {zlib.adler32(body.encode())}, the head says {found[2]}")
    return found[3:], [_decode_numbers(column) for column in body.split(";")]


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


def _decode_numbers(text: str) -> Int:
    """The numbers of one column of VLQ."""
    numbers = []
    number = shift = 0
    for character in text:
        digit = _ALPHABET.index(character.encode())
        number += (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(number)
            number = shift = 0
    return np.array(numbers, dtype=np.int64)
