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
      const button = GINN.dom.button(GINN.words.say("help"), open, { title: GINN.words.say("help-about") });
      return { button, dialog, open };
    },
  };
}
