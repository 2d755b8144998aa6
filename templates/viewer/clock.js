// The clock's running: it moves the state's step on while playing.
"use strict";

/**
 * @typedef {object} Clock
 * @property {() => boolean} isPlaying
 * @property {() => void} toggle starts or stops; at the end it starts from the beginning
 * @property {() => void} pause
 * @property {() => void} tick moves the step to where it should be by now
 */

GINN.clock = (() => {
  // A page that slept for longer than this, in ms, goes on from where it was.
  const LONGEST_NAP = 1000;

  /**
   * @param {() => State} state
   * @param {() => number} end the last step
   * @param {(change: Partial<State>) => void} set
   * @returns {Clock}
   */
  function create(state, end, set) {
    let playing = false;
    let ticked = 0;
    return {
      isPlaying: () => playing,
      toggle() {
        playing = !playing;
        ticked = performance.now();
        set(playing && state().step === end() ? { step: 0 } : {});
      },
      pause() {
        playing = false;
        set({});
      },
      tick() {
        if (!playing) return;
        const { step, speed, loop } = state();
        const now = performance.now();
        const steps = Math.floor(((now - ticked) * speed) / 1000);
        if (steps < 1) return;
        ticked += (steps * 1000) / speed;
        if (now - ticked > LONGEST_NAP) ticked = now;
        const next = step + steps > end() && loop ? 0 : Math.min(end(), step + steps);
        if (next === end() && !loop) playing = false;
        set({ step: next });
      },
    };
  }

  return { create };
})();
