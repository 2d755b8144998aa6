// The panes: one, or two that show the same step: side by side, or on a small screen in one place with a
// divider between them.
"use strict";

/**
 * @typedef {object} SavedView what a pane shows, for a file
 * @property {Scene} scene
 * @property {string} text run and iteration in words
 * @property {string} file run and iteration as a file's name, without its extension
 */
/**
 * @typedef {object} Panes
 * @property {HTMLElement} element
 * @property {HTMLCanvasElement[]} canvases
 * @property {() => Drawn[]} draw draws the panes in use
 * @property {() => Drawn} active the last drawing of the pane that the neuron panel belongs to
 * @property {() => SavedView[]} views
 * @property {() => void} focus
 * @property {() => void} recolour after a change of colour scheme
 * @property {() => void} close
 */

{
  const { element } = GINN.dom;

  GINN.canvasPanes = {
    create(session) {
      const { root, index, store } = session;
      const panes = {
        left: GINN.canvasPane.create(session, "left"),
        right: GINN.canvasPane.create(session, "right"),
      };
      const { left, right } = panes;
      const box = element("div", "viewer-panes", [left.element]);
      const divider = element("input", {
        type: "range", class: "viewer-divider", "aria-label": GINN.words.say("divider"),
      });
      divider.addEventListener("input", () => box.style.setProperty("--divider", divider.value));
      const used = () => (store.state.beside ? [left, right] : [left]);
      const active = () => panes[store.state.side];
      /** @type {Palette | undefined} */
      let palette;
      // The resolution changes without the size when a window moves to another screen.
      /** @type {MediaQueryList} */
      let resolution;
      const watchResolution = () => {
        resolution = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
        resolution.onchange = () => {
          watchResolution();
          store.refresh();
        };
      };
      watchResolution();
      const colours = () => (palette ??= GINN.colours.palette(root, index.widths));

      return {
        element: box,
        canvases: [left.canvas, right.canvas],
        active: () => active().drawn(),
        draw() {
          const comparing = used().length > 1;
          root.classList.toggle("viewer-comparing", comparing);
          if (!comparing) [right.element, divider].forEach((each) => each.remove());
          else if (!right.element.isConnected) box.append(right.element, divider);
          return used().map((pane) => pane.draw(colours(), comparing));
        },
        views: () => used().flatMap((pane) => {
          const { header, state: { run, step } } = pane.drawn();
          const scene = pane.scene(colours(), store.state.point);
          if (!header || !scene) return [];
          const file = `${run}-iteration-${header.iterations[step]}`;
          return [{ scene, text: GINN.formatting.snapshot(header, step), file }];
        }),
        focus: () => active().canvas.focus(),
        recolour() {
          palette = undefined;
        },
        close() {
          resolution.onchange = null;
          left.close();
          right.close();
        },
      };
    },
  };
}
