"""Mistakes in an article's expressions that can be found before there are any results.

Jinja's syntax tree is read with the types of the facts and of the functions. A value whose type is
not known is never refused, so an article that can be rendered is never refused either. Every branch
of a condition is read, also one that a build does not reach.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import types
import typing
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jinja2
import numpy as np
from jinja2 import nodes

from ginn.analysis.claim_names import require_claim
from ginn.analysis.facts import Facts
from ginn.config.models import Site
from ginn.dataset.dataset import Dataset
from ginn.errors import AuthorError, meant, quoted
from ginn.language.words import Words
from ginn.pages.article_body import RAW, parsed
from ginn.pages.articles import Article
from ginn.pages.calls import ANY, require_arguments
from ginn.pages.citations import Citations
from ginn.pages.figure_calls import FigureCalls
from ginn.pages.figure_views import VIEWS
from ginn.pages.filter_checks import require_filter, require_test
from ginn.pages.functions import functions
from ginn.pages.glossary import Glossary
from ginn.pages.page_calls import PageCalls, hidden_page


def _known() -> dict[str, Any]:
    """The functions and constants of articles, for a report that does not exist yet."""
    report: Any = types.SimpleNamespace(dataset=Dataset(np.zeros((1, 1), dtype=bool), ()))
    of_pages = PageCalls.__new__(PageCalls).functions()
    return functions(FigureCalls(report), Citations({}), Glossary()) | of_pages


FUNCTIONS = {name: value for name, value in _known().items() if callable(value)}
VALUES: Mapping[str, Any] = {
    "facts": Facts,
    "site": Site,
    "draft": bool,
    "experiments": None,
    **dict.fromkeys(set(_known()) - set(FUNCTIONS)),
}
# Jinja's filters: those that return items of the given type; those whose first argument is an
# attribute of the items; and those that return one item.
SAME_ITEMS = ("selectattr", "rejectattr", "select", "reject", "sort", "list", "unique", "reverse")
BY_ATTRIBUTE = ("selectattr", "rejectattr", "groupby")
ONE_ITEM = ("first", "last", "min", "max", "random")
# An undefined name is allowed before these filters and tests.
OF_ANY_NAME = ("defined", "undefined", "default", "d")


@dataclass(frozen=True)
class Named:
    """What an article may name: pages, works, words, and the experiments of `report.toml`.

    An article may name a page or an experiment that this build leaves out only under a condition.
    `absent` maps each of these to the id of the experiment that is left out. `hidden` has the slugs
    of drafts, which may be named under a condition, too.
    """

    pages: Sequence[str]
    works: Sequence[str]
    words: Sequence[str]
    experiments: Sequence[str] = ()
    absent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hidden: Collection[str] = ()

    def require(self, kind: str, name: str, under_condition: bool) -> None:
        """Raise AuthorError for a "page" or an "experiment" that the article may not name."""
        there = self.pages if kind == "page" else self.experiments
        absent = self.absent.get(kind, {})
        allowed = ", ".join(each for each in there if each not in absent)
        if kind == "page" and name in self.hidden:
            if not under_condition:
                raise hidden_page(name, allowed)
            return
        if name not in there:
            raise AuthorError(quoted(name), allowed, meant(name, there), key=kind)
        if name in absent and not under_condition:
            found = f"{quoted(name)}, which this build leaves out"
            hint = f'put it under the condition {{% if "{absent[name]}" in experiments %}}'
            raise AuthorError(found, allowed, hint, key=kind)


def check_article(article: Article, named: Named, words: Words) -> None:
    """Raise AuthorError with the line of the first mistake in an article's expressions.

    `words` are those of the pages, by which the article will be rendered.
    """
    tree = parsed(article, words)
    try:
        _Reader(tree, named).read(tree)
        _require_single_figures(tree)
    except AuthorError as error:
        raise error.at(article.file, 1) from error


def _require_single_figures(tree: nodes.Template) -> None:
    """Raise AuthorError for two figures of one name, both outside conditions, loops and macros."""
    seen: list[str] = []
    for call in _certain_calls(tree):
        name = _constant(call.args[0]) if _name_of(call.node) == "figure" and call.args else ANY
        if name in seen:
            allowed = f"a name not used before ({', '.join(seen)})"
            raise AuthorError(quoted(name), allowed, key="figure", line=call.lineno)
        if isinstance(name, str):
            seen.append(name)


def _certain_calls(node: nodes.Node) -> Iterator[nodes.Call]:
    """The calls in a node that are in no condition, loop or macro."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.If | nodes.For | nodes.Macro | nodes.CondExpr):
            continue
        if isinstance(child, nodes.Call):
            yield child
        yield from _certain_calls(child)


