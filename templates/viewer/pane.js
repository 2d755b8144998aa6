// One stage: a canvas that shows a run at a moment, takes questions, and says what it waits for.
"use strict";

/**
 * @typedef {object} PaneActions
 * @property {() => Look} look
 * @property {(look: Look) => void} zoom
 * @property {(place: Point | null) => void} hover
 * @property {(place: Point, reach: number) => void} ask `reach`: how near is meant, in domain units
 * @property {() => void} retry
 * @property {() => void} redraw
 */
/**
 * What a stage shows beside its state.
 * @typedef {object} Shown
 * @property {Palette} palette
 * @property {number | undefined} marked
 * @property {Point | null} point
 */
/**
 * What a stage found out while it was drawn.
 * @typedef {object} Seen
 * @property {Run | undefined} header
 * @property {Chunk | undefined} chunk
 * @property {Kink[]} kinks those that are marked
 * @property {Kink | undefined} kink the one at the point asked about
 * @property {string} trouble what did not arrive, or nothing
 * @property {boolean} standIn whether coarse lines are wanted
 */
/**
 * @typedef {object} Pane
 * @property {HTMLElement} element
 * @property {HTMLCanvasElement} canvas
 * @property {(state: State, shown: Shown) => Seen} draw
 * @property {(state: State, shown: Shown, seen: Seen) => Scene | undefined} sceneOf
 * @property {(text: string) => void} title
 * @property {() => void} close lets go of the canvas's pixels
 */

