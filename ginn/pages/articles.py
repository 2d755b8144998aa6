"""Articles: TOML between `+++` lines, then Jinja, then Markdown, in that order.

Jinja sees the front matter as blank lines, so that its line numbers are the file's.

An article is rendered twice. The first time finds out which figures there are and in what order;
the second time `see("name")` knows every number, ahead and behind.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import Any

import jinja2
import markdown
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ginn import formatting
from ginn.analysis.claim import SIGNIFICANT
from ginn.analysis.statistics import LEVEL, proportion_interval
from ginn.config.models import LINE, InputError
from ginn.dataset.dataset import MAJOR_SHARE, Dataset
from ginn.errors import one_line, quoted
from ginn.figures.network_figure import FigureError
from ginn.files import read_text, within
from ginn.pages.citations import Citations, Source
from ginn.pages.figure_calls import Figure, Plates, Report, token
from ginn.pages.glossary import Glossary, Terms
from ginn.pages.images import FOLDER as PICTURES
from ginn.pages.images import IllustrationError, Illustrations
from ginn.pages.math import Mathematics, MathematicsError
from ginn.viewer_data.boundary_chunks import QUANTA

EXTENSIONS = ["toc", "footnotes", "attr_list", "md_in_html", "tables", "smarty"]
EXTENSIONS += ["fenced_code", "codehilite"]
FRONT_MATTER = {
    "title": str,
    "slug": str,
    "description": str,
    "order": int,
    "date": datetime.date,
}
# What need not be said: without it, an article is of the experiment that leads.
OPTIONAL = {"experiment": str}
MOST_SLUG = 100  # characters; a page is a folder of that name, and so is kept work
# Folders of the site that are not articles'.
RESERVED = ("explore", "downloads", "assets", "cards", "data", "figures", "articles", PICTURES)
SETTINGS: dict[str, dict[str, Any]] = {
    "toc": {
        "toc_depth": "2-3",
        "permalink": "#",
        "permalink_class": "anchor",
        "permalink_title": "Link to this section",
    },
    # Classes and not styles, which the site's policy forbids; a block without a language is plain.
    "codehilite": {"css_class": "code", "guess_lang": False},
}
# A heading as the settings above make it.
HEADING = re.compile(r'<(h\d) id="([^"]*)">(.*?)(<a class="anchor" [^>]*)>#</a></\1>', re.DOTALL)
FENCE = "+++"


def _of_what_is_there(write: Callable[..., str]) -> Callable[..., str]:
    """A filter that lets a name that does not exist speak for itself."""

    @wraps(write)
    def written(value: Any, *more: Any, **named: Any) -> str:
        return write(str(value) if isinstance(value, jinja2.Undefined) else value, *more, **named)

    return written


NUMERALS: dict[str, Callable[..., str]] = {
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
FILTERS = {name: _of_what_is_there(write) for name, write in NUMERALS.items()}


class ArticleError(InputError):
    """An article cannot be rendered: `file` and `line`, what was found, allowed, and the mend."""

    def __init__(
        self, file: Path, line: int, found: str, allowed: str = "", mend: str = ""
    ) -> None:
        """The message is one line; `allowed` and `mend` are left out of it when empty."""
        self.file, self.line, self.found, self.allowed, self.mend = file, line, found, allowed, mend
        tail = f"; allowed: {allowed}" if allowed else ""
        super().__init__(f"{file}:{line}: {found}{tail}{f'; {mend}' if mend else ''}")


@dataclass(frozen=True)
class Article:
    """One article: its front matter, and `body` with as many lines as the file.

    `experiment` is the id of the one it speaks of, or "" for the one that leads.
    """

    file: Path
    title: str
    slug: str
    description: str
    order: int
    date: datetime.date
    body: str
    experiment: str = ""

    @property
    def address(self) -> str:
        """Where its page lies, relative to the site's root."""
        return "index.html" if self.slug == "index" else f"{self.slug}/index.html"


def read_articles(folder: Path) -> tuple[Article, ...]:
    """The articles of a folder, in their order.

    Raises ArticleError for front matter that is missing, unknown or of the wrong type, for two
    articles with one slug, and where no article has the slug "index".
    """
    articles = sorted(
        (_read(within(folder, file)) for file in sorted(folder.glob("*.md"))),
        key=lambda a: (a.order, a.slug),
    )
    slugs: dict[str, Article] = {}
    for article in articles:
        if article.slug in slugs:
            raise ArticleError(
                article.file,
                _line_of(article.file, "slug"),
                f'slug "{article.slug}", which {slugs[article.slug].file.name} has too',
                mend="give one of them another slug",
            )
        slugs[article.slug] = article
    if "index" not in slugs:
        raise InputError(
            f'{folder}: found no article with slug "index" among {len(articles)}, expected one; '
            "it becomes the site's first page"
        )
    return tuple(articles)


