"""Templates of pages: how they are read, and a mistake in one told with its file and line."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

import jinja2

from ginn.config.models import InputError
from ginn.errors import one_line

ALLOWED = "Jinja's syntax, and what the page is given"


def environment(folder: Path, filters: Mapping[str, Callable[..., str]]) -> jinja2.Environment:
    """The templates of a folder; a name that does not exist is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= filters
    return made


@contextlib.contextmanager
def mistakes_told(made: jinja2.Environment, folder: Path) -> Iterator[None]:
    """A mistake in a template of the folder, made or met in the block, as InputError with its line.

    What goes wrong in the program, though a template called it, is left as it is.
    """
    try:
        yield
    except InputError:
        raise
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        if isinstance(error, jinja2.TemplateNotFound):
            raise InputError(f"{folder / str(error.name)}: found no such template") from error
        lines = _lines(made, folder)
        own = [line for line in lines if line]
        if not own or not (lines[-1] or isinstance(error, jinja2.TemplateError)):
            raise
        raise InputError(f"{own[-1]}: found {one_line(error)}, allowed: {ALLOWED}") from error


def _lines(made: jinja2.Environment, folder: Path) -> list[str]:
    """Of the error at hand, "file:line" for each frame in a template of the folder, else ""."""
    try:
        # Jinja maps the lines of a macro that was called from without back to the file's only here.
        made.handle_exception()
    except Exception as mapped:
        return [
            f"{file}:{line}" if Path(file).is_relative_to(folder) else ""
            for file, line in _frames(mapped.__traceback__)
        ]


def _frames(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    while traceback:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
