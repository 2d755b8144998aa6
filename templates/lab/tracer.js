// The exact boundaries of a network: convex cells of the square, split by one neuron after the other.
//
// ginn/geometry has the definition, and this is its algorithm (`subdivision`, `cutting`) in float64 alone.
// A neuron is on at a vertex where its value is above zero. A value within rounding of zero counts as
// zero, since this code has no exact arithmetic to decide it. Polylines, causes and counts are those of
// `geometry`, but for two cases: where boundaries of several neurons coincide, the number of regions can
// be larger by one or two; where they differ by a few roundings of their weights, polylines can differ too.
"use strict";

/**
 * The vertices, edges and cells of the square. A vertex has x, y and the layer's values, in that order.
 * @typedef {object} Subdivision
 * @property {number} stride numbers of a vertex
 * @property {number} vertices
 * @property {number} edges
 * @property {number} cells with the outside, which is cell 0
 * @property {Float64Array} values
 * @property {Float64Array} limits of a vertex's numbers: up to this size, a number counts as zero
 * @property {Int32Array} tail
 * @property {Int32Array} head
 * @property {Int32Array} left the cell to the left of tail to head, in the axes (x, y)
 * @property {Int32Array} right
 * @property {Int32Array} owner the neuron on whose boundary an edge lies, or a side of the square
 */
/**
 * Boundaries that grow while they are traced; see `BoundaryChunk`.
 * @typedef {object} Traces
 * @property {number[]} x
 * @property {number[]} y
 * @property {number[]} causes
 * @property {number[]} polylines
 * @property {number[]} closed
 * @property {number[]} lines
 * @property {number[]} corners
 */

