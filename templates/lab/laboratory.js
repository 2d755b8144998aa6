// The laboratory: the explorer with a run that is trained in the page, and the controls of that run.
"use strict";

{
  const { button, element, setText } = GINN.dom;
  const { say } = GINN.words;
  const SPEEDS = [1, 4, 16, 64, 256, Infinity];
  const USUAL_SPEED = 16;
  const ADDRESS_DELAY = 400; // ms
  const PAUSE = 100; // ms between two changes of the controls' texts while a run is trained

  /** @type {(site: LabSite, labels: Uint8Array, widths: number[], kinds: ("live" | "twin")[]) => Index} */
  const indexOf = (site, labels, widths, kinds) => ({
    version: 0, id: "lab", title: "", pixels: site.pixels, widths, target: "target", labels,
    layer_colours: site.layer_colours, output_colour: site.output_colour,
    runs: kinds.map((kind) => ({
      id: kind, role: "", kind, number: 0, loss: 0, accuracy: 0, ended: "", snapshots: 1, header: kind,
    })),
  });

  /** @type {(labels: Uint8Array, pixels: number, canvas: HTMLCanvasElement) => void} */
  const drawTarget = (labels, pixels, canvas) => {
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = pen.createImageData(pixels, pixels);
    const words = new Uint32Array(image.data.buffer);
    labels.forEach((label, i) => {
      words[i] = label ? 0xffffffff : 0xff000000;
    });
    pen.putImageData(image, 0, 0);
  };

  /** @type {(experiment: Experiment, reset: () => void, original: () => void) =>
   *   {element: HTMLElement, draw: () => void}} */
  const createControls = (experiment, reset, original) => {
    const train = button(say("lab.train"), () => experiment.setRunning(!experiment.isRunning()), {
      class: "lab-train",
    });
    const step = button(say("lab.step"), () => experiment.advance(1), { title: say("lab.step-about") });
    const speed = element("select", {}, SPEEDS.map((value) => element("option", { value: String(value) },
      [value === Infinity ? say("lab.speed-all") : say("lab.speed-of", { count: value })])));
    speed.addEventListener("change", () => experiment.setSpeed(Number(speed.value)));
    const show = (/** @type {number} */ value) => {
      speed.value = String(value);
      experiment.setSpeed(value);
    };
    show(USUAL_SPEED);
    const pace = element("span", "lab-pace");
    const status = element("p", { class: "lab-status", role: "status" });
    const whole = button(say("lab.original"), () => {
      show(Infinity);
      original();
    }, { title: say("lab.original-about") });
    return {
      element: element("div", "lab-controls", [
        element("div", "lab-row", [
          train, step, button(say("lab.reset"), reset),
          element("label", {}, [`${say("lab.speed")} `, speed]), whole, pace,
        ]),
        status,
      ]),
      draw() {
        const running = experiment.isRunning();
        setText(train, say(running ? "lab.pause" : "lab.train"));
        const ended = (experiment.run()?.trainer.iteration() ?? 0) >= experiment.setup().length;
        train.disabled = ended;
        step.disabled = running || ended;
        const rate = running ? Math.round(experiment.pace() / 100) * 100 : 0;
        setText(pace, rate ? say("lab.pace", { count: rate }) : "");
        const trouble = experiment.trouble();
        setText(status, trouble ? say(`lab.${trouble}`) : ended ? say("lab.ended") : "");
      },
    };
  };

  /**
   * Shows an experiment's runs in the explorer, and follows the last snapshot unless the reader went back.
   * @param {HTMLElement} root
   * @param {LabSite} site
   * @param {HTMLElement[]} parts put above the explorer's
   * @param {() => boolean} isLive
   * @returns {{setPicture: (labels: Uint8Array) => void, target: HTMLCanvasElement,
   *   step: () => number, draw: (experiment: Experiment) => void}}
   */
  function createStage(root, site, parts, isLive) {
    const { pixels } = site;
    const labels = new Uint8Array(pixels * pixels);
    const target = element("canvas", { width: String(pixels), height: String(pixels) });
    /** @type {Record<string, LiveRun>} */
    const runs = {};
    /** @type {Explorer | undefined} */
    let explorer;
    /** @type {Index | undefined} */
    let index;

    /** @type {(widths: number[], kinds: ("live" | "twin")[]) => Index} */
    const mount = (widths, kinds) => {
      const focused = document.activeElement;
      const before = (explorer?.state() ?? "").replace(/&?beside=\w+/, "");
      explorer?.leave();
      const made = indexOf(site, labels, widths, kinds);
      const loader = GINN.liveLoader.create(made, runs, target, isLive);
      const preset = kinds.includes("twin") ? `${before}&beside=twin` : before;
      explorer = GINN.explorer.create(root, { index: made, loader }, "index", preset, false);
      root.prepend(...parts);
      if (focused instanceof HTMLElement && parts.some((part) => part.contains(focused))) focused.focus();
      return made;
    };
    return {
      target,
      setPicture(next) {
        labels.set(next);
        drawTarget(labels, pixels, target);
      },
      step: () => explorer?.store.state.step ?? 0,
      draw(experiment) {
        const [run, twin] = [experiment.run(), experiment.twin()];
        if (!run) return;
        const { widths } = experiment.setup();
        const shape = `${widths.join()} ${twin ? "twin" : ""}`;
        const fresh = runs.live !== run || runs.twin !== twin;
        const step = explorer?.store.state.step ?? 0;
        const following = fresh || step >= (index?.runs[0].snapshots ?? 1) - 1;
        runs.live = run;
        if (twin) runs.twin = twin;
        else delete runs.twin;
        if (!index || shape !== `${index.widths.join()} ${index.runs.length > 1 ? "twin" : ""}`) {
          index = mount(widths, twin ? ["live", "twin"] : ["live"]);
        }
        const last = run.snapshots.length - 1;
        index.runs.forEach((each) => {
          each.snapshots = runs[each.id].snapshots.length;
        });
        explorer?.store.set({ step: following ? last : Math.min(step, last) });
      },
    };
  }

  /**
   * @param {Experiment} experiment
   * @returns {() => void} writes the experiment to the page's address, a little later
   */
  function createAddress(experiment) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const at = experiment.isRunning() ? 0 : experiment.run()?.trainer.iteration() ?? 0;
        history.replaceState(history.state, "", `#${GINN.setup.write({ ...experiment.setup(), at })}`);
      }, ADDRESS_DELAY);
    };
  }

  /** All parts of the page. */
  class Laboratory {
    /**
     * @param {HTMLElement} root
     * @param {LabSite} site
     */
    constructor(root, site) {
      this.site = site;
      this.due = 0;
      this.experiment = GINN.experiment.create(GINN.setup.first(site), () => this.draw());
      const { experiment } = this;
      const draws = (/** @type {Uint8Array} */ picture) => this.change({ picture, source: "own" });
      const image = GINN.imageFiles.create(site.pixels, (picture) =>
        this.replace({ picture, source: "own" }));
      this.settings = GINN.settingsPanel.create(site, (part) => this.replace(part), image.open);
      this.editor = GINN.editor.create(site.pixels, [this.settings.picture, image.element], draws);
      this.controls = createControls(experiment, () => this.change({}), () => {
        this.replace(GINN.setup.original(site));
        experiment.setRunning(true);
      });
      this.changes = GINN.changesPanel.create(
        (made) => experiment.change(made, this.stage.step()), () => experiment.dropTwin());
      const panel = element("section", { class: "lab-panel", "aria-label": say("lab.panel") },
        [this.editor.element, this.settings.network, this.changes.element]);
      this.stage = createStage(root, site, [this.controls.element, panel], experiment.isRunning);
      panel.append(GINN.takeAway.create(experiment, () => this.shown(), this.stage.target));
      image.accept(root);
      this.saveAddress = createAddress(experiment);
    }

    /** @returns {LiveSnapshot | undefined} the one shown, of the changed run if there is one */
    shown() {
      const run = this.experiment.twin() ?? this.experiment.run();
      return run?.snapshots[Math.min(this.stage.step(), run.snapshots.length - 1)];
    }

    draw() {
      const { experiment } = this;
      this.stage.draw(experiment);
      const now = performance.now();
      if (experiment.isRunning() && now < this.due) return;
      this.due = now + PAUSE;
      this.controls.draw();
      this.changes.draw(experiment.setup(), experiment.twin() !== undefined, this.shown());
      this.saveAddress();
    }

    /** @param {Setup} setup */
    begin(setup) {
      this.settings.show(setup);
      this.stage.setPicture(setup.picture);
      this.experiment.begin({ ...setup, picture: setup.picture.slice() });
    }

    /** @param {Partial<Setup>} part nothing begins the same run anew */
    change(part) {
      const setup = { ...this.experiment.setup(), at: 0, changes: undefined, ...part };
      if (Object.keys(part).length) [setup.start, setup.take] = [undefined, undefined];
      this.begin(setup);
    }

    /** @param {Partial<Setup>} part */
    replace(part) {
      if (part.picture) this.editor.show(part.picture);
      this.change(part);
    }

    /** Begins what the address says. */
    async open() {
      const take = new URLSearchParams(location.hash.slice(1)).get("take");
      const taken = take ? await GINN.recordedRuns.load(this.site, take) : undefined;
      const setup = GINN.setup.read(location.hash, this.site, taken);
      this.editor.show(setup.picture);
      this.begin(setup);
    }
  }

  /** @type {(root: HTMLElement, site: LabSite) => void} */
  const create = (root, site) => {
    const laboratory = new Laboratory(root, site);
    laboratory.open();
    addEventListener("hashchange", () => laboratory.open());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", laboratory.editor.recolour);
  };

  GINN.laboratory = { create };

  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-laboratory]"));
  if (place) create(place, JSON.parse(place.dataset.laboratory ?? ""));
}
