// The development server adds this script to each page. It reloads the page when there is a new site. If
// a build fails, it shows the mistake over the page. While a build runs, it shows how far the build is.
"use strict";

(() => {
  const panel = document.getElementById("ginn-serve");
  const badge = document.getElementById("ginn-serve-build");
  const words = badge.querySelector("[role=status]");
  const bar = badge.querySelector("progress");
  /** @type {EventSource | undefined} */
  let events;
  /** @type {string | undefined} */
  let shown;

  /** @param {{ stage: string, share: number } | null} build */
  function showBuild(build) {
    const text = !build ? "" : build.stage ? `Building: ${build.stage.replaceAll("-", " ")}` : "Building";
    // A screen reader reads the words whenever they are written, so they are written only if they are new.
    if (words.textContent !== text) words.textContent = text;
    bar.hidden = !build?.stage;
    bar.value = build?.share ?? 0;
    bar.ariaLabel = text;
    badge.classList.toggle("ginn-serve-running", build !== null);
  }

  /** @param {MessageEvent<string>} event */
  function onMessage(event) {
    const { site, mistake, build } = JSON.parse(event.data);
    if (site !== panel.dataset.site) {
      // A reload keeps the scroll position and the part of the address after "#".
      location.reload();
      return;
    }
    showBuild(build);
    // A running build sends many messages. They must not show a mistake again that was hidden.
    if (build && mistake === shown) return;
    shown = mistake;
    // The server has escaped the text, and the page's policy allows no inline script.
    panel.innerHTML = mistake;
    panel.hidden = !mistake;
  }

  // A browser opens few connections to one server, so a hidden page closes its own.
  function connect() {
    events?.close();
    if (document.hidden) return;
    events = new EventSource("/_serve/events");
    events.addEventListener("message", onMessage);
  }

  panel.addEventListener("click", (event) => {
    if (event.target instanceof HTMLButtonElement) panel.hidden = true;
  });
  document.addEventListener("visibilitychange", connect);
  addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
  });
  connect();
})();
