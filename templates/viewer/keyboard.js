// The keyboard: the tables of keys and actions. Keys do nothing while somebody types. Keys of the browser
// are not used.
"use strict";

/**
 * A function for each key. Keys are named as in KeyboardEvent.key, with "Shift+" before the name if
 * Shift makes a difference. If an action returns false, the browser handles the key.
 * @typedef {Record<string, (target: HTMLElement) => unknown>} KeyTable
 */
/**
 * The parts of the viewer that keys act on.
 * @typedef {object} KeyTargets
 * @property {Session} session
 * @property {Query} query
 * @property {Panes} panes
 * @property {Timeline} timeline
 * @property {Help | undefined} help
 * @property {Announcer["announce"]} announce
 * @property {HTMLElement} picture the element in which arrows and zoom keys act on the picture
 */

{
  // How far an arrow moves an enlarged picture, as a fraction of the pane.
  const PAN = 0.1;
  // With Shift, an arrow moves the point (in pixels) or the step (in snapshots) FAR times as far.
  const FAR = 10;
  const USUAL_TRAIL = 10;
  // Of the other keys, one held down acts once.
  const REPEATING = /Arrow|^[-+=km]$/;
  // Why a key has done nothing.
  /** @type {Record<string, string>} */
  const REASONS = { k: "no-kink", m: "no-named", b: "no-thumbnail", o: "no-thumbnail" };

  /**
   * @param {HTMLElement} target
   * @param {string} key
   * @returns {boolean} whether the element itself handles the key
   */
  function isTakenBy(target, key) {
    const radio = target instanceof HTMLInputElement && target.type === "radio";
    if (radio && (key.startsWith("Arrow") || key === " ")) return true;
    if (target.closest("dialog")) return true;
    // The timeline's slider moves with the keys of the timeline. Other ranges move with their own keys.
    if (target.matches("input[type=range]:not(.viewer-slider)")) return key !== " ";
    if (target.matches("select, textarea, input:not([type=range], [type=radio])")) return true;
    return key === " " && target.matches("button, a, summary");
  }

  /**
   * The keys that move. In the picture, arrows move the point or an enlarged picture. Elsewhere, they
   * move the step.
   * @type {(targets: KeyTargets) => KeyTable}
   */
  const arrowKeys = ({ session: { store, playback }, query, picture }) => {
    /** @type {(right: number, down: number) => (target: HTMLElement) => unknown} */
    const arrow = (right, down) => (target) => {
      const state = store.state;
      if (picture.contains(target)) {
        if (state.point) return query.move(right, down);
        if (state.zoom > 1) {
          return store.set(GINN.zoom.moved(state, -PAN * Math.sign(right), -PAN * Math.sign(down)));
        }
      }
      return right ? playback.goTo(state.step + right) : false;
    };
    const directions = { Left: [-1, 0], Right: [1, 0], Up: [0, -1], Down: [0, 1] };
    return Object.fromEntries(Object.entries(directions).flatMap(([name, [right, down]]) => [
      [`Arrow${name}`, arrow(right, down)],
      [`Shift+Arrow${name}`, arrow(FAR * right, FAR * down)],
    ]));
  };

  /** @type {(targets: KeyTargets) => KeyTable} */
  const viewKeys = ({ session: { store, playback }, query, panes, timeline, help, picture }) => {
    /** @type {(factor: number, faster: number) => (target: HTMLElement) => unknown} */
    const zoomOrSpeed = (factor, faster) => (target) => (picture.contains(target)
      ? store.set(GINN.zoom.enlarged(store.state, factor))
      : playback.changeSpeed(faster));
    return {
      " ": playback.toggle,
      Home: () => playback.goTo(0),
      End: () => playback.goTo(Infinity),
      "+": zoomOrSpeed(2, 1),
      "=": zoomOrSpeed(2, 1),
      "-": zoomOrSpeed(0.5, -1),
      l: () => store.set({ loop: !store.state.loop }),
      t: () => store.set({ trail: store.state.trail ? 0 : USUAL_TRAIL }),
      m: timeline.goToNextNamed,
      k: query.nextKink,
      p() {
        const { point, x, y } = store.state;
        panes.focus();
        store.set({ point: point ? null : { x, y } });
      },
      "?": () => (help ? help.open() : false),
      Escape() {
        const { zoom, point, about } = store.state;
        if (zoom === 1 && store.pointed.neuron === undefined && !point && about < 0) return false;
        store.pointAt({ neuron: undefined });
        return store.set({ zoom: 1, x: 0.5, y: 0.5, point: null, about: -1 });
      },
    };
  };

  /** @type {(targets: KeyTargets) => KeyTable} */
  const selectionKeys = ({ session: { store } }) => {
    /** @type {(action: (neuron: number) => unknown) => (target: HTMLElement) => unknown} */
    const onThumbnail = (action) => (target) => {
      const { neuron } = target.dataset;
      return neuron === undefined ? false : action(Number(neuron));
    };
    return {
      a: store.showAll,
      0: store.showAll,
      n: () => store.showOnly([]),
      o: onThumbnail((neuron) => store.showOnly([neuron])),
      b: onThumbnail((neuron) => store.set({ about: neuron })),
      ...Object.fromEntries(store.context.widths.slice(0, 9).map((_, layer) =>
        [layer + 1, () => store.toggleLayer(layer)])),
    };
  };

  /**
   * The choice whether single signs are keys (WCAG 2.1.4), which the browser keeps. Figures lack it,
   * since its keys act only while it has the focus.
   * @returns {() => boolean}
   */
  function createSwitch() {
    const box = document.getElementById("viewer-keys");
    if (!(box instanceof HTMLInputElement)) return () => true;
    try {
      box.checked = localStorage.getItem(box.id) !== "false";
      box.onchange = () => localStorage.setItem(box.id, String(box.checked));
    } catch {
      // Without storage, the choice lasts as long as the page.
    }
    return () => box.checked;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {KeyTable} actions
   * @returns {string} the key's name; on layouts of other scripts, that of a Latin keyboard
   */
  function nameOf({ key, code, shiftKey }, actions) {
    const known = key.length > 1 || /[a-z0-9]/i.test(key) || (key < "\x7f" && (shiftKey || actions[key]));
    const name = known ? key : code.replace(/^Key|^Digit/, "");
    return name.length === 1 ? name.toLowerCase() : name;
  }

  /** @type {Ginn["keyboard"]["listen"]} */
  const listen = (place, targets, signal) => {
    const hasSigns = createSwitch();
    const actions = { ...arrowKeys(targets), ...viewKeys(targets), ...selectionKeys(targets) };
    place.addEventListener("keydown", (given) => {
      const event = /** @type {KeyboardEvent} */ (given);
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      // Browsers press a button again and again while Enter is held.
      if (event.repeat && event.key === "Enter" && target.matches("[aria-pressed], .viewer-play")) {
        event.preventDefault();
      }
      if (isTakenBy(target, event.key)) return;
      const key = nameOf(event, actions);
      // The laboratory's buttons name their own keys.
      const named = /** @type {HTMLElement | null} */ (
        document.querySelector(`[aria-keyshortcuts=${CSS.escape(key)}]`));
      const action = (event.shiftKey && actions[`Shift+${key}`]) || actions[key]
        || (named && (() => named.click()));
      if (!action || (key.length === 1 && key !== " " && !hasSigns())) return;
      const idle = event.repeat && !REPEATING.test(key);
      if (idle || action(target) !== false) event.preventDefault();
      else if (REASONS[key]) targets.announce(GINN.words.say(REASONS[key]), "told");
    }, { signal });
  };

  GINN.keyboard = { listen };
}
