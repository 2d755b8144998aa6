// The neuron panel: a thumbnail for each neuron and a button for each layer. They show or hide boundaries.
"use strict";

/**
 * @typedef {object} NeuronPanel
 * @property {HTMLElement} element
 * @property {(frame: Frame) => void} draw
 * @property {(target: HTMLElement) => number | undefined} neuronOf the neuron of an element that is a thumbnail
 * @property {() => void} recolour after a change of colour scheme
 */
/**
 * @typedef {object} Thumbnail
 * @property {string} name
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} value
 * @property {CanvasRenderingContext2D | null} pen
 * @property {string} colour
 */

{
  const { button, element } = GINN.dom;
  const { say } = GINN.words;
  const { layerStarts, nameOf, neuronsOf } = GINN.neurons;
  const WHOLE = { x: 0, y: 0, zoom: 1 };
  // Device pixels of a thumbnail's side; the page scales it to its cell.
  const SIDE = 96;
  const LINE = 3.2;

  /**
   * Marks a neuron while the pointer or the focus is on a button.
   * @type {(marking: HTMLElement, neuron: number, store: Store) => void}
   */
  const markWhilePointed = (marking, neuron, store) => {
    for (const event of ["pointerenter", "focus"]) {
      marking.addEventListener(event, () => store.pointAt({ neuron }));
    }
    for (const event of ["pointerleave", "blur"]) {
      marking.addEventListener(event, () => store.pointAt({ neuron: undefined }));
    }
  };

  /**
   * @param {string} name
   * @param {number} neuron
   * @param {Store} store
   * @returns {Thumbnail}
   */
  function createThumbnail(name, neuron, store) {
    const canvas = element("canvas", { width: String(SIDE), height: String(SIDE) });
    const value = element("span", "viewer-value");
    const made = element("button", {
      type: "button", class: "viewer-neuron", "aria-label": name,
      title: say("thumbnail", { neuron: name }),
    }, [canvas, value]);
    made.addEventListener("click", (event) => {
      if (event.altKey) store.showOnly([neuron]);
      else {
        store.changeShown((shown) => {
          if (!shown.delete(neuron)) shown.add(neuron);
        });
      }
    });
    made.addEventListener("dblclick", () => store.showOnly([neuron]));
    markWhilePointed(made, neuron, store);
    return { name, button: made, value, pen: canvas.getContext("2d"), colour: "" };
  }

  /** @type {(thumbnail: Thumbnail, preActivation: number | undefined) => void} */
  const drawValue = ({ name, button: labelled, value }, preActivation) => {
    const text = preActivation === undefined
      ? "" : GINN.formatting.signed(preActivation, Math.abs(preActivation) < 10 ? 2 : 1);
    if (value.textContent === text) return;
    value.textContent = text;
    const on = preActivation !== undefined && preActivation > 0;
    labelled.classList.toggle("viewer-on", on);
    labelled.ariaLabel = text
      ? say(on ? "on-at" : "off-at", { neuron: name, number: text }) : name;
  };

  /**
   * @param {Thumbnail} thumbnail
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} neuron
   */
  function drawLine({ pen, colour }, chunk, step, neuron) {
    if (!pen) return;
    pen.clearRect(0, 0, SIDE, SIDE);
    pen.strokeStyle = colour;
    pen.lineWidth = LINE;
    pen.beginPath();
    GINN.scene.trace(pen, chunk, step, neuron, SIDE, WHOLE);
    pen.stroke();
  }

  /** @type {(layer: number, head: Node[], thumbnails: Thumbnail[]) => HTMLElement} */
  const section = (layer, head, thumbnails) => {
    return element("div", { class: "viewer-section", "data-layer": String(layer) }, [
      element("div", "viewer-head", head),
      element("div", "viewer-neurons", thumbnails.map((each) => each.button)),
    ]);
  };

  /**
   * @param {number} layer
   * @param {number[]} starts
   * @param {Thumbnail[]} thumbnails of all layers
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (show: ReadonlySet<number>) => void}}
   */
  function createLayer(layer, starts, thumbnails, store) {
    const neurons = neuronsOf(starts, layer);
    const name = say("layer", { layer: layer + 1 });
    const toggle = button(name, () => store.toggleLayer(layer), {
      class: "viewer-layer",
      title: say(layer < 9 ? "layer-key" : "layer-about", { key: layer + 1 }),
    });
    const count = element("span", "viewer-count");
    return {
      element: section(layer, [toggle, count], neurons.map((neuron) => thumbnails[neuron])),
      draw(show) {
        const shown = neurons.filter((neuron) => show.has(neuron)).length;
        toggle.ariaPressed = shown === neurons.length ? "true" : shown ? "mixed" : "false";
        count.textContent = say("layer-shown", { shown, all: neurons.length });
      },
    };
  }

  GINN.neuronPanel = {
    markWhilePointed,
    create({ index: { widths }, store }) {
      const starts = layerStarts(widths);
      const outputNeuron = starts[widths.length];
      const thumbnails = Array.from({ length: outputNeuron + 1 }, (_, neuron) =>
        createThumbnail(nameOf(widths, neuron), neuron, store));
      const layers = widths.map((_, layer) => createLayer(layer, starts, thumbnails, store));
      const all = button(say("all"), store.showAll, { title: say("all-about") });
      const none = button(say("none"), () => store.showOnly([]), { title: say("none-about") });
      /** @type {ReadonlySet<number> | undefined} */
      let selectionDrawn;
      let thumbnailsDrawn = "";
      const recolour = () => {
        for (const each of thumbnails) each.colour = getComputedStyle(each.button).color;
        thumbnailsDrawn = "";
      };
      const root = element("section", { class: "viewer-network", "aria-label": say("neurons") }, [
        element("div", {
          class: "viewer-selection", role: "group", "aria-label": say("selection"),
        }, [element("span", "viewer-heading", [say("shown")]), all, none]),
        ...layers.map((layer) => layer.element),
        section(widths.length, [element("span", {}, [say("output")])], [thumbnails[outputNeuron]]),
      ]);

      return {
        element: root,
        recolour,
        neuronOf(target) {
          const found = thumbnails.findIndex((each) => each.button === target);
          return found < 0 ? undefined : found;
        },
        draw({ active: { state: { run, show }, lines }, report: { output } }) {
          thumbnails.forEach((each, neuron) => drawValue(each, output?.values[neuron]));
          if (show !== selectionDrawn) {
            thumbnails.forEach((each, neuron) => {
              each.button.ariaPressed = String(show.has(neuron));
            });
            layers.forEach((layer) => layer.draw(show));
          }
          selectionDrawn = show;
          // In an article's figure the panel is hidden.
          if (!lines || !root.offsetParent) return;
          const key = `${run} ${lines.snapshot}`;
          if (key === thumbnailsDrawn) return;
          if (!thumbnails[0].colour) recolour();
          thumbnailsDrawn = key;
          thumbnails.forEach((each, neuron) =>
            drawLine(each, lines.chunk, lines.step, neuron));
        },
      };
    },
  };
}
