"""A browser for the tests, and what they know of a built site and a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from support.skips import lacking
from support.static_host import PREFIX

# Where the built site is published as far as it knows; the name leads to this machine.
HOST = "report.localhost"
ADDRESS = f"http://{HOST}{PREFIX}"
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
Explore = Callable[..., Page]


def chromium() -> str:
    """The path of a Chromium; skips the test without one, and fails it where one is required."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    return lacking(f"no browser found (looked for {', '.join(names)} and CHROMIUM): {INSTALL}")
