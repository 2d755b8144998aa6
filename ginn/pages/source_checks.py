"""Mistakes in the Markdown of an article that would change what is shown without any warning.

They are found in the source, so each has its line. Spaces replace code, formulas and Jinja
expressions, which are not Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ginn.errors import AuthorError, quoted
from ginn.pages.articles import Article
from ginn.pages.code_places import NOT_NEWLINE, fences, without_code

# The kinds of callouts. `templates/style.css` has a colour for each. A callout without a title of
# its own is called after its kind.
CALLOUTS = ("note", "tip", "important", "warning", "caution")
AS_CALLOUT = ", ".join(f"> [!{kind.upper()}]" for kind in CALLOUTS)
LANGUAGES = "a language by Pygments' short name"
JINJA = re.compile(r"(?s)\{\{.*?\}\}|\{%.*?%\}")
# `{#name}` is the id of a heading.
JINJA_COMMENT = re.compile(r"(?s)\{#(?![^\s{}#]+[^{}#\n]*\}).*?#\}")
FORMULA = re.compile(r"\$\$?[^$\n]+\$\$?")
NOTE = re.compile(r"(?<!\\)\[\^([^\]\s]+)\]")
NOTE_MEANING = re.compile(r"(?m)^ {0,3}\[\^([^\]\s]+)\]:")
REFERENCE = re.compile(r"(?<![\w\]\\])!?\[([^\[\]\n]+)\]\[([^\[\]\n]*)\]")
ADDRESS = re.compile(r"(?m)^ {0,3}(?:> ?)*\[([^\]^][^\]]*)\]:[ \t]*\S")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Found = tuple[int, AuthorError]  # the place in the text, and the error


def check_source(article: Article) -> None:
    """Raise AuthorError with the line of the first mistake in an article's Markdown."""
    if control := CONTROL.search(article.body):
        sign = f"the control character U+{ord(control[0]):04X}"
        line = article.body.count("\n", 0, control.start()) + 1
        raise AuthorError(sign, "text", "delete it", path=article.file, line=line)
    _check_code(article.body, article.file)
    prose = without_code(JINJA_COMMENT.sub(_blank, article.body))
    text = JINJA.sub(_blank, prose)
    # Footnotes may also be in captions, which are arguments of Jinja expressions.
    found = [
        *_lines(FORMULA.sub(_blank, text)),
        *_comments(text),
        *_references(text),
        *_notes(prose),
    ]
    if found:
        at, error = min(found, key=lambda each: each[0])
        raise error.at(article.file, text.count("\n", 0, at) + 1)


def _blank(found: re.Match[str]) -> str:
    """Spaces in place of all characters but line ends, so that every position stays the same."""
    return NOT_NEWLINE.sub(" ", found[0])


def _check_code(body: str, path: Path) -> None:
    """Raise AuthorError for a fence that is not closed, and for an unknown language."""
    for fence in fences(body.split("\n")):
        line = fence.first + 1
        if not fence.closed:
            found = "a code block that is not closed"
            raise AuthorError(found, "a line ``` that closes it", path=path, line=line)
        name = re.match(r"\{?\s*\.?([^\s`{}]*)", fence.about)
        language = name[1] if name else ""
        if re.match(r"\{\s*[^.#\s]", fence.about):
            allowed = f"{LANGUAGES}, as in ```{language}"
            raise AuthorError(f"code in {quoted(fence.about)}", allowed, path=path, line=line)
        try:
            if language and "=" not in language:
                get_lexer_by_name(language)
        except ClassNotFound as error:
            allowed = "$$ before and after the formula" if language == "math" else LANGUAGES
            raise AuthorError(f'code in "{language}"', allowed, path=path, line=line) from error


