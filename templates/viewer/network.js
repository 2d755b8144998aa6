// The network panel: a live thumbnail for each neuron that toggles it, a switch for each layer.
"use strict";

/**
 * @typedef {object} PanelActions
 * @property {(change: (shown: Set<number>) => void) => void} show changes the selection
 * @property {(neuron: number | undefined) => void} mark
 * @property {() => void} all shows every hidden neuron
 * @property {() => void} none
 * @property {(neuron: number) => void} only shows this one and no other
 */
/**
 * @callback StandIn a neuron's tile in a sheet, for want of exact lines
 * @param {number} layer
 * @param {number} unit
 * @returns {Tile | undefined}
 */
/**
 * @typedef {object} Panel
 * @property {HTMLElement} element
 * @property {(show: ReadonlySet<number>) => void} drawSelection
 * @property {(chunk: Chunk | undefined, step: number, standIn: StandIn) => void} drawThumbnails
 * @property {(values: Float64Array | undefined) => void} drawValues pre-activations at the point asked about
 * @property {(layer: number) => void} toggleLayer
 * @property {(element: HTMLElement) => number | undefined} neuronOf whose thumbnail an element is
 * @property {() => void} recolour after a change of colour scheme
 */

GINN.network = (() => {
  const { element } = GINN;
  const WHOLE = { x: 0, y: 0, zoom: 1 };
  // Device pixels of a thumbnail's side; the page scales it to its cell.
  const SIDE = 96;
  const LINE = 3.2;

  /**
   * @param {number[]} widths
   * @param {number} neuron
   * @returns {string} "Layer 2, neuron 7", or the output's boundary
   */
  function nameOf(widths, neuron) {
    const starts = GINN.state.layerStarts(widths);
    const layer = starts.findLastIndex((start) => start <= neuron);
    if (layer === widths.length) return "Output boundary";
    return `Layer ${layer + 1}, neuron ${neuron - starts[layer] + 1}`;
  }

  /**
   * Marks a neuron while a button is pointed at or has the focus.
   * @param {HTMLElement} button
   * @param {number} neuron
   * @param {(neuron: number | undefined) => void} mark
   */
  function marking(button, neuron, mark) {
    for (const event of ["pointerenter", "focus"]) {
      button.addEventListener(event, () => mark(neuron));
    }
    for (const event of ["pointerleave", "blur"]) {
      button.addEventListener(event, () => mark(undefined));
    }
  }

  /**
   * @param {number[]} widths
   * @param {PanelActions} actions
   * @returns {Panel}
   */
  function create(widths, actions) {
    const starts = GINN.state.layerStarts(widths);
    const output = starts[widths.length];

    const thumbnails = Array.from({ length: output + 1 }, (_, neuron) => {
      const canvas = element("canvas", { width: String(SIDE), height: String(SIDE) });
      const value = element("span", { class: "viewer-value" });
      const name = nameOf(widths, neuron);
      const button = element("button", {
        type: "button", class: "viewer-neuron", "aria-label": name,
        title: `${name} (double click or O: only this one)`,
      }, [canvas, value]);
      button.addEventListener("click", (event) => {
        if (event.altKey) actions.only(neuron);
        else {
          actions.show((shown) => {
            if (!shown.delete(neuron)) shown.add(neuron);
          });
        }
      });
      button.addEventListener("dblclick", () => actions.only(neuron));
      marking(button, neuron, actions.mark);
      return { name, button, value, pen: canvas.getContext("2d"), colour: "" };
    });

    /** @param {number} layer */
    const toggleLayer = (layer) => actions.show((shown) => {
      const [first, end] = [starts[layer], starts[layer + 1]];
      const whole = GINN.state.countWithin(shown, first, end) === end - first;
      for (let neuron = first; neuron < end; neuron += 1) {
        if (whole) shown.delete(neuron);
        else shown.add(neuron);
      }
    });
    const layers = widths.map((_, layer) => {
      const toggle = GINN.button(`Layer ${layer + 1}`, () => toggleLayer(layer), {
        class: "viewer-layer",
        title: layer < 9 ? `Show or hide the layer (${layer + 1})` : "Show or hide the layer",
      });
      const count = element("span", { class: "viewer-count" });
      const group = section(layer, [toggle, count],
        thumbnails.slice(starts[layer], starts[layer + 1]).map(({ button }) => button));
      return { toggle, count, group };
    });

    const all = GINN.button("All", () => actions.all(), { title: "Every neuron (A or 0)" });
    const none = GINN.button("None", () => actions.none(), { title: "No boundary (N)" });

    const root = element("section", { class: "viewer-network", "aria-label": "Neurons" }, [
      element("div", { class: "viewer-selection", role: "group", "aria-label": "Selection" }, [
        element("span", { class: "viewer-heading" }, ["Boundaries"]), all, none,
      ]),
      ...layers.map(({ group }) => group),
      section(widths.length, [element("span", {}, ["Output"])], [thumbnails[output].button]),
    ]);

    function recolour() {
      thumbnails.forEach((thumbnail) => {
        thumbnail.colour = getComputedStyle(thumbnail.button).color;
      });
    }

    return {
      element: root,
      recolour,
      toggleLayer,
      neuronOf: (made) => {
        const found = thumbnails.findIndex(({ button }) => button === made);
        return found < 0 ? undefined : found;
      },
      drawSelection(show) {
        thumbnails.forEach(({ button }, neuron) => {
          button.setAttribute("aria-pressed", String(show.has(neuron)));
        });
        layers.forEach(({ toggle, count }, layer) => {
          const shown = GINN.state.countWithin(show, starts[layer], starts[layer + 1]);
          const pressed = shown === widths[layer] ? "true" : shown ? "mixed" : "false";
          toggle.setAttribute("aria-pressed", pressed);
          count.textContent = `${shown} of ${widths[layer]}`;
        });
      },
      drawValues(values) {
        thumbnails.forEach(({ name, button, value }, neuron) => {
          const number = values?.[neuron];
          const text = number === undefined
            ? "" : GINN.words.signed(number, Math.abs(number) < 10 ? 2 : 1);
          if (value.textContent === text) return;
          value.textContent = text;
          const on = number !== undefined && number > 0;
          button.classList.toggle("viewer-on", on);
          button.setAttribute("aria-label", text ? `${name}, ${on ? "on" : "off"} at ${text}` : name);
        });
      },
      drawThumbnails(chunk, step, standIn) {
        if (!thumbnails[0].colour) recolour();
        thumbnails.forEach(({ pen, colour }, neuron) => {
          if (!pen) return;
          pen.clearRect(0, 0, SIDE, SIDE);
          if (chunk) {
            pen.strokeStyle = colour;
            pen.lineWidth = LINE;
            pen.beginPath();
            GINN.stage.trace(pen, chunk, step, neuron, SIDE, WHOLE);
            pen.stroke();
            return;
          }
          const layer = starts.findLastIndex((start) => start <= neuron);
          const tile = neuron < output ? standIn(layer, neuron - starts[layer]) : undefined;
          if (!tile) return;
          pen.drawImage(tile.image, tile.x, tile.y, tile.size, tile.size, 0, 0, SIDE, SIDE);
        });
      },
    };
  }

  /**
   * @param {number} layer
   * @param {Node[]} head
   * @param {Node[]} buttons
   * @returns {HTMLElement}
   */
  function section(layer, head, buttons) {
    return element("div", { class: "viewer-section", "data-layer": String(layer) }, [
      element("div", { class: "viewer-head" }, head),
      element("div", { class: "viewer-neurons" }, buttons),
    ]);
  }

  return { create, marking, nameOf };
})();