@dataclass
class _Reader:
    """Reads a tree in its order. `kinds` are the types of names; None for an unknown type."""

    tree: nodes.Template
    named: Named
    kinds: dict[str, Any] = field(default_factory=dict)
    conditions: int = 0  # around the node that is read

    def __post_init__(self) -> None:
        names = list(self.tree.find_all(nodes.Name))
        stored = {name.name for name in names if name.ctx != "load"}
        # A name that is set in several places may have several types.
        times = Counter(name.name for name in names if name.ctx == "store")
        self.set_once = {name for name, number in times.items() if number == 1}
        made = {macro.name for macro in self.tree.find_all(nodes.Macro)}
        own = {"loop", "caller", "varargs", "kwargs", "self", *jinja2.defaults.DEFAULT_NAMESPACE}
        unknown = dict.fromkeys([*stored, *made, *own, *FUNCTIONS])
        self.kinds = {**unknown, **VALUES}
        self.stored = stored
        constants = (_constant(call.args[0]) for call in self._figure_calls() if call.args)
        self.figures = [name for name in constants if name is not ANY]
        self.all_figures_known = all(
            call.args and _constant(call.args[0]) is not ANY for call in self._figure_calls()
        )

    def _figure_calls(self) -> list[nodes.Call]:
        calls = self.tree.find_all(nodes.Call)
        return [call for call in calls if _name_of(call.node) == "figure"]

    def read(self, node: nodes.Node) -> Any:
        """Check a node and all nodes in it. Returns its type, or None."""
        reading = {
            nodes.Name: self._name, nodes.Getattr: self._getattr, nodes.Getitem: self._getitem,
            nodes.Call: self._call, nodes.Filter: self._filter, nodes.Test: self._test,
            nodes.Output: self._output, nodes.For: self._for, nodes.Assign: self._assign,
            nodes.If: self._choice,
            nodes.CondExpr: self._choice, nodes.And: self._choice, nodes.Or: self._choice,
            nodes.Include: _refuse_file, nodes.Import: _refuse_file,
            nodes.FromImport: _refuse_file, nodes.Extends: _refuse_file,
        }.get(type(node))  # fmt: skip
        try:
            if reading:
                return reading(node)
            for child in node.iter_child_nodes():
                self.read(child)
        except AuthorError as error:
            raise error.at(line=node.lineno) from error
        return None

    def _choice(self, node: nodes.Node) -> None:
        """Read a condition, and the nodes that are evaluated only for one value of it."""
        condition, *choices = node.iter_child_nodes()
        self.read(condition)
        self.conditions += 1
        for choice in choices:
            self.read(choice)
        self.conditions -= 1

    def _name(self, node: Any) -> Any:
        if node.ctx == "load" and node.name not in self.kinds:
            known = sorted([*FUNCTIONS, *VALUES])
            found, allowed = (
                f"{quoted(node.name)} is undefined",
                f"expressions of {', '.join(known)}",
            )
            raise AuthorError(found, allowed, meant(node.name, known) or RAW)
        return self.kinds.get(node.name)

    def _output(self, node: Any) -> None:
        for each in node.nodes:
            self._require_brackets(each)
            self.read(each)

    def _require_brackets(self, node: Any) -> None:
        """Raise AuthorError for a function of articles that is named and not called."""
        name = _name_of(node)
        if name in FUNCTIONS and name not in self.stored:
            found = f"the function {name} without brackets"
            raise AuthorError(found, f"{name}(...)", line=node.lineno)

    def _getattr(self, node: Any) -> Any:
        self._require_brackets(node.node)
        return attribute_of(self.read(node.node), node.attr)

    def _getitem(self, node: Any) -> Any:
        kind, key = self.read(node.node), _constant(node.arg)
        self.read(node.arg)
        if isinstance(key, str) and _name_of(node.node) == "experiments":
            self.named.require("experiment", key, self.conditions > 0)
            return Facts
        if isinstance(key, str):
            return attribute_of(kind, key)
        return _item_of(kind) if isinstance(key, int) else None

    def _call(self, node: Any) -> Any:
        name, kind = _name_of(node.node), self.read(node.node)
        given, named = self._arguments(node)
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            return None
        if name in FUNCTIONS and name not in self.stored:
            require_arguments(name, FUNCTIONS[name], given, named)
            self._require_known(name, given, named)
            return _returned(FUNCTIONS[name])
        if (
            isinstance(node.node, nodes.Getattr)
            and node.node.attr == "claim"
            and given
            and given[0] is not ANY
        ):
            require_claim(given[0])
        return _returned(kind) if callable(kind) else None

    def _require_known(self, name: str, given: list[Any], named: Mapping[str, Any]) -> None:
        """Raise AuthorError if an argument is a constant that is not a known name."""
        first = given[0] if given else next(iter(named.values()), ANY)
        allowed = {"cite": self.named.works, "term": self.named.words}
        if name == "figure":
            bound = inspect.signature(FUNCTIONS["figure"]).bind_partial(*given, **named).arguments
            view = bound.get("view", "network")
            if view is not ANY and view not in VIEWS:
                raise AuthorError(quoted(view), ", ".join(VIEWS), meant(view, VIEWS), key="view")
            if view is not ANY:
                VIEWS[view].require(bound.get("arguments", {}))
            if isinstance(of := bound.get("experiment"), str):
                self.named.require("experiment", of, self.conditions > 0)
        elif first is ANY:
            return
        elif name == "page":
            self.named.require("page", str(first), self.conditions > 0)
        elif name == "evidence":
            require_claim(first)
        elif name == "see" and self.all_figures_known and first not in self.figures:
            known = ", ".join(map(str, self.figures)) or "this article has no figures"
            hint = meant(first, map(str, self.figures))
            raise AuthorError(quoted(first), known, hint, key="see")
        elif name in allowed and first not in allowed[name]:
            names = allowed[name]
            raise AuthorError(
                quoted(first), ", ".join(names) or "none", meant(first, names), key=name
            )

    def _filter(self, node: Any) -> Any:
        kind = None
        if node.node is not None and not (node.name in OF_ANY_NAME and _name_of(node.node)):
            kind = self.read(node.node)
        given, named = self._arguments(node)
        if node.dyn_args is None and node.dyn_kwargs is None:
            value = ANY if node.node is None else _constant(node.node)
            require_filter(node.name, value, kind, given, named)
        path = named.get("attribute", given[0] if given and node.name in BY_ATTRIBUTE else None)
        item = _item_of(kind)
        for name in path.split(".") if isinstance(path, str) else ():
            item = None if name.isdecimal() else attribute_of(item, name)
        if node.name in SAME_ITEMS:
            return kind
        return _item_of(kind) if node.name in ONE_ITEM and not node.kwargs else None

    def _test(self, node: Any) -> None:
        if not (node.name in OF_ANY_NAME and _name_of(node.node)):
            self.read(node.node)
        given, _ = self._arguments(node)
        if node.dyn_args is None and node.dyn_kwargs is None and not node.kwargs:
            require_test(node.name, given)

    def _arguments(self, node: Any) -> tuple[list[Any], dict[str, Any]]:
        """Check the arguments of a call. Returns those that are constants, and ANY for others."""
        for each in (*node.args, *(keyword.value for keyword in node.kwargs)):
            self.read(each)
        named = {each.key: _constant(each.value) for each in node.kwargs}
        return [_constant(each) for each in node.args], named

    def _for(self, node: Any) -> None:
        """Read a loop, whose variable has its type in the loop alone."""
        kind, name, before = _item_of(self.read(node.iter)), _name_of(node.target), self.kinds
        unknown = dict.fromkeys(_names_in(node.target))
        self.kinds = before | unknown | ({name: kind} if name else {})
        for each in (*([node.test] if node.test else []), *node.body):
            self.read(each)
        self.kinds = before
        for each in node.else_:
            self.read(each)

    def _assign(self, node: Any) -> None:
        kind, name = self.read(node.node), _name_of(node.target)
        if name:
            self.kinds[name] = kind if name in self.set_once else None


