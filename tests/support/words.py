"""Words for tests: English, German, and a language made up from the English."""

from __future__ import annotations

from dataclasses import replace

from ginn.files import TEMPLATES
from ginn.language.word_files import read_words
from ginn.language.words import PLACE, Text, Words

ENGLISH = read_words("en-GB", TEMPLATES)
GERMAN = read_words("de", TEMPLATES)


def pseudo(words: Words = ENGLISH) -> Words:
    """The words with every text in brackets. A text without brackets then comes from no file."""
    texts = {key: _pseudo_text(text) for key, text in words.texts.items()}
    return replace(words, texts=texts)


def _pseudo_text(text: Text) -> Text:
    if isinstance(text, str):
        return bracketed(text)
    return {name: bracketed(form) for name, form in text.items()}


def bracketed(text: str) -> str:
    """A text in brackets, with its values outside of them."""
    parts = PLACE.split(text)
    written = [f"⟦{part}⟧" if part.strip() and n % 2 == 0 else part for n, part in enumerate(parts)]
    return "".join(
        part if number % 2 == 0 else f"{{{part}}}" for number, part in enumerate(written)
    )
