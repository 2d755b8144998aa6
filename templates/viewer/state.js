// The view's state: one declared table. Controls write it, one draw reads it, the address is it.
"use strict";

/**
 * @typedef {object} State
 * @property {string} run an shown run's id
 * @property {number} step the snapshot, from 0
 * @property {ReadonlySet<number>} show the neurons shown; numbered layer by layer from 0, the output last
 * @property {"output" | "target" | "error" | "regions" | "plain"} behind what is under the lines
 * @property {number} speed snapshots a second while playing
 * @property {number} trail earlier snapshots that stay in sight as fading lines
 * @property {number} zoom how many times the domain is enlarged
 * @property {number} x the point in the stage's middle, in domain units, as is y
 * @property {number} y
 * @property {boolean} loop whether playing starts again after the last snapshot
 * @property {Point | null} point the place asked about
 * @property {number} about the neuron whose bends are listed, or -1
 * @property {string} beside the second stage's run, or "" for one stage
 * @property {ReadonlySet<number> | null} own the second stage's neurons, or null for the same
 * @property {"left" | "right"} side the stage that the network panel belongs to
 */
/**
 * @typedef {object} Point in domain units
 * @property {number} x
 * @property {number} y
 */

/**
 * What the state can be: the runs there are and the network they share.
 * @typedef {object} Context
 * @property {{id: string, snapshots: number}[]} runs in the order shown; never empty
 * @property {number[]} widths units of each hidden layer
 */

/**
 * A row of the table. `parse` gives the nearest valid value to any text, never an exception;
 * `sofar` holds the rows above.
 * @typedef {object} Row
 * @property {keyof State} name
 * @property {(context: Context, sofar: State) => any} initial
 * @property {(text: string, context: Context, sofar: State) => any} parse undefined for the initial value
 * @property {(value: any, context: Context) => string} format
 */

