// The network's output at a point as a table, and a list of the neurons that cause a boundary's kinks.
"use strict";

/**
 * @typedef {object} PointPanel
 * @property {HTMLElement} element
 * @property {(frame: Frame) => void} draw
 */

{
  const { button, element, namedButton } = GINN.dom;
  const { addingUp, angle, place, probability, signed } = GINN.formatting;
  const { layerOf, layerStarts, nameOf } = GINN.neurons;
  const { say } = GINN.words;
  // The decimal places of a neuron's contribution to the output.
  const DIGITS = 2;

  /**
   * @param {string} name
   * @param {string} how
   * @param {number} units the contribution, in units of the last decimal place
   * @returns {HTMLElement}
   */
  function row(name, how, units) {
    return element("tr", {}, [
      element("th", { scope: "row" }, [name]),
      element("td", {}, [how]),
      element("td", {}, [signed(units / 10 ** DIGITS)]),
    ]);
  }

  /**
   * @param {NetworkOutput} output
   * @param {number[]} widths
   * @returns {{parts: HTMLElement[], note: string}} the table's parts, and a sentence
   */
  function sumOf({ terms, bias, probability: chance }, widths) {
    const on = terms.filter(({ activation }) => activation > 0);
    const off = terms.length - on.length;
    const { values, sum } = addingUp([...on.map(({ product }) => product), bias], DIGITS);
    const parts = [
      element("thead", {}, [element("tr", {}, ["neuron", "product", "adds"].map((name) =>
        element("th", { scope: "col" }, [say(`column-${name}`)])))]),
      element("tbody", {}, [
        ...on.map(({ neuron, activation, weight }, index) =>
          row(nameOf(widths, neuron), `${signed(activation)} × ${signed(weight)}`, values[index])),
        ...(off ? [row(say("off", { count: off }), "", 0)] : []),
        row(say("bias"), "", values[on.length]),
      ]),
      element("tfoot", {}, [row(say("sum"), say("sum-about"), sum)]),
    ];
    const total = signed(sum / 10 ** DIGITS);
    return { parts, note: say("sum-means", { sum: total, probability: probability(chance) }) };
  }

  /**
   * @param {number[]} widths
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (report: PointReport) => void}}
   */
  function createSum(widths, store) {
    const heading = element("h2", "viewer-heading");
    const clear = namedButton(say("clear"), say("clear-about"),
      () => store.set({ point: null }));
    const table = element("table", "viewer-sum");
    const note = element("p", "viewer-note");
    const root = element("section", { class: "viewer-point", "aria-label": say("sum-name") }, [
      element("div", "viewer-row", [heading, clear]), table, note,
    ]);
    let drawn = "";
    return {
      element: root,
      draw({ point, output }) {
        root.hidden = !point || !output;
        if (!point || !output) return;
        heading.textContent = say("sum-at", { place: place(point) });
        const key = [output.bias, ...output.terms.map(({ product }) => product)].join();
        if (key === drawn) return;
        drawn = key;
        const sum = sumOf(output, widths);
        table.replaceChildren(...sum.parts);
        note.textContent = sum.note;
      },
    };
  }

  /**
   * @param {KinkCause} cause
   * @param {number[]} widths
   * @param {boolean} shown
   * @param {Store} store
   * @param {(neurons: number[], shown: boolean) => void} show
   * @returns {HTMLElement} a list's item with a button that shows or hides the neuron
   */
  function causeItem({ neuron, kinks, turn }, widths, shown, store, show) {
    const starts = layerStarts(widths);
    const layer = layerOf(starts, neuron);
    const degrees = angle(turn);
    const name = say("kinks", { neuron: nameOf(widths, neuron), count: kinks, angle: degrees });
    const content = element("span", {}, [
      `${layer + 1}.${neuron - starts[layer] + 1} `, element("small", {}, [degrees]),
    ]);
    const made = button(content, () => show([neuron], !shown), {
      "aria-label": name, title: name, "aria-pressed": String(shown),
    });
    made.style.setProperty("--layer", `var(--layer-${layer + 1})`);
    GINN.neuronPanel.markWhilePointed(made, neuron, store);
    return element("li", {}, [made]);
  }

  /**
   * @param {number[]} widths
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (report: PointReport) => void}}
   */
  function createCauses(widths, store) {
    const starts = layerStarts(widths);
    const chosen = element("select", { "aria-label": say("bends-choice") }, [
      element("option", { value: "-1" }, [say("bends-none")]),
      ...Array.from({ length: starts[widths.length] + 1 - starts[1] }, (_, index) =>
        element("option", { value: String(starts[1] + index) }, [nameOf(widths, starts[1] + index)])),
    ]);
    chosen.addEventListener("change", () => store.set({ about: Number(chosen.value) }));
    const list = element("ul", "viewer-benders");
    const note = element("p", "viewer-note");
    let listed = -1;
    /** @type {KinkCause[]} */
    let causes = [];
    let drawn = "";
    // The list keeps its neuron when other neurons are shown.
    /** @type {(neurons: number[], shown: boolean) => void} */
    const show = (neurons, shown) => {
      store.changeShown((selection) => {
        for (const neuron of neurons) {
          if (shown) selection.add(neuron);
          else selection.delete(neuron);
        }
      });
      store.set({ about: listed });
    };
    const showAll = button(say("show-all"), () => show(causes.map(({ neuron }) => neuron), true));
    const noteText = () => {
      if (listed < 0) return say("bends-hint");
      if (listed < starts[1]) return say("bends-first-layer");
      return say(causes.length ? "bends-listed" : "bends-nothing");
    };
    return {
      element: element("section", { class: "viewer-bends", "aria-label": say("bends-name") }, [
        element("div", "viewer-row", [
          element("label", "viewer-heading", [`${say("bends")} `, chosen]), showAll,
        ]),
        list, note,
      ]),
      draw(report) {
        listed = report.listed;
        causes = GINN.kinks.byCause(report.kinks);
        const key = [listed, ...causes.map(({ neuron, kinks, turn }) =>
          `${neuron} ${kinks} ${Math.round(turn)} ${report.show.has(neuron)}`)].join();
        if (key === drawn) return;
        drawn = key;
        chosen.value = String(listed);
        showAll.hidden = causes.every(({ neuron }) => report.show.has(neuron));
        // New buttons replace the old ones. The focus must stay at its position.
        const buttons = () => [...list.querySelectorAll("button")];
        const focused = buttons().findIndex((each) => each === document.activeElement);
        list.replaceChildren(...causes.map((cause) =>
          causeItem(cause, widths, report.show.has(cause.neuron), store, show)));
        note.textContent = noteText();
        if (focused >= 0) buttons()[Math.min(focused, causes.length - 1)]?.focus();
      },
    };
  }

  GINN.pointPanel = {
    create({ index: { widths }, store }) {
      const sum = createSum(widths, store);
      const causes = createCauses(widths, store);

      return {
        element: element("div", "viewer-answers", [sum.element, causes.element]),
        draw({ report }) {
          sum.draw(report);
          causes.draw(report);
        },
      };
    },
  };
}
