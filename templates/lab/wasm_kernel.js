// The training kernel in WebAssembly, generated for the shape of a network. A vector holds four items.
//
// Every operation is rounded on its own. The order of sums: a pre-activation begins with the bias and
// goes over the inputs; a delta goes over the units above; a gradient has four partial sums, each over
// every fourth item, which are added as (0 + 1) + (2 + 3). js_kernel.js computes the same bits.
"use strict";

{
  const { VECTOR, product, gradients } = GINN.wasmProducts;
  const constants = GINN.kernelNumbers;
  const [ITERATION, SEED, FROZEN] = [0, 1, 2];

  /** @type {(work: Work, x: number, factor: number, to: number, half: number) => void} one half of a
   * product of 32-bit numbers: its lower bits (0) or upper bits (1) */
  const multiply = ({ code, free: [a, b] }, x, factor, to, half) => {
    ["i64x2.extmul_low_u", "i64x2.extmul_high_u"].forEach((name, n) => {
      code.get(x);
      code.ints(factor);
      code.op(name);
      code.set([a, b][n]);
    });
    code.get(a);
    code.get(b);
    code.shuffle([half, half + 2, half + 4, half + 6]);
    code.set(to);
  };

  /** @type {(work: Work, layout: KernelLayout, random: number[]) => void} random numbers become pixels */
  const drawPixels = (work, { pixels, numbers }, random) => {
    const { code, item, free: [pixel] } = work;
    random.forEach((x, n) => {
      multiply(work, x, pixels * pixels, pixel, 1);
      // Four counters lie side by side here; an item's number is 4 counter + n.
      for (let lane = 0; lane < 4; lane += 1) {
        code.get(item);
        code.get(pixel);
        code.storeLane(lane, 4 * numbers + VECTOR * lane + 4 * n);
      }
    });
  };

  /** @type {(work: Work, layout: KernelLayout) => void} Philox for the counters of sixteen items */
  const draw = (work, layout) => {
    const { code, item, sums: [x0, x1, x2, x3, key], free: [, , high, low] } = work;
    code.loop(item, work.row, 4 * GINN.kernelLayout.BLOCK, () => {
      code.get(item);
      code.int(4);
      code.op("i32.shr_u", "i32x4.splat");
      code.ints(0, 1, 2, 3);
      code.op("i32x4.add");
      code.set(x0);
      code.get(ITERATION);
      code.op("i32x4.splat");
      code.set(x1);
      for (const x of [x2, x3]) {
        code.ints(0);
        code.set(x);
      }
      code.get(SEED);
      code.op("i32x4.splat");
      code.set(key);
      for (let round = 0; round < constants.ROUNDS; round += 1) {
        multiply(work, x0, constants.MULTIPLIERS[0], low, 0);
        multiply(work, x0, constants.MULTIPLIERS[0], high, 1);
        // x2 = high ^ x3 ^ k1; its old value is still needed.
        code.get(high);
        code.get(x3);
        code.ints(Math.imul(round, constants.KEY_STEPS[1]));
        code.op("v128.xor", "v128.xor");
        code.get(low);
        code.set(x3);
        multiply(work, x2, constants.MULTIPLIERS[1], low, 0);
        multiply(work, x2, constants.MULTIPLIERS[1], high, 1);
        code.set(x2);
        code.get(high);
        code.get(x1);
        code.get(key);
        code.op("v128.xor", "v128.xor");
        code.set(x0);
        code.get(low);
        code.set(x1);
        code.get(key);
        code.ints(constants.KEY_STEPS[0]);
        code.op("i32x4.add");
        code.set(key);
      }
      drawPixels(work, layout, [x0, x1, x2, x3]);
    });
  };

  /** @type {(work: Work, layout: KernelLayout) => void} each item's x, y and label, from its pixel */
  const fetch = ({ code, item, row, free: [pixel, line] }, layout) => {
    const { pixels, numbers, labels, picture, layers: [{ below }] } = layout;
    const centre = () => {
      code.op("f32x4.convert_u");
      code.floats(0.5);
      code.op("f32x4.add");
    };
    code.loop(item, row, VECTOR, () => {
      code.get(item);
      code.memory("v128.load", 4 * numbers);
      code.set(pixel);
      // The pixel's row: its number and a half, over the side, is never near an integer.
      code.get(pixel);
      centre();
      code.floats(1 / pixels);
      code.op("f32x4.mul", "i32x4.trunc_u");
      code.set(line);
      code.get(item);
      code.get(pixel);
      code.get(line);
      code.ints(pixels);
      code.op("i32x4.mul", "i32x4.sub");
      centre();
      code.floats(pixels);
      code.op("f32x4.div");
      code.memory("v128.store", 4 * below);
      code.get(item);
      code.get(line);
      centre();
      code.floats(pixels);
      code.op("f32x4.div");
      code.memory("v128.store", 4 * below + row);
      for (let lane = 0; lane < 4; lane += 1) {
        code.get(item);
        code.get(pixel);
        code.lane(lane);
        code.memory("i32.load8_u", 4 * picture);
        code.memory("i32.store", 4 * labels + 4 * lane);
      }
      code.get(item);
      code.get(item);
      code.memory("v128.load", 4 * labels);
      code.op("f32x4.convert_u");
      code.memory("v128.store", 4 * labels);
    });
  };

  /** @type {(work: Work, z: number) => void} puts 1 / (1 + exp(-z)) on the stack */
  const sigmoid = ({ code, free: [x, n, r] }, z) => {
    const [least, most] = constants.LIMITS;
    code.floats(most);
    code.get(z);
    code.op("f32x4.neg");
    code.op("f32x4.pmin");
    code.set(x);
    code.floats(least);
    code.get(x);
    code.op("f32x4.pmax");
    code.set(x);
    // exp(x) = 2^n exp(r) with |r| <= log(2) / 2 (Cody and Waite's reduction).
    code.get(x);
    code.floats(constants.INVERSE_LOG_2);
    code.op("f32x4.mul");
    code.floats(constants.ROUNDING);
    code.op("f32x4.add");
    code.set(n);
    code.get(x);
    code.set(r);
    for (const part of constants.LOG_2) {
      code.get(r);
      code.get(n);
      code.floats(constants.ROUNDING);
      code.op("f32x4.sub");
      code.floats(part);
      code.op("f32x4.mul", "f32x4.sub");
      code.set(r);
    }
    code.floats(1);
    code.floats(1);
    constants.FACTORIALS.forEach((factor, place) => {
      if (place) {
        code.get(r);
        code.op("f32x4.mul");
      }
      code.floats(factor);
      if (place) code.op("f32x4.add");
    });
    // The last bits of n are the power of two; they are added to the exponent.
    code.get(n);
    code.int(23);
    code.op("i32x4.shl", "i32x4.add", "f32x4.add", "f32x4.div");
  };

  /** @type {(work: Work, layout: KernelLayout, top: (sum: number, offset: number) => void) => void} */
  const forward = (work, { layers, weights }, top) => {
    const { code } = work;
    layers.forEach(({ inputs, units, row: terms, first, below }, l) => {
      const last = l === layers.length - 1;
      const place = 4 * (weights + first);
      product(work, {
        rows: units, terms: inputs, left: place, rowStep: 4 * terms, termStep: 4,
        start: place + 4 * inputs, right: 4 * below,
        finish: last ? top : (sum, offset) => {
          code.get(work.at);
          code.floats(0);
          code.get(sum);
          code.op("f32x4.pmax");
          code.memory("v128.store", 4 * layers[l + 1].below + offset);
        },
      });
    });
  };

  /** @type {(work: Work, layout: KernelLayout) => void} */
  const backward = (work, { layers, weights, gradients: place }) => {
    const { code } = work;
    for (let l = layers.length - 1; l >= 0; l -= 1) {
      const layer = layers[l];
      code.get(FROZEN);
      code.int(1 << l);
      code.op("i32.and");
      code.unless(() => gradients(work, layer, place + layer.first));
      if (l === 0) return;
      product(work, {
        rows: layer.inputs, terms: layer.units, left: 4 * (weights + layer.first),
        rowStep: 4, termStep: 4 * layer.row, right: 4 * layer.deltas,
        finish(sum, offset) {
          code.get(work.at);
          code.get(sum);
          code.get(work.at);
          code.memory("v128.load", 4 * layer.below + offset);
          code.floats(0);
          code.op("f32x4.gt", "v128.and");
          code.memory("v128.store", 4 * layers[l - 1].deltas + offset);
        },
      });
    }
  };

  /** @type {(work: Work, layout: KernelLayout) => void} Adam (Kingma and Ba 2015, algorithm 1) */
  const adam = ({ code, item, block, free: [g, moment, rate, root] }, layout) => {
    const { padded, weights, first, second, gradients: place, rates } = layout;
    code.int(0);
    code.set(block);
    [rate, root].forEach((to, n) => {
      code.get(block);
      code.memory("v128.load32_splat", 4 * (rates + n));
      code.set(to);
    });
    /** @type {(at: number, beta: number, gradient: () => void) => void} */
    const decay = (at, beta, gradient) => {
      code.floats(beta);
      code.get(item);
      code.memory("v128.load", 4 * at);
      code.op("f32x4.mul");
      code.floats(1 - beta);
      gradient();
      code.op("f32x4.mul", "f32x4.add");
      code.set(moment);
      code.get(item);
      code.get(moment);
      code.get(moment);
      code.op("f32x4.abs");
      code.floats(constants.LEAST);
      code.op("f32x4.lt", "v128.andnot");
      code.set(moment);
      code.get(moment);
      code.memory("v128.store", 4 * at);
    };
    code.loop(item, 4 * padded, VECTOR, () => {
      code.get(item);
      code.memory("v128.load", 4 * place);
      code.set(g);
      decay(second, constants.BETAS[1], () => {
        code.get(g);
        code.get(g);
        code.op("f32x4.mul");
      });
      code.get(item);
      code.get(item);
      code.memory("v128.load", 4 * weights);
      code.get(rate);
      // The divisor stays on the stack's top for the quotient below.
      code.get(moment);
      code.op("f32x4.sqrt");
      code.get(root);
      code.op("f32x4.mul");
      code.floats(constants.EPSILON);
      code.op("f32x4.add");
      decay(first, constants.BETAS[0], () => code.get(g));
      code.set(g);
      code.get(moment);
      code.get(g);
      code.op("f32x4.div", "f32x4.mul", "f32x4.sub");
      code.memory("v128.store", 4 * weights);
    });
  };

  GINN.wasmKernel = {
    bytes(layout) {
      const row = 4 * layout.items;
      const step = GINN.wasmProducts.work(3, row);
      draw(step, layout);
      fetch(step, layout);
      const top = layout.layers[layout.layers.length - 1];
      forward(step, layout, (sum, offset) => {
        const { code } = step;
        code.get(step.at);
        sigmoid(step, sum);
        code.get(step.at);
        code.memory("v128.load", 4 * layout.labels + offset);
        code.op("f32x4.sub");
        code.get(step.at);
        code.memory("v128.load", 4 * layout.factors + offset);
        code.op("f32x4.mul");
        code.memory("v128.store", 4 * top.deltas + offset);
      });
      backward(step, layout);
      adam(step, layout);
      const logits = GINN.wasmProducts.work(0, row);
      forward(logits, layout, (sum, offset) => {
        logits.code.get(logits.at);
        logits.code.get(sum);
        logits.code.memory("v128.store", 4 * layout.labels + offset);
      });
      return GINN.assembler.assemble([
        { name: "step", parameters: 3, body: step.code.body() },
        { name: "logits", parameters: 0, body: logits.code.body() },
      ], layout.size);
    },
    async create(layout) {
      const { instance } = await WebAssembly.instantiate(GINN.wasmKernel.bytes(layout));
      const { memory, step, logits } = /** @type {any} */ (instance.exports);
      return { buffer: memory.buffer, step, logits };
    },
  };
}
