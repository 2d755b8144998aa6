// The viewer's colours: the style sheet says them, the stage draws with them.
"use strict";

GINN.colours = (() => {
  /**
   * Gives a layer that the style sheet has no colour for one of the index's, and a section its own.
   * @param {HTMLElement} root
   * @param {Index} index
   */
  function spread(root, { widths, layer_colours: more }) {
    const style = getComputedStyle(root);
    widths.forEach((_, layer) => {
      const name = `--layer-${layer + 1}`;
      if (!style.getPropertyValue(name)) root.style.setProperty(name, more[layer % more.length]);
    });
    for (const section of /** @type {NodeListOf<HTMLElement>} */ (
      root.querySelectorAll("[data-layer]"))) {
      const layer = Number(section.dataset.layer);
      const name = layer < widths.length ? `--layer-${layer + 1}` : "--output";
      section.style.setProperty("--layer", `var(${name})`);
    }
  }

  /**
   * @param {HTMLElement} root
   * @param {number[]} widths
   * @returns {Palette}
   */
  function palette(root, widths) {
    const style = getComputedStyle(root);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    return {
      layers: widths.map((_, layer) => colour(`--layer-${layer + 1}`)),
      output: colour("--output"),
      paper: colour("--paper"),
      ink: colour("--ink"),
      black: colour("--picture-black"),
      white: colour("--picture-white"),
      error: colour("--error"),
    };
  }

  return { spread, palette };
})();
