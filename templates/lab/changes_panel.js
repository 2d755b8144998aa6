// The controls that change a network: a twin of the run is trained beside it, with the same minibatches.
"use strict";

/**
 * @typedef {object} ChangesPanel
 * @property {HTMLElement} element
 * @property {(setup: Setup, hasTwin: boolean, snapshot: LiveSnapshot | undefined) => void} draw
 */

{
  const { button, element, namedButton, setText } = GINN.dom;
  const { say } = GINN.words;
  // How far a press moves a line, as a share of the picture's side, and how far it turns one (degrees).
  const MOVE = 0.02;
  const TURN = 5;
  const ARROWS = /** @type {[string, string, number, number][]} */ (
    [["←", "left", -MOVE, 0], ["→", "right", MOVE, 0], ["↑", "up", 0, -MOVE], ["↓", "down", 0, MOVE]]);

  /** @type {(line: number[], right: number, down: number) => number[]} weights and bias of a moved line */
  const moved = ([x, y, bias], right, down) => [x, y, bias - x * right - y * down];

  /** @type {(line: number[], degrees: number) => number[]} turned around its point nearest to the middle */
  const turned = ([x, y, bias], degrees) => {
    const [cosine, sine] = [Math.cos, Math.sin].map((of) => of((degrees * Math.PI) / 180));
    const far = (x / 2 + y / 2 + bias) / (x * x + y * y || 1);
    const [px, py] = [0.5 - far * x, 0.5 - far * y];
    const [nx, ny] = [cosine * x - sine * y, sine * x + cosine * y];
    return [nx, ny, -nx * px - ny * py];
  };

  /** @type {(control: HTMLSelectElement, count: number) => void} options from 1 to `count` */
  const fill = (control, count) => {
    if (control.options.length === count) return;
    control.replaceChildren(...Array.from({ length: count }, (_, n) =>
      element("option", { value: String(n + 1) }, [String(n + 1)])));
  };

  const labelled = (/** @type {string} */ name, /** @type {HTMLElement} */ control) =>
    element("label", {}, [`${say(`lab.of-${name}`)} `, control]);

  GINN.changesPanel = {
    moved, turned,
    create(change, drop) {
      const [layer, neuron, target, line] = [0, 0, 0, 0].map(() => element("select", {}));
      /** @type {LiveSnapshot | undefined} */
      let shown;
      /** @type {number[]} */
      let widthsShown = [];
      const act = (/** @type {string} */ name, /** @type {() => string} */ made) =>
        button(say(`lab.${name}`), () => change(made()), { title: say(`lab.${name}-about`) });
      /** @type {(made: (line: number[]) => number[]) => void} */
      const bend = (made) => {
        if (!shown) return;
        const unit = Number(line.value);
        const next = made([...shown.parameters.subarray(3 * unit - 3, 3 * unit)]).map(Math.fround);
        change(`line-${[unit, ...next].join("_")}`);
      };
      const note = element("p", "lab-status");
      const dropping = button(say("lab.drop"), drop);
      /** @type {(widths: number[]) => void} */
      const show = (widths) => {
        fill(layer, widths.length);
        for (const control of [neuron, target]) fill(control, widths[Number(layer.value) - 1]);
        fill(line, widths[0]);
      };
      layer.addEventListener("change", () => show(widthsShown));
      let twins = false;
      const root = element("details", "lab-changes", [
        element("summary", {}, [say("lab.changes")]),
        element("p", "lab-status", [say("lab.changes-about")]),
        element("div", "lab-row", [
          labelled("layer", layer),
          ...["wake", "silence", "freeze"].map((name) => act(name, () => `${name}-${layer.value}`)),
        ]),
        element("div", "lab-row", [
          labelled("neuron", neuron), act("renew", () => `reset-${layer.value}_${neuron.value}`),
          act("copy", () => `copy-${layer.value}_${neuron.value}_${target.value}`),
          labelled("target", target),
        ]),
        element("div", "lab-row", [
          labelled("line", line),
          ...ARROWS.map(([sign, name, right, down]) => namedButton(sign, say(`lab.${name}`), () =>
            bend((old) => moved(old, right, down)))),
          namedButton("⟲", say("lab.turn-left"), () => bend((old) => turned(old, -TURN))),
          namedButton("⟳", say("lab.turn-right"), () => bend((old) => turned(old, TURN))),
        ]),
        element("div", "lab-row", [note, dropping]),
      ]);
      return {
        element: root,
        draw(setup, hasTwin, snapshot) {
          [widthsShown, shown] = [setup.widths, snapshot];
          show(setup.widths);
          dropping.hidden = !hasTwin;
          if (hasTwin && !twins) root.open = true;
          twins = hasTwin;
          const count = setup.changes?.made.length ?? 0;
          setText(note, hasTwin ? say("lab.changed", { count, iteration: setup.changes?.at ?? 0 }) : "");
        },
      };
    },
  };
}
