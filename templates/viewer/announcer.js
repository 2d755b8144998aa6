// Announcements: a line on the page that says what changed, for screen readers.
"use strict";

/**
 * @typedef {object} Announcer
 * @property {HTMLElement} element
 * @property {(text: string, kind?: "told" | "kept") => void} announce seen for a while, or until the
 *   next announcement; otherwise heard alone
 * @property {(frame: Frame) => void} draw announces a failed load at once, and changes after a while
 */

{
  // A change is announced when no other change has followed for this time (ms).
  const DELAY = 600;
  const { say } = GINN.words;

  GINN.announcer = {
    create({ root, index, playback, requests, store }, pointInWords) {
      /** @type {Partial<Record<keyof State, (now: State, header: Run | undefined, seen: number) => string>>} by field */
      const sentences = {
        run: (now) => GINN.formatting.title(requests.runOf(now)),
        step: ({ step }, header) => (header ? GINN.formatting.snapshot(header, step) : ""),
        show: ({ show }, _, seen) => say("boundaries", { count: show.size, seen }),
        behind: ({ behind }) => say("behind-is", { behind: say(`behind-${behind}`) }),
        zoom: ({ zoom }) => say("zoom-is", { number: Number(zoom.toFixed(1)) }),
        trail: () => `${say("trail")}: ${GINN.timeline.trailText(store)}`,
        speed: ({ speed }) => say("speed-is", { number: speed }),
        loop: ({ loop }) => say(loop ? "loop-on" : "loop-off"),
        beside: ({ beside }) => (beside
          ? say("beside", { run: GINN.formatting.title(requests.runOf(store.ofSide("right"))) })
          : say("one-pane")),
        side: ({ side }) => say(`neurons-${side}`),
        point: pointInWords,
        about: ({ about }) => (about < 0
          ? "" : say("bends-of", { neuron: GINN.neurons.nameOf(index.widths, about) })),
      };
      const line = GINN.dom.element("p", {
        class: "viewer-live", role: "status", "aria-live": "polite",
      });
      let announced = store.state;
      let timer = 0;
      let warned = "";
      /** @type {Announcer["announce"]} */
      const announce = (text, kind) => {
        line.textContent = text;
        line.className = `viewer-live viewer-${kind}`;
      };
      return {
        element: line,
        announce,
        draw({ drawn }) {
          const trouble = drawn.map((each) => each.trouble).find(Boolean) ?? "";
          if (trouble && trouble !== warned) announce(trouble);
          warned = trouble;
          if (store.unmet.length) {
            announce(say("unmet", { terms: store.unmet.join(", ").slice(0, 80) }), "kept");
            store.unmet.length = 0;
          }
          if (playback.isPlaying()) return;
          const now = store.state;
          clearTimeout(timer);
          timer = setTimeout(() => {
            const changed = /** @type {(keyof State)[]} */ (Object.keys(sentences))
              .filter((field) => now[field] !== announced[field]
                || (field === "step" && now.run !== announced.run));
            const said = changed.map((field) => sentences[field]?.(now, drawn[0].header, drawn[0].seen)).filter(Boolean);
            announced = now;
            // What a key has changed is not seen where its control is hidden.
            const unseen = /speed|loop|trail/.test(String(changed)) && root.querySelector(".viewer-further[hidden]");
            if (said.length) announce(said.map((each) => each?.replace(/\.?$/, ".")).join(" "), unseen ? "told" : undefined);
          }, DELAY);
        },
      };
    },
  };
}
