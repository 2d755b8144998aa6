"""The speed of the laboratory: `python tests/benchmarks/lab.py [SITE]` (default: site/).

- Iterations a second of the kernels, in Chromium and in Firefox, each the best of some rounds.
- Tracing one snapshot: the least and the median time, in both browsers.
- In the site's own page, in Chromium: iterations and frames a second while boundaries are traced
  and drawn in every frame, and the longest of twenty frames, with the processor as it is and
  throttled six times, as a phone of some years ago.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from chromium import chromium, served
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support.firefox_page import run_in_firefox  # noqa: E402
from support.lab_scripts import KERNEL, LAB, empty_page  # noqa: E402

SCRIPTS = [*KERNEL, LAB / "tracer.js"]
SHAPES = [[16, 16, 16], [32, 32, 32, 32, 32, 32]]
MEASURE = """async (shapes) => {
  const rows = [];
  const picture = GINN_PICTURE();
  for (const widths of shapes) {
    const layout = GINN.kernelLayout.of(widths, 128, 200);
    const schedule = { peak: 0.001, length: 1, cosine: false };
    const parameters = GINN.kernelNumbers.initial(layout, 1, 1).slice(0, layout.parameters);
    const row = { widths: widths.join("-") };
    for (const name of ["wasmKernel", "jsKernel"]) {
      const begun = performance.now();
      const kernel = await GINN[name].create(layout);
      row[`${name} ready, ms`] = performance.now() - begun;
      const trainer = GINN.trainer.create(
        kernel, layout, { picture, seed: 1, schedule, parameters });
      let best = 0;
      for (let round = 0; round < 6; round += 1) {
        const start = performance.now();
        const first = trainer.iteration();
        while (performance.now() - start < 700) trainer.train(name === "wasmKernel" ? 50 : 5);
        best = Math.max(best, (trainer.iteration() - first) * 1000 / (performance.now() - start));
      }
      row[`${name}, iterations/s`] = best;
      if (name === "jsKernel") continue;
      trainer.train(20000);
      const times = [];
      let traced;
      for (let round = 0; round < 40; round += 1) {
        const start = performance.now();
        for (let n = 0; n < 5; n += 1) traced = GINN.tracer.trace(trainer.parameters(), widths);
        times.push((performance.now() - start) / 5);
      }
      times.sort((a, b) => a - b);
      row["regions"] = traced.regions;
      row["tracing, ms: least"] = times[0];
      row["tracing, ms: median"] = times[times.length >> 1];
    }
    rows.push(row);
  }
  return rows;
}""".replace(
    "GINN_PICTURE()",
    "Uint8Array.from({ length: 40000 }, (_, i) => Number(Math.abs(i % 200 - 100) * 1.5"
    " + Math.abs(i / 200 - 100) < 90))",
)
FRAMES = """async () => {
  const number = () =>
    Number(document.querySelector(".viewer-figures dd").textContent.replace(/\\D/g, ""));
  const times = [];
  const [first, begun] = [number(), performance.now()];
  for (let last = begun; last - begun < 5000;) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  const seconds = (performance.now() - begun) / 1000;
  times.sort((a, b) => a - b);
  return {
    "iterations/s": (number() - first) / seconds, "frames/s": times.length / seconds,
    "19 of 20 frames, ms": times[Math.floor(times.length * 0.95)],
  };
}"""


def show(title: str, row: dict[str, Any]) -> None:
    cells = [f"{name} {value:,.4g}" for name, value in row.items() if not isinstance(value, str)]
    print(f"{title}: {'; '.join(cells)}")


def in_page(site: Path) -> None:
    """Train in the site's page and count frames."""
    with served(site) as address, chromium() as browser:
        for throttled in (1, 6):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{address}lab/index.html#length=1270000&network=16-16-16")
            session = page.context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": throttled})
            for speed in ("16", "Infinity"):
                page.locator(".lab-controls select").select_option(speed)
                page.locator(".lab-train").click()
                page.evaluate(FRAMES)
                show(f"page, throttled {throttled}, speed {speed}", page.evaluate(FRAMES))
                page.locator(".lab-train").click()
            page.close()


def main() -> None:
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site"
    with sync_playwright() as playwright, empty_page(playwright, SCRIPTS) as page:
        rows = page.evaluate(MEASURE, SHAPES)
    for row in rows:
        show(f"Chromium {row['widths']}", row)
    for row in run_in_firefox(SCRIPTS, MEASURE, SHAPES):
        show(f"Firefox {row['widths']}", row)
    if (site / "lab").is_dir():
        in_page(site)


if __name__ == "__main__":
    main()
