// What a reader can take along: a link, the weights, and a report of the picture.
"use strict";

{
  const { button, element, setText } = GINN.dom;
  const { say } = GINN.words;
  const SNAPSHOTS = [[0, 50, 1], [60, 500, 10], [550, 2000, 50], [2500, 10000, 500], [20000, 10000000, 10000]];

  /** @type {(name: string, content: Blob | string) => void} */
  const save = (name, content) => {
    const link = element("a", { href: URL.createObjectURL(new Blob([content])), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  /** @type {(length: number) => number[][]} the recorded iterations of a run of this length */
  const recorded = (length) => {
    const parts = SNAPSHOTS.filter(([first, , step]) => first + step <= length || first === 0)
      .map(([first, most, step]) => {
        const last = Math.min(most, length);
        return [first, last - ((last - first) % step), step];
      });
    return parts[parts.length - 1][1] < length ? [...parts, [length, length, 1]] : parts;
  };

  /** @type {(setup: Setup, pixels: number) => string} the settings of a report, as `report.toml` */
  const settings = (setup, pixels) => {
    const { length } = setup;
    const values = /** @type {Record<string, any>} */ ({
      ...setup, pixels, snapshots: recorded(length).map((range) => `[${range}]`),
      screening: Math.min(5000, length), draft: Math.min(10000, length),
    });
    const form = /** @type {HTMLTemplateElement} */ (document.getElementById("lab-report"));
    return `${form.content.textContent}`.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  };

  /** @type {(experiment: Experiment, snapshot: LiveSnapshot | undefined) => string} */
  const weights = (experiment, snapshot) => {
    const widths = experiment.widths();
    const sizes = [2, ...widths, 1];
    let at = 0;
    const layers = sizes.slice(1).map((units, l) => {
      const rows = Array.from({ length: units }, () =>
        [...(snapshot?.parameters.subarray(at, at += sizes[l] + 1) ?? [])]);
      return { weights: rows.map((row) => row.slice(0, -1)), biases: rows.map((row) => row[row.length - 1]) };
    });
    return JSON.stringify({
      ...experiment.setup(), picture: undefined, start: undefined, widths, iteration: snapshot?.iteration, layers,
    });
  };

  GINN.takeAway = {
    settings, recorded, weights,
    create(experiment, shown, target, writeAddress) {
      const status = element("p", { class: "lab-status", role: "status" });
      const copy = async () => {
        writeAddress();
        const text = await navigator.clipboard?.writeText(location.href).then(() => say("copied"), () => "");
        setText(status, text || say("not-copied"));
      };
      return element("details", "lab-take", [
        element("summary", {}, [say("lab.take-away")]),
        element("div", "lab-row", [
          button(say("lab.copy-link"), copy),
          button(say("lab.save-weights"), () => save("weights.json", weights(experiment, shown()))),
          button(say("lab.save-picture"), () =>
            target.toBlob((blob) => blob && save("picture.png", blob))),
          button(say("lab.save-report"), () =>
            save("report.toml", settings(experiment.setup(), target.width))),
        ]),
        element("p", "lab-status", [say("lab.report-how")]),
        status,
      ]);
    },
  };
}
