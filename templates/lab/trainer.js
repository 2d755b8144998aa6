// A network under training: its kernel's memory, its iteration, and the rates of Adam's steps.
"use strict";

/**
 * What the kernels in WebAssembly and in JavaScript have in common.
 * @typedef {object} Kernel
 * @property {ArrayBuffer} buffer its memory, by `KernelLayout`
 * @property {(iteration: number, seed: number, frozen: number) => void} step trains on the iteration's
 *   minibatch; bit l of `frozen` stops layer l
 * @property {() => void} logits computes the logits of the items in the memory, in place of their labels
 */
/**
 * @typedef {object} Schedule the learning rate: constant, or annealed to 0 by a cosine
 * @property {number} peak
 * @property {number} length of the run, in iterations
 * @property {boolean} cosine
 */
/**
 * @typedef {object} Trainer
 * @property {KernelLayout} layout
 * @property {() => number} iteration the number of updates so far
 * @property {(count: number) => void} train
 * @property {() => Float32Array} parameters a copy, layer by layer, unit by unit, the bias last
 * @property {(parameters: Float32Array, iteration: number) => void} restart takes up a network; Adam's
 *   moments and its count of steps start at 0
 * @property {(change: (parameters: Float32Array) => void) => void} change changes parameters in place
 * @property {(layers: number) => void} freeze stops the layers whose bits are set, and no others
 * @property {(parameters: Float32Array, stride: number) => Float32Array} logits of a network at every
 *   so many pixels, both ways, row by row
 */

{
  /** @type {(layout: KernelLayout, numbers: Float32Array) => void} what never changes */
  const fillConstants = ({ layers, items, factors, batch }, numbers) => {
    for (const { below, inputs, row } of layers) {
      numbers.fill(1, below + inputs * items, below + row * items);
    }
    numbers.fill(1 / batch, factors, factors + batch);
  };

  /** @type {(layout: KernelLayout, numbers: Float32Array, mask: number) => void} without gradients and
   * moments, Adam leaves the parameters of the layers in a mask as they are */
  const clear = ({ layers, first: means, second, gradients }, numbers, mask) => {
    layers.forEach(({ first, units, row }, l) => {
      if ((mask & (1 << l)) === 0) return;
      for (const place of [means, second, gradients]) {
        numbers.fill(0, place + first, place + first + units * row);
      }
    });
  };

  /** @type {(kernel: Kernel, layout: KernelLayout, numbers: Float32Array, own: Float32Array,
   *   given: Float32Array, stride: number) => Float32Array} see `Trainer.logits` */
  const logitsOf = (kernel, layout, numbers, own, given, stride) => {
    const { items, labels: results, pixels, layers: [{ below }] } = layout;
    const side = Math.ceil(pixels / stride);
    const kept = own.slice();
    own.set(given);
    const found = new Float32Array(side * side);
    const place = (/** @type {number} */ number) =>
      (Math.min(pixels - 1, number * stride + (stride >> 1)) + 0.5) / pixels;
    for (let start = 0; start < found.length; start += items) {
      const end = Math.min(items, found.length - start);
      for (let i = 0; i < end; i += 1) {
        const row = Math.floor((start + i) / side);
        numbers[below + i] = place(start + i - row * side);
        numbers[below + items + i] = place(row);
      }
      kernel.logits();
      found.set(numbers.subarray(results, results + end), start);
    }
    own.set(kept);
    return found;
  };

  GINN.trainer = {
    async kernel(layout) {
      try {
        return { kernel: await GINN.wasmKernel.create(layout), fast: true };
      } catch {
        // A policy forbids WebAssembly, or the browser has no vectors.
        return { kernel: GINN.jsKernel.create(layout), fast: false };
      }
    },
    create(kernel, layout, { picture, seed, schedule, parameters }) {
      const numbers = new Float32Array(kernel.buffer, 0, layout.picture);
      const { weights, rates } = layout;
      const [beta1, beta2] = GINN.kernelNumbers.BETAS;
      let iteration = 0;
      let powers = [1, 1];
      let frozen = 0;
      fillConstants(layout, numbers);
      new Uint8Array(kernel.buffer, 4 * layout.picture).set(picture);
      const own = numbers.subarray(weights, weights + layout.parameters);
      /** @type {Trainer["restart"]} */
      const restart = (given, at) => {
        own.set(given);
        clear(layout, numbers, -1);
        iteration = at;
        powers = [1, 1];
      };
      restart(parameters, 0);

      return {
        layout,
        iteration: () => iteration,
        train(count) {
          for (const end = iteration + count; iteration < end; iteration += 1) {
            powers = [powers[0] * beta1, powers[1] * beta2];
            numbers[rates] = GINN.kernelNumbers.rate(schedule, iteration) / (1 - powers[0]);
            numbers[rates + 1] = 1 / Math.sqrt(1 - powers[1]);
            kernel.step(iteration, seed, frozen);
          }
        },
        parameters: () => own.slice(),
        restart,
        change: (change) => change(own),
        freeze(mask) {
          clear(layout, numbers, mask);
          frozen = mask;
        },
        logits: (given, stride) => logitsOf(kernel, layout, numbers, own, given, stride),
      };
    },
  };
}
