// Asking the stages: the point that a reader puts to them, the kinks near it, and what is answered.
"use strict";

/**
 * @typedef {object} Asked what questions are put to
 * @property {() => State} state
 * @property {() => State} active the state of the stage that the network panel belongs to
 * @property {() => Seen} seen what that stage showed last
 * @property {(change: Partial<State>) => void} set
 */
/**
 * @typedef {object} Questions
 * @property {(right: number, down: number) => void} move the point, in pixels of the domain
 * @property {() => unknown} nextKink takes the point there; false where no kink is marked
 * @property {(header: Run | undefined, step: number, point: Point | null) => Answer | undefined} answer
 *   nothing while the weights have not come
 * @property {(point: Point | null) => Question} about
 */

GINN.questions = (() => {
  /**
   * @param {Index} index
   * @param {Library} library
   * @param {Frames} frames
   * @param {Asked} asked
   * @returns {Questions}
   */
  function create(index, library, frames, { state, active, seen, set }) {
    /** @param {Point} point */
    const ask = (point) => set({ point, ...GINN.zoom.showing(state(), point) });
    /** @type {Questions["answer"]} */
    const answer = (header, step, point) => {
      const weights = header && point && library.get(GINN.data.weightsFile(header, step));
      return weights && GINN.forward.at(weights, step, point.x, point.y);
    };
    return {
      move(right, down) {
        // Without a point, it begins in the picture's middle.
        const { x, y } = state().point ?? state();
        ask(GINN.zoom.inside({ x: x + right / index.pixels, y: y + down / index.pixels }));
      },
      nextKink() {
        const { kinks, kink } = seen();
        if (kinks.length === 0) return false;
        const { x, y } = kinks[(kink ? kinks.indexOf(kink) + 1 : 0) % kinks.length];
        return ask({ x, y });
      },
      answer,
      about(point) {
        const now = active();
        const { step, show } = now;
        const { header, kinks, kink } = seen();
        const file = header && GINN.data.weightsFile(header, step);
        // Bends are listed of the neuron asked about, or else of the deepest of few.
        const listed = now.about < 0 ? Math.max(-1, ...GINN.pane.few(now)) : now.about;
        return {
          point,
          target: point ? frames.targetAt(point) : undefined,
          answer: answer(header, step, point),
          trouble: (file && library.failure(file)) ?? "",
          kink,
          bent: listed,
          bends: kinks.filter(({ neuron }) => neuron === listed),
          show,
        };
      },
    };
  }

  return { create };
})();
