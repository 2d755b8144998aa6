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
  // How far an arrow moves an enlarged picture, in stages; and with Shift the point asked about, in
  // pixels, or the clock, in snapshots.
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

    /** what the stage showed last that the network panel belongs to */
    const seenHere = () => seen[SIDES.indexOf(state.side)] ?? seen[0];
    const questions = GINN.questions.create(index, library, frames, {
      state: () => state, active, seen: seenHere, set,
    });

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
      point: () => answers.inWords(questions.about(state.point)),
      about: (now) => `Bends of ${GINN.network.nameOf(index.widths, now.about)}`,
    });
    const keep = element("div", { role: "group", "aria-label": "Keep and share" }, [
      tool("PNG", "Save as PNG", () => save("png")),
      tool("SVG", "Save as SVG", () => save("svg")),
    ]);
    if (address) {
      keep.append(tool("Copy link", "Copy link to this view", async () => {
        address.write();
        live.say(await navigator.clipboard?.writeText(location.href).then(() => "Link copied.", () => "")
          || "The browser does not let this page copy; the link is in the address bar.");
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
    GINN.colours.spread(root, index);

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
        panes[at].title(sides.length > 1 ? titleOf(header, step, point) : "");
        panes[at].element.classList.toggle("viewer-active",
          sides.length > 1 && SIDES[at] === state.side);
      });
      const trouble = seen.map((each) => each.trouble).find(Boolean) ?? "";
      if (trouble && trouble !== troubleTold) live.say(trouble);
      troubleTold = trouble;
      zoom.draw(state);
      controls.draw(state, frames.runOf(active()).outcome, seen[0].header?.regions[state.step]);
      const question = questions.about(point);
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
        if (network.element.offsetParent) drawThumbnails(seenHere());
      }
      if (clock.isPlaying()) schedule();
    }

    /**
     * @param {"left" | "right"} side
     * @returns {Shown}
     */
    function shownOn(side) {
      palette ??= GINN.colours.palette(root, index.widths);
      return {
        palette,
        marked: side === state.side ? marked : undefined,
        point: hovered ?? state.point,
      };
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
     * @param {Point | null} point
     * @returns {string}
     */
    function titleOf(header, step, point) {
      const answer = questions.answer(header, step, point);
      const here = answer ? `; here ${GINN.answers.chance(answer.probability)} white` : "";
      return `${header.title}: accuracy ${GINN.words.percent(header.accuracy[step])}${here}`;
    }

    /**
     * Saves what the stages show, side by side; what does so is loaded at the first time.
     * @param {"png" | "svg"} kind
     */
    async function save(kind) {
      const kept = seen.flatMap((each, at) => {
        const of = ofSide(SIDES[at]);
        const scene = panes[at].sceneOf(of, { ...shownOn(SIDES[at]), point: state.point }, each);
        if (!each.header || !scene) return [];
        const file = `${of.run}-iteration-${each.header.iterations[of.step]}`;
        return [{ scene, text: momentOf(each.header, of.step), file }];
      });
      if (kept.length === 0) return;
      const place = new URL(`#${GINN.state.write(state, context)}`, document.baseURI);
      await (GINN.save ?? new Promise((resolve) => {
        document.head.append(Object.assign(document.createElement("script"),
          { src: root.dataset.save, onload: resolve, onerror: resolve }));
      }));
      live.say(GINN.save?.[kind](kept.map(({ scene }) => scene), {
        text: kept.map(({ text }) => text).join("; beside it "),
        address: place.href,
        file: kept.map(({ file }) => file).join("-beside-"),
      }) ?? "The script that saves did not arrive.");
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

    // Paper is light whatever the screen is, and nobody waits for a frame before it is printed.
    const dark = matchMedia("screen and (prefers-color-scheme: dark)");
    const recolour = () => {
      palette = undefined;
      network.recolour();
      thumbnailsDrawn = "";
      draw();
    };
    dark.addEventListener("change", recolour);

    // --- the keyboard ---

    /**
     * On the stage the arrows move the point asked about, or an enlarged picture; elsewhere the clock.
     * @param {number} right in pixels and in snapshots
     * @param {number} down
     * @returns {(target: HTMLElement) => unknown}
     */
    const arrow = (right, down) => (target) => {
      if (picture.contains(target)) {
        if (state.point) return questions.move(right, down);
        if (state.zoom > 1) {
          return set(GINN.zoom.moved(state, -PAN * Math.sign(right), -PAN * Math.sign(down)));
        }
      }
      return right ? goto(state.step + right) : false;
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
    GINN.keys.listen(keepsAddress ? document : root, {
      " ": clock.toggle,
      ArrowLeft: arrow(-1, 0),
      ArrowRight: arrow(1, 0),
      ArrowUp: arrow(0, -1),
      ArrowDown: arrow(0, 1),
      "Shift+ArrowLeft": arrow(-FAR, 0),
      "Shift+ArrowRight": arrow(FAR, 0),
      "Shift+ArrowUp": arrow(0, -FAR),
      "Shift+ArrowDown": arrow(0, FAR),
      Home: () => goto(0),
      End: () => goto(Infinity),
      "+": zoomOrSpeed(2, 1),
      "=": zoomOrSpeed(2, 1),
      "-": zoomOrSpeed(0.5, -1),
      l: () => set({ loop: !state.loop }),
      t: () => set({ trail: state.trail ? 0 : USUAL_TRAIL }),
      m: nextMoment,
      k: questions.nextKink,
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
