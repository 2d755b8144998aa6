"""The costs of the explorer: `python tests/benchmarks/viewer.py [SITE]` (default: site/).

- Bytes: compressed, up to the first interactive frame, and of a whole run's boundaries.
- Scrubbing: script a frame while the clock runs through the last run with every neuron shown.
- Toggling: a neuron's button pressed, until the frame that shows or hides it is drawn. Script is
  the click's and the frame's; from click to frame also counts the wait for the frame to begin.
- Work a frame: the processor time of the page's main thread, drawing included, in frames of
  hovering over the canvas, hovering over thumbnails, and scrubbing, and for each move of the
  pointer or of the slider. Other programs on the machine change it little. On a processor slowed
  six times, each takes six times as long.
- Memory, in a browser of its own, after scrubbing through every run (each fourth snapshot): what
  scripts hold, and what the page's process holds, which is read on Linux only. At the end the
  browser is told that the system is short of memory; what it then frees was a cache.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from chromium import chromium, compressed, last_step, report, scrub, served, timed_page
from playwright.sync_api import Browser, CDPSession, Page

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
TOGGLES = 100
PATIENCE = 2000  # ms, in which an article has loaded whatever it loads by itself

# [script, from click to the end of the frame] in ms, or an error where the frame shows no change.
TOGGLE = """number => new Promise((resolve, reject) => {
  const buttons = document.querySelectorAll(".viewer-neuron");
  const button = buttons[number % buttons.length];
  const before = button.getAttribute("aria-pressed");
  window.frameTimes.length = 0;
  const begun = performance.now();
  button.click();
  const clicked = performance.now() - begun;
  requestAnimationFrame(() => {
    const shown = performance.now() - begun;
    setTimeout(() => {
      if (button.getAttribute("aria-pressed") === before) reject(new Error("nothing changed"));
      else resolve([clicked + window.frameTimes[0], shown]);
    });
  });
})"""
MOVE = """step => new Promise((resolve) => {
  const slider = document.querySelector(".viewer-slider");
  slider.value = String(step);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(resolve));
})"""
# Shows each step in turn, until its exact lines are drawn.
VISIT = """async (steps) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const slider = document.querySelector(".viewer-slider");
  for (const step of steps) {
    slider.value = String(step);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    do await frame();
    while (document.querySelector(".viewer-canvas").dataset.lines !== "exact");
  }
}"""


class Resident(NamedTuple):
    """The memory of a process, in MB."""

    now: float
    own: float
    shared: float  # with the process that draws: decoded pictures, mostly
    peak: float


def resident(process: int) -> Resident | None:
    """The memory of a process as Linux reports it; None on other systems."""
    path = Path(f"/proc/{process}/status")
    if not path.exists():
        return None
    kilobytes = dict(re.findall(r"(\w+):\s+(\d+) kB", path.read_text()))
    kinds = ("VmRSS", "RssAnon", "RssShmem", "VmHWM")
    return Resident(*(int(kilobytes[kind]) / 1e3 for kind in kinds))


def renderer(browser: Browser) -> Resident | None:
    """The largest page's process."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    found = [resident(entry["id"]) for entry in processes if entry["type"] == "renderer"]
    return max(filter(None, found), default=None)


