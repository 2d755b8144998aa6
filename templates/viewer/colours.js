// The viewer's colours: the style sheet defines them, and scenes are drawn with them.
"use strict";

{
  /**
   * Gives each layer without a colour in the style sheet one from the index. Those colours repeat.
   * @param {HTMLElement} root
   * @param {Index} index
   */
  function assign(root, { widths, layer_colours: more }) {
    const style = getComputedStyle(root);
    widths.forEach((_, layer) => {
      const name = `--layer-${layer + 1}`;
      if (!style.getPropertyValue(name)) root.style.setProperty(name, more[layer % more.length]);
    });
  }

  /** @type {(root: HTMLElement, widths: number[]) => Palette} */
  const palette = (root, widths) => {
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
  };

  GINN.colours = { assign, palette };
}
