"""Columns of numbers as text: decoding undoes encoding, and damaged text is refused."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.decode_chunks import decode_columns, from_zigzag

from ginn.viewer_data.vlq import encode_columns, zigzag

COLUMNS = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9), min_size=1, max_size=4)


@given(COLUMNS, st.lists(st.integers(0, 99), max_size=3))
def test_encode_columns_holds_fields_and_columns(
    columns: list[list[int]], fields: list[int]
) -> None:
    text = encode_columns(
        "kind", 3, fields, [np.array(column, dtype=np.int64) for column in columns]
    )
    texts, found = decode_columns(text, "kind", 3, len(fields))
    assert texts == list(map(str, fields))
    assert [column.tolist() for column in found] == columns


def test_encode_columns_is_the_text_by_hand() -> None:
    # A character holds five bits and a continuation bit, lowest five bits first. 31 is one
    # character. 32 is 0 with continuation, then 1. 1025 is 1 and 0 with continuation, then 1.
    body = "Af;gBhgB"
    columns = [np.array([0, 31]), np.array([32, 1025])]
    assert (
        encode_columns("kind", 1, ("a-b",), columns)
        == f"kind,1,{zlib.adler32(body.encode())},a-b;{body}"
    )


def test_zigzag_of_small_numbers_is_small() -> None:
    assert zigzag(np.array([0, -1, 1, -2, 2])).tolist() == [0, 1, 2, 3, 4]


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_zigzag_of_any_number_can_be_undone(values: list[int]) -> None:
    packed = zigzag(np.array(values, dtype=np.int64))
    assert (packed >= 0).all()
    assert from_zigzag(packed).tolist() == values


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:-5], "checksum"),
        (lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), "checksum"),
        (lambda text: text.replace("kind,2,", "kind,1,", 1), "allowed is 'kind,2,"),
        (lambda text: text.replace("kind", "king", 1), "starts with 'king"),
        (lambda text: text.replace(";", ",9;", 1), "allowed is"),
        (lambda text: "", "allowed is"),
    ],
)
def test_decode_columns_of_damaged_text_is_refused(
    damage: Callable[[str], str], message: str
) -> None:
    text = encode_columns("kind", 2, (7,), [np.arange(40), np.arange(1000, 1010)])
    decode_columns(text, "kind", 2, 1)
    with pytest.raises(ValueError, match=message):
        decode_columns(damage(text), "kind", 2, 1)
