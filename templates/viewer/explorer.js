// The viewer: wires the state to the stage, the clock and the network panel.
"use strict";

GINN.mount = (() => {
  const { element, tool } = GINN;
  // Exact lines usually arrive sooner than this; then no stand-in is asked for.
  const PATIENCE = 300;
  // Browsers refuse an address that changes many times a second.
  const ADDRESS_DELAY = 250;
  // How far an arrow moves an enlarged picture, in stages.
  const PAN = 0.1;
  // Trails of more neurons than this hide each other.
  const MOST_TRAILING = 4;
  const USUAL_TRAIL = 10;

  /**
   * Puts a viewer into `root`, whose `data-index` is the address of an experiment's index.
   * @param {HTMLElement} root
   * @param {string} [preset] what to show first, as in the address: "run=seed-7&step=300"
   * @param {{address?: boolean}} [options] `address`: keep the state in the page's address
   */
  function mount(root, preset = "", options = {}) {
    const address = new URL(root.dataset.index ?? "", document.baseURI).href;
    const folder = address.slice(0, address.lastIndexOf("/") + 1);
    const indexFile = address.slice(folder.length);
    const status = element("p", { class: "viewer-status", role: "status" }, ["Loading…"]);
    const retry = element("button", { type: "button" }, ["Try again"]);
    const notice = element("div", { class: "viewer-notice" }, [status]);
    retry.addEventListener("click", () => library.retry());
    root.replaceChildren(notice);
    /** @type {(() => void) | undefined} */
    let schedule;
    const library = GINN.data.library(folder, () => (schedule ? schedule() : start()));
    library.want([{ kind: "script", file: indexFile, decode: GINN.data.versioned("the index") }]);

    function start() {
      const failure = library.failure(indexFile);
      const index = library.get(indexFile);
      if (failure) {
        status.textContent = `The experiment's data did not arrive: ${failure}.`;
        notice.append(retry);
      } else if (index) {
        schedule = assemble(root, library, indexFile, index, preset, options.address ?? false);
      }
    }
  }

  /**
   * Builds the viewer of a known experiment.
   * @param {HTMLElement} root
   * @param {Library} library
   * @param {string} indexFile
   * @param {Index} index
   * @param {string} preset
   * @param {boolean} keepsAddress
   * @returns {() => void} asks for a redraw
   */
  function assemble(root, library, indexFile, index, preset, keepsAddress) {
    const context = { runs: index.runs, widths: index.widths };
    const starts = GINN.state.layerStarts(index.widths);
    const frames = GINN.frames.create(library, index, indexFile);
    /** @type {State} */
    let state = GINN.state.read(keepsAddress ? location.hash : "", context, preset);
    /** @type {number | undefined} */
    let marked;
    let direction = 1;
    let playing = false;
    let frame = 0;
    let ticked = 0;
    /** when the stage began to lack exact lines, or 0 */
    let waitingSince = 0;
    /** @type {Palette | undefined} */
    let palette;
    /** @type {ReadonlySet<number> | undefined} */
    let selectionDrawn;
    let thumbnailsDrawn = "";
    let addressTimer = 0;

    const schedule = () => {
      if (!frame) frame = requestAnimationFrame(draw);
    };

    /** @param {Partial<State>} change */
    const set = (change) => {
      const before = state;
      state = { ...state, ...change };
      state.step = Math.min(state.step, lastStep());
      if (state.step !== before.step) direction = Math.sign(state.step - before.step);
      if (keepsAddress) {
        clearTimeout(addressTimer);
        addressTimer = setTimeout(writeAddress, ADDRESS_DELAY);
      }
      schedule();
    };
    const lastStep = () =>
      frames.runOf(state).snapshots - 1;
    const goto = (/** @type {number | {fraction: number}} */ goal) => {
      pause();
      const step = typeof goal === "number" ? goal : Math.round(goal.fraction * lastStep());
      set({ step: Math.min(lastStep(), Math.max(0, step)) });
    };
    const pause = () => {
      playing = false;
      schedule();
    };
    const play = () => {
      playing = !playing;
      ticked = performance.now();
      if (playing && state.step === lastStep()) set({ step: 0 });
      schedule();
    };
    const changeSpeed = (/** @type {number} */ by) => {
      const { SPEEDS } = GINN.state;
      const speed = SPEEDS[SPEEDS.indexOf(state.speed) + by];
      if (speed) set({ speed });
    };
    const writeAddress = () =>
      history.replaceState(history.state, "", `#${GINN.state.write(state, context)}`);

    const canvas = element("canvas", { role: "img", tabindex: "0" });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const message = element("p", {});
    const retry = element("button", { type: "button" }, ["Try again"]);
    retry.addEventListener("click", () => library.retry());
    const notice = element("div", { class: "viewer-notice" }, [message, retry]);
    const stage = element("div", { class: "viewer-stage" }, [canvas, notice]);
    const zoom = GINN.zoom.create(canvas, () => state, set);
    const help = GINN.help.create(index.widths);
    const live = GINN.live.create(state, {
      run: (now) => frames.runOf(now).title,
      moment: () => canvas.getAttribute("aria-label")?.replace(/:.*/, "") ?? "",
    });
    const keep = element("div", { role: "group", "aria-label": "Keep and share" }, [
      tool("PNG", "Save as PNG", () => save(GINN.save.png)),
      tool("SVG", "Save as SVG", () => save(GINN.save.svg)),
    ]);
    if (keepsAddress) {
      keep.append(tool("Copy link", "Copy link to this view", async () => {
        writeAddress();
        live.say(await GINN.save.link(location.href));
      }));
    }
    keep.append(help.button);
    const picture = element("div", { class: "viewer-picture" }, [
      stage, element("div", { class: "viewer-tools" }, [zoom.element, keep]), live.element,
    ]);
    const trail = element("input", {
      type: "range", min: "0", max: String(GINN.state.MOST_TRAIL), "aria-label": "Trail",
      title: "Earlier snapshots as fading lines: of the thumbnail pointed at, or of up to four neurons shown (T)",
    });
    const trailText = element("span");
    trail.addEventListener("input", () => set({ trail: Number(trail.value) }));
    const outcome = element("p", { class: "viewer-outcome" });

    const run = GINN.choice("Run",
      index.runs.map(({ id, title }) => ({ value: id, label: title })),
      (value) => set({ run: value }));
    const behind = GINN.choice("Behind the lines", [
      { value: "output", label: "Output", title: "The network's probability of white" },
      { value: "target", label: "Target", title: "The picture it learns" },
      {
        value: "error", label: "Error",
        title: "Where the output disagrees with the target: the more violet, the further off",
      },
      { value: "plain", label: "Plain", title: "Nothing" },
    ], (value) => set({ behind: /** @type {State["behind"]} */ (value) }));
    const timeline = GINN.timeline.create({
      goto,
      play,
      speed: (speed) => set({ speed }),
      loop: () => set({ loop: !state.loop }),
    });
    const only = (/** @type {number} */ neuron) => set({ show: new Set([neuron]) });
    const none = () => set({ show: new Set() });
    const all = () => {
      const hidden = Array.from({ length: starts[index.widths.length] }, (_, neuron) => neuron);
      set({ show: new Set([...state.show, ...hidden]) });
    };
    const network = GINN.network.create(index.widths, {
      all,
      none,
      only,
      show(change) {
        const shown = new Set(state.show);
        change(shown);
        set({ show: shown });
      },
      mark(neuron) {
        marked = neuron;
        schedule();
      },
    });

    root.replaceChildren(
      element("div", { class: "viewer-controls" }, [run.element, outcome]),
      picture,
      timeline.element,
      element("div", { class: "viewer-side" }, [
        behind.element,
        element("label", { class: "viewer-trail" }, ["Trail ", trail, trailText]),
        network.element,
      ]),
      help.dialog,
    );
    index.widths.forEach((_, layer) => {
      const name = `--layer-${layer + 1}`;
      if (getComputedStyle(root).getPropertyValue(name)) return;
      const colours = index.layer_colours;
      root.style.setProperty(name, colours[layer % colours.length]);
    });
    root.querySelectorAll("[data-layer]").forEach((section) => {
      const layer = Number(/** @type {HTMLElement} */ (section).dataset.layer);
      const name = layer < index.widths.length ? `--layer-${layer + 1}` : "--output";
      /** @type {HTMLElement} */ (section).style.setProperty("--layer", `var(${name})`);
    });

    /** @returns {Palette} */
    function readPalette() {
      const style = getComputedStyle(root);
      const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
      return {
        layers: index.widths.map((_, layer) => colour(`--layer-${layer + 1}`)),
        output: colour("--output"),
        paper: colour("--paper"),
        black: colour("--picture-black"),
        white: colour("--picture-white"),
        error: colour("--error"),
      };
    }

    function tick() {
      const now = performance.now();
      const steps = Math.floor(((now - ticked) * state.speed) / 1000);
      if (steps < 1) return;
      ticked += (steps * 1000) / state.speed;
      // A page that slept goes on from where it was.
      if (now - ticked > 1000) ticked = now;
      const over = state.step + steps > lastStep();
      if (over && state.loop) set({ step: 0 });
      else set({ step: Math.min(lastStep(), state.step + steps) });
      if (state.step === lastStep() && !state.loop) playing = false;
    }

    function draw() {
      frame = 0;
      if (playing) tick();
      palette ??= readPalette();
      const header = frames.headerOf(state);
      /** @type {Chunk | undefined} */
      const chunk = header && library.get(GINN.data.chunkFile(header, state.step));
      const failure = header
        ? library.failure(GINN.data.chunkFile(header, state.step))
        : library.failure(frames.runOf(state).header);
      if (chunk || !header) waitingSince = 0;
      else if (!waitingSince) {
        waitingSince = performance.now();
        setTimeout(schedule, PATIENCE);
      }
      const standIn = waitingSince > 0 &&
        (failure !== undefined || performance.now() - waitingSince >= PATIENCE);
      library.want(frames.wishes(state, direction, standIn));
      drawNotice(header, failure);
      run.show(state.run);
      behind.show(state.behind);
      zoom.draw(state);
      trail.value = String(state.trail);
      trailText.textContent = state.trail ? `${state.trail} snapshots` : "off";
      if (!playing) live.follow(state);
      if (selectionDrawn !== state.show) network.drawSelection(state.show);
      selectionDrawn = state.show;
      outcome.textContent = frames.runOf(state).outcome;
      if (header) {
        timeline.draw(header, state, playing);
        drawStage(header, chunk);
        drawThumbnails(header, chunk);
      }
      if (playing) schedule();
    }

    /**
     * @param {Run} header
     * @param {Chunk | undefined} chunk
     */
    function drawStage(header, chunk) {
      GINN.stage.draw(pen, sceneOf(header, chunk));
      stage.dataset.lines = chunk ? "exact" : "coarse";
      canvas.setAttribute("aria-label",
        `${momentOf(header)}: ${state.show.size} boundaries shown`);
    }

    /**
     * @param {Run} header
     * @returns {string}
     */
    function momentOf(header) {
      return `${header.title} at iteration ${GINN.words.count(header.iterations[state.step])}`;
    }

    /** @param {(scene: Scene, caption: Caption) => string} as */
    function save(as) {
      const header = frames.headerOf(state);
      if (!header) return;
      const chunk = library.get(GINN.data.chunkFile(header, state.step));
      const place = new URL(`#${GINN.state.write(state, context)}`, document.baseURI);
      live.say(as(sceneOf(header, chunk), {
        text: momentOf(header),
        address: place.href,
        file: `${state.run}-iteration-${header.iterations[state.step]}`,
        ink: getComputedStyle(root).getPropertyValue("--ink").trim(),
      }));
    }

    /**
     * @param {Run} header
     * @param {Chunk | undefined} chunk
     * @returns {Scene}
     */
    function sceneOf(header, chunk) {
      const size = canvas.width;
      const few = state.show.size <= MOST_TRAILING ? [...state.show] : [];
      return {
        size,
        unit: size / (canvas.clientWidth || size),
        view: GINN.zoom.viewOf(state),
        palette: /** @type {Palette} */ (palette),
        starts,
        behind: frames.behindTile(state, header),
        against: state.behind === "error" ? frames.targetTile() : undefined,
        standIns: chunk ? [] : frames.standIns(state, header),
        chunk,
        step: state.step,
        show: state.show,
        marked,
        trail: frames.trailOf(state, header),
        trailing: marked === undefined ? few : [marked],
      };
    }

    /**
     * @param {Run} header
     * @param {Chunk | undefined} chunk
     */
    function drawThumbnails(header, chunk) {
      const cut = (/** @type {number} */ layer, /** @type {number} */ unit) => {
        const film = header.sprites.layers[layer];
        return frames.tileAt(GINN.data.locateBoundary(film, state.step, unit + 1), film.tile);
      };
      const sheets = chunk ? "exact" : String(Boolean(cut(0, 0)));
      const drawn = `${state.run} ${state.step} ${sheets}`;
      if (drawn !== thumbnailsDrawn || !chunk) network.drawThumbnails(chunk, state.step, cut);
      thumbnailsDrawn = drawn;
    }

    /**
     * @param {Run | undefined} header
     * @param {string | undefined} failure
     */
    function drawNotice(header, failure) {
      const what = header ? "The exact lines of this moment" : "This run's data";
      const text = failure
        ? `${what} did not arrive: ${failure}.${header ? " Coarse pictures stand in." : ""}`
        : header ? "" : "Loading…";
      if (message.textContent !== text) {
        message.textContent = text;
        if (failure) live.say(text);
      }
      notice.hidden = text === "";
      retry.hidden = failure === undefined;
    }

    new ResizeObserver(() => {
      const side = Math.round(canvas.clientWidth * devicePixelRatio);
      if (side > 0 && side !== canvas.width) canvas.width = canvas.height = side;
      schedule();
    }).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      palette = undefined;
      network.recolour();
      thumbnailsDrawn = "";
      schedule();
    });
    if (keepsAddress) {
      addEventListener("hashchange", () => {
        clearTimeout(addressTimer);
        pause();
        state = GINN.state.read(location.hash, context, preset);
        schedule();
      });
    }
    /**
     * On the stage the keys of the clock zoom and pan.
     * @param {(look: Look) => Look} look
     * @param {() => unknown} otherwise
     * @param {boolean} [anyZoom] also while nothing is enlarged
     * @returns {(target: HTMLElement) => unknown}
     */
    const onStage = (look, otherwise, anyZoom) => (target) => {
      if (!picture.contains(target) || (!anyZoom && state.zoom === 1)) return otherwise();
      return set(look(state));
    };
    const { enlarged, moved } = GINN.zoom;
    GINN.keys.listen(keepsAddress ? document : root, {
      " ": play,
      ArrowLeft: onStage((look) => moved(look, PAN, 0), () => goto(state.step - 1)),
      ArrowRight: onStage((look) => moved(look, -PAN, 0), () => goto(state.step + 1)),
      ArrowUp: onStage((look) => moved(look, 0, PAN), () => false),
      ArrowDown: onStage((look) => moved(look, 0, -PAN), () => false),
      "Shift+ArrowLeft": () => goto(state.step - 10),
      "Shift+ArrowRight": () => goto(state.step + 10),
      Home: () => goto(0),
      End: () => goto(Infinity),
      "+": onStage((look) => enlarged(look, 2), () => changeSpeed(1), true),
      "=": onStage((look) => enlarged(look, 2), () => changeSpeed(1), true),
      "-": onStage((look) => enlarged(look, 0.5), () => changeSpeed(-1), true),
      l: () => set({ loop: !state.loop }),
      t: () => set({ trail: state.trail ? 0 : USUAL_TRAIL }),
      "?": help.open,
      a: all,
      0: all,
      n: none,
      o: (target) => {
        const neuron = network.neuronOf(target);
        return neuron === undefined ? false : only(neuron);
      },
      Escape: () => {
        if (state.zoom === 1 && marked === undefined) return false;
        marked = undefined;
        return set({ zoom: 1, x: 0.5, y: 0.5 });
      },
      ...Object.fromEntries(index.widths.slice(0, 9).map((_, layer) =>
        [layer + 1, () => network.toggleLayer(layer)])),
    });

    draw();
    return schedule;
  }

  return mount;
})();

for (const place of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll("[data-index]"))) {
  const { preset, address } = place.dataset;
  GINN.mount(place, preset, { address: address !== undefined });
}
