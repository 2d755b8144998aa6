// The view state: one flat table, with a type and a default in each row. Controls write the state, one
// `draw` reads it, and the page's address contains it.
"use strict";

/**
 * @typedef {object} State
 * @property {string} run a shown run's id
 * @property {string} beside the second pane's run, or "" for one pane
 * @property {number} step the snapshot, from 0
 * @property {ReadonlySet<number>} show the neurons shown, by number
 * @property {"output" | "target" | "error" | "regions" | "side" | "strength" | "plain"} behind what is
 *   under the lines; side and strength are those of one neuron
 * @property {number} trail the number of earlier snapshots that are drawn as faint lines
 * @property {number} zoom how many times the domain is enlarged
 * @property {number} x of the pane's middle, in domain units
 * @property {number} y of the pane's middle, in domain units
 * @property {number} speed snapshots a second while playing
 * @property {boolean} loop whether playing starts again after the last snapshot
 * @property {Point | null} point the point whose output is shown
 * @property {number} about the neuron that is looked at, or -1
 * @property {ReadonlySet<number> | null} own the second pane's neurons, or null for those of the first
 * @property {Side} side the pane that the neuron panel belongs to
 */
/** @typedef {"left" | "right"} Side */
/**
 * @typedef {object} Point in domain units
 * @property {number} x
 * @property {number} y
 */
/**
 * The runs of the index and their common network. They decide which states are valid.
 * @typedef {object} Context
 * @property {{id: string, snapshots: number}[]} runs in the order shown; never empty
 * @property {number[]} widths the number of units of each hidden layer
 */
/**
 * `initial` is the default, or a function that gives it; `before` holds the fields of the rows above.
 * @typedef {object} Row
 * @property {StateType<any>} type
 * @property {unknown | ((context: Context, before: State) => unknown)} initial
 */
/**
 * What the pointer or the focus is on. The address does not contain it.
 * @typedef {object} Pointed
 * @property {Point | null} place in a pane
 * @property {number | undefined} neuron
 * @property {number | undefined} looked the neuron that is looked at meanwhile
 * @property {number | undefined} lit the layer that a word beside the figure is about, from 0
 */
/**
 * @typedef {object} Store
 * @property {Context} context
 * @property {State} state changed by `set` and `replace` alone
 * @property {Pointed} pointed changed by `pointAt` alone
 * @property {string[]} unmet what the address asks for and the state does not have, until it is announced
 * @property {number} direction the direction of the step's last move: 1 or -1
 * @property {() => number} end the last snapshot of the longer of the runs shown
 * @property {(side: Side) => State} ofSide the state as if that pane were the only one; a shorter run
 *   stays at its last snapshot
 * @property {() => State} active the state of the pane that the neuron panel belongs to
 * @property {() => Point | null} point the place under the pointer, or otherwise the chosen point
 * @property {(change: Partial<State>) => void} set
 * @property {(next: State) => void} replace takes a state from the address
 * @property {(change: Partial<Pointed>) => void} pointAt
 * @property {() => void} refresh causes a redraw
 * @property {(listener: (fields: (keyof State)[]) => void) => void} onChange
 *   the listener gets the names of the fields that `set` changed, or none
 * @property {(change: (shown: Set<number>) => void) => void} changeShown of the active pane
 * @property {() => void} showAll every hidden neuron, and the output
 * @property {(neurons: number[]) => void} showOnly
 * @property {(layer: number) => void} toggleLayer
 */

