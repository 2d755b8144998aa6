// The view state as text, and in the page's address, so that Back undoes the last action.
"use strict";

{
  // Browsers refuse an address that changes many times a second (ms).
  const DELAY = 400;
  // Changes of the same fields within this time (ms) are one action, such as a drag or a few clicks.
  const ACT = 2000;

  /** @type {(initial: Row["initial"], context: Context, before: State) => unknown} a field's default */
  const initialOf = (initial, ...given) =>
    (typeof initial === "function" ? initial(...given) : initial);

  /**
   * @param {string} text `name=value&...`, with or without a leading `#`
   * @param {Context} context
   * @param {string} preset the same, for the fields that `text` does not name
   * @returns {State} always valid, whatever the text
   */
  function read(text, context, preset = "") {
    const texts = [text, preset].map((given) => new URLSearchParams(given.replace(/^#/, "")));
    const state = /** @type {State} */ ({});
    for (const [name, { type, initial }] of Object.entries(GINN.store.TABLE)) {
      const values = texts.map((given) => {
        const value = given.get(name);
        return value === null ? undefined : type.parse(value, context, state);
      });
      const valid = values.find((value) => value !== undefined);
      Object.assign(state, { [name]: valid === undefined ? initialOf(initial, context, state) : valid });
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
    const forgetChanges = () => {
      clearTimeout(timer);
      timer = 0;
      changed.clear();
    };

    function save() {
      const kind = [...changed].sort().join();
      forgetChanges();
      if (!kind || address() === location.hash) return;
      const sameAct = kind === lastKind && performance.now() - lastTime < ACT;
      lastKind = kind;
      lastTime = performance.now();
      if (sameAct) history.replaceState(history.state, "", address());
      else history.pushState(null, "", address());
    }

    history.replaceState(history.state, "", address());
    store.onChange((fields) => {
      fields.forEach((field) => changed.add(field));
      if (fields.length) timer ||= setTimeout(save, DELAY);
    });
    addEventListener("hashchange", () => {
      forgetChanges();
      lastKind = "";
      arrived();
      store.replace(read(location.hash, store.context, preset));
    });
    return save;
  }

  GINN.urlState = { read, write, track };
}
