"""A browser for the tests, and what they know of a built site and a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

INSTALL = "install one, on Debian with `apt-get install chromium`, or set CHROMIUM to its path"


@dataclass(frozen=True)
class BuiltSite:
    """Where a built site is: its folder, and its address (with last slash) by kind of place."""

    folder: Path
    addresses: dict[str, str]


@dataclass
class Journal:
    """What a page asked for, and what it complained about."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Open = Callable[..., tuple[Page, Journal]]


def chromium() -> str:
    """The path of a Chromium; skips the test without one, and fails it where one is required."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    message = f"no browser found (looked for {', '.join(names)} and CHROMIUM): {INSTALL}"
    if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)
