// The keyboard. Keys do nothing while somebody types, and leave the browser its own.
"use strict";

GINN.keys = (() => {
  /**
   * @param {HTMLElement} target
   * @param {string} key
   * @returns {boolean} whether the element itself has a use for the key
   */
  function isTakenBy(target, key) {
    const radio = target instanceof HTMLInputElement && target.type === "radio";
    if (radio && (key.startsWith("Arrow") || key === " ")) return true;
    if (target.closest("dialog")) return true;
    // The clock's slider moves by the keys of the clock, any other range by its own.
    if (target.matches("input[type=range]:not(.viewer-slider)")) return key !== " ";
    if (target.matches("select, textarea, input:not([type=range], [type=radio])")) return true;
    return key === " " && target.matches("button, a, summary");
  }

  /**
   * Listens for keys. `actions` holds one function a key, named as in KeyboardEvent.key, with
   * "Shift+" before it where Shift makes a difference; an action that returns false leaves the key.
   * @param {Document | HTMLElement} place
   * @param {Record<string, (target: HTMLElement) => unknown>} actions
   */
  function listen(place, actions) {
    place.addEventListener("keydown", (given) => {
      const event = /** @type {KeyboardEvent} */ (given);
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      if (isTakenBy(target, event.key)) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const action = (event.shiftKey && actions[`Shift+${key}`]) || actions[key];
      if (action && action(target) !== false) event.preventDefault();
    });
  }

  return { listen };
})();
