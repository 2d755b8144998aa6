"""Check the filters and tests of an article's expressions without values.

Jinja itself finds an unknown filter before an article is rendered, but in a condition it finds
neither an unknown test nor a wrong argument.
"""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from ginn import formatting
from ginn.errors import AuthorError, quoted
from ginn.pages.calls import (
    ANY,
    require_allowed,
    require_arguments,
    require_bindable,
    words_of,
)

FORMATS = formatting.ENGLISH.formats
# Filters that apply a test, with the place of its name among their arguments.
TESTING = {"selectattr": 1, "rejectattr": 1, "select": 0, "reject": 0}
NUMBERS = (int, float)


def require_filter(
    name: str, value: Any, kind: Any, given: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Raise AuthorError for arguments that a filter does not take.

    `value` is what is filtered, or ANY, and `kind` is its type, or None.
    """
    if name in FORMATS:
        _require_format(name, value, kind, given, named)
    elif name in FILTERS:
        _require_jinja(name, FILTERS[name], given, named)
    if name in TESTING and len(given) > TESTING[name]:
        at = TESTING[name]
        if given[at] is not ANY:
            require_test(given[at], [ANY] * len(given[at + 1 :]))


def require_test(name: Any, given: Sequence[Any]) -> None:
    """Raise AuthorError for a test that does not exist, or another number of arguments."""
    if name not in TESTS:
        raise AuthorError(f"no test named {quoted(name)}", ", ".join(_words(TESTS)))
    _require_jinja(name, TESTS[name], given, {})


def _words(names: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in names if name.isidentifier())


def _require_format(
    name: str, value: Any, kind: Any, given: Sequence[Any], named: Mapping[str, Any]
) -> None:
    function = FORMATS[name]
    require_arguments(name, function, [ANY, *given], named)
    first, *_ = inspect.signature(function, eval_str=True).parameters.values()
    require_allowed(name, value, first.annotation)
    if first.annotation in NUMBERS and _is_no_number(kind):
        raise AuthorError(_said(kind), words_of(first.annotation), key=name)


def _is_no_number(kind: Any) -> bool:
    """Whether a known type is that of texts, records or lists."""
    is_record = inspect.isclass(kind) and dataclasses.is_dataclass(kind)
    return kind is str or is_record or typing.get_origin(kind) in (tuple, list, dict)


def _said(kind: Any) -> str:
    if kind is str:
        return "a text"
    return f"a value of {kind.__name__}" if inspect.isclass(kind) else "a list"


def _require_jinja(
    name: str, function: Any, given: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Raise AuthorError for arguments that do not fit the signature of Jinja's own function."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # a function in C
        return
    # The environment or the context, which Jinja passes first. Its wrappers for asynchronous
    # values have the signature of what they wrap.
    passed = hasattr(inspect.unwrap(function), "jinja_pass_arg")
    taken = list(signature.parameters.values())[1 + passed :]
    require_bindable(name, signature.replace(parameters=taken), given, named)