{
  const OUTSIDE = 0;
  const [LEFT, TOP, RIGHT, BOTTOM] = [-1, -2, -3, -4];
  // What counts as zero, in parts of the largest sum of a value's terms.
  const ROUNDING = 8 * Number.EPSILON;
  // A cell has an area if it has this share of the square of its extent.
  const LEAST_AREA = 1e-13;
  const QUANTA = 65535; // the viewer's unit, of which positions are any multiples here
  const toQuanta = (/** @type {number} */ place) => place * QUANTA;
  const INTEGERS = /** @type {const} */ (["tail", "head", "left", "right", "owner"]);
  // Overwritten by each cut: the crossed edges, the vertex through which a cut enters a cell, and the
  // cell that a cell's off part becomes.
  let [crossed, into, offPart] = [0, 0, 0].map(() => new Int32Array(0));
  // Overwritten by each neuron's chains: what crosses out of a cell, and each crossing's cells and state.
  let [following, before, after, state] = [0, 0, 0, 0].map(() => new Int32Array(0));
  let on = new Uint8Array(0);

  /** @type {(stride: number) => Subdivision} the square */
  const square = (stride) => {
    const values = new Float64Array(4 * stride);
    [[0, 0], [1, 0], [1, 1], [0, 1]].forEach((corner, v) => values.set(corner, v * stride));
    return {
      stride, vertices: 4, edges: 4, cells: 2, values, limits: new Float64Array(stride),
      tail: Int32Array.of(0, 1, 2, 3), head: Int32Array.of(1, 2, 3, 0),
      left: new Int32Array(4).fill(1), right: new Int32Array(4).fill(OUTSIDE),
      owner: Int32Array.of(TOP, RIGHT, BOTTOM, LEFT),
    };
  };

  /** @type {<T extends Int32Array | Float64Array | Uint8Array>(array: T, length: number) => T} */
  const grown = (array, length) => {
    if (array.length >= length) return array;
    const longer = new (/** @type {any} */ (array).constructor)(2 * length);
    longer.set(array);
    return longer;
  };

  /** @type {(s: Subdivision, crossings: number) => void} makes room for a cut */
  const reserve = (s, crossings) => {
    s.values = grown(s.values, (s.vertices + crossings) * s.stride);
    for (const name of INTEGERS) s[name] = grown(s[name], s.edges + 2 * crossings);
    into = grown(into, s.cells + crossings);
    const parts = offPart.length;
    offPart = grown(offPart, s.cells + crossings);
    for (let cell = parts; cell < offPart.length; cell += 1) offPart[cell] = cell;
  };

  /**
   * Computes a layer's values at all vertices.
   * @type {(s: Subdivision, inputs: number, units: number, weights: Float32Array, first: number,
   *   reach: number[]) => number[]}
   *   `reach`: the largest sum of terms of each input; returns that of each unit
   */
  const enter = (s, inputs, units, weights, first, reach) => {
    const { stride, values, vertices, limits } = s;
    const row = inputs + 1;
    const next = Array.from({ length: units }, (_, unit) => {
      let sum = Math.abs(weights[first + unit * row + inputs]);
      for (let k = 0; k < inputs; k += 1) sum += Math.abs(weights[first + unit * row + k]) * reach[k];
      return sum;
    });
    next.forEach((sum, unit) => {
      limits[2 + unit] = ROUNDING * sum;
    });
    const source = inputs === 2 && first === 0 ? 0 : 2;
    const activations = new Float64Array(inputs);
    for (let v = 0; v < vertices; v += 1) {
      const at = v * stride;
      for (let k = 0; k < inputs; k += 1) {
        const value = values[at + source + k];
        activations[k] = value > 0 ? value : 0;
      }
      for (let unit = 0; unit < units; unit += 1) {
        const w = first + unit * row;
        let sum = 0;
        for (let k = 0; k < inputs; k += 1) sum += weights[w + k] * activations[k];
        sum += weights[w + inputs];
        values[at + 2 + unit] = Math.abs(sum) <= limits[2 + unit] ? 0 : sum;
      }
    }
    return next;
  };

  /** @type {(s: Subdivision, place: number) => void} notes at which vertices a neuron is on */
  const sign = ({ values, stride, vertices }, place) => {
    on = grown(on, vertices);
    for (let v = 0; v < vertices; v += 1) on[v] = values[v * stride + place] > 0 ? 1 : 0;
  };

  /** @type {(s: Subdivision, e: number, place: number, vertex: number) => void} */
  const interpolate = ({ values, stride, limits, tail, head }, e, place, vertex) => {
    const [a, b, to] = [tail[e] * stride, head[e] * stride, vertex * stride];
    const [value, other] = [values[a + place], values[b + place]];
    const share = value / (value - other);
    let rest = 1 - share;
    if (rest === 0) rest = other / (other - value);
    for (let r = 0; r < stride; r += 1) {
      const [one, two] = [values[a + r], values[b + r]];
      // Unlike one + share (two - one), this form keeps a sign that both ends have. So do the limits:
      // a neuron that is on at both ends is on between them.
      const between = rest * one + share * two;
      values[to + r] = between <= limits[r] && between > 0 && !(one > 0 && two > 0) ? 0 : between;
    }
    values[to + place] = 0;
  };

  /** @type {(s: Subdivision, count: number) => void} splits the crossed edges at their new vertices */
  const splitEdges = (s, count) => {
    const { tail, head, left, right, owner } = s;
    for (let i = 0; i < count; i += 1) {
      const [e, vertex, half] = [crossed[i], s.vertices + i, s.edges + i];
      [tail[half], head[half], left[half]] = [vertex, head[e], left[e]];
      [right[half], owner[half]] = [right[e], owner[e]];
      head[e] = vertex;
      into[on[tail[e]] ? left[e] : right[e]] = vertex;
    }
  };

  /** @type {(s: Subdivision, place: number, neuron: number) => void} cuts every cell that a boundary crosses */
  const cut = (s, place, neuron) => {
    sign(s, place);
    crossed = grown(crossed, s.edges);
    let count = 0;
    for (let e = 0; e < s.edges; e += 1) {
      if (on[s.tail[e]] !== on[s.head[e]]) crossed[count++] = e;
    }
    if (!count) return;
    reserve(s, count);
    const { tail, head, left, right, owner } = s;
    for (let i = 0; i < count; i += 1) interpolate(s, crossed[i], place, s.vertices + i);
    splitEdges(s, count);
    const halves = s.edges + count;
    let [chord, cells] = [halves, s.cells];
    for (let i = 0; i < count; i += 1) {
      const e = crossed[i];
      const cell = on[tail[e]] ? right[e] : left[e];
      if (cell === OUTSIDE) continue;
      [tail[chord], head[chord], owner[chord]] = [into[cell], s.vertices + i, neuron];
      [left[chord], right[chord]] = [cell, cells];
      offPart[cell] = cells;
      chord += 1;
      cells += 1;
    }
    for (let e = 0; e < halves; e += 1) {
      if (on[e < s.edges ? tail[e] : head[e]]) continue;
      left[e] = offPart[left[e]];
      right[e] = offPart[right[e]];
    }
    for (let e = halves; e < chord; e += 1) offPart[left[e]] = left[e];
    [s.vertices, s.edges, s.cells] = [s.vertices + count, chord, cells];
  };

  /** @type {(s: Subdivision, place: number) => number} finds where a boundary crosses edges, and how many times */
  const findCrossings = (s, place) => {
    sign(s, place);
    [crossed, before, after, state] = [crossed, before, after, state].map((array) => grown(array, s.edges));
    following = grown(following, s.cells);
    let count = 0;
    for (let e = 0; e < s.edges; e += 1) {
      const tailOn = on[s.tail[e]];
      if (tailOn === on[s.head[e]]) continue;
      before[count] = tailOn ? s.right[e] : s.left[e];
      after[count] = tailOn ? s.left[e] : s.right[e];
      if (before[count] !== OUTSIDE) following[before[count]] = count;
      crossed[count] = e;
      state[count] = 0;
      count += 1;
    }
    return count;
  };

  /** @type {(s: Subdivision, place: number, traces: Traces) => void} adds a boundary's polylines */
  const chain = (s, place, traces) => {
    const { values, stride, tail, head, owner } = s;
    const count = findCrossings(s, place);
    // On an open polyline: 1; what is left lies on rings.
    for (let i = 0; i < count; i += 1) {
      if (before[i] !== OUTSIDE) continue;
      let k = i;
      for (state[k] = 1; after[k] !== OUTSIDE; state[k] = 1) {
        k = following[after[k]];
        // Where rounding has made a cell that is not convex, a boundary may meet itself.
        if (state[k] === 1) break;
      }
    }
    for (let i = 0; i < count; i += 1) {
      const ring = state[i] === 0;
      if (!ring && before[i] !== OUTSIDE) continue;
      for (let k = i; ;) {
        const e = crossed[k];
        const [a, b] = [tail[e] * stride, head[e] * stride];
        const share = values[a + place] / (values[a + place] - values[b + place]);
        traces.x.push((1 - share) * values[a] + share * values[b]);
        traces.y.push((1 - share) * values[a + 1] + share * values[b + 1]);
        traces.causes.push(owner[e]);
        state[k] = 2;
        if (after[k] === OUTSIDE) break;
        k = following[after[k]];
        if (state[k] === 2) break;
      }
      traces.closed.push(ring ? 1 : 0);
      traces.polylines.push(traces.x.length);
    }
    traces.lines.push(traces.closed.length);
    traces.corners.push(values[place] > 0 ? 1 : 0);
  };

  /** @type {(s: Subdivision) => number} the number of cells that have an area */
  const countRegions = ({ values, stride, tail, head, left, right, edges, cells }) => {
    const anchor = new Int32Array(cells).fill(-1);
    const doubled = new Float64Array(cells);
    const extent = new Float64Array(cells);
    for (let e = 0; e < edges; e += 1) {
      for (const [cell, one, other] of [[left[e], tail[e], head[e]], [right[e], head[e], tail[e]]]) {
        if (anchor[cell] < 0) anchor[cell] = one * stride;
        const [x, y] = [values[anchor[cell]], values[anchor[cell] + 1]];
        const [ax, ay] = [values[one * stride] - x, values[one * stride + 1] - y];
        const [bx, by] = [values[other * stride] - x, values[other * stride + 1] - y];
        doubled[cell] += ax * by - ay * bx;
        extent[cell] = Math.max(extent[cell], Math.abs(ax), Math.abs(ay), Math.abs(bx), Math.abs(by));
      }
    }
    let regions = 0;
    for (let cell = 1; cell < cells; cell += 1) {
      if (doubled[cell] > LEAST_AREA * extent[cell] ** 2) regions += 1;
    }
    return regions;
  };

  GINN.tracer = {
    trace(parameters, widths) {
      /** @type {Traces} */
      const traces = { x: [], y: [], causes: [], polylines: [0], closed: [], lines: [0], corners: [] };
      const sizes = [2, ...widths, 1];
      const s = square(2 + Math.max(...widths));
      let reach = [1, 1];
      let first = 0;
      let neuron = 0;
      let regions = 1;
      sizes.slice(1).forEach((units, l) => {
        reach = enter(s, sizes[l], units, parameters, first, reach);
        for (let unit = 0; unit < units; unit += 1) chain(s, 2 + unit, traces);
        if (l === widths.length) regions = countRegions(s);
        else for (let unit = 0; unit < units; unit += 1) cut(s, 2 + unit, neuron + unit);
        neuron += units;
        first += units * (sizes[l] + 1);
      });
      return {
        regions,
        chunk: {
          first: 0, snapshots: 1, neurons: neuron,
          x: Float64Array.from(traces.x, toQuanta), y: Float64Array.from(traces.y, toQuanta),
          causes: Int32Array.from(traces.causes), polylines: Uint32Array.from(traces.polylines),
          closed: Uint8Array.from(traces.closed), lines: Uint32Array.from(traces.lines),
          corners: Uint8Array.from(traces.corners),
        },
      };
    },
  };
}
