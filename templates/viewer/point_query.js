// The point that a reader has chosen: the network's output there, and the kinks near it.
"use strict";

/**
 * @typedef {object} PointReport what is known about a point, and about the kinks of one neuron
 * @property {Point | null} point
 * @property {boolean | undefined} target whether the picture is white there
 * @property {NetworkOutput | undefined} output undefined while the weights have not arrived
 * @property {string} trouble why the weights did not arrive, or nothing
 * @property {Kink | undefined} kink the kink at the point
 * @property {number} listed the neuron whose kinks are listed, or -1
 * @property {Kink[]} kinks the kinks of that neuron
 * @property {ReadonlySet<number>} show
 */
/**
 * @typedef {object} Query
 * @property {(right: number, down: number) => void} move the point, in pixels of the domain
 * @property {() => unknown} nextKink moves the point to the next kink; false if no kink is marked
 * @property {(point: Point | null) => PointReport} report
 */

{
  GINN.pointQuery = {
    create({ index, loader, requests, store }, active) {
      /** @param {Point} point */
      const ask = (point) => store.set({ point, ...GINN.zoom.showing(store.state, point) });
      return {
        move(right, down) {
          // If there is no point, it starts from the middle of the pane.
          const { x, y } = store.state.point ?? store.state;
          ask(GINN.zoom.inside({ x: x + right / index.pixels, y: y + down / index.pixels }));
        },
        nextKink() {
          const { kinks, kink } = active();
          if (kinks.length === 0) return false;
          const { x, y } = kinks[(kink ? kinks.indexOf(kink) + 1 : 0) % kinks.length];
          return ask({ x, y });
        },
        report(point) {
          const state = store.active();
          const { step, show, about } = state;
          const { header, kinks, kink } = active();
          const file = header && GINN.requests.weightsFile(header, step);
          // The list is about the chosen neuron. If none is chosen and only a few are shown, it is
          // about the deepest of these.
          const listed = about < 0 ? Math.max(-1, ...GINN.canvasPane.few(state)) : about;
          return {
            point,
            target: point ? requests.targetAt(point) : undefined,
            output: requests.outputAt(header, step, point),
            trouble: (file && loader.failure(file)) ?? "",
            kink,
            listed,
            kinks: kinks.filter(({ neuron }) => neuron === listed),
            show,
          };
        },
      };
    },
  };
}
