// The view state as text, and in the page's address, so that Back undoes the last action.
"use strict";

{
  // Browsers refuse an address that changes many times a second (ms).
  const DELAY = 400;
  // Changes of the same fields within this time (ms) are one action, such as a drag or a few clicks.
  const ACT = 2000;

  /** @type {(hash: string) => boolean} false for a place in the page, such as that of the link that skips to it */
  const isState = (hash) => /[=%]/.test(hash);

  /** @type {(initial: Row["initial"], context: Context, before: State) => unknown} a field's default */
  const initialOf = (initial, ...given) =>
    (typeof initial === "function" ? initial(...given) : initial);

  /**
   * Undoes what programs do to a link that they pass on: signs encoded once or more, or written as HTML.
   * @type {(text: string) => URLSearchParams}
   */
  const termsOf = (text) => {
    const plain = [1, 2, 3].reduce((before) => before.replace(/%([2-7][0-9a-f])/gi, (_, code) =>
      String.fromCharCode(parseInt(code, 16))), text);
    return new URLSearchParams(
      plain.replace(/%[0189a-f]./gi, "").replace(/[&;]((amp|#38|#x26);)*/gi, "&").replace(/^\W+/, "").toLowerCase());
  };

  /** @type {(type: StateType<any>, text: string, value: unknown, ...given: [Context, State]) => boolean} */
  const isHonoured = ({ parse, format = String }, text, value, context, before) =>
    value !== undefined && text.split(",").every((term, at) => (value instanceof Set
      ? parse(term, context, before) !== undefined
      : !(Math.abs(Number(term) - Number(format(value, context).split(",")[at])) >= 1)));

  /**
   * @param {string} text `name=value&...`, with or without a leading `#`
   * @param {Context} context
   * @param {string} preset the same, for the fields that `text` does not name
   * @param {string[]} unmet gets the terms of `text` that the state does not have
   * @returns {State} always valid, whatever the text
   */
  function read(text, context, preset = "", unmet = []) {
    const given = termsOf(text);
    const usual = new URLSearchParams(preset);
    const state = /** @type {State} */ ({});
    const { TABLE } = GINN.store;
    for (const [name, value] of given) {
      if (value && !(name in TABLE)) unmet.push(`${name}=${value}`);
    }
    for (const [name, { type, initial }] of Object.entries(TABLE)) {
      const parse = (/** @type {string} */ value) => type.parse(value, context, state);
      // A sentence around a link can leave its full stop or bracket behind the last value.
      const wanted = given.get(name)?.trim().replace(/[^\w.,-].*|[\W_]+$/s, "");
      const preferred = usual.get(name);
      let value;
      if (wanted !== undefined) {
        value = parse(wanted);
        if (!isHonoured(type, wanted, value, context, state)) unmet.push(`${name}=${wanted}`);
      }
      if (value === undefined && preferred !== null) value = parse(preferred);
      Object.assign(state, { [name]: value === undefined ? initialOf(initial, context, state) : value });
    }
    return state;
  }

  /**
   * @param {State} state
   * @param {Context} context
   * @returns {string} without `#`: the run, the step, and every field that differs from its default
   */
  function write(state, context) {
    return Object.entries(GINN.store.TABLE).flatMap(([name, { type, initial }]) => {
      const format = type.format ?? String;
      const value = format(state[/** @type {keyof State} */ (name)], context);
      const always = name === "run" || name === "step";
      if (!always && value === format(initialOf(initial, context, state), context)) return [];
      return `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`;
    }).join("&");
  }

  /**
   * Writes the state to the page's address after each change, and reads it from there when Back,
   * Forward or the reader changed the address.
   * @param {Store} store
   * @param {string} preset
   * @param {() => void} arrived is called before the address is read
   * @returns {() => void} writes the address at once
   */
  function track(store, preset, arrived) {
    let timer = 0;
    let lastKind = "";
    let lastTime = 0;
    /** @type {Set<string>} */
    const changed = new Set();
    const address = () => `#${write(store.state, store.context)}`;
    // Of the present entry of the history, and of the one before it.
    let saved = address();
    let before = "";
    const forgetChanges = () => {
      clearTimeout(timer);
      timer = 0;
      changed.clear();
    };

    function save() {
      const kind = [...changed].sort().join();
      forgetChanges();
      const next = address();
      if (!kind || next === saved) return;
      const sameAct = kind === lastKind && performance.now() - lastTime < ACT;
      lastKind = kind;
      lastTime = performance.now();
      // An act that returns to the address before it gets an entry: two neighbours must differ.
      if (sameAct && next !== before) history.replaceState(history.state, "", next);
      else {
        before = saved;
        history.pushState(null, "", next);
      }
      saved = next;
    }

    // The address stays as it came until the reader changes something.
    store.onChange((fields) => {
      fields.forEach((field) => changed.add(field));
      if (fields.length) timer ||= setTimeout(save, DELAY);
    });
    addEventListener("hashchange", () => {
      if (location.hash && !isState(location.hash)) return;
      forgetChanges();
      lastKind = "";
      arrived();
      store.replace(read(location.hash, store.context, preset, store.unmet));
      saved = address();
    });
    return save;
  }

  GINN.urlState = { isState, read, write, track };
}
