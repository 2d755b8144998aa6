// The wires of one neuron in the network: to the layer before, and to the layer after.
"use strict";

/**
 * @typedef {object} Wires
 * @property {SVGElement} element
 * @property {(header: Run, step: number, side: number) => void} draw those of the neuron pointed at;
 *   `side` is that of the thumbnails
 */

{
  const { svgElement } = GINN.dom;
  const { layerOf, layerStarts, neuronsOf } = GINN.neurons;
  // CSS px
  const MOST_WIDE = 6;
  // The strongest wires of a neuron in a wide network; more would hide each other.
  const MOST = 64;

  /**
   * The wires of one neuron: their widths are those of the weights, and negative ones are dashed.
   * @param {SVGElement} drawing
   * @param {HTMLElement[]} before the units of the layer before
   * @param {HTMLElement} middle
   * @param {HTMLElement[]} after
   * @param {{into: number[], out: number[]}} weights
   */
  function drawWires(drawing, before, middle, after, { into, out }) {
    /** @type {(from: HTMLElement, to: HTMLElement, weight: number) => SVGElement} */
    const wire = (from, to, weight) => {
      const [begin, target] = [from, to].map(GINN.thumbnails.boxOf);
      const [x, y] = [begin.x + begin.width, begin.y + begin.height / 2];
      const [end, low] = [target.x, target.y + target.height / 2];
      const half = (x + end) / 2;
      return svgElement("path", {
        d: `M${x} ${y}C${half} ${y} ${half} ${low} ${end} ${low}`,
        class: weight < 0 ? "viewer-negative" : "",
        "stroke-width": String(Math.min(MOST_WIDE, 0.5 + 2 * Math.abs(weight))),
      });
    };
    const wires = [
      ...before.map((from, at) => ({ from, to: middle, weight: into[at] })),
      ...after.map((to, at) => ({ from: middle, to, weight: out[at] })),
    ].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, MOST);
    drawing.replaceChildren(...wires.map(({ from, to, weight }) => wire(from, to, weight)));
  }

  GINN.wires = {
    create({ index: { widths }, loader, store }, inputs, buttons) {
      const starts = layerStarts(widths);
      const drawing = svgElement("svg", { class: "viewer-wires", "aria-hidden": "true" });
      let drawn = "";
      /** @type {(layer: number) => HTMLElement[]} */
      const units = (layer) => {
        if (layer < 0) return inputs;
        if (layer === widths.length) return buttons.slice(-1);
        return layer < widths.length ? neuronsOf(starts, layer).map((each) => buttons[each]) : [];
      };
      return {
        element: drawing,
        draw(header, step, side) {
          const { neuron } = store.pointed;
          const weights = neuron !== undefined && loader.get(GINN.requests.weightsFile(header, step));
          const key = `${neuron} ${header.id} ${weights && step} ${side}`;
          if (key === drawn) return;
          drawn = key;
          drawing.replaceChildren();
          if (!weights || neuron === undefined) return;
          const layer = layerOf(starts, neuron);
          drawWires(drawing, units(layer - 1), buttons[neuron], units(layer + 1),
            GINN.forward.wires(weights, step, neuron));
        },
      };
    },
  };
}
