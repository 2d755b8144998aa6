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
   * @param {Float32Array} values
   * @param {number} offset where the layer's parameters start
   * @param {number[]} inputs
   * @param {number} out
   * @returns {number[]} pre-activations
   */
  function layer(values, offset, inputs, out) {
    const biases = offset + out * inputs.length;
    return Array.from({ length: out }, (_, unit) => {
      const row = offset + unit * inputs.length;
      return inputs.reduce((sum, input, i) => sum + input * values[row + i], 0) + values[biases + unit];
    });
  }

  /**
   * @param {WeightChunk} weights
   * @param {number} step a snapshot of the run that these weights hold
   * @param {number} x in domain units
   * @param {number} y
   * @returns {NetworkOutput}
   * @throws {Error} where the weights are those of other snapshots
   */
  function at(weights, step, x, y) {
    const { first, snapshots, sizes, values } = weights;
    if (!(step >= first && step < first + snapshots)) {
      throw new Error(`weights of snapshots ${first} to ${first + snapshots - 1}, not ${step}`);
    }
    let offset = (step - first) * parametersOf(sizes);
    let activations = [x, y];
    /** @type {number[]} */
    const preActivations = [];
    for (const out of sizes.slice(1, -1)) {
      const sums = layer(values, offset, activations, out);
      preActivations.push(...sums);
      offset += out * (activations.length + 1);
      activations = sums.map((sum) => Math.max(sum, 0));
    }
    const [logit] = layer(values, offset, activations, 1);
    const firstNeuron = preActivations.length - activations.length;
    return {
      values: Float64Array.of(...preActivations, logit),
      terms: activations.map((activation, i) => {
        const weight = values[offset + i];
        // A neuron that is off adds 0, which a negative weight would make -0.
        return { neuron: firstNeuron + i, activation, weight, product: activation * weight + 0 };
      }),
      bias: values[offset + activations.length],
      probability: 0.5 * (1 + Math.tanh(0.5 * logit)),
    };
  }

  GINN.forward = { decode, at };
}
