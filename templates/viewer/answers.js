// What the network computes at a point, and what bends a boundary: in a line under the stage, and
// in full beside it.
"use strict";

/**
 * @typedef {object} Question
 * @property {Point | null} point
 * @property {boolean | undefined} target whether the picture is white there
 * @property {Answer | undefined} answer undefined while the weights have not come
 * @property {string} trouble why the weights did not come, or nothing
 * @property {Kink | undefined} kink the kink at the point
 * @property {number} bent the neuron whose bends are listed, or -1
 * @property {Kink[]} bends its kinks
 * @property {ReadonlySet<number>} show
 */
/**
 * @typedef {object} AnswerActions
 * @property {(neuron: number) => void} about lists the bends of this neuron, or of none: -1
 * @property {(neurons: number[], shown: boolean) => void} show
 * @property {(neuron: number | undefined) => void} mark
 * @property {() => void} forget the point
 */
/**
 * @typedef {object} Answers
 * @property {HTMLElement} readout
 * @property {HTMLElement} element
 * @property {(question: Question) => void} draw
 * @property {(question: Question) => string} inWords one sentence or two
 */

GINN.answers = (() => {
  const { element, words } = GINN;
  const { signed } = words;
  const HINT = "Point at the picture, tap it, or press P to ask what the network computes there.";
  // Contributions are shown in these.
  const DIGITS = 2;

  /**
   * Rounds numbers so that they add up as shown: those with the largest remainders are rounded up.
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
   * @param {number} probability
   * @returns {string} never rounded to certainty
   */
  function chance(probability) {
    if (probability > 0.9995) return `over ${words.percent(0.999)}`;
    if (probability < 0.0005) return `under ${words.percent(0.001)}`;
    return words.percent(probability);
  }

  /**
   * @param {number[]} widths
   * @param {AnswerActions} actions
   * @returns {Answers}
   */
  function create(widths, actions) {
    const starts = GINN.state.layerStarts(widths);
    const output = starts[widths.length];
    const nameOf = (/** @type {number} */ neuron) => GINN.network.nameOf(widths, neuron);
    const inSentence = (/** @type {number} */ neuron) =>
      neuron === output ? "the output's boundary" : nameOf(neuron).toLowerCase();

    const readout = element("p", { class: "viewer-readout" });
    const forget = GINN.tool("Clear", "Clear the point asked about", actions.forget);
    const heading = element("h2", { class: "viewer-heading" });
    const sum = element("table", { class: "viewer-sum" });
    const sumNote = element("p", { class: "viewer-note" });
    const point = element("section", { class: "viewer-point", "aria-label": "The output's sum" }, [
      element("div", { class: "viewer-row" }, [heading, forget]), sum, sumNote,
    ]);

    const chosen = element("select", { "aria-label": "Neuron whose bends are listed" }, [
      element("option", { value: "-1" }, ["choose a neuron"]),
      ...Array.from({ length: output + 1 - starts[1] }, (_, index) =>
        element("option", { value: String(starts[1] + index) }, [nameOf(starts[1] + index)])),
    ]);
    chosen.addEventListener("change", () => actions.about(Number(chosen.value)));
    const list = element("ul", { class: "viewer-benders" });
    const bendNote = element("p", { class: "viewer-note" });
    const every = GINN.button("Show all", () => actions.show(listed, true));
    const bends = element("section", { class: "viewer-bends", "aria-label": "What bends a boundary" }, [
      element("div", { class: "viewer-row" }, [
        element("label", { class: "viewer-heading" }, ["What bends ", chosen]), every,
      ]),
      list, bendNote,
    ]);
    /** @type {number[]} */
    let listed = [];
    let [sumDrawn, bendsDrawn] = ["", ""];

    /** @type {Answers["inWords"]} */
    function inWords({ point: place, target, answer, trouble, kink }) {
      if (!place) return HINT;
      const said = [`x ${place.x.toFixed(3)}, y ${place.y.toFixed(3)}`];
      if (target !== undefined) said.push(`target ${target ? "white" : "black"}`);
      if (answer) said.push(`network ${chance(answer.probability)} white`);
      else said.push(trouble ? `the weights did not arrive: ${trouble}` : "loading the weights");
      const bend = kink
        ? ` Here ${inSentence(kink.cause)} bends ${inSentence(kink.neuron)} by ${Math.round(kink.turn)}°.`
        : "";
      return `${said.join(" · ")}.${bend}`;
    }

    /** @param {Answer} answer */
    function drawSum(answer) {
      const on = answer.terms.filter(({ activation }) => activation > 0);
      const { values, sum: total } =
        addingUp([...on.map(({ product }) => product), answer.bias], DIGITS);
      const units = (/** @type {number} */ value) => signed(value / 10 ** DIGITS);
      const row = (/** @type {string} */ name, /** @type {string} */ how, /** @type {number} */ value) =>
        element("tr", {}, [
          element("th", { scope: "row" }, [name]),
          element("td", {}, [how]),
          element("td", {}, [units(value)]),
        ]);
      const off = answer.terms.length - on.length;
      sum.replaceChildren(
        element("thead", {}, [element("tr", {}, ["Neuron", "activation × weight", "adds"].map((name) =>
          element("th", { scope: "col" }, [name])))]),
        element("tbody", {}, [
          ...on.map(({ neuron, activation, weight }, index) =>
            row(nameOf(neuron), `${signed(activation)} × ${signed(weight)}`, values[index])),
          ...(off ? [row(`${off} that ${off === 1 ? "is" : "are"} off`, "", 0)] : []),
          row("Bias", "", values[on.length]),
        ]),
        element("tfoot", {}, [row("Sum", "above 0 means white", total)]),
      );
      sumNote.textContent =
        `A sum of ${units(total)} is a probability of ${chance(answer.probability)} for white.`;
    }

    /**
     * @param {number} bent
     * @param {Bender[]} benders
     * @param {ReadonlySet<number>} show
     */
    function drawBends(bent, benders, show) {
      chosen.value = String(bent);
      listed = benders.map(({ neuron }) => neuron);
      every.hidden = !listed.some((neuron) => !show.has(neuron));
      list.replaceChildren(...benders.map(({ neuron, kinks, turn }) => {
        const layer = starts.findLastIndex((start) => start <= neuron);
        const name = `${nameOf(neuron)}: ${kinks} ${kinks === 1 ? "kink" : "kinks"}, ` +
          `${Math.round(turn)}° in all`;
        const face = element("span", {}, [
          `${layer + 1}.${neuron - starts[layer] + 1} `,
          element("small", {}, [`${Math.round(turn)}°`]),
        ]);
        const button = GINN.button(face, () => actions.show([neuron], !show.has(neuron)), {
          "aria-label": name, title: name, "aria-pressed": String(show.has(neuron)),
        });
        button.style.setProperty("--layer", `var(--layer-${layer + 1})`);
        GINN.network.marking(button, neuron, actions.mark);
        return element("li", {}, [button]);
      }));
      bendNote.textContent = noteOf(bent, benders.length);
    }

    /**
     * @param {number} bent
     * @param {number} count
     * @returns {string}
     */
    function noteOf(bent, count) {
      if (bent < 0) return "Boundaries bend where they cross those of earlier layers.";
      if (bent < starts[1]) return "The first layer's boundaries are straight.";
      return count ? "Strongest first, by degrees turned. Press to show." : "Nothing bends it at this moment.";
    }

    return {
      readout,
      element: element("div", { class: "viewer-answers" }, [point, bends]),
      inWords,
      draw(question) {
        const text = inWords(question);
        if (readout.textContent !== text) readout.textContent = text;
        readout.classList.toggle("viewer-hint", !question.point);
        const { point: place, answer, bent, show } = question;
        point.hidden = !place || !answer;
        if (place && answer) {
          const key = answer.terms.map(({ product }) => product).join();
          heading.textContent = `The output's sum at x ${place.x.toFixed(3)}, y ${place.y.toFixed(3)}`;
          if (key !== sumDrawn) drawSum(answer);
          sumDrawn = key;
        }
        const benders = GINN.kinks.benders(question.bends);
        const key = [bent, ...benders.map(({ neuron, kinks, turn }) =>
          `${neuron} ${kinks} ${Math.round(turn)} ${show.has(neuron)}`)].join();
        // A list that is made anew would take the focus from under the reader's hands.
        if (key !== bendsDrawn) {
          const at = [...list.querySelectorAll("button")].findIndex((b) => b === document.activeElement);
          drawBends(bent, benders, show);
          if (at >= 0) list.querySelectorAll("button")[Math.min(at, listed.length - 1)]?.focus();
        }
        bendsDrawn = key;
      },
    };
  }

  return { create, addingUp, chance };
})();
