// Zoom and pan, by wheel, pinch, drag and buttons.
"use strict";

/**
 * How many times the domain is enlarged, and the point in the pane's middle.
 * @typedef {Pick<State, "zoom" | "x" | "y">} ZoomState
 */
/**
 * @typedef {object} Zoom
 * @property {HTMLElement} element the buttons
 * @property {() => void} draw
 */

{
  const { element, namedButton, setText } = GINN.dom;
  const { say } = GINN.words;
  const BUTTON_FACTOR = 2;
  // The natural logarithm of the enlargement by one unit of the wheel. A trackpad's pinch sends
  // smaller units.
  const WHEEL = 0.002;
  const TRACKPAD_PINCH = 0.01;
  // With Ctrl, one notch of a mouse wheel is a large unit, so the change per event is limited.
  const MOST_AT_ONCE = 0.2;
  const LINE_HEIGHT = 16; // px, for browsers that count the wheel in lines

  /** @type {(value: number, least: number, most: number) => number} the nearest number in a range */
  const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

  /**
   * @param {ZoomState} wanted
   * @returns {ZoomState} the nearest one that shows nothing from outside the domain
   */
  function within(wanted) {
    const zoom = clamp(wanted.zoom, 1, GINN.store.MOST_ZOOM);
    const near = (/** @type {number} */ middle) => clamp(middle, 0.5 / zoom, 1 - 0.5 / zoom);
    return { zoom, x: near(wanted.x), y: near(wanted.y) };
  }

  /** @type {(state: ZoomState) => View} */
  const viewOf = ({ zoom, x, y }) => {
    return { x: x - 0.5 / zoom, y: y - 0.5 / zoom, zoom };
  };

  /**
   * @param {ZoomState} state
   * @param {number} factor
   * @param {Point} fixed the point of the pane, from 0 to 1, that stays where it is
   * @returns {ZoomState}
   */
  function enlarged(state, factor, fixed = { x: 0.5, y: 0.5 }) {
    const { zoom } = within({ ...state, zoom: state.zoom * factor });
    const gain = 1 / state.zoom - 1 / zoom;
    return within({
      zoom, x: state.x + (fixed.x - 0.5) * gain, y: state.y + (fixed.y - 0.5) * gain,
    });
  }

  /**
   * @param {ZoomState} state
   * @param {number} right how far the picture moves, as a fraction of the pane
   * @param {number} down
   * @returns {ZoomState}
   */
  function moved({ zoom, x, y }, right, down) {
    return within({ zoom, x: x - right / zoom, y: y - down / zoom });
  }

  /** @type {(place: Point) => Point} the nearest one in the domain */
  const inside = ({ x, y }) => {
    return { x: clamp(x, 0, 1), y: clamp(y, 0, 1) };
  };

  /**
   * @param {ZoomState} state
   * @param {Point} point
   * @returns {ZoomState} moved as little as is needed to show the point at a distance from the edge
   */
  function showing(state, point) {
    const reach = 0.45 / state.zoom;
    const near = (/** @type {"x" | "y"} */ axis) =>
      clamp(state[axis], point[axis] - reach, point[axis] + reach);
    return within({ ...state, x: near("x"), y: near("y") });
  }

  /** @type {(pane: HTMLElement, event: MouseEvent) => Point} from 0 to 1 over the pane */
  const placeOf = (pane, event) => {
    const { left, top, width, height } = pane.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };

  /** @type {(pane: HTMLElement, store: Store) => void} */
  const watchWheel = (pane, store) => {
    pane.addEventListener("wheel", (event) => {
      const { ctrlKey, deltaY } = event;
      const { scrollHeight, clientHeight } = document.documentElement;
      // Where the page scrolls, the wheel alone scrolls it.
      if (!deltaY || !(ctrlKey || event.metaKey || scrollHeight <= clientHeight)) return;
      if (store.state.zoom === 1 && deltaY > 0) return;
      event.preventDefault();
      const pixels = deltaY * (event.deltaMode ? LINE_HEIGHT : 1);
      const power = clamp(pixels * (ctrlKey ? TRACKPAD_PINCH : WHEEL), -MOST_AT_ONCE, MOST_AT_ONCE);
      store.set(enlarged(store.state, Math.exp(-power), placeOf(pane, event)));
    }, { passive: false });
  };

  /**
   * One pointer drags an enlarged picture. Two pointers enlarge and move it.
   * @type {(pane: HTMLElement, store: Store) => void}
   */
  const watchPointers = (pane, store) => {
    /** @type {Map<number, Point>} */
    const down = new Map();
    pane.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      down.set(event.pointerId, placeOf(pane, event));
      if (store.state.zoom > 1 || down.size > 1) pane.setPointerCapture(event.pointerId);
    });
    pane.addEventListener("pointermove", (event) => {
      const before = down.get(event.pointerId);
      if (!before || down.size > 2) return;
      const now = placeOf(pane, event);
      const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
      down.set(event.pointerId, now);
      if (!other) {
        if (store.state.zoom > 1) store.set(moved(store.state, now.x - before.x, now.y - before.y));
        return;
      }
      const apart = (/** @type {Point} */ at) =>
        Math.max(0.01, Math.hypot(at.x - other.x, at.y - other.y));
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      const shifted = moved(store.state, (now.x - before.x) / 2, (now.y - before.y) / 2);
      store.set(enlarged(shifted, apart(now) / apart(before), middle));
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "pointerleave"])) {
      pane.addEventListener(name, (event) => {
        if (!pane.hasPointerCapture(event.pointerId) || name !== "pointerleave") {
          down.delete(event.pointerId);
        }
      });
    }
    // Safari reports a trackpad's pinch by gesture events. Fingers on a screen are read as pointers.
    let scale = 1;
    for (const name of ["gesturestart", "gesturechange"]) {
      pane.addEventListener(name, (given) => {
        const event = /** @type {MouseEvent & {scale: number}} */ (given);
        event.preventDefault();
        if (name === "gesturechange" && down.size === 0) {
          store.set(enlarged(store.state, event.scale / scale, placeOf(pane, event)));
        }
        scale = event.scale;
      });
    }
    // Two fingers enlarge the picture, so they must not scroll the page. One finger may.
    pane.addEventListener("touchmove", (event) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    }, { passive: false });
  };

  GINN.zoom = {
    inside, viewOf, enlarged, moved, showing, placeOf,
    create(panes, store) {
      const less = namedButton("−", say("zoom-out"), () => store.set(enlarged(store.state, 1 / BUTTON_FACTOR)));
      const more = namedButton("+", say("zoom-in"), () => store.set(enlarged(store.state, BUTTON_FACTOR)));
      const reset = namedButton(say("reset"), say("reset-zoom"), () => store.set({ zoom: 1, x: 0.5, y: 0.5 }));
      const factor = element("span", "viewer-factor");
      for (const pane of panes) {
        watchWheel(pane, store);
        watchPointers(pane, store);
      }
      return {
        element: element("div", { class: "viewer-zoom", role: "group", "aria-label": say("zoom") }, [
          less, factor, more, reset,
        ]),
        draw() {
          const { zoom } = store.state;
          setText(factor, `${GINN.formatting.count(Number(zoom.toFixed(zoom < 10 ? 1 : 0)))}×`);
          less.disabled = reset.disabled = zoom === 1;
          more.disabled = zoom === GINN.store.MOST_ZOOM;
          for (const pane of panes) pane.classList.toggle("viewer-zoomed", zoom > 1);
        },
      };
    },
  };
}
