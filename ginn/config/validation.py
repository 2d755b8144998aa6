"""Check a TOML document against a model, with errors that name line, key, found and allowed.

pydantic finds the mistakes. What is allowed is read from the model: the `Allowed` of a field, or
the range of a whole number.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import ErrorDetails

from ginn.config.key_lines import Keys, key_lines, line_of
from ginn.errors import SHOWN, AuthorError, meant, one_line, quoted
from ginn.files import parse_toml, read_text

_KEY_OF_TABLE = "[key]"  # the last item of pydantic's path to a dictionary's key


class Table(BaseModel):
    """A table of a TOML file. Unknown keys are refused, and no value is converted to another type.

    Keys are written with hyphens in TOML. The text below a field describes its key in the schema.
    """

    model_config = ConfigDict(
        alias_generator=lambda name: name.replace("_", "-"),
        extra="forbid",
        frozen=True,
        strict=True,
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
    )


@dataclass(frozen=True)
class Allowed:
    """What the value of a field may be, in the words of an error message."""

    words: str


def example(value: Any) -> Any:
    """The annotation of a field with an example, for the JSON Schema and the author's reference."""
    return Field(examples=[value])


# No control characters, and at least one character that can be seen.
_HIDDEN = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
LINE = rf"[^{_HIDDEN}]*[^\s{_HIDDEN}][^{_HIDDEN}]*"

# On Windows no folder can have the name of a device.
DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}


def _no_device(name: str) -> str:
    if name.lower() in DEVICES:
        raise ValueError(name)
    return name


NO_DEVICE = AfterValidator(_no_device)
Line = Annotated[str, StringConstraints(pattern=f"^{LINE}$"), Allowed("a line of text")]

T = TypeVar("T", bound=Table)


@dataclass(frozen=True)
class Document:
    """A TOML document: its values, and the text and file that they come from.

    The text begins at line `first_line` of the file.
    """

    path: Path
    text: str
    values: dict[str, Any]
    first_line: int = 1

    def error(self, keys: Keys, found: str, allowed: str, hint: str = "") -> AuthorError:
        """The error of the value at a path, with its line and its dotted key."""
        return self.at(keys, AuthorError(found, allowed, hint))

    def at(self, keys: Keys, error: AuthorError) -> AuthorError:
        """A copy of an error that says where the value at a path is."""
        line = line_of(key_lines(self.text), keys)
        line += self.first_line - 1 if line else 0
        return error.at(self.path, line, one_line(self._dotted(keys), SHOWN))

    def _dotted(self, keys: Keys) -> str:
        """A path as in `experiment[1].title`; the only table of an array has no number."""
        dotted = ""
        value: Any = self.values
        for key in keys:
            if isinstance(key, str):
                dotted += f".{key}" if dotted else key
            elif len(value) > 1:
                dotted += f"[{key}]"
            value = value[key] if _holds(value, key) else ()
        return dotted


def read_document(path: Path, expected: str) -> Document:
    """The TOML document in a file.

    Raises AuthorError if there is none. `expected` says what the file should be.
    """
    text = read_text(path, expected)
    return Document(path, text, parse_toml(text, path))


def validated(document: Document, model: type[T], at: Keys = ()) -> T:
    """A document's values, or the table at the path `at`, as a model.

    Raises AuthorError for the first mistake. Unknown keys come first: a misspelt key is both
    unknown and missing, and the unknown key is the one to correct.
    """
    values: Any = document.values
    for key in at:
        values = values[key]
    try:
        return model.model_validate(values, by_alias=True, by_name=False)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=False, include_input=False)
        first = min(mistakes, key=lambda mistake: mistake["type"] != "extra_forbidden")
        raise _author_error(document, model, first, at) from None


