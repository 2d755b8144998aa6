"""Exact lines against rectangles: `python tests/benchmarks/pixel_rectangles.py [SITE]`.

SITE (default: site/) holds a finished build. Both draw one run's hidden neurons on plain ground, on
canvases of one size, in one browser, in turn:

- the explorer, whose frame is the canvas, and also the timeline and a thumbnail for each neuron;
- a page made here, whose frame is the canvas alone. As in the original web application, a boundary
  is a list of pixels of the picture's grid, each filled as a rectangle. A pixel belongs to it where
  the neuron is on, and off at the pixel to the right or below, or the other way about. (The
  original then thins these to a skeleton, which leaves fewer.) Its lists are unpacked beforehand.

The "script" time is the time that a page's code takes to issue the drawing commands, for the whole
frame or for the canvas alone (`GINN.scene.draw`, which both pages have). For the time "with
pixels", the page then also reads one pixel of the canvas: the read returns only after the browser
has painted the whole canvas. Both pages are given the same snapshots in
rounds that alternate; each round gives a ratio of medians, rectangles to exact lines.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from chromium import chromium, compressed, last_step, report, scrub, served, timed_page
from numpy.typing import NDArray
from playwright.sync_api import Page

from ginn.dataset.dataset import Dataset
from ginn.network.forward import pre_activations
from ginn.network.run import RecordedRun, layer_slices, run_from_arrays

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
EVERY = 4  # snapshots

PAGE = """<!doctype html><meta charset="utf-8"><title>Pixel rectangles</title>
<canvas></canvas><input class="viewer-slider" type="range" min="0" max="%(last)d">
<script>
const [GRID, STARTS, COLOURS] = [%(grid)d, %(starts)s, %(colours)s];
const canvas = document.querySelector("canvas");
canvas.width = canvas.height = %(side)d;
canvas.style.width = canvas.style.height = "%(shown)dpx";
const pen = canvas.getContext("2d");
let snapshots = [];
function receive(packed) {
  // A list holds the steps from pixel to pixel, row by row.
  snapshots = packed.map((neurons) => neurons.map((steps) => {
    const pixels = new Uint16Array(2 * steps.length);
    let at = 0;
    steps.forEach((step, index) => {
      at += step;
      pixels[2 * index] = at %% GRID;
      pixels[2 * index + 1] = Math.floor(at / GRID);
    });
    return pixels;
  }));
}
const GINN = { scene: { draw } };
function draw(step) {
  const scale = canvas.width / GRID;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  snapshots[step].forEach((pixels, neuron) => {
    pen.fillStyle = COLOURS[STARTS.findLastIndex((start) => start <= neuron)];
    for (let index = 0; index < pixels.length; index += 2) {
      pen.fillRect(pixels[index] * scale, pixels[index + 1] * scale, scale, scale);
    }
  });
}
let frame = 0;
const slider = document.querySelector("input");
slider.addEventListener("input", () => {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    GINN.scene.draw(Number(slider.value));
  });
});
</script>
<script src="pixels.js"></script>
"""
TIMED_CANVAS = """() => {
  const { draw } = GINN.scene;
  window.canvasTime = 0;
  GINN.scene.draw = (...given) => {
    const begun = performance.now();
    draw(...given);
    window.canvasTime += performance.now() - begun;
  };
}"""
# Milliseconds of the frame that shows a snapshot, and of its canvas; if `read`, the times "with
# pixels" of the module's docstring.
MEASURE = """([step, read]) => new Promise((resolve, reject) => {
  const slider = document.querySelector(".viewer-slider");
  const canvas = document.querySelector(".viewer-canvas canvas, body > canvas");
  window.frameTimes.length = 0;
  window.canvasTime = 0;
  slider.value = String(step);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => {
    const begun = performance.now();
    if (read) canvas.getContext("2d").getImageData(0, 0, 1, 1);
    const reading = performance.now() - begun;
    setTimeout(() => {
      if (window.canvasTime > 0) resolve([window.frameTimes[0], window.canvasTime + reading]);
      else reject(new Error("the canvas was not drawn by GINN.scene.draw"));
    });
  });
})"""


def read_index(site: Path) -> dict[str, Any]:
    """The experiment's index, out of its script."""
    (path,) = site.glob("data/**/index.*.js")
    script = path.read_text(encoding="utf-8")
    index: dict[str, Any] = json.loads(script[script.index("{") : script.rindex("}") + 1])
    return index


def read_run(site: Path, name: str) -> RecordedRun:
    """A run's snapshots, from the site's downloads."""
    (path,) = site.glob(f"downloads/{name}-*.npz")
    with np.load(path) as arrays:
        return run_from_arrays(dict(arrays))


