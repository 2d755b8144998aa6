// The picture's editor: a canvas to draw on with a pointer or with keys, and its tools.
"use strict";

/**
 * @typedef {object} Editor
 * @property {HTMLElement} element
 * @property {(labels: Uint8Array) => void} show a picture, and forget what can be undone
 * @property {() => void} recolour after a change of colour scheme
 */

{
  const { button, choice, element } = GINN.dom;
  const { say } = GINN.words;
  const MOST_UNDONE = 40;
  // Pixels of a picture of 200: how far an arrow key moves the brush, and the brush's radius.
  const KEY_STEP = 0.02;
  const RADII = [0.015, 0.04, 0.09];
  const TOOLS = ["brush", "eraser", "fill"];

  /** @type {(colour: string) => number} the word of a pixel of this colour, #rrggbb */
  const wordOf = (colour) => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  };

  /** @type {(labels: Uint8Array, pixels: number, from: Point, to: Point, radius: number, value: number) => void}
   * sets what is near the way between two points */
  const stroke = (labels, pixels, from, to, radius, value) => {
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * pixels));
    const reach = radius * pixels;
    for (let step = 0; step <= steps; step += 1) {
      const x = (from.x + ((to.x - from.x) * step) / steps) * pixels;
      const y = (from.y + ((to.y - from.y) * step) / steps) * pixels;
      const top = Math.max(0, Math.floor(y - reach));
      for (let row = top; row < Math.min(pixels, y + reach); row += 1) {
        const half = Math.sqrt(Math.max(0, reach ** 2 - (row + 0.5 - y) ** 2));
        const left = Math.max(0, Math.round(x - half));
        const right = Math.min(pixels, Math.round(x + half));
        if (right > left) labels.fill(value, row * pixels + left, row * pixels + right);
      }
    }
  };

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{draw: (from: Point, to: Point) => void, begin: () => void, end: () => void,
   *   cursor: (place: Point | undefined) => void}} actions
   */
  function watch(canvas, actions) {
    /** @type {Point | undefined} */
    let last;
    /** @type {Point | undefined} */
    let cursor;
    let down = false;
    const placeOf = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      last = placeOf(event);
      actions.begin();
      actions.draw(last, last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last || !canvas.hasPointerCapture(event.pointerId)) return;
      const place = placeOf(event);
      actions.draw(last, place);
      last = place;
    });
    canvas.addEventListener("lostpointercapture", () => {
      last = undefined;
      actions.end();
    });
    canvas.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? KEY_STEP / 4 : KEY_STEP;
      const moves = /** @type {Record<string, number[]>} */ ({
        ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
      });
      const move = moves[event.key];
      if (!move && event.key !== " ") return;
      event.preventDefault();
      const from = cursor ?? { x: 0.5, y: 0.5 };
      const inside = (/** @type {number} */ place) => Math.min(1, Math.max(0, place));
      cursor = move ? { x: inside(from.x + move[0]), y: inside(from.y + move[1]) } : from;
      if (!move) down = !down;
      if (!move && down) actions.begin();
      if (down) actions.draw(move ? from : cursor, cursor);
      if (!move && !down) actions.end();
      actions.cursor(cursor);
    });
    canvas.addEventListener("blur", () => {
      if (down) actions.end();
      down = false;
      cursor = undefined;
      actions.cursor(undefined);
    });
  }

  /** @type {(pixels: number) => {element: HTMLElement, canvas: HTMLCanvasElement,
   *   draw: (labels: Uint8Array) => void, recolour: () => void,
   *   point: (place: Point | undefined, radius: number) => void}} */
  const createSheet = (pixels) => {
    const canvas = element("canvas", {
      width: String(pixels), height: String(pixels), tabindex: "0", role: "img",
      "aria-label": say("lab.canvas"), title: say("lab.canvas-about"),
    });
    const ring = element("span", { class: "lab-cursor", hidden: "" });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = pen.createImageData(pixels, pixels);
    const words = new Uint32Array(image.data.buffer);
    /** @type {number[] | undefined} */
    let colours;
    return {
      element: element("div", "lab-sheet", [canvas, ring]),
      canvas,
      point(place, radius) {
        ring.hidden = place === undefined;
        if (!place) return;
        Object.assign(ring.style, {
          left: `${100 * place.x}%`, top: `${100 * place.y}%`, width: `${200 * radius}%`,
        });
      },
      draw(labels) {
        const style = getComputedStyle(document.documentElement);
        const [black, white] = colours ??= ["--picture-black", "--picture-white"].map((name) =>
          wordOf(style.getPropertyValue(name).trim()));
        labels.forEach((label, i) => {
          words[i] = label ? white : black;
        });
        pen.putImageData(image, 0, 0);
      },
      recolour() {
        colours = undefined;
      },
    };
  };

  /** @type {(pixels: number, changed: (labels: Uint8Array) => void) => {sheet: ReturnType<typeof createSheet>,
   *   undo: HTMLButtonElement, show: (next: Uint8Array) => void, draw: () => void,
   *   replace: (made: (labels: Uint8Array) => Uint8Array) => void, use: (tool: string) => void,
   *   widen: (radius: number) => void}} the drawing, and what was before */
  const createDrawing = (pixels, changed) => {
    const sheet = createSheet(pixels);
    /** @type {Uint8Array} */
    let labels = new Uint8Array(pixels * pixels);
    /** @type {Uint8Array[]} */
    const before = [];
    let tool = TOOLS[0];
    let radius = RADII[1];
    const undo = button(say("lab.undo"), () => {});
    const draw = () => sheet.draw(labels);
    const finish = () => {
      undo.disabled = before.length === 0;
      draw();
      changed(labels.slice());
    };
    const remember = () => {
      before.push(labels.slice());
      if (before.length > MOST_UNDONE) before.shift();
    };
    undo.addEventListener("click", () => {
      labels = before.pop() ?? labels;
      finish();
    });
    watch(sheet.canvas, {
      begin: remember,
      draw(from, to) {
        if (tool === "fill") {
          if (from === to) labels = GINN.pictures.filled(labels, pixels, GINN.pictures.cellOf(to, pixels));
        } else stroke(labels, pixels, from, to, radius, tool === "eraser" ? 1 : 0);
        draw();
      },
      end: finish,
      cursor: (place) => sheet.point(place, radius),
    });
    return {
      sheet, undo, draw,
      show(next) {
        labels = next.slice();
        before.length = 0;
        undo.disabled = true;
        draw();
      },
      replace(made) {
        remember();
        labels = made(labels);
        finish();
      },
      use(next) {
        tool = next;
      },
      widen(next) {
        radius = next;
      },
    };
  };

  GINN.editor = {
    create(pixels, above, changed) {
      const { sheet, undo, draw, show, replace, use, widen } = createDrawing(pixels, changed);
      const tools = choice(say("lab.tool"),
        TOOLS.map((value) => ({ value, label: say(`lab.${value}`), title: say(`lab.${value}-about`) })), use);
      const sizes = choice(say("lab.size"),
        RADII.map((value, n) => ({ value: String(value), label: say(`lab.size-${n + 1}`) })),
        (value) => widen(Number(value)));
      tools.show(TOOLS[0]);
      sizes.show(String(RADII[1]));
      return {
        element: element("div", "lab-editor", [
          sheet.element,
          element("div", "lab-tools", [
            ...above, tools.element, sizes.element,
            element("div", "lab-row", [
              undo,
              button(say("lab.invert"), () => replace((old) => old.map((label) => 1 - label))),
              button(say("lab.mirror"), () => replace((old) => GINN.pictures.mirrored(old, pixels))),
              button(say("lab.clear"), () => replace((old) => old.map(() => 1))),
            ]),
          ]),
        ]),
        show,
        recolour() {
          sheet.recolour();
          draw();
        },
      };
    },
  };
}
