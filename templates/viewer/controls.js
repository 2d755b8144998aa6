// What to look at: the run, what is behind the lines, the trail, and the second stage.
"use strict";

/**
 * @typedef {object} Controls
 * @property {HTMLElement} runs
 * @property {HTMLElement} look
 * @property {HTMLElement} stages
 * @property {(state: State, outcome: string, regions: number | undefined) => void} draw
 */

GINN.controls = (() => {
  const { element } = GINN;
  /** @type {Record<State["behind"], [string, string]>} label, and what is seen */
  const BEHIND = {
    output: ["Output", "The lighter, the more probable the network thinks white."],
    target: ["Target", "The picture that the network learns."],
    error: ["Error", "The stronger the violet, the further the output is from the target."],
    regions: ["Regions", "linear regions. One keeps its colour while the same neurons are on in it."],
    plain: ["Plain", "The boundaries alone."],
  };

  /**
   * @param {Index} index
   * @param {(change: Partial<State>) => void} set
   * @param {() => Partial<State>} toggleOwn what giving the second stage its own neurons changes
   * @returns {Controls}
   */
  function create(index, set, toggleOwn) {
    const run = GINN.choice("Run",
      index.runs.map(({ id, title }) => ({ value: id, label: title })),
      (value) => set({ run: value }));
    const beside = element("select", {}, [
      element("option", { value: "" }, ["nothing"]),
      ...index.runs.map(({ id, title }) => element("option", { value: id }, [title])),
    ]);
    beside.addEventListener("change", () => set({
      beside: beside.value, ...(beside.value ? {} : { side: "left", own: null }),
    }));
    const outcome = element("p", { class: "viewer-outcome" });

    const behind = GINN.choice("Behind the lines",
      Object.entries(BEHIND).map(([value, [label, title]]) => ({ value, label, title })),
      (value) => set({ behind: /** @type {State["behind"]} */ (value) }));
    const note = element("p", { class: "viewer-note" });
    const trail = element("input", {
      type: "range", min: "0", max: String(GINN.state.MOST_TRAIL), "aria-label": "Trail",
      title: "Earlier snapshots as fading lines (T)",
    });
    const trailText = element("span");
    trail.addEventListener("input", () => set({ trail: Number(trail.value) }));

    const side = GINN.choice("Neurons below belong to", [
      { value: "left", label: "Left stage" }, { value: "right", label: "Right stage" },
    ], (value) => set({ side: /** @type {State["side"]} */ (value) }));
    const own = GINN.button("Own selection", () => set(toggleOwn()), {
      title: "The right stage shows neurons of its own",
    });
    const stages = element("div", { class: "viewer-stages" }, [side.element, own]);

    return {
      runs: element("div", { class: "viewer-controls" }, [
        run.element,
        element("div", { class: "viewer-row" }, [
          outcome, element("label", { class: "viewer-beside" }, ["Compare with ", beside]),
        ]),
      ]),
      look: element("div", { class: "viewer-look" }, [
        behind.element, note,
        element("label", { class: "viewer-trail" }, ["Trail ", trail, trailText]),
      ]),
      stages,
      draw(state, ended, regions) {
        run.show(state.run);
        beside.value = state.beside;
        outcome.textContent = ended;
        behind.show(state.behind);
        const counted = state.behind === "regions" && regions !== undefined
          ? `${GINN.words.count(regions)} `
          : "";
        note.textContent = counted + BEHIND[state.behind][1];
        trail.value = String(state.trail);
        trailText.textContent = state.trail ? `${state.trail} snapshots` : "off";
        trail.setAttribute("aria-valuetext", trailText.textContent);
        stages.hidden = state.beside === "";
        side.show(state.side);
        own.setAttribute("aria-pressed", String(state.own !== null));
      },
    };
  }

  return { create };
})();