def require_experiments(articles: Sequence[Article], known: Sequence[str]) -> None:
    """Raises ArticleError for an article of an experiment whose id is not one of the `known`."""
    for article in articles:
        if article.experiment and article.experiment not in known:
            raise ArticleError(
                article.file,
                _line_of(article.file, "experiment"),
                f"experiment = {quoted(article.experiment)}",
                f"an id in report.toml ({', '.join(known)})",
            )


def _read(file: Path) -> Article:
    """One article, its front matter checked key by key."""
    lines = read_text(file, "an article").splitlines()
    if not lines or lines[0].strip() != FENCE or FENCE not in (s.strip() for s in lines[1:]):
        raise ArticleError(
            file, 1, "no front matter", f'TOML between two lines "{FENCE}"', "begin the file so"
        )
    end = next(i for i, line in enumerate(lines) if i and line.strip() == FENCE)
    try:
        front = tomllib.loads("\n".join(lines[1:end]))
    except RecursionError:
        raise ArticleError(file, 2, "brackets nested too deep", "a few") from None
    except ValueError as error:
        place = re.search(r"at line (\d+)", str(error))
        raise ArticleError(
            file, 1 + int(place[1]) if place else end + 1, _without_line(error), "TOML"
        ) from error
    kinds = FRONT_MATTER | OPTIONAL
    for key in sorted(front.keys() - kinds.keys()):
        found = f'unknown key "{one_line(key)}"'
        raise ArticleError(file, _line_of(file, key), found, ", ".join(kinds))
    for key, kind in kinds.items():
        if key in OPTIONAL and key not in front:
            continue
        if key not in front:
            allowed = f"all of {', '.join(FRONT_MATTER)}"
            raise ArticleError(file, end + 1, f'no key "{key}"', allowed)
        found = f"{key} = {quoted(front[key])}"
        if type(front[key]) is not kind:
            raise ArticleError(file, _line_of(file, key), found, f"a {kind.__name__}")
        if kind is str and not re.fullmatch(LINE, front[key]):
            raise ArticleError(file, _line_of(file, key), found, "a line of text")
    slug = front["slug"]
    plain = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= MOST_SLUG
    if not plain or slug in RESERVED:
        raise ArticleError(
            file,
            _line_of(file, "slug"),
            f"slug = {quoted(slug)}",
            f"at most {MOST_SLUG} small letters, digits and hyphens, none of {', '.join(RESERVED)}",
        )
    body = "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    return Article(file=file, body=body, **front)


def _without_line(error: ValueError) -> str:
    """TOML's complaint without its line, which counts from the front matter's first."""
    return re.sub(r" \(at [^)]*\)", "", one_line(error))


def _line_of(file: Path, key: str) -> int:
    """The line on which the front matter sets `key`, or 1."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(
        (i for i, line in enumerate(lines, 1) if re.match(rf"{re.escape(key)}\s*=", line)), 1
    )


class _NamedUndefined(jinja2.StrictUndefined):
    """An undefined name that says which names there are."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        message = super()._undefined_message
        if dataclasses.is_dataclass(self._undefined_obj):
            names = [f.name for f in dataclasses.fields(self._undefined_obj)]
        elif isinstance(self._undefined_obj, Mapping):
            names = [str(key) for key in self._undefined_obj]
        else:
            return message
        return f"{message}; allowed: {', '.join(names)}"


def render_article(
    article: Article,
    report: Report,
    names: Mapping[str, Any],
    works: Mapping[str, Source] | None = None,
    glossary: Glossary | None = None,
) -> Body:
    """An article's body as HTML with its figures' places marked; `works` are those it may cite."""
    first = Plates(report)
    words = glossary or Glossary()
    _fill_in(article, first, Citations(works or {}), words, names)
    second, citations = Plates(report, first.found), Citations(works or {})
    text = _fill_in(article, second, citations, words, names)
    _check_languages(article)
    illustrations = Illustrations(article.file.parent, "../" * article.address.count("/"))
    converter = markdown.Markdown(
        extensions=[*EXTENSIONS, Mathematics(), illustrations],
        extension_configs=SETTINGS,
        output_format="html",
    )
    try:
        html = converter.convert(text)
    except MathematicsError as error:
        raise ArticleError(article.file, _line_of_formula(article, error), str(error)) from error
    except IllustrationError as error:
        line = _line_with(article, error.pattern)
        raise ArticleError(article.file, line, str(error)) from error
    if "<h1" in html:
        mend = "the title is the page's only first-level heading"
        line = _line_with(article, r"^# ")
        raise ArticleError(article.file, line, "a first-level heading", "## and below", mend)
    for name in second.found:
        if f"<p>{token(name)}</p>" not in html:
            raise ArticleError(
                article.file,
                _line_with(article, f'"{name}"'),
                f'figure "{name}" inside a code block or HTML',
                "figures between paragraphs",
                "put the call on a line of its own between two empty ones",
            )
    figures, contents = tuple(second.found.values()), vars(converter)["toc_tokens"]
    html = HEADING.sub(_named_heading, html)
    return Body(html, figures, contents, citations.sources, illustrations.files)


