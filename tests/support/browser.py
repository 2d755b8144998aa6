"""A browser for the tests, and records of a built site and of a page's requests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from support.skips import lacking
from support.static_host import PREFIX

# The address given as `--base-url` of the built site. Its host name leads to this machine.
HOST = "report.localhost"
ADDRESS = f"http://{HOST}{PREFIX}"
INSTALL = "install one, on Debian with `apt-get install chromium`, or set CHROMIUM to its path"


@dataclass(frozen=True)
class BuiltSite:
    """The places of a built site: its folder, and its addresses (with last slash) by kind."""

    folder: Path
    addresses: dict[str, str]


@dataclass
class Journal:
    """The requests of a page, and its errors."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def listen(page: Page) -> Journal:
    """The journal of a page from now on."""
    journal = Journal()
    page.on("request", lambda request: journal.requests.append(request.url))
    page.on("pageerror", lambda error: journal.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            journal.complaints.append(f"{message.text} at {message.location.get('url')}")
            if message.type in ("warning", "error")
            else None
        ),
    )
    return journal


Open = Callable[..., tuple[Page, Journal]]
Explore = Callable[..., Page]


def chromium() -> str:
    """The path of a Chromium. Without one, the test is skipped, or fails if one is required."""
    # The headless shell draws the same pages without a window, in a third of the processor time.
    shells = ("chromium-headless-shell", "chrome-headless-shell")
    names = (*shells, "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    return lacking(f"no browser found (looked for {', '.join(names)} and CHROMIUM): {INSTALL}")
