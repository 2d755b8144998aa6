// Zoom and pan: wheel, pinch, drag and buttons, all of which change one thing, where to look.
"use strict";

/**
 * Where to look: how many times the domain is enlarged, and the point in the stage's middle.
 * @typedef {Pick<State, "zoom" | "x" | "y">} Look
 */
/**
 * @typedef {object} Zoom
 * @property {HTMLElement} element the buttons
 * @property {(look: Look) => void} draw
 */

GINN.zoom = (() => {
  const { element, tool } = GINN;
  const BUTTON_FACTOR = 2;
  // How much one unit of the wheel enlarges, as an exponent; a trackpad's pinch has small units.
  const WHEEL = 0.002;
  const TRACKPAD_PINCH = 0.01;
  const LINE_HEIGHT = 16;

  /**
   * @param {Look} look
   * @returns {Look} the nearest one that shows nothing from outside the domain
   */
  function within(look) {
    const zoom = Math.min(GINN.state.MOST_ZOOM, Math.max(1, look.zoom));
    const near = (/** @type {number} */ middle) =>
      Math.min(1 - 0.5 / zoom, Math.max(0.5 / zoom, middle));
    return { zoom, x: near(look.x), y: near(look.y) };
  }

  /**
   * @param {Look} look
   * @returns {View}
   */
  function viewOf({ zoom, x, y }) {
    return { x: x - 0.5 / zoom, y: y - 0.5 / zoom, zoom };
  }

  /**
   * @param {Look} look
   * @param {number} factor
   * @param {{x: number, y: number}} fixed the point of the stage, from 0 to 1, that stays
   * @returns {Look}
   */
  function enlarged(look, factor, fixed = { x: 0.5, y: 0.5 }) {
    const { zoom } = within({ ...look, zoom: look.zoom * factor });
    const gain = 1 / look.zoom - 1 / zoom;
    return within({
      zoom, x: look.x + (fixed.x - 0.5) * gain, y: look.y + (fixed.y - 0.5) * gain,
    });
  }

  /**
   * @param {Look} look
   * @param {number} right how far the picture moves, in stages
   * @param {number} down
   * @returns {Look}
   */
  function moved(look, right, down) {
    return within({ ...look, x: look.x - right / look.zoom, y: look.y - down / look.zoom });
  }

  /**
   * @param {Point} place
   * @returns {Point} the nearest one in the domain
   */
  function inside({ x, y }) {
    return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
  }

  /**
   * @param {Look} look
   * @param {Point} point
   * @returns {Look} moved as little as it takes to have a point in sight, off the stage's edge
   */
  function showing(look, point) {
    const reach = 0.45 / look.zoom;
    const near = (/** @type {number} */ middle, /** @type {number} */ wanted) =>
      Math.min(wanted + reach, Math.max(wanted - reach, middle));
    return within({ ...look, x: near(look.x, point.x), y: near(look.y, point.y) });
  }

  /**
   * @param {HTMLElement[]} stages take wheel, pinch and drag
   * @param {() => Look} look the present one
   * @param {(look: Look) => void} change
   * @returns {Zoom}
   */
  function create(stages, look, change) {
    const less = tool("−", "Zoom out", () => change(enlarged(look(), 1 / BUTTON_FACTOR)));
    const more = tool("+", "Zoom in", () => change(enlarged(look(), BUTTON_FACTOR)));
    const reset = tool("Reset", "Reset zoom", () => change({ zoom: 1, x: 0.5, y: 0.5 }));
    const factor = element("span", { class: "viewer-factor" });
    for (const stage of stages) {
      watchWheel(stage, look, change);
      watchPointers(stage, look, change);
    }
    return {
      element: element("div", { class: "viewer-zoom", role: "group", "aria-label": "Zoom" }, [
        less, factor, more, reset,
      ]),
      draw({ zoom }) {
        factor.textContent = `${Number(zoom.toFixed(zoom < 10 ? 1 : 0))}×`;
        less.disabled = reset.disabled = zoom === 1;
        more.disabled = zoom === GINN.state.MOST_ZOOM;
        for (const stage of stages) stage.classList.toggle("viewer-zoomed", zoom > 1);
      },
    };
  }

  /**
   * @param {HTMLElement} stage
   * @param {MouseEvent} event
   * @returns {{x: number, y: number}} where on the stage, from 0 to 1
   */
  function placeOf(stage, event) {
    const { left, top, width, height } = stage.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  }

  /**
   * @param {HTMLElement} stage
   * @param {() => Look} look
   * @param {(look: Look) => void} change
   */
  function watchWheel(stage, look, change) {
    stage.addEventListener("wheel", (event) => {
      // At its smallest, the stage lets the page scroll on.
      if (look().zoom === 1 && event.deltaY >= 0) return;
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1);
      const factor = Math.exp(-pixels * (event.ctrlKey ? TRACKPAD_PINCH : WHEEL));
      change(enlarged(look(), factor, placeOf(stage, event)));
    }, { passive: false });
  }

  /**
   * One pointer drags an enlarged picture, two enlarge and move it.
   * @param {HTMLElement} stage
   * @param {() => Look} look
   * @param {(look: Look) => void} change
   */
  function watchPointers(stage, look, change) {
    /** @type {Map<number, {x: number, y: number}>} */
    const down = new Map();
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      down.set(event.pointerId, placeOf(stage, event));
      if (look().zoom > 1 || down.size > 1) stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      if (!before || down.size > 2) return;
      const now = placeOf(stage, event);
      const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      down.set(event.pointerId, now);
      if (!other) {
        if (look().zoom > 1) change(moved(look(), now.x - before.x, now.y - before.y));
        return;
      }
      const apart = (/** @type {{x: number, y: number}} */ at) =>
        Math.max(0.01, Math.hypot(at.x - other.x, at.y - other.y));
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const shifted = moved(look(), (now.x - before.x) / 2, (now.y - before.y) / 2);
      change(enlarged(shifted, apart(now) / apart(before), middle));
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "pointerleave"])) {
      stage.addEventListener(name, (event) => {
        if (!stage.hasPointerCapture(event.pointerId) || name !== "pointerleave") {
          down.delete(event.pointerId);
        }
      });
    }
    // Two fingers are ours, one finger is the page's until the picture is enlarged.
    stage.addEventListener("touchmove", (event) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    }, { passive: false });
  }

  return { within, inside, viewOf, placeOf, enlarged, moved, showing, create };
})();
