"""Numbers that an author typed into an article, although they should come from Facts.

They are found in the source of the article, not in its page. The branches that this build does not
take are therefore read as well, and each number has a line. A typed number is in the text, or is a
constant in an expression. Names in expressions come from Facts, settings or the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
from jinja2 import nodes

from ginn.pages.articles import Article

# Text that is not prose: code, formulas, addresses, tags, marks of notes and of numbered lists.
NO_PROSE = [
    r"(?ms)^(```|~~~).*?^\1",
    r"`[^`]*`",
    r"\$\$?[^$]+\$\$?",
    r"(?<=\])\([^)]*\)",
    r"(?m)^ {0,3}\[[^\]^]+\]: .*$",
    r"\[\^[^\]]*\]",
    r"<[^>]*>",
    r"(?m)^\{:.*\}$|\{:? *[.#][^}]*\}",
    r"(?m)^ *\d+\. ",
]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*%?")
EXPRESSION = "\N{OBJECT REPLACEMENT CHARACTER}"


def typed_numbers(article: Article) -> list[tuple[int, str]]:
    """The line and the text of each number typed into an article's title, description and prose."""
    environment = jinja2.Environment(autoescape=True)
    front = [(1, n) for text in (article.title, article.description) for n in NUMBER.findall(text)]
    tree = environment.parse(article.body)
    return sorted([*front, *_in_text(environment, article.body), *_in_expressions(tree)])


def _in_text(environment: jinja2.Environment, body: str) -> Iterator[tuple[int, str]]:
    """The numbers in the text outside of Jinja's brackets."""
    text = ""
    for line, kind, value in environment.lex(body):
        text += "\n" * (line - 1 - text.count("\n"))
        if kind == "data":
            text += value
        elif kind == "variable_begin":
            text += EXPRESSION
    for pattern in NO_PROSE:
        text = re.sub(pattern, lambda found: "\n" * found[0].count("\n"), text)
    for line, prose in enumerate(text.splitlines(), 1):
        yield from ((line, number) for number in NUMBER.findall(prose))


def _in_expressions(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """The numbers in constants that an expression, an assignment or a caption writes unchanged."""
    given: list[nodes.Node] = [
        part for output in tree.find_all(nodes.Output) for part in output.nodes
    ]
    given += [assignment.node for assignment in tree.find_all(nodes.Assign)]
    for call in tree.find_all(nodes.Call):
        given += [word.value for word in call.kwargs if word.key == "caption"]
    for expression in given:
        for constant in _given_out(expression):
            for number in NUMBER.findall(str(constant.value)):
                yield constant.lineno, number


def _given_out(expression: nodes.Node) -> Iterator[nodes.Const]:
    """The constants in the value of an expression, without arguments and conditions."""
    match expression:
        case nodes.Const():
            yield expression
        case nodes.Filter(node=nodes.Node() as filtered):
            yield from _given_out(filtered)
        case nodes.CondExpr():
            yield from _given_out(expression.expr1)
            if expression.expr2 is not None:
                yield from _given_out(expression.expr2)
        case nodes.Concat():
            for part in expression.nodes:
                yield from _given_out(part)
        case nodes.And() | nodes.Or():
            yield from _given_out(expression.left)
            yield from _given_out(expression.right)
        case nodes.BinExpr():
            # A number computed from Facts is not typed, such as a share times a hundred.
            sides = [list(_given_out(side)) for side in (expression.left, expression.right)]
            if all(sides):
                yield from (constant for side in sides for constant in side)
        case nodes.UnaryExpr():
            yield from _given_out(expression.node)