def measure_bytes(page: Page, root: str, site: Path) -> None:
    """Open the first article and the explorer, and print what they asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(root)))
    page.goto(f"{root}index.html")
    page.wait_for_timeout(PATIENCE)
    article = sum(compressed(site / name) for name in set(asked) if "ico" not in name)
    print(f"{article:9,}  bytes of the first article before anything is done")
    asked.clear()
    page.goto(f"{root}explore/index.html#show=all,out")
    page.wait_for_selector(".viewer-canvas[data-lines=exact]")
    first = {name: compressed(site / name.split("#")[0]) for name in asked if "ico" not in name}
    for name, size in first.items():
        print(f"{size:9,}  {name}")
    print(f"{sum(first.values()):9,}  bytes to the first interactive frame")
    for name in ("viewer", "details", "words", "article", "export"):
        scripts = sum(map(compressed, site.glob(f"assets/{name}-*.js")))
        print(f"{scripts:9,}  bytes of {name}'s script")
    for run in sorted(site.glob("data/**/seed-*/")):
        size = sum(map(compressed, run.glob("boundaries-*.js")))
        print(f"{size:9,}  bytes of boundaries of {run.name}")


def measure_frames(page: Page) -> None:
    """Scrub and toggle, in turn."""
    last = last_step(page)
    scrub(page, range(last, -1, -8))  # fetches and decodes every chunk
    page.wait_for_timeout(1000)
    for number in range(1, ROUNDS + 1):
        late, whole = scrub(page, range(last - 60, last)), scrub(page, range(0, last, 2))
        report(f"round {number}: script a frame, late snapshots", late)
        report(f"round {number}: script a frame, whole run", whole)
        toggles = [page.evaluate(TOGGLE, press) for press in range(TOGGLES)]
        report(f"round {number}: script of a neuron toggled", [script for script, _ in toggles])
        report(f"round {number}: from click to the end of its frame", [all_ for _, all_ in toggles])


def worked(session: CDPSession) -> float:
    """Milliseconds that the page's main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1e3 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def measure_work(page: Page) -> None:
    """Hover and scrub with every neuron shown, and print the work a frame."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    canvas = page.locator(".viewer-canvas canvas").first
    last = last_step(page)
    acts: dict[str, list[Callable[[], object]]] = {
        "hovering over the canvas": [
            partial(canvas.hover, position={"x": 40 + 5 * i, "y": 60 + 4 * i}) for i in range(60)
        ],
        "hovering over thumbnails": [
            partial(each.hover, position={"x": 9, "y": 9})
            for each in page.locator(".viewer-neuron").all()[:40]
        ],
        "scrubbing": [partial(page.evaluate, MOVE, step) for step in range(0, last, 2)],
    }
    for label, steps in acts.items():
        page.mouse.move(1, 1)
        page.wait_for_timeout(1500)
        page.evaluate("window.frameTimes.length = 0")
        times = [worked(session)]
        for step in steps:
            step()
            times.append(worked(session))
        frames = page.evaluate("window.frameTimes.length")
        spent = (times[-1] - times[0]) / max(1, frames)
        print(f"{label:40} {spent:6.2f} ms of the main thread a frame ({frames} frames)")
        report(f"{label}, the main thread for one move", np.diff(times).tolist())


def measure_memory(browser: Browser, root: str) -> None:
    """Scrub through every run, and print what is held after each."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    blank = renderer(browser)
    page.goto(f"{root}explore/index.html#show=all,out")
    page.wait_for_selector(".viewer-canvas[data-lines=exact]")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def heap() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "JSHeapUsedSize")) / 1e6

    def line(label: str, process: Resident | None, scripts: str = "") -> None:
        held = "the process is not read on this system"
        if process:
            held = f"process {process.now:.0f} MB, at most so far {process.peak:.0f}: "
            held += f"its own {process.own:.0f}, shared {process.shared:.0f}, the rest is code"
        print(f"memory, {label:28}{scripts}{held}")

    line("an empty page", blank)
    name = re.compile("^Run$")
    runs = page.get_by_role("group", name=name).or_(page.get_by_role("radiogroup", name=name))
    choices = runs.get_by_role("radio")
    for number in range(choices.count()):
        choices.nth(number).check(force=True)
        page.evaluate(VISIT, list(range(0, last_step(page) + 1, 4)))
        used = heap()
        session.send("HeapProfiler.collectGarbage")
        scripts = f"scripts {used:.0f} MB, {heap():.0f} once swept; "
        line(f"{number + 1} of {choices.count()} runs seen", renderer(browser), scripts)
    session.send("Memory.simulatePressureNotification", {"level": "critical"})
    page.wait_for_timeout(1000)
    line("the system short of it", renderer(browser))


def main(site: Path) -> None:
    """Measure and print."""
    with served(site) as root:
        with chromium() as browser:
            page = timed_page(browser)
            measure_bytes(page, root, site)
            measure_frames(page)
            measure_work(page)
        with chromium() as browser:
            measure_memory(browser, root)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site")
