// Draws a scene: a square with a picture, boundaries, kinks and a point. The pen is that of a canvas. For
// the lines, it can also be a pen that collects SVG paths.
"use strict";

/**
 * The part of a canvas's context that `draw` uses.
 * @typedef {LinePen & Pick<CanvasRenderingContext2D, "fillRect" | "drawImage" | "fillStyle" |
 *   "globalCompositeOperation" | "imageSmoothingEnabled">} Pen
 */
/**
 * The part of a canvas's context that `drawLines` uses.
 * @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "closePath" |
 *   "stroke" | "strokeStyle" | "lineWidth" | "lineJoin" | "lineCap" | "globalAlpha">} LinePen
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
 * @property {HTMLCanvasElement | undefined} regions the part in sight, a colour a linear region
 * @property {Tile[]} coarse blurred lines, drawn while the exact ones have not arrived
 * @property {BoundaryChunk | undefined} chunk
 * @property {number} step
 * @property {ReadonlySet<number>} show
 * @property {number | undefined} marked the neuron to draw thick
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
  // Half the size of a kink's mark. Then the inner and the outer end of each arm of a point's cross.
  const MARK = 4;
  const CROSS = [4, 13];

  /**
   * Adds one neuron's boundary to the pen's path.
   * @param {LinePen} pen
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} neuron
   * @param {number} size
   * @param {View} view
   */
  function trace(pen, chunk, step, neuron, size, view) {
    const { x, y, polylines, closed, lines } = chunk;
    const line = (step - chunk.first) * chunk.neurons + neuron;
    const scale = (size * view.zoom) / GINN.boundaryChunks.QUANTA;
    const left = view.x * size * view.zoom;
    const top = view.y * size * view.zoom;
    for (let p = lines[line]; p < lines[line + 1]; p += 1) {
      const first = polylines[p];
      pen.moveTo(x[first] * scale - left, y[first] * scale - top);
      for (let v = first + 1; v < polylines[p + 1]; v += 1) {
        pen.lineTo(x[v] * scale - left, y[v] * scale - top);
      }
      if (closed[p]) pen.closePath();
    }
  }

  /** @type {(pen: Pen, tile: Tile, size: number, view: View) => void} */
  const drawTile = (pen, tile, size, view) => {
    const part = tile.size / view.zoom;
    const x = tile.x + view.x * tile.size;
    const y = tile.y + view.y * tile.size;
    pen.drawImage(tile.image, x, y, part, part, 0, 0, size, size);
  };

  /**
   * @param {string} colour #rrggbb
   * @returns {number[]} red, green and blue, 0 to 255
   */
  function channels(colour) {
    return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  }

  /**
   * @param {string} colour #rrggbb
   * @returns {number}
   */
  function brightness(colour) {
    return channels(colour).reduce((sum, value) => sum + value);
  }

  /**
   * @param {string} paper #rrggbb
   * @returns {boolean}
   */
  function isDark(paper) {
    return brightness(paper) < (3 * 255) / 2;
  }

  /**
   * Replaces the black and white of the picture drawn so far by the palette's, on which lines of every
   * colour are visible. Each channel is multiplied by their difference, then black is added.
   * @param {Pen} pen
   * @param {number} size
   * @param {Pick<Palette, "black" | "white">} palette
   */
  function tone(pen, size, { black, white }) {
    const low = channels(black);
    const range = channels(white).map((value, at) => Math.max(0, value - low[at]));
    pen.globalCompositeOperation = "multiply";
    pen.fillStyle = `rgb(${range.join(" ")})`;
    pen.fillRect(0, 0, size, size);
    pen.globalCompositeOperation = "lighter";
    pen.fillStyle = `rgb(${low.join(" ")})`;
    pen.fillRect(0, 0, size, size);
    pen.globalCompositeOperation = "source-over";
  }

  /**
   * Turns the picture drawn so far into its difference to another: paper where they agree.
   * @type {(pen: Pen, against: Tile, scene: Scene) => void}
   */
  const drawDifference = (pen, against, { size, view, palette: { paper, error } }) => {
    pen.globalCompositeOperation = "difference";
    drawTile(pen, against, size, view);
    // The darker colour must come first. On light paper, it is the colour of errors.
    const light = brightness(paper) > brightness(error);
    if (light) {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, size, size);
    }
    tone(pen, size, light ? { black: error, white: paper } : { black: paper, white: error });
  };

  /**
   * Draws what is under the lines.
   * @type {(pen: Pen, scene: Scene) => void}
   */
  const drawGround = (pen, scene) => {
    const { size, view, palette } = scene;
    pen.fillStyle = palette.paper;
    pen.fillRect(0, 0, size, size);
    if (scene.regions) {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(scene.regions, 0, 0, size, size);
    }
    if (!scene.behind) return;
    // Smoothing would blend the pixels at an outline, and blended pixels would look like agreement.
    pen.imageSmoothingEnabled = !scene.against;
    drawTile(pen, scene.behind, size, view);
    if (scene.against) drawDifference(pen, scene.against, scene);
    else tone(pen, size, palette);
  };

  /** @type {(pen: LinePen, colour: string, width: number) => void} */
  const stroke = (pen, colour, width) => {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  };

  /** @type {(pen: LinePen, scene: Scene, colourOf: (neuron: number) => string) => void} */
  const drawTrail = (pen, { trail, trailing, size, unit, view }, colourOf) => {
    trail.forEach(({ chunk, step }, age) => {
      pen.globalAlpha = 0.1 + (0.6 * (age + 1)) / trail.length;
      for (const neuron of trailing) {
        pen.beginPath();
        trace(pen, chunk, step, neuron, size, view);
        stroke(pen, colourOf(neuron), unit);
      }
    });
    pen.globalAlpha = 1;
  };

  /**
   * Draws a small square on its corner at each kink, in the colour of the layer that causes it, and a
   * cross at the point.
   * @param {LinePen} pen
   * @param {Scene} scene
   * @param {(neuron: number) => string} colourOf
   */
  function drawMarks(pen, { size, unit, view, palette, kinks, point }, colourOf) {
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
      outlined(colourOf(kink.cause), () => {
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

  /**
   * Draws everything but the ground.
   * @type {(pen: LinePen, scene: Scene) => void}
   */
  const drawLines = (pen, scene) => {
    const { size, unit, view, palette, chunk, starts, show, marked } = scene;
    if (!chunk) return;
    const output = starts[starts.length - 1];
    const colourOf = (/** @type {number} */ neuron) =>
      palette.layers[GINN.neurons.layerOf(starts, neuron)] ?? palette.output;
    /** @type {(first: number, end: number, colour: string, width: number) => void} */
    const strokeShown = (first, end, colour, width) => {
      pen.beginPath();
      for (let neuron = first; neuron < end; neuron += 1) {
        if (show.has(neuron)) trace(pen, chunk, scene.step, neuron, size, view);
      }
      stroke(pen, colour, width * unit);
    };
    /** @type {(neuron: number, width: number) => void} */
    const strokeOne = (neuron, width) => {
      pen.beginPath();
      trace(pen, chunk, scene.step, neuron, size, view);
      stroke(pen, palette.paper, (width + 2 * HALO) * unit);
      stroke(pen, colourOf(neuron), width * unit);
    };

    pen.lineJoin = "round";
    pen.lineCap = "round";
    drawTrail(pen, scene, colourOf);
    strokeShown(0, output, palette.paper, LINE + HALO);
    palette.layers.forEach((colour, layer) =>
      strokeShown(starts[layer], starts[layer + 1], colour, LINE));
    if (show.has(output)) strokeOne(output, OUTPUT_LINE);
    if (marked !== undefined) strokeOne(marked, MARKED_LINE);
    drawMarks(pen, scene, colourOf);
  };

  /** @type {(pen: Pen, scene: Scene) => void} */
  const draw = (pen, scene) => {
    drawGround(pen, scene);
    for (const tile of scene.coarse) drawTile(pen, tile, scene.size, scene.view);
    drawLines(pen, scene);
  };

  GINN.scene = { trace, draw, drawGround, drawLines, isDark };
}
