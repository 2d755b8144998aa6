"""Encode values of a type that pydantic supports as JSON.

This module is separate from `encodings`, so that array results do not depend on pydantic.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from ginn.runtime.encodings import JSON, DamagedError, Encoding


def json_model(kind: Any) -> Encoding[Any]:
    """The encoding as JSON of a type that pydantic supports, such as a dataclass."""
    adapter = TypeAdapter(kind)

    def from_plain(value: Any) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError as error:
            raise DamagedError from error

    return JSON.via(lambda value: adapter.dump_python(value, mode="json"), from_plain)
