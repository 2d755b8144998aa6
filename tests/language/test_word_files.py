"""The files of words: each is complete, and a mistake in one is found with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.words import ENGLISH

from ginn.config.validation import read_document
from ginn.errors import AuthorError
from ginn.files import TEMPLATES
from ginn.language.word_files import (
    FOLDER,
    categories,
    locale_of,
    missing_language,
    read_words,
    texts_in,
    values_in,
)

FILES = sorted((TEMPLATES / FOLDER).glob("*.toml"))


def with_file(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A report's folder with a copy of the English file, changed."""
    path = folder / FOLDER / name
    path.parent.mkdir()
    text = (TEMPLATES / FOLDER / "en.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_of_a_language_has_the_keys_values_and_plural_forms(path: Path) -> None:
    texts = texts_in(read_document(path, "words"))
    locale = locale_of(path.stem)
    assert locale
    assert set(texts) == set(ENGLISH.texts)
    for key, text in texts.items():
        english = ENGLISH.texts[key]
        if isinstance(text, str):
            assert isinstance(english, str), key
            assert values_in(text) == values_in(english), key
        else:
            assert not isinstance(english, str), key
            assert set(text) == set(categories(locale)), key
            known = values_in(*english.values()) | {"count"}
            assert all(values_in(form) <= known for form in text.values()), key
            assert values_in(*english.values()) - {"count"} <= values_in(text["other"]), key
    assert missing_language(read_words(path.stem, TEMPLATES)) == ""


def test_german_differs_from_english_nearly_everywhere() -> None:
    german = texts_in(read_document(TEMPLATES / FOLDER / "de.toml", "words"))
    same = [key for key, text in german.items() if text == ENGLISH.texts[key]]
    assert len(same) < 0.1 * len(german), same


@pytest.mark.parametrize(
    ("language", "found", "locale"),
    [
        ("en-GB", "en", "en_GB"), ("en", "en", "en_GB"), ("EN-us", "en", "en_US"),
        ("de", "de", "de"), ("de-AT", "de", "de_AT"), ("DE-x-mine", "de", "de"),
        ("fr", "en", "en_GB"), ("xx", "en", "en_GB"),
    ],
)  # fmt: skip
def test_language_of_a_site_chooses_the_file(language: str, found: str, locale: str) -> None:
    words = read_words(language, TEMPLATES)
    assert (words.language, str(words.locale)) == (found, locale)


def test_language_without_a_file_is_said_with_how_to_add_one() -> None:
    words = read_words("fr-CA", TEMPLATES)
    assert (words.foreign, words.of_claims) == ("en", "en")
    said = missing_language(words)
    assert 'no file of words for "fr"' in said
    assert "words/fr.toml" in said


def test_file_of_the_report_comes_first(tmp_path: Path) -> None:
    mine = with_file(tmp_path, "de.toml", ('skip = "Skip', 'skip = "Meins'))
    assert read_words("de", TEMPLATES, mine).say("page.skip").startswith("Meins")
    assert not read_words("de", TEMPLATES).say("page.skip").startswith("Meins")


def test_language_with_other_plurals_needs_their_forms(tmp_path: Path) -> None:
    with pytest.raises(AuthorError) as said:
        read_words("ru", TEMPLATES, with_file(tmp_path, "ru.toml"))
    assert said.value.allowed == "forms for one, few, many, other"
    assert said.value.path == tmp_path / FOLDER / "ru.toml"
    assert said.value.line


@pytest.mark.parametrize(
    ("old", "new", "key", "found"),
    [
        ('skip = "Skip', 'slip = "Skip', "page.slip", "a key that no page uses"),
        ('site = "Site"\n', "", "page", "no text 'site'"),
        ("by {author}.", "by {writer}.", "page.footer", "{description}, {title}, {writer}"),
        ("by {author}.", "by.", "page.footer", "{description}, {title}"),
        ('"Site"', '"Site {"', "page.site", "a brace without a name"),
        ('"Site"', "3", "page.site", "3"),
        ('"Site"', '{ one = "a", other = "b" }', "page.site", "forms by number"),
        ("from = { one = ", "from = { few = ", "claim.from", "forms for few, other"),
        ("[not-found]", 'loose = "text"\n[not-found]', "page.loose", "a key that no page uses"),
    ],
)
def test_mistake_in_a_file_is_refused_with_its_key(
    tmp_path: Path, old: str, new: str, key: str, found: str
) -> None:
    with pytest.raises(AuthorError) as said:
        read_words("de", TEMPLATES, with_file(tmp_path, "de.toml", (old, new)))
    assert said.value.key == key
    assert said.value.found == found
    assert said.value.line


def test_file_of_an_unknown_language_is_refused(tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES / FOLDER, tmp_path / FOLDER)
    (tmp_path / FOLDER / "de.toml").rename(tmp_path / FOLDER / "xx.toml")
    with pytest.raises(AuthorError, match=r"xx\.toml"):
        read_words("xx", TEMPLATES, tmp_path)
