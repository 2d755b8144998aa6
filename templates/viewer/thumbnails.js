// Thumbnails: a button for each neuron, with its number. Its boundary and the side on which it is on are
// drawn behind the button, on the canvas of its layer: one canvas each would take much longer to show.
"use strict";

/**
 * @typedef {object} Thumbnail
 * @property {string} name
 * @property {string} called its name, and whether it is off everywhere
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} value
 * @property {HTMLElement} label the unit's number, as text
 * @property {string} unit
 * @property {CanvasRenderingContext2D} pen of its layer's canvas
 * @property {number} x its place there
 * @property {number} y
 * @property {number} side
 * @property {string} drawn what it shows
 * @property {string} lines the snapshot whose line it shows
 * @property {boolean} seen whether it is in sight
 */

{
  const { element } = GINN.dom;
  const { say } = GINN.words;
  const WHOLE = { x: 0, y: 0, zoom: 1 };
  const LINE = 1.8; // CSS px

  /**
   * Marks a neuron while the pointer or the focus is on a button.
   * @type {(marking: HTMLElement, neuron: number, store: Store, looked?: number) => void}
   */
  const markWhilePointed = (marking, neuron, store, looked) => {
    for (const event of ["pointerenter", "focus"]) {
      marking.addEventListener(event, () => store.pointAt({ neuron, looked }));
    }
    for (const event of ["pointerleave", "blur"]) {
      marking.addEventListener(event, () =>
        store.pointAt({ neuron: undefined, looked: undefined }));
    }
  };

  /**
   * @param {string} name
   * @param {string} unit its number in its layer, or nothing
   * @param {number} neuron
   * @param {HTMLCanvasElement} canvas of its layer
   * @param {Store} store
   * @returns {Thumbnail}
   */
  function createThumbnail(name, unit, neuron, canvas, store) {
    const value = element("span", "viewer-value");
    const label = element("span", "viewer-unit", [unit]);
    const made = element("button", {
      type: "button", class: "viewer-neuron", "aria-label": name, tabindex: neuron ? "-1" : "0",
      "data-neuron": String(neuron),
    }, [label, value]);
    made.addEventListener("click", (event) => {
      if (event.altKey) store.showOnly([neuron]);
      else {
        store.changeShown((shown) => {
          if (!shown.delete(neuron)) shown.add(neuron);
        });
      }
    });
    made.addEventListener("dblclick", () => store.showOnly([neuron]));
    markWhilePointed(made, neuron, store, neuron);
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    return {
      name, called: name, button: made, value, label, unit, pen, x: 0, y: 0, side: 0, drawn: "", lines: "", seen: true,
    };
  }

  /** @type {(thumbnail: Thumbnail, preActivation: number | undefined) => void} */
  const drawValue = ({ called, button: labelled, value }, preActivation) => {
    const text = preActivation === undefined
      ? "" : GINN.formatting.signed(preActivation, Math.abs(preActivation) < 10 ? 2 : 1);
    const on = preActivation !== undefined && preActivation > 0;
    labelled.classList.toggle("viewer-on", on);
    if (value.textContent === text) return;
    value.textContent = text;
    labelled.ariaLabel = text
      ? say(on ? "on-at" : "off-at", { neuron: called, number: text }) : called;
  };

  /**
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} neuron
   * @returns {"on" | "off" | undefined} what it is at every point of the picture, if it does not switch
   */
  function everywhere(chunk, step, neuron) {
    const line = (step - chunk.first) * chunk.neurons + neuron;
    if (chunk.lines[line] < chunk.lines[line + 1]) return undefined;
    return chunk.corners[line] ? "on" : "off";
  }

  /**
   * @param {Thumbnail} thumbnail
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} neuron
   * @param {string} colour
   */
  function drawLine(thumbnail, chunk, step, neuron, colour) {
    const { pen, x, y, side, button: labelled, label, unit, value } = thumbnail;
    const always = everywhere(chunk, step, neuron);
    const said = always ? say(`${always}-everywhere`) : "";
    labelled.classList.toggle("viewer-off", always === "off");
    if (labelled.getAttribute("aria-description") !== said) {
      labelled.setAttribute("aria-description", said);
      labelled.title = `${said} ${say("thumbnail", { neuron: thumbnail.name })}`.trim();
      // The name holds what is seen.
      const named = (/** @type {string} */ text) => (always === "off" ? say("off-unit", { unit: text }) : text);
      labelled.ariaLabel = thumbnail.called = named(thumbnail.name);
      label.textContent = named(unit);
      value.textContent = "";
    }
    pen.save();
    pen.translate(x, y);
    pen.clearRect(0, 0, side, side);
    pen.beginPath();
    pen.rect(0, 0, side, side);
    pen.clip();
    GINN.scene.shade(pen, chunk, step, neuron, side, WHOLE, colour);
    pen.strokeStyle = colour;
    pen.lineWidth = LINE * devicePixelRatio;
    pen.beginPath();
    GINN.scene.trace(pen, chunk, step, neuron, side, WHOLE);
    pen.stroke();
    pen.restore();
  }

  /** @type {(unit: HTMLElement) => {x: number, y: number, width: number, height: number}} its place in the network */
  const boxOf = ({ parentElement, offsetLeft, offsetTop, offsetWidth, offsetHeight }) => {
    const cells = /** @type {HTMLElement} */ (parentElement);
    return {
      x: cells.offsetLeft + offsetLeft, y: cells.offsetTop + offsetTop, width: offsetWidth, height: offsetHeight,
    };
  };

  GINN.thumbnails = { boxOf, markWhilePointed, create: createThumbnail, drawValue, drawLine };
}
