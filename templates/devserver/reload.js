// The development server adds this script to each page. It reloads the page when there is a new site. If
// a build fails, it shows the mistake over the page.
"use strict";

(() => {
  const panel = document.getElementById("ginn-serve");
  /** @type {EventSource | undefined} */
  let events;

  /** @param {MessageEvent<string>} event */
  function onMessage(event) {
    const { site, mistake } = JSON.parse(event.data);
    if (site !== panel.dataset.site) {
      // A reload keeps the scroll position and the part of the address after "#".
      location.reload();
      return;
    }
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
