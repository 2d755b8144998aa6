// Announcements: a line on the page that says what changed, for screen readers.
"use strict";

/**
 * @typedef {object} Announcer
 * @property {HTMLElement} element
 * @property {(text: string) => void} say
 * @property {(frame: Frame) => void} draw announces a failed load at once, and changes after a while
 */

{
  // A change is announced when no other change has followed for this time (ms).
  const DELAY = 600;

  GINN.announcer = {
    create({ index, playback, requests, store }, pointInWords) {
      /** @type {Partial<Record<keyof State, (now: State, header: Run | undefined) => string>>} by field */
      const sentences = {
        run: (now) => requests.runOf(now).title,
        step: ({ step }, header) => (header ? GINN.formatting.snapshot(header, step) : ""),
        show: ({ show }) => `${show.size} boundaries shown`,
        behind: ({ behind }) => `Behind the lines: ${behind}`,
        zoom: ({ zoom }) => `Zoom ${Number(zoom.toFixed(1))}`,
        trail: ({ trail }) => `Trail of ${trail} snapshots`,
        speed: ({ speed }) => `Speed ${speed} a second`,
        loop: ({ loop }) => `Loop ${loop ? "on" : "off"}`,
        beside: ({ beside }) => (beside
          ? `${requests.runOf(store.ofSide("right")).title} beside it` : "One pane"),
        side: ({ side }) => `Neurons of the ${side} pane`,
        point: pointInWords,
        about: ({ about }) => (about < 0
          ? "" : `Bends of ${GINN.neurons.nameOf(index.widths, about)}`),
      };
      const line = GINN.dom.element("p", {
        class: "viewer-live", role: "status", "aria-live": "polite",
      });
      let announced = store.state;
      let timer = 0;
      let warned = "";
      const say = (/** @type {string} */ text) => {
        line.textContent = text;
      };
      return {
        element: line,
        say,
        draw({ drawn }) {
          const trouble = drawn.map((each) => each.trouble).find(Boolean) ?? "";
          if (trouble && trouble !== warned) say(trouble);
          warned = trouble;
          if (playback.isPlaying()) return;
          const now = store.state;
          clearTimeout(timer);
          timer = setTimeout(() => {
            const changed = /** @type {(keyof State)[]} */ (Object.keys(sentences))
              .filter((field) => now[field] !== announced[field]
                || (field === "step" && now.run !== announced.run));
            const said = changed.map((field) => sentences[field]?.(now, drawn[0].header)).filter(Boolean);
            announced = now;
            if (said.length) say(said.map((each) => each?.replace(/\.?$/, ".")).join(" "));
          }, DELAY);
        },
      };
    },
  };
}
