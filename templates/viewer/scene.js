// Draws a scene: a square with a picture, boundaries, kinks and a point. The pen is that of a canvas. For
// the lines, it can also be a pen that collects SVG paths.
"use strict";

/**
 * The part of a canvas's context that `draw` uses.
 * @typedef {LinePen & Pick<CanvasRenderingContext2D, "fillRect" | "drawImage" |
 *   "globalCompositeOperation" | "imageSmoothingEnabled">} Pen
 */
/**
 * The part of a canvas's context that `drawLines` uses.
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "closePath" |
 *   "stroke" | "strokeStyle" | "lineWidth" | "lineJoin" | "lineCap" | "globalAlpha" | "fill" |
 *   "fillStyle">} LinePen
 */
/**
 * The part of the domain in sight: its top left corner and how many times it is enlarged.
 * @typedef {object} View
 * @property {number} x
 * @property {number} y
 * @property {number} zoom
 */
/**
 * @typedef {object} Palette
 * @property {string[]} layers one colour a hidden layer
 * @property {string} output
 * @property {string} paper the ground without a picture, #rrggbb
 * @property {string} ink
 * @property {string} black the colour of the picture's black, #rrggbb
 * @property {string} white
 * @property {string} error the colour of what disagrees with the target, #rrggbb
 */
/**
 * @typedef {object} Scene
 * @property {number} size the square's side, in the pen's units
 * @property {number} unit the pen's units to a CSS pixel
 * @property {View} view
 * @property {Palette} palette
 * @property {number[]} starts first neuron of each layer, then the output's number
 * @property {Tile | undefined} behind
 * @property {Tile | undefined} against where given, `behind` is replaced by its difference to this
 * @property {HTMLCanvasElement | undefined} filled the part in sight, a colour a linear region, or
 *   the strength of a neuron
 * @property {number | undefined} shaded the neuron whose side is shaded behind the lines
 * @property {BoundaryChunk | undefined} chunk of the nearest snapshot that has arrived
 * @property {number} step as the chunk counts
 * @property {ReadonlySet<number>} show
 * @property {number | undefined} lit the layer beside which all else is faint, from 0
 * @property {number | undefined} marked the neuron to draw thick, with the side on which it is on
 * @property {{chunk: BoundaryChunk, step: number}[]} trail earlier snapshots, the oldest first
 * @property {number[]} trailing the neurons that leave a trail
 * @property {Kink[]} kinks to mark
 * @property {Point | null} point to mark with a cross
 */