def boundary_pixels(run: RecordedRun, snapshot: int, dataset: Dataset) -> list[NDArray[np.int64]]:
    """For each hidden neuron the pixels of its boundary, numbered row by row, ascending."""
    weights = tuple(weight[snapshot] for weight in run.weights)
    biases = tuple(bias[snapshot] for bias in run.biases)
    *hidden, _ = pre_activations(weights, biases, dataset.points())
    side = dataset.pixels
    on = np.concatenate(hidden, axis=1).T.reshape(-1, side, side) > 0  # (neurons, row, column)
    boundary = np.zeros_like(on)
    boundary[:, :, :-1] |= on[:, :, :-1] != on[:, :, 1:]
    boundary[:, :-1, :] |= on[:, :-1, :] != on[:, 1:, :]
    return [np.flatnonzero(of_neuron) for of_neuron in boundary]


def weigh(label: str, value: object) -> None:
    """Print the bytes of a value as JSON, compressed and not compressed."""
    content = json.dumps(value, separators=(",", ":")).encode()
    print(f"{len(gzip.compress(content, 6)):10,}  bytes of {label} ({len(content):,} unpacked)")


def write_page(
    folder: Path, run: RecordedRun, index: dict[str, Any], canvas: dict[str, int]
) -> None:
    """Write the page of rectangles and its data, and print what the data weighs."""
    side = int(index["pixels"])
    dataset = Dataset(np.zeros((side, side), dtype=bool), ())
    lists = [boundary_pixels(run, snapshot, dataset) for snapshot in range(len(run))]
    points = [[np.stack([p % side, p // side], axis=1).tolist() for p in of] for of in lists]
    steps = [[np.diff(pixels, prepend=0).tolist() for pixels in of] for of in lists]
    count = sum(len(pixels) for of in lists for pixels in of)
    print(f"{count / len(run):10,.0f}  rectangles a snapshot")
    weigh("them as lists of [x, y]", points)
    weigh("them as lists of steps from pixel to pixel", steps)
    starts = [layer.start for layer in layer_slices(run.widths)[:-1]]
    colours = [index["layer_colours"][i % len(index["layer_colours"])] for i in range(len(starts))]
    blanks = {"grid": side, "starts": starts, "colours": json.dumps(colours), "last": len(run) - 1}
    (folder / "index.html").write_text(PAGE % (blanks | canvas), encoding="utf-8")
    (folder / "pixels.js").write_text(f"receive({json.dumps(steps)});", encoding="utf-8")


def compare(lines: Page, pixels: Page, steps: range, read: bool) -> None:
    """Show the snapshots in both pages in turn, and print milliseconds and ratios.

    With `read`, a frame's time includes the painting, as the module's docstring states.
    """
    rounds = []
    for _ in range(ROUNDS):
        for page in (lines, pixels):
            page.bring_to_front()
            rounds.append([page.evaluate(MEASURE, [step, read]) for step in steps])
    times = np.array(rounds).reshape(ROUNDS, 2, len(steps), 2)  # round, page, step, frame or canvas
    kind = "with pixels" if read else "script"
    for part, name in enumerate(("frame", "canvas")):
        for which, drawn in enumerate(("exact lines", "rectangles")):
            report(f"{name}, {kind}, {drawn}", times[:, which, :, part].ravel().tolist())
        medians = np.median(times[..., part], axis=2)  # (round, page)
        ratios = medians[:, 1] / medians[:, 0]
        print(
            f"{name}, {kind}, ratio {np.median(ratios):.2f}, "
            f"rounds {ratios.min():.2f} to {ratios.max():.2f}"
        )


def main(site: Path) -> None:
    """Measure and print."""
    index = read_index(site)
    name = index["runs"][0]["id"]
    run = read_run(site, name)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(site) as root,
        served(Path(folder)) as other,
        chromium() as browser,
    ):
        lines, pixels = timed_page(browser), timed_page(browser)
        lines.goto(f"{root}explore/index.html#run={name}&show=all&behind=plain")
        lines.wait_for_selector(".viewer-canvas[data-lines=exact]")
        last = last_step(lines)
        canvas = lines.locator(".viewer-canvas canvas").first.evaluate(
            "canvas => ({ side: canvas.width, shown: canvas.clientWidth })"
        )
        print(f"{name}, {len(run)} snapshots, a canvas of {canvas['side']} px")
        size = sum(map(compressed, site.glob(f"data/**/{name}/vectors-*.js")))
        print(f"{size:10,}  bytes of exact lines, all snapshots, the output's too")
        write_page(Path(folder), run, index, canvas)
        pixels.goto(other)
        pixels.wait_for_function("snapshots.length > 0")
        for page in (lines, pixels):
            scrub(page, range(last, -1, -EVERY))
            page.evaluate(TIMED_CANVAS)
            page.wait_for_timeout(1000)
        for read in (False, True):
            compare(lines, pixels, range(0, last + 1, EVERY), read)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "site")
