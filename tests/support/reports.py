"""Texts of `report.toml`, and the settings or the error from reading one."""

from __future__ import annotations

import re
from pathlib import Path

from ginn.config.loader import load_settings
from ginn.config.models import Settings
from ginn.errors import AuthorError
from support.paths import CONTENT

REPORT = CONTENT / "report.toml"


def of_first_experiment(text: str) -> str:
    """The text of a report without its optional experiments and their variants."""
    tables = re.split(r"(?m)^(?=\[\[?\w)", text)
    other = re.compile(r'(?m)^(optional = true|of = ".*")$')
    return "".join(table for table in tables if not other.search(table))


TEXT = of_first_experiment(REPORT.read_text(encoding="utf-8"))
# A second experiment, with another picture.
SECOND = """
[[experiment]]
id = "cat"
title = "The cat"
picture = "pictures/cat.png"
"""


def changed(old: str, new: str, text: str = TEXT) -> str:
    """The text with `new` in place of `old`, which must be in it."""
    assert old in text, old
    return text.replace(old, new, 1)


def settings_of(folder: Path, text: str) -> Settings:
    """The settings from a text."""
    path = folder / "report.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def error_of(folder: Path, text: str) -> AuthorError | None:
    """The error from reading a text, or None."""
    try:
        settings_of(folder, text)
    except AuthorError as error:
        return error
    return None
