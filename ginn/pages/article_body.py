"""An article's body as HTML: Jinja fills in the numbers and figures, then Markdown makes HTML.

The text for Jinja has blank lines in place of the front matter, so that its line numbers are the
file's.

Jinja runs twice. The first run finds all figures and their order. In the second run, `see("name")`
can therefore give the number of a figure that comes later.
"""

from __future__ import annotations

import contextlib
import dataclasses
import html as html_module
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial, wraps
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

from ginn.config.policy import Policy
from ginn.errors import AuthorError, one_line, quoted
from ginn.language.words import Words
from ginn.pages.articles import Article
from ginn.pages.calls import checked
from ginn.pages.citations import Citations, Source
from ginn.pages.figure_calls import Figure, FigureCalls, token
from ginn.pages.filter_checks import FORMATS
from ginn.pages.functions import functions
from ginn.pages.glossary import Glossary
from ginn.pages.html_checks import check_html
from ginn.pages.images import Images
from ginn.pages.layout import root_from
from ginn.pages.links import with_static
from ginn.pages.markdown import Converted, convert
from ginn.pages.math import Mathematics
from ginn.pages.policy import NOTHING_MORE
from ginn.pages.report import Report
from ginn.pages.source_checks import check_source

# `{#name}` after a heading is its id, but Jinja reads `{#` as the start of a comment. While Jinja
# runs, a sign that no text contains (a noncharacter of Unicode) replaces the hash.
ID, HASH = re.compile(r"\{#(?=[^\s{}#][^{}#\n]*\})"), "\ufdd0"


def _undefined_named(write: Callable[..., str]) -> Callable[..., str]:
    """The filter, which raises Jinja's error for an undefined name, because `str` of it does so."""

    @wraps(write)
    def written(value: Any, *more: Any, **named: Any) -> str:
        return write(str(value) if isinstance(value, jinja2.Undefined) else value, *more, **named)

    return written


# How to write braces that are no expression.
RAW = "braces that are text stand between {% raw %} and {% endraw %}"
# What Python raises for an expression that has no value, such as a text plus a number.
NO_VALUE = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, MemoryError)


@dataclass(frozen=True)
class Body:
    """A rendered article: HTML with tokens for figures, and the figures.

    `opening` is the part before the first section, and `sections` is the rest. `contents` is the
    tree of the headings. `sources` are the cited works in the order of their numbers. `images` are
    the author's: address -> content.
    """

    opening: str
    sections: str
    figures: tuple[Figure, ...]
    contents: list[dict[str, Any]]
    sources: tuple[Source, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)


