"""A small site, built once and served under a sub-path, and a browser that tells what it minds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from support.browser import BuiltSite, Journal, Open, chromium
from support.paths import ROOT
from support.static_host import hosted


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltSite]:
    """The draft report, as `python build.py --draft` makes it, at the address that it is told."""
    folder = tmp_path_factory.mktemp("built")
    site = folder / "site"
    with hosted(site) as address:
        command = [
            *(sys.executable, "build.py", "--draft", "--base-url", address),
            *("--site", site, "--cache", folder / "cache"),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        yield BuiltSite(site, {"http": address, "file": f"{site.as_uri()}/"})


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens an address in a fresh profile; at the end no page may have complained.

    `before(page)` is called ahead of the visit; `complaining=True` where complaints are expected.
    """
    opened: list[tuple[Journal, bool]] = []
    contexts = []

    def visit(
        address: str,
        size: tuple[int, int] = (1280, 800),
        scheme: str = "light",
        before: Callable[[Page], object] = lambda page: None,
        complaining: bool = False,
    ) -> tuple[Page, Journal]:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page, journal = context.new_page(), Journal()
        opened.append((journal, complaining))
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
        before(page)
        page.goto(address)
        return page, journal

    yield visit
    for context in contexts:
        context.close()
    for journal, complaining in opened:
        assert complaining or not journal.complaints, journal.complaints
