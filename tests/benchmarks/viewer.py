"""What the explorer costs: `python tests/benchmarks/viewer.py [SITE]` (default: site/).

Prints the compressed bytes up to the first interactive frame and of a whole run's vectors, and the
script time of a frame while the clock runs through the last run with every neuron shown.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import shutil
import statistics
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3

# Times every animation frame's script, ahead of the page's own.
TIMED_FRAMES = """
window.frameTimes = [];
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => request((now) => {
  const begun = performance.now();
  callback(now);
  window.frameTimes.push(performance.now() - begun);
});
"""
STEP = """step => new Promise((resolve) => {
  const slider = document.querySelector(".viewer-slider");
  slider.value = String(step);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(resolve));
})"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A static host that says nothing."""

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def compressed(path: Path) -> int:
    """Bytes on the wire, as a static host sends them: pictures as they are, the rest by gzip."""
    content = path.read_bytes()
    return len(content) if path.suffix in (".png", ".webp") else len(gzip.compress(content, 6))


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def scrub(page: Page, steps: range) -> list[float]:
    """Milliseconds of script of each frame while the slider goes through `steps`."""
    page.evaluate("window.frameTimes.length = 0")
    for step in steps:
        page.evaluate(STEP, step)
    times: list[float] = page.evaluate("window.frameTimes.filter((time) => time > 0.05)")
    return times


def report(label: str, times: list[float]) -> None:
    """One line of figures."""
    median, late = statistics.median(times), percentile(times, 0.95)
    print(f"{label:44} median {median:5.2f} ms, 95% {late:5.2f} ms ({len(times)} frames)")


def main(site: Path) -> None:
    """Measure and print."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    handler = functools.partial(Quiet, directory=str(site))
    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}/"
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(TIMED_FRAMES)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(root)))
        page.goto(f"{root}explore/index.html#show=all,out")
        page.wait_for_selector(".viewer-stage[data-lines=exact]")
        first = {name: compressed(site / name.split("#")[0]) for name in asked if "ico" not in name}
        for name, size in first.items():
            print(f"{size:9,}  {name}")
        print(f"{sum(first.values()):9,}  bytes to the first interactive frame")
        scripts = sum(map(compressed, site.glob("assets/viewer-*.js")))
        print(f"{scripts:9,}  bytes of the viewer's scripts")
        for run in sorted(site.glob("data/**/seed-*/")):
            size = sum(map(compressed, run.glob("vectors-*.js")))
            print(f"{size:9,}  bytes of vectors of {run.name}")

        last = int(page.locator(".viewer-slider").get_attribute("max") or 0)
        scrub(page, range(last, -1, -8))  # fetches and decodes every chunk
        page.wait_for_timeout(1000)
        for number in range(1, ROUNDS + 1):
            report(
                f"round {number}: late snapshots, all neurons", scrub(page, range(last - 60, last))
            )
            report(f"round {number}: whole run, all neurons", scrub(page, range(0, last, 2)))
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site")