GINN.pane = (() => {
  const { element } = GINN;
  // Exact lines usually arrive sooner than this, in ms; then no stand-in is asked for.
  const PATIENCE = 300;
  // Marks and trails of more neurons than this hide each other.
  const FEW = 4;
  // A pointer that moved further than this while pressed was dragging; CSS px as is all below.
  const STILL = 5;
  const REACH = 9;
  const FINGER_REACH = 20;
  // Regions are filled pixel by pixel: more than this many a side cost more than they show.
  const MOST_PIXELS = 1024;

  /**
   * @param {Index} index
   * @param {Library} library
   * @param {Frames} frames
   * @param {PaneActions} actions
   * @returns {Pane}
   */
  function create(index, library, frames, actions) {
    const starts = GINN.state.layerStarts(index.widths);
    const canvas = element("canvas", { role: "img", tabindex: "0" });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const message = element("p", {});
    const retry = GINN.button("Try again", actions.retry);
    const notice = element("div", { class: "viewer-notice" }, [message, retry]);
    const stage = element("div", { class: "viewer-stage" }, [canvas, notice]);
    const title = element("p", { class: "viewer-title" });
    /** when the stage began to lack exact lines, or 0 */
    let waitingSince = 0;
    const sizes = new ResizeObserver(() => {
      const side = Math.round(canvas.clientWidth * devicePixelRatio);
      if (side > 0 && side !== canvas.width) canvas.width = canvas.height = side;
      actions.redraw();
    });
    sizes.observe(canvas);
    watchQuestions(canvas, actions);

    /**
     * @param {Run | undefined} header
     * @param {string | undefined} failure
     * @returns {string} what did not arrive, or nothing
     */
    function drawNotice(header, failure) {
      const what = header ? "The exact lines of this moment" : "This run's data";
      const text = failure
        ? `${what} did not arrive: ${failure}.${header ? " Coarse pictures stand in." : ""}`
        : header ? "" : "Loading…";
      if (message.textContent !== text) message.textContent = text;
      notice.hidden = text === "";
      retry.hidden = failure === undefined;
      return failure ? text : "";
    }

    /** @type {Pane["sceneOf"]} */
    function sceneOf(state, { palette, marked, point }, { header, chunk, kinks, kink }) {
      if (!header) return undefined;
      const size = canvas.width;
      const view = GINN.zoom.viewOf(state);
      const pixels = Math.min(MOST_PIXELS, size);
      return {
        size,
        unit: size / (canvas.clientWidth || size),
        view,
        palette,
        starts,
        behind: frames.behindTile(state, header),
        against: state.behind === "error" ? frames.targetTile() : undefined,
        regions: state.behind === "regions" && chunk
          ? GINN.regions.picture(chunk, state.step, starts[index.widths.length], pixels, view,
            GINN.stage.isDark(palette.paper))
          : undefined,
        standIns: chunk ? [] : frames.standIns(state, header),
        chunk,
        step: state.step,
        show: state.show,
        marked: kink ? kink.cause : marked,
        trail: frames.trailOf(state, header),
        trailing: marked === undefined ? few(state) : [marked],
        kinks,
        point,
      };
    }

    return {
      element: element("div", { class: "viewer-pane" }, [title, stage]),
      canvas,
      sceneOf,
      title(text) {
        if (title.textContent !== text) title.textContent = text;
        title.hidden = text === "";
      },
      close() {
        sizes.disconnect();
        canvas.width = 0;
      },
      draw(state, shown) {
        const header = frames.headerOf(state);
        const file = header ? GINN.data.chunkFile(header, state.step) : frames.runOf(state).header;
        const failure = library.failure(file);
        /** @type {Chunk | undefined} */
        const chunk = header && library.get(file);
        if (chunk || !header) waitingSince = 0;
        else if (!waitingSince) {
          waitingSince = performance.now();
          setTimeout(actions.redraw, PATIENCE);
        }
        const waited = waitingSince > 0 && performance.now() - waitingSince >= PATIENCE;
        const kinks = chunk ? kinksShown(chunk, state) : [];
        const reach = REACH / (canvas.clientWidth * state.zoom);
        /** @type {Seen} */
        const seen = {
          header, chunk, kinks,
          kink: shown.point ? GINN.kinks.nearest(kinks, shown.point, reach) : undefined,
          trouble: drawNotice(header, failure),
          standIn: waitingSince > 0 && (failure !== undefined || waited),
        };
        const scene = sceneOf(state, shown, seen);
        if (scene) GINN.stage.draw(pen, scene);
        if (header) stage.dataset.lines = chunk ? "exact" : "coarse";
        return seen;
      },
    };
  }

  /**
   * @param {State} state
   * @returns {number[]} the neurons shown, where these are few
   */
  function few({ show }) {
    return show.size <= FEW ? [...show] : [];
  }

  /**
   * @param {Chunk} chunk
   * @param {State} state
   * @returns {Kink[]} of the neuron asked about, or of few neurons shown
   */
  function kinksShown(chunk, state) {
    const neurons = state.about < 0 ? few(state) : [state.about];
    return neurons.flatMap((neuron) => GINN.kinks.ofNeuron(chunk, state.step, neuron));
  }

  /**
   * Pointing, pressing and tapping on the stage.
   * @param {HTMLCanvasElement} canvas
   * @param {PaneActions} actions
   */
  function watchQuestions(canvas, actions) {
    /** @type {Point | undefined} */
    let pressed;
    const placeOf = (/** @type {MouseEvent} */ event) => {
      const view = GINN.zoom.viewOf(actions.look());
      const at = GINN.zoom.placeOf(canvas, event);
      return GINN.zoom.inside({ x: view.x + at.x / view.zoom, y: view.y + at.y / view.zoom });
    };
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType === "mouse" && event.buttons === 0) actions.hover(placeOf(event));
    });
    canvas.addEventListener("pointerleave", () => actions.hover(null));
    canvas.addEventListener("pointerdown", (event) => {
      pressed = event.isPrimary ? { x: event.clientX, y: event.clientY } : undefined;
    });
    canvas.addEventListener("click", (event) => {
      const moved = pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
      if (moved === undefined || moved > STILL) return;
      const touched = event instanceof PointerEvent && event.pointerType === "touch";
      const reach = touched ? FINGER_REACH : REACH;
      actions.ask(placeOf(event), reach / (canvas.clientWidth * actions.look().zoom));
    });
  }

  return { create, few };
})();
