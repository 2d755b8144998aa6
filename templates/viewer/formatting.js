// The formats of numbers on the page, and the names of runs, in the site's language.
"use strict";

{
  const { say } = GINN.words;
  const { locale } = GINN.language;

  /** @type {(options?: Intl.NumberFormatOptions) => (number: number) => string} */
  const format = (options) => {
    const made = new Intl.NumberFormat(locale, options);
    return (number) => made.format(number);
  };
  const count = format();
  const percent = format({
    style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
  });
  /** @type {(share: number) => string} two significant digits */
  const percentage = format({ style: "percent", maximumSignificantDigits: 2, useGrouping: false });
  const [twoDigits, threeDigits] = [2, 3].map((digits) => format({
    minimumSignificantDigits: digits, maximumSignificantDigits: digits, useGrouping: false,
  }));
  /** @type {(number: number) => string} a power of ten */
  const power = format({ maximumSignificantDigits: 1 });
  // By the number of decimals.
  const decimals = [0, 1, 2, 3].map((digits) => format({
    minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false,
  }));

  // A browser's format rounds the shortest decimal form of a number, and not the number.
  /** @type {(number: number, digits: number) => string} with so many decimals, without grouping */
  const fixed = (number, digits) => decimals[digits](Number(number.toFixed(digits)));

  /**
   * @param {number} number
   * @returns {string} three significant digits, with an exponent only below a millionth
   */
  function decimal(number) {
    if (number === 0) return "0";
    if (Math.abs(number) < 1e-6) {
      const [digits, exponent] = number.toExponential(1).split("e");
      return `${fixed(Number(digits), 1)}e${exponent.replace("-", "−")}`;
    }
    return threeDigits(number);
  }

  /**
   * @param {number} number
   * @param {number} [digits] after the point
   * @returns {string} with a true minus sign, and none before a zero
   */
  function signed(number, digits = 2) {
    const size = Number(Math.abs(number).toFixed(digits));
    return `${number < 0 && size ? "−" : ""}${fixed(size, digits)}`;
  }

  /** @type {(number: number) => string} 0, 500, 10k, 1M: for an axis */
  const short = (number) => {
    if (number >= 1e6) return `${count(number / 1e6)}M`;
    return number >= 1e3 ? `${count(number / 1e3)}k` : count(number);
  };

  /** @type {(value: number) => string} a probability, never rounded to 0 or 1 */
  const probability = (value) => {
    if (value > 0.9995) return say("number.over", { number: percent(0.999) });
    if (value < 0.0005) return say("number.under", { number: percent(0.001) });
    return percent(value);
  };

  /** @type {(degrees: number) => string} whole degrees */
  const angle = (degrees) => `${fixed(degrees, 0)}°`;

  /** @type {(place: Point) => string} "x 0.250, y 0.125" */
  const place = ({ x, y }) => say("place", { x: fixed(x, 3), y: fixed(y, 3) });

  /** @type {(run: RunName) => string} "Good run 2", or "Good run" if it is the only one */
  const title = ({ kind, number }) => {
    const run = say(`run.${kind}`);
    return number ? say("run.numbered", { run, number }) : run;
  };

  /**
   * @param {IndexRun} run
   * @returns {string} how it ended, in one sentence; nothing for a run that is still trained
   */
  function outcome({ kind, loss, accuracy }) {
    if (kind === "live" || kind === "twin") return "";
    const good = kind === "good" || kind === "worst";
    return say(good ? "run.ended-well" : "run.ended-failed", {
      accuracy: accuracy % 1 ? probability(accuracy) : percent(accuracy),
      loss: loss ? twoDigits(loss) : "0",
    });
  }

  /** @type {(run: Run, step: number) => string} "Good run 2 at iteration 3,000" */
  const snapshot = (run, step) => say("run.at", {
    run: title(run), iteration: say("number.iteration", { number: run.iterations[step] }),
  });

  GINN.formatting = {
    count, percent, percentage, power, decimal, signed, short, probability, angle,
    place, title, outcome, snapshot,
  };
}
