// The scripts of an article. A figure near the screen gets a viewer over its image, and loses it when
// it is far off. The contents mark the present section. Escape hides the text of a citation. This
// script is a separate file: a reader who reads only the text does not load the viewer's script.
"use strict";

{
  // The distances from the screen at which a figure gets its viewer, and at which it loses it.
  const NEAR = "300px";
  const FAR = "200%";
  // A figure plays by itself when it reaches into this middle part of the screen.
  const MIDDLE = "-30% 0px";
  const { experiment, words, viewer: script, details, style, neurons: byHand, moments: replay } =
    /** @type {Record<string, string>} */ (
      /** @type {HTMLScriptElement} */ (document.currentScript).dataset);
  /** @type {Record<string, string>} scripts of other figures, by the names of their data */
  const apart = { byHand, replay };

  /**
   * @param {"script" | "link"} tag
   * @param {Record<string, string>} properties
   * @returns {Promise<unknown>} resolved when the file has arrived
   */
  const load = (tag, properties) => new Promise((resolve) => {
    // Scripts run in the order in which they were added.
    document.head.append(Object.assign(document.createElement(tag),
      { onload: resolve, async: false }, properties));
  });

  /**
   * Calls `change` for every figure that enters or leaves a part of the page.
   * @param {string} rootMargin
   * @param {(figure: HTMLElement, within: boolean) => void} change
   */
  const watch = (rootMargin, change) => new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      change(/** @type {HTMLElement} */ (target), isIntersecting);
    }
  }, { rootMargin });

  /** @type {Promise<unknown> | undefined} */
  let loaded;
  /** @type {Set<string>} the other scripts that are loaded */
  const begun = new Set();
  /** @type {Set<HTMLElement>} the figures near the screen */
  const near = new Set();
  /** @type {Map<HTMLElement, {root: HTMLElement, viewer: Viewer}>} the figures with a viewer */
  const live = new Map();
  /** @type {HTMLElement | undefined} the figure that plays by itself */
  let own;

  const isPlaying = (/** @type {HTMLElement} */ figure) =>
    live.get(figure)?.viewer.playback()?.isPlaying();
  const pause = (/** @type {HTMLElement} */ figure) => live.get(figure)?.viewer.playback()?.pause();

  // A figure plays once by itself. Only one plays at a time, and none if the reader prefers less motion.
  const middle = watch(MIDDLE, (figure, within) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!within || calm || [...live.keys()].some(isPlaying)) return;
    middle.unobserve(figure);
    delete figure.dataset.plays;
    own = figure;
    live.get(figure)?.viewer.playback()?.toggle();
  });

  /**
   * Puts a viewer over a figure's image. The image stays visible until the viewer shows the same, and
   * for good if it never does.
   * @param {HTMLElement} figure
   */
  async function enliven(figure) {
    const kind = Object.keys(apart).find((name) => name in figure.dataset);
    if (kind) {
      if (!begun.has(kind)) load("script", { src: apart[kind] });
      begun.add(kind);
      return;
    }
    loaded ??= Promise.all([
      load("link", { rel: "stylesheet", href: style }),
      load("script", { src: words }), load("script", { src: script }),
    ]);
    await loaded;
    if (live.has(figure) || !near.has(figure)) return;
    const root = document.createElement("div");
    root.className = "viewer viewer-compact";
    root.dataset.index = experiment;
    root.dataset.details = details;
    new MutationObserver((_, watching) => {
      if (!root.querySelector("[data-lines=exact]")) return;
      figure.classList.add("live");
      watching.disconnect();
      if ("plays" in figure.dataset) middle.observe(figure);
    }).observe(root, { subtree: true, attributeFilter: ["data-lines"] });
    figure.append(root);
    live.set(figure, { root, viewer: GINN.mount(root, figure.dataset.state) });
  }

  /**
   * Removes a figure's viewer and keeps its state for the next time. A figure with the focus stays.
   * @type {(figure: HTMLElement) => void}
   */
  const takeDown = (figure) => {
    const { root, viewer } = live.get(figure) ?? {};
    if (!root || root.contains(document.activeElement)) return;
    figure.dataset.state = viewer?.state();
    viewer?.leave();
    figure.classList.remove("live");
    root.remove();
    middle.unobserve(figure);
    live.delete(figure);
  };

  const onScreen = watch(NEAR, (figure, within) => {
    if (within) {
      near.add(figure);
      enliven(figure);
    } else {
      near.delete(figure);
      pause(figure);
    }
  });
  const offScreen = watch(FAR, (figure, within) => {
    if (!within) takeDown(figure);
  });
  // Every action of a reader in a figure pauses the figure that plays by itself, and all others.
  for (const name of ["click", "keydown"]) {
    addEventListener(name, (event) => {
      const target = /** @type {Element} */ (event.target);
      const touched = /** @type {HTMLElement | null} */ (target.closest("[data-state]"));
      // The play button and its key handle pausing themselves.
      const toggled = target.closest(".viewer-play")
        || (event instanceof KeyboardEvent && event.key === " ");
      if (!touched) return;
      for (const figure of live.keys()) {
        if (figure !== touched || (figure === own && !toggled)) pause(figure);
      }
      own = undefined;
    }, { capture: true });
  }

  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = document.querySelectorAll(".contents a");
  const sections = [...links].map(({ hash }) => document.querySelector(hash));
  // The section being read is in the upper third of the screen, or at the page's end.
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

  // A citation stays hidden until the pointer and the focus have left it (WCAG 2.2, 1.4.13).
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

  // A word about a layer lights it in the nearest figure with a viewer, while it is pointed at.
  const middleOf = (/** @type {Element} */ element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top + bottom;
  };
  for (const name of ["mouseover", "mouseout", "focusin", "focusout"]) {
    addEventListener(name, ({ target, type }) => {
      const word = target instanceof HTMLElement ? target : undefined;
      if (!word?.dataset.lights) return;
      for (const { viewer } of live.values()) viewer.light(undefined);
      if (type === "mouseout" || type === "focusout") return;
      const distance = (/** @type {Element} */ figure) => Math.abs(middleOf(figure) - middleOf(word));
      const [nearest] = [...live.keys()].sort((one, other) => distance(one) - distance(other));
      live.get(nearest)?.viewer.light(Number(word.dataset.lights));
    });
  }

  // Text and images load first.
  addEventListener("load", () => {
    for (const figure of /** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll("[data-state]"))) {
      /** @type {HTMLAnchorElement | null | undefined} */
      const link = figure.parentElement?.querySelector(".open-explorer");
      // However the link is taken, it leads to what the figure shows by then.
      for (const name of ["pointerover", "pointerdown", "focus", "click"]) {
        link?.addEventListener(name, () => {
          link.hash = live.get(figure)?.viewer.state() ?? figure.dataset.state ?? "";
        });
      }
      onScreen.observe(figure);
      offScreen.observe(figure);
    }
    /** @type {NodeListOf<HTMLElement>} */
    const aboutLayers = document.querySelectorAll("[data-lights]");
    if (document.querySelector("[data-state]")) {
      for (const word of aboutLayers) word.tabIndex = 0;
    }
    for (const figure of document.querySelectorAll("figure :is([data-by-hand], [data-replay])")) {
      onScreen.observe(figure);
    }
  });
}
