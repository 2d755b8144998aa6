// The constants and the random numbers of a training, with the same bits in every browser.
"use strict";

{
  const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57];
  const KEY_STEPS = [0x9e3779b9, 0xbb67ae85];
  const ROUNDS = 10;
  const BITS = 24; // random bits of an initial weight, as many as a float32 has
  const BETAS = [0.9, 0.999];
  const SINE_TERMS = 14;

  /** @type {(a: number, b: number) => number} the upper 32 bits of a product of two 32-bit numbers */
  const upper = (a, b) =>
    Math.floor(((a >>> 16) * b + Math.floor(((a & 0xffff) * b) / 65536)) / 65536);

  /**
   * Philox4x32-10 (Salmon et al. 2011), as in ginn/network/philox.py.
   * @param {number} first of the counter (first, second, third, 0)
   * @param {number} second
   * @param {number} third
   * @param {number} key
   * @returns {number[]} four random numbers of 32 bits
   */
  function philox(first, second, third, key) {
    let [x0, x1, x2, x3] = [first, second, third, 0];
    let [k0, k1] = [key, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [y0, y2] = [upper(x2, MULTIPLIERS[1]) ^ x1 ^ k0, upper(x0, MULTIPLIERS[0]) ^ x3 ^ k1];
      [x1, x3] = [Math.imul(x2, MULTIPLIERS[1]) >>> 0, Math.imul(x0, MULTIPLIERS[0]) >>> 0];
      [x0, x2] = [y0 >>> 0, y2 >>> 0];
      [k0, k1] = [(k0 + KEY_STEPS[0]) >>> 0, (k1 + KEY_STEPS[1]) >>> 0];
    }
    return [x0, x1, x2, x3];
  }

  /** @type {(share: number) => number} cos(pi share) for shares from 0 to 1, as ginn/elementary.py */
  const cosineOfHalfTurns = (share) => {
    const angle = (share / 2) * Math.PI;
    const square = angle * angle;
    let series = 1;
    for (let k = SINE_TERMS; k > 0; k -= 1) series = 1 - series * (square / (2 * k * (2 * k + 1)));
    const sine = angle * series;
    return 1 - 2 * (sine * sine);
  };

  GINN.kernelNumbers = {
    MULTIPLIERS, KEY_STEPS, ROUNDS, BETAS, upper, philox,
    EPSILON: 1e-8,
    // Smaller moments become 0, before they are denormal numbers, which processors compute slowly.
    LEAST: 1e-30,
    LOG_2: [0.693145751953125, 1.42860682030941723212e-6],
    INVERSE_LOG_2: 1.4426950408889634,
    ROUNDING: 1.5 * 2 ** 23,
    LIMITS: [-87, 88],
    // The coefficients of the series for exp, the highest power first.
    FACTORIALS: [5040, 720, 120, 24, 6, 2, 1, 1].map((factorial) => 1 / factorial),
    initial(layout, seed, scale) {
      const drawn = new Float32Array(layout.padded);
      for (const { first, units, row, inputs } of layout.layers) {
        const factor = scale * (1 / Math.sqrt(inputs));
        for (let i = first; i < first + units * row; i += 1) {
          // The third number of the counter differs from that of minibatches, so the numbers differ, too.
          const integer = philox(i >> 2, 0, 1, seed)[i & 3] >>> (32 - BITS);
          drawn[i] = ((2 * integer + 1 - 2 ** BITS) / 2 ** BITS) * factor;
        }
      }
      return drawn;
    },
    rate({ peak, length, cosine }, iteration) {
      if (!cosine) return peak;
      return iteration >= length ? 0 : peak * (0.5 * (1 + cosineOfHalfTurns(iteration / length)));
    },
  };
}
