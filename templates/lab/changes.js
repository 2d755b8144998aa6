// Changes of a network in the middle of its training, as short texts that an address can hold:
// "wake-2", "silence-2" and "freeze-2" are of a layer, "reset-2_5" of a neuron, "copy-2_5_3" of two
// neurons, and "line-4_0.5_-1.25_0.125" gives a neuron of the first layer its two weights and its bias.
"use strict";

{
  const GRID = 50; // points along a side, at which layers are woken and silenced
  const MARGIN = 1e-3; // by which a silenced neuron is below zero at its highest point

  /** @type {(text: string) => {kind: string, numbers: number[]}} */
  const parse = (text) => {
    const at = text.indexOf("-");
    return { kind: text.slice(0, at), numbers: text.slice(at + 1).split("_").map(Number) };
  };

  /**
   * Sets each bias of a layer so that its neurons are on over at least half of the picture, or nowhere.
   * @type {(own: Float32Array, layout: KernelLayout, number: number, wakes: boolean) => void}
   */
  const shift = (own, { layers, widths }, number, wakes) => {
    const { first, units, row, inputs } = layers[number];
    const middles = Float64Array.from({ length: GRID }, (_, i) => (i + 0.5) / GRID);
    const places = [0, 1].map((axis) => Float64Array.from({ length: GRID * GRID }, (_, i) =>
      middles[axis ? Math.floor(i / GRID) : i % GRID]));
    const weights = {
      first: 0, snapshots: 1, sizes: [2, ...widths, 1], values: GINN.liveRun.withBiasesLast(own, widths),
    };
    const start = widths.slice(0, number).reduce((sum, width) => sum + width, 0);
    const values = GINN.forward.preActivations(weights, 0, places, start + units - 1);
    for (let unit = 0; unit < units; unit += 1) {
      const sorted = values[start + unit].sort();
      const [middle, most] = [sorted[(GRID * GRID) >> 1], sorted[GRID * GRID - 1]];
      if (wakes && middle <= 0) own[first + unit * row + inputs] += MARGIN - middle;
      if (!wakes && most > 0) own[first + unit * row + inputs] -= most + MARGIN;
    }
  };

  /** @type {(own: Float32Array, layout: KernelLayout, layer: number, from: number, to: number) => void} */
  const copy = (own, { layers }, layer, from, to) => {
    const { first, row } = layers[layer];
    own.copyWithin(first + to * row, first + from * row, first + (from + 1) * row);
    // Both share what the original had, so it does the same as before.
    const above = layers[layer + 1];
    for (let unit = 0; unit < above.units; unit += 1) {
      const at = above.first + unit * above.row;
      own[at + from] /= 2;
      own[at + to] = own[at + from];
    }
  };

  GINN.changes = {
    valid(text, widths) {
      const { kind, numbers: [layer, ...others] } = parse(text);
      const units = kind === "line" ? widths[0] : widths[layer - 1];
      const isUnit = (/** @type {number} */ unit) => Number.isInteger(unit) && unit > 0 && unit <= units;
      if (kind === "line") return isUnit(layer) && others.length === 3 && others.every(Number.isFinite);
      const counts = /** @type {Record<string, number>} */ ({ wake: 0, silence: 0, freeze: 0, reset: 1, copy: 2 });
      return units > 0 && others.length === counts[kind] && others.every(isUnit);
    },
    apply(text, trainer, seed) {
      const { kind, numbers: [given, ...others] } = parse(text);
      const { layout } = trainer;
      const layer = given - 1;
      if (kind === "freeze") return trainer.freeze(trainer.frozen() ^ (1 << layer));
      return trainer.change((own) => {
        const { first, row } = layout.layers[kind === "line" ? 0 : layer];
        if (kind === "line") own.set(others, first + layer * row);
        else if (kind === "reset") {
          const at = first + (others[0] - 1) * row;
          own.set(GINN.kernelNumbers.initial(layout, seed + 1, 1).subarray(at, at + row), at);
        } else if (kind === "copy") copy(own, layout, layer, others[0] - 1, others[1] - 1);
        else shift(own, layout, layer, kind === "wake");
      });
    },
  };
}
