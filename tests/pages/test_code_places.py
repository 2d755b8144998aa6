"""Code in Markdown is found, whatever it contains, and all other characters keep their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ginn.pages.code_places import Fence, fences, without_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n```python\nx\n```\nb", [Fence(1, 3, "python")]),
        ("~~~\n```\n~~~", [Fence(0, 2, "")]),
        ("````\n```\n````", [Fence(0, 2, "")]),
        ("- ```\n  x\n  ```\n> ~~~ py\n> ~~~~", [Fence(0, 2, ""), Fence(3, 4, "py")]),
        ("```\na\n\nb", [Fence(0, 3, "", closed=False)]),
        ("```a``` is a span", []),
    ],
)
def test_fences_of_a_text(text: str, expected: list[Fence]) -> None:
    assert fences(text.split("\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a `b` c", "a     c"),
        ("``a ` b`` c", "          c"),
        ("a ` b\n\nc ` d", "a ` b\n\nc ` d"),
        (r"\`a` b", r"\`a` b"),
        ("```\nx\n```\ny", "   \n \n   \ny"),
    ],
)
def test_without_code_has_spaces_for_it(text: str, expected: str) -> None:
    assert without_code(text) == expected


@given(st.text(alphabet="ab `~\n>-", max_size=60))
def test_without_code_keeps_every_place(text: str) -> None:
    found = without_code(text)
    assert len(found) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, found, strict=True))
    assert [i for i, c in enumerate(found) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]
