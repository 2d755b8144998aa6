"""An article's body as HTML: Jinja fills in the numbers and figures, then Markdown makes HTML.

The text for Jinja has blank lines in place of the front matter, so that its line numbers are the
file's.

Jinja runs twice. The first run finds all figures and their order. In the second run, `see("name")`
can therefore give the number of a figure that comes later.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial, wraps
from typing import Any
from xml.etree.ElementTree import Element

import jinja2
import markdown
from jinja2.sandbox import SandboxedEnvironment
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ginn import formatting
from ginn.errors import AuthorError, one_line, quoted
from ginn.pages.articles import Article
from ginn.pages.calls import checked
from ginn.pages.citations import Citations, Source
from ginn.pages.figure_calls import Figure, FigureCalls, token
from ginn.pages.functions import functions
from ginn.pages.glossary import Glossary
from ginn.pages.images import Images
from ginn.pages.math import Mathematics
from ginn.pages.report import Report

EXTENSIONS = ["toc", "footnotes", "attr_list", "md_in_html", "tables", "smarty"]
EXTENSIONS += ["fenced_code", "codehilite"]
LINK_TO_SECTION = "Link to this section"
SETTINGS: dict[str, dict[str, Any]] = {
    "toc": {
        "toc_depth": "2-3",
        "permalink": "#",
        "permalink_class": "anchor",
        "permalink_title": LINK_TO_SECTION,
    },
    # Code has classes, because the site's policy forbids styles. Without a language it is plain.
    "codehilite": {"css_class": "code", "guess_lang": False},
}


def _undefined_named(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that raises Jinja's error for an undefined name."""

    @wraps(write)
    def written(value: Any, *more: Any, **named: Any) -> str:
        return write(str(value) if isinstance(value, jinja2.Undefined) else value, *more, **named)

    return written


# What Python raises for an expression that has no value, such as a text plus a number.
COMPUTING = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, MemoryError)

FORMATS: dict[str, Callable[..., str]] = {
    "percent": formatting.percent,
    "count": formatting.count,
    "words": formatting.words,
    "iteration": formatting.iteration,
    "decimal": formatting.decimal,
    "significant": formatting.significant,
    "duration": formatting.duration,
    "p_value": formatting.p_value,
    "degrees": formatting.degrees,
    "span": formatting.span,
    "listing": formatting.listing,
}
FILTERS = {name: _undefined_named(write) for name, write in FORMATS.items()}


@dataclass(frozen=True)
class Body:
    """A rendered article: HTML with tokens for figures, and the figures.

    It also has the tree of its contents, the cited works in the order of their numbers, and the
    author's images (address -> content).
    """

    html: str
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


class _Headings(Extension):
    """Markdown's headings, each with a name that does not contain the sign of its link.

    Screen readers list headings by these names.
    """

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802
        """Run after `toc` (priority 5), which adds the links."""
        md.treeprocessors.register(_NamedHeadings(md), "named headings", 4)


class _NamedHeadings(Treeprocessor):
    def run(self, root: Element) -> None:
        for heading in root.iter():
            link = heading.find("a[@class='anchor']")
            if link is not None and heading.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                words = "".join(heading.itertext()).removesuffix(link.text or "")
                heading.set("aria-label", words)
                link.set("aria-label", LINK_TO_SECTION)


def render_article(
    article: Article,
    report: Report,
    names: Mapping[str, Any],
    works: Mapping[str, Source] | None = None,
    glossary: Glossary | None = None,
) -> Body:
    """The body of an article as HTML with tokens for its figures; `works` can be cited.

    Raises AuthorError with file and line for a mistake.
    """
    first, words = FigureCalls(report), glossary or Glossary()
    _fill_in(article, first, Citations(works or {}), words, names)
    second, citations = FigureCalls(report, first.found), Citations(works or {})
    text = _fill_in(article, second, citations, words, names)
    _check_languages(article)
    images = Images(article.file.parent, "../" * article.address.count("/"), article.line_of)
    converter = markdown.Markdown(
        extensions=[*EXTENSIONS, Mathematics(article.line_of), images, _Headings()],
        extension_configs=SETTINGS,
        output_format="html",
    )
    try:
        html = converter.convert(text)
    except AuthorError as error:
        raise error.at(article.file, 1) from error
    if "<h1" in html:
        lines = enumerate(article.body.splitlines(), 1)
        raise AuthorError(
            "a first-level heading",
            "## and below",
            "the title is the page's only first-level heading",
            path=article.file,
            line=next((n for n, line in lines if line.startswith(("# ", "<h1"))), 1),
        )
    for name in second.found:
        if f"<p>{token(name)}</p>" not in html:
            raise AuthorError(
                f"figure {quoted(name)} inside a code block or HTML",
                "figures between paragraphs",
                "put the call on a line of its own between two empty ones",
                path=article.file,
                line=article.line_of(f'"{name}"'),
            )
    figures, contents = tuple(second.found.values()), vars(converter)["toc_tokens"]
    return Body(html, figures, contents, citations.sources, images.files)


def _check_languages(article: Article) -> None:
    """Raise AuthorError for code in an unknown language, to which Markdown would add no colours."""
    for number, line in enumerate(article.body.splitlines(), 1):
        fence = re.match(r"(?:```|~~~)\s*([^\s`{]+)", line)
        try:
            if fence:
                get_lexer_by_name(fence[1])
        except ClassNotFound as error:
            found, allowed = f'code in "{fence and fence[1]}"', "a language by Pygments' short name"
            raise AuthorError(found, allowed, path=article.file, line=number) from error


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
        return _compiled(article.body, file).render(known)
    except AuthorError as error:
        raise error.at(article.file, _line_in(error, file)) from error
    except jinja2.TemplateSyntaxError as error:
        found = one_line(error.message)
        # Jinja raises this error for a filter or a test that does not exist.
        unknown = isinstance(error, jinja2.TemplateAssertionError)
        filters = f"Jinja's filters and {', '.join(FILTERS)}"
        allowed = filters if unknown else "Jinja's syntax"
        raise AuthorError(found, allowed, path=article.file, line=error.lineno) from error
    except RecursionError:
        found = "brackets or blocks nested too deep"
        raise AuthorError(found, "a few", path=article.file, line=1) from None
    except jinja2.TemplateError as error:
        allowed, line = f"expressions of {', '.join(sorted(known))}", _line_in(error, file)
        raise AuthorError(one_line(error), allowed, path=article.file, line=line) from error
    except COMPUTING as error:
        found = f"an expression without a value ({one_line(error)})"
        allowed, line = "values that the operation takes", _line_in(error, file)
        raise AuthorError(found, allowed, path=article.file, line=line) from error


@lru_cache(maxsize=256)
def _compiled(body: str, file: str) -> jinja2.Template:
    """The compiled Jinja template of an article, which runs twice in each build."""
    environment = SandboxedEnvironment(autoescape=True, undefined=_UndefinedAttribute)
    environment.filters |= FILTERS
    code = environment.compile(body, filename=file)
    return jinja2.Template.from_code(environment, code, dict(environment.globals))


def _line_in(error: BaseException, file: str) -> int:
    """The innermost line of `file` in the error's traceback; Jinja maps its frames to the file."""
    line = 1
    traceback = error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
