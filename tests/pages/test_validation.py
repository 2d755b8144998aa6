"""The first mistake of a table of TOML, as an error with its key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from ginn.errors import AuthorError
from ginn.pages.validation import Table, validate, validate_lines


class Bottle(Table):
    """A table for these tests."""

    name: str = Field(description="a name")
    litres: float = Field(0.7, gt=0, description="a number above 0")


def test_validate_of_a_table_without_mistakes_is_a_model() -> None:
    assert validate(Bottle, {"name": "gin"}) == Bottle(name="gin")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"nmae": "gin"}, "a.nmae: found an unknown key, allowed: name, litres"),
        ({}, "a.name: found no such key, allowed: a name; add it"),
        ({"name": 3}, "a.name: found 3, allowed: a name"),
        ({"name": "gin", "litres": "1"}, "a.litres: found '1', allowed: a number above 0"),
        ({"name": "gin", "litres": -1.0}, "a.litres: found -1.0, allowed: a number above 0"),
    ],
)
def test_validate_of_a_mistake_says_key_found_and_allowed(
    table: dict[str, object], said: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        validate(Bottle, table, "a.")
    assert str(caught.value) == said


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.integers(), max_size=3))
def test_validate_lines_takes_lines_with_something_to_see_only(table: dict[str, object]) -> None:
    def is_line(value: object) -> bool:
        return isinstance(value, str) and value.strip() != "" and value.isprintable()

    if all(is_line(value) for value in table.values()):
        assert validate_lines(table) == table
    elif not all(isinstance(value, str) and value.strip() for value in table.values()):
        with pytest.raises(AuthorError, match="allowed: a line of text"):
            validate_lines(table)
