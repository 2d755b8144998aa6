// The formats of numbers on the page.
"use strict";

{
  const whole = new Intl.NumberFormat("en-GB");
  const percentage = new Intl.NumberFormat("en-GB", {
    style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
  });
  const count = (/** @type {number} */ number) => whole.format(number);
  const percent = (/** @type {number} */ fraction) => percentage.format(fraction);

  /**
   * @param {number} number
   * @returns {string} three significant digits, with an exponent only below a millionth
   */
  function decimal(number) {
    if (number === 0) return "0";
    if (Math.abs(number) < 1e-6) return number.toExponential(1).replace("-", "−");
    const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number))));
    return number.toFixed(Math.min(8, digits));
  }

  /**
   * @param {number} number
   * @param {number} [digits] after the point
   * @returns {string} with a true minus sign, and none before a zero
   */
  function signed(number, digits = 2) {
    const text = Math.abs(number).toFixed(digits);
    return number < 0 && Number(text) !== 0 ? `−${text}` : text;
  }

  /** @type {(number: number) => string} 0, 500, 10k, 1M: for an axis */
  const short = (number) => {
    if (number >= 1e6) return `${number / 1e6}M`;
    return number >= 1e3 ? `${number / 1e3}k` : String(number);
  };

  /** @type {(value: number) => string} a probability, never rounded to 0 or 1 */
  const probability = (value) => {
    if (value > 0.9995) return `over ${percent(0.999)}`;
    if (value < 0.0005) return `under ${percent(0.001)}`;
    return percent(value);
  };

  /** @type {(run: Run, step: number) => string} "Seed 7 at iteration 3,000" */
  const snapshot = (run, step) => `${run.title} at iteration ${count(run.iterations[step])}`;

  /**
   * Rounds numbers so that the rounded numbers add up to the rounded sum: the numbers with the
   * largest remainders are rounded up.
   * @param {number[]} values
   * @param {number} digits after the point
   * @returns {{values: number[], sum: number}} in units of the last digit
   */
  function addingUp(values, digits) {
    const scaled = values.map((value) => value * 10 ** digits);
    const sum = Math.round(scaled.reduce((total, value) => total + value, 0));
    const rounded = scaled.map(Math.floor);
    const missing = sum - rounded.reduce((total, value) => total + value, 0);
    scaled
      .map((value, index) => ({ index, rest: value - Math.floor(value) }))
      .sort((a, b) => b.rest - a.rest || a.index - b.index)
      .slice(0, missing)
      .forEach(({ index }) => {
        rounded[index] += 1;
      });
    return { values: rounded, sum };
  }

  GINN.formatting = {
    count, percent, decimal, signed, short, probability, snapshot, addingUp,
  };
}
