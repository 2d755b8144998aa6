"""Parameters of the functions that an author calls, as the author's reference lists them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from ginn.pages.calls import parameters, words_of


@dataclass(frozen=True)
class About:
    """The annotation of a parameter that says what it is."""

    words: str


@dataclass(frozen=True)
class Parameter:
    """A parameter that an author can give. `default` is None if it must be given."""

    name: str
    meaning: str
    allowed: str
    default: str | None


def parameters_of(
    function: Callable[..., Any], others: Collection[str] = ()
) -> Iterator[Parameter]:
    """The parameters of a function in order, except those in `others`.

    `meaning` is "" for a parameter without an `About`.
    """
    signature = inspect.signature(function).parameters
    for name, kind in parameters(function).items():
        if name not in others:
            words = [m.words for m in getattr(kind, "__metadata__", ()) if isinstance(m, About)]
            given = signature[name].default
            default = None if given is inspect.Parameter.empty else _written(given)
            yield Parameter(name, words[0] if words else "", words_of(kind), default)


def _written(value: object) -> str:
    """A value as an author writes it in an expression."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_written, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