def _named_heading(heading: re.Match[str]) -> str:
    """A heading whose name, where a screen reader lists headings, lacks the sign of its link."""
    level, place, words, link = heading.groups()
    name = re.sub(r"<[^>]*>", "", words).replace('"', "&quot;")
    link = f'{link} aria-label="{SETTINGS["toc"]["permalink_title"]}">#</a>'
    return f'<{level} id="{place}" aria-label="{name}">{words}{link}</{level}>'


def _line_with(article: Article, pattern: str) -> int:
    """The first line of an article on which a pattern is found, or 1."""
    lines = enumerate(article.body.splitlines(), 1)
    return next((number for number, line in lines if re.search(pattern, line)), 1)


def _check_languages(article: Article) -> None:
    """Refuses code in a language that is not known, which Markdown would leave without colours."""
    for number, line in enumerate(article.body.splitlines(), 1):
        fence = re.match(r"(?:```|~~~)\s*([^\s`{]+)", line)
        try:
            if fence:
                get_lexer_by_name(fence[1])
        except ClassNotFound as error:
            found, allowed = f'code in "{fence and fence[1]}"', "a language by Pygments' short name"
            raise ArticleError(article.file, number, found, allowed) from error


def _line_of_formula(article: Article, error: MathematicsError) -> int:
    """The line on which a formula begins, where the article spells it out, or 1."""
    at = article.body.find(f"${error.source}$")
    return article.body.count("\n", 0, at) + 1 if at >= 0 else 1


@dataclass(frozen=True)
class Body:
    """A rendered article: HTML with tokens for figures, the figures, the contents' tree, the works
    cited in the order of their numbers, and the author's pictures (address -> content).
    """

    html: str
    figures: tuple[Figure, ...]
    contents: list[dict[str, Any]]
    sources: tuple[Source, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def _fill_in(
    article: Article,
    placed: Plates,
    citations: Citations,
    glossary: Glossary,
    names: Mapping[str, Any],
) -> str:
    """The article's Markdown, with every expression replaced by its value."""
    dataset = placed.report.dataset
    functions: dict[str, object] = {
        "figure": placed.figure,
        "see": placed.see,
        "note": _note,
        "run": placed.run,
        "neuron": placed.neuron,
        "interval": _interval,
        "confidence": LEVEL,
        "significance": SIGNIFICANT,
        "quanta": QUANTA,
        "major_share": MAJOR_SHARE,
        "cite": citations.cite,
        "term": Terms(glossary).term,
        "glossary": glossary.listed,
        "has_part": partial(_has_part, dataset),
        "symmetry": dataset.symmetry,
    }
    file = str(article.file)
    try:
        template = _compiled(article.body, file)
        return template.render({**names, **functions, "facts": placed.report.facts})
    except jinja2.TemplateSyntaxError as error:
        words = one_line(error.message)
        filters = f"Jinja's filters and {', '.join(FILTERS)}"
        allowed = filters if words.startswith("No filter") else "Jinja's syntax"
        raise ArticleError(article.file, error.lineno, words, allowed) from error
    except RecursionError:
        raise ArticleError(article.file, 1, "brackets or blocks nested too deep", "a few") from None
    except (jinja2.TemplateError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        # What was raised here says itself what is allowed; what Jinja and Python raise does not.
        known = ", ".join(sorted({*names, *functions, "facts"}))
        allowed = "" if "allowed: " in str(error) else f"expressions of {known}"
        raise ArticleError(article.file, _line_in(error, file), str(error), allowed) from error


@lru_cache(maxsize=256)
def _compiled(body: str, file: str) -> jinja2.Template:
    """An article as Jinja runs it: twice in a build, and again when the server builds once more."""
    environment = SandboxedEnvironment(autoescape=True, undefined=_NamedUndefined)
    environment.filters |= FILTERS
    code = environment.compile(body, filename=file)
    return jinja2.Template.from_code(environment, code, dict(environment.globals))


def _note(text: str = "", caller: Callable[[], str] | None = None) -> Markup:
    """A note for the margin beside this line: `text`, or the body of a call block, one paragraph.

    It is read where it stands, so that it needs no script, and its Markdown is the paragraph's.
    Raises FigureError for a note that says nothing.
    """
    words = Markup(" ").join(Markup.escape(caller() if caller else text).split())
    if not words:
        raise FigureError("note", text, "a sentence")
    return Markup('<small class="note" role="note">{}</small>').format(words)


def _interval(count: int, of: int) -> str:
    """The 95% interval of a share that was found as `count` of `of`, in words."""
    found = proportion_interval(count, of)
    return f"{formatting.percent(found.low)} to {formatting.percent(found.high)}"


def _has_part(dataset: Dataset, name: str) -> bool:
    """Whether the picture has a part of this name: for sections that step aside if it has not."""
    return any(part.name == name for part in dataset.parts)


def _line_in(error: BaseException, file: str) -> int:
    """The innermost line of `file` that the error passed through (Jinja maps its frames back)."""
    line = 1
    traceback = error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
