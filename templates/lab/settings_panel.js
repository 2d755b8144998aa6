// The controls of what an experiment begins with: picture, network and training.
"use strict";

{
  const { button, element, namedButton } = GINN.dom;
  const { say } = GINN.words;

  /** @type {(label: string, control: HTMLElement) => HTMLLabelElement} */
  const labelled = (label, control) => element("label", {}, [`${label} `, control]);

  /**
   * @param {string} label
   * @param {[string, string][]} options value and text
   * @param {(value: string) => void} choose
   * @returns {{element: HTMLElement, show: (value: string, text?: string) => void}} `show` adds a value
   *   that is not among the options
   */
  function select(label, options, choose) {
    const option = (/** @type {string[]} */ [value, text]) => element("option", { value }, [text]);
    const control = element("select", {}, options.map(option));
    control.addEventListener("change", () => choose(control.value));
    return {
      element: labelled(label, control),
      show(value, text = value) {
        if (![...control.options].some((each) => each.value === value)) {
          control.append(option([value, text]));
        }
        control.value = value;
      },
    };
  }

  /** @type {(values: number[]) => [string, string][]} */
  const numbers = (values) => values.map((value) => [String(value), value.toLocaleString(GINN.language.locale, {
    maximumSignificantDigits: 3 })]);

  /**
   * @param {number} most
   * @param {Record<string, string>} attributes
   * @param {(value: number) => void} choose
   * @returns {HTMLInputElement} a field for a whole number from `attributes.min`
   */
  function field(most, attributes, choose) {
    const input = element("input", { type: "number", max: String(most), step: "1", ...attributes });
    input.addEventListener("change", () => {
      const value = Math.min(most, Math.max(Number(attributes.min), Math.round(Number(input.value))));
      input.value = String(value);
      choose(value);
    });
    return input;
  }

  /**
   * @param {(widths: number[]) => void} choose
   * @returns {{element: HTMLElement, show: (widths: number[]) => void}} a field for each layer's units
   */
  function createLayers(choose) {
    const { MOST_LAYERS, MOST_UNITS } = GINN.setup;
    /** @type {number[]} */
    let shown = [];
    const fields = element("span", "lab-layers");
    const fewer = namedButton("−", say("lab.fewer-layers"), () => choose(shown.slice(0, -1)));
    const more = namedButton("+", say("lab.more-layers"), () => choose([...shown, shown[shown.length - 1]]));
    return {
      element: element("div", { class: "lab-row", role: "group", "aria-label": say("lab.layers") }, [
        element("span", {}, [say("lab.layers")]), fields, fewer, more,
      ]),
      show(widths) {
        fewer.disabled = widths.length === 1;
        more.disabled = widths.length === MOST_LAYERS;
        if (widths.join() === shown.join()) return;
        shown = widths.slice();
        fields.replaceChildren(...widths.map((units, layer) => {
          const name = say("lab.units-of", { layer: layer + 1 });
          const input = field(MOST_UNITS, { min: "1", "aria-label": name, title: name }, (value) =>
            choose(shown.map((old, l) => (l === layer ? value : old))));
          input.value = String(units);
          return input;
        }));
      },
    };
  }

  /**
   * @param {(file: Blob) => void} open
   * @returns {HTMLElement} a button that asks for an image file
   */
  function createOpener(open) {
    const input = element("input", { type: "file", accept: "image/*", class: "lab-file" });
    input.addEventListener("change", () => {
      if (input.files?.[0]) open(input.files[0]);
      input.value = "";
    });
    return element("label", "lab-button", [say("lab.open"), input]);
  }

  GINN.settingsPanel = {
    create(site, change, open) {
      const { names } = GINN.pictures;
      const pictures = select(say("lab.picture"), [
        ...site.pictures.map(({ id, title }) => /** @type {[string, string]} */ ([`site:${id}`, title])),
        ...names.map((name) => /** @type {[string, string]} */ ([name, say(`lab.given-${name}`)])),
      ], (source) => change({ source, picture: GINN.setup.pictureOf(source, site) }));
      const layers = createLayers((widths) => change({ widths }));
      const seed = field(GINN.setup.MOST.seed, { min: "0" }, (value) => change({ seed: value }));
      const lists = /** @type {const} */ ({
        rate: GINN.setup.RATES, batch: GINN.setup.BATCHES, length: GINN.setup.LENGTHS,
        scale: GINN.setup.SCALES,
      });
      const selects = Object.fromEntries(Object.entries(lists).map(([name, values]) => [name,
        select(say(`lab.${name}`), numbers(values), (value) => change({ [name]: Number(value) }))]));
      const schedule = select(say("lab.schedule"), [
        ["cosine", say("lab.cosine")], ["constant", say("lab.constant")],
      ], (value) => change({ cosine: value === "cosine" }));
      return {
        picture: element("div", "lab-row", [pictures.element, createOpener(open)]),
        network: element("div", "lab-settings", [
          layers.element,
          element("div", "lab-fields", [
            element("span", "lab-seed", [
              labelled(say("lab.seed"), seed),
              button(say("lab.next-seed"), () => change({ seed: Number(seed.value) + 1 })),
            ]),
            selects.rate.element,
          ]),
          element("details", {}, [
            element("summary", {}, [say("lab.more")]),
            element("div", "lab-fields", [
              schedule.element, selects.length.element, selects.batch.element, selects.scale.element,
            ]),
          ]),
        ]),
        show(setup) {
          pictures.show(setup.source, say("lab.own"));
          layers.show(setup.widths);
          seed.value = String(setup.seed);
          for (const name of Object.keys(lists)) {
            const value = setup[/** @type {keyof typeof lists} */ (name)];
            selects[name].show(String(value), numbers([value])[0][1]);
          }
          schedule.show(setup.cosine ? "cosine" : "constant");
        },
      };
    },
  };
}
