"""The files of words: which one a site uses, and what is wrong with one.

The English file is the pattern: all others have its keys, and their texts have its values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import babel

from ginn.config.validation import Document, read_document
from ginn.errors import AuthorError, quoted
from ginn.files import is_file
from ginn.language.words import ENGLISH, PLACE, Text, Words

FOLDER = "words"  # in the report's folder, and in that of the templates
# The spelling used if the site's language is "en", or if it is one without a file of words.
BRITISH = "en-GB"
CATEGORIES = ("zero", "one", "two", "few", "many", "other")


def read_words(language: str, templates: Path, content: Path | None = None) -> Words:
    """The words for a site in a language, given by its tag, such as "de-AT".

    A file in the report's folder `content` comes before one in `templates`. Without a file for the
    language, the words are English. Raises AuthorError for a mistake in a file.
    """
    pattern = texts_in(read_document(templates / FOLDER / f"{ENGLISH}.toml", "a file of words"))
    page = primary(language)
    folders = [folder for folder in (content, templates) if folder]
    paths = [folder / FOLDER / f"{page}.toml" for folder in folders]
    path = next((path for path in paths if is_file(path)), None)
    if path is None:
        return Words(ENGLISH, page, pattern, babel.Locale.parse(BRITISH, sep="-"))
    document = read_document(path, "a file of words")
    locale = locale_of(language)
    if locale is None:
        found, allowed = quoted(path.name), "a file named after a language that the CLDR has"
        raise AuthorError(found, allowed, path=path)
    texts = texts_in(document)
    require_complete(document, texts, pattern, locale)
    return Words(page, page, texts, locale)


def primary(language: str) -> str:
    """The first part of a language's tag, in small letters."""
    return language.lower().partition("-")[0]


def locale_of(language: str) -> babel.Locale | None:
    """The locale of a tag, or that of its first part; None for a language that Babel lacks."""
    tags = [BRITISH] if language.lower() == ENGLISH else [language, primary(language)]
    for tag in tags:
        try:
            return babel.Locale.parse(tag, sep="-")
        except (babel.UnknownLocaleError, ValueError):
            continue
    return None


def missing_language(words: Words) -> str:
    """A line for the terminal if the site's language has no file of words; otherwise ""."""
    if not words.foreign:
        return ""
    return (
        f'The words of pages are English, since there is no file of words for "{words.page}". To '
        f"add one, copy templates/{FOLDER}/{ENGLISH}.toml to {FOLDER}/{words.page}.toml in the "
        "report's folder, and translate it."
    )


def texts_in(document: Document) -> dict[str, Text]:
    """The texts of a file by section and key. Raises AuthorError for any other kind of value."""
    texts: dict[str, Text] = {}
    for section, table in document.values.items():
        if not isinstance(table, Mapping):
            raise document.error((section,), quoted(table), "a section of texts, [page]")
        for key, text in table.items():
            if not _is_text(text):
                allowed = "a text, or a table of texts by plural category"
                raise document.error((section, key), quoted(text), allowed)
            texts[f"{section}.{key}"] = text
    return texts


def _is_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) <= set(CATEGORIES) and all(isinstance(v, str) for v in value.values())
    return isinstance(value, str)


def categories(locale: babel.Locale) -> list[str]:
    """The plural categories of a language, in the CLDR's order."""
    tags = {*locale.plural_form.tags, "other"}
    return [name for name in CATEGORIES if name in tags]


def require_complete(
    document: Document, texts: Mapping[str, Text], pattern: Mapping[str, Text], locale: babel.Locale
) -> None:
    """Raise AuthorError for a key, a plural form or a value that is missing or not allowed."""
    for key in texts:
        if key not in pattern:
            raise document.error(_keys(key), "a key that no page uses", "the keys of en.toml")
    missing = [key for key in pattern if key not in texts]
    if missing:
        section, key = _keys(missing[0])
        raise document.error((section,), f"no text {quoted(key)}", "every key of en.toml")
    for key, text in texts.items():
        _require_alike(document, key, text, pattern[key], locale)


def _require_alike(
    document: Document, key: str, text: Text, pattern: Text, locale: babel.Locale
) -> None:
    """Raise AuthorError for a text that lacks the forms or the values of the English text."""
    if isinstance(pattern, str):
        if not isinstance(text, str):
            raise document.error(_keys(key), "forms by number", "one text")
        _require_values(document, _keys(key), text, values_in(pattern), values_in(pattern))
        return
    needed = categories(locale)
    if isinstance(text, str) or sorted(text) != sorted(needed):
        found = "one text" if isinstance(text, str) else f"forms for {', '.join(text)}"
        raise document.error(_keys(key), found, f"forms for {', '.join(needed)}")
    # Every text with plural forms may contain the number that decides the form.
    known = values_in(*pattern.values()) | {"count"}
    for name, form in text.items():
        # A singular such as "a run" need not contain the number. The form "other" must contain it
        # if the English text does.
        least = known - {"count"} if name == "other" else known - {"count", "number"}
        _require_values(document, (*_keys(key), name), form, least, known)


def _require_values(
    document: Document, keys: Sequence[str], text: str, least: set[str], most: set[str]
) -> None:
    found = values_in(text)
    outside = re.search(r"[{}]", PLACE.sub("", text))
    if not least <= found <= most or outside:
        allowed = ", ".join(f"{{{name}}}" for name in sorted(most)) or "no braces"
        shown = ", ".join(f"{{{name}}}" for name in sorted(found)) or "no values in braces"
        raise document.error(tuple(keys), "a brace without a name" if outside else shown, allowed)


def values_in(*texts: str) -> set[str]:
    """The names of the values in texts."""
    return {place[1] for text in texts for place in PLACE.finditer(text)}


def _keys(key: str) -> tuple[str, str]:
    section, _, name = key.partition(".")
    return section, name
