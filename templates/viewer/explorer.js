// The viewer: wires the state to stages, clock, network panel and answers.
"use strict";

/**
 * @typedef {object} Assembled a viewer at work
 * @property {() => void} schedule asks for a redraw
 * @property {Clock} clock
 * @property {() => string} leave stops all of it, and gives the state as an address holds it
 */

GINN.explorer = (() => {
  const { element, tool } = GINN;
  // How far an arrow moves an enlarged picture, in stages, and the point asked about, in pixels.
  const PAN = 0.1;
  const FAR = 10;
  const USUAL_TRAIL = 10;
  const SIDES = /** @type {const} */ (["left", "right"]);

  /**
   * Builds the viewer of a known experiment.
   * @param {HTMLElement} root
   * @param {Library} library
   * @param {string} indexFile
   * @param {Index} index
   * @param {string} preset
   * @param {boolean} keepsAddress
   * @returns {Assembled}
   */
  function assemble(root, library, indexFile, index, preset, keepsAddress) {
    const context = { runs: index.runs, widths: index.widths };
    const starts = GINN.state.layerStarts(index.widths);
    const frames = GINN.frames.create(library, index, indexFile);
    let state = GINN.state.read(keepsAddress ? location.hash : "", context, preset);
    /** @type {number | undefined} */
    let marked;
    /** @type {Point | null} */
    let hovered = null;
    let direction = 1;
    let frame = 0;
    /** @type {Palette | undefined} */
    let palette;
    /** @type {ReadonlySet<number> | undefined} */
    let selectionDrawn;
    let thumbnailsDrawn = "";
    let troubleTold = "";
    /** @type {Seen[]} */
    let seen = [];

    // --- the state, and what changes it ---

    const schedule = () => {
      if (!frame) frame = requestAnimationFrame(draw);
    };
    const end = () => GINN.state.clockEnd(state, context);
    const ofSide = (/** @type {"left" | "right"} */ side) =>
      GINN.state.ofSide(state, side, context);
    const active = () => ofSide(state.side);

    /** @param {Partial<State>} change */
    const set = (change) => {
      const before = state;
      state = { ...state, ...change };
      state.step = Math.min(state.step, end());
      if (state.step !== before.step) direction = Math.sign(state.step - before.step);
      const fields = /** @type {(keyof State)[]} */ (Object.keys(state));
      address?.note(fields.filter((field) => state[field] !== before[field]));
      schedule();
    };
    const clock = GINN.clock.create(() => state, end, set);
    const goto = (/** @type {number | {fraction: number}} */ goal) => {
      clock.pause();
      const step = typeof goal === "number" ? goal : Math.round(goal.fraction * end());
      set({ step: Math.min(end(), Math.max(0, step)) });
    };
    const changeSpeed = (/** @type {number} */ by) => {
      const { SPEEDS } = GINN.state;
      const speed = SPEEDS[SPEEDS.indexOf(state.speed) + by];
      if (speed) set({ speed });
    };
    const setShown = (/** @type {ReadonlySet<number>} */ show) =>
      set(state.side === "right" && state.own ? { own: show } : { show });
    const only = (/** @type {number} */ neuron) => setShown(new Set([neuron]));
    const none = () => setShown(new Set());
    const all = () => setShown(new Set([
      ...active().show, ...Array(starts[index.widths.length]).keys(),
    ]));
    const mark = (/** @type {number | undefined} */ neuron) => {
      marked = neuron;
      schedule();
    };
    const nextMoment = () => {
      const step = timeline.nextMoment();
      if (step !== undefined) goto(step);
    };
    const address = keepsAddress
      ? GINN.address.create(() => GINN.state.write(state, context), () => {
        clock.pause();
        state = GINN.state.read(location.hash, context, preset);
        schedule();
      })
      : undefined;

    // --- questions ---

    /** @param {Point} point */
    const ask = (point) => set({ point, ...GINN.zoom.showing(state, point) });
    /**
     * Moves the point asked about; without one, it begins in the picture's middle.
     * @param {number} right in pixels of the domain
     * @param {number} down
     */
    const movePoint = (right, down) => {
      const inside = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
      const { x, y } = state.point ?? state;
      ask({ x: inside(x + right / index.pixels), y: inside(y + down / index.pixels) });
    };
    const nextKink = () => {
      const { kinks, kink } = seen[SIDES.indexOf(state.side)] ?? seen[0];
      if (kinks.length === 0) return false;
      const next = kinks[(kink ? kinks.indexOf(kink) + 1 : 0) % kinks.length];
      return ask({ x: next.x, y: next.y });
    };
    /** @returns {number} the neuron whose bends are listed: the one asked about, or the deepest of few */
    const bent = () => {
      const { show, about } = active();
      if (about >= 0 || show.size === 0 || show.size > GINN.pane.FEW) return about;
      return Math.max(...show);
    };

    // --- what is on the page ---

    const panes = SIDES.map((side) => GINN.pane.create(index, library, frames, {
      look: () => state,
      zoom: set,
      hover(place) {
        hovered = place;
        schedule();
      },
      ask(place, reach) {
        const { kinks = [] } = seen[SIDES.indexOf(side)] ?? {};
        const { x, y } = GINN.kinks.nearest(kinks, place, reach) ?? place;
        set({ point: { x, y }, side: state.beside ? side : "left" });
      },
      retry: () => library.retry(),
      redraw: schedule,
    }));
    const zoom = GINN.zoom.create(panes.map(({ canvas }) => canvas), () => state, set);
    const help = keepsAddress ? GINN.help.create() : undefined;
    const answers = GINN.answers.create(index.widths, {
      about: (neuron) => set({ about: neuron }),
      show(neurons, shown) {
        const show = new Set(active().show);
        for (const neuron of neurons) {
          if (shown) show.add(neuron);
          else show.delete(neuron);
        }
        setShown(show);
        set({ about: bentDrawn });
      },
      mark,
      forget: () => set({ point: null }),
    });
    let bentDrawn = -1;
    const live = GINN.live.create(state, {
      run: (now) => frames.runOf(now).title,
      moment: () => {
        const { header } = seen[0];
        return header ? momentOf(header, state.step) : "";
      },
      beside: (now) => (now.beside
        ? `${frames.runOf(GINN.state.ofSide(now, "right", context)).title} beside it`
        : "One stage"),
      point: () => answers.inWords(questionOf(state.point)),
      about: (now) => `Bends of ${GINN.network.nameOf(index.widths, now.about)}`,
    });
    const keep = element("div", { role: "group", "aria-label": "Keep and share" }, [
      tool("PNG", "Save as PNG", () => save(GINN.save.png)),
      tool("SVG", "Save as SVG", () => save(GINN.save.svg)),
    ]);
    if (address) {
      keep.append(tool("Copy link", "Copy link to this view", async () => {
        address.write();
        live.say(await GINN.save.link(location.href));
      }));
    }
    if (help) keep.append(help.button);
    const stages = element("div", { class: "viewer-panes" }, [panes[0].element]);
    const picture = element("div", { class: "viewer-picture" }, [
      stages, answers.readout,
      element("div", { class: "viewer-tools" }, [zoom.element, keep]), live.element, answers.element,
    ]);
    const controls = GINN.controls.create(index, set, () => ({
      own: state.own ? null : new Set(state.show),
    }));
    const timeline = GINN.timeline.create(index.widths, {
      goto,
      play: clock.toggle,
      speed: (speed) => set({ speed }),
      loop: () => set({ loop: !state.loop }),
    });
    const network = GINN.network.create(index.widths, {
      all,
      none,
      only,
      show(change) {
        const shown = new Set(active().show);
        change(shown);
        setShown(shown);
      },
      mark,
    });
    root.replaceChildren(
      controls.runs, picture, timeline.element,
      element("div", { class: "viewer-side" }, [
        controls.look, controls.stages, network.element,
      ]),
      ...(help ? [help.dialog] : []),
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
        ink: colour("--ink"),
        black: colour("--picture-black"),
        white: colour("--picture-white"),
        error: colour("--error"),
      };
    }

    // --- drawing ---

    function draw() {
      frame = 0;
      clock.tick();
      const point = hovered ?? state.point;
      const sides = state.beside ? SIDES : SIDES.slice(0, 1);
      root.classList.toggle("viewer-comparing", sides.length > 1);
      if (sides.length === 1) panes[1].element.remove();
      else if (!panes[1].element.isConnected) stages.append(panes[1].element);
      seen = sides.map((side) => panes[SIDES.indexOf(side)].draw(ofSide(side), shownOn(side)));
      library.want(sides.flatMap((side, at) => frames.wishes(ofSide(side), direction, {
        standIn: seen[at].standIn, weights: point !== null,
      })).sort((a, b) => Number(a.later ?? false) - Number(b.later ?? false)));
      seen.forEach(({ header }, at) => {
        if (!header) return;
        const { step, show } = ofSide(SIDES[at]);
        panes[at].canvas.setAttribute("aria-label",
          `${momentOf(header, step)}: ${show.size} boundaries shown`);
        panes[at].title(sides.length > 1 ? titleOf(header, step, answerOf(header, step, point)) : "");
        panes[at].element.classList.toggle("viewer-active",
          sides.length > 1 && SIDES[at] === state.side);
      });
      const trouble = seen.map((each) => each.trouble).find(Boolean) ?? "";
      if (trouble && trouble !== troubleTold) live.say(trouble);
      troubleTold = trouble;
      zoom.draw(state);
      controls.draw(state, frames.runOf(active()).outcome, seen[0].header?.regions[state.step]);
      const question = questionOf(point);
      bentDrawn = question.bent;
      answers.draw(question);
      network.drawValues(point ? question.answer?.values : undefined);
      const { show } = active();
      if (selectionDrawn !== show) network.drawSelection(show);
      selectionDrawn = show;
      if (!clock.isPlaying()) live.follow(state);
      if (seen[0].header) {
        timeline.draw(seen[0].header, seen[1]?.header, state, clock.isPlaying());
        // In an article's figure the network panel is out of sight.
        if (network.element.offsetParent) drawThumbnails(seen[sides.indexOf(state.side)] ?? seen[0]);
      }
      if (clock.isPlaying()) schedule();
    }

    /**
     * @param {"left" | "right"} side
     * @returns {Shown}
     */
    function shownOn(side) {
      palette ??= readPalette();
      return {
        palette,
        marked: side === state.side ? marked : undefined,
        point: hovered ?? state.point,
      };
    }

    /**
     * @param {Point | null} point
     * @returns {Question} to the stage that the network panel belongs to
     */
    function questionOf(point) {
      const { step, show } = active();
      const { header, chunk, kink } = seen[SIDES.indexOf(state.side)] ?? seen[0];
      const file = header && GINN.data.weightsFile(header, step);
      const listed = bent();
      return {
        point,
        target: point ? frames.targetAt(point) : undefined,
        answer: answerOf(header, step, point),
        trouble: (file && library.failure(file)) ?? "",
        kink,
        bent: listed,
        bends: chunk && listed >= 0 ? GINN.kinks.ofNeuron(chunk, step, listed) : [],
        show,
      };
    }

    /**
     * @param {Run | undefined} header
     * @param {number} step
     * @param {Point | null} point
     * @returns {Answer | undefined} nothing while the weights have not come
     */
    function answerOf(header, step, point) {
      const weights = header && point && library.get(GINN.data.weightsFile(header, step));
      return weights && GINN.forward.at(weights, step, point.x, point.y);
    }

    /**
     * @param {Run} header
     * @param {number} step
     * @returns {string}
     */
    function momentOf(header, step) {
      return `${header.title} at iteration ${GINN.words.count(header.iterations[step])}`;
    }

    /**
     * @param {Run} header
     * @param {number} step
     * @param {Answer | undefined} answer
     * @returns {string}
     */
    function titleOf(header, step, answer) {
      const here = answer ? `; here ${GINN.answers.chance(answer.probability)} white` : "";
      return `${header.title}: accuracy ${GINN.words.percent(header.accuracy[step])}${here}`;
    }

    /**
     * Saves the stage that was used last.
     * @param {(scene: Scene, caption: Caption) => string} as
     */
    function save(as) {
      const at = Math.min(SIDES.indexOf(state.side), seen.length - 1);
      const { header } = seen[at];
      const of = active();
      const scene = panes[at].sceneOf(of, { ...shownOn(SIDES[at]), point: state.point }, seen[at]);
      if (!header || !scene) return;
      const place = new URL(`#${GINN.state.write(state, context)}`, document.baseURI);
      live.say(as(scene, {
        text: momentOf(header, of.step),
        address: place.href,
        file: `${of.run}-iteration-${header.iterations[of.step]}`,
        ink: scene.palette.ink,
      }));
    }

    /** @param {Seen} from */
    function drawThumbnails({ header, chunk }) {
      if (!header) return;
      const { run, step } = active();
      const cut = (/** @type {number} */ layer, /** @type {number} */ unit) => {
        const film = header.sprites.layers[layer];
        return frames.tileAt(GINN.data.locateBoundary(film, step, unit + 1), film.tile);
      };
      const sheets = chunk ? "exact" : String(Boolean(cut(0, 0)));
      const drawn = `${run} ${step} ${sheets}`;
      if (drawn !== thumbnailsDrawn || !chunk) network.drawThumbnails(chunk, step, cut);
      thumbnailsDrawn = drawn;
    }

    const dark = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => {
      palette = undefined;
      network.recolour();
      thumbnailsDrawn = "";
      schedule();
    };
    dark.addEventListener("change", recolour);

    // --- the keyboard ---

    /**
     * On the stage the arrows move the point asked about, or an enlarged picture; elsewhere the clock.
     * @param {number} right
     * @param {number} down
     * @param {number} pixels how far the point goes
     * @param {() => unknown} otherwise
     * @returns {(target: HTMLElement) => unknown}
     */
    const arrow = (right, down, pixels, otherwise) => (target) => {
      if (!picture.contains(target)) return otherwise();
      if (state.point) return movePoint(right * pixels, down * pixels);
      if (state.zoom > 1) return set(GINN.zoom.moved(state, -right * PAN, -down * PAN));
      return otherwise();
    };
    /**
     * @param {number} factor
     * @param {number} faster
     * @returns {(target: HTMLElement) => unknown}
     */
    const zoomOrSpeed = (factor, faster) => (target) => (picture.contains(target)
      ? set(GINN.zoom.enlarged(state, factor))
      : changeSpeed(faster));
    /** @param {(neuron: number) => unknown} action */
    const onThumbnail = (action) => (/** @type {HTMLElement} */ target) => {
      const neuron = network.neuronOf(target);
      return neuron === undefined ? false : action(neuron);
    };
    const nothing = () => false;
    GINN.keys.listen(keepsAddress ? document : root, {
      " ": clock.toggle,
      ArrowLeft: arrow(-1, 0, 1, () => goto(state.step - 1)),
      ArrowRight: arrow(1, 0, 1, () => goto(state.step + 1)),
      ArrowUp: arrow(0, -1, 1, nothing),
      ArrowDown: arrow(0, 1, 1, nothing),
      "Shift+ArrowLeft": arrow(-1, 0, FAR, () => goto(state.step - FAR)),
      "Shift+ArrowRight": arrow(1, 0, FAR, () => goto(state.step + FAR)),
      "Shift+ArrowUp": arrow(0, -1, FAR, nothing),
      "Shift+ArrowDown": arrow(0, 1, FAR, nothing),
      Home: () => goto(0),
      End: () => goto(Infinity),
      "+": zoomOrSpeed(2, 1),
      "=": zoomOrSpeed(2, 1),
      "-": zoomOrSpeed(0.5, -1),
      l: () => set({ loop: !state.loop }),
      t: () => set({ trail: state.trail ? 0 : USUAL_TRAIL }),
      m: nextMoment,
      k: nextKink,
      p: () => {
        panes[SIDES.indexOf(state.side)].canvas.focus();
        set({ point: state.point ? null : { x: state.x, y: state.y } });
      },
      "?": () => (help ? help.open() : false),
      a: all,
      0: all,
      n: none,
      o: onThumbnail(only),
      b: onThumbnail((neuron) => set({ about: neuron })),
      Escape: () => {
        if (state.zoom === 1 && marked === undefined && !state.point && state.about < 0) return false;
        marked = undefined;
        return set({ zoom: 1, x: 0.5, y: 0.5, point: null, about: -1 });
      },
      ...Object.fromEntries(index.widths.slice(0, 9).map((_, layer) =>
        [layer + 1, () => network.toggleLayer(layer)])),
    });

    draw();
    return {
      schedule,
      clock,
      leave() {
        dark.removeEventListener("change", recolour);
        clock.pause();
        cancelAnimationFrame(frame);
        // As if a frame were always on its way: no other is asked for.
        frame = -1;
        panes.forEach((pane) => pane.close());
        return GINN.state.write(state, context);
      },
    };
  }

  return { assemble };
})();