def _author_error(
    document: Document, model: type[Table], mistake: ErrorDetails, at: Keys
) -> AuthorError:
    """One of pydantic's errors about the model at a path, as the author reads it."""
    path = (*at, *mistake["loc"])
    keys, value = _found(document.values, path)
    if mistake["type"] == "extra_forbidden":
        allowed_keys = _keys_allowed(model, mistake["loc"])
        hint = meant(keys[-1], allowed_keys)
        return document.error(keys, "an unknown key", ", ".join(allowed_keys), hint)
    allowed = allowed_at(model, mistake["loc"])
    if mistake["type"] == "missing" and len(keys) == len(path):
        return document.error(keys, "nothing", allowed)
    if path[-1] == _KEY_OF_TABLE and len(path) > len(keys):
        return document.error(keys, f"the name {quoted(keys[-1])}", allowed)
    if mistake["type"] == "too_long" and isinstance(value[0], dict):
        return document.error(keys, f"{len(value)} tables", allowed)
    return document.error(keys, as_in_toml(value), allowed)


def as_in_toml(value: object) -> str:
    """A found value as a message repeats it, in the words of TOML where Python has others."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        return str(value)
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return one_line(f"[{', '.join(map(as_in_toml, value[:SHOWN]))}]", SHOWN)
    return quoted(value)


def _found(values: Any, path: Keys) -> tuple[Keys, Any]:
    """The part of pydantic's path that a message names, and the value there.

    For an item that is neither a table nor a list, this is the whole list that it is in.
    """
    keys: Keys = ()
    for key in path:
        if not _holds(values, key):
            missing = isinstance(values, dict) and key != _KEY_OF_TABLE
            return ((*keys, key), None) if missing else (keys, values)
        if isinstance(key, int) and not isinstance(values[key], dict | list):
            return keys, values
        keys, values = (*keys, key), values[key]
    return keys, values


def _holds(values: Any, key: str | int) -> bool:
    if isinstance(key, int):
        return isinstance(values, list) and key < len(values)
    return isinstance(values, dict) and key in values


def _keys_allowed(model: type[Table], path: Keys) -> list[str]:
    """The keys of the table in which the path's last key is unknown, in alphabetical order."""
    *_, (kind, _) = _kinds(model, path[:-1])
    table = table_in(kind) or model
    return sorted(str(field.alias) for field in table.model_fields.values())


def allowed_at(model: type[Table], path: Keys) -> str:
    """The words for what is allowed at a path, or at the innermost value around it with words."""
    return [words for _, metadata in _kinds(model, path) if (words := _words(metadata))][-1]


def _kinds(model: type[Table], path: Keys) -> Iterator[tuple[Any, tuple[object, ...]]]:
    """The type and its annotations at each step of a path through a model."""
    kind: Any = model
    yield kind, (Allowed("a table"),)
    for key, following in itertools.pairwise((*path, "")):
        if isinstance(key, str) and (table := table_in(kind)) is not None:
            field = next((f for f in table.model_fields.values() if f.alias == key), None)
            if field is None:
                return
            kind = field.annotation
            yield kind, (*_metadata(kind), *field.metadata)
        elif isinstance(key, str) and get_origin(_bare(kind)) is dict:
            kind = get_args(_bare(kind))[0 if following == _KEY_OF_TABLE else 1]
            yield kind, _metadata(kind)


def _metadata(kind: Any) -> tuple[object, ...]:
    """The annotations of a type, or of the type inside an optional one; a table has `Allowed`."""
    if get_origin(kind) is Annotated:
        return (*_metadata(get_args(kind)[0]), *get_args(kind)[1:])
    if isinstance(kind, type) and issubclass(kind, Table):
        return (Allowed("a table"),)
    if get_origin(kind) in (dict, tuple):
        return ()
    return tuple(each for inner in get_args(kind) for each in _metadata(inner))


def _bare(kind: Any) -> Any:
    """A type without its annotations."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def table_in(kind: Any) -> type[Table] | None:
    """The table that a type is, or that the items of its array are."""
    if isinstance(kind, type) and issubclass(kind, Table):
        return kind
    if get_origin(kind) is dict:
        return None
    return next((found for each in get_args(kind) if (found := table_in(each))), None)


def _words(metadata: tuple[object, ...]) -> str:
    """What annotations allow, in words: an `Allowed`, or the range of a whole number."""
    words = [each.words for each in metadata if isinstance(each, Allowed)]
    least = [each.ge for each in metadata if isinstance(each, Ge)]
    most = [each.le for each in metadata if isinstance(each, Le)]
    if not words and least and most:
        return f"a whole number from {least[0]} to {most[0]}"
    return words[-1] if words else ""
