// One pane: a canvas that shows a run at a snapshot, and a notice about what has not arrived.
"use strict";

/**
 * The result of drawing a pane.
 * @typedef {object} Drawn
 * @property {State} state of this pane
 * @property {Run | undefined} header
 * @property {BoundaryChunk | undefined} chunk of the state's snapshot
 * @property {Lines | undefined} lines those that are drawn
 * @property {Kink[]} kinks those that are marked
 * @property {Kink | undefined} kink the kink at the point
 * @property {number} seen how many of the boundaries shown are in sight
 * @property {string} trouble what did not arrive, or nothing
 */
/**
 * @typedef {object} Pane
 * @property {HTMLElement} element
 * @property {HTMLCanvasElement} canvas
 * @property {() => Drawn} drawn the result of the last drawing
 * @property {(palette: Palette, comparing: boolean) => Drawn} draw
 * @property {(palette: Palette, point: Point | null) => Scene | undefined} scene
 * @property {() => void} close releases the canvas's pixels
 */

{
  const { element, setText } = GINN.dom;
  const { percent, probability, snapshot, title: titleOfRun } = GINN.formatting;
  const { say } = GINN.words;
  // Kinks and trails of more neurons than this would hide each other.
  const FEW = 4;
  // A pointer that moved further than this while pressed was dragging. All lengths are in CSS px.
  const STILL = 5;
  const REACH = 9;
  const FINGER_REACH = 20;
  // Regions are filled pixel by pixel. More pixels a side take time and look the same.
  const MOST_PIXELS = 1024;

  /** @type {(state: State) => number[]} the neurons shown where these are few, else none */
  const few = ({ show }) => (show.size <= FEW ? [...show] : []);

  /** @type {(state: State) => number} the neuron that is looked at, or the deepest of few shown, or -1 */
  const lookedAt = (state) => (state.about < 0 ? Math.max(-1, ...few(state)) : state.about);

  /**
   * @param {BoundaryChunk} chunk
   * @param {State} state
   * @param {number} [looked] the neuron that is looked at meanwhile
   * @returns {Kink[]} of the neuron chosen, or of the neurons shown where these are few
   */
  function kinksShown(chunk, state, looked = state.about) {
    const neurons = looked < 0 ? few(state) : [looked];
    return neurons.flatMap((neuron) => GINN.kinks.ofNeuron(chunk, state.step, neuron));
  }

  /**
   * Watches for pointing, pressing and tapping.
   * @param {HTMLCanvasElement} canvas
   * @param {Store} store
   * @param {(place: Point, reach: number) => void} ask `reach`: how near a kink must be, in domain units
   */
  function watchPointer(canvas, store, ask) {
    /** @type {Point | undefined} */
    let pressed;
    const placeOf = (/** @type {MouseEvent} */ event) => {
      const view = GINN.zoom.viewOf(store.state);
      const at = GINN.zoom.placeOf(canvas, event);
      return GINN.zoom.inside({ x: view.x + at.x / view.zoom, y: view.y + at.y / view.zoom });
    };
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && event.buttons === 0) {
        store.pointAt({ place: placeOf(event) });
      }
    });
    canvas.addEventListener("pointerleave", () => store.pointAt({ place: null }));
    canvas.addEventListener("pointerdown", (event) => {
      pressed = event.isPrimary ? { x: event.clientX, y: event.clientY } : undefined;
    });
    canvas.addEventListener("click", (event) => {
      const moved = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
      if (moved === undefined || moved > STILL) return;
      const touched = event instanceof PointerEvent && event.pointerType === "touch";
      const reach = touched ? FINGER_REACH : REACH;
      ask(placeOf(event), reach / (canvas.clientWidth * store.state.zoom));
    });
  }

  /**
   * @param {Omit<Drawn, "trouble" | "seen"> & {failure: string | undefined}} found
   * @returns {string[]} what has not arrived, and what is drawn instead
   */
  function missing({ header, chunk, lines, failure }) {
    const told = [];
    if (failure) told.push(say(header ? "lines-missing" : "run-missing", { reason: failure }));
    else if (!chunk) told.push(say("loading"));
    if (header && lines && !chunk) told.push(say("lines-of", { number: header.iterations[lines.snapshot] }));
    return told;
  }

  /**
   * @param {Session} session
   * @param {Drawn} drawn
   * @param {number} size
   * @param {Palette} palette
   * @param {number[]} starts
   * @returns {Pick<Scene, "filled" | "shaded">} what is drawn behind the lines
   */
  function groundOf({ loader }, { state, header, chunk }, size, palette, starts) {
    const { behind, step } = state;
    const output = starts[starts.length - 1];
    const view = GINN.zoom.viewOf(state);
    if (behind === "regions" && chunk && GINN.regions) {
      const side = Math.min(MOST_PIXELS, size);
      const dark = GINN.ground.isDark(palette.paper);
      return { filled: GINN.regions.picture(chunk, step, output, side, view, dark), shaded: undefined };
    }
    if (behind !== "side" && behind !== "strength") return { filled: undefined, shaded: undefined };
    const looked = lookedAt(state);
    const shaded = looked < 0 ? output : looked;
    const weights = behind === "strength" && header
      && loader.get(GINN.requests.weightsFile(header, step));
    const colour = palette.layers[GINN.neurons.layerOf(starts, shaded)] ?? palette.output;
    return {
      filled: weights && GINN.regions
        ? GINN.regions.strength(weights, step, shaded, view, [colour, palette.ink]) : undefined,
      shaded,
    };
  }

  /**
   * @param {Session} session
   * @param {HTMLCanvasElement} canvas
   * @param {Drawn} drawn
   * @param {{palette: Palette, marked: number | undefined, point: Point | null}} marks
   * @returns {Scene | undefined}
   */
  function sceneOf(session, canvas, drawn, { palette, marked, point }) {
    const { index, requests } = session;
    const { state, header, lines, kinks, kink } = drawn;
    if (!header) return undefined;
    const { behind, step, show } = state;
    const size = canvas.width;
    const view = GINN.zoom.viewOf(state);
    const starts = GINN.neurons.layerStarts(index.widths);
    return {
      size,
      unit: size / (canvas.clientWidth || size),
      view,
      palette,
      starts,
      behind: requests.backgroundTile(state, header),
      against: behind === "error" ? requests.targetTile() : undefined,
      ...groundOf(session, drawn, size, palette, starts),
      chunk: lines?.chunk,
      step: lines?.step ?? step,
      show,
      marked: kink ? kink.cause : marked,
      lit: session.store.pointed.lit,
      trail: requests.trail(state, header),
      trailing: marked === undefined ? few(state) : [marked],
      kinks,
      point,
    };
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @returns {{draw: (scene: Scene) => boolean, close: () => void}} draws scenes, and returns whether
   *   more than marks has changed. What is under the marks is drawn once and copied
   */
  function createPainter(canvas) {
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const kept = element("canvas");
    const keptPen = /** @type {CanvasRenderingContext2D} */ (kept.getContext("2d"));
    let isKept = false;
    /** @type {unknown[]} */
    let last = [];
    return {
      draw(scene) {
        const { size, view, behind, trail } = scene;
        const parts = [
          size, view.x, view.y, view.zoom, scene.palette, scene.step, scene.show, scene.chunk,
          behind?.image, behind?.x, behind?.y, scene.against?.image, scene.filled, scene.shaded,
          trail.length, trail.length && scene.trailing.join(),
        ];
        const { kinks, marked, point } = scene;
        const marks = [kinks.length, kinks[0]?.neuron, marked, scene.lit, point?.x, point?.y];
        const whole = [...parts, ...marks];
        const same = parts.every((part, at) => part === last[at]);
        if (same && whole.every((part, at) => part === last[at])) return false;
        last = whole;
        if (same && !isKept) {
          kept.width = kept.height = size;
          GINN.scene.drawUnder(keptPen, scene);
        }
        isKept = same;
        if (same) pen.drawImage(kept, 0, 0);
        else GINN.scene.drawUnder(pen, scene);
        GINN.scene.drawOver(pen, scene);
        return !same;
      },
      close() {
        canvas.width = kept.width = 0;
      },
    };
  }

  /**
   * @param {Requests} requests
   * @param {Run} header
   * @param {number} step
   * @param {Point | null} point
   * @returns {string} the line above a pane while two are shown
   */
  function titleOf(requests, header, step, point) {
    const output = requests.outputAt(header, step, point);
    return say(output ? "title-here" : "title", {
      run: titleOfRun(header),
      accuracy: percent(header.accuracy[step]),
      probability: output ? probability(output.probability) : "",
    });
  }

  /**
   * @param {Session} session
   * @param {Side} side
   * @param {Point | null} point
   * @param {number} reach
   * @returns {Omit<Drawn, "trouble" | "seen"> & {failure: string | undefined}} what has arrived
   */
  function arrived({ loader, requests, store }, side, point, reach) {
    const state = store.ofSide(side);
    const header = requests.headerOf(state);
    const file = header ? GINN.requests.chunkFile(header, state.step) : requests.runOf(state).header;
    /** @type {BoundaryChunk | undefined} */
    const chunk = header && loader.get(file);
    const kinks = chunk ? kinksShown(chunk, state, store.pointed.looked) : [];
    const kink = point ? GINN.kinks.nearest(kinks, point, reach / state.zoom) : undefined;
    const lines = header && requests.linesNear(header, state.step);
    return { state, header, chunk, lines, kinks, kink, failure: loader.failure(file) };
  }

  /** @type {(scene: Scene) => number} how many of the boundaries shown are in sight */
  const inSight = ({ chunk, step, show, view }) => (chunk
    ? [...show].filter((neuron) => GINN.scene.isInSight(chunk, step, neuron, view)).length : 0);

  /** @type {(scene: Scene, widths: number[]) => string} why a marked neuron has no line in sight */
  const outOfSight = ({ chunk, step, marked, view }, widths) => {
    if (!chunk || marked === undefined || GINN.scene.isInSight(chunk, step, marked, view)) return "";
    const line = (step - chunk.first) * chunk.neurons + marked;
    const where = chunk.lines[line] < chunk.lines[line + 1] ? "aside" : chunk.corners[line] ? "on" : "off";
    return say(`no-line-${where}`, { neuron: GINN.neurons.nameOf(widths, marked) });
  };

  GINN.canvasPane = {
    FEW,
    lookedAt,
    create(session, side) {
      const { index, loader, requests, store } = session;
      const canvas = element("canvas", { role: "application", tabindex: "0" });
      const painter = createPainter(canvas);
      const notice = GINN.loader.createNotice(loader);
      const frame = element("div", "viewer-canvas", [canvas, notice.element]);
      const title = element("p", "viewer-title");
      const root = element("div", "viewer-pane", [title, frame]);
      let drawn = /** @type {Drawn} */ ({ state: store.ofSide(side), kinks: /** @type {Kink[]} */ ([]) });
      let seen = 0;
      const sizes = new ResizeObserver(store.refresh);
      sizes.observe(canvas);
      watchPointer(canvas, store, (place, reach) => {
        const { x, y } = GINN.kinks.nearest(drawn.kinks, place, reach) ?? place;
        store.set({ point: { x, y }, side: store.state.beside ? side : "left" });
      });
      /** @type {Pane["scene"]} */
      const scene = (palette, point) => {
        const marked = side === store.state.side ? store.pointed.neuron : undefined;
        return sceneOf(session, canvas, drawn, { palette, marked, point });
      };

      return {
        element: root,
        canvas,
        drawn: () => drawn,
        scene,
        draw(palette, comparing) {
          const pixels = Math.round(canvas.clientWidth * devicePixelRatio);
          if (pixels > 0 && pixels !== canvas.width) canvas.width = canvas.height = pixels;
          const point = store.point();
          const arrivals = arrived(session, side, point, REACH / canvas.clientWidth);
          const { failure, ...found } = arrivals;
          const { header, chunk, lines, state: { step, show } } = found;
          const told = missing(arrivals);
          drawn = { ...found, trouble: failure ? told[0] : "", seen: 0 };
          // The pointer marks its own place, so the point is drawn only in the other pane.
          const contents = scene(palette, comparing ? point : store.state.point);
          if (contents) told.push(outOfSight(contents, index.widths));
          notice.show(told.join(" ").trim(), Boolean(failure));
          // Until some lines of a run have arrived, the picture before stays.
          const changed = contents && (lines || failure) && painter.draw(contents);
          if (!header) return drawn;
          frame.dataset.lines = chunk ? "exact" : "coarse";
          if (changed) {
            seen = inSight(contents);
            canvas.ariaLabel = say("pane", { snapshot: snapshot(header, step), count: show.size, seen });
          }
          drawn.seen = seen;
          setText(title, comparing ? titleOf(requests, header, step, point) : "");
          title.hidden = !comparing;
          root.classList.toggle("viewer-active", comparing && side === store.state.side);
          return drawn;
        },
        close() {
          sizes.disconnect();
          painter.close();
        },
      };
    },
  };
}
