// The one global name, the making of elements, and numbers in words. The first script of the viewer.
"use strict";
globalThis.GINN = /** @type {any} */ ({});

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[T]}
 */
GINN.element = (tag, attributes = {}, children = []) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/**
 * @param {string | Node} face
 * @param {() => unknown} action
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLButtonElement}
 */
GINN.button = (face, action, attributes = {}) => {
  const made = GINN.element("button", { type: "button", ...attributes }, [face]);
  made.addEventListener("click", action);
  return made;
};

/**
 * A button whose name says more than its face.
 * @param {string | Node} face
 * @param {string} name
 * @param {() => unknown} action
 * @returns {HTMLButtonElement}
 */
GINN.tool = (face, name, action) =>
  GINN.button(face, action, { "aria-label": name, title: name });

/**
 * @param {keyof SVGElementTagNameMap} tag
 * @param {Record<string, string>} [attributes]
 * @param {Node[]} [children]
 * @returns {SVGElement}
 */
GINN.svgElement = (tag, attributes = {}, children = []) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/**
 * One of several, as a row of radio buttons that looks like one control.
 * @param {string} legend
 * @param {{value: string, label: string, title?: string}[]} options
 * @param {(value: string) => void} choose
 * @returns {{element: HTMLElement, show: (value: string) => void}}
 */
GINN.choice = (legend, options, choose) => {
  // Radio buttons of one control share a name that no other control has.
  const name = `choice-${document.querySelectorAll(".viewer-choice").length}-${legend}`;
  const inputs = options.map(({ value }) =>
    GINN.element("input", { type: "radio", name, value }));
  const labels = options.map(({ label, title }, index) =>
    GINN.element("label", title ? { title } : {}, [
      inputs[index],
      GINN.element("span", {}, [label]),
    ]));
  const element = GINN.element("fieldset", { class: "viewer-choice" }, [
    GINN.element("legend", {}, [legend]),
    GINN.element("div", {}, labels),
  ]);
  element.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) choose(event.target.value);
  });
  return {
    element,
    show(value) {
      for (const input of inputs) if (input.value === value) input.checked = true;
    },
  };
};

GINN.words = (() => {
  const whole = new Intl.NumberFormat("en-GB");
  const percentage = new Intl.NumberFormat("en-GB", {
    style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1,
  });

  /**
   * @param {number} number
   * @returns {string} three significant digits, without an exponent down to a millionth
   */
  function decimal(number) {
    if (number === 0) return "0";
    if (Math.abs(number) < 1e-6) return number.toExponential(1).replace("-", "−");
    const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number))));
    return number.toFixed(Math.min(8, digits));
  }

  /**
   * @param {number} number
   * @param {number} [digits] after the point
   * @returns {string} with a true minus sign, and none before a zero
   */
  function signed(number, digits = 2) {
    const text = Math.abs(number).toFixed(digits);
    return number < 0 && Number(text) !== 0 ? `−${text}` : text;
  }

  /**
   * @param {number} number
   * @returns {string} 0, 500, 10k, 1M: for an axis
   */
  function short(number) {
    if (number >= 1e6) return `${number / 1e6}M`;
    return number >= 1e3 ? `${number / 1e3}k` : String(number);
  }

  return {
    count: (/** @type {number} */ number) => whole.format(number),
    percent: (/** @type {number} */ fraction) => percentage.format(fraction),
    decimal,
    signed,
    short,
  };
})();
