// What changed, in words: one line on the page that screen readers read out when there is time.
"use strict";

/**
 * @typedef {object} Names how the page calls what a state holds
 * @property {(state: State) => string} run
 * @property {(state: State) => string} moment
 * @property {(state: State) => string} beside
 * @property {(state: State) => string} point
 * @property {(state: State) => string} about
 */
/**
 * @typedef {object} Live
 * @property {HTMLElement} element
 * @property {(text: string) => void} say
 * @property {(state: State) => void} follow tells what is new since the last time, after a while
 */

GINN.live = (() => {
  // Whoever moves a slider wants to hear where it stopped.
  const DELAY = 600;

  /**
   * @param {State} before
   * @param {State} now
   * @param {Names} names
   * @returns {string} one short sentence a difference, or nothing
   */
  function difference(before, now, names) {
    const said = [];
    if (now.run !== before.run) said.push(names.run(now));
    if (now.step !== before.step || now.run !== before.run) said.push(names.moment(now));
    if (now.show !== before.show) said.push(`${now.show.size} boundaries shown`);
    if (now.behind !== before.behind) said.push(`Behind the lines: ${now.behind}`);
    if (now.zoom !== before.zoom) said.push(`Zoom ${Number(now.zoom.toFixed(1))}`);
    if (now.trail !== before.trail) said.push(`Trail of ${now.trail} snapshots`);
    if (now.speed !== before.speed) said.push(`Speed ${now.speed} a second`);
    if (now.loop !== before.loop) said.push(`Loop ${now.loop ? "on" : "off"}`);
    if (now.beside !== before.beside) said.push(names.beside(now));
    if (now.side !== before.side) said.push(`Neurons of the ${now.side} stage`);
    if (now.point !== before.point) said.push(names.point(now));
    if (now.about !== before.about && now.about >= 0) said.push(names.about(now));
    return said.map((sentence) => sentence.replace(/\.?$/, ".")).join(" ");
  }

  /**
   * @param {State} first
   * @param {Names} names
   * @returns {Live}
   */
  function create(first, names) {
    const line = GINN.element("p", { class: "viewer-live", role: "status", "aria-live": "polite" });
    let told = first;
    let timer = 0;
    return {
      element: line,
      say(text) {
        line.textContent = text;
      },
      follow(state) {
        clearTimeout(timer);
        timer = setTimeout(() => {
          const text = difference(told, state, names);
          told = state;
          if (text) line.textContent = text;
        }, DELAY);
      },
    };
  }

  return { create, difference };
})();
