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

  /** @type {(pixels: number) => {canvas: HTMLCanvasElement, labels: Uint8Array, draw: (labels: Uint8Array) => void}} */
  const createTarget = (pixels) => {
    const { canvas, paint } = GINN.pictures.sheet(pixels);
    const labels = new Uint8Array(pixels * pixels);
    return {
      canvas, labels,
      draw(next) {
        labels.set(next);
        paint(labels, (label) => (label ? 0xffffffff : 0xff000000));
      },
    };
  };

  /** @type {(experiment: Experiment, reset: () => void, iterations: number, original: () => void) =>
   *   {element: HTMLElement, draw: () => void}} `iterations` are those of the original */
  const createControls = (experiment, reset, iterations, original) => {
    const train = button(say("lab.train"), () => experiment.setRunning(!experiment.isRunning()), {
      class: "lab-train", "aria-keyshortcuts": "r",
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
    const whole = button(say("lab.original", { number: iterations }), () => {
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

  /** @type {(explorer: Explorer | undefined) => string} what an address holds of the view */
  const viewOf = (explorer) => (explorer?.state() ?? "").replace(/^run=\w+|&beside=\w+/g, "")
    .replace(explorer?.store.state.step === explorer?.store.end() ? /&step=\d+/ : "", "");

  /**
   * Shows an experiment's runs in the explorer, and follows the last snapshot unless the reader went back.
   * @param {HTMLElement} root
   * @param {LabSite} site
   * @param {HTMLElement[]} parts put above the explorer's
   * @param {Experiment} experiment
   * @param {() => void} changed is called when the reader has changed the view
   * @returns {{setPicture: (labels: Uint8Array) => void, target: HTMLCanvasElement,
   *   state: () => State, draw: () => void, open: (address: string) => void, view: () => string}}
   */
  function createStage(root, site, parts, experiment, changed) {
    const target = createTarget(site.pixels);
    /** @type {Record<string, LiveRun>} */
    let runs = {};
    /** @type {Explorer | undefined} */
    let explorer;
    /** @type {Index | undefined} */
    let index;
    // What an address says about the view, and about its snapshot.
    let given = "";
    let sought = Infinity;

    /** @type {(widths: number[], kinds: ("live" | "twin")[]) => Index} */
    const mount = (widths, kinds) => {
      const focused = document.activeElement;
      const before = given || viewOf(explorer);
      given = "";
      explorer?.leave();
      const made = indexOf(site, target.labels, widths, kinds);
      const loader = GINN.liveLoader.create(made, () => runs, target.canvas, experiment.isRunning);
      explorer = GINN.explorer.create(root, { index: made, loader }, "index",
        kinds.length > 1 ? `${before}&beside=twin` : before, false);
      explorer.store.onChange((fields) => fields.length && changed());
      root.prepend(...parts);
      if (focused instanceof HTMLElement && parts.some((part) => part.contains(focused))) focused.focus();
      return made;
    };
    return {
      target: target.canvas,
      open(address) {
        given = address;
        sought = Number(/\bstep=(\d+)/.exec(address)?.[1] ?? Infinity);
        index = undefined;
      },
      view: () => viewOf(explorer),
      setPicture: target.draw,
      state: () => explorer?.store.state ?? /** @type {State} */ ({ step: 0 }),
      draw() {
        const [live, twin] = [experiment.run(), experiment.twin()];
        if (!live) return;
        const step = explorer?.store.state.step ?? 0;
        const following = runs.live !== live || runs.twin !== twin
          || step >= (index?.runs[0].snapshots ?? 1) - 1;
        runs = { live, ...(twin && { twin }) };
        const kinds = /** @type {("live" | "twin")[]} */ (Object.keys(runs));
        const widths = experiment.widths();
        if (`${index?.widths}/${index?.runs.length}` !== `${widths}/${kinds.length}`) {
          index = mount(widths, kinds);
        }
        const last = live.snapshots.length - 1;
        root.classList.toggle("lab-fresh", !last);
        for (const each of index?.runs ?? []) each.snapshots = last + 1;
        const wanted = following ? sought : step;
        if (!experiment.isSeeking()) sought = Infinity;
        explorer?.store.set({ step: Math.min(wanted, last) });
      },
    };
  }

  /**
   * @param {Experiment} experiment
   * @param {() => string} view
   * @returns {{write: () => void, later: () => void}} `write` puts the experiment and the view into the
   *   page's address; `later` does so a little later, if nothing is trained then
   */
  function createAddress(experiment, view) {
    let timer = 0;
    const write = () => {
      const at = experiment.run()?.trainer.iteration() ?? 0;
      history.replaceState(
        history.state, "", `#${GINN.setup.write({ ...experiment.setup(), at })}${view()}`);
    };
    return {
      write,
      later() {
        timer ||= setTimeout(() => {
          timer = 0;
          if (!experiment.isRunning() && !experiment.isSeeking()) write();
        }, ADDRESS_DELAY);
      },
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
      const original = GINN.setup.original(site);
      this.controls = createControls(experiment, () => this.change({}), original.length, () => {
        this.replace(original);
        experiment.setRunning(true);
      });
      this.changes = GINN.changesPanel.create(root, {
        change: (made) => experiment.change(made, this.stage.state().step),
        drop: experiment.dropTwin,
        state: () => this.stage.state(),
      });
      const panel = element("section", { class: "lab-panel", "aria-label": say("lab.panel") },
        [this.editor.element, this.settings.network, this.changes.element]);
      this.stage = createStage(root, site, [this.controls.element, panel], experiment,
        () => this.address.later());
      this.address = createAddress(experiment, this.stage.view);
      const { target } = this.stage;
      panel.append(GINN.takeAway.create(experiment, () => this.shown(), target, this.address.write));
      image.accept(root);
    }

    /** @returns {LiveSnapshot | undefined} the one shown, of the changed run if there is one */
    shown() {
      const run = this.experiment.twin() ?? this.experiment.run();
      return run?.snapshots[Math.min(this.stage.state().step, run.snapshots.length - 1)];
    }

    draw() {
      const { experiment } = this;
      this.stage.draw();
      const now = performance.now();
      if (experiment.isRunning() && now < this.due) return;
      this.due = now + PAUSE;
      this.controls.draw();
      this.changes.draw(experiment, this.shown());
      this.address.later();
    }

    /** @param {Setup} setup */
    begin(setup) {
      this.settings.show(setup);
      this.stage.setPicture(setup.picture);
      this.experiment.begin({ ...setup, picture: setup.picture.slice() });
    }

    /** @param {Partial<Setup>} part nothing begins the same run anew */
    change(part) {
      const setup = { ...this.experiment.setup(), at: 0, changes: [], ...part };
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
      this.editor.show(setup.picture, true);
      this.stage.open(location.hash.slice(1));
      this.begin(setup);
    }
  }

  const place = /** @type {HTMLElement} */ (document.querySelector("[data-laboratory]"));
  const laboratory = new Laboratory(place, JSON.parse(place.dataset.laboratory ?? ""));
  laboratory.open();
  addEventListener("hashchange", () => laboratory.open());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", laboratory.editor.recolour);
}
