// The controls of the run, of the second pane, and of the picture behind the lines.
"use strict";

/**
 * @typedef {object} RunControls
 * @property {HTMLElement} runs
 * @property {HTMLElement} look
 * @property {HTMLElement} panes
 * @property {HTMLElement} notes how the run ended, and what is behind the lines
 * @property {(frame: Frame) => void} draw
 */

{
  const { button, choice, element, setText } = GINN.dom;
  const { outcome: outcomeOf, title: titleOf } = GINN.formatting;
  const { say } = GINN.words;

  /**
   * @param {Session} session
   * @returns {{element: HTMLElement, note: HTMLElement, draw: (active: State) => void}}
   */
  function createRuns({ index: { runs }, requests, store }) {
    const run = choice(say("run"), runs.map((each) => ({ value: each.id, label: titleOf(each) })),
      (value) => store.set({ run: value }));
    const beside = element("select", {}, [
      element("option", { value: "" }, [say("nothing")]),
      ...runs.map((each) => element("option", { value: each.id }, [titleOf(each)])),
    ]);
    beside.addEventListener("change", () => store.set({
      beside: beside.value, ...(beside.value ? {} : { side: "left", own: null }),
    }));
    const note = element("p", "viewer-outcome");
    return {
      element: element("div", "viewer-runs", [
        run.element, element("label", "viewer-beside", [`${say("compare")} `, beside]),
      ]),
      note,
      draw(state) {
        const active = requests.runOf(state);
        run.show(store.state.run);
        beside.value = store.state.beside;
        setText(note, active.ended || outcomeOf(active));
        // How a run stopped early is told in English, as all that follows from the training.
        note.lang = active.ended ? "en" : GINN.language.locale;
      },
    };
  }

  /**
   * @param {Store} store
   * @returns {{element: HTMLElement, note: HTMLElement, draw: (regions: number | undefined) => void}}
   *   what is behind the lines
   */
  function createLook(store) {
    const behind = choice(say("behind"),
      GINN.store.BEHIND.map((value) =>
        ({ value, label: say(`behind-${value}`), title: say(`about-${value}`) })),
      (value) => store.set({ behind: /** @type {State["behind"]} */ (value) }));
    const note = element("p", "viewer-note");
    return {
      element: behind.element,
      note,
      draw(regions) {
        const { behind: shown } = store.state;
        behind.show(shown);
        setText(note, shown === "regions" && regions !== undefined
          ? say("regions", { count: regions }) : say(`about-${shown}`));
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
    create(session) {
      const { store } = session;
      const runs = createRuns(session);
      const look = createLook(store);
      const panes = createPanes(store);
      return {
        runs: runs.element,
        look: look.element,
        panes: panes.element,
        notes: element("div", "viewer-notes", [runs.note, look.note]),
        draw({ drawn: [{ header }], active }) {
          runs.draw(active.state);
          look.draw(header?.regions[store.state.step]);
          panes.draw();
        },
      };
    },
  };
}