{
  const SPEEDS = [1, 2, 4, 8, 12, 20, 30, 60];
  const MOST_ZOOM = 64;
  const MOST_TRAIL = 30;
  /** @type {State["behind"][]} */
  const BEHIND = ["output", "target", "error", "regions", "side", "strength", "plain"];
  const { layerStarts, neuronsOf, parseSelection } = GINN.neurons;
  const { number, oneNumberOf, oneOf, optional, ...types } = GINN.stateTypes;

  /** @type {(context: Context, id: string) => number} the last snapshot of a run */
  const lastStep = ({ runs }, id) => {
    const run = runs.find((candidate) => candidate.id === id) ?? runs[0];
    return Math.max(0, run.snapshots - 1);
  };

  /**
   * @param {Context} context
   * @param {State} state
   * @returns {number} the last snapshot of the longer of the runs shown
   */
  function lastStepShown(context, { run, beside }) {
    return Math.max(lastStep(context, run), beside ? lastStep(context, beside) : 0);
  }

  /** @type {(text: string) => (context: Context) => ReadonlySet<number>} */
  const selected = (text) => ({ widths }) =>
    /** @type {ReadonlySet<number>} */ (parseSelection(text, widths));
  const run = oneOf(({ runs }) => runs.map(({ id }) => id));
  const middle = number((_, { zoom }) => [0.5 / zoom, 1 - 0.5 / zoom], 5);
  /** @type {Record<keyof State, Row>} */
  const TABLE = {
    run: { type: run, initial: (/** @type {Context} */ { runs }) => runs[0].id },
    beside: { type: optional(run, "none", ""), initial: "" },
    step: { type: number((...given) => [0, lastStepShown(...given)], 0), initial: lastStepShown },
    show: { type: types.selection, initial: selected("all") },
    behind: { type: oneOf(() => BEHIND), initial: "output" },
    trail: { type: number(() => [0, MOST_TRAIL], 0), initial: 0 },
    zoom: { type: number(() => [1, MOST_ZOOM], 2), initial: 1 },
    x: { type: middle, initial: 0.5 },
    y: { type: middle, initial: 0.5 },
    speed: { type: oneNumberOf(SPEEDS), initial: 12 },
    loop: { type: types.onOrOff, initial: false },
    point: { type: optional(types.point, "none", null), initial: null },
    about: { type: types.neuron, initial: -1 },
    own: { type: optional(types.selection, "same", null), initial: null },
    side: {
      type: oneOf((_, { beside }) => (beside ? ["left", "right"] : ["left"])), initial: "left",
    },
  };

  /**
   * @param {Pick<Store, "active" | "context" | "set" | "state">} store
   * @returns {Pick<Store, "changeShown" | "showAll" | "showOnly" | "toggleLayer">}
   */
  function selecting(store) {
    const starts = layerStarts(store.context.widths);
    const setShown = (/** @type {ReadonlySet<number>} */ show) =>
      store.set(store.state.side === "right" && store.state.own ? { own: show } : { show });
    /** @type {Store["changeShown"]} */
    const changeShown = (change) => {
      const shown = new Set(store.active().show);
      change(shown);
      setShown(shown);
    };
    return {
      changeShown,
      showAll: () => setShown(selected("all,out")(store.context)),
      showOnly: (neurons) => setShown(new Set(neurons)),
      toggleLayer: (layer) => changeShown((shown) => {
        const neurons = neuronsOf(starts, layer);
        const whole = neurons.every((neuron) => shown.has(neuron));
        for (const neuron of neurons) {
          if (whole) shown.delete(neuron);
          else shown.add(neuron);
        }
      }),
    };
  }

  GINN.store = {
    SPEEDS,
    MOST_ZOOM,
    MOST_TRAIL,
    BEHIND,
    TABLE,
    create(first, context) {
      /** @type {((fields: (keyof State)[]) => void)[]} */
      const listeners = [];
      const notify = (/** @type {(keyof State)[]} */ fields = []) =>
        listeners.forEach((listener) => listener(fields));
      const core = {
        context,
        state: first,
        /** @type {Pointed} */
        pointed: { place: null, neuron: undefined, looked: undefined, lit: undefined },
        /** @type {string[]} */
        unmet: [],
        direction: 1,
        end: () => lastStepShown(context, core.state),
        /** @type {Store["ofSide"]} */
        ofSide(side) {
          const { state } = core;
          const right = side === "right" && state.beside !== "";
          const { run: id, show } = right
            ? { run: state.beside, show: state.own ?? state.show } : state;
          return { ...state, run: id, show, step: Math.min(state.step, lastStep(context, id)) };
        },
        active: () => core.ofSide(core.state.side),
        point: () => core.pointed.place ?? core.state.point,
        /** @type {Store["set"]} */
        set(change) {
          const before = core.state;
          core.state = { ...before, ...change };
          const { state } = core;
          state.step = Math.min(state.step, core.end());
          if (state.step !== before.step) core.direction = Math.sign(state.step - before.step);
          const fields = /** @type {(keyof State)[]} */ (Object.keys(state));
          notify(fields.filter((field) => state[field] !== before[field]));
        },
        /** @type {Store["replace"]} */
        replace(next) {
          core.state = next;
          notify();
        },
        /** @type {Store["pointAt"]} */
        pointAt(change) {
          core.pointed = { ...core.pointed, ...change };
          notify();
        },
        refresh: () => notify(),
        /** @type {Store["onChange"]} */
        onChange: (listener) => listeners.push(listener),
      };
      return Object.assign(core, selecting(core));
    },
  };
}
