"""Jinja's environment for the templates of pages and feeds, and the lines of their mistakes.

Jinja loads a template when another template names it. The loader therefore reads files while pages
are made, through `ginn.files`.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType

import jinja2
from markupsafe import Markup, escape

from ginn.errors import AuthorError, one_line
from ginn.files import read_text
from ginn.language.words import PLACE, Words
from ginn.pages.figure_calls import marked

ALLOWED = "Jinja's syntax, and the names that the page is given"


def environment(folder: Path, words: Words) -> jinja2.Environment:
    """The environment for a folder's templates, which take their words from `words`.

    `say` gives words for HTML, and `plain` those for an attribute or a title. `words_lang` is the
    attribute for words in another language than the page, and `claims_lang` that for claims. HTML
    and XML are escaped. An undefined name is an error.
    """

    def load(name: str) -> tuple[str, str, None]:
        return read_text(folder / name, "a template"), str(folder / name), None

    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=jinja2.select_autoescape(("html", "xml")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "json": partial(json.dumps, ensure_ascii=False),
        "own": partial(_own, words),
        **words.formats,
    }
    made.globals |= {
        "say": partial(in_html, words),
        "plain": words.say,
        "has_words": words.texts.__contains__,
        "date": words.date,
        "words_lang": marked(words.foreign),
        "claims_lang": marked(words.of_claims),
    }
    return made


def in_html(words: Words, key: str, /, **values: object) -> Markup:
    """The text of a key as HTML, marked if it is in another language than the page.

    Values may be HTML. All else is escaped.
    """
    shown = {
        name: escape(value if isinstance(value, Markup) else words.shown(value))
        for name, value in values.items()
    }
    form = escape(words.form(key, values.get("count")))
    text = Markup(PLACE.sub(lambda place: shown[place[1]], form))  # noqa: S704
    return _marked(text, words.foreign)


def _own(words: Words, text: str) -> Markup:
    """An author's text between words of the layout, marked if these are in another language."""
    return _marked(escape(text), words.page if words.foreign else "")


def _marked(text: Markup, language: str) -> Markup:
    return Markup('<span lang="{}">{}</span>').format(language, text) if language else text


@contextlib.contextmanager
def template_errors(made: jinja2.Environment, folder: Path) -> Iterator[None]:
    """Turn an error in a template of the folder into an AuthorError with its file and line.

    An error in the program is not changed, even if a template called the program.
    """
    try:
        yield
    except AuthorError:
        raise
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        frames = _mapped_frames(made)
        in_templates = [frame for frame in frames if frame[0].is_relative_to(folder)]
        raised_here = frames[-1:] == in_templates[-1:]
        if not in_templates or not (raised_here or isinstance(error, jinja2.TemplateError)):
            raise
        path, line = in_templates[-1]
        raise AuthorError(one_line(error), ALLOWED, path=path, line=line) from error


def _mapped_frames(made: jinja2.Environment) -> list[tuple[Path, int]]:
    """The file and line of each frame of the current error, outermost first."""
    try:
        # Jinja's handler gives the template's lines also for a macro that Python code has called.
        made.handle_exception()
    except Exception as mapped:
        return list(_frames(mapped.__traceback__))


def _frames(traceback: TracebackType | None) -> Iterator[tuple[Path, int]]:
    while traceback:
        yield Path(traceback.tb_frame.f_code.co_filename), traceback.tb_lineno
        traceback = traceback.tb_next
