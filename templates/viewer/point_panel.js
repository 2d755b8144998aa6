// The network's output at a point, in a line under the pane and as a table. Also a list of the neurons that
// cause a boundary's kinks.
"use strict";

/**
 * @typedef {object} PointPanel
 * @property {HTMLElement} readout
 * @property {HTMLElement} element
 * @property {(frame: Frame) => void} draw
 * @property {(report: PointReport) => string} inWords one sentence or two
 */

{
  const { button, element, namedButton, setText } = GINN.dom;
  const { addingUp, probability, signed } = GINN.formatting;
  const { layerOf, layerStarts, nameOf } = GINN.neurons;
  const HINT = "Point at the picture, tap it, or press P to ask what the network computes there.";
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
      element("thead", {}, [element("tr", {}, ["Neuron", "activation × weight", "adds"].map((name) =>
        element("th", { scope: "col" }, [name])))]),
      element("tbody", {}, [
        ...on.map(({ neuron, activation, weight }, index) =>
          row(nameOf(widths, neuron), `${signed(activation)} × ${signed(weight)}`, values[index])),
        ...(off ? [row(`${off} that ${off === 1 ? "is" : "are"} off`, "", 0)] : []),
        row("Bias", "", values[on.length]),
      ]),
      element("tfoot", {}, [row("Sum", "above 0 means white", sum)]),
    ];
    const total = signed(sum / 10 ** DIGITS);
    return { parts, note: `A sum of ${total} is a probability of ${probability(chance)} for white.` };
  }

  /**
   * @param {number[]} widths
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (report: PointReport) => void}}
   */
  function createSum(widths, store) {
    const heading = element("h2", "viewer-heading");
    const clear = namedButton("Clear", "Clear the chosen point",
      () => store.set({ point: null }));
    const table = element("table", "viewer-sum");
    const note = element("p", "viewer-note");
    const root = element("section", { class: "viewer-point", "aria-label": "The output's sum" }, [
      element("div", "viewer-row", [heading, clear]), table, note,
    ]);
    let drawn = "";
    return {
      element: root,
      draw({ point, output }) {
        root.hidden = !point || !output;
        if (!point || !output) return;
        heading.textContent = `The output's sum at x ${point.x.toFixed(3)}, y ${point.y.toFixed(3)}`;
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
    const degrees = `${Math.round(turn)}°`;
    const name =
      `${nameOf(widths, neuron)}: ${kinks} ${kinks === 1 ? "kink" : "kinks"}, ${degrees} in all`;
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
    const chosen = element("select", { "aria-label": "Neuron whose bends are listed" }, [
      element("option", { value: "-1" }, ["choose a neuron"]),
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
    const showAll = button("Show all", () => show(causes.map(({ neuron }) => neuron), true));
    const noteText = () => {
      if (listed < 0) return "Boundaries bend where they cross those of earlier layers.";
      if (listed < starts[1]) return "The first layer's boundaries are straight.";
      return causes.length ? "The neuron that turns it most comes first. Press one to show it."
        : "Nothing bends it at this snapshot.";
    };
    return {
      element: element("section", { class: "viewer-bends", "aria-label": "What bends a boundary" }, [
        element("div", "viewer-row", [
          element("label", "viewer-heading", ["What bends ", chosen]), showAll,
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
      const output = layerStarts(widths)[widths.length];
      const inSentence = (/** @type {number} */ neuron) =>
        (neuron === output ? "the output's boundary" : nameOf(widths, neuron).toLowerCase());
      const readout = element("p", "viewer-readout");
      const sum = createSum(widths, store);
      const causes = createCauses(widths, store);

      /** @type {PointPanel["inWords"]} */
      const inWords = ({ point, target, output: computed, trouble, kink }) => {
        if (!point) return HINT;
        const facts = [`x ${point.x.toFixed(3)}, y ${point.y.toFixed(3)}`];
        if (target !== undefined) facts.push(`target ${target ? "white" : "black"}`);
        if (computed) facts.push(`network ${probability(computed.probability)} white`);
        else facts.push(trouble ? `the weights did not arrive: ${trouble}` : "loading the weights");
        const bend = kink
          ? ` Here ${inSentence(kink.cause)} bends ${inSentence(kink.neuron)} by ${Math.round(kink.turn)}°.`
          : "";
        return `${facts.join(" · ")}.${bend}`;
      };

      return {
        readout,
        element: element("div", "viewer-answers", [sum.element, causes.element]),
        inWords,
        draw({ report }) {
          setText(readout, inWords(report));
          readout.classList.toggle("viewer-hint", !report.point);
          sum.draw(report);
          causes.draw(report);
        },
      };
    },
  };
}
