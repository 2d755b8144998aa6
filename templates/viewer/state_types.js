// The types of the view state's values. Each type reads a value from text and writes it as text.
"use strict";

/**
 * `parse` never throws. It returns the valid value nearest to the text, or undefined if the text has
 * no value of this type. `before` has the state's fields of the rows above.
 * @template T
 * @typedef {object} StateType
 * @property {(text: string, context: Context, before: State) => T | undefined} parse
 * @property {(value: T, context: Context) => string} [format] where it is missing, String does
 */

{
  const { parseSelection, formatSelection } = GINN.neurons;

  /**
   * @param {number} value
   * @param {number} digits after the point
   * @returns {number}
   */
  const rounded = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

  /**
   * @param {string} text
   * @param {number} least
   * @param {number} most
   * @param {number} digits after the point
   * @returns {number | undefined} undefined where the text is no number
   */
  function nearestNumber(text, least, most, digits) {
    const value = text.trim() === "" ? NaN : rounded(Number(text), digits);
    return Number.isNaN(value) ? undefined : Math.min(most, Math.max(least, value));
  }

  /**
   * @param {(context: Context, before: State) => [number, number]} range
   * @param {number} digits after the point
   * @returns {StateType<number>}
   */
  const number = (range, digits) => ({
    parse: (text, context, before) => nearestNumber(text, ...range(context, before), digits),
    format: (value) => String(rounded(value, digits)),
  });

  /** @type {(allowed: number[]) => StateType<number>} */
  const oneNumberOf = (allowed) => ({ parse: (text) => allowed.find((one) => one === Number(text)) });

  /** @type {(allowed: (context: Context, before: State) => string[]) => StateType<string>} */
  const oneOf = (allowed) => ({
    parse: (text, ...given) => allowed(...given).find((name) => name === text),
  });

  /**
   * @template T, N
   * @param {StateType<T>} type
   * @param {string} word
   * @param {N} nothing the value that the word stands for
   * @returns {StateType<T | N>}
   */
  const optional = (type, word, nothing) => ({
    parse: (text, ...given) => (text === word ? nothing : type.parse(text, ...given)),
    format: (value, context) => (value === nothing
      ? word : (type.format ?? String)(/** @type {T} */ (value), context)),
  });

  /** @type {StateType<ReadonlySet<number>>} */
  const selection = {
    parse: (text, { widths }) => parseSelection(text, widths),
    format: (value, { widths }) => formatSelection(value, widths),
  };

  /** @type {StateType<number>} one neuron, or -1 */
  const neuron = {
    parse(text, { widths }) {
      const chosen = parseSelection(text, widths);
      return chosen && (chosen.size ? chosen.size > 1 ? undefined : [...chosen][0] : -1);
    },
    format: (value, { widths }) => formatSelection(new Set(value < 0 ? [] : [value]), widths),
  };

  /** @type {StateType<boolean>} */
  const onOrOff = {
    parse: (text) => text === "on" || (text === "off" ? false : undefined),
    format: (value) => (value ? "on" : "off"),
  };

  /** @type {StateType<Point>} */
  const point = {
    parse(text) {
      const [x, y, more] = text.split(",", 3).map((part) => nearestNumber(part, 0, 1, 5));
      return x === undefined || y === undefined || more !== undefined ? undefined : { x, y };
    },
    format: ({ x, y }) => `${rounded(x, 5)},${rounded(y, 5)}`,
  };

  GINN.stateTypes = {
    number, oneNumberOf, oneOf, optional, selection, neuron, onOrOff, point,
  };
}
