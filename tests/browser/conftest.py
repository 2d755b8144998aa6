"""A small site, built once and served under a sub-path, and a browser that tells what it minds."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/some/name/"
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


class _StaticHost(http.server.SimpleHTTPRequestHandler):
    """A static host under a sub-path, with the headers and content types of GitHub Pages."""

    extensions_map: ClassVar[dict[str, str]] = {
        "": "application/octet-stream",
        ".css": "text/css; charset=utf-8",
        ".html": "text/html; charset=utf-8",
        ".js": "application/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".png": "image/png",
        ".svg": "image/svg+xml",
        ".txt": "text/plain; charset=utf-8",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".xml": "application/xml",
    }

    def translate_path(self, path: str) -> str:
        if not path.startswith(PREFIX):
            return str(Path(self.directory) / "nothing-outside-the-sub-path")
        return super().translate_path(path.removeprefix(PREFIX.rstrip("/")))

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def send_error(self, code: int, *arguments: object, **named: object) -> None:
        """The site's own page, at the address that failed."""
        page = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BuiltSite]:
    """The draft report, as `python build.py --draft` makes it, at the address that it is told."""
    folder = tmp_path_factory.mktemp("built")
    site = folder / "site"
    handler = functools.partial(_StaticHost, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}{PREFIX}"
        command = [
            *(sys.executable, "build.py", "--draft", "--base-url", address),
            *("--site", site, "--cache", folder / "cache"),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield BuiltSite(site, {"http": address, "file": f"{site.as_uri()}/"})
        server.shutdown()


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
