// Where a training kernel keeps its numbers. Both kernels, in WebAssembly and in JavaScript, use it.
//
// Numbers are float32, as in recorded runs: a run can be taken up with its exact weights, and four of
// them fit into a vector of 128 bits. Float64 would make the kernel in JavaScript twice as fast, and the
// one in WebAssembly, which nearly every reader has, half as fast.
"use strict";

/**
 * A layer. Its parameters lie unit by unit, the bias last. Its inputs are rows of items: a row an
 * input, and a row of ones for the bias. All places are counted in numbers of four bytes.
 * @typedef {object} KernelLayer
 * @property {number} inputs
 * @property {number} units
 * @property {number} row parameters of a unit, `inputs` + 1
 * @property {number} first place of the layer's parameters among all
 * @property {number} below place of its inputs
 * @property {number} deltas place of d loss / d pre-activation, a row a unit
 */
/**
 * @typedef {object} KernelLayout
 * @property {number[]} widths
 * @property {number} batch items of a minibatch
 * @property {number} pixels along a side of the picture
 * @property {number} items `batch`, rounded up to whole blocks
 * @property {KernelLayer[]} layers the hidden layers, and then the output
 * @property {number} parameters how many there are
 * @property {number} padded that number, rounded up to whole vectors
 * @property {number} weights place of the parameters
 * @property {number} first place of Adam's first moments
 * @property {number} second place of Adam's second moments
 * @property {number} gradients
 * @property {number} rates place of the step size and of the root's scale
 * @property {number} numbers place of the random pixel of each item
 * @property {number} labels place of each item's label
 * @property {number} factors place of each item's share of the loss; 0 for items that only fill a block
 * @property {number} picture place of the picture's labels, which are single bytes
 * @property {number} size of the memory in bytes
 */

{
  // Sixteen items are drawn at a time.
  const BLOCK = 16;
  const VECTOR = 4;
  /** @type {(count: number, unit: number) => number} */
  const roundedUp = (count, unit) => Math.ceil(count / unit) * unit;

  GINN.kernelLayout = {
    BLOCK,
    of(widths, batch, pixels) {
      const items = roundedUp(batch, BLOCK);
      let end = 0;
      const reserve = (/** @type {number} */ count) => {
        const place = end;
        end += roundedUp(count, VECTOR);
        return place;
      };
      const sizes = [2, ...widths, 1];
      const parameters = widths.reduce((sum, _, l) => sum + sizes[l + 1] * (sizes[l] + 1),
        sizes[sizes.length - 2] + 1);
      const padded = roundedUp(parameters, VECTOR);
      const [weights, first, second, gradients] = Array.from({ length: 4 }, () => reserve(padded));
      const [rates, numbers, labels, factors] = [2, items, items, items].map(reserve);
      // The deltas of a layer and of the one below it are in use at the same time.
      const widest = Math.max(...widths) * items;
      const deltas = [reserve(widest), reserve(widest)];
      let next = 0;
      const layers = sizes.slice(1).map((units, l) => {
        const row = sizes[l] + 1;
        const place = next;
        next += units * row;
        return {
          inputs: sizes[l], units, row, first: place, below: reserve(row * items), deltas: deltas[l % 2],
        };
      });
      const picture = reserve(0);
      return {
        widths, batch, pixels, items, layers, parameters, padded, weights, first, second, gradients,
        rates, numbers, labels, factors, picture, size: 4 * picture + pixels * pixels,
      };
    },
  };
}
