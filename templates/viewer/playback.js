// Playback: sets the step of the view state, and advances it while playing.
"use strict";

/**
 * @typedef {object} Playback
 * @property {() => boolean} isPlaying
 * @property {() => void} toggle starts or stops; at the end it starts from the beginning
 * @property {() => void} pause
 * @property {() => void} tick advances the step by the time since the last tick, while playing
 * @property {(step: number) => void} goTo
 * @property {(by: number) => void} changeSpeed by this many entries of the list of speeds
 */

{
  // If the pause between two ticks is longer (ms), playing continues from the same step.
  const LONGEST_GAP = 1000;

  GINN.playback = {
    create(store) {
      let playing = false;
      let ticked = 0;
      const pause = () => {
        playing = false;
        store.set({});
      };
      return {
        isPlaying: () => playing,
        toggle() {
          playing = !playing;
          ticked = performance.now();
          store.set(playing && store.state.step === store.end() ? { step: 0 } : {});
        },
        pause,
        tick() {
          if (!playing) return;
          const { step, speed, loop } = store.state;
          const now = performance.now();
          const steps = Math.floor(((now - ticked) * speed) / 1000);
          if (steps < 1) return;
          ticked += (steps * 1000) / speed;
          if (now - ticked > LONGEST_GAP) ticked = now;
          const next = step + steps > store.end() && loop ? 0 : Math.min(store.end(), step + steps);
          if (next === store.end() && !loop) playing = false;
          store.set({ step: next });
        },
        goTo(step) {
          pause();
          store.set({ step: Math.min(store.end(), Math.max(0, step)) });
        },
        changeSpeed(by) {
          const speed = GINN.store.SPEEDS[GINN.store.SPEEDS.indexOf(store.state.speed) + by];
          if (speed) store.set({ speed });
        },
      };
    },
  };
}
