// The inspector: the sum that gives the network's output at a point, and the neurons that bend the
// boundary of the neuron that is looked at.
"use strict";

/**
 * @typedef {object} PointPanel
 * @property {HTMLElement} element
 * @property {HTMLElement} clear the button that forgets the chosen point
 * @property {(frame: Frame) => void} draw
 */

{
  const { button, element, namedButton, setText } = GINN.dom;
  const { angle, decimal, probability, signed } = GINN.formatting;
  const { layerOf, layerStarts, nameOf } = GINN.neurons;
  const { say } = GINN.words;
  // The decimal places of a neuron's contribution to the output.
  const DIGITS = 2;
  // While the pointer moves, the tables are written again after this time (ms).
  const PAUSE = 120;

  /** @type {(widths: number[], neuron: number) => string} "2.7", or the output */
  const shortName = (widths, neuron) => {
    const starts = layerStarts(widths);
    const layer = layerOf(starts, neuron);
    return layer < widths.length ? `${layer + 1}.${neuron - starts[layer] + 1}` : say("output");
  };

  /** @type {(number: number) => string} three significant digits, with a true minus sign */
  const significant = (number) => `${number < 0 ? "−" : ""}${decimal(Math.abs(number))}`;

  /**
   * Rounds numbers so that the rounded numbers add up to the rounded sum: the numbers with the
   * largest remainders are rounded up.
   * @param {number[]} values
   * @param {number} digits after the point
   * @returns {{values: number[], sum: number}} in units of the last digit
   */
  function addingUp(values, digits) {
    const scaled = values.map((value) => value * 10 ** digits);
    const sum = Math.round(scaled.reduce((total, value) => total + value, 0));
    const rounded = scaled.map(Math.floor);
    const missing = sum - rounded.reduce((total, value) => total + value, 0);
    scaled
      .map((value, index) => ({ index, rest: value - Math.floor(value) }))
      .sort((a, b) => b.rest - a.rest || a.index - b.index)
      .slice(0, missing)
      .forEach(({ index }) => {
        rounded[index] += 1;
      });
    return { values: rounded, sum };
  }

  /**
   * @param {Kink[]} kinks of one boundary
   * @returns {KinkCause[]} the largest turn first
   */
  function byCause(kinks) {
    /** @type {Map<number, KinkCause>} */
    const found = new Map();
    for (const { cause, turn } of kinks) {
      const entry = found.get(cause) ?? { neuron: cause, kinks: 0, turn: 0 };
      entry.kinks += 1;
      entry.turn += turn;
      found.set(cause, entry);
    }
    return [...found.values()].sort((a, b) => b.turn - a.turn || a.neuron - b.neuron);
  }

  /**
   * @param {NetworkOutput} output
   * @param {number[]} widths
   * @returns {string[][]} the rows of the sum: a name, how a number came about, and the number
   */
  function rowsOf({ terms, bias, probability: chance }, widths) {
    const on = terms.filter(({ activation }) => activation > 0);
    const { values, sum } = addingUp([...on.map(({ product }) => product), bias], DIGITS);
    const number = (/** @type {number} */ units) => signed(units / 10 ** DIGITS);
    const off = terms.length - on.length;
    return [
      ...on.map(({ neuron, activation, weight }, index) => [
        shortName(widths, neuron), `${significant(activation)} × ${significant(weight)}`, number(values[index]),
      ]),
      ...(off ? [[say("off", { count: off }), "", number(0)]] : []),
      [say("bias"), "", number(values[on.length])],
      [say("sum"), say("sum-means", { probability: probability(chance) }), number(sum)],
    ];
  }

  /**
   * @param {number[]} widths
   * @param {Store} store
   * @returns {{element: HTMLElement, clear: HTMLElement, draw: (report: PointReport) => void}}
   */
  function createSum(widths, store) {
    const clear = namedButton("×", say("clear-about"), () => store.set({ point: null }));
    const body = element("tbody");
    const table = element("table", "viewer-sum", [
      element("thead", {}, [element("tr", {}, ["neuron", "product", "adds"].map((name) =>
        element("th", { scope: "col" }, [say(`column-${name}`)])))]),
      body,
    ]);
    const root = element("section", { class: "viewer-point", "aria-label": say("sum-name") }, [table]);
    // Rows are used again, since they change with each move of the pointer.
    /** @type {HTMLElement[][]} */
    const rows = [];
    return {
      element: root,
      clear,
      draw({ point, output }) {
        clear.hidden = !store.state.point;
        root.hidden = !point || !output;
        if (!point || !output) return;
        const texts = rowsOf(output, widths);
        while (rows.length < texts.length) {
          const cells = [element("th", { scope: "row" }), element("td"), element("td")];
          rows.push(cells);
          body.append(element("tr", {}, cells));
        }
        for (const [cell] of rows.splice(texts.length)) cell.parentElement?.remove();
        rows.forEach((cells, at) => texts[at].forEach((text, column) => setText(cells[column], text)));
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
    const degrees = angle(turn);
    const name = say("kinks", { neuron: nameOf(widths, neuron), count: kinks, angle: degrees });
    const short = `${shortName(widths, neuron)} `;
    const content = element("span", {}, [short, element("small", {}, [degrees])]);
    // The name holds what is seen, for those who control the page by voice.
    const made = button(content, () => show([neuron], !shown), {
      "aria-label": `${short}${degrees}: ${name}`, title: name, "aria-pressed": String(shown),
    });
    made.style.setProperty("--layer", `var(--layer-${layerOf(layerStarts(widths), neuron) + 1})`);
    GINN.thumbnails.markWhilePointed(made, neuron, store);
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
      ...Array.from({ length: starts[widths.length] + 1 }, (_, neuron) =>
        element("option", { value: String(neuron) }, [nameOf(widths, neuron)])),
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
        causes = byCause(report.kinks);
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
    addingUp,
    create({ index: { widths }, store }) {
      const sum = createSum(widths, store);
      const causes = createCauses(widths, store);
      let due = 0;
      let timer = 0;
      return {
        element: element("div", "viewer-answers", [sum.element, causes.element]),
        clear: sum.clear,
        draw({ report }) {
          const now = performance.now();
          const { place: at, looked } = store.pointed;
          // A moving pointer leaves no time to read a table.
          if ((at || looked !== undefined) && now < due) {
            clearTimeout(timer);
            timer = setTimeout(store.refresh, due - now);
            return;
          }
          due = now + PAUSE;
          sum.draw(report);
          causes.draw(report);
        },
      };
    },
  };
}
