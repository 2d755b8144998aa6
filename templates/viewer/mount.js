// Puts viewers into a page: the index first, then what it says there is.
"use strict";

/**
 * @typedef {object} Viewer a viewer's place in a page
 * @property {() => Clock | undefined} clock once there is one
 * @property {() => string} leave lets go of all that it holds, and gives its state for another time
 */

GINN.mount = (() => {
  const { element } = GINN;

  /**
   * Puts a viewer into `root`, whose `data-index` is the address of an experiment's index.
   * @param {HTMLElement} root
   * @param {string} [preset] what to show first, as in the address: "run=seed-7&step=300"
   * @param {{address?: boolean}} [options] `address`: keep the state in the page's address
   * @returns {Viewer}
   */
  function mount(root, preset = "", options = {}) {
    const address = new URL(root.dataset.index ?? "", document.baseURI).href;
    const folder = address.slice(0, address.lastIndexOf("/") + 1);
    const indexFile = address.slice(folder.length);
    const status = element("p", { class: "viewer-status", role: "status" }, ["Loading…"]);
    const retry = GINN.button("Try again", () => library.retry());
    const notice = element("div", { class: "viewer-notice" }, [status]);
    root.replaceChildren(notice);
    /** @type {Assembled | undefined} */
    let viewer;
    let changed = start;
    const library = GINN.data.library(folder, () => changed());
    library.want([{ kind: "script", file: indexFile, decode: GINN.data.versioned("the index") }]);

    function start() {
      const failure = library.failure(indexFile);
      const index = library.get(indexFile);
      if (failure) {
        status.textContent = `The experiment's data did not arrive: ${failure}.`;
        notice.append(retry);
      } else if (index) {
        viewer = GINN.explorer.assemble(root, library, indexFile, index, preset,
          options.address ?? false);
        changed = viewer.schedule;
      }
    }

    return {
      clock: () => viewer?.clock,
      leave() {
        changed = () => {};
        const state = viewer?.leave() ?? preset;
        library.close();
        return state;
      },
    };
  }

  return mount;
})();

for (const place of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll("[data-index]"))) {
  const { preset, address } = place.dataset;
  GINN.mount(place, preset, { address: address !== undefined });
}
