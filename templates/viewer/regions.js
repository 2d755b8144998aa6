// Pictures behind the lines: linear regions, where the set of neurons that are on decides the colour, and
// the strength of one neuron.
"use strict";

{
  const COLOURS = 256;
  const LEFT = -1; // the cause of a vertex at which a line ends on the domain's left side
  // Where the output is negative. Its own colour is too like ink.
  const OCHRE = "#c98500";
  // How many products of weights and activations a picture of a strength may take.
  const MOST_PRODUCTS = 8e6;
  /** @type {WeakMap<object, {key: string, canvas: HTMLCanvasElement}>} each chunk's last picture */
  const pictures = new WeakMap();

  /**
   * The number of a neuron, a hash of its index. The number of a region is the exclusive or of the
   * numbers of the neurons that are on. It depends only on which neurons are on, and it changes at
   * every boundary.
   * @type {(neuron: number) => number} 32 bits
   */
  const numberOf = (neuron) => {
    let bits = Math.imul(neuron + 1, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return bits ^ (bits >>> 16);
  };

  /** @type {(dark: boolean) => Uint32Array} soft colours, each as the 32 bits of a pixel */
  const shades = (dark) => {
    const words = new Uint32Array(COLOURS);
    const bytes = new Uint8ClampedArray(words.buffer);
    for (let index = 0; index < COLOURS; index += 1) {
      // Successive hues differ by the golden angle. Four levels of lightness make colours differ more.
      const hue = (index * 137.508) % 360;
      const lightness = (dark ? 0.16 : 0.8) + 0.045 * (index % 4);
      const chroma = dark ? 0.1 : 0.12;
      [0, 120, 240].forEach((turned, channel) => {
        const wave = Math.cos(((hue - turned) * Math.PI) / 180);
        bytes[4 * index + channel] = 255 * (lightness + chroma * wave);
      });
      bytes[4 * index + 3] = 255;
    }
    return words;
  };

  /**
   * The number of the region at each pixel. A neuron switches on or off where a row of pixels crosses
   * its boundary. Each crossing is stored at the pixel after it. A pass along the row combines them.
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} hidden the number of hidden neurons; the output does not bound linear regions
   * @param {number} side of the picture, px
   * @param {View} view
   * @returns {Uint32Array} a number a pixel, row by row
   */
  function numbers(chunk, step, hidden, side, view) {
    const { x, y, causes, polylines, closed, lines, neurons, corners } = chunk;
    const flips = new Uint32Array(side * side);
    // For each row: the neurons that switch at the domain's left side since the row above.
    const starts = new Uint32Array(side + 1);
    const scale = (side * view.zoom) / GINN.boundaryChunks.QUANTA;
    const left = view.x * side * view.zoom + 0.5;
    const top = view.y * side * view.zoom + 0.5;
    // The first row or column whose middle is not before a coordinate, which is counted from the
    // middle of the first one.
    const after = (/** @type {number} */ place) => Math.min(side, Math.max(0, Math.ceil(place)));
    const first = (step - chunk.first) * neurons;
    for (let neuron = 0; neuron < hidden; neuron += 1) {
      const bits = numberOf(neuron);
      if (corners[first + neuron]) starts[0] ^= bits;
      for (let p = lines[first + neuron]; p < lines[first + neuron + 1]; p += 1) {
        const [begin, end] = [polylines[p], polylines[p + 1]];
        if (!closed[p]) {
          for (const tip of [begin, end - 1]) {
            if (causes[tip] === LEFT) starts[after(y[tip] * scale - top)] ^= bits;
          }
        }
        let from = closed[p] ? end - 1 : begin;
        for (let to = closed[p] ? begin : begin + 1; to < end; to += 1) {
          const [ax, ay] = [x[from] * scale - left, y[from] * scale - top];
          const [bx, by] = [x[to] * scale - left, y[to] * scale - top];
          const slope = (bx - ax) / (by - ay);
          const last = after(Math.max(ay, by));
          for (let row = after(Math.min(ay, by)); row < last; row += 1) {
            const column = after(ax + (row - ay) * slope);
            if (column < side) flips[row * side + column] ^= bits;
          }
          from = to;
        }
      }
    }
    let start = 0;
    for (let row = 0, at = 0; row < side; row += 1) {
      start ^= starts[row];
      let number = start;
      for (const end = at + side; at < end; at += 1) {
        number ^= flips[at];
        flips[at] = number;
      }
    }
    return flips;
  }

  /**
   * A picture that is cached, because every frame needs it while a pointer moves.
   * @param {object} chunk
   * @param {unknown[]} parts all that the picture depends on
   * @param {number} side px
   * @param {(pixels: Uint32Array) => void} paint
   * @returns {HTMLCanvasElement}
   */
  function cached(chunk, parts, side, paint) {
    const key = [side, ...parts].join();
    const last = pictures.get(chunk);
    if (last?.key === key) return last.canvas;
    const canvas = GINN.dom.element("canvas", { width: String(side), height: String(side) });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = pen.createImageData(side, side);
    paint(new Uint32Array(image.data.buffer));
    pen.putImageData(image, 0, 0);
    pictures.set(chunk, { key, canvas });
    return canvas;
  }

  /**
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} hidden
   * @param {number} side px
   * @param {View} view
   * @param {boolean} dark
   * @returns {HTMLCanvasElement} the picture of the regions
   */
  function picture(chunk, step, hidden, side, view, dark) {
    return cached(chunk, [step, view.x, view.y, view.zoom, dark], side, (pixels) => {
      const words = shades(dark);
      numbers(chunk, step, hidden, side, view).forEach((number, at) => {
        pixels[at] = words[number >>> 24];
      });
    });
  }

  /**
   * A neuron's pre-activation in the part in sight: its colour where it is positive, ink where it is
   * negative, and ochre where the output is negative. The opacity grows
   * with the square root of the distance from zero, so that both sides of the line differ near it.
   * At the line it is 0.
   * @param {WeightChunk} weights
   * @param {number} step
   * @param {number} neuron
   * @param {View} view
   * @param {string[]} colours the neuron's and ink, #rrggbb
   * @returns {HTMLCanvasElement}
   */
  function strength(weights, step, neuron, view, colours) {
    const products = weights.sizes.reduce((sum, size, layer, sizes) => sum + size * (sizes[layer + 1] ?? 0), 0);
    const side = Math.round(Math.min(160, Math.max(24, Math.sqrt(MOST_PRODUCTS / products))));
    return cached(weights, [step, neuron, view.x, view.y, view.zoom, colours], side, (pixels) => {
      const places = [0, 1].map((axis) => Float64Array.from(pixels, (_, at) => {
        const cell = axis ? Math.floor(at / side) : at % side;
        return (axis ? view.y : view.x) + (cell + 0.5) / side / view.zoom;
      }));
      const values = GINN.forward.preActivations(weights, step, places, neuron)[neuron];
      const most = values.reduce((far, value) => Math.max(far, Math.abs(value)), 1e-9);
      // Bytes of a pixel stand in the order red, green, blue, opacity.
      const output = weights.sizes.slice(1).reduce((sum, size) => sum + size, -1);
      const [positive, negative] = [colours[0], neuron === output ? OCHRE : colours[1]].map((colour) =>
        [5, 3, 1].reduce((word, at) => word * 256 + parseInt(colour.slice(at, at + 2), 16), 0));
      values.forEach((value, at) => {
        pixels[at] = (Math.sqrt(Math.abs(value) / most) * 200) << 24 | (value > 0 ? positive : negative);
      });
    });
  }

  GINN.regions = { numbers, numberOf, picture, strength };
}
