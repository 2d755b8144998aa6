// The parts of a viewer, put together: canvas and timeline, the bar, the stories, and the panels.
"use strict";

/**
 * @typedef {object} Parts
 * @property {KeyTargets} targets
 * @property {() => void} draw
 * @property {() => void} recolour after a change of colour scheme
 * @property {() => void} close
 */
/**
 * @typedef {object} Details
 * @property {(frame: Frame) => void} draw
 * @property {() => void} recolour
 * @property {() => void} close
 */

{
  const { choice, element, icon, namedButton, setText } = GINN.dom;
  const { say } = GINN.words;
  const TABS = ["neurons", "point", "view"];
  // While a run is trained, drawing what is beside the picture takes this share of the time.
  const SHARE = 1 / 8;

  /**
   * The panels beside the canvas. Their script is loaded when something needs it, and in the explorer
   * after the first exact lines.
   * @param {Session} session
   * @param {HTMLElement} side
   * @param {HTMLElement} inspector whose first row says what is at the point
   * @param {HTMLElement} tools
   * @param {() => void} more makes what else this script makes
   * @returns {Details}
   */
  function createDetails(session, side, inspector, tools, more) {
    const { root, store, writeAddress } = session;
    const whole = writeAddress !== undefined || "laboratory" in root.dataset;
    /** @type {[NeuronPanel, PointPanel] | undefined} */
    let panels;
    let asked = false;
    const create = () => {
      if (!GINN.neuronPanel || !GINN.pointPanel) return;
      panels = [GINN.neuronPanel.create(session), GINN.pointPanel.create(session)];
      side.insertBefore(panels[0].element, inspector);
      tools.append(panels[0].selection);
      inspector.firstElementChild?.append(panels[1].clear);
      inspector.append(panels[1].element);
      const stories = document.getElementById("stories");
      if (stories) root.insertBefore(GINN.stories.create(stories), side);
      more();
    };
    return {
      draw(frame) {
        const { behind } = store.state;
        const needed = behind === "regions" || behind === "strength";
        if (!asked && (needed || (whole && frame.active.chunk))) {
          asked = true;
          GINN.dom.load(root.dataset.details).then(() => store.set({}));
        }
        if (!panels && whole) create();
        panels?.forEach((panel) => panel.draw(frame));
      },
      recolour: () => panels?.[0].recolour(),
      close: () => panels?.[0].close(),
    };
  }

  /**
   * @param {Session} session
   * @returns {{element: HTMLElement, draw: () => void}} a large button that plays, for a first visit
   */
  function createBegin({ root, playback, store }) {
    const begin = namedButton("", say("begin"), playback.toggle);
    begin.className = "viewer-begin";
    begin.append(icon("play"));
    const first = store.state;
    return {
      element: begin,
      draw() {
        if (store.state.step === first.step && !playback.isPlaying()) return;
        // The focus goes to the button that pauses.
        if (begin === document.activeElement) /** @type {HTMLElement} */ (root.querySelector(".viewer-play")).focus();
        begin.remove();
      },
    };
  }

  /**
   * @param {Session} session
   * @param {string[]} names
   * @returns {{element: HTMLElement, draw: () => void}} the choice of a panel on a narrow screen, where
   *   the answer to a new question is shown at once
   */
  function createTabs({ root, store }, names) {
    const tabs = choice(say("tabs"), names.map((value) => ({ value, label: say(`tab-${value}`) })),
      (name) => {
        root.dataset.tab = name;
      });
    tabs.element.classList.add("viewer-tabs");
    const open = (/** @type {string} */ name) => {
      root.dataset.tab = name;
      tabs.show(name);
    };
    let asked = store.state.point;
    open(root.dataset.tab ?? (asked ? "point" : names[0]));
    return {
      element: tabs.element,
      draw() {
        const { point } = store.state;
        if (point && point !== asked) open("point");
        asked = point;
      },
    };
  }

  /**
   * @param {Loader} loader
   * @param {{draw: (frame: Frame) => void}[]} parts
   * @returns {(frame: Frame) => void} draws the parts, less often while a run is trained
   */
  function sparing(loader, parts) {
    let due = 0;
    return (frame) => {
      const now = performance.now();
      if (loader.isLive?.() && now < due) return;
      for (const part of parts) part.draw(frame);
      due = now + (performance.now() - now) / SHARE;
    };
  }

  /**
   * @param {Session} session
   * @param {{draw: (frame: Frame) => void}[]} parts that stay as they are while only the pointer moves
   * @returns {{draw: (frame: Frame) => void}} draws them where anything else has changed
   */
  function steady({ playback, store }, parts) {
    /** @type {unknown[]} */
    let last = [];
    return {
      draw(frame) {
        const now = [store.state, playback.isPlaying(),
          ...frame.drawn.flatMap(({ header, chunk, trouble }) => [header, chunk, trouble])];
        if (now.some((each, at) => each !== last[at])) for (const part of parts) part.draw(frame);
        last = now;
      },
    };
  }

  GINN.parts = {
    create(session, started) {
      const { root, index, loader, requests, store, playback, writeAddress } = session;
      const panes = GINN.canvasPanes.create(session);
      const query = GINN.pointQuery.create(session, panes.active);
      const zoom = GINN.zoom.create(panes.canvases, store);
      const help = GINN.help.create();
      const stories = writeAddress && document.getElementById("stories");
      const announcer = GINN.announcer.create(session,
        (state) => query.inWords(query.report(state.point)));
      const share = element("div", { class: "viewer-share", role: "group", "aria-label": say("share") },
        help ? [help.button] : []);
      const controls = GINN.runControls.create(session);
      const timeline = GINN.timeline.create(session);
      const begin = createBegin(session);
      const tabs = createTabs(session,
        [..."laboratory" in root.dataset ? ["lab"] : [], ...TABS, ...stories ? ["stories"] : []]);
      const picture = element("div", "viewer-picture", [
        panes.element, announcer.element, ...(started ? [] : [begin.element]),
      ]);
      const readout = element("p", "viewer-readout");
      const inspector = element("section", { class: "viewer-inspector", "aria-label": say("inspector") },
        [element("div", "viewer-row", [readout]), controls.notes]);
      const tools = element("div", "viewer-tools", [zoom.element]);
      const side = element("div", "viewer-side", [controls.panes, inspector]);
      root.replaceChildren(
        element("div", "viewer-main", [picture, timeline.element, tabs.element]),
        element("div", "viewer-bar", [controls.runs, controls.look, share]),
        element("div", "viewer-above", [...(stories ? [stories] : []), tools]),
        side,
        ...(help ? [help.dialog] : []),
      );
      GINN.colours.assign(root, index);
      const details = createDetails(session, side, inspector, tools, () =>
        share.prepend(...GINN.share.create(session, panes.views, announcer.announce)));
      const parts = steady(session, [begin, tabs, zoom, controls, announcer]);
      const drawAside = sparing(loader, [steady(session, [timeline]), details]);
      return {
        targets: { session, query, panes, timeline, help, picture, announce: announcer.announce },
        recolour: () => [panes, details].forEach((each) => each.recolour()),
        draw() {
          playback.tick();
          const drawn = panes.draw();
          const point = store.point();
          const weights = point !== null || store.state.behind === "strength"
            || store.pointed.neuron !== undefined;
          loader.request(drawn.flatMap(({ state }) =>
            requests.files(state, store.direction, weights)));
          const frame = { drawn, active: panes.active(), report: query.report(point) };
          parts.draw(frame);
          drawAside(frame);
          setText(readout, query.inWords(frame.report));
          readout.classList.toggle("viewer-hint", !point);
        },
        close() {
          panes.close();
          details.close();
        },
      };
    },
  };
}
