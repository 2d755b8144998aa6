// Finding the moment: how far boundaries moved at each snapshot, and the moments that have a name.
"use strict";

/**
 * @typedef {object} Activity
 * @property {HTMLElement} strip on the clock's axis
 * @property {HTMLElement} words what the strip shows at the present snapshot
 * @property {HTMLElement} moments buttons
 * @property {(run: Run, end: number, step: number) => void} draw
 * @property {() => number | undefined} next the step of the named moment after the present one
 */

GINN.activity = (() => {
  const { element, svgElement } = GINN;
  // Heights grow with the square root, so that small motions show; this much, in sides, fills a row.
  const FULL = 0.05;
  const ROW = 10;

  /**
   * @param {number[]} motion one a snapshot
   * @param {number} base the row's foot
   * @returns {string} an area's outline, a snapshot wide each
   */
  function area(motion, base) {
    const steps = motion.map((moved, step) =>
      `V${(base - (ROW - 1) * Math.min(1, Math.sqrt(moved / FULL))).toFixed(2)}H${step + 0.5}`);
    return `M-0.5 ${base}${steps.join("")}V${base}Z`;
  }

  /**
   * @param {number} moved in sides
   * @returns {string} in percent, two significant digits
   */
  function percentage(moved) {
    return `${Number((100 * moved).toPrecision(2))}%`;
  }

  /**
   * @param {number[]} widths
   * @param {(step: number) => void} goto
   * @returns {Activity}
   */
  function create(widths, goto) {
    const names = [...widths.map((_, layer) => `L${layer + 1}`), "out"];
    const chart = svgElement("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
    const strip = element("div", { class: "viewer-activity" });
    strip.append(chart);
    const figures = names.map((name, row) => {
      const value = element("b");
      const swatch = element("span", { class: "viewer-swatch" });
      swatch.style.background = colourOf(row);
      return { value, item: element("span", {}, [swatch, `${name} `, value]) };
    });
    const words = element("p", {
      class: "viewer-motion",
      title: "Since the snapshot before, on average, in parts of a side",
    }, ["Moved ", ...figures.map(({ item }) => item)]);
    const moments = element("div", { class: "viewer-moments", role: "group", "aria-label": "Moments" });
    /** @type {Run | undefined} */
    let drawn;
    let ended = 0;
    let now = 0;

    /**
     * @param {number} row
     * @returns {string}
     */
    function colourOf(row) {
      return row < widths.length ? `var(--layer-${row + 1})` : "var(--output)";
    }

    /**
     * @param {Run} run
     * @param {number} end the clock's last step
     */
    function drawRun(run, end) {
      chart.setAttribute("viewBox", `0 0 ${Math.max(1, end)} ${ROW * run.motion.length}`);
      const marks = run.moments.map(({ step }) => `M${step} 0V${ROW * run.motion.length}`);
      chart.replaceChildren(
        svgElement("path", { d: marks.join(""), class: "viewer-mark" }),
        ...run.motion.map((motion, row) => {
          const path = svgElement("path", { d: area(motion, (row + 1) * ROW) });
          path.style.fill = colourOf(row);
          return path;
        }),
        svgElement("path", { class: "viewer-cursor" }),
      );
      moments.replaceChildren(...run.moments.map(({ step, name, text }) =>
        GINN.button(name.replace("-", " "), () => goto(step), { title: text })));
      moments.hidden = run.moments.length === 0;
    }

    return {
      strip,
      words,
      moments,
      draw(run, end, step) {
        if (run !== drawn || end !== ended) drawRun(run, end);
        [drawn, ended, now] = [run, end, step];
        chart.lastElementChild?.setAttribute("d", `M${step} 0V${ROW * run.motion.length}`);
        figures.forEach(({ value }, row) => {
          value.textContent = percentage(run.motion[row][step] ?? 0);
        });
        [...moments.children].forEach((button, index) => {
          button.setAttribute("aria-pressed", String(run.moments[index].step === step));
        });
      },
      next() {
        const steps = drawn?.moments.map(({ step }) => step) ?? [];
        return steps.find((step) => step > now) ?? steps[0];
      },
    };
  }

  return { create };
})();
