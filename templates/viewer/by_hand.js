// Figures of one to three neurons that a reader changes by dragging and with sliders. The first picture
// is that of ginn/figures/by_hand.py, which says what the square, the lines and the arrows are.
// This script is a separate file, since few articles have such a figure.
"use strict";

{
  /** @typedef {number[]} Place x and y from -1 to 1, y downwards */
  /** @typedef {number[]} Row two weights and the bias of a neuron, or of its sum in x and y */
  /** @typedef {{polygon: Place[], on: boolean[]}} Region where each neuron is on or off */
  /**
   * @typedef {object} Data
   * @property {Row[]} weights
   * @property {string[]} names
   * @property {Place[]} grips a neuron's grip is the point of its boundary that is nearest to this place
   * @property {string[]} axes
   * @property {Record<string, string>} states labels of regions, by the states of the shaded neurons
   * @property {string} spoken
   */

  const SIDE = 400; // px
  const BIAS = 2; // the place in a row
  /** @type {Place[]} */
  const SQUARE = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
  // A region with a smaller share of the square has no label.
  const LEAST_LABELLED = 0.03;
  // A label keeps this distance from an arrow.
  const CLEAR = 0.17;

  const limited = (/** @type {number} */ value) => Math.max(-1, Math.min(1, value));
  const px = (/** @type {number} */ value) => Number(((value + 1) * SIDE / 2).toFixed(2));
  const path = (/** @type {Place[]} */ points) =>
    `M${points.map((point) => point.map(px).join()).join(" ")}`;
  const length = (/** @type {Place} */ [x, y]) => Math.hypot(x, y);
  /** @type {(row: Row, place: Place) => number} */
  const sum = ([a, b, c], [x, y]) => a * x + b * y + c;
  /** @type {(start: Place, end: Place, share: number) => Place} */
  const between = (start, end, share) => start.map((at, axis) => at + share * (end[axis] - at));
  const isLater = (/** @type {number} */ neuron) => neuron === 2;

  /**
   * @param {string} tag
   * @param {Record<string, string | number>} attributes
   * @param {(Node | string)[]} children
   */
  const element = (tag, attributes, children = []) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
    made.append(...children);
    return made;
  };

  /**
   * @param {Place[]} polygon convex
   * @param {Row} row
   * @returns {{on: Place[], off: Place[], line: Place[]}} its parts by the sign of the sum, and the cut
   */
  const cut = (polygon, row) => {
    /** @type {{on: Place[], off: Place[], line: Place[]}} */
    const parts = { on: [], off: [], line: [] };
    polygon.forEach((place, index) => {
      const next = polygon[(index + 1) % polygon.length];
      const [value, after] = [sum(row, place), sum(row, next)];
      parts[value > 0 ? "on" : "off"].push(place);
      if (value > 0 === after > 0) return;
      const crossing = between(place, next, value / (value - after));
      for (const part of Object.values(parts)) part.push(crossing);
    });
    return parts;
  };

  /**
   * @param {Row[]} weights
   * @returns {{regions: Region[], lines: Place[][][]}} the regions, and the pieces of each boundary
   */
  const subdivided = (weights) => {
    /** @type {Region[]} */
    let regions = [{ polygon: SQUARE, on: [] }];
    const lines = weights.map((own, neuron) => {
      /** @type {Place[][]} */
      const pieces = [];
      regions = regions.flatMap(({ polygon, on }) => {
        // Where the sum of C is zero over an area, it is off. So its boundary is where that is above zero.
        const row = !isLater(neuron) ? own : [0, 1, 2].map((term) =>
          [0, 1].reduce((total, input) => total + (on[input] ? own[input] * weights[input][term] : 0),
            term === BIAS ? own[BIAS] - 1e-9 : 0));
        const parts = cut(polygon, row);
        if (parts.line.length) pieces.push(parts.line);
        return [{ polygon: parts.on, on: [...on, true] }, { polygon: parts.off, on: [...on, false] }]
          .filter((part) => part.polygon.length > 2);
      });
      return pieces;
    });
    return { regions, lines };
  };

  /**
   * @param {Place[]} polygon
   * @returns {{area: number, middle: Place}} its share of the square, and its centroid
   */
  const measured = (polygon) => {
    let [doubled, x, y] = [0, 0, 0];
    polygon.forEach(([x0, y0], index) => {
      const [x1, y1] = polygon[(index + 1) % polygon.length];
      const cross = x0 * y1 - x1 * y0;
      doubled += cross;
      x += (x0 + x1) * cross;
      y += (y0 + y1) * cross;
    });
    return { area: Math.abs(doubled) / 8, middle: [x, y].map((each) => each / (3 * doubled)) };
  };

  /** @type {(pieces: Place[][], place: Place) => Place | undefined} the nearest point of some lines */
  const nearest = (pieces, place) => pieces.map(([start, end]) => {
    const step = end.map((at, axis) => at - start[axis]);
    const along = step[0] * (place[0] - start[0]) + step[1] * (place[1] - start[1]);
    return between(start, end, Math.max(0, Math.min(1, along / (length(step) ** 2 || 1))));
  }).sort((one, other) => length(one.map((at, axis) => at - place[axis]))
    - length(other.map((at, axis) => at - place[axis])))[0];

  /** @type {(place: Place, arrows: Place[]) => Place} the place of a label, moved away from arrows */
  const beside = (place, arrows) => arrows.reduce((at, arrow) => {
    const size = length(arrow);
    if (!size) return at;
    const [along, aside] = [
      (at[0] * arrow[0] + at[1] * arrow[1]) / size, (at[1] * arrow[0] - at[0] * arrow[1]) / size,
    ];
    if (along < -CLEAR || along > size + CLEAR || Math.abs(aside) > CLEAR) return at;
    const move = (aside < 0 ? -CLEAR : CLEAR) - aside;
    return [at[0] - move * arrow[1] / size, at[1] + move * arrow[0] / size];
  }, place);

  /** @type {(tip: Place) => string} the path of the arrow from the middle to a place */
  const arrowTo = (tip) => {
    const size = length(tip);
    if (size < 0.01) return "";
    const [x, y] = tip.map((at) => at / size);
    const side = (/** @type {number} */ sign) =>
      [tip[0] - 0.06 * x + sign * 0.035 * y, tip[1] - 0.06 * y - sign * 0.035 * x];
    return path([[0, 0], tip]) + path([side(1), tip, side(-1)]);
  };

  /** @type {(moved: Element, place: Place | undefined) => void} a thing without a place is hidden */
  const moveTo = (moved, place) => {
    moved.classList.toggle("hand-gone", !place);
    if (place) moved.setAttribute("transform", `translate(${place.map(px).join()})`);
  };

  /** @type {(pieces: Place[][]) => string} the marks where pieces of a boundary meet within the square */
  const bends = (pieces) => [...new Set(pieces.flat()
    .filter((place) => place.every((at) => Math.abs(at) < 1 - 1e-6))
    .map((place) => place.map((at) => px(at) - 4).join()))]
    .map((corner) => `M${corner}h8v8h-8z`).join("");

  /**
   * @param {string} name
   * @param {number} neuron
   * @returns the groups of a neuron's elements from back to front, and how to draw them
   */
  const neuronOf = (name, neuron) => {
    const make = (/** @type {string} */ tag, /** @type {string} */ kind, /** @type {string} */ part) =>
      element(tag, { class: kind, ...(part && { "data-neuron": neuron, "data-part": part }) });
    const [area, line, kinks, arrow] = ["area", "line", "mark", "arrow"]
      .map((kind) => make("path", `hand-${kind}`, ""));
    const caught = make("path", "hand-caught", "bias");
    const [tip, grip] = [make("g", "hand-tip", "weights"), make("g", "hand-grip", "bias")];
    const letter = element("text", {}, [name]);
    tip.append(element("circle", { class: "hand-halo", r: 22 }), letter);
    grip.append(element("circle", { class: "hand-halo", r: 22 }),
      element("circle", { class: "hand-mark", r: name ? 12 : 6 }), element("text", { y: 5 }, [name]));
    const groups = [[area], [arrow, caught, line, kinks], [tip, grip]].map((parts) =>
      element("g", { class: isLater(neuron) ? "hand-later" : "hand-first" }, parts));
    return {
      groups,
      /** @type {(row: Row, pieces: Place[][], wanted: Place, on: Place[][]) => void} */
      draw(row, pieces, wanted, on) {
        for (const each of [caught, line]) each.setAttribute("d", pieces.map(path).join(""));
        area.setAttribute("d", on.map((polygon) => `${path(polygon)}Z`).join(""));
        moveTo(grip, nearest(pieces, wanted));
        const end = row.slice(0, BIAS);
        moveTo(tip, isLater(neuron) ? undefined : end);
        if (isLater(neuron)) {
          kinks.setAttribute("d", bends(pieces));
        } else {
          arrow.setAttribute("d", arrowTo(end));
          const [x, y] = end.map((at) => 14 * at / (length(end) || 1));
          letter.setAttribute("x", String(x));
          letter.setAttribute("y", String(y + 5));
        }
      },
    };
  };

  /**
   * @param {Data} data
   * @returns {{svg: SVGSVGElement, draw: (weights: Row[], grips: Place[]) => number[]}} `draw` returns the share
   * of the square over which each neuron is on
   */
  const picture = ({ names, axes, states }) => {
    const neurons = names.map(neuronOf);
    const shaded = names.length - 1 && !isLater(names.length - 1) ? 0 : names.length - 1;
    const labels = Object.entries(states).map(([state, text]) =>
      ({ state, text: element("text", { y: 5 }, [text]) }));
    const [back, middle, front] = [0, 1, 2].map((at) => neurons.map(({ groups }) => groups[at]));
    const svg = /** @type {SVGSVGElement} */ (element("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, [
      ...back,
      element("path", { class: "hand-axes", d: "M0,200 400,200M200,0 200,400" }),
      element("text", { class: "hand-axis hand-end", x: 394, y: 194 }, [axes[0]]),
      element("text", { class: "hand-axis", x: 206, y: 392 }, [axes[1]]),
      ...labels.map(({ text }) => text), ...middle, ...front,
    ]));
    return {
      svg,
      draw(weights, grips) {
        const { regions, lines } = subdivided(weights);
        const onOf = (/** @type {number} */ neuron) =>
          regions.filter(({ on }) => on[neuron]).map(({ polygon }) => polygon);
        const arrows = weights.slice(0, 2).map((row) => row.slice(0, BIAS));
        neurons.forEach(({ draw }, neuron) => draw(weights[neuron], lines[neuron], grips[neuron],
          neuron >= shaded ? onOf(neuron) : []));
        for (const { state, text } of labels) {
          const { area, middle: at } = regions
            .filter(({ on }) => on.slice(shaded).map(Number).join("") === state)
            .map(({ polygon }) => measured(polygon))
            .reduce((one, other) => (other.area > one.area ? other : one), { area: 0, middle: [0, 0] });
          moveTo(text, area < LEAST_LABELLED ? undefined : beside(at, arrows));
        }
        return names.map((_, neuron) =>
          onOf(neuron).reduce((total, polygon) => total + measured(polygon).area, 0));
      },
    };
  };

  /**
   * The sums and sliders beside the picture, which the page has already.
   * @param {HTMLElement} figure
   * @param {string} spoken
   * @param {(neuron: number, term: number, value: number) => void} change
   */
  const panelOf = (figure, spoken, change) => {
    const { lang } = /** @type {HTMLElement} */ (figure.closest("[lang]"));
    const decimals = new Intl.NumberFormat(lang,
      { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    const percent = new Intl.NumberFormat(lang, { style: "percent" });
    /** @type {<T extends HTMLElement>(selector: string, within?: HTMLElement) => T[]} */
    const all = (selector, within = figure) =>
      /** @type {any} */ ([...within.querySelectorAll(selector)]);
    /** @type {HTMLInputElement[]} */
    const choices = all("[type=radio]");
    const panels = all(".hand-sliders");
    /** @type {HTMLInputElement[][]} */
    const sliders = panels.map((panel) => all("input", panel));
    const numbers = all(".hand-sum").map((each) => all("[data-number]", each));
    const signed = (/** @type {number} */ value, /** @type {number} */ term) => {
      const sign = Number(value.toFixed(2)) < 0 ? "−" : term ? "+" : "";
      return sign + (term ? "\u00a0" : "") + decimals.format(Math.abs(value));
    };
    /** @type {(neuron: number, terms: number[]) => void} shows a neuron's sliders, and what changes */
    const choose = (neuron, terms) => {
      panels.forEach((panel, index) => {
        panel.hidden = index !== neuron;
        numbers[index].forEach((number, term) =>
          number.classList.toggle("hand-new", index === neuron && terms.includes(term)));
      });
      if (choices[neuron]) choices[neuron].checked = true;
    };
    choices.forEach((choice, neuron) => choice.addEventListener("change", () => choose(neuron, [])));
    sliders.forEach((row, neuron) => row.forEach((slider, term) =>
      slider.addEventListener("input", () => {
        choose(neuron, [term]);
        change(neuron, term, slider.valueAsNumber);
      })));
    for (const each of /** @type {HTMLInputElement[]} */ (all("input, button"))) each.disabled = false;
    return {
      choose,
      /** @type {(weights: Row[], shares: number[]) => void} */
      show: (weights, shares) => weights.forEach((row, neuron) => row.forEach((value, term) => {
        numbers[neuron][term].textContent = signed(value, term);
        const slider = sliders[neuron][term];
        slider.value = String(value);
        slider.ariaValueText = spoken.replace("{value}", signed(value, 0))
          .replace("{share}", percent.format(shares[neuron]));
      })),
    };
  };

  /**
   * Calls `caught` when a part of the picture is caught, and what it returns for each place after that.
   * @param {SVGSVGElement} svg
   * @param {(neuron: number, part: string, start: Place) => (place: Place) => void} caught
   */
  const followDrags = (svg, caught) => {
    /** @type {((place: Place) => void) | undefined} */
    let drag;
    const placeOf = (/** @type {MouseEvent} */ { clientX, clientY }) => {
      const { a, e, f } = /** @type {DOMMatrix} */ (svg.getScreenCTM());
      return [(clientX - e) / a, (clientY - f) / a].map((at) => limited(2 * at / SIDE - 1));
    };
    svg.addEventListener("pointerdown", (event) => {
      const { pointerId, target } = /** @type {PointerEvent} */ (event);
      const part = /** @type {SVGElement | null} */ (
        /** @type {Element} */ (target).closest("[data-part]"));
      if (!part || drag) return;
      event.preventDefault(); // it would select text
      svg.setPointerCapture(pointerId);
      const { neuron, part: kind = "" } = part.dataset;
      drag = caught(Number(neuron), kind, placeOf(/** @type {PointerEvent} */ (event)));
    });
    // The picture scrolls the page, except by what can be dragged. CSS cannot say so within a picture.
    svg.addEventListener("touchstart", (event) => {
      if (drag) event.preventDefault();
    }, { passive: false });
    svg.addEventListener("pointermove", (event) =>
      drag?.(placeOf(/** @type {PointerEvent} */ (event))));
    svg.addEventListener("lostpointercapture", () => {
      drag = undefined;
    });
  };

  /** @type {(figure: HTMLElement) => void} */
  const enliven = (figure) => {
    /** @type {Data} */
    const data = JSON.parse(figure.dataset.byHand ?? "");
    const { svg, draw } = picture(data);
    const copy = (/** @type {number[][]} */ rows) => rows.map((row) => [...row]);
    let [weights, grips] = [copy(data.weights), copy(data.grips)];
    const { choose, show } = panelOf(figure, data.spoken, (neuron, term, value) => {
      weights[neuron][term] = value;
      show(weights, draw(weights, grips));
    });
    /** @type {(neuron: number, place: Place) => number} a neuron's sum without its bias */
    const weighted = (neuron, place) => {
      const inputs = isLater(neuron)
        ? weights.slice(0, 2).map((row) => Math.max(0, sum(row, place))) : place;
      return sum([...weights[neuron].slice(0, BIAS), 0], inputs);
    };
    followDrags(svg, (neuron, part, start) => {
      const row = [...weights[neuron]];
      // The sum stays as it was where the line was caught: about zero.
      const held = weighted(neuron, start) + row[BIAS];
      const turns = part === "weights";
      choose(neuron, turns ? [0, 1] : [BIAS]);
      return (place) => {
        if (turns) {
          for (const axis of [0, 1]) {
            weights[neuron][axis] = limited(row[axis] + place[axis] - start[axis]);
          }
        } else {
          weights[neuron][BIAS] = limited(held - weighted(neuron, place));
          grips[neuron] = place;
        }
        show(weights, draw(weights, grips));
      };
    });
    figure.querySelector("button")?.addEventListener("click", () => {
      [weights, grips] = [copy(data.weights), copy(data.grips)];
      choose(0, []);
      show(weights, draw(weights, grips));
    });
    figure.querySelector(".image")?.append(svg);
    figure.classList.add("at-hand");
    show(weights, draw(weights, grips));
  };

  /** @type {NodeListOf<HTMLElement>} */
  const figures = document.querySelectorAll("[data-by-hand]");
  figures.forEach(enliven);
}
