// The numbers and names of neurons, and selections as text. Neurons are numbered layer by layer from 0.
// The output has the last number.
"use strict";

{
  /**
   * @param {number[]} widths
   * @returns {number[]} the first neuron of each layer, then the output's number
   */
  function layerStarts(widths) {
    const starts = [0];
    for (const width of widths) starts.push(starts[starts.length - 1] + width);
    return starts;
  }

  /** @type {(starts: number[], neuron: number) => number} the neuron's layer, counted from 0 */
  const layerOf = (starts, neuron) => starts.findLastIndex((start) => start <= neuron);

  /**
   * @param {number[]} widths
   * @param {number} neuron
   * @param {string} [key] of the text: "neuron", or another one in a sentence
   * @returns {string} "Layer 2, neuron 7", or the output's boundary
   */
  function nameOf(widths, neuron, key = "neuron") {
    const starts = layerStarts(widths);
    const layer = layerOf(starts, neuron);
    return GINN.words.say(layer === widths.length ? `${key}-output` : key, { layer: layer + 1, neuron: neuron - starts[layer] + 1 });
  }

  /** @type {(starts: number[], layer: number) => number[]} the neurons of a layer */
  const neuronsOf = (starts, layer) => {
    const first = starts[layer];
    return Array.from({ length: starts[layer + 1] - first }, (_, unit) => first + unit);
  };

  /**
   * The neurons that a term of a selection names: the first, and the one after the last.
   * @param {string} term
   * @param {number[]} widths
   * @param {number[]} starts
   * @returns {[number, number] | undefined} undefined where the term is not understood
   */
  function parseTerm(term, widths, starts) {
    const output = starts[widths.length];
    if (term === "none") return [0, 0];
    if (term === "out") return [output, output + 1];
    if (term === "all") return [0, output];
    const match = /^(\d{1,4})(?:\.(\d{1,6})(?:-(\d{1,6}))?)?$/.exec(term);
    const layer = Number(match?.[1]) - 1;
    if (!match || layer < 0 || layer >= widths.length) return undefined;
    const first = Math.max(1, Number(match[2] ?? 1));
    const last = Math.min(widths[layer], Number(match[3] ?? match[2] ?? widths[layer]));
    return first > last ? undefined : [starts[layer] + first - 1, starts[layer] + last];
  }

  /**
   * Reads a selection that people can write: terms joined by commas, counted from one as on the
   * page. `all` (hidden neurons), `none`, `out`, `2` (a layer), `2.7` (a neuron), `2.7-9` (three neurons).
   * @param {string} text
   * @param {number[]} widths
   * @returns {ReadonlySet<number> | undefined} undefined where no term is understood
   */
  function parseSelection(text, widths) {
    const starts = layerStarts(widths);
    const spans = text.split(",").flatMap((term) => {
      const span = parseTerm(term, widths, starts);
      return span ? [span] : [];
    });
    /** @type {Set<number>} */
    const shown = new Set();
    for (const [first, end] of spans) {
      for (let neuron = first; neuron < end; neuron += 1) shown.add(neuron);
    }
    return spans.length ? shown : undefined;
  }

  /**
   * @param {boolean[]} shown for each neuron of a layer
   * @param {number} layer counted from one
   * @returns {string[]} terms such as `2.7` and `2.9-11`
   */
  function layerTerms(shown, layer) {
    const terms = [];
    for (let unit = 0; unit < shown.length; unit += 1) {
      if (!shown[unit]) continue;
      const first = unit + 1;
      while (shown[unit + 1]) unit += 1;
      terms.push(`${layer}.${first}${first > unit ? "" : `-${unit + 1}`}`);
    }
    return terms;
  }

  /**
   * @param {ReadonlySet<number>} show
   * @param {number[]} widths
   * @returns {string} a short text that `parseSelection` reads as the same selection
   */
  function formatSelection(show, widths) {
    const starts = layerStarts(widths);
    const shown = widths.map((_, layer) =>
      neuronsOf(starts, layer).map((neuron) => show.has(neuron)));
    const terms = shown.flat().every(Boolean) ? ["all"] : shown.flatMap((units, index) =>
      (units.every(Boolean) ? String(index + 1) : layerTerms(units, index + 1)));
    if (show.has(starts[widths.length])) terms.push("out");
    return terms.join(",") || "none";
  }

  GINN.neurons = { layerStarts, layerOf, neuronsOf, nameOf, parseSelection, formatSelection };
}