class _UndefinedAttribute(jinja2.StrictUndefined):
    """An undefined name. The error for an undefined attribute lists the attributes that exist."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = jinja2.utils.missing,
        name: str | None = None,
        exc: Any = jinja2.UndefinedError,
    ) -> None:
        names: list[str] = []
        if dataclasses.is_dataclass(obj):
            names = [each.name for each in dataclasses.fields(obj)]
        elif isinstance(obj, Mapping):
            names = [str(key) for key in obj]
        if names:
            # Jinja calls `exc` with the message, and raises the result.
            exc = partial(AuthorError, allowed=", ".join(names))
        super().__init__(hint, obj, name, exc)


def render_article(
    article: Article,
    report: Report,
    names: Mapping[str, Any],
    works: Mapping[str, Source] | None = None,
    glossary: Glossary | None = None,
    policy: Policy = NOTHING_MORE,
    reports: Mapping[str, Report] | None = None,
) -> Body:
    """The body of an article as HTML with tokens for its figures; `works` can be cited.

    `names` maps what else an expression may name, besides `functions` and `facts`. `policy` says
    what an article may load from elsewhere. `reports` has the report of every experiment by its id.

    Raises AuthorError with file and line for a mistake.
    """
    works, glossary = works or {}, glossary or Glossary()
    first = FigureCalls(report, None, reports)
    _fill_in(article, first, Citations(works), glossary, names)
    second, citations = FigureCalls(report, first.found, reports), Citations(works)
    text = _fill_in(article, second, citations, glossary, names)
    check_source(article)
    root = root_from(article.address)
    captions = {name: figure.caption for name, figure in second.found.items()}
    taken = [f"reference-{source.key}" for source in citations.sources]
    converted, files = in_html(article, text, captions, report.words, policy, taken)
    figures = tuple(
        dataclasses.replace(figure, caption=with_static(converted.captions[name], root))
        for name, figure in second.found.items()
    )
    opening, sections = _cut(with_static(converted.html, root), converted.sections)
    return Body(opening, sections, figures, converted.contents, citations.sources, files)


def in_html(
    article: Article,
    text: str,
    captions: Mapping[str, str],
    words: Words,
    policy: Policy,
    taken: Sequence[str] = (),
) -> tuple[Converted, Mapping[str, bytes]]:
    """The Markdown of an article as HTML, and the author's images in it, address -> content.

    `captions` maps the names of figures to captions. `taken` has the ids of the page's other parts.
    Raises AuthorError with file and line for a mistake.
    """
    root = root_from(article.address)
    images = Images(article.file.parent, root, article.line_of, policy)
    try:
        extensions = (Mathematics(article.line_of), images)
        converted = convert(text, captions, article.line_of, words, *extensions)
    except AuthorError as error:
        raise error.at(article.file, 1) from error
    _require_placed(article, captions, converted)
    html = converted.html
    if "<h1" in html:
        # Each searched text begins with the line break at the end of the line before.
        titles = (line for line in article.body.splitlines() if line.startswith(("# ", "<h1")))
        raise AuthorError(
            "a first-level heading",
            "## and below",
            "the title is the page's only first-level heading",
            path=article.file,
            line=article.line_of(*(f"\n{title}" for title in titles), "\n===") + 1,
        )
    ids = {*taken, *(f"figure-{name}" for name in captions)}
    placed = {images.root + address for address in images.files}
    check_html(html + "".join(converted.captions.values()), article, ids, placed, policy)
    return converted, images.files


def _cut(html: str, sections: Sequence[str]) -> tuple[str, str]:
    """The HTML before the first heading that divides the page, and the rest."""
    name = re.escape(html_module.escape(sections[0])) if sections else ""
    heading = re.search(rf'<h[23]\b[^>]* id="{name}"', html) if name else None
    at = heading.start() if heading else len(html)
    return html[:at], html[at:]


def _require_placed(article: Article, figures: Iterable[str], converted: Converted) -> None:
    """Raise AuthorError for a figure in a place that cannot hold one, such as code."""
    for name in figures:
        if name not in converted.captions or converted.html.count(token(name)) != 1:
            raise AuthorError(
                f"figure {quoted(name)} inside a code block or HTML",
                "figures between paragraphs, in list items and in cells of tables",
                "put the call on a line of its own between two empty ones",
                path=article.file,
                line=article.line_of(f'"{name}"', f"'{name}'"),
            )


def _fill_in(
    article: Article,
    placed: FigureCalls,
    citations: Citations,
    glossary: Glossary,
    names: Mapping[str, Any],
) -> str:
    """The Markdown of an article, with every expression replaced by its value."""
    known = {
        name: checked(name, value) if callable(value) else value
        for name, value in {**names, **functions(placed, citations, glossary)}.items()
    }
    known["facts"] = placed.report.facts
    file = str(article.file)
    try:
        with _syntax_errors(article):
            return (
                _compiled(article.body, file, placed.report.words).render(known).replace(HASH, "#")
            )
    except AuthorError as error:
        raise error.at(article.file, line_in(error, file)) from error
    except jinja2.TemplateError as error:
        allowed, line = f"expressions of {', '.join(sorted(known))}", line_in(error, file)
        raise AuthorError(one_line(error), allowed, path=article.file, line=line) from error
    except NO_VALUE as error:
        found = f"an expression without a value ({one_line(error)})"
        allowed, line = "values that the operation takes", line_in(error, file)
        raise AuthorError(found, allowed, path=article.file, line=line) from error


def parsed(article: Article, words: Words) -> jinja2.nodes.Template:
    """The syntax tree of an article's expressions. Raises AuthorError for a mistake in its syntax.

    Filters and tests that do not exist are found, too. Whoever changes the tree must copy it.
    """
    file = str(article.file)
    with _syntax_errors(article):
        # Only compiling finds unknown filters.
        _compiled(article.body, file, words)
        return _tree(article.body)


@lru_cache(maxsize=256)
def _tree(body: str) -> jinja2.nodes.Template:
    """The syntax tree of a body. Checks need it twice: with and without optional experiments."""
    return jinja_environment(None).parse(ID.sub("{" + HASH, body))


@contextlib.contextmanager
def _syntax_errors(article: Article) -> Iterator[None]:
    """Turn an error of Jinja's syntax into an AuthorError with its line."""
    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        found = one_line(error.message)
        # Jinja raises this error for a filter or a test that does not exist.
        unknown = isinstance(error, jinja2.TemplateAssertionError)
        filters = f"Jinja's filters and {', '.join(FORMATS)}"
        allowed, hint = (filters, "") if unknown else ("Jinja's syntax", RAW)
        raise AuthorError(found, allowed, hint, path=article.file, line=error.lineno) from error
    # Python limits the nesting of the code that Jinja writes.
    except (RecursionError, SyntaxError):
        found = "brackets or blocks nested too deep"
        raise AuthorError(found, "a few levels", path=article.file, line=1) from None


def jinja_environment(words: Words | None) -> SandboxedEnvironment:
    """Jinja's environment for articles; without `words` its filters are those of English."""
    environment = SandboxedEnvironment(autoescape=True, undefined=_UndefinedAttribute)
    formats = words.formats if words else FORMATS
    environment.filters |= {name: _undefined_named(write) for name, write in formats.items()}
    return environment


@lru_cache(maxsize=256)
def _compiled(body: str, file: str, words: Words | None) -> jinja2.Template:
    """The compiled Jinja template of an article, which runs twice in each build."""
    environment = jinja_environment(words)
    code = environment.compile(ID.sub("{" + HASH, body), filename=file)
    return jinja2.Template.from_code(environment, code, dict(environment.globals))


def line_in(error: BaseException, file: str) -> int:
    """The line of the innermost frame in `file`, or 1. Jinja's frames have the article's lines."""
    line = 1
    traceback = error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