GINN.state = (() => {
  const SPEEDS = [1, 2, 4, 8, 12, 20, 30, 60];
  const MOST_ZOOM = 64;
  const MOST_TRAIL = 30;
  const BEHIND = ["output", "target", "error", "regions", "plain"];
  // A selection of more terms than this was not made by hand; the rest is not read.
  const MOST_TERMS = 4096;

  /** @type {Row[]} */
  const table = [
    {
      name: "run",
      initial: (context) => context.runs[0].id,
      parse: (text, context) => context.runs.find((run) => run.id === text)?.id,
      format: (value) => value,
    },
    {
      name: "beside",
      initial: () => "",
      parse: (text, context) =>
        text === "none" ? "" : context.runs.find((run) => run.id === text)?.id,
      format: (value) => value || "none",
    },
    {
      name: "step",
      initial: (context, sofar) => clockEnd(sofar, context),
      parse: (text, context, sofar) => wholeNumber(text, 0, clockEnd(sofar, context)),
      format: String,
    },
    {
      name: "show",
      initial: (context) => parseSelection("all", context.widths),
      parse: (text, context) => parseSelection(text, context.widths),
      format: (value, context) => formatSelection(value, context.widths),
    },
    {
      name: "behind",
      initial: () => "output",
      parse: (text) => BEHIND.find((name) => name === text),
      format: (value) => value,
    },
    {
      name: "trail",
      initial: () => 0,
      parse: (text) => wholeNumber(text, 0, MOST_TRAIL),
      format: String,
    },
    {
      name: "zoom",
      initial: () => 1,
      parse: (text) => rounded(number(text, 1, MOST_ZOOM), 2),
      format: (value) => String(rounded(value, 2)),
    },
    ...(/** @type {const} */ (["x", "y"])).map((name) => ({
      name,
      initial: () => 0.5,
      parse: (/** @type {string} */ text, /** @type {Context} */ _, /** @type {State} */ sofar) =>
        number(String(rounded(number(text, 0, 1), 5)), 0.5 / sofar.zoom, 1 - 0.5 / sofar.zoom),
      format: (/** @type {number} */ value) => String(rounded(value, 5)),
    })),
    {
      name: "speed",
      initial: () => 12,
      parse: (text) => nearest(SPEEDS, wholeNumber(text, 0, 1000)),
      format: String,
    },
    {
      name: "loop",
      initial: () => false,
      parse: (text) => text === "on",
      format: (value) => (value ? "on" : "off"),
    },
    {
      name: "point",
      initial: () => null,
      parse: parsePoint,
      format: (value) => (value ? `${rounded(value.x, 5)},${rounded(value.y, 5)}` : "none"),
    },
    {
      name: "about",
      initial: () => -1,
      parse: (text, context) => {
        const chosen = parseSelection(text, context.widths);
        return chosen && (chosen.size === 1 ? [...chosen][0] : -1);
      },
      format: (value, context) => formatSelection(new Set(value < 0 ? [] : [value]), context.widths),
    },
    {
      name: "own",
      initial: () => null,
      parse: (text, context) => (text === "same" ? null : parseSelection(text, context.widths)),
      format: (value, context) => (value ? formatSelection(value, context.widths) : "same"),
    },
    {
      name: "side",
      initial: () => "left",
      parse: (text, _, sofar) => (text === "right" && sofar.beside ? "right" : "left"),
      format: (value) => value,
    },
  ];

  /**
   * @param {string} text `x,y`
   * @returns {Point | null | undefined}
   */
  function parsePoint(text) {
    if (text === "none") return null;
    const [x, y, more] = text.split(",", 3).map((part) => rounded(number(part, 0, 1), 5));
    return x === undefined || y === undefined || more !== undefined ? undefined : { x, y };
  }

  /**
   * @param {Context} context
   * @param {string} id
   * @returns {number} the last snapshot of a run
   */
  function lastStep(context, id) {
    const run = context.runs.find((candidate) => candidate.id === id) ?? context.runs[0];
    return Math.max(0, run.snapshots - 1);
  }

  /**
   * @param {State} state
   * @param {Context} context
   * @returns {number} where the clock ends: the last snapshot of the longer of the runs shown
   */
  function clockEnd(state, context) {
    return Math.max(lastStep(context, state.run), state.beside ? lastStep(context, state.beside) : 0);
  }

  /**
   * @param {State} state
   * @param {"left" | "right"} side
   * @param {Context} context
   * @returns {State} as if that stage were the only one; a shorter run rests at its end
   */
  function ofSide(state, side, context) {
    const right = side === "right" && state.beside !== "";
    const run = right ? state.beside : state.run;
    return {
      ...state,
      run,
      show: right && state.own ? state.own : state.show,
      step: Math.min(state.step, lastStep(context, run)),
    };
  }

  /**
   * @param {string} text
   * @param {number} least
   * @param {number} most
   * @returns {number | undefined} the whole number nearest to a text, or undefined for no number
   */
  function wholeNumber(text, least, most) {
    return rounded(number(text, least, most), 0);
  }

  /**
   * @param {string} text
   * @param {number} least
   * @param {number} most
   * @returns {number | undefined} the number nearest to a text, or undefined for no number
   */
  function number(text, least, most) {
    const value = text.trim() === "" ? NaN : Number(text);
    return Number.isNaN(value) ? undefined : Math.min(most, Math.max(least, value));
  }

  /**
   * @template {number | undefined} T
   * @param {T} value
   * @param {number} digits after the point
   * @returns {T}
   */
  function rounded(value, digits) {
    return /** @type {T} */ (
      value === undefined ? value : Math.round(value * 10 ** digits) / 10 ** digits);
  }

  /**
   * @param {number[]} allowed
   * @param {number | undefined} wanted
   * @returns {number | undefined}
   */
  function nearest(allowed, wanted) {
    if (wanted === undefined) return undefined;
    const distance = (/** @type {number} */ candidate) => Math.abs(candidate - wanted);
    return allowed.reduce((best, next) => (distance(next) < distance(best) ? next : best));
  }

  /**
   * @param {number[]} widths
   * @returns {number[]} the first neuron of each layer, then the output's number
   */
  function layerStarts(widths) {
    const starts = [0];
    for (const width of widths) starts.push(starts[starts.length - 1] + width);
    return starts;
  }

  /**
   * A selection in words that people can write: terms joined by commas, counted from one as on the
   * page. `all` (hidden neurons), `none`, `out`, `2` (a layer), `2.7` (a neuron), `2.7-9` (three).
   * @param {string} text
   * @param {number[]} widths
   * @returns {ReadonlySet<number> | undefined} undefined where no term is understood
   */
  function parseSelection(text, widths) {
    const starts = layerStarts(widths);
    const output = starts[widths.length];
    /** @type {Set<number>} */
    const shown = new Set();
    let understood = false;
    for (const term of text.split(",", MOST_TERMS)) {
      const match = /^(\d{1,4})(?:\.(\d{1,6})(?:-(\d{1,6}))?)?$/.exec(term);
      if (term === "none") {
        understood = true;
      } else if (term === "out") {
        shown.add(output);
        understood = true;
      } else if (term === "all") {
        for (let neuron = 0; neuron < output; neuron += 1) shown.add(neuron);
        understood = true;
      } else if (match) {
        const layer = Number(match[1]) - 1;
        if (layer < 0 || layer >= widths.length) continue;
        const first = match[2] === undefined ? 1 : Number(match[2]);
        const last = match[2] === undefined ? widths[layer] : Number(match[3] ?? match[2]);
        for (let unit = Math.max(1, first); unit <= Math.min(last, widths[layer]); unit += 1) {
          shown.add(starts[layer] + unit - 1);
          understood = true;
        }
      }
    }
    return understood ? shown : undefined;
  }

  /**
   * @param {ReadonlySet<number>} shown
   * @param {number[]} widths
   * @returns {string} the shortest text that `parseSelection` reads as the same selection
   */
  function formatSelection(shown, widths) {
    const starts = layerStarts(widths);
    const output = starts[widths.length];
    const whole = widths.map((width, layer) =>
      countWithin(shown, starts[layer], starts[layer] + width) === width);
    const terms = [];
    if (whole.every(Boolean)) {
      terms.push("all");
    } else {
      widths.forEach((width, layer) => {
        if (whole[layer]) terms.push(String(layer + 1));
        else terms.push(...runsOf(shown, starts[layer], width, layer));
      });
    }
    if (shown.has(output)) terms.push("out");
    return terms.join(",") || "none";
  }

  /**
   * @param {ReadonlySet<number>} shown
   * @param {number} first
   * @param {number} end
   * @returns {number} how many of the neurons from `first` up to `end` are shown
   */
  function countWithin(shown, first, end) {
    let count = 0;
    for (let neuron = first; neuron < end; neuron += 1) count += shown.has(neuron) ? 1 : 0;
    return count;
  }

  /**
   * @param {ReadonlySet<number>} shown
   * @param {number} start
   * @param {number} width
   * @param {number} layer
   * @returns {string[]} a layer's shown neurons as terms such as `2.7` and `2.9-11`
   */
  function runsOf(shown, start, width, layer) {
    const terms = [];
    for (let unit = 0; unit < width; unit += 1) {
      if (!shown.has(start + unit)) continue;
      const first = unit;
      while (unit + 1 < width && shown.has(start + unit + 1)) unit += 1;
      const span = first === unit ? `${unit + 1}` : `${first + 1}-${unit + 1}`;
      terms.push(`${layer + 1}.${span}`);
    }
    return terms;
  }

  /**
   * @param {string} text `name=value&...`, with or without a leading `#`
   * @param {Context} context
   * @param {string} preset the same, for what `text` does not say
   * @returns {State} always valid, whatever the text
   */
  function read(text, context, preset = "") {
    const said = new URLSearchParams(text.replace(/^#/, ""));
    const presumed = new URLSearchParams(preset.replace(/^#/, ""));
    const state = /** @type {State} */ ({});
    for (const row of table) {
      const texts = [said.get(row.name), presumed.get(row.name)];
      const values = texts.map((t) => (t === null ? undefined : row.parse(t, context, state)));
      const valid = values.find((value) => value !== undefined);
      /** @type {any} */ (state)[row.name] = valid === undefined ? row.initial(context, state) : valid;
    }
    return state;
  }

  /**
   * @param {State} state
   * @param {Context} context
   * @returns {string} the address's text without `#`: the run, the step, and what differs from the initial
   */
  function write(state, context) {
    const terms = [];
    for (const row of table) {
      const value = row.format(state[row.name], context);
      const always = row.name === "run" || row.name === "step";
      if (always || value !== row.format(row.initial(context, state), context)) {
        terms.push(`${row.name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`);
      }
    }
    return terms.join("&");
  }

  return {
    SPEEDS, MOST_ZOOM, MOST_TRAIL, read, write, parseSelection, formatSelection, layerStarts,
    countWithin, clockEnd, ofSide,
  };
})();
