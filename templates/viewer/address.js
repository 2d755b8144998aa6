// The page's address always holds the state, and Back walks through what was done.
"use strict";

GINN.address = (() => {
  // Browsers refuse an address that changes many times a second.
  const DELAY = 400;
  // Changes of one kind that follow each other faster than this are one act: a drag, a few clicks.
  const ACT = 2000;

  /**
   * @param {() => string} text the state as the address holds it
   * @param {() => void} arrived called when Back, Forward or a hand changed the address
   * @returns {{note: (fields: string[]) => void, write: () => void}} `note` tells what changed
   */
  function create(text, arrived) {
    let timer = 0;
    let lastKind = "";
    let lastTime = 0;
    /** @type {Set<string>} */
    const changed = new Set();

    function write() {
      clearTimeout(timer);
      timer = 0;
      const kind = [...changed].sort().join();
      changed.clear();
      const address = `#${text()}`;
      if (!kind || address === location.hash) return;
      const sameAct = kind === lastKind && performance.now() - lastTime < ACT;
      lastKind = kind;
      lastTime = performance.now();
      if (sameAct) history.replaceState(history.state, "", address);
      else history.pushState(null, "", address);
    }

    history.replaceState(history.state, "", `#${text()}`);
    addEventListener("hashchange", () => {
      clearTimeout(timer);
      timer = 0;
      changed.clear();
      lastKind = "";
      arrived();
    });
    return {
      note(fields) {
        fields.forEach((field) => changed.add(field));
        timer ||= setTimeout(write, DELAY);
      },
      write,
    };
  }

  return { create };
})();
