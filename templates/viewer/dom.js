// Functions that make elements.
"use strict";

{
  /**
   * @template {HTMLElement | SVGElement} T
   * @param {T} made
   * @param {Attributes} given
   * @param {(Node | string)[]} children
   * @returns {T} the same element with these attributes and children
   */
  function filled(made, given, children) {
    const attributes = typeof given === "string" ? { class: given } : given;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  /** @type {Ginn["dom"]["element"]} */
  const element = (tag, attributes = {}, children = []) =>
    filled(document.createElement(tag), attributes, children);

  /** @type {Ginn["dom"]["svgElement"]} */
  const svgElement = (tag, attributes = {}, children = []) =>
    filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  // The style sheet mirrors these for the buttons that go back.
  /** @type {Record<string, string>} */
  const SIGNS = {
    play: "M7 4l13 8-13 8z",
    pause: "M8 4v16M16 4v16",
    forward: "M7 4l11 8-11 8z",
    longForward: "M12 5l9 7-9 7zM3 5l9 7-9 7z",
    last: "M19 4v16M4 4l12 8-12 8z",
    link: "M10 14a4 4 0 0 0 6 0l4-4a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-4 4a4 4 0 0 0 6 6l1-1",
  };

  /** @type {(sign: string) => SVGElement} */
  const icon = (sign) => {
    return svgElement("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, [
      svgElement("path", { d: SIGNS[sign] }),
    ]);
  };

  /**
   * @param {string | Node} content
   * @param {() => unknown} action
   * @param {Record<string, string>} [attributes]
   * @returns {HTMLButtonElement}
   */
  function button(content, action, attributes = {}) {
    const made = element("button", { type: "button", ...attributes }, [content]);
    made.addEventListener("click", action);
    return made;
  }

  /**
   * @param {string} content
   * @param {string} name
   * @param {() => unknown} action
   * @returns {HTMLButtonElement} a button with a longer name than its content
   */
  function namedButton(content, name, action) {
    return button(content, action, { "aria-label": name, title: name });
  }

  /**
   * Changes an element's text. The same text is not written again, so that screen readers do not repeat it.
   * @type {(changed: HTMLElement, text: string) => void}
   */
  const setText = (changed, text) => {
    if (changed.textContent !== text) changed.textContent = text;
  };

  /**
   * @param {string} legend
   * @param {{value: string, label: string, title?: string}[]} options
   * @param {(value: string) => void} choose
   * @returns {Choice} radio buttons that look like one control
   */
  function choice(legend, options, choose) {
    // The radio buttons of one control have the same name. No other control on the page has it.
    const name = `choice-${document.querySelectorAll(".viewer-choice").length}-${legend}`;
    const inputs = options.map(({ value }) => element("input", { type: "radio", name, value }));
    const labels = options.map(({ label, title }, index) =>
      element("label", title ? { title } : {}, [inputs[index], element("span", {}, [label])]));
    const fieldset = element("fieldset", "viewer-choice", [
      element("legend", {}, [legend]), element("div", {}, labels),
    ]);
    fieldset.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) choose(event.target.value);
    });
    return {
      element: fieldset,
      show(value) {
        for (const input of inputs) if (input.value === value && !input.checked) input.checked = true;
      },
    };
  }

  /**
   * @param {() => void} draw
   * @returns {{schedule: () => void, stop: () => void}} `schedule` draws once, in the next frame
   */
  function frames(draw) {
    let frame = 0;
    return {
      schedule() {
        frame ||= requestAnimationFrame(() => {
          frame = 0;
          draw();
        });
      },
      stop() {
        cancelAnimationFrame(frame);
        // A scheduled frame prevents further requests, so nothing is drawn from here on.
        frame = -1;
      },
    };
  }

  /**
   * @param {string | undefined} address of a script that the page loads when it is first used
   * @returns {Promise<unknown>} resolved when it has run, or has failed to arrive
   */
  function load(address) {
    return new Promise((resolve) => {
      document.head.append(Object.assign(document.createElement("script"),
        { src: address, onload: resolve, onerror: resolve }));
    });
  }

  GINN.dom = { element, svgElement, icon, button, namedButton, setText, choice, frames, load };
}
