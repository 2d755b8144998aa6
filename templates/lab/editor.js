// The picture's editor: a canvas to draw on with a pointer or with keys, and its tools.
"use strict";

/**
 * @typedef {object} Editor
 * @property {HTMLElement} element
 * @property {(labels: Uint8Array, first?: boolean) => void} show a picture; with the first one, what was
 *   before is forgotten
 * @property {() => void} recolour after a change of colour scheme
 */

{
  const { button, choice, element, namedButton } = GINN.dom;
  const { say } = GINN.words;
  const MOST_UNDONE = 40;
  // Pixels of a picture of 200: how far an arrow key moves the brush, and the brush's radius.
  const KEY_STEP = 0.02;
  const RADII = [0.015, 0.04, 0.09];
  const TOOLS = ["brush", "eraser", "fill"];

  /** @type {(colour: string) => number} the word of a pixel of this colour, #rrggbb */
  const wordOf = (colour) => {
    const number = parseInt(colour.slice(1), 16);
    return 0xff000000 | ((number & 0xff) << 16) | (number & 0xff00) | (number >> 16);
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
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      last = GINN.zoom.placeOf(canvas, event);
      actions.begin();
      actions.draw(last, last);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last || !canvas.hasPointerCapture(event.pointerId)) return;
      const place = GINN.zoom.placeOf(canvas, event);
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
    const { canvas, paint } = GINN.pictures.sheet(pixels, {
      tabindex: "0", role: "img", "aria-label": say("lab.canvas"), title: say("lab.canvas-about"),
    });
    const ring = element("span", { class: "lab-cursor", hidden: "" });
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
        paint(labels, (label) => (label ? white : black));
      },
      recolour() {
        colours = undefined;
      },
    };
  };

  /**
   * What a drawing was before, and what was undone.
   * @param {() => Uint8Array} now
   * @param {(next: Uint8Array) => void} show
   * @returns {{steps: HTMLButtonElement[], remember: (first?: boolean) => void}} the buttons that undo and
   *   redo; `remember` is called before a change, with `first` where nothing before it counts
   */
  const createHistory = (now, show) => {
    /** @type {Uint8Array[][]} */
    const [before, after] = [[], []];
    /** @type {HTMLButtonElement[]} */
    const steps = [];
    const enable = () => {
      steps[0].disabled = !before.length;
      steps[1].disabled = !after.length;
    };
    /** @type {(sign: string, name: string, from: Uint8Array[], to: Uint8Array[]) => unknown} */
    const add = (sign, name, from, to) => steps.push(namedButton(sign, name, () => {
      to.push(now());
      show(/** @type {Uint8Array} */ (from.pop()));
      enable();
    }));
    add("↶", say("lab.undo"), before, after);
    add("↷", say("lab.redo"), after, before);
    addEventListener("keydown", (event) => {
      const step = steps[{ z: Number(event.shiftKey), y: 1 }[event.key.toLowerCase()] ?? 2];
      const { type } = /** @type {HTMLInputElement} */ (event.target);
      if (!step || !(event.ctrlKey || event.metaKey) || type === "number") return;
      event.preventDefault();
      step.click();
    });
    return {
      steps,
      remember(first) {
        before.push(now().slice());
        before.splice(0, before.length - (first ? 0 : MOST_UNDONE));
        after.length = 0;
        enable();
      },
    };
  };

  /** @type {(pixels: number, changed: (labels: Uint8Array) => void) => {sheet: ReturnType<typeof createSheet>,
   *   steps: HTMLButtonElement[], show: Editor["show"], draw: () => void,
   *   replace: (made: (labels: Uint8Array) => Uint8Array) => void, use: (tool: string) => void,
   *   widen: (radius: number) => void}} the drawing, and what was before
   * and after; `steps` are the buttons that go there */
  const createDrawing = (pixels, changed) => {
    const sheet = createSheet(pixels);
    /** @type {Uint8Array} */
    let labels = new Uint8Array(pixels * pixels);
    let tool = TOOLS[0];
    let radius = RADII[1];
    const draw = () => sheet.draw(labels);
    const finish = () => {
      draw();
      changed(labels.slice());
    };
    const put = (/** @type {Uint8Array} */ next) => {
      labels = next;
      finish();
    };
    const { steps, remember } = createHistory(() => labels, put);
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
      sheet, steps, draw,
      show(next, first) {
        remember(first);
        labels = next.slice();
        draw();
      },
      replace(made) {
        remember();
        put(made(labels));
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
      const { sheet, steps, draw, show, replace, use, widen } = createDrawing(pixels, changed);
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
              ...steps,
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