# Before a quotation there may be marks of list items.
_QUOTED = r"(?m)^[ \t]*(?:[-+*][ \t]+|\d+[.)][ \t]+)*(?:>[ \t]?)+"
_KINDS = "|".join(CALLOUTS)
# Tables of TOML that are named in prose are no links.
_TABLES = r"(?:experiment|variant|shape|(?:site\.)?authors)"
LINES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], AuthorError]], ...] = (
    (
        re.compile(r"(?m)^[ \t>]*((?:!!!|\?\?\?\+?)[ \t]+\w.*)$"),
        lambda m: AuthorError(f"the callout {quoted(m[1])}", AS_CALLOUT),
    ),
    (
        re.compile(r"(?m)^[ \t]*(:::+[ \t]*\S.*)$"),
        lambda m: AuthorError(f"the block {quoted(m[1])}", f"{AS_CALLOUT}, or HTML"),
    ),
    (
        re.compile(r'(?m)^[ \t]*(===[+!]?[ \t]+"[^"\n]*")[ \t]*$'),
        lambda m: AuthorError(f"the tab {quoted(m[1])}", "a heading or <details>"),
    ),
    (
        re.compile(rf"{_QUOTED}(\[!(?!(?i:{_KINDS})\](?![-+]))[^\]\n]*\])"),
        lambda m: AuthorError(f"the callout {quoted(m[1])}", AS_CALLOUT),
    ),
    (
        re.compile(r"(?m)^ {0,3}(#{2,6})([^#\s{].*)$"),
        lambda m: AuthorError(
            quoted(m[0].strip()), f"{m[1]} {m[2]}", "a heading has a space after its # signs"
        ),
    ),
    (
        re.compile(r"(!\[\[(?=[^\W_])[^\[\]\n]+\]\])"),
        lambda m: AuthorError(f"the picture {quoted(m[1])}", "![what it shows](cat.png)"),
    ),
    (
        re.compile(rf"(?<!!)(\[\[(?!{_TABLES}\]\])[^\W\d_][^\[\]\n]*\]\])(?![(\[])"),
        lambda m: AuthorError(f"the link {quoted(m[1])}", '[words]({{ page("slug") }})'),
    ),
    (
        re.compile(r"(\[-?@[A-Za-z][^\[\]\n]*\])(?![(\[:])"),
        lambda m: AuthorError(f"the citation {quoted(m[1])}", '{{ cite("key") }}'),
    ),
    (
        re.compile(r"(?<![\w/.@])(@(?:fig|tbl|sec|eq|lst)-[\w-]+)"),
        lambda m: AuthorError(f"the reference {quoted(m[1])}", '{{ see("name") }} for a figure'),
    ),
    (
        re.compile(r"(?<!\\)(\^\[[^\[\]\n]+\])(?![(\[])"),
        lambda m: AuthorError(
            f"the footnote {quoted(m[1])}", "[^1] in the text, and a line [^1]: with the note"
        ),
    ),
)


def _lines(text: str) -> Iterator[Found]:
    """Lines in the syntax of other programs, which would be shown as they are."""
    for pattern, error in LINES:
        for found in pattern.finditer(text):
            yield found.start(), error(found)


def _comments(text: str) -> Iterator[Found]:
    """A comment without an end, which would hide or show the rest of the article."""
    at = text.rfind("<!--")
    if at >= 0 and "-->" not in text[at:]:
        yield at, AuthorError("a comment that is not closed", "<!-- ... -->")


def _notes(text: str) -> Iterator[Found]:
    """Footnotes without a text, without a mark in the article, or with two texts."""
    meanings: dict[str, int] = {}
    for found in NOTE_MEANING.finditer(text):
        if found[1] in meanings:
            error = AuthorError(f"a second text of the footnote [^{found[1]}]", "one text each")
            yield found.start(), error
        meanings.setdefault(found[1], found.start())
    rest = FORMULA.sub(_blank, NOTE_MEANING.sub(_blank, text))
    marks: dict[str, int] = {}
    for found in NOTE.finditer(rest):
        marks.setdefault(found[1], found.start())
    for name, at in marks.items():
        if name not in meanings:
            allowed = f"a line [^{name}]: with its text"
            yield at, AuthorError(f"the footnote [^{name}] without a text", allowed)
    for name, at in meanings.items():
        if name not in marks:
            allowed = f"[^{name}] in the article"
            yield at, AuthorError(f"a footnote that nothing refers to, [^{name}]", allowed)


def _references(text: str) -> Iterator[Found]:
    """Links such as [words][name] whose name has no address."""
    known = {_label(found[1]) for found in ADDRESS.finditer(text)}
    for found in REFERENCE.finditer(FORMULA.sub(_blank, text)):
        name = found[2] or found[1]
        if _label(name) not in known and not name.startswith("^"):
            allowed = f"a line [{name}]: with its address"
            yield found.start(), AuthorError(f"a link to [{name}], which has no address", allowed)


def _label(name: str) -> str:
    return " ".join(name.lower().split())
