// Kinks: the points where a boundary turns, by how much, and which earlier neuron is the cause.
"use strict";

/**
 * A point where a boundary turns. Positions are in domain units.
 * @typedef {object} Kink
 * @property {number} neuron whose boundary it is
 * @property {number} cause the earlier neuron whose boundary crosses there
 * @property {number} x
 * @property {number} y
 * @property {number} turn in degrees, above 0
 */
/**
 * @typedef {object} KinkCause an earlier neuron, and all kinks that it causes in one boundary
 * @property {number} neuron
 * @property {number} kinks
 * @property {number} turn the sum over its kinks, in degrees
 */

{
  // A smaller turn is not visible (degrees).
  const LEAST_TURN = 1;
  const DEGREES = 180 / Math.PI;

  /**
   * @param {BoundaryChunk} chunk
   * @param {number} first
   * @param {number} end
   * @returns {number[]} a polyline's vertices without repeated positions. Of several vertices at one
   *   position, it has the first whose cause is a neuron, if there is one
   */
  function placesOf({ x, y, causes }, first, end) {
    /** @type {number[]} */
    const places = [];
    for (let v = first; v < end; v += 1) {
      const last = places[places.length - 1];
      if (last === undefined || x[v] !== x[last] || y[v] !== y[last]) places.push(v);
      else if (causes[last] < 0) places[places.length - 1] = v;
    }
    return places;
  }

  /**
   * @param {number} ax the step from the vertex before, in quanta
   * @param {number} ay
   * @param {number} bx the step to the vertex after
   * @param {number} by
   * @returns {number} the turn in degrees, or 0 where rounding alone may have made it
   */
  function turnAt(ax, ay, bx, by) {
    const turn = Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by));
    return turn > 1 / Math.hypot(ax, ay) + 1 / Math.hypot(bx, by) ? turn * DEGREES : 0;
  }

  /**
   * The kinks of one boundary. Vertices at one place are one kink, with the first of their causes.
   * Stored positions are off by up to half a quantum: a turn that this could explain is no kink.
   * @type {(chunk: BoundaryChunk, step: number, neuron: number) => Kink[]}
   */
  const ofNeuron = (chunk, step, neuron) => {
    const { x, y, causes, polylines, closed, lines } = chunk;
    const { QUANTA } = GINN.boundaryChunks;
    const line = (step - chunk.first) * chunk.neurons + neuron;
    /** @type {Kink[]} */
    const found = [];
    for (let p = lines[line]; p < lines[line + 1]; p += 1) {
      const places = placesOf(chunk, polylines[p], polylines[p + 1]);
      const count = places.length;
      places.forEach((v, at) => {
        const inner = closed[p] ? count > 2 : at > 0 && at < count - 1;
        if (!inner || causes[v] < 0) return;
        const before = places[(at + count - 1) % count];
        const after = places[(at + 1) % count];
        const turn = turnAt(x[v] - x[before], y[v] - y[before], x[after] - x[v], y[after] - y[v]);
        if (turn < LEAST_TURN) return;
        found.push({ neuron, cause: causes[v], turn, x: x[v] / QUANTA, y: y[v] / QUANTA });
      });
    }
    return found;
  };

  /**
   * @param {Kink[]} kinks
   * @param {Point} place
   * @param {number} radius in domain units
   * @returns {Kink | undefined} the nearest within the radius
   */
  function nearest(kinks, place, radius) {
    const away = (/** @type {Kink} */ kink) => Math.hypot(kink.x - place.x, kink.y - place.y);
    return kinks
      .filter((kink) => away(kink) <= radius)
      .sort((a, b) => away(a) - away(b) || b.turn - a.turn)[0];
  }

  GINN.kinks = { ofNeuron, nearest };
}
