// The motion strip: how far boundaries moved at each snapshot.
"use strict";

/**
 * @typedef {object} MotionStrip
 * @property {HTMLElement} element the strip, and its values at the present snapshot in words
 * @property {(run: Run, end: number, step: number) => void} draw
 */

{
  const { element, svgElement } = GINN.dom;
  const { percentage } = GINN.formatting;
  const { say } = GINN.words;
  // Heights grow with the square root, so that small motions are visible. A motion of FULL sides of the
  // domain fills a row.
  const FULL = 0.05;
  const ROW = 10;

  /**
   * @param {number[]} motion one a snapshot
   * @param {number} base the lower edge of the row
   * @returns {string} the outline of an area, in which all snapshots have the same width
   */
  function area(motion, base) {
    const steps = motion.map((moved, step) =>
      `V${(base - (ROW - 1) * Math.min(1, Math.sqrt(moved / FULL))).toFixed(2)}H${step + 0.5}`);
    return `M-0.5 ${base}${steps.join("")}V${base}Z`;
  }

  /** @type {(row: number, widths: number[]) => string} */
  const colourOf = (row, widths) =>
    row < widths.length ? `var(--layer-${row + 1})` : "var(--output)";

  /**
   * @param {number[]} widths
   * @returns {{element: HTMLElement, draw: (run: Run, step: number) => void}} each layer's motion in words
   */
  function createWords(widths) {
    const names = [...widths.map((_, layer) => say("moved-layer", { layer: layer + 1 })),
      say("moved-output")];
    const figures = names.map((name, row) => {
      const value = element("b");
      const swatch = element("span", "viewer-swatch");
      swatch.style.background = colourOf(row, widths);
      return { value, item: element("span", {}, [swatch, `${name} `, value]) };
    });
    return {
      element: element("p", {
        class: "viewer-motion",
        title: say("moved-about"),
      }, [`${say("moved")} `, ...figures.map(({ item }) => item)]),
      draw: (run, step) => figures.forEach(({ value }, row) => {
        value.textContent = percentage(run.motion[row][step] ?? 0);
      }),
    };
  }

  /**
   * Pressing or dragging on the strip moves the step, as on the slider.
   * @type {(strip: HTMLElement, goTo: (step: number) => void, end: () => number) => void}
   */
  const watchDragging = (strip, goTo, end) => {
    const follow = (/** @type {PointerEvent} */ event) => {
      const { left, width } = strip.getBoundingClientRect();
      goTo(Math.round(((event.clientX - left) / width) * end()));
    };
    strip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      strip.setPointerCapture(event.pointerId);
      follow(event);
    });
    strip.addEventListener("pointermove", (event) => {
      if (strip.hasPointerCapture(event.pointerId)) follow(event);
    });
  };

  GINN.motionStrip = {
    create(widths, goTo) {
      const chart = svgElement("svg", { preserveAspectRatio: "none", "aria-hidden": "true" });
      const strip = element("div", "viewer-activity");
      strip.append(chart);
      const words = createWords(widths);
      /** @type {Run | undefined} */
      let drawn;
      let drawnEnd = 0;
      watchDragging(strip, goTo, () => drawnEnd);

      /** @type {(run: Run, end: number) => void} */
      const drawRun = (run, end) => {
        const { motion, named_snapshots: named } = run;
        const height = ROW * motion.length;
        chart.setAttribute("viewBox", `0 0 ${Math.max(1, end)} ${height}`);
        const marks = named.map(({ step }) => `M${step} 0V${height}`).join("");
        chart.replaceChildren(
          svgElement("path", { d: marks, class: "viewer-mark" }),
          ...motion.map((moved, row) => {
            const path = svgElement("path", { d: area(moved, (row + 1) * ROW) });
            path.style.fill = colourOf(row, widths);
            return path;
          }),
          svgElement("path", "viewer-cursor"),
        );
      };

      return {
        element: element("div", "viewer-moving", [strip, words.element]),
        draw(run, end, step) {
          if (run !== drawn || end !== drawnEnd) drawRun(run, end);
          [drawn, drawnEnd] = [run, end];
          chart.lastElementChild?.setAttribute("d", `M${step} 0V${ROW * run.motion.length}`);
          words.draw(run, step);
        },
      };
    },
  };
}
