// The controls that change a network: a twin of the run is trained beside it, with the same minibatches.
"use strict";

/**
 * @typedef {object} ChangesPanel
 * @property {HTMLElement} element
 * @property {(experiment: Experiment, snapshot: LiveSnapshot | undefined) => void} draw
 */

{
  const { button, element, namedButton, setText } = GINN.dom;
  const { say } = GINN.words;
  // How far a press moves a line, as a share of the picture's side, and how far it turns one.
  const MOVE = 0.02;
  const TURN = Math.PI / 36;
  const ARROWS = /** @type {[string, string, number, number][]} */ (
    [["←", "left", -MOVE, 0], ["→", "right", MOVE, 0], ["↑", "up", 0, -MOVE], ["↓", "down", 0, MOVE]]);

  const PARTS = ["whole", "area", "sight"];

  /** @type {(control: HTMLSelectElement, count: number) => void} options from 1 to `count` */
  const fill = (control, count) => {
    if (control.options.length === count) return;
    const { value } = control;
    control.replaceChildren(...Array.from({ length: count }, (_, n) =>
      element("option", { value: String(n + 1) }, [String(n + 1)])));
    control.value = Number(value) > count ? "1" : value || "1";
  };

  const labelled = (/** @type {string} */ name, /** @type {HTMLElement} */ control) =>
    element("label", {}, [`${say(`lab.of-${name}`)} `, control]);

  /** @type {(part: string, state: State) => number[] | undefined} the numbers of a part, if it is chosen */
  const numbersOf = (part, { point, ...state }) => {
    const { x, y, zoom } = GINN.zoom.viewOf(state);
    const numbers = part === "area" ? point && [point.x, point.y]
      : part === "sight" ? [x, y, x + 1 / zoom, y + 1 / zoom] : [];
    return numbers?.map((number) => Number(number.toFixed(4)));
  };

  const act = (/** @type {string} */ name, /** @type {() => unknown} */ action) =>
    button(say(`lab.${name}`), action, { title: say(`lab.${name}-about`) });

  const row = (/** @type {HTMLElement[]} */ ...parts) => element("div", "lab-row", parts);

  /**
   * The controls of a line of the first layer.
   * @param {HTMLElement} root
   * @param {() => State} state
   * @param {(made: string) => Promise<void>} change
   * @returns {{element: HTMLElement, draw: (units: number, parameters: Float32Array) => void}}
   */
  const createLines = (root, state, change) => {
    const { foot, moved, turned } = GINN.lineDrag;
    const chosen = element("select", {});
    /** @type {number[][]} */
    let lines = [];
    const send = (/** @type {number} */ unit, /** @type {number[]} */ line) =>
      change(`line-${[unit, ...line.map((number) => Number(number.toPrecision(6)))].join("_")}`);
    /** @type {(sign: string, name: string, made: (line: number[]) => number[]) => HTMLElement} */
    const key = (sign, name, made) => namedButton(sign, say(`lab.${name}`), () => {
      const unit = Number(chosen.value);
      send(unit, made(lines[unit - 1]));
    });
    const turn = (/** @type {number} */ angle) => (/** @type {number[]} */ line) =>
      turned(line, angle, foot(line, { x: 0.5, y: 0.5 }));
    const drags = act("drag", () => {
      drags.ariaPressed = String(root.classList.toggle("lab-dragging"));
    });
    drags.ariaPressed = "false";
    GINN.lineDrag.watch(root, {
      lines: () => (drags.ariaPressed === "true" ? Object.fromEntries(lines
        .map((line, n) => [n + 1, line]).filter((_, n) => state().show.has(n))) : undefined),
      view: () => GINN.zoom.viewOf(state()),
      change(unit, made) {
        chosen.value = String(unit);
        return send(unit, made);
      },
    });
    return {
      element: row(
        labelled("line", chosen), drags,
        ...ARROWS.map(([sign, name, right, down]) => key(sign, name, (line) => moved(line, right, down))),
        key("⟲", "turn-left", turn(-TURN)), key("⟳", "turn-right", turn(TURN)),
      ),
      draw(units, parameters) {
        fill(chosen, units);
        lines = Array.from({ length: units }, (_, n) => [...parameters.subarray(3 * n, 3 * n + 3)]);
      },
    };
  };

  GINN.changesPanel = {
    create(root, { change, drop, state }) {
      const [layer, neuron, target] = [0, 0, 0].map(() => element("select", {}));
      const part = element("select", { "aria-label": say("lab.part") }, PARTS.map((name) =>
        element("option", { value: name }, [say(`lab.part-${name}`)])));
      const note = element("p", { class: "lab-status", role: "status" });
      const lines = createLines(root, state, change);
      /** @type {number[]} */
      let widths = [];
      /** @type {(name: string, kind?: string, numbers?: () => (string | number)[] | undefined) => HTMLElement} */
      const made = (name, kind = name, numbers = () => []) => act(name, () => {
        const text = `${kind}-${[layer.value, ...numbers() ?? [""]].join("_")}`;
        if (GINN.changes.valid(text, widths)) change(text);
        else setText(note, say(kind === "add" ? "lab.full" : "lab.no-point"));
      });
      const over = () => numbersOf(part.value, state());
      const dropping = act("drop", drop);
      const show = () => {
        fill(layer, widths.length);
        for (const control of [neuron, target]) fill(control, widths[Number(layer.value) - 1]);
      };
      layer.addEventListener("change", show);
      let twins = false;
      const panel = element("details", "lab-changes", [
        element("summary", {}, [say("lab.changes")]),
        element("p", "lab-status", [say("lab.changes-about")]),
        row(labelled("layer", layer)),
        element("div", "lab-of-layer lab-settings", [
          row(made("wake", "wake", over), made("silence", "silence", over), part),
          row(made("freeze"), made("add")),
          row(
            labelled("neuron", neuron), made("renew", "reset", () => [neuron.value]),
            made("copy", "copy", () => [neuron.value, target.value]), labelled("target", target),
          ),
        ]),
        lines.element,
        row(note, dropping),
      ]);
      return {
        element: panel,
        draw(experiment, snapshot) {
          const hasTwin = experiment.twin() !== undefined;
          widths = experiment.widths();
          show();
          if (snapshot) lines.draw(widths[0], snapshot.parameters);
          dropping.hidden = !hasTwin;
          if (hasTwin && !twins) panel.open = true;
          twins = hasTwin;
          const { changes } = experiment.setup();
          const count = changes.reduce((sum, { made: { length } }) => sum + length, 0);
          setText(note, hasTwin ? say("lab.changed", { count, iteration: changes[0].at }) : "");
        },
      };
    },
  };
}
