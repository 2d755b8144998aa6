// The help dialog. Its words are in the page: templates/help.html.
"use strict";

/**
 * @typedef {object} Help
 * @property {HTMLButtonElement} button
 * @property {HTMLDialogElement} dialog
 * @property {() => void} open
 */

GINN.help = (() => {
  /**
   * @returns {Help | undefined} nothing on a page without the dialog
   */
  function create() {
    const dialog = document.getElementById("viewer-help");
    if (!(dialog instanceof HTMLDialogElement)) return undefined;
    for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (
      dialog.querySelectorAll("[data-colour]"))) {
      swatch.style.background = `var(--${swatch.dataset.colour})`;
    }
    const open = () => {
      if (!dialog.open) dialog.showModal();
    };
    const button = GINN.button("Help", open, { title: "Every control explained (?)" });
    return { button, dialog, open };
  }

  return { create };
})();
