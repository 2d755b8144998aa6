// What a reader can take along: a link, the weights, and a report of the picture.
"use strict";

{
  const { button, element, setText } = GINN.dom;
  const { say } = GINN.words;
  const SNAPSHOTS = [[0, 50, 1], [60, 500, 10], [550, 2000, 50], [2500, 10000, 500], [20000, 10000000, 10000]];

  /** @type {(name: string, content: Blob) => void} */
  const save = (name, content) => {
    const link = element("a", { href: URL.createObjectURL(content), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  /** @type {(length: number) => number[][]} the recorded iterations of a run of this length */
  const recorded = (length) => {
    const parts = SNAPSHOTS.filter(([first, , step]) => first + step <= length || first === 0)
      .map(([first, last, step]) => [first, Math.min(last, length), step])
      .map(([first, last, step]) => [first, last - ((last - first) % step), step]);
    const [, end] = parts[parts.length - 1];
    return end < length ? [...parts, [length, length, 1]] : parts;
  };

  /** @type {(setup: Setup, pixels: number) => string} the settings of a report, as `report.toml` */
  const settings = ({ widths, rate, length, batch, scale }, pixels) => `[site]
title = "${say("lab.report-title")}"
description = "${say("lab.report-about")}"
author = "${say("lab.report-author")}"
language = "${GINN.language.locale}"
licence = "CC BY 4.0"
licence-url = "https://creativecommons.org/licenses/by/4.0/"
layer-colours = ["#2f55e0", "#ff4320", "#40c688"]
output-colour = "#453a4d"

[[experiment]]
id = "picture"
title = "${say("lab.report-picture")}"
picture = "pictures/picture.png"
pixels = ${pixels}
widths = [${widths.join(", ")}]
iterations = ${length}
batch = ${batch}
learning-rate = ${rate}
initial-scale = ${scale}
snapshots = [${recorded(length).map((range) => `[${range.join(", ")}]`).join(", ")}]

[experiment.screening]
seeds = 32
iterations = ${Math.min(5000, length)}

[experiment.full-runs]
first-seeds = 6
failed-seeds = 2

[experiment.shown]
good = 2
bad = 1

[draft]
seeds = 4
iterations = ${Math.min(10000, length)}
snapshots = 60
`;

  /** @type {(experiment: Experiment, snapshot: LiveSnapshot | undefined) => string} */
  const weights = (experiment, snapshot) => {
    const { widths, seed, rate, cosine, length, batch, scale, changes, take } = experiment.setup();
    const sizes = [2, ...widths, 1];
    let at = 0;
    const layers = sizes.slice(1).map((units, l) => {
      const rows = Array.from({ length: units }, () =>
        [...(snapshot?.parameters.subarray(at, at += sizes[l] + 1) ?? [])]);
      return { weights: rows.map((row) => row.slice(0, -1)), biases: rows.map((row) => row[row.length - 1]) };
    });
    return JSON.stringify({
      widths, seed, rate, cosine, length, batch, scale, changes, take, iteration: snapshot?.iteration,
      layers,
    });
  };

  GINN.takeAway = {
    settings, recorded, weights,
    create(experiment, shown, target) {
      const status = element("p", { class: "lab-status", role: "status" });
      const copy = async () => {
        const text = await navigator.clipboard?.writeText(location.href).then(() => say("copied"), () => "");
        setText(status, text || say("not-copied"));
      };
      const text = (/** @type {string} */ content, /** @type {string} */ type) => new Blob([content], { type });
      return element("details", "lab-take", [
        element("summary", {}, [say("lab.take-away")]),
        element("div", "lab-row", [
          button(say("lab.copy-link"), copy),
          button(say("lab.save-weights"), () =>
            save("weights.json", text(weights(experiment, shown()), "application/json"))),
          button(say("lab.save-picture"), () =>
            target.toBlob((blob) => blob && save("picture.png", blob))),
          button(say("lab.save-report"), () =>
            save("report.toml", text(settings(experiment.setup(), target.width), "text/plain"))),
        ]),
        element("p", "lab-status", [say("lab.report-how")]),
        status,
      ]);
    },
  };
}
