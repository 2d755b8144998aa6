// Draws a scene. One routine for every pen: a canvas now, a list of SVG elements as well as it.
"use strict";

/**
 * What `draw` needs of a canvas; whatever has these can be drawn on.
 * @typedef {LinePen & Pick<CanvasRenderingContext2D, "fillRect" | "drawImage" | "fillStyle" |
 *   "globalCompositeOperation" | "imageSmoothingEnabled">} Pen
 */
/**
 * The part of it that lines need.
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
 * @property {string} paper the ground without a picture
 * @property {string} ink
 * @property {string} black what the picture's black is toned to, #rrggbb
 * @property {string} white
 * @property {string} error what disagrees with the target, #rrggbb as is the paper
 */
/**
 * @typedef {object} Scene
 * @property {number} size the square's side, in the pen's units
 * @property {number} unit the pen's units to a CSS pixel
 * @property {View} view
 * @property {Palette} palette
 * @property {number[]} starts first neuron of each layer, then the output's number
 * @property {Tile | undefined} behind
 * @property {Tile | undefined} against what to show the difference to, in the colour of errors
 * @property {HTMLCanvasElement | undefined} regions the part in sight, a colour a linear region
 * @property {Tile[]} standIns blurred lines for want of exact ones
 * @property {Chunk | undefined} chunk
 * @property {number} step
 * @property {ReadonlySet<number>} show
 * @property {number | undefined} marked the neuron to draw thick
 * @property {{chunk: Chunk, step: number}[]} trail earlier snapshots, the oldest first
 * @property {number[]} trailing the neurons that leave a trail
 * @property {Kink[]} kinks to mark
 * @property {Point | null} point the place asked about
 */

