"""`validated`: pydantic's errors as errors of a file, with line, key, found and allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from annotated_types import Ge, Le, Len
from pydantic import Field, Strict
from pydantic.json_schema import SkipJsonSchema

from ginn.config.validation import (
    Allowed,
    Document,
    Line,
    Table,
    allowed_at,
    read_document,
    validated,
)
from ginn.errors import AuthorError
from ginn.files import parse_toml

PATH = Path("pets.toml")


class Pet(Table):
    """A pet."""

    name: Line
    its_age: Annotated[int, Ge(0), Le(99)] | SkipJsonSchema[None] = None


class Pets(Table):
    """Pets."""

    owner: Pet
    pet: Annotated[tuple[Pet, ...], Len(0, 2), Strict(False), Allowed("at most 2 [[pet]]")] = ()
    weights: Annotated[
        dict[Annotated[str, Len(1, 3), Allowed("a short name")],
             Annotated[float, Ge(0), Allowed("a weight")]],
        Allowed("a table"),
    ] = Field(default={})  # fmt: skip


OWNER = '[owner]\nname = "A"\n'


def document(text: str, first_line: int = 1) -> Document:
    return Document(PATH, text, parse_toml(text, PATH), first_line)


def refused(text: str, first_line: int = 1) -> AuthorError:
    with pytest.raises(AuthorError) as caught:
        validated(document(text, first_line), Pets)
    return caught.value


def test_validated_of_a_right_document_is_the_model() -> None:
    pets = validated(document(f'{OWNER}[[pet]]\nname = "B"\nits-age = 3\n'), Pets)
    assert pets == Pets(owner=Pet(name="A"), pet=(Pet(name="B", its_age=3),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pets.toml: owner: found nothing, allowed: a table"),
        ("owner = 3", "pets.toml:1: owner: found 3, allowed: a table"),
        ("[owner]", "pets.toml:1: owner.name: found nothing, allowed: a line of text"),
        (f"{OWNER}its_age = 1",
         "owner.its_age: found an unknown key, allowed: its-age, name; is its-age meant?"),
        (f"{OWNER}colour = 1", "owner.colour: found an unknown key, allowed: its-age, name"),
        (f"{OWNER}its-age = 2026-11-23", "owner.its-age: found 2026-11-23, allowed"),
        (f"{OWNER}its-age = [true, {{ a = 1 }}]", "found [true, a table], allowed"),
        (f"{OWNER}its-age = 100",
         "pets.toml:3: owner.its-age: found 100, allowed: a whole number from 0 to 99"),
        (f"pet = [1]\n{OWNER}", "pets.toml:1: pet: found [1], allowed: at most 2 [[pet]]"),
        (f"{OWNER}[[pet]]\nname = 1",
         "pets.toml:4: pet.name: found 1, allowed: a line of text"),
        (f'{OWNER}[[pet]]\nname = "B"\n[[pet]]\nname = 1',
         "pets.toml:6: pet[1].name: found 1, allowed: a line of text"),
        (f"{OWNER}[[pet]]\n[[pet]]\n[[pet]]", "pets.toml:3: pet[0].name: found nothing"),
        (OWNER + '[[pet]]\nname = "B"\n' * 3, "pets.toml:3: pet: found 3 tables, allowed: at"),
        (f"{OWNER}[weights]\nB = true", "pets.toml:4: weights.B: found true, allowed: a weight"),
        (f'{OWNER}[weights]\n"" = 1',
         "pets.toml:4: weights.: found the name '', allowed: a short name"),
        (f"{OWNER}[weights]\nlong-name = 1", "weights.long-name: found the name 'long-name'"),
    ],
)  # fmt: skip
def test_validated_of_a_wrong_document_names_line_key_found_and_allowed(
    text: str, message: str
) -> None:
    assert message in str(refused(text))


def test_validated_of_an_unknown_and_a_missing_key_names_the_unknown_one() -> None:
    assert refused('[owner]\nnaem = "A"').key == "owner.naem"


def test_document_that_begins_later_in_its_file_counts_lines_from_there() -> None:
    assert refused(f"{OWNER}its-age = -1", first_line=10).line == 12
    assert refused("", first_line=10).line == 0


def test_document_at_keeps_the_parts_of_an_error_and_adds_the_place() -> None:
    error = document(OWNER).at(("owner", "name"), AuthorError("'A'", "'B'", "choose B"))
    assert str(error) == "pets.toml:2: owner.name: found 'A', allowed: 'B'; choose B"


def test_read_document_of_a_missing_file_says_what_it_should_be(tmp_path: Path) -> None:
    with pytest.raises(AuthorError, match="found no such file, allowed: a list of pets"):
        read_document(tmp_path / "pets.toml", "a list of pets")


def test_allowed_at_of_a_path_beyond_the_model_is_what_its_last_known_key_allows() -> None:
    assert allowed_at(Pets, ("pet", 0, "name", 3)) == "a line of text"
    assert allowed_at(Pets, ("weights", "B")) == "a weight"
