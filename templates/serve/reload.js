// In pages that the development server shows: a new site reloads the page, a mistake is laid over it.
"use strict";

(() => {
  const panel = document.getElementById("ginn-serve");
  /** @type {EventSource | undefined} */
  let events;

  /** @param {MessageEvent<string>} event */
  function hear(event) {
    const { site, mistake } = JSON.parse(event.data);
    if (site !== panel.dataset.site) {
      // Keeps the scroll position and what stands behind the address's "#".
      location.reload();
      return;
    }
    // The server has escaped it, and the page's policy runs no script that is written into it.
    panel.innerHTML = mistake;
    panel.hidden = !mistake;
  }

  // A browser holds few connections to one server: a page that nobody sees lets go of its own.
  function attend() {
    events?.close();
    if (document.hidden) return;
    events = new EventSource("/_serve/events");
    events.addEventListener("message", hear);
  }

  panel.addEventListener("click", (event) => {
    if (event.target instanceof HTMLButtonElement) panel.hidden = true;
  });
  document.addEventListener("visibilitychange", attend);
  addEventListener("pageshow", (event) => {
    if (event.persisted) attend();
  });
  attend();
})();
