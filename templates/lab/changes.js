// Changes of a network in the middle of its training, as short texts that an address can hold:
// "wake-2", "silence-2", "freeze-2" and "add-2" are of a layer, "reset-2_5" of a neuron, "copy-2_5_3" of
// two neurons, and "line-4_0.5_-1.25_0.125" gives a neuron of the first layer its two weights and its bias.
// "wake-2_0.3_0.4" is about the area of one colour around a point, and "wake-2_0.1_0.2_0.4_0.6" about the
// rectangle between two corners, as "silence" can be.
"use strict";

{
  const MARGIN = 1e-3; // by which a silenced neuron is below zero at its highest point
  // How many numbers follow the first one.
  /** @type {Record<string, number[]>} */
  const COUNTS = {
    wake: [0, 2, 4], silence: [0, 2, 4], freeze: [0], add: [0], reset: [1], copy: [2], line: [3],
  };

  /** @type {(text: string) => {kind: string, numbers: number[]}} */
  const parse = (text) => {
    const at = text.indexOf("-");
    return { kind: text.slice(0, at), numbers: text.slice(at + 1).split("_").map(Number) };
  };

  /** @type {(picture: Uint8Array, part: number[]) => Float64Array[]} pixels of a part of the picture: x, then y */
  const placesOf = (picture, part) => {
    const pixels = Math.sqrt(picture.length);
    const [left, top, right, bottom] = part;
    const area = part.length === 2
      && GINN.pictures.filled(picture, pixels, GINN.pictures.cellOf({ x: left, y: top }, pixels));
    const x = (/** @type {number} */ i) => ((i % pixels) + 0.5) / pixels;
    const y = (/** @type {number} */ i) => (Math.floor(i / pixels) + 0.5) / pixels;
    const inside = [...picture.keys()].filter((i) => (area ? area[i] !== picture[i]
      : !part.length || (x(i) >= left && x(i) < right && y(i) >= top && y(i) < bottom)));
    return [x, y].map((place) => Float64Array.from(inside, place));
  };

  /**
   * Sets each bias of a layer so that its neurons are on over a whole part of the picture, or over at
   * least half of the whole picture; or nowhere in it.
   * @type {(own: Float32Array, layout: KernelLayout, number: number, wakes: boolean, picture: Uint8Array,
   *   part: number[]) => void}
   */
  const shift = (own, { layers, widths }, number, wakes, picture, part) => {
    const { first, units, row, inputs } = layers[number];
    const weights = {
      first: 0, snapshots: 1, sizes: [2, ...widths, 1], values: GINN.liveRun.withBiasesLast(own, widths),
    };
    const start = widths.slice(0, number).reduce((sum, width) => sum + width, 0);
    const values = GINN.forward.preActivations(weights, 0, placesOf(picture, part), start + units - 1);
    for (let unit = 0; unit < units; unit += 1) {
      const sorted = values[start + unit].sort();
      const [least, most] = [sorted[part.length ? 0 : sorted.length >> 1], sorted[sorted.length - 1]];
      if (wakes && least <= 0) own[first + unit * row + inputs] += MARGIN - least;
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

  /** @type {(own: Float32Array, layout: KernelLayout, layer: number, unit: number, seed: number) => void} */
  const reset = (own, layout, layer, unit, seed) => {
    const { first, row } = layout.layers[layer];
    const at = first + unit * row;
    own.set(GINN.kernelNumbers.initial(layout, seed + 1, 1).subarray(at, at + row), at);
  };

  GINN.changes = {
    valid(text, widths) {
      const { kind, numbers: [layer, ...others] } = parse(text);
      if (!COUNTS[kind]?.includes(others.length) || !others.every(Number.isFinite)) return false;
      const units = kind === "line" ? widths[0] : widths[layer - 1];
      const isUnit = (/** @type {number} */ unit) => Number.isInteger(unit) && unit > 0 && unit <= units;
      if (kind === "line") return isUnit(layer);
      if (kind === "add") return units < GINN.setup.MOST_UNITS;
      return units > 0
        && others.every(COUNTS[kind].includes(4) ? (place) => place >= 0 && place <= 1 : isUnit);
    },
    merged(made, next) {
      const line = /^line-\d+_/.exec(next)?.[0];
      // A line that is moved once more has its last place alone.
      return [...(line && made[made.length - 1]?.startsWith(line) ? made.slice(0, -1) : made), next];
    },
    grown(widths, text) {
      const { kind, numbers: [layer] } = parse(text);
      return kind === "add" ? widths.map((units, l) => units + Number(l === layer - 1)) : widths;
    },
    frozen: (made) => made.reduce((mask, text) =>
      (text.startsWith("freeze") ? mask ^ (1 << (parse(text).numbers[0] - 1)) : mask), 0),
    resized(parameters, widths, wanted) {
      const [sizes, other] = [widths, wanted].map((units) => [2, ...units, 1]);
      const made = new Float32Array(GINN.kernelLayout.of(wanted, 1, 1).parameters);
      let [from, to] = [0, 0];
      sizes.slice(1).forEach((units, l) => {
        const [row, next] = [sizes[l] + 1, other[l] + 1];
        for (let unit = 0; unit < Math.min(units, other[l + 1]); unit += 1) {
          const [end, at] = [from + (unit + 1) * row - 1, to + unit * next];
          made.set(parameters.subarray(from + unit * row, Math.min(end, from + unit * row + next - 1)), at);
          made[at + next - 1] = parameters[end];
        }
        from += units * row;
        to += other[l + 1] * next;
      });
      return made;
    },
    apply(text, trainer, { seed, picture }, widths) {
      const { kind, numbers: [given, ...others] } = parse(text);
      const { layout } = trainer;
      const layer = given - 1;
      trainer.change((own) => {
        if (kind === "line") own.set(others, 3 * layer);
        else if (kind === "reset") reset(own, layout, layer, others[0] - 1, seed);
        else if (kind === "add") reset(own, layout, layer, widths[layer], seed);
        else if (kind === "copy") copy(own, layout, layer, others[0] - 1, others[1] - 1);
        else if (kind !== "freeze") shift(own, layout, layer, kind === "wake", picture, others);
      });
    },
  };
}