def _refuse_file(_: nodes.Node) -> None:
    """Raise AuthorError for a tag that reads another file."""
    found, hint = "a tag that reads another file", "put its text into this article"
    raise AuthorError(found, "tags such as {% if %}, {% for %}, {% set %} and {% call %}", hint)


def attribute_of(kind: Any, name: str) -> Any:
    """The type of an attribute of a type of the facts. None for any other type.

    Raises AuthorError for an attribute that the type does not have.
    """
    if kind is Site:
        fields = list(Site.model_fields)
    elif inspect.isclass(kind) and dataclasses.is_dataclass(kind):
        fields = [each.name for each in dataclasses.fields(kind)]
    else:
        return None
    if name not in fields and not hasattr(kind, name):
        found = f"{kind.__name__} has no attribute {quoted(name)}"
        raise AuthorError(found, ", ".join(fields), meant(name, fields))
    if name in fields:
        return _bare(_types_of(kind).get(name))
    member = inspect.getattr_static(kind, name)
    if isinstance(member, property):
        return _bare(_types_of(member.fget).get("return"))
    return member if inspect.isfunction(member) else None


@functools.cache
def _types_of(kind: Any) -> dict[str, Any]:
    """The types of a class's fields, or of a function's arguments and result, by name."""
    return typing.get_type_hints(kind)


def _bare(kind: Any) -> Any:
    """A type without None; None for a union of several types."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        others = [each for each in typing.get_args(kind) if each is not type(None)]
        return others[0] if len(others) == 1 else None
    return kind


def _item_of(kind: Any) -> Any:
    """The type of the items of a tuple of any length."""
    items = typing.get_args(kind)
    is_tuple = typing.get_origin(kind) is tuple and len(items) == 2 and items[1] is Ellipsis
    return _bare(items[0]) if is_tuple else None


def _returned(function: Any) -> Any:
    """The type that a function returns."""
    return _bare(inspect.signature(function, eval_str=True).return_annotation)


def _name_of(node: Any) -> str:
    return node.name if isinstance(node, nodes.Name) else ""


def _names_in(node: nodes.Node) -> Iterator[str]:
    names = [node] if isinstance(node, nodes.Name) else node.find_all(nodes.Name)
    return (name.name for name in names)


def _constant(node: nodes.Node) -> Any:
    """The value of an expression that has no names in it, or ANY."""
    try:
        return node.as_const()  # type: ignore[attr-defined]
    except (nodes.Impossible, AttributeError):
        return ANY
