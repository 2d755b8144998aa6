// Decodes a chunk of boundaries. The contract is at the top of ginn/viewer_data/boundary_chunks.py.
"use strict";

/**
 * Boundaries of consecutive snapshots as flat columns. The polylines of neuron n at the chunk's
 * k-th snapshot are those from lines[k * neurons + n] up to lines[k * neurons + n + 1]; the vertices
 * of polyline p are those from polylines[p] up to polylines[p + 1].
 * @typedef {object} BoundaryChunk
 * @property {number} first the run's snapshot that the chunk starts with
 * @property {number} snapshots
 * @property {number} neurons the number of lines in a snapshot; the output's is the last
 * @property {Uint16Array | Float64Array} x in quanta, 0 to 65535 over the domain
 * @property {Uint16Array | Float64Array} y
 * @property {Int32Array} causes the cause of the kink, or the side: -1 left, -2 top, -3 right, -4 bottom
 * @property {Uint32Array} polylines offsets
 * @property {Uint8Array} closed 1 where the polyline closes
 * @property {Uint32Array} lines offsets
 * @property {Uint8Array} corners at k * neurons + n: 1 where neuron n is on in the top left corner
 */

{
  const { numbers, parse } = GINN.vlq;
  const MAGIC = "ginn-boundaries";
  const VERSION = 2;
  const FIELDS = 5;
  const QUANTA = 65535;
  const MIDDLE = 32768;
  const SIDES = 4;
  /**
   * @param {Int32Array} counts
   * @param {number} shift the number of low bits of each count that are not used
   * @returns {Uint32Array} the sums of the counts before each entry, and of all counts
   */
  function offsets(counts, shift) {
    const starts = new Uint32Array(counts.length + 1);
    counts.forEach((count, index) => {
      starts[index + 1] = starts[index] + (count >> shift);
    });
    return starts;
  }

  /**
   * Fills in the positions: each vertex is its prediction plus a zigzag residual.
   * @type {(chunk: BoundaryChunk, dx: Int32Array, dy: Int32Array) => void}
   */
  const place = (chunk, dx, dy) => {
    const { x, y, causes, polylines, lines, neurons, snapshots } = chunk;
    /** @type {Map<number, number>} neuron, cause and rank among these -> vertex */
    let before = new Map();
    for (let k = 0; k < snapshots; k += 1) {
      /** @type {Map<number, number>} */
      const now = new Map();
      const ranks = new Uint32Array(neurons * (neurons + SIDES));
      for (let n = 0; n < neurons; n += 1) {
        for (let p = lines[k * neurons + n]; p < lines[k * neurons + n + 1]; p += 1) {
          for (let v = polylines[p]; v < polylines[p + 1]; v += 1) {
            const kind = n * (neurons + SIDES) + causes[v] + SIDES;
            const ranked = kind * x.length + ranks[kind];
            ranks[kind] += 1;
            now.set(ranked, v);
            const source = before.get(ranked) ?? (v > polylines[p] ? v - 1 : -1);
            x[v] = (source < 0 ? MIDDLE : x[source]) + (dx[v] & 1 ? -(dx[v] + 1) / 2 : dx[v] / 2);
            y[v] = (source < 0 ? MIDDLE : y[source]) + (dy[v] & 1 ? -(dy[v] + 1) / 2 : dy[v] / 2);
          }
        }
      }
      before = now;
    }
  };

  /**
   * @param {unknown} text
   * @returns {BoundaryChunk}
   * @throws {Error} where the text is of another kind or version, or damaged
   */
  function decode(text) {
    const { fields, columns } = parse(text, MAGIC, VERSION, FIELDS);
    const [first, snapshots, neurons, polylines, vertices] = fields.map(Number);
    const lengths = numbers(columns[1], polylines);
    /** @type {BoundaryChunk} */
    const chunk = {
      first,
      snapshots,
      neurons,
      x: new Uint16Array(vertices),
      y: new Uint16Array(vertices),
      causes: numbers(columns[2], vertices).map((cause) => cause - SIDES),
      polylines: offsets(lengths, 1),
      closed: Uint8Array.from(lengths, (length) => length & 1),
      lines: offsets(numbers(columns[0], snapshots * neurons), 0),
      corners: Uint8Array.from(numbers(columns[5], snapshots * neurons)),
    };
    place(chunk, numbers(columns[3], vertices), numbers(columns[4], vertices));
    return chunk;
  }

  /**
   * @param {unknown} text the picture's labels as run lengths, row by row, black first, or decoded
   * @param {number} pixels along the domain's side
   * @returns {Uint8Array} one a pixel, 1 for white
   * @throws {Error} where the text is of another kind or version, or damaged
   */
  function labels(text, pixels) {
    if (text instanceof Uint8Array) return text;
    const { fields, columns } = parse(text, "ginn-labels", 1, 1);
    const values = new Uint8Array(pixels * pixels);
    let at = 0;
    numbers(columns[0], Number(fields[0])).forEach((length, index) => {
      values.fill(index % 2, at, at + length);
      at += length;
    });
    return values;
  }

  GINN.boundaryChunks = { QUANTA, decode, labels };
}