GINN.stage = (() => {
  const LINE = 1.5;
  const OUTPUT_LINE = 2.5;
  const MARKED_LINE = 4;
  const HALO = 1.5;
  // Half a kink's mark, and the gap and the reach of a point's cross.
  const MARK = 4;
  const CROSS = [4, 13];

  /**
   * Adds one neuron's boundary to the pen's path.
   * @param {LinePen} pen
   * @param {Chunk} chunk
   * @param {number} step
   * @param {number} neuron
   * @param {number} size
   * @param {View} view
   */
  function trace(pen, chunk, step, neuron, size, view) {
    const { x, y, polylines, closed, lines } = chunk;
    const line = (step - chunk.first) * chunk.neurons + neuron;
    const scale = (size * view.zoom) / GINN.vectors.QUANTA;
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

  /**
   * @param {Pen} pen
   * @param {Tile} tile
   * @param {number} size
   * @param {View} view
   */
  function drawTile(pen, tile, size, view) {
    const part = tile.size / view.zoom;
    const x = tile.x + view.x * tile.size;
    const y = tile.y + view.y * tile.size;
    pen.drawImage(tile.image, x, y, part, part, 0, 0, size, size);
  }

  /**
   * Tones the picture drawn so far: its black and white come out as the palette's, which lines of
   * every colour stand out from. Each channel is multiplied by their difference, then black added.
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
   * @param {Pen} pen
   * @param {Tile} against
   * @param {Scene} scene
   */
  function drawDifference(pen, against, { size, view, palette: { paper, error } }) {
    pen.globalCompositeOperation = "difference";
    drawTile(pen, against, size, view);
    // Toning needs the darker colour first; on light paper that is the error's.
    const light = brightness(paper) > brightness(error);
    if (light) {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, size, size);
    }
    tone(pen, size, light ? { black: error, white: paper } : { black: paper, white: error });
  }

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
   * What is under the lines.
   * @param {Pen} pen
   * @param {Scene} scene
   */
  function drawGround(pen, scene) {
    const { size, view, palette } = scene;
    pen.fillStyle = palette.paper;
    pen.fillRect(0, 0, size, size);
    if (scene.regions) {
      pen.imageSmoothingEnabled = false;
      pen.drawImage(scene.regions, 0, 0, size, size);
    }
    if (!scene.behind) return;
    // Blended pixels of an outline would look like agreement.
    pen.imageSmoothingEnabled = !scene.against;
    drawTile(pen, scene.behind, size, view);
    if (scene.against) drawDifference(pen, scene.against, scene);
    else tone(pen, size, palette);
  }

  /**
   * @param {Pen} pen
   * @param {Scene} scene
   */
  function draw(pen, scene) {
    drawGround(pen, scene);
    for (const tile of scene.standIns) drawTile(pen, tile, scene.size, scene.view);
    drawLines(pen, scene);
  }

  /**
   * @param {LinePen} pen
   * @param {Scene} scene
   */
  function drawLines(pen, scene) {
    const { size, unit, view, palette, chunk, starts } = scene;
    if (!chunk) return;
    pen.lineJoin = "round";
    pen.lineCap = "round";
    const output = starts[starts.length - 1];

    /**
     * @param {(neuron: number) => boolean} included
     * @param {string} colour
     * @param {number} width in CSS px
     */
    const stroke = (included, colour, width) => {
      pen.beginPath();
      for (let neuron = 0; neuron <= output; neuron += 1) {
        if (included(neuron)) trace(pen, chunk, scene.step, neuron, size, view);
      }
      pen.strokeStyle = colour;
      pen.lineWidth = width * unit;
      pen.stroke();
    };

    const { show, marked } = scene;
    const colourOf = (/** @type {number} */ neuron) =>
      palette.layers[starts.findLastIndex((start) => start <= neuron)] ?? palette.output;
    scene.trail.forEach((moment, age) => {
      pen.globalAlpha = 0.1 + (0.6 * (age + 1)) / scene.trail.length;
      for (const neuron of scene.trailing) {
        pen.beginPath();
        trace(pen, moment.chunk, moment.step, neuron, size, view);
        pen.strokeStyle = colourOf(neuron);
        pen.lineWidth = unit;
        pen.stroke();
      }
    });
    pen.globalAlpha = 1;
    stroke((neuron) => show.has(neuron) && neuron < output, palette.paper, LINE + HALO);
    palette.layers.forEach((colour, layer) => {
      const [first, end] = [starts[layer], starts[layer + 1]];
      stroke((neuron) => show.has(neuron) && first <= neuron && neuron < end, colour, LINE);
    });
    if (show.has(output)) {
      stroke((neuron) => neuron === output, palette.paper, OUTPUT_LINE + 2 * HALO);
      stroke((neuron) => neuron === output, palette.output, OUTPUT_LINE);
    }
    if (marked !== undefined) {
      stroke((neuron) => neuron === marked, palette.paper, MARKED_LINE + 2 * HALO);
      stroke((neuron) => neuron === marked, colourOf(marked), MARKED_LINE);
    }
    drawMarks(pen, scene, colourOf);
  }

  /**
   * A small square on its corner at each kink, in the colour of the layer that bends the line, and
   * a cross at the point asked about.
   * @param {LinePen} pen
   * @param {Scene} scene
   * @param {(neuron: number) => string} colourOf
   */
  function drawMarks(pen, { size, unit, view, palette, kinks, point }, colourOf) {
    const place = (/** @type {Point} */ { x, y }) =>
      [(x - view.x) * size * view.zoom, (y - view.y) * size * view.zoom];
    /**
     * @param {string} colour
     * @param {() => void} path
     */
    const outlined = (colour, path) => {
      for (const [width, ink] of /** @type {const} */ ([[1.5 + 2 * HALO, palette.paper], [1.5, colour]])) {
        pen.beginPath();
        path();
        pen.strokeStyle = ink;
        pen.lineWidth = width * unit;
        pen.stroke();
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
   * @param {string} paper #rrggbb
   * @returns {boolean}
   */
  function isDark(paper) {
    return brightness(paper) < (3 * 255) / 2;
  }

  return { trace, draw, drawGround, drawLines, isDark };
})();
