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
 * @property {(report: PointReport) => string} inWords one sentence or two
 */

{
  const { angle, place, probability } = GINN.formatting;
  const { nameOf } = GINN.neurons;
  const { say } = GINN.words;

  GINN.pointQuery = {
    create({ index, loader, requests, store }, active) {
      /** @param {Point} point */
      const ask = (point) => store.set({ point, ...GINN.zoom.showing(store.state, point) });
      /** @type {Query["inWords"]} */
      const inWords = ({ point, target, output: computed, trouble, kink }) => {
        if (!point) return say("hint");
        const facts = [place(point)];
        if (target !== undefined) facts.push(say(target ? "target-white" : "target-black"));
        if (computed) facts.push(say("network", { probability: probability(computed.probability) }));
        else facts.push(say(trouble ? "weights-missing" : "weights-loading", { reason: trouble }));
        const bend = kink && say("kink", {
          cause: nameOf(index.widths, kink.cause, "cause"),
          bent: nameOf(index.widths, kink.neuron, "bent"),
          angle: angle(kink.turn),
        });
        return `${facts.join(" · ")}.${bend ? ` ${bend}` : ""}`;
      };

      return {
        inWords,
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
          const { step, show } = state;
          const { header, chunk, kinks, kink } = active();
          const file = header && GINN.requests.weightsFile(header, step);
          const { looked } = store.pointed;
          const listed = looked ?? GINN.canvasPane.lookedAt(state);
          return {
            point,
            target: point ? requests.targetAt(point) : undefined,
            output: requests.outputAt(header, step, point),
            trouble: (file && loader.failure(file)) ?? "",
            kink,
            listed,
            kinks: looked === undefined ? kinks.filter(({ neuron }) => neuron === listed)
              : chunk ? GINN.kinks.ofNeuron(chunk, step, looked) : [],
            show,
          };
        },
      };
    },
  };
}
