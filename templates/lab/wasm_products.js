// Products of matrices for the kernel in WebAssembly: a layer's weights times items, and deltas times items.
"use strict";

/**
 * The function under construction, with the numbers of its local variables.
 * @typedef {object} Work
 * @property {Code} code
 * @property {number} row bytes of a row of items
 * @property {number} item place of the first item of a block, in bytes
 * @property {number} block number of a block of rows
 * @property {number} left place of its first row in the left matrix
 * @property {number} out place of its first row in the result
 * @property {number} at place of its first item there
 * @property {number[]} sums vectors
 * @property {number[]} free vectors
 */
/**
 * A product: sums[m][item] = start[m] + sum over k in order of left[m][k] right[k][item].
 * All places and steps are in bytes.
 * @typedef {object} Product
 * @property {number} rows
 * @property {number} terms
 * @property {number} left
 * @property {number} rowStep
 * @property {number} termStep
 * @property {number} [start] place of the first row's first summand, in the left matrix
 * @property {number} right
 * @property {(sum: number, offset: number) => void} finish stores a sum; the result's place is `at` + offset
 */

{
  const VECTOR = 16; // bytes
  const HEIGHT = 4; // rows in a block of a product
  const PAIR = 2; // rows in a block of gradients, and vectors in a block of a product
  const { create } = GINN.assembler;

  /**
   * Calls `body` for each block of rows, in a loop, and once more for the rows that are left.
   * @type {(work: Work, rows: number, most: number, body: (height: number) => void) => void}
   */
  const inBlocks = ({ code, block }, rows, most, body) => {
    const whole = Math.floor(rows / most);
    if (whole) code.loop(block, whole, 1, () => body(most));
    if (rows % most === 0) return;
    code.int(whole);
    code.set(block);
    body(rows % most);
  };

  /** @type {(work: Work, step: number, to: number) => void} to = block * step */
  const place = ({ code, block }, step, to) => {
    code.get(block);
    code.int(step);
    code.op("i32.mul");
    code.set(to);
  };

  /** @type {(code: Code, sum: number, a: number, b: number) => void} sum += a * b, rounded twice */
  const addProduct = (code, sum, a, b) => {
    code.get(sum);
    code.get(a);
    code.get(b);
    code.op("f32x4.mul", "f32x4.add");
    code.set(sum);
  };

  /** @type {(work: Work, product: Product) => void} */
  const product = (work, { rows, terms, left, rowStep, termStep, start, right, finish }) => {
    const { code, row, item, sums, free: [a, ...items] } = work;
    const splat = (/** @type {number} */ offset) => {
      code.get(work.left);
      code.memory("v128.load32_splat", offset);
    };
    inBlocks(work, rows, HEIGHT, (height) => {
      place(work, HEIGHT * rowStep, work.left);
      place(work, HEIGHT * row, work.out);
      code.loop(item, row, PAIR * VECTOR, () => {
        const used = sums.slice(0, PAIR * height);
        used.forEach((sum, n) => {
          if (start === undefined) code.floats(0);
          else splat(start + Math.floor(n / PAIR) * rowStep);
          code.set(sum);
        });
        for (let k = 0; k < terms; k += 1) {
          for (let v = 0; v < PAIR; v += 1) {
            code.get(item);
            code.memory("v128.load", right + k * row + v * VECTOR);
            code.set(items[v]);
          }
          for (let m = 0; m < height; m += 1) {
            splat(left + m * rowStep + k * termStep);
            code.set(a);
            for (let v = 0; v < PAIR; v += 1) addProduct(code, used[PAIR * m + v], a, items[v]);
          }
        }
        code.get(work.out);
        code.get(item);
        code.op("i32.add");
        code.set(work.at);
        used.forEach((sum, n) => finish(sum, Math.floor(n / PAIR) * row + (n % PAIR) * VECTOR));
      });
    });
  };

  /**
   * Leaves the sum of each of four vectors on the stack, as one vector.
   * @type {(code: Code, vectors: number[], half: number) => void}
   */
  const addAcross = (code, [a, b, c, d], half) => {
    /** @type {(one: number, other: number) => void} */
    const pairs = (one, other) => {
      for (const first of [0, 1]) {
        code.get(one);
        code.get(other);
        code.shuffle([first, first + 2, first + 4, first + 6]);
      }
      code.op("f32x4.add");
    };
    pairs(a, b);
    code.set(half);
    pairs(c, d);
    code.set(a);
    pairs(half, a);
  };

  /**
   * gradients[m][k] = sum over items of deltas[m][item] inputs[k][item], in four partial sums.
   * @type {(work: Work, layer: KernelLayer, gradients: number) => void}
   */
  const gradients = (work, { units, row: terms, deltas, below }, out) => {
    const { code, row, item, sums, free: [input, ...others] } = work;
    inBlocks(work, units, PAIR, (height) => {
      place(work, PAIR * row, work.left);
      place(work, PAIR * 4 * terms, work.out);
      for (let k = 0; k < terms; k += HEIGHT) {
        const wide = Math.min(HEIGHT, terms - k);
        for (const sum of sums) {
          code.floats(0);
          code.set(sum);
        }
        code.loop(item, row, VECTOR, () => {
          code.get(work.left);
          code.get(item);
          code.op("i32.add");
          code.set(work.at);
          for (let m = 0; m < height; m += 1) {
            code.get(work.at);
            code.memory("v128.load", 4 * deltas + m * row);
            code.set(others[m]);
          }
          for (let n = 0; n < wide; n += 1) {
            code.get(item);
            code.memory("v128.load", 4 * below + (k + n) * row);
            code.set(input);
            for (let m = 0; m < height; m += 1) addProduct(code, sums[HEIGHT * m + n], others[m], input);
          }
        });
        for (let m = 0; m < height; m += 1) {
          const target = 4 * (out + m * terms + k);
          addAcross(code, sums.slice(HEIGHT * m, HEIGHT * (m + 1)), input);
          code.set(input);
          for (let n = 0; n < wide; n += 1) {
            if (wide === HEIGHT && n) break;
            code.get(work.out);
            code.get(input);
            if (wide === HEIGHT) code.memory("v128.store", target);
            else code.storeLane(n, target + 4 * n);
          }
        }
      }
    });
  };

  GINN.wasmProducts = {
    VECTOR, product, gradients,
    work(parameters, row) {
      const code = create(parameters);
      const [item, block, left, out, at] = Array.from({ length: 5 }, () => code.local("i32"));
      const vectors = Array.from({ length: 13 }, () => code.local("v128"));
      return { code, row, item, block, left, out, at, sums: vectors.slice(0, 8), free: vectors.slice(8) };
    },
  };
}