{
  // Widths and lengths in CSS px.
  const LINE = 1.5;
  const OUTPUT_LINE = 2.5;
  const MARKED_LINE = 4;
  const HALO = 1.5;
  // The opacity of the side on which a neuron is on.
  const SHADE = 0.28;
  // The opacity of the paper over all but the lit layer.
  const VEIL = 0.75;
  // The corners of the domain, clockwise from the top left one. The sides that begin there have the
  // causes -2, -3, -4 and -1.
  const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];
  // Half the size of a kink's mark. Then the inner and the outer end of each arm of a point's cross.
  const MARK = 4;
  const CROSS = [4, 13];

  /**
   * @param {BoundaryChunk} chunk
   * @param {number} tip the vertex at which a line ends on the domain's side
   * @returns {number} how far round the domain it is, clockwise from the top left corner, in sides
   */
  function roundOf({ x, y, causes }, tip) {
    const { QUANTA } = GINN.boundaryChunks;
    const side = (2 - causes[tip]) % 4;
    const along = [x[tip], y[tip], QUANTA - x[tip], QUANTA - y[tip]][side];
    // Rounded to a corner, it is still on its side.
    return side + Math.min(QUANTA - 0.5, Math.max(0.5, along)) / QUANTA;
  }

  /**
   * Adds one neuron's boundary to the pen's path, or the outline of the side on which it is on, which
   * is what an odd number of outlines contains. There, each line that ends at the domain's sides is
   * closed along these, and the whole domain is added if else the top left corner were wrong.
   * @param {LinePen} pen
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} neuron
   * @param {number} size
   * @param {View} view
   * @param {boolean} [side]
   */
  function trace(pen, chunk, step, neuron, size, view, side = false) {
    const { x, y, polylines, closed, lines, corners } = chunk;
    const line = (step - chunk.first) * chunk.neurons + neuron;
    const whole = size * view.zoom;
    const scale = whole / GINN.boundaryChunks.QUANTA;
    const left = view.x * whole;
    const top = view.y * whole;
    const corner = (/** @type {number} */ number) => {
      const [right, down] = CORNERS[number % 4];
      pen.lineTo(right * whole - left, down * whole - top);
    };
    let contained = 0;
    for (let p = lines[line]; p < lines[line + 1]; p += 1) {
      const first = polylines[p];
      const last = polylines[p + 1] - 1;
      pen.moveTo(x[first] * scale - left, y[first] * scale - top);
      for (let v = first + 1; v <= last; v += 1) {
        pen.lineTo(x[v] * scale - left, y[v] * scale - top);
      }
      if (side && !closed[p]) {
        const from = roundOf(chunk, last);
        const to = roundOf(chunk, first);
        for (let at = Math.ceil(from); at < (to > from ? to : to + 4); at += 1) {
          corner(at);
          if (at % 4 === 0) contained ^= 1;
        }
      }
      if (side || closed[p]) pen.closePath();
    }
    if (side && contained !== corners[line]) {
      pen.moveTo(-left, -top);
      [1, 2, 3].forEach(corner);
      pen.closePath();
    }
  }

  /**
   * Shades the side on which a neuron is on.
   * @type {(pen: LinePen, chunk: BoundaryChunk, step: number, neuron: number, size: number, view: View,
   *   colour: string) => void}
   */
  const shade = (pen, chunk, step, neuron, size, view, colour) => {
    pen.fillStyle = colour;
    pen.globalAlpha = SHADE;
    pen.beginPath();
    trace(pen, chunk, step, neuron, size, view, true);
    pen.fill("evenodd");
    pen.globalAlpha = 1;
  };

  /**
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} neuron
   * @param {View} view
   * @returns {boolean} whether a part of a neuron's boundary is in the view
   */
  function isInSight({ first, neurons, x, y, polylines, closed, lines }, step, neuron, view) {
    const side = GINN.boundaryChunks.QUANTA / view.zoom;
    const left = view.x * GINN.boundaryChunks.QUANTA;
    const top = view.y * GINN.boundaryChunks.QUANTA;
    const line = (step - first) * neurons + neuron;
    /** @type {(a: number, b: number) => boolean} */
    const meets = (a, b) => {
      if (Math.max(x[a], x[b]) < left || Math.min(x[a], x[b]) > left + side) return false;
      if (Math.max(y[a], y[b]) < top || Math.min(y[a], y[b]) > top + side) return false;
      // The view's corners are not all on one side of the segment.
      const turns = [0, side].flatMap((right) => [0, side].map((down) => Math.sign(
        (x[b] - x[a]) * (top + down - y[a]) - (y[b] - y[a]) * (left + right - x[a]))));
      return Math.abs(turns.reduce((sum, turn) => sum + turn)) < turns.length;
    };
    for (let p = lines[line]; p < lines[line + 1]; p += 1) {
      const end = polylines[p + 1];
      for (let v = polylines[p] + 1; v < end; v += 1) if (meets(v - 1, v)) return true;
      if (closed[p] && meets(end - 1, polylines[p])) return true;
    }
    return false;
  }

  /** @type {(scene: Pick<Scene, "palette" | "starts">, neuron: number) => string} */
  const colourOf = ({ palette, starts }, neuron) =>
    palette.layers[GINN.neurons.layerOf(starts, neuron)] ?? palette.output;

  /** @type {(pen: LinePen, colour: string, width: number) => void} */
  const stroke = (pen, colour, width) => {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  };

  /** @type {(pen: LinePen, scene: Scene) => void} */
  const drawTrail = (pen, scene) => {
    const { trail, trailing, size, unit, view } = scene;
    trail.forEach(({ chunk, step }, age) => {
      pen.globalAlpha = 0.1 + (0.6 * (age + 1)) / trail.length;
      for (const neuron of trailing) {
        pen.beginPath();
        trace(pen, chunk, step, neuron, size, view);
        stroke(pen, colourOf(scene, neuron), unit);
      }
    });
    pen.globalAlpha = 1;
  };

  /**
   * Draws a small square on its corner at each kink, in the colour of the layer that causes it, and a
   * cross at the point.
   * @param {LinePen} pen
   * @param {Scene} scene
   */
  function drawMarks(pen, scene) {
    const { size, unit, view, palette, kinks, point } = scene;
    const place = (/** @type {Point} */ { x, y }) =>
      [(x - view.x) * size * view.zoom, (y - view.y) * size * view.zoom];
    /** @type {(colour: string, path: () => void) => void} */
    const outlined = (colour, path) => {
      for (const [width, ink] of /** @type {const} */ ([[1.5 + 2 * HALO, palette.paper], [1.5, colour]])) {
        pen.beginPath();
        path();
        stroke(pen, ink, width * unit);
      }
    };
    for (const kink of kinks) {
      const [x, y] = place(kink);
      const reach = MARK * unit;
      outlined(colourOf(scene, kink.cause), () => {
        pen.moveTo(x - reach, y);
        pen.lineTo(x, y - reach);
        pen.lineTo(x + reach, y);
        pen.lineTo(x, y + reach);
        pen.closePath();
      });
    }
    if (!point) return;
    const [x, y] = place(point);
    const [near, far] = CROSS.map((length) => length * unit);
    outlined(palette.ink, () => {
      for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        pen.moveTo(x + right * near, y + down * near);
        pen.lineTo(x + right * far, y + down * far);
      }
    });
  }

  /** @type {(pen: LinePen, scene: Scene, chunk: BoundaryChunk, neuron: number, width: number) => void} */
  const strokeOne = (pen, scene, chunk, neuron, width) => {
    pen.beginPath();
    trace(pen, chunk, scene.step, neuron, scene.size, scene.view);
    stroke(pen, scene.palette.paper, (width + 2 * HALO) * scene.unit);
    stroke(pen, colourOf(scene, neuron), width * scene.unit);
  };

  /** @type {(pen: LinePen, scene: Scene) => void} */
  const drawShown = (pen, scene) => {
    const { size, unit, view, palette, chunk, starts, show } = scene;
    if (!chunk) return;
    const output = starts[starts.length - 1];
    /** @type {(first: number, end: number, colour: string, width: number) => void} */
    const strokeShown = (first, end, colour, width) => {
      for (let neuron = first; neuron < end; neuron += 1) {
        if (!show.has(neuron)) continue;
        // One path of all lines would take twice as long without a graphics card.
        pen.beginPath();
        trace(pen, chunk, scene.step, neuron, size, view);
        stroke(pen, colour, width * unit);
      }
    };
    pen.lineJoin = "round";
    pen.lineCap = "round";
    drawTrail(pen, scene);
    strokeShown(0, output, palette.paper, LINE + HALO);
    palette.layers.forEach((colour, layer) =>
      strokeShown(starts[layer], starts[layer + 1], colour, LINE));
    if (show.has(output)) strokeOne(pen, scene, chunk, output, OUTPUT_LINE);
  };

  /**
   * Draws what changes while the pointer moves.
   * @type {(pen: LinePen, scene: Scene) => void}
   */
  const drawOver = (pen, scene) => {
    const { chunk, lit, marked, palette, show, starts, step, size, view } = scene;
    if (!chunk) return;
    pen.lineJoin = "round";
    pen.lineCap = "round";
    const bright = [...show].filter((neuron) => GINN.neurons.layerOf(starts, neuron) === lit);
    if (bright.length) {
      pen.globalAlpha = VEIL;
      pen.fillStyle = palette.paper;
      // Nothing is lit in a file that is saved, whose pen cannot do this.
      /** @type {Pen} */ (pen).fillRect(0, 0, size, size);
      pen.globalAlpha = 1;
    }
    for (const neuron of bright) strokeOne(pen, scene, chunk, neuron, OUTPUT_LINE);
    if (marked !== undefined) {
      if (marked !== scene.shaded) shade(pen, chunk, step, marked, size, view, colourOf(scene, marked));
      strokeOne(pen, scene, chunk, marked, MARKED_LINE);
    }
    drawMarks(pen, scene);
  };

  /**
   * Draws what stays while the pointer moves.
   * @type {(pen: Pen, scene: Scene) => void}
   */
  const drawUnder = (pen, scene) => {
    GINN.ground.draw(pen, scene);
    drawShown(pen, scene);
  };

  /**
   * Draws everything but the ground.
   * @type {(pen: LinePen, scene: Scene) => void}
   */
  const drawLines = (pen, scene) => {
    drawShown(pen, scene);
    drawOver(pen, scene);
  };

  /** @type {(pen: Pen, scene: Scene) => void} */
  const draw = (pen, scene) => {
    drawUnder(pen, scene);
    drawOver(pen, scene);
  };

  GINN.scene = { trace, isInSight, shade, colourOf, draw, drawUnder, drawOver, drawLines };
}
