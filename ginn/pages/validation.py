"""Check tables of TOML against a pydantic model; the first mistake becomes an AuthorError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from ginn.errors import AuthorError, one_line, quoted

# Text of one line without control characters, and with something to see.
LINE = (
    r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[^\s\x00-\x1f\x7f-\x9f]"
    r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
)


LINES = TypeAdapter(dict[str, Annotated[str, StringConstraints(strict=True, pattern=LINE)]])


class Table(BaseModel):
    """A table of TOML: nothing is converted, and an unknown key is an error.

    A field's `description` says which values are allowed.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Table)


def validate(model: type[Model], table: Mapping[str, Any], place: str = "") -> Model:
    """The table as a model. Raises AuthorError with the key of the first mistake, after `place`.

    An unknown key comes before a missing one: it may be the missing one, misspelt.
    """
    try:
        return model.model_validate(table)
    except ValidationError as invalid:
        mistakes = invalid.errors()
    mistake = min(mistakes, key=lambda each: each["type"] != "extra_forbidden")
    name = str(mistake["loc"][0])
    key = place + one_line(name)
    if mistake["type"] == "extra_forbidden":
        raise AuthorError("an unknown key", ", ".join(model.model_fields), key=key)
    allowed = str(model.model_fields[name].description)
    if mistake["type"] == "missing":
        raise AuthorError("no such key", allowed, "add it", key=key)
    raise AuthorError(quoted(table[name]), allowed, key=key)


def validate_lines(table: Mapping[str, Any]) -> dict[str, str]:
    """A table of any keys whose values are lines of text. Raises AuthorError with a wrong key."""
    try:
        return LINES.validate_python(table)
    except ValidationError as invalid:
        key = str(invalid.errors()[0]["loc"][0])
    raise AuthorError(quoted(table[key]), "a line of text", key=one_line(key))
