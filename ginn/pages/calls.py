"""Check the arguments of calls in articles: a wrong argument raises AuthorError.

A function's signature states which arguments it takes. A message describes the type of an argument
by the words of the annotation `Allowed`, or by those in WORDS.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

import jinja2
from pydantic import ConfigDict, TypeAdapter, ValidationError

from ginn.config.validation import Allowed
from ginn.errors import AuthorError, quoted

WORDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
# The placeholder for a value that is not yet known.
ANY = object()
# The body of a call block, which Jinja passes under this name.
BODY = "caller"


def checked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which raises AuthorError for arguments that its signature does not allow."""

    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        require_arguments(name, function, given, named)
        return function(*given, **named)

    return called


def require_arguments(
    name: str, function: Callable[..., Any], given: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Raise AuthorError for arguments that a function's signature does not allow."""
    signature = _signature(function)
    require_bindable(name, signature, given, named)
    for key, value in signature.bind(*given, **named).arguments.items():
        if signature.parameters[key].kind not in _STARRED:
            require_allowed(key, value, signature.parameters[key].annotation)


_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@functools.lru_cache(maxsize=256)
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function, eval_str=True)


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    """The parameters that an author can name, with their types."""
    return {
        key: each.annotation
        for key, each in _signature(function).parameters.items()
        if key != BODY and each.kind not in _STARRED
    }


def described(kinds: Mapping[str, Any]) -> str:
    """Parameters with what each of them allows: `"zoom (a number from 1 to 64), ..."`."""
    pairs = [(key, words_of(kind)) for key, kind in kinds.items()]
    return ", ".join(f"{key} ({words})" if words else key for key, words in pairs)


def words_of(kind: Any) -> str:
    """What a type allows, in words; "" if any value is allowed."""
    if get_origin(kind) is Annotated:
        words = [each.words for each in get_args(kind) if isinstance(each, Allowed)]
        return words[0] if words else words_of(get_args(kind)[0])
    return WORDS.get(kind, "")


def require_allowed(name: str, value: object, kind: Any) -> None:
    """Raise AuthorError for a value that is not of a parameter's type.

    A name that the article does not define raises Jinja's UndefinedError. ANY is always allowed.
    """
    if value is ANY:
        return
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises the error
    words = words_of(kind)
    try:
        if words:
            _adapter(kind).validate_python(value)
    except ValidationError:
        raise AuthorError(quoted(value), words, key=name) from None


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind, config=ConfigDict(strict=True))


def require_bindable(
    name: str, signature: inspect.Signature, given: Sequence[Any], named: Mapping[str, Any]
) -> None:
    """Raise AuthorError for too many arguments, an unknown one, or a missing one."""
    kinds = {each.kind for each in signature.parameters.values()}
    taken = {key: each for key, each in signature.parameters.items() if each.kind not in _STARRED}
    own = described({key: each.annotation for key, each in taken.items() if key != BODY})
    placed = [key for key, each in taken.items() if each.kind != inspect.Parameter.KEYWORD_ONLY]
    if len(given) > len(placed) and inspect.Parameter.VAR_POSITIONAL not in kinds:
        raise AuthorError(f"{len(given)} arguments", own or "none", key=name)
    first = placed[: len(given)]
    for key in named:
        if key in first:
            raise AuthorError(f"a second value for {key}", "one", key=name)
        if key not in taken and inspect.Parameter.VAR_KEYWORD not in kinds:
            found = "the body of a call block" if key == BODY else f"the argument {quoted(key)}"
            raise AuthorError(found, own or "no arguments", key=name)
    for key, each in taken.items():
        if each.default is inspect.Parameter.empty and key not in first and key not in named:
            raise AuthorError(f"no {key}", words_of(each.annotation) or "one", key=name)
