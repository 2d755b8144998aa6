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
 * @property {Store} store
 * @property {() => string} state as an address holds it
 * @property {(layer: number | undefined) => void} light makes all but one layer faint, counted from 1
 * @property {() => void} leave stops everything
 */

{
  GINN.explorer = {
    create(root, { index, loader }, indexFile, preset, keepsAddress) {
      const context = { runs: index.runs, widths: index.widths };
      const unmet = /** @type {string[]} */ ([]);
      const started = !keepsAddress || GINN.urlState.isState(location.hash);
      const given = keepsAddress && started ? "" : preset;
      const first = GINN.urlState.read(keepsAddress ? location.hash : "", context, given, unmet);
      const store = GINN.store.create(first, context);
      store.unmet = unmet;
      const requests = GINN.requests.create(loader, index, indexFile);
      const playback = GINN.playback.create(store);
      const writeAddress = keepsAddress
        ? GINN.urlState.track(store, given, playback.pause) : undefined;
      const session = { root, index, loader, requests, store, playback, writeAddress };
      const parts = GINN.parts.create(session, started);
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
      const left = new AbortController();
      dark.addEventListener("change", recolour, { signal: left.signal });
      const whole = keepsAddress || "laboratory" in root.dataset;
      GINN.keyboard.listen(whole ? document : root, parts.targets, left.signal);
      store.onChange(frames.schedule);
      parts.draw();
      return {
        redraw: frames.schedule,
        playback, store,
        state: () => GINN.urlState.write(store.state, context),
        light: (layer) => store.pointAt({ lit: layer && layer - 1 }),
        leave() {
          // The laboratory makes another explorer in the same element.
          left.abort();
          playback.pause();
          frames.stop();
          parts.close();
        },
      };
    },
  };
}
