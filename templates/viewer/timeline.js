// The timeline: loss curve, slider, playback buttons, and the snapshot's numbers.
"use strict";

/**
 * @typedef {object} Timeline
 * @property {HTMLElement} element
 * @property {(frame: Frame) => void} draw
 * @property {() => void} goToNextNamed goes to the next named snapshot, where there is one
 */
/**
 * @typedef {{low: number, high: number}} Decades powers of ten
 */

{
  const { button, element, svgElement } = GINN.dom;
  const { formatting } = GINN;
  const { say } = GINN.words;
  // The curve's units: its width is one unit for each snapshot, and its height is this many units.
  const HEIGHT = 100;
  // The smallest distance of labels that do not touch, in hundredths of the width.
  const LABEL_GAP = 9;
  // The style sheet mirrors these for the buttons that go back.
  /** @type {Record<string, string>} */
  const SIGNS = {
    play: "M7 4l13 8-13 8z",
    pause: "M8 4v16M16 4v16",
    forward: "M7 4l11 8-11 8z",
    longForward: "M12 5l9 7-9 7zM3 5l9 7-9 7z",
    last: "M19 4v16M4 4l12 8-12 8z",
  };

  /** @type {(sign: string) => SVGElement} */
  const icon = (sign) => {
    return svgElement("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, [
      svgElement("path", { d: SIGNS[sign] }),
    ]);
  };

  /** @type {(values: number[]) => Decades} those that hold the positive values */
  const decades = (values) => {
    const logs = values.filter((value) => value > 0).map(Math.log10);
    const low = Math.floor(Math.min(0, ...logs));
    return { low, high: Math.max(low + 1, Math.ceil(Math.max(-1, ...logs))) };
  };

  /** @type {(loss: number, range: Decades) => number} how far down, 0 to HEIGHT */
  const level = (loss, { low, high }) =>
    (HEIGHT * (high - Math.log10(Math.max(loss, 10 ** low)))) / (high - low);

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

  /** @type {(run: Run, beside: Run | undefined) => Run} the one with more snapshots */
  const longer = (run, beside) =>
    beside && beside.iterations.length > run.iterations.length ? beside : run;

  /**
   * Pressing or dragging on the curve or the strip moves the step, as on the slider.
   * @type {(plot: HTMLElement, playback: Playback) => void}
   */
  const watchDragging = (plot, playback) => {
    const follow = (/** @type {PointerEvent} */ event) => {
      const { left, width } = plot.getBoundingClientRect();
      playback.goTo({ fraction: (event.clientX - left) / width });
    };
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      plot.setPointerCapture(event.pointerId);
      follow(event);
    });
    plot.addEventListener("pointermove", (event) => {
      if (plot.hasPointerCapture(event.pointerId)) follow(event);
    });
  };

  /**
   * @returns {{plot: HTMLElement, across: HTMLElement, draw: (run: Run, beside: Run | undefined,
   *   step: number) => void}} the loss curve and the labels of its axis
   */
  function createCurve() {
    const curve = svgElement("path", "viewer-curve");
    const other = svgElement("path", "viewer-curve viewer-other");
    const grid = svgElement("path", "viewer-grid");
    const cursor = svgElement("path", "viewer-cursor");
    const chart = svgElement("svg", {
      class: "viewer-chart", preserveAspectRatio: "none", "aria-hidden": "true",
    }, [grid, other, curve, cursor]);
    const dot = element("span", "viewer-dot");
    const across = element("div", { class: "viewer-across", "aria-hidden": "true" });
    const down = element("div", { class: "viewer-down", "aria-hidden": "true" });
    const plot = element("div", "viewer-plot");
    plot.append(chart, down, dot);
    /** @type {(Run | undefined)[]} */
    let drawn = [];
    let range = decades([]);

    /** @type {(run: Run, beside: Run | undefined, end: number) => void} */
    const drawRuns = (run, beside, end) => {
      const width = Math.max(1, end);
      range = decades([...run.loss, ...(beside?.loss ?? [])]);
      const path = (/** @type {Run | undefined} */ of) => of?.loss.map((loss, at) =>
        `${at ? "L" : "M"}${at} ${level(loss, range).toFixed(2)}`).join("") ?? "";
      chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
      curve.setAttribute("d", path(run));
      other.setAttribute("d", path(beside));
      const powers = Array.from({ length: range.high - range.low + 1 }, (_, at) => 10 ** (range.low + at));
      grid.setAttribute("d", powers.map((loss) => `M0 ${level(loss, range)}H${width}`).join(""));
      down.replaceChildren(...powers.map((loss) => {
        const label = element("span", {}, [
          say("loss-is", { number: formatting.power(loss) })]);
        label.style.top = `${level(loss, range)}%`;
        return label;
      }));
      const { iterations } = longer(run, beside);
      across.replaceChildren(...labelled(iterations).map((at) => {
        const label = element("span", {}, [formatting.short(iterations[at])]);
        label.style.left = `${(100 * at) / width}%`;
        return label;
      }));
    };

    return {
      plot,
      across,
      draw(run, beside, step) {
        const end = longer(run, beside).iterations.length - 1;
        const at = Math.min(step, run.iterations.length - 1);
        if (run !== drawn[0] || beside !== drawn[1]) drawRuns(run, beside, end);
        drawn = [run, beside];
        cursor.setAttribute("d", `M${step} 0V${HEIGHT}`);
        dot.style.left = `${(100 * at) / Math.max(1, end)}%`;
        dot.style.top = `${level(run.loss[at], range)}%`;
      },
    };
  }

  /**
   * @param {Store} store
   * @param {Playback} playback
   * @returns {{element: HTMLElement, draw: (end: number) => void}} the buttons that move the step
   */
  function createTransport(store, playback) {
    /** @type {(name: string, key?: string) => {"aria-label": string, title: string}} */
    const named = (name, key = name) => ({
      "aria-label": say(name), title: `${say(name)} (${say(`${key}-key`)})`,
    });
    /** @type {(name: string, sign: string, action: () => void) => HTMLButtonElement} */
    const sign = (name, kind, action) => button(icon(kind.split(" ")[0]), action, {
      ...named(name), class: `viewer-${kind}`,
    });
    const by = (/** @type {number} */ steps) => () => playback.goTo(store.state.step + steps);
    const toStart = [
      sign("first", "last viewer-mirrored", () => playback.goTo(0)),
      sign("ten-back", "longForward viewer-mirrored", by(-10)),
      sign("back", "forward viewer-mirrored", by(-1)),
    ];
    const play = sign("play", "play", playback.toggle);
    const toEnd = [
      sign("forward", "forward", by(1)),
      sign("ten-forward", "longForward", by(10)),
      sign("last", "last", () => playback.goTo(Infinity)),
    ];
    return {
      element: element("div", { class: "viewer-transport", role: "group", "aria-label": say("playback") }, [
        ...toStart, play, ...toEnd,
      ]),
      draw(end) {
        const { step } = store.state;
        for (const each of toStart) each.disabled = step === 0;
        for (const each of toEnd) each.disabled = step === end;
        const name = playback.isPlaying() ? "pause" : "play";
        if (play.ariaLabel === say(name)) return;
        for (const [attribute, text] of Object.entries(named(name, "play"))) {
          play.setAttribute(attribute, text);
        }
        play.replaceChildren(icon(name));
      },
    };
  }

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: () => void}} the choice of speed, and of a loop
   */
  function createPace(store) {
    const speed = element("select", {
      "aria-label": say("speed"), title: say("speed-about"),
    }, GINN.store.SPEEDS.map((value) =>
      element("option", { value: String(value) }, [say("speed-of", { number: value })])));
    speed.addEventListener("change", () => store.set({ speed: Number(speed.value) }));
    const loop = button(say("loop"), () => store.set({ loop: !store.state.loop }), {
      title: say("loop-about"),
    });
    return {
      element: element("div", "viewer-pace", [element("label", {}, [`${say("speed")} `, speed]), loop]),
      draw() {
        speed.value = String(store.state.speed);
        loop.ariaPressed = String(store.state.loop);
      },
    };
  }

  /**
   * @returns {{element: HTMLElement, draw: (run: Run, step: number) => string}} the snapshot's numbers;
   *   `draw` returns them in words
   */
  function createFigures() {
    const figures = ["iteration", "loss", "accuracy", "learning-rate"].map((name) => {
      const value = element("dd");
      return { value, row: element("div", {}, [element("dt", {}, [say(name)]), value]) };
    });
    return {
      element: element("dl", "viewer-figures", figures.map(({ row }) => row)),
      draw(run, step) {
        const texts = [
          formatting.count(run.iterations[step]),
          formatting.decimal(run.loss[step]),
          formatting.percent(run.accuracy[step]),
          formatting.decimal(run.learning_rate[step]),
        ];
        figures.forEach(({ value }, index) => {
          value.textContent = texts[index];
        });
        return say("numbers", { iteration: texts[0], loss: texts[1], accuracy: texts[2] });
      },
    };
  }

  GINN.timeline = {
    create({ index: { widths }, store, playback }) {
      const figures = createFigures();
      const curve = createCurve();
      const slider = element("input", {
        type: "range", class: "viewer-slider", min: "0", step: "1", "aria-label": say("snapshot"),
      });
      slider.addEventListener("input", () => playback.goTo(Number(slider.value)));
      const motion = GINN.motionStrip.create(widths, playback.goTo);
      const transport = createTransport(store, playback);
      const pace = createPace(store);
      watchDragging(curve.plot, playback);
      watchDragging(motion.strip, playback);

      return {
        element: element("div", "viewer-timeline", [
          figures.element, curve.plot, slider, motion.strip, curve.across,
          element("div", "viewer-row", [motion.words, motion.snapshots]),
          element("div", "viewer-running", [transport.element, pace.element]),
        ]),
        goToNextNamed() {
          const step = motion.next();
          if (step !== undefined) playback.goTo(step);
        },
        draw({ drawn }) {
          const [run, beside] = drawn.map(({ header }) => header);
          if (!run) return;
          const { step } = store.state;
          const end = longer(run, beside).iterations.length - 1;
          const at = Math.min(step, run.iterations.length - 1);
          curve.draw(run, beside, step);
          pace.draw();
          motion.draw(run, end, at);
          slider.max = String(end);
          slider.value = String(step);
          slider.ariaValueText = figures.draw(run, at);
          transport.draw(end);
        },
      };
    },
  };
}
