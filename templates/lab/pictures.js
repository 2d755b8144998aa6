// Pictures to learn: given ones, those of image files, and their form in an address. A picture is one
// label a pixel, row by row: 1 for white. Given pictures need no function whose bits differ by browser.
"use strict";

{
  const BLOCKS = 12; // of the noise, along a side
  const TURN = 0.09; // the width of the spiral's bands

  const square = (/** @type {number} */ number) => number * number;

  /** @type {Record<string, (x: number, y: number) => boolean>} whether a point is white */
  const GIVEN = {
    circle: (x, y) => square(x - 0.5) + square(y - 0.5) < square(0.3),
    ring(x, y) {
      const distance = square(x - 0.5) + square(y - 0.5);
      return distance < square(0.38) && distance > square(0.2);
    },
    // Half circles around two centres, a band apart.
    spiral(x, y) {
      const below = y > 0.5;
      const radius = Math.sqrt(square(x - 0.5 - (below ? TURN : 0)) + square(y - 0.5));
      return radius < 0.46 && Math.floor(radius / TURN) % 2 === (below ? 1 : 0);
    },
    checkerboard: (x, y) => (Math.floor(x * 4) + Math.floor(y * 4)) % 2 === 0,
    stripes: (x, y) => Math.floor((x + y) * 4) % 2 === 0,
    moons(x, y) {
      const [left, right] = [square(x - 0.4) + square(y - 0.55), square(x - 0.6) + square(y - 0.45)];
      const thick = (/** @type {number} */ distance) =>
        distance > square(0.16) && distance < square(0.3);
      return (y < 0.55 && thick(left)) || (y > 0.45 && thick(right));
    },
    letter: (x, y) => x >= 0.25 && x < 0.75 && y >= 0.12 && y < 0.88
      && (x < 0.39 || (y - 0.12) % 0.31 < 0.14),
    noise(x, y) {
      const cell = Math.floor(y * BLOCKS) * BLOCKS + Math.floor(x * BLOCKS);
      return GINN.kernelNumbers.philox(cell, 0, 2, 1)[0] % 2 === 1;
    },
  };

  /**
   * @param {Uint8Array} levels
   * @returns {number} the level that divides them best into two classes (Otsu 1979); of levels that do
   *   so equally well, the middle one, as in ginn/dataset/segmentation.py
   */
  function otsu(levels) {
    const counts = new Float64Array(256);
    for (const level of levels) counts[level] += 1;
    const whole = counts.reduce((sum, count, level) => sum + count * level, 0);
    let [dark, sum] = [0, 0];
    const between = counts.map((count, level) => {
      dark += count;
      sum += count * level;
      const light = levels.length - dark;
      return dark && light ? square((whole * dark) / levels.length - sum) / (dark * light) : 0;
    });
    const most = Math.max(...between);
    const best = [...between.keys()].filter((level) => between[level] === most);
    return best[best.length >> 1];
  }

  /**
   * The picture as run lengths, black first, each in base-64 digits of five bits, the lowest first: as
   * ginn/viewer_data/vlq.py writes numbers.
   * @param {Uint8Array} labels
   * @returns {string}
   */
  function encode(labels) {
    let text = "";
    let colour = 0;
    let length = 0;
    const put = () => {
      let rest = length;
      for (; rest > 31; rest >>>= 5) text += GINN.vlq.DIGITS[(rest & 31) | 32];
      text += GINN.vlq.DIGITS[rest];
    };
    for (const label of labels) {
      if (label === colour) length += 1;
      else {
        put();
        [colour, length] = [label, 1];
      }
    }
    put();
    return text;
  }

  /**
   * @param {string} text
   * @param {number} pixels
   * @returns {Uint8Array | undefined} undefined where the text is not that of a picture of this size
   */
  function decode(text, pixels) {
    // The last digit of each number is below 32.
    const valid = /^[\w-]*[A-Za-f]$/.test(text) ? text : "";
    const labels = new Uint8Array(pixels * pixels);
    let at = 0;
    GINN.vlq.numbers(valid, valid.replace(/[^A-Za-f]/g, "").length).forEach((length, n) => {
      labels.fill(n % 2, at, at + length);
      at += length;
    });
    return at === labels.length ? labels : undefined;
  }

  GINN.pictures = {
    names: Object.keys(GIVEN),
    sheet(pixels, attributes = {}) {
      const canvas = GINN.dom.element("canvas", {
        width: String(pixels), height: String(pixels), ...attributes,
      });
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const image = pen.createImageData(pixels, pixels);
      const words = new Uint32Array(image.data.buffer);
      return {
        canvas,
        paint(values, wordOf) {
          for (let i = 0; i < words.length; i += 1) words[i] = wordOf(values[i]);
          pen.putImageData(image, 0, 0);
        },
      };
    },
    otsu, encode, decode,
    given: (name, pixels) => Uint8Array.from({ length: pixels * pixels }, (_, i) =>
      Number(GIVEN[name]((i % pixels + 0.5) / pixels, (Math.floor(i / pixels) + 0.5) / pixels))),
    resized: (labels, from, to) => Uint8Array.from({ length: to * to }, (_, i) =>
      labels[Math.floor(((Math.floor(i / to) + 0.5) * from) / to) * from
        + Math.floor(((i % to + 0.5) * from) / to)]),
    mirrored: (labels, pixels) => labels.map((_, i) => labels[i - (i % pixels) + pixels - 1 - (i % pixels)]),
    cellOf({ x, y }, pixels) {
      const [column, row] = [x, y].map((at) => Math.min(pixels - 1, Math.max(0, Math.floor(at * pixels))));
      return row * pixels + column;
    },
    filled(labels, pixels, start) {
      const filled = labels.slice();
      const old = labels[start];
      const open = [start];
      while (open.length) {
        const at = /** @type {number} */ (open.pop());
        if (filled[at] !== old) continue;
        filled[at] = 1 - old;
        if (at % pixels) open.push(at - 1);
        if ((at + 1) % pixels) open.push(at + 1);
        if (at >= pixels) open.push(at - pixels);
        if (at + pixels < filled.length) open.push(at + pixels);
      }
      return filled;
    },
    async levelsOf(file, pixels) {
      const bitmap = await createImageBitmap(file);
      const canvas = GINN.dom.element("canvas", { width: String(pixels), height: String(pixels) });
      const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const scale = pixels / Math.max(bitmap.width, bitmap.height);
      const [width, height] = [bitmap.width * scale, bitmap.height * scale];
      pen.fillStyle = "white";
      pen.fillRect(0, 0, pixels, pixels);
      pen.drawImage(bitmap, (pixels - width) / 2, (pixels - height) / 2, width, height);
      bitmap.close();
      const { data } = pen.getImageData(0, 0, pixels, pixels);
      return Uint8Array.from({ length: pixels * pixels }, (_, i) => Math.round(
        0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]));
    },
  };
}
