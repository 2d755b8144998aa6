"""Mistakes in an article's Markdown, HTML, formulas and links that can be found without results.

A stand-in takes the place of every value of an expression. All branches of a condition are read
one after the other. If there is a mistake in this text, the article is read twice more: every
condition holds in the first text, and none in the second. Only a mistake in one of these texts is
raised. What needs a real value is not judged; rendering checks everything again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from ginn.config.policy import Policy
from ginn.errors import AuthorError, quoted
from ginn.language.words import Words
from ginn.pages.article_body import HASH, ID, NO_VALUE, in_html, jinja_environment, line_in
from ginn.pages.article_checks import FUNCTIONS, VALUES
from ginn.pages.articles import RESERVED, Article
from ginn.pages.figure_calls import NAME, token
from ginn.pages.filter_checks import FORMATS
from ginn.pages.functions import note
from ginn.pages.identifiers import is_of_layout
from ginn.pages.layout import root_from
from ginn.pages.links import Links, find_dead_link, links_of, with_static

# The text of every stand-in. A number can stand in prose, addresses, attributes and formulas.
SHOWN = "1000000007"
# The start of an image. Its file may change while the article does not.
IMAGE = re.compile(r"!\[|<img\b")
# What is known of an article that needs real values.
UNKNOWN = Links((), frozenset(), more_ids=True)


class StandIn:
    """A value in place of any other: what is computed from it is a stand-in, too.

    `holds` is the truth of every condition about it, and whether it has items.
    """

    def __init__(self, holds: bool) -> None:
        """A stand-in has no other property."""
        self.holds = holds

    def _itself(self, *_: object, **__: object) -> StandIn:
        return self

    def _truth(self, *_: object) -> bool:
        return self.holds

    __call__ = __getitem__ = __neg__ = __pos__ = __abs__ = __round__ = _itself
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = _itself
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _itself
    __bool__ = __contains__ = __lt__ = __le__ = __gt__ = __ge__ = _truth
    __eq__ = __ne__ = _truth

    def __hash__(self) -> int:
        """All stand-ins with the same `holds` are one key of a mapping."""
        return hash(self.holds)

    def __iter__(self) -> Iterator[StandIn]:
        """One item, or none."""
        if self.holds:
            yield self

    def __len__(self) -> int:
        """1, also for a stand-in without items."""
        return 1

    def __index__(self) -> int:
        """A number for ranges."""
        return 1

    def __str__(self) -> str:
        """Digits by which a message about a stand-in is recognised."""
        return SHOWN

    def items(self) -> list[tuple[StandIn, StandIn]]:
        """One pair, as of a mapping, or none."""
        return [(self, self)] if self.holds else []


@dataclass(frozen=True)
class _Files(Container[str]):
    """The addresses of the site: the known ones, and any in a folder that a build writes."""

    known: Collection[str]

    def __contains__(self, address: object) -> bool:
        folder, _, name = str(address).partition("/")
        return address in self.known or (folder in RESERVED and bool(name))


def check_text(
    articles: Sequence[Article], words: Words, policy: Policy, files: Collection[str]
) -> None:
    """Raise AuthorError with the line of the first mistake in the Markdown of articles.

    `words` and `policy` are those of the pages. `files` has the addresses of all files of the site,
    except those in the folders that a build writes.
    """
    links = {
        article.address: (_links if IMAGE.search(article.body) else _kept_links)(
            article, words, policy
        )
        for article in articles
    }
    if dead := find_dead_link(articles, links, _Files({*files, *links})):
        raise dead.error()


def _links(article: Article, words: Words, policy: Policy) -> Links:
    """The links and the ids of an article's page, after a check of its text."""
    try:
        return _links_in(_filled_in(article, every_branch=True), article, words, policy)
    except AuthorError:
        for holds in (True, False):
            _links_in(_filled_in(article, holds), article, words, policy)
    return UNKNOWN


# In a preview an article without images is read again only after a change.
_kept_links = lru_cache(maxsize=256)(_links)


@dataclass(frozen=True)
class _Text:
    """An article's Markdown with stand-ins, and the captions of its figures by name."""

    text: str
    captions: Mapping[str, str]


class _EveryBranch(NodeTransformer):
    """Replaces each condition by all its branches, and each loop by its body and its `else`."""

    def visit_If(self, node: nodes.If) -> list[nodes.Node]:  # noqa: N802
        """The branches one after the other."""
        self.generic_visit(node)
        return [*node.body, *node.elif_, *node.else_]

    def visit_For(self, node: nodes.For) -> list[nodes.Node]:  # noqa: N802
        """The loop, and then its `else`."""
        self.generic_visit(node)
        after, node.else_ = node.else_, []
        return [node, *after]


def _links_in(text: _Text | None, article: Article, words: Words, policy: Policy) -> Links:
    if text is None:
        return UNKNOWN
    try:
        made, _ = in_html(article, text.text, text.captions, words, policy)
    except AuthorError as error:
        # Whether this is a mistake depends on the value that the stand-in replaces.
        if SHOWN in str(error):
            return UNKNOWN
        raise
    found = links_of(
        with_static(made.html + "".join(made.captions.values()), root_from(article.address))
    )
    # The layout makes ids of its own, such as those of figures.
    judged = [
        target
        for target in found.targets
        if SHOWN not in target and not is_of_layout(target.partition("#")[2])
    ]
    return Links(tuple(judged), found.ids, any(SHOWN in name for name in found.ids))


def _filled_in(article: Article, holds: bool = True, every_branch: bool = False) -> _Text | None:
    """The text of an article with stand-ins; None if an expression needs a real value."""
    value, captions = StandIn(holds), dict[str, str]()

    def figure(
        name: object = "",
        *_: object,
        caption: object = "",
        caller: Callable[[], str] | None = None,
        **__: object,
    ) -> Markup:
        text = str(caller() if caller else caption)
        if not text.strip():
            raise AuthorError(quoted(text), "a sentence", key="caption")
        known = isinstance(name, str) and NAME.fullmatch(name) and name not in captions
        own = str(name) if known else f"stand-in-{len(captions)}"
        captions[own] = text
        return Markup("{}").format(token(own))

    settings = jinja_environment(None)
    settings.undefined = value._itself  # type: ignore[assignment]
    settings.filters |= dict.fromkeys(FORMATS, value._itself)
    names = dict.fromkeys([*FUNCTIONS, *VALUES], value) | {"figure": figure, "note": note}
    file = str(article.file)
    try:
        tree = settings.parse(ID.sub("{" + HASH, article.body))
        read = _EveryBranch().visit(tree) if every_branch else tree
        code = settings.compile(read, filename=file)
        template = jinja2.Template.from_code(settings, code, dict(settings.globals))
        text = template.render(names).replace(HASH, "#")
    except AuthorError as error:
        if SHOWN in str(error):
            return None
        raise error.at(article.file, line_in(error, file)) from error
    # A stand-in does not fit every expression, and an expression may be nested too deep.
    except (jinja2.TemplateError, RecursionError, SyntaxError, *NO_VALUE):
        return None
    return _Text(text, captions)
