// The forward pass: what the network computes at a point of the domain. The contract of the weights is
// at the top of ginn/viewer_data/weight_chunks.py.
"use strict";

/**
 * The parameters of consecutive snapshots. Those of the chunk's k-th snapshot stand together, layer
 * by layer: the weights row by row, a row a neuron, and then the biases.
 * @typedef {object} WeightChunk
 * @property {number} first the run's snapshot that the chunk starts with
 * @property {number} snapshots
 * @property {number[]} sizes units of each layer, the input's 2 and the output's 1 included
 * @property {Float32Array} values
 */
/**
 * What a neuron of the last hidden layer adds to the logit.
 * @typedef {object} Term
 * @property {number} neuron
 * @property {number} activation
 * @property {number} weight
 * @property {number} product
 */
/**
 * @typedef {object} NetworkOutput bias and products add up to the logit, which is the last of `values`
 * @property {Float64Array} values every neuron's pre-activation, layer by layer, the output last
 * @property {Term[]} terms
 * @property {number} bias the output's
 * @property {number} probability of white
 */

{
  const { numbers, parse } = GINN.vlq;
  const MAGIC = "ginn-weights";
  const VERSION = 1;
  const FIELDS = 3;

  /** @type {(sizes: number[]) => number} weights and biases of one snapshot */
  const parametersOf = (sizes) =>
    sizes.slice(1).reduce((sum, out, index) => sum + out * (sizes[index] + 1), 0);

  /**
   * @param {unknown} text
   * @returns {WeightChunk}
   * @throws {Error} where the text is of another kind or version, or damaged
   */
  function decode(text) {
    const { fields, columns } = parse(text, MAGIC, VERSION, FIELDS);
    const [first, snapshots] = fields.map(Number);
    const sizes = fields[2].split("-").map(Number);
    const parameters = parametersOf(sizes);
    const steps = numbers(columns[0], parameters * snapshots);
    const values = new Float32Array(parameters * snapshots);
    const bits = new Int32Array(values.buffer);
    for (let p = 0; p < parameters; p += 1) {
      let pattern = 0;
      for (let k = 0; k < snapshots; k += 1) {
        const step = steps[p * snapshots + k];
        pattern = (pattern + ((step >>> 1) ^ -(step & 1))) | 0;
        bits[k * parameters + p] = pattern;
      }
    }
    return { first, snapshots, sizes, values };
  }

  /**
   * Every neuron's pre-activations at some places, layer by layer, the output last.
   * @param {WeightChunk} weights
   * @param {number} step a snapshot of the run that these weights hold
   * @param {Float64Array[]} places the coordinates x of all places, and then y, in domain units
   * @param {number} [last] no layer after that of this neuron is computed
   * @returns {Float64Array[]} for each neuron, a value a place
   * @throws {Error} where the weights are those of other snapshots
   */
  function preActivations({ first, snapshots, sizes, values }, step, places, last = Infinity) {
    if (!(step >= first && step < first + snapshots)) {
      throw new Error(`weights of snapshots ${first} to ${first + snapshots - 1}, not ${step}`);
    }
    let offset = (step - first) * parametersOf(sizes);
    let inputs = places;
    /** @type {Float64Array[]} */
    const found = [];
    for (const out of sizes.slice(1)) {
      if (found.length > last) break;
      const width = inputs.length;
      const sums = Array.from({ length: out }, (_, unit) => {
        const sum = new Float64Array(places[0].length);
        inputs.forEach((input, i) => {
          const weight = values[offset + unit * width + i];
          for (let place = 0; place < sum.length; place += 1) sum[place] += weight * input[place];
        });
        const bias = values[offset + out * width + unit];
        return sum.map((each) => each + bias);
      });
      found.push(...sums);
      inputs = sums.map((sum) => sum.map((each) => Math.max(each, 0)));
      offset += out * (width + 1);
    }
    return found;
  }

  /**
   * @param {WeightChunk} weights
   * @param {number} step
   * @param {number} neuron
   * @returns {{into: number[], out: number[]}} its weights for each unit of the layer before, and those
   *   for it of each neuron of the layer after
   */
  function wires({ first, sizes, values }, step, neuron) {
    let offset = (step - first) * parametersOf(sizes);
    let unit = neuron;
    let layer = 1;
    for (; unit >= sizes[layer]; layer += 1) {
      offset += sizes[layer] * (sizes[layer - 1] + 1);
      unit -= sizes[layer];
    }
    const [before, width, after = 0] = sizes.slice(layer - 1, layer + 2);
    const next = offset + width * (before + 1);
    return {
      into: [...values.subarray(offset + unit * before, offset + (unit + 1) * before)],
      out: Array.from({ length: after }, (_, row) => values[next + row * width + unit]),
    };
  }

  /**
   * @param {WeightChunk} weights
   * @param {number} step
   * @param {number} x in domain units
   * @param {number} y
   * @returns {NetworkOutput}
   * @throws {Error} where the weights are those of other snapshots
   */
  function at(weights, step, x, y) {
    const found = preActivations(weights, step, [Float64Array.of(x), Float64Array.of(y)]);
    const values = Float64Array.from(found, ([value]) => value);
    const output = found.length - 1;
    const { into } = wires(weights, step, output);
    const firstNeuron = output - into.length;
    return {
      values,
      terms: into.map((weight, i) => {
        const activation = Math.max(values[firstNeuron + i], 0);
        // A neuron that is off adds 0, which a negative weight would make -0.
        return { neuron: firstNeuron + i, activation, weight, product: activation * weight + 0 };
      }),
      bias: weights.values[(step - weights.first + 1) * parametersOf(weights.sizes) - 1],
      probability: 0.5 * (1 + Math.tanh(0.5 * values[output])),
    };
  }

  GINN.forward = { decode, preActivations, at, wires };
}
