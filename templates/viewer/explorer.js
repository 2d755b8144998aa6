// The viewer of an experiment: makes its parts, and draws them when the view state changes.
"use strict";

/**
 * The objects that all parts of one viewer use.
 * @typedef {object} Session
 * @property {HTMLElement} root
 * @property {Index} index
 * @property {Loader} loader
 * @property {Requests} requests
 * @property {Store} store
 * @property {Playback} playback
 * @property {(() => void) | undefined} writeAddress where the page's address holds the state
 */
/**
 * The data of one frame, from which the parts draw themselves.
 * @typedef {object} Frame
 * @property {Drawn[]} drawn the results of drawing the panes in use
 * @property {Drawn} active the result for the pane that the neuron panel belongs to
 * @property {PointReport} report
 */
/**
 * @typedef {object} Explorer
 * @property {() => void} redraw
 * @property {Playback} playback
 * @property {() => string} state as an address holds it
 * @property {(layer: number | undefined) => void} light makes all but one layer faint, counted from 1
 * @property {() => void} leave stops everything
 */

{
  const { element } = GINN.dom;

  /**
   * @param {Session} session
   * @param {HTMLElement} place of the panel that shows details
   * @returns {(frame: Frame) => void} draws the panel. Its script is loaded when something needs it, and
   *   in the explorer after the first exact lines
   */
  function createDetails(session, place) {
    const { root, store, writeAddress } = session;
    /** @type {PointPanel | undefined} */
    let panel;
    let asked = false;
    return (frame) => {
      const { behind } = store.state;
      const needed = behind === "regions" || behind === "strength" || frame.report.point;
      if (!asked && (needed || (writeAddress && frame.active.chunk))) {
        asked = true;
        GINN.dom.load(root.dataset.details).then(store.refresh);
      }
      if (!GINN.pointPanel) return;
      if (!panel) {
        panel = GINN.pointPanel.create(session);
        place.append(panel.element);
      }
      panel.draw(frame);
    };
  }

  /** @type {(session: Session) => {targets: KeyTargets, recolour: () => void, draw: () => void}} */
  const createParts = (session) => {
    const { root, index, loader, requests, store, playback, writeAddress } = session;
    const panes = GINN.canvasPanes.create(session);
    const query = GINN.pointQuery.create(session, panes.active);
    const zoom = GINN.zoom.create(panes.canvases, store);
    const help = writeAddress ? GINN.help.create() : undefined;
    const announcer = GINN.announcer.create(session,
      (state) => query.inWords(query.report(state.point)));
    const share = GINN.share.create(session, panes.views, announcer.announce);
    if (help) share.append(help.button);
    const readout = element("p", "viewer-readout");
    const picture = element("div", "viewer-picture", [
      panes.element, readout,
      element("div", "viewer-tools", [zoom.element, share]),
      announcer.element,
    ]);
    const controls = GINN.runControls.create(session);
    const timeline = GINN.timeline.create(session);
    const panel = GINN.neuronPanel.create(session);
    root.replaceChildren(
      controls.runs, picture, timeline.element,
      element("div", "viewer-side", [controls.look, controls.panes, panel.element]),
      ...(help ? [help.dialog] : []),
    );
    GINN.colours.assign(root, index);
    const drawDetails = createDetails(session, picture);
    const parts = [zoom, controls, announcer, timeline, panel];
    return {
      targets: { session, query, panes, panel, timeline, help, picture },
      recolour() {
        panes.recolour();
        panel.recolour();
      },
      draw() {
        playback.tick();
        const drawn = panes.draw();
        const point = store.point();
        const weights = point !== null || store.state.behind === "strength";
        loader.request(drawn.flatMap(({ state }) => requests.files(state, store.direction, weights)));
        const frame = { drawn, active: panes.active(), report: query.report(point) };
        for (const part of parts) part.draw(frame);
        GINN.dom.setText(readout, query.inWords(frame.report));
        readout.classList.toggle("viewer-hint", !point);
        drawDetails(frame);
      },
    };
  };

  GINN.explorer = {
    create(root, { index, loader }, indexFile, preset, keepsAddress) {
      const context = { runs: index.runs, widths: index.widths };
      const unmet = /** @type {string[]} */ ([]);
      const first = GINN.urlState.read(keepsAddress ? location.hash : "", context, preset, unmet);
      const store = GINN.store.create(first, context);
      store.unmet = unmet;
      const requests = GINN.requests.create(loader, index, indexFile);
      const playback = GINN.playback.create(store);
      const writeAddress = keepsAddress
        ? GINN.urlState.track(store, preset, playback.pause) : undefined;
      const parts = createParts({ root, index, loader, requests, store, playback, writeAddress });
      const frames = GINN.dom.frames(() => {
        parts.draw();
        if (playback.isPlaying()) store.refresh();
      });
      // A printed page always has light colours. Printing does not wait for a frame.
      const dark = matchMedia("screen and (prefers-color-scheme: dark)");
      const recolour = () => {
        parts.recolour();
        parts.draw();
      };
      dark.addEventListener("change", recolour);
      GINN.keyboard.listen(keepsAddress ? document : root, parts.targets);
      store.onChange(frames.schedule);
      parts.draw();
      return {
        redraw: frames.schedule,
        playback,
        state: () => GINN.urlState.write(store.state, context),
        light: (layer) => store.pointAt({ lit: layer && layer - 1 }),
        leave() {
          dark.removeEventListener("change", recolour);
          playback.pause();
          frames.stop();
          parts.targets.panes.close();
        },
      };
    },
  };
}
