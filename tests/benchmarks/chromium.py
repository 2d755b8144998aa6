"""Serve a site, open it in Chromium and time its frames: for the benchmarks."""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import shutil
import statistics
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

# Measures the script time of every animation frame. It must run before the page's own scripts.
TIMED_FRAMES = """
window.frameTimes = [];
let frame = -1;
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => request((now) => {
  const begun = performance.now();
  callback(now);
  const spent = performance.now() - begun;
  if (now === frame) window.frameTimes[window.frameTimes.length - 1] += spent;
  else window.frameTimes.push(spent);
  frame = now;
});
"""
# Moves the clock, and waits for the frame that shows it: gives the milliseconds of its script.
STEP = """step => new Promise((resolve) => {
  const slider = document.querySelector(".viewer-slider");
  window.frameTimes.length = 0;
  slider.value = String(step);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => resolve(window.frameTimes[0])));
})"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A static host with the headers of cross-origin isolation.

    They make the page's clock 20 times as precise.
    """

    def end_headers(self) -> None:
        """Add the headers of cross-origin isolation."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address, with last slash, of a folder while it is served."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: the one that CHROMIUM names, or the system's."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def timed_page(browser: Browser) -> Page:
    """An empty page whose frames are timed."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(TIMED_FRAMES)
    return page


def last_step(page: Page) -> int:
    """The number of the last snapshot."""
    return int(page.locator(".viewer-slider").get_attribute("max") or 0)


def scrub(page: Page, steps: Iterable[int]) -> list[float]:
    """The script time (ms) of the frame that shows each of `steps`."""
    return [page.evaluate(STEP, step) for step in steps]


def compressed(path: Path) -> int:
    """Bytes on the wire, as a static host sends them: pictures as they are, the rest by gzip."""
    content = path.read_bytes()
    return len(content) if path.suffix in (".png", ".webp") else len(gzip.compress(content, 6))


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def report(label: str, times: list[float]) -> None:
    """One line of figures."""
    median, late = statistics.median(times), percentile(times, 0.95)
    print(f"{label:52} median {median:6.2f} ms, 95% {late:6.2f} ms ({len(times)})")
