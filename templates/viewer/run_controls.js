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
  const { outcome: outcomeOf, title: titleOf } = GINN.formatting;
  const { say } = GINN.words;

  /**
   * @param {IndexRun[]} runs
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (active: IndexRun) => void}}
   */
  function createRuns(runs, store) {
    const run = choice(say("run"), runs.map((each) => ({ value: each.id, label: titleOf(each) })),
      (value) => store.set({ run: value }));
    const beside = element("select", {}, [
      element("option", { value: "" }, [say("nothing")]),
      ...runs.map((each) => element("option", { value: each.id }, [titleOf(each)])),
    ]);
    beside.addEventListener("change", () => store.set({
      beside: beside.value, ...(beside.value ? {} : { side: "left", own: null }),
    }));
    const outcome = element("p", "viewer-outcome");
    return {
      element: element("div", "viewer-controls", [
        run.element,
        element("div", "viewer-row", [
          outcome, element("label", "viewer-beside", [`${say("compare")} `, beside]),
        ]),
      ]),
      draw(active) {
        run.show(store.state.run);
        beside.value = store.state.beside;
        outcome.textContent = active.ended || outcomeOf(active);
        // How a run stopped early is told in English, as all that follows from the training.
        outcome.lang = active.ended ? "en" : GINN.language.locale;
      },
    };
  }

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (regions: number | undefined) => void}} what is behind the
   *   lines, and the trail
   */
  function createLook(store) {
    const behind = choice(say("behind"),
      GINN.store.BEHIND.map((value) =>
        ({ value, label: say(`behind-${value}`), title: say(`about-${value}`) })),
      (value) => store.set({ behind: /** @type {State["behind"]} */ (value) }));
    const note = element("p", "viewer-note");
    const trail = element("input", {
      type: "range", min: "0", max: String(GINN.store.MOST_TRAIL), "aria-label": say("trail"),
      title: say("trail-about"),
    });
    const trailText = element("span");
    trail.addEventListener("input", () => store.set({ trail: Number(trail.value) }));
    return {
      element: element("div", "viewer-look", [
        behind.element, note,
        element("label", "viewer-trail", [`${say("trail")} `, trail, trailText]),
      ]),
      draw(regions) {
        const { behind: shown, trail: length } = store.state;
        behind.show(shown);
        note.textContent = shown === "regions" && regions !== undefined
          ? say("regions", { count: regions }) : say(`about-${shown}`);
        trail.value = String(length);
        trailText.textContent = length ? say("trail-length", { count: length }) : say("trail-off");
        trail.ariaValueText = trailText.textContent;
      },
    };
  }

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: () => void}} the choice of the pane whose neurons are listed
   */
  function createPanes(store) {
    const side = choice(say("side"),
      ["left", "right"].map((value) => ({ value, label: say(`side-${value}`) })),
      (value) => store.set({ side: /** @type {Side} */ (value) }));
    const own = button(say("own"),
      () => store.set({ own: store.state.own ? null : new Set(store.state.show) }),
      { title: say("own-about") });
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
          runs.draw(requests.runOf(active.state));
          look.draw(header?.regions[store.state.step]);
          panes.draw();
        },
      };
    },
  };
}
