// What scripts add to an article: a still that comes near the screen becomes the explorer's stage,
// one that is far off is a still again, the contents mark the section being read, and Escape puts
// away what a word or a citation shows.
// Not in the viewer's file: whoever only reads the text never loads that.
"use strict";

(() => {
  // How far off the screen, above or below, a figure is made ready, and how far off it is let go.
  const NEAR = "300px";
  const FAR = "200%";
  // A figure is looked at when it reaches into this middle part of the screen.
  const MIDDLE = "-30% 0px";
  const { experiment, viewer: script, style } = /** @type {Record<string, string>} */ (
    /** @type {HTMLScriptElement} */ (document.currentScript).dataset);

  /**
   * @param {"script" | "link"} tag
   * @param {Record<string, string>} properties
   * @returns {Promise<unknown>} that it has come
   */
  const load = (tag, properties) => new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement(tag), { onload: resolve }, properties));
  });

  /**
   * Calls for every figure that comes into a part of the page or goes out of it.
   * @param {string} rootMargin
   * @param {(stills: HTMLElement, within: boolean) => void} tell
   */
  const watch = (rootMargin, tell) => new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      tell(/** @type {HTMLElement} */ (target), isIntersecting);
    }
  }, { rootMargin });

  /** @type {Promise<unknown> | undefined} */
  let loaded;
  /** @type {Map<HTMLElement, {root: HTMLElement, viewer: Viewer}>} the figures that are alive */
  const alive = new Map();
  /** @type {HTMLElement | undefined} the figure that plays by itself */
  let own;

  const isPlaying = (/** @type {HTMLElement} */ stills) =>
    alive.get(stills)?.viewer.clock()?.isPlaying();
  const pause = (/** @type {HTMLElement} */ stills) => alive.get(stills)?.viewer.clock()?.pause();

  /**
   * The still stays in sight until the stage shows the same, and for good if it never does.
   * @param {HTMLElement} stills
   */
  async function enliven(stills) {
    loaded ??= Promise.all([
      load("link", { rel: "stylesheet", href: style }), load("script", { src: script }),
    ]);
    await loaded;
    if (alive.has(stills) || !wanted.has(stills)) return;
    const root = document.createElement("div");
    root.className = "viewer viewer-compact";
    root.dataset.index = experiment;
    new MutationObserver((_, watching) => {
      if (!root.querySelector("[data-lines=exact]")) return;
      stills.classList.add("live");
      watching.disconnect();
      if ("plays" in stills.dataset) middle.observe(stills);
    }).observe(root, { subtree: true, attributeFilter: ["data-lines"] });
    stills.append(root);
    alive.set(stills, { root, viewer: GINN.mount(root, stills.dataset.state) });
  }

  /**
   * The still is back, and the state waits for the next time. A figure with the focus stays.
   * @param {HTMLElement} stills
   */
  function takeDown(stills) {
    const { root, viewer } = alive.get(stills) ?? {};
    if (!root || root.contains(document.activeElement)) return;
    stills.dataset.state = viewer?.leave();
    stills.classList.remove("live");
    root.remove();
    middle.unobserve(stills);
    alive.delete(stills);
  }

  /** @type {Set<HTMLElement>} the figures near the screen */
  const wanted = new Set();
  const near = watch(NEAR, (stills, within) => {
    if (within) {
      wanted.add(stills);
      enliven(stills);
    } else {
      wanted.delete(stills);
      pause(stills);
    }
  });
  const far = watch(FAR, (stills, within) => {
    if (!within) takeDown(stills);
  });
  // By itself a figure plays once, one at a time, and not for those who asked for less motion.
  const middle = watch(MIDDLE, (stills, within) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!within || calm || [...alive.keys()].some(isPlaying)) return;
    middle.unobserve(stills);
    delete stills.dataset.plays;
    own = stills;
    alive.get(stills)?.viewer.clock()?.toggle();
  });
  // Whatever a reader does with a figure stops that which plays by itself, and all other figures.
  for (const name of ["click", "keydown"]) {
    addEventListener(name, (event) => {
      const target = /** @type {Element} */ (event.target);
      const touched = /** @type {HTMLElement | null} */ (target.closest("[data-state]"));
      // Play and its key pause by themselves.
      const toggled = target.closest(".viewer-play")
        || (event instanceof KeyboardEvent && event.key === " ");
      if (!touched) return;
      for (const stills of alive.keys()) {
        if (stills !== touched || (stills === own && !toggled)) pause(stills);
      }
      own = undefined;
    }, { capture: true });
  }

  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".contents a");
  const sections = [...links].map(({ hash }) => document.querySelector(hash));
  // What is being read stands in the upper part of the screen, or at the page's end.
  const follow = () => {
    const line = scrollY + innerHeight + 1 < document.body.scrollHeight ? innerHeight / 3 : Infinity;
    const at = sections.findLastIndex((section) =>
      section && section.getBoundingClientRect().top < line);
    links.forEach((link, index) => {
      if (index === at) link.ariaCurrent = "true";
      else link.ariaCurrent = null;
    });
  };
  addEventListener("scroll", follow, { passive: true });
  follow();

  // Put away until the pointer and the focus have left the word (WCAG 2.2, 1.4.13).
  for (const word of document.querySelectorAll(".citation")) {
    for (const name of ["mouseleave", "focusout"]) {
      word.addEventListener(name, () => {
        if (!word.matches(":hover, :focus-within")) word.classList.remove("dismissed");
      });
    }
  }
  addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    document.querySelectorAll(".citation:is(:hover, :focus-within)")
      .forEach((word) => word.classList.add("dismissed"));
  });

  // Text and stills come first.
  addEventListener("load", () => {
    for (const stills of document.querySelectorAll("[data-state]")) {
      near.observe(stills);
      far.observe(stills);
    }
  });
})();
