// The timeline: play, a slider on the loss curve, named snapshots, and the snapshot's numbers. More
// controls stand behind a button.
"use strict";

/**
 * @typedef {object} Timeline
 * @property {HTMLElement} element
 * @property {(frame: Frame) => void} draw
 * @property {() => unknown} goToNextNamed goes to the next named snapshot; false where there is none
 */

{
  const { button, element, icon, namedButton, setText, svgElement } = GINN.dom;
  const { formatting } = GINN;
  const { say } = GINN.words;
  // The curve's units: its width is one unit for each snapshot, and its height is this many units.
  const HEIGHT = 100;
  // The axis of the loss is the same for all runs (powers of ten).
  const [LOW, HIGH] = [-2, 0];
  // The smallest distance of labels that do not touch (CSS px).
  const LABEL_GAP = 34;

  /** @type {(loss: number) => number} how far down, 0 to HEIGHT */
  const level = (loss) => HEIGHT
    * Math.min(1, Math.max(0, (HIGH - Math.log10(Math.max(loss, 1e-9))) / (HIGH - LOW)));

  /** @type {(run: Run | undefined) => string} the loss curve as a path */
  const pathOf = (run) => run?.loss.map((loss, at) =>
    `${at ? "L" : "M"}${at} ${level(loss).toFixed(2)}`).join("") ?? "";

  /**
   * @param {number[]} iterations
   * @param {number} width of the axis, in CSS px
   * @returns {number[]} the snapshots at 0, 1, 10, 100, ... and the last, far enough apart
   */
  function labelled(iterations, width) {
    const last = iterations.length - 1;
    const chosen = last > 0 ? [last, 0] : [last];
    for (let power = 10 ** Math.floor(Math.log10(iterations[last] || 1)); power > 1; power /= 10) {
      const step = iterations.indexOf(power);
      const apart = chosen.every((other) => Math.abs(other - step) * width >= LABEL_GAP * last);
      if (step >= 0 && apart) chosen.push(step);
    }
    return chosen.sort((a, b) => a - b);
  }

  /** @type {(run: Run, beside: Run | undefined) => Run} the one with more snapshots */
  const longer = (run, beside) =>
    beside && beside.iterations.length > run.iterations.length ? beside : run;

  /**
   * @param {Run} run
   * @param {NamedSnapshot} named
   * @returns {string} one sentence about a named snapshot
   */
  function about({ named_snapshots: all, loss }, { name, step }) {
    if (name === "last-good" && step === loss.length - 1) return say("about-good-end");
    const never = name === "steepest" && !all.some((each) => each.name === "first-good");
    return say(`about-${name}${never ? "-never-good" : ""}`, {
      before: formatting.decimal(loss[step - 1] ?? 0), after: formatting.decimal(loss[step]),
    });
  }

  /**
   * @param {HTMLElement} slider
   * @param {(step: number) => void} goTo
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (run: Run, beside: Run | undefined, step: number) => void}}
   *   the loss curve under the slider, the labels of its axes, and a flag for each named snapshot
   */
  function createCurve(slider, goTo, store) {
    const curve = svgElement("path", "viewer-curve");
    const other = svgElement("path", "viewer-curve viewer-other");
    const grid = svgElement("path", "viewer-grid");
    const chart = svgElement("svg", {
      class: "viewer-chart", preserveAspectRatio: "none", "aria-hidden": "true",
    }, [grid, other, curve]);
    const dot = element("span", "viewer-dot");
    const scale = element("span", "viewer-axis", [say("axis")]);
    const across = element("div", "viewer-across");
    const down = element("div", { class: "viewer-down", "aria-hidden": "true" }, [HIGH, LOW].map(
      (power) => element("span", {}, [say("loss-is", { number: formatting.power(10 ** power) })])));
    const flags = element("div", { class: "viewer-named", role: "group", "aria-label": say("named") });
    const plot = element("div", "viewer-plot", [chart, down, dot, scale, slider]);
    const root = element("div", "viewer-curves", [plot, across, flags]);
    /** @type {unknown[]} */
    let drawn = [];

    /** @type {(run: Run, beside: Run | undefined, end: number) => void} */
    const drawRuns = (run, beside, end) => {
      const width = Math.max(1, end);
      chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
      curve.setAttribute("d", pathOf(run));
      other.setAttribute("d", pathOf(beside));
      grid.setAttribute("d", [0, HEIGHT / 2, HEIGHT].map((y) => `M0 ${y}H${width}`).join(""));
      const { iterations } = longer(run, beside);
      /** @type {<T extends HTMLElement>(placed: T, at: number) => T} */
      const put = (placed, at) => {
        placed.style.left = `${(100 * at) / width}%`;
        placed.classList.toggle("viewer-late", at > 0.8 * width);
        return placed;
      };
      across.replaceChildren(...labelled(iterations, across.clientWidth).map((at) =>
        put(element("span", {}, [formatting.short(iterations[at])]), at)));
      flags.replaceChildren(...run.named_snapshots.map((each) =>
        put(button(say(each.name), () => goTo(each.step), { title: about(run, each) }), each.step)));
      flags.hidden = run.named_snapshots.length === 0;
    };
    // Labels that fit depend on the width.
    new ResizeObserver(() => {
      drawn = [];
      store.set({});
    }).observe(across);

    return {
      element: root,
      draw(run, beside, step) {
        const end = longer(run, beside).iterations.length - 1;
        const at = Math.min(step, run.iterations.length - 1);
        if (run !== drawn[0] || beside !== drawn[1]) drawRuns(run, beside, end);
        drawn = [run, beside];
        dot.style.left = `calc(var(--thumb) / 2 + (100% - var(--thumb)) * ${at / Math.max(1, end)})`;
        dot.style.top = `${level(run.loss[at])}%`;
        [...flags.children].forEach((each, index) => {
          each.ariaPressed = String(run.named_snapshots[index].step === at);
        });
      },
    };
  }

  /**
   * @param {Store} store
   * @param {Playback} playback
   * @returns {{play: HTMLElement, steps: HTMLElement, draw: (end: number) => void}} the buttons that move
   *   the step
   */
  function createTransport(store, playback) {
    /** @type {(name: string, key?: string) => string} */
    const title = (name, key = name) => `${say(name)} (${say(`${key}-key`)})`;
    /** @type {(name: string, sign: string, action: () => void) => HTMLButtonElement} */
    const sign = (name, kind, action) => button(icon(kind.split(" ")[0]), action, {
      "aria-label": say(name), title: title(name), class: `viewer-${kind}`,
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
      play,
      steps: element("div", { class: "viewer-transport", role: "group", "aria-label": say("playback") },
        [...toStart, ...toEnd]),
      draw(end) {
        const { step } = store.state;
        for (const each of toStart) each.disabled = step === 0;
        for (const each of toEnd) each.disabled = step === end;
        const name = playback.isPlaying() ? "pause" : "play";
        if (play.ariaLabel === say(name)) return;
        play.ariaLabel = say(name);
        play.title = title(name, "play");
        play.replaceChildren(icon(name));
      },
    };
  }

  /** @type {Ginn["timeline"]["trailText"]} */
  const trailText = (store) => {
    const { show, trail } = store.active();
    return !trail ? say("trail-off")
      : show.size > GINN.canvasPane.FEW ? say("trail-few", { count: GINN.canvasPane.FEW })
        : say("trail-length", { count: trail });
  };

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: () => void}} the choice of speed, of a loop, and of a trail
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
    const trail = element("input", {
      type: "range", min: "0", max: String(GINN.store.MOST_TRAIL), "aria-label": say("trail"),
      title: say("trail-about"),
    });
    const trailOf = element("span");
    trail.addEventListener("input", () => store.set({ trail: Number(trail.value) }));
    return {
      element: element("div", "viewer-pace", [
        element("label", {}, [`${say("speed")} `, speed]), loop,
        element("label", "viewer-trail", [`${say("trail")} `, trail, trailOf]),
      ]),
      draw() {
        const { trail: length } = store.state;
        speed.value = String(store.state.speed);
        loop.ariaPressed = String(store.state.loop);
        trail.value = String(length);
        const text = trailText(store);
        setText(trailOf, text);
        trail.ariaValueText = text;
      },
    };
  }

  /**
   * @returns {{element: HTMLElement, draw: (run: Run, step: number) => string}} the snapshot's numbers;
   *   `draw` returns them in words
   */
  function createFigures() {
    const figures = ["iteration", "accuracy", "loss", "learning-rate"].map((name) => {
      const value = element("dd");
      return { value, row: element("div", {}, [element("dt", {}, [say(name)]), value]) };
    });
    return {
      element: element("dl", "viewer-figures", figures.map(({ row }) => row)),
      draw(run, step) {
        const texts = [
          formatting.count(run.iterations[step]),
          formatting.percent(run.accuracy[step]),
          formatting.decimal(run.loss[step]),
          formatting.decimal(run.learning_rate[step]),
        ];
        figures.forEach(({ value }, index) => setText(value, texts[index]));
        return say("numbers", { iteration: texts[0], accuracy: texts[1], loss: texts[2] });
      },
    };
  }

  GINN.timeline = {
    trailText,
    create({ index: { widths }, store, playback }) {
      const figures = createFigures();
      const slider = element("input", {
        type: "range", class: "viewer-slider", min: "0", step: "1", "aria-label": say("snapshot"),
      });
      slider.addEventListener("input", () => playback.goTo(Number(slider.value)));
      const curve = createCurve(slider, playback.goTo, store);
      const transport = createTransport(store, playback);
      const pace = createPace(store);
      const further = element("div", "viewer-further", [
        element("div", "viewer-steps", [transport.steps, pace.element]),
      ]);
      /** @type {MotionStrip | undefined} */
      let motion;
      const more = namedButton("⋯", say("more"), () => {
        further.hidden = !further.hidden;
        more.ariaExpanded = String(!further.hidden);
        store.set({});
      });
      more.className = "viewer-more";
      more.ariaExpanded = "false";
      further.hidden = true;
      /** @type {Run | undefined} */
      let shown;

      return {
        element: element("div", "viewer-timeline",
          [transport.play, curve.element, figures.element, more, further]),
        goToNextNamed() {
          const steps = shown?.named_snapshots.map(({ step }) => step) ?? [];
          const step = steps.find((each) => each > store.state.step) ?? steps[0];
          return step !== undefined && playback.goTo(step);
        },
        draw({ drawn }) {
          const [run, beside] = drawn.map(({ header }) => header);
          if (!run) return;
          shown = run;
          const { step } = store.state;
          const end = longer(run, beside).iterations.length - 1;
          const at = Math.min(step, run.iterations.length - 1);
          curve.draw(run, beside, step);
          pace.draw();
          slider.max = String(end);
          slider.value = String(step);
          slider.ariaValueText = figures.draw(run, at);
          transport.draw(end);
          if (further.hidden || !GINN.motionStrip) return;
          if (!motion) {
            motion = GINN.motionStrip.create(widths, playback.goTo);
            further.append(motion.element);
          }
          motion.draw(run, end, at);
        },
      };
    },
  };
}
