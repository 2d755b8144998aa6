// The controls of the run, of the picture behind the lines, of the trail, and of the second pane.
"use strict";

/**
 * @typedef {object} RunControls
 * @property {HTMLElement} runs
 * @property {HTMLElement} look
 * @property {HTMLElement} panes
 * @property {(frame: Frame) => void} draw
 */

{
  const { button, choice, element } = GINN.dom;
  /** @type {Record<State["behind"], [string, string]>} label, and what is seen */
  const BEHIND = {
    output: ["Output", "The lighter, the higher the probability of white."],
    target: ["Target", "The picture that the network learns."],
    error: ["Error", "The stronger the violet, the further the output is from the target."],
    regions: ["Regions", "linear regions. A region keeps its colour while the same neurons are on."],
    plain: ["Plain", "The boundaries alone."],
  };

  /**
   * @param {IndexRun[]} runs
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (outcome: string) => void}}
   */
  function createRuns(runs, store) {
    const run = choice("Run", runs.map(({ id, title }) => ({ value: id, label: title })),
      (value) => store.set({ run: value }));
    const beside = element("select", {}, [
      element("option", { value: "" }, ["nothing"]),
      ...runs.map(({ id, title }) => element("option", { value: id }, [title])),
    ]);
    beside.addEventListener("change", () => store.set({
      beside: beside.value, ...(beside.value ? {} : { side: "left", own: null }),
    }));
    const outcome = element("p", "viewer-outcome");
    return {
      element: element("div", "viewer-controls", [
        run.element,
        element("div", "viewer-row", [
          outcome, element("label", "viewer-beside", ["Compare with ", beside]),
        ]),
      ]),
      draw(ended) {
        run.show(store.state.run);
        beside.value = store.state.beside;
        outcome.textContent = ended;
      },
    };
  }

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (regions: number | undefined) => void}} what is behind the
   *   lines, and the trail
   */
  function createLook(store) {
    const behind = choice("Behind the lines",
      Object.entries(BEHIND).map(([value, [label, title]]) => ({ value, label, title })),
      (value) => store.set({ behind: /** @type {State["behind"]} */ (value) }));
    const note = element("p", "viewer-note");
    const trail = element("input", {
      type: "range", min: "0", max: String(GINN.store.MOST_TRAIL), "aria-label": "Trail",
      title: "Earlier snapshots as fading lines (T)",
    });
    const trailText = element("span");
    trail.addEventListener("input", () => store.set({ trail: Number(trail.value) }));
    return {
      element: element("div", "viewer-look", [
        behind.element, note,
        element("label", "viewer-trail", ["Trail ", trail, trailText]),
      ]),
      draw(regions) {
        const { behind: shown, trail: length } = store.state;
        behind.show(shown);
        const counted = shown === "regions" && regions !== undefined
          ? `${GINN.formatting.count(regions)} ` : "";
        note.textContent = counted + BEHIND[shown][1];
        trail.value = String(length);
        trailText.textContent = length ? `${length} snapshots` : "off";
        trail.ariaValueText = trailText.textContent;
      },
    };
  }

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: () => void}} the choice of the pane whose neurons are listed
   */
  function createPanes(store) {
    const side = choice("Neurons below belong to", [
      { value: "left", label: "Left pane" }, { value: "right", label: "Right pane" },
    ], (value) => store.set({ side: /** @type {Side} */ (value) }));
    const own = button("Own selection",
      () => store.set({ own: store.state.own ? null : new Set(store.state.show) }),
      { title: "Choose other neurons for the right pane" });
    const root = element("div", "viewer-pane-choice", [side.element, own]);
    return {
      element: root,
      draw() {
        root.hidden = store.state.beside === "";
        side.show(store.state.side);
        own.ariaPressed = String(store.state.own !== null);
      },
    };
  }

  GINN.runControls = {
    create({ index, requests, store }) {
      const runs = createRuns(index.runs, store);
      const look = createLook(store);
      const panes = createPanes(store);
      return {
        runs: runs.element,
        look: look.element,
        panes: panes.element,
        draw({ drawn: [{ header }], active }) {
          runs.draw(requests.runOf(active.state).outcome);
          look.draw(header?.regions[store.state.step]);
          panes.draw();
        },
      };
    },
  };
}
