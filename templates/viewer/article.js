// What scripts add to an article: a still that comes near the screen becomes the explorer's stage,
// the contents mark the section being read, and Escape hides a source or meaning that is shown.
// Not in the viewer's file: whoever only reads the text never loads that.
"use strict";

(() => {
  // How far below the screen a figure is made ready, in px.
  const NEAR = 300;
  const { experiment, viewer, style } = /** @type {Record<string, string>} */ (
    /** @type {HTMLScriptElement} */ (document.currentScript).dataset);

  /**
   * @param {"script" | "link"} tag
   * @param {Record<string, string>} properties
   * @returns {Promise<unknown>} that it has come
   */
  const load = (tag, properties) => new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement(tag), { onload: resolve }, properties));
  });

  /** @type {Promise<unknown> | undefined} */
  let loaded;

  /**
   * The still stays in sight until the stage shows the same, and for good if it never does.
   * @param {HTMLElement} stills
   */
  async function enliven(stills) {
    loaded ??= Promise.all([
      load("link", { rel: "stylesheet", href: style }), load("script", { src: viewer }),
    ]);
    await loaded;
    const root = document.createElement("div");
    root.className = "viewer viewer-compact";
    root.dataset.index = experiment;
    new MutationObserver((_, watch) => {
      if (!root.querySelector("[data-lines=exact]")) return;
      stills.classList.add("live");
      watch.disconnect();
    }).observe(root, { subtree: true, attributeFilter: ["data-lines"] });
    stills.append(root);
    GINN.mount(root, stills.dataset.state);
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

  // What shows itself over the text goes at Escape, until something is pointed at anew.
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") document.body.classList.add("quiet");
  });
  for (const anew of ["pointerover", "focusin"]) {
    addEventListener(anew, () => document.body.classList.remove("quiet"));
  }

  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      enliven(/** @type {HTMLElement} */ (target));
    }
  }, { rootMargin: `${NEAR}px` });
  // Text and stills come first.
  addEventListener("load", () => {
    for (const stills of document.querySelectorAll("[data-state]")) near.observe(stills);
  });
})();
