// The clock: loss curve, slider, play and step, and the snapshot's figures in words.
"use strict";

/**
 * @typedef {object} Actions what a control can do
 * @property {(goal: number | {fraction: number}) => void} goto a snapshot, or a part of the way
 * @property {() => void} play starts or stops
 * @property {(speed: number) => void} speed sets the snapshots a second
 * @property {() => void} loop plays on from the start after the end, or no more
 */
/**
 * @typedef {object} Timeline
 * @property {HTMLElement} element
 * @property {(run: Run, beside: Run | undefined, state: State, playing: boolean) => void} draw
 * @property {() => number | undefined} nextMoment
 */

GINN.timeline = (() => {
  const { element, svgElement, words } = GINN;
  // The curve's own units: one a snapshot across, this many down.
  const HEIGHT = 100;
  // Labels nearer than this many hundredths of the width would touch.
  const LABEL_GAP = 9;

  /**
   * @param {number[]} values
   * @returns {{low: number, high: number}} the decades that hold the positive values, as powers of ten
   */
  function decades(values) {
    const logs = values.filter((value) => value > 0).map(Math.log10);
    const low = Math.floor(Math.min(0, ...logs));
    return { low, high: Math.max(low + 1, Math.ceil(Math.max(-1, ...logs))) };
  }

  /**
   * @param {number[]} iterations
   * @returns {number[]} the snapshots nearest to 0, 10, 100, ... and the last, far enough apart
   */
  function labelled(iterations) {
    const last = iterations.length - 1;
    /** @type {number[]} */
    const chosen = last > 0 ? [last, 0] : [last];
    for (let power = 10 ** Math.floor(Math.log10(iterations[last] || 1)); power > 1; power /= 10) {
      const step = iterations.indexOf(power);
      const apart = chosen.every((other) => Math.abs(other - step) * 100 >= LABEL_GAP * last);
      if (step >= 0 && apart) chosen.push(step);
    }
    return chosen.sort((a, b) => a - b);
  }

  /**
   * @param {number[]} widths
   * @param {Actions} actions
   * @returns {Timeline}
   */
  function create(widths, actions) {
    const button = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {string} */ key,
      /** @type {() => void} */ action) => GINN.button(icon(sign.split(" ")[0]), action, {
      "aria-label": name, title: `${name} (${key})`, class: `viewer-${sign}`,
    });
    let step = 0;
    /** @type {(Run | undefined)[]} */
    let drawn = [];
    let range = decades([]);

    const longBack = button("Ten steps back", "longForward viewer-mirrored", "Shift and Left",
      () => actions.goto(step - 10));
    const longForward = button("Ten steps forward", "longForward", "Shift and Right",
      () => actions.goto(step + 10));
    const first = button("First snapshot", "last viewer-mirrored", "Home", () => actions.goto(0));
    const back = button("Step back", "forward viewer-mirrored", "Left", () => actions.goto(step - 1));
    const play = button("Play", "play", "Space", () => actions.play());
    const forward = button("Step forward", "forward", "Right", () => actions.goto(step + 1));
    const last = button("Last snapshot", "last", "End", () => actions.goto(Infinity));

    const speed = element("select", {
      "aria-label": "Speed", title: "Snapshots a second (+ and −)",
    },
      GINN.state.SPEEDS.map((value) =>
        element("option", { value: String(value) }, [`${value} a second`])));
    speed.addEventListener("change", () => actions.speed(Number(speed.value)));
    const loop = GINN.button("Loop", () => actions.loop(), {
      title: "After the last snapshot, start again (L)",
    });

    const curve = svgElement("path", { class: "viewer-curve" });
    const other = svgElement("path", { class: "viewer-curve viewer-other" });
    const grid = svgElement("path", { class: "viewer-grid" });
    const cursor = svgElement("path", { class: "viewer-cursor" });
    const chart = svgElement("svg", {
      class: "viewer-chart", preserveAspectRatio: "none", "aria-hidden": "true",
    }, [grid, other, curve, cursor]);
    const dot = element("span", { class: "viewer-dot" });
    const across = element("div", { class: "viewer-across", "aria-hidden": "true" });
    const down = element("div", { class: "viewer-down", "aria-hidden": "true" });
    const plot = element("div", { class: "viewer-plot" });
    plot.append(chart, down, dot);
    const slider = element("input", {
      type: "range", class: "viewer-slider", min: "0", step: "1", "aria-label": "Snapshot",
    });
    slider.addEventListener("input", () => actions.goto(Number(slider.value)));
    dragging(plot, actions);
    const activity = GINN.activity.create(widths, actions.goto);
    dragging(activity.strip, actions);

    const figures = ["Iteration", "Loss", "Accuracy", "Learning rate"].map((name) => {
      const value = element("dd");
      return { value, row: element("div", {}, [element("dt", {}, [name]), value]) };
    });

    const root = element("div", { class: "viewer-timeline" }, [
      element("dl", { class: "viewer-figures" }, figures.map(({ row }) => row)),
      plot,
      slider,
      activity.strip,
      across,
      element("div", { class: "viewer-row" }, [activity.words, activity.moments]),
      element("div", { class: "viewer-running" }, [
        element("div", { class: "viewer-transport", role: "group", "aria-label": "Playback" }, [
          first, longBack, back, play, forward, longForward, last,
        ]),
        element("div", { class: "viewer-pace" }, [element("label", {}, ["Speed ", speed]), loop]),
      ]),
    ]);

    /**
     * @param {Run} run
     * @param {Run | undefined} beside
     */
    function drawRuns(run, beside) {
      const longest = longer(run, beside);
      const width = Math.max(1, longest.iterations.length - 1);
      range = decades([...run.loss, ...(beside?.loss ?? [])]);
      const path = (/** @type {Run | undefined} */ drawnRun) => drawnRun?.loss.map((loss, at) =>
        `${at ? "L" : "M"}${at} ${level(loss, range).toFixed(2)}`).join("") ?? "";
      chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
      curve.setAttribute("d", path(run));
      other.setAttribute("d", path(beside));
      const powers = Array.from({ length: range.high - range.low + 1 }, (_, at) => 10 ** (range.low + at));
      grid.setAttribute("d", powers.map((loss) => `M0 ${level(loss, range)}H${width}`).join(""));
      down.replaceChildren(...powers.map((loss) => {
        const label = element("span", {}, [`loss ${Number(loss.toPrecision(1))}`]);
        label.style.top = `${level(loss, range)}%`;
        return label;
      }));
      across.replaceChildren(...labelled(longest.iterations).map((at) => {
        const label = element("span", {}, [words.short(longest.iterations[at])]);
        label.style.left = `${(100 * at) / width}%`;
        return label;
      }));
      slider.max = String(longest.iterations.length - 1);
    }

    /**
     * @param {Run} run
     * @param {Run | undefined} beside the second stage's
     * @param {State} state
     * @param {boolean} playing
     */
    function draw(run, beside, state, playing) {
      if (run !== drawn[0] || beside !== drawn[1]) drawRuns(run, beside);
      drawn = [run, beside];
      step = state.step;
      const end = longer(run, beside).iterations.length - 1;
      const at = Math.min(step, run.iterations.length - 1);
      speed.value = String(state.speed);
      loop.setAttribute("aria-pressed", String(state.loop));
      cursor.setAttribute("d", `M${step} 0V${HEIGHT}`);
      dot.style.left = `${(100 * at) / Math.max(1, end)}%`;
      dot.style.top = `${level(run.loss[at], range)}%`;
      activity.draw(run, end, at);
      slider.value = String(step);
      const texts = [
        words.count(run.iterations[at]),
        words.decimal(run.loss[at]),
        words.percent(run.accuracy[at]),
        words.decimal(run.learning_rate[at]),
      ];
      figures.forEach(({ value }, index) => {
        value.textContent = texts[index];
      });
      slider.setAttribute("aria-valuetext",
        `iteration ${texts[0]}, loss ${texts[1]}, accuracy ${texts[2]}`);
      first.disabled = longBack.disabled = back.disabled = step === 0;
      last.disabled = longForward.disabled = forward.disabled = step === end;
      const name = playing ? "Pause" : "Play";
      if (play.getAttribute("aria-label") !== name) {
        play.setAttribute("aria-label", name);
        play.title = `${name} (Space)`;
        play.replaceChildren(icon(playing ? "pause" : "play"));
      }
    }

    return { element: root, draw, nextMoment: activity.next };
  }

  /**
   * @param {Run} run
   * @param {Run | undefined} beside
   * @returns {Run} the one with more snapshots
   */
  function longer(run, beside) {
    return beside && beside.iterations.length > run.iterations.length ? beside : run;
  }

  /**
   * @param {number} loss
   * @param {{low: number, high: number}} range in decades
   * @returns {number} how far down, 0 to HEIGHT
   */
  function level(loss, { low, high }) {
    return (HEIGHT * (high - Math.log10(Math.max(loss, 10 ** low)))) / (high - low);
  }

  /**
   * Pressing or dragging on the curve moves the clock, as on the slider beneath.
   * @param {HTMLElement} plot
   * @param {Actions} actions
   */
  function dragging(plot, actions) {
    const follow = (/** @type {PointerEvent} */ event) => {
      const { left, width } = plot.getBoundingClientRect();
      actions.goto({ fraction: (event.clientX - left) / width });
    };
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      plot.setPointerCapture(event.pointerId);
      follow(event);
    });
    plot.addEventListener("pointermove", (event) => {
      if (plot.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  // Those that lead back are these as in a mirror, by the style sheet.
  /** @type {Record<string, string>} */
  const SIGNS = {
    play: "M7 4l13 8-13 8z",
    pause: "M8 4v16M16 4v16",
    forward: "M7 4l11 8-11 8z",
    longForward: "M12 5l9 7-9 7zM3 5l9 7-9 7z",
    last: "M19 4v16M4 4l12 8-12 8z",
  };

  /**
   * @param {string} sign
   * @returns {SVGElement}
   */
  function icon(sign) {
    return svgElement("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, [
      svgElement("path", { d: SIGNS[sign] }),
    ]);
  }

  return { create };
})();
