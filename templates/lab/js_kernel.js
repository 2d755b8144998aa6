// The training kernel in JavaScript, where WebAssembly is forbidden or has no vectors. It computes the
// bits of wasm_kernel.js, which states the order of sums. A product or a sum of two float32 is rounded to
// float64 first and then to float32, which gives the same as one rounding.
"use strict";

{
  const { fround, sqrt, abs } = Math;
  const constants = GINN.kernelNumbers;
  const LOWEST_POWER = -127;
  /** Powers of two from 2^-127, exactly. */
  const POWERS = Float32Array.from({ length: 256 }, (_, n) => 2 ** (n + LOWEST_POWER));
  const [LEAST, MOST] = constants.LIMITS;
  const [LOG_2_HIGH, LOG_2_LOW] = constants.LOG_2.map(fround);
  const INVERSE_LOG_2 = fround(constants.INVERSE_LOG_2);
  const FACTORIALS = constants.FACTORIALS.map(fround);
  const EPSILON = fround(constants.EPSILON);
  const SMALLEST = fround(constants.LEAST);
  const [BETA_1, BETA_2] = constants.BETAS.map(fround);
  const [REST_1, REST_2] = constants.BETAS.map((beta) => fround(1 - beta));

  /** @type {(z: number) => number} 1 / (1 + exp(-z)) */
  const sigmoid = (z) => {
    // A NaN becomes a limit, as in the kernel in WebAssembly.
    let x = -z < MOST ? -z : MOST;
    if (x < LEAST) x = LEAST;
    const shifted = fround(fround(x * INVERSE_LOG_2) + constants.ROUNDING);
    const n = shifted - constants.ROUNDING;
    let r = fround(x - fround(n * LOG_2_HIGH));
    r = fround(r - fround(n * LOG_2_LOW));
    let power = FACTORIALS[0];
    for (let k = 1; k < FACTORIALS.length; k += 1) power = fround(fround(power * r) + FACTORIALS[k]);
    return fround(1 / fround(1 + fround(power * POWERS[n - LOWEST_POWER])));
  };

  /** @type {(layout: KernelLayout, f: Float32Array, picture: Uint8Array, iteration: number, seed: number) => void} */
  const draw = ({ pixels, items, labels, layers: [{ below }] }, f, picture, iteration, seed) => {
    for (let i = 0; i < items; i += 4) {
      constants.philox(i >> 2, iteration, 0, seed).forEach((number, n) => {
        const pixel = constants.upper(number, pixels * pixels);
        const line = Math.floor(pixel / pixels);
        f[below + i + n] = (pixel - line * pixels + 0.5) / pixels;
        f[below + items + i + n] = (line + 0.5) / pixels;
        f[labels + i + n] = picture[pixel];
      });
    }
  };

  /** @type {(layout: KernelLayout, f: Float32Array, top: (z: number, item: number) => void) => void} */
  const forward = ({ layers, weights, items }, f, top) => {
    for (let l = 0; l < layers.length; l += 1) {
      const { inputs, units, row, first, below } = layers[l];
      const above = l + 1 < layers.length ? layers[l + 1].below : -1;
      for (let unit = 0; unit < units; unit += 1) {
        const w = weights + first + unit * row;
        for (let i = 0; i < items; i += 4) {
          let [a, b, c, d] = [f[w + inputs], f[w + inputs], f[w + inputs], f[w + inputs]];
          for (let k = 0; k < inputs; k += 1) {
            const x = below + k * items + i;
            a = fround(a + fround(f[w + k] * f[x]));
            b = fround(b + fround(f[w + k] * f[x + 1]));
            c = fround(c + fround(f[w + k] * f[x + 2]));
            d = fround(d + fround(f[w + k] * f[x + 3]));
          }
          const sums = [a, b, c, d];
          for (let n = 0; n < 4; n += 1) {
            if (above < 0) top(sums[n], i + n);
            else f[above + unit * items + i + n] = sums[n] > 0 ? sums[n] : 0;
          }
        }
      }
    }
  };

  /** @type {(layout: KernelLayout, f: Float32Array, layer: KernelLayer) => void} */
  const gradients = ({ items, gradients: place }, f, { units, row, first, deltas, below }) => {
    for (let unit = 0; unit < units; unit += 1) {
      for (let k = 0; k < row; k += 1) {
        let [a, b, c, d] = [0, 0, 0, 0];
        for (let i = 0; i < items; i += 4) {
          const delta = deltas + unit * items + i;
          const x = below + k * items + i;
          a = fround(a + fround(f[delta] * f[x]));
          b = fround(b + fround(f[delta + 1] * f[x + 1]));
          c = fround(c + fround(f[delta + 2] * f[x + 2]));
          d = fround(d + fround(f[delta + 3] * f[x + 3]));
        }
        f[place + first + unit * row + k] = fround(a + b) + fround(c + d);
      }
    }
  };

  /** @type {(layout: KernelLayout, f: Float32Array, layer: KernelLayer, target: number) => void} */
  const deltasBelow = ({ items, weights }, f, { inputs, units, row, first, deltas, below }, target) => {
    for (let k = 0; k < inputs; k += 1) {
      for (let i = 0; i < items; i += 1) {
        let sum = 0;
        // Nothing is added where the unit is off.
        if (f[below + k * items + i] > 0) {
          for (let unit = 0; unit < units; unit += 1) {
            sum = fround(sum + fround(f[weights + first + unit * row + k] * f[deltas + unit * items + i]));
          }
        }
        f[target + k * items + i] = sum;
      }
    }
  };

  /** @type {(layout: KernelLayout, f: Float32Array) => void} */
  const adam = ({ padded, weights, first, second, gradients: place, rates }, f) => {
    for (let i = 0; i < padded; i += 1) {
      const g = f[place + i];
      let v = fround(fround(BETA_2 * f[second + i]) + fround(REST_2 * fround(g * g)));
      if (v < SMALLEST) v = 0;
      let m = fround(fround(BETA_1 * f[first + i]) + fround(REST_1 * g));
      if (abs(m) < SMALLEST) m = 0;
      f[second + i] = v;
      f[first + i] = m;
      const divisor = fround(fround(fround(sqrt(v)) * f[rates + 1]) + EPSILON);
      f[weights + i] -= fround(f[rates] * fround(m / divisor));
    }
  };

  GINN.jsKernel = {
    create(layout) {
      const buffer = new ArrayBuffer(Math.ceil(layout.size / 4) * 4);
      const f = new Float32Array(buffer);
      const picture = new Uint8Array(buffer, 4 * layout.picture);
      const { layers, labels, factors } = layout;
      const top = layers[layers.length - 1];
      return {
        buffer,
        step(iteration, seed, frozen) {
          draw(layout, f, picture, iteration, seed);
          forward(layout, f, (z, i) => {
            f[top.deltas + i] = fround(sigmoid(z) - f[labels + i]) * f[factors + i];
          });
          for (let l = layers.length - 1; l >= 0; l -= 1) {
            if ((frozen & (1 << l)) === 0) gradients(layout, f, layers[l]);
            if (l) deltasBelow(layout, f, layers[l], layers[l - 1].deltas);
          }
          adam(layout, f);
        },
        logits() {
          forward(layout, f, (z, i) => {
            f[labels + i] = z;
          });
        },
      };
    },
  };
}
