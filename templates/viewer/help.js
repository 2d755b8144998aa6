// The help dialog. Its text is in the page: templates/help.html.
"use strict";

/**
 * @typedef {object} Help
 * @property {HTMLButtonElement} button
 * @property {HTMLDialogElement} dialog
 * @property {() => void} open
 */

{
  GINN.help = {
    create() {
      const dialog = document.getElementById("viewer-help");
      if (!(dialog instanceof HTMLDialogElement)) return undefined;
      for (const swatch of /** @type {NodeListOf<HTMLElement>} */ (
        dialog.querySelectorAll("[data-colour]"))) {
        swatch.style.background = `var(--${swatch.dataset.colour})`;
      }
      const open = () => {
        if (!dialog.open) dialog.showModal();
      };
      const { say } = GINN.words;
      const button = GINN.dom.button("?", open, { "aria-label": say("help"), title: say("help-about") });
      return { button, dialog, open };
    },
  };
}
