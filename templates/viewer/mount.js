// Puts viewers into a page: loads the index first, then what the index lists.
"use strict";

/**
 * @typedef {object} Viewer a viewer's place in a page
 * @property {() => Playback | undefined} playback undefined until the index has arrived
 * @property {() => string} state as an address holds it, and as a later mount takes it
 * @property {(layer: number | undefined) => void} light makes all but one layer faint
 * @property {() => void} leave releases memory
 */

{
  const { say } = GINN.words;

  /**
   * Puts a viewer into `root`, whose `data-index` is the address of an experiment's index.
   * @param {HTMLElement} root
   * @param {string} [preset] what to show first, as in the address: "run=seed-7&step=300"
   * @param {boolean} [keepsAddress] whether the page's address holds the state
   * @returns {Viewer}
   */
  GINN.mount = (root, preset = "", keepsAddress = false) => {
    const address = new URL(root.dataset.index ?? "", document.baseURI).href;
    const folder = address.slice(0, address.lastIndexOf("/") + 1);
    const indexFile = address.slice(folder.length);
    root.lang = GINN.language.locale;
    /** @type {Explorer | undefined} */
    let explorer;
    let changed = () => {};
    const loader = GINN.loader.create(folder, indexFile, () => changed());
    const notice = GINN.loader.createNotice(loader, { role: "status" });
    notice.show(say("loading"), false);
    root.replaceChildren(notice.element);
    changed = () => {
      const failure = loader.failure(indexFile);
      const index = loader.get(indexFile);
      if (failure) {
        notice.show(say("index-missing", { reason: failure }), true);
      } else if (!index) notice.show(say("loading"), false);
      else {
        explorer = GINN.explorer.create(root, { index, loader }, indexFile, preset, keepsAddress);
        changed = explorer.redraw;
      }
    };
    loader.request([
      { kind: "script", file: indexFile, decode: GINN.loader.versioned },
    ]);

    return {
      playback: () => explorer?.playback,
      state: () => explorer?.state() ?? preset,
      light: (layer) => explorer?.light(layer),
      leave() {
        changed = () => {};
        explorer?.leave();
        loader.close();
      },
    };
  };
}

for (const place of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll("[data-index]"))) {
  const { preset, address } = place.dataset;
  GINN.mount(place, preset, address !== undefined);
}
