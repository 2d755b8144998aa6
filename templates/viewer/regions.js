// Linear regions as a picture: the set of neurons that are on decides a region's colour.
"use strict";

{
  const COLOURS = 256;
  const LEFT = -1; // the cause of a vertex at which a line ends on the domain's left side
  /** @type {WeakMap<BoundaryChunk, {key: string, canvas: HTMLCanvasElement}>} each chunk's last picture */
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
   * The picture of the regions. It is cached, because every frame needs it while a pointer moves.
   * @param {BoundaryChunk} chunk
   * @param {number} step
   * @param {number} hidden
   * @param {number} side px
   * @param {View} view
   * @param {boolean} dark
   * @returns {HTMLCanvasElement}
   */
  function picture(chunk, step, hidden, side, view, dark) {
    const key = [step, side, view.x, view.y, view.zoom, dark].join();
    const last = pictures.get(chunk);
    if (last?.key === key) return last.canvas;
    const canvas = GINN.dom.element("canvas", { width: String(side), height: String(side) });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = pen.createImageData(side, side);
    const pixels = new Uint32Array(image.data.buffer);
    const words = shades(dark);
    numbers(chunk, step, hidden, side, view).forEach((number, at) => {
      pixels[at] = words[number >>> 24];
    });
    pen.putImageData(image, 0, 0);
    pictures.set(chunk, { key, canvas });
    return canvas;
  }

  GINN.regions = { numbers, numberOf, picture };
}
