"""Calls from articles: a wrong argument is refused, and the message says what is allowed."""

from __future__ import annotations

from functools import partial
from inspect import signature
from typing import Any

import pytest
from support.pages import BODY_LINE, html_of

from ginn.errors import AuthorError
from ginn.pages.calls import checked
from ginn.pages.figure_views import VIEWS


@pytest.mark.parametrize(
    ("call", "key", "found", "allowed"),
    [
        ('figure("s", caption="c", neurons=3)', "neurons", "3", '"all", "output", "none"'),
        ('figure("s", caption="c", neurons=[3])', "neurons", "[3]", '"all", "output", "none"'),
        ('figure("s", caption="c", run=3)', "run", "3", "the name of a run"),
        ('figure("s", caption="c", step=0.5)', "step", "0.5", '"first", "last", an iteration'),
        ('figure("s", caption="c", step=true)', "step", "True", '"first", "last", an iteration'),
        ('figure("s", caption="c", zoom="2")', "zoom", "'2'", "a number from 1 to 64"),
        ('figure("s", caption="c", at=3)', "at", "3", "the name of a part of the picture"),
        ('figure("s", caption="c", background=3)', "background", "3", "output, target, error, "),
        ('figure("s", caption="c", view=3)', "view", "3", "a text"),
        ('figure("s", caption=3)', "caption", "3", "a text"),
        ('figure("s", caption="c", small="no")', "small", "'no'", "true or false"),
        ('figure(3, caption="c")', "name", "3", "a text"),
        ('figure(caption="c")', "figure", "no name", "a text"),
        ('figure("s", "network", "c", true, true, "x", 9, 9, 9)', "figure", "9 arguments", "name"),
        ('figure("s", name="s", caption="c")', "figure", "a second value for name", "one"),
        ('figure("s", caption="c", view="strip", frames="8")', "frames", "'8'", "a whole number"),
        ('figure("s", caption="c", view="strip", frames=1)', "frames", "1", "from 2 on"),
        ('figure("s", caption="c", view="strip", run=["a"])', "run", "['a']", "write one strip"),
        ('figure("s", caption="c", view="loss", run="x")', "argument", "'run'", "no more"),
        ('figure("s", caption="c", colour="x")', "argument", "'colour'", 'run (the name of a run'),
        ('see("s", wrod="x")', "see", "the argument 'wrod'", "name (a text), word (a text)"),
        ('page(["a"])', "slug", "['a']", "a text"),
        ("page()", "page", "no slug", "a text"),
        ("run(3)", "name", "3", "a text"),
        ('neuron("3")', "number", "'3'", "a whole number"),
        ("cite(none)", "key", "None", "a text"),
        ("term([1])", "word", "[1]", "a text"),
        ('interval("1", 2)', "count", "'1'", "a whole number"),
        ("evidence(3)", "name", "3", "a text"),
        ("claims_table(3)", "claims_table", "1 arguments", "none"),
        ("note(3)", "text", "3", "a text"),
    ],
)  # fmt: skip
def test_call_with_a_wrong_argument_is_refused_with_its_line(
    call: str, key: str, found: str, allowed: str
) -> None:
    with pytest.raises(AuthorError) as caught:
        html_of(f"text\n\n{{{{ {call} }}}}")
    error = caught.value
    assert (error.key, error.line) == (key, BODY_LINE + 2)
    assert error.found == found
    assert allowed in error.allowed
    assert len(str(error)) < 1000


def test_call_block_of_a_function_without_a_body_is_refused() -> None:
    with pytest.raises(AuthorError, match="page: found the body of a call block"):
        html_of('{% call page("index") %}x{% endcall %}')


def test_undefined_argument_is_refused_by_its_name() -> None:
    with pytest.raises(AuthorError, match="'nobody' is undefined"):
        html_of("{{ page(nobody) }}")


@pytest.mark.parametrize("expression", ["1 + 'a'", "[].pop()", "3 | sort", "'a' * 10 ** 18"])
def test_expression_without_a_value_is_refused(expression: str) -> None:
    with pytest.raises(AuthorError, match="an expression without a value") as caught:
        html_of(f"\n{{{{ {expression} }}}}")
    assert caught.value.line == BODY_LINE + 1
    assert "figure" not in caught.value.allowed


@pytest.mark.parametrize("view", VIEWS)
def test_view_every_default_is_allowed(view: str) -> None:
    kinds = signature(VIEWS[view].images).parameters
    VIEWS[view].require({name: kinds[name].default for name in VIEWS[view].parameters})


def test_checked_function_gets_its_arguments_unchanged() -> None:
    def call(first: int, *more: Any, word: str = "w", **named: Any) -> tuple[Any, ...]:
        return first, more, word, named

    assert checked("call", call)(1, [2], word="x", k=3) == (1, ([2],), "x", {"k": 3})
    assert checked("call", partial(call, 1))(word="y") == (1, (), "y", {})
