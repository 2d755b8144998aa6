// The network: a column of thumbnails for each layer. They show or hide boundaries.
"use strict";

/**
 * @typedef {object} NeuronPanel
 * @property {HTMLElement} element
 * @property {HTMLElement} selection the buttons of all, of no and of single boundaries
 * @property {(frame: Frame) => void} draw
 * @property {() => void} recolour after a change of colour scheme
 * @property {() => void} close
 */

{
  const { button, element } = GINN.dom;
  const { say } = GINN.words;
  const { layerOf, layerStarts, nameOf, neuronsOf } = GINN.neurons;
  // In CSS px: the smallest and the largest thumbnail, the gap between two, a column's head, and the
  // column of the input. The style sheet has some of them, too.
  const LEAST = 32;
  const MOST = 150;
  const GAP = 4;
  const HEAD = 32;
  const EDGE = 20;
  // Thumbnails give up so much of their side where they leave the inspector more room.
  const NEARLY = 0.85;
  // So many thumbnails are drawn a frame. Others stay as they are until a later frame.
  const A_FRAME = 8;
  /** @type {Record<string, [number, number]>} */
  const DIRECTIONS = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };

  /** @type {(colour: string, head: Node[], cells: Node[]) => HTMLElement} */
  const section = (colour, head, cells) => {
    const made = element("div", "viewer-section", [
      element("div", "viewer-head", head),
      element("div", "viewer-neurons", cells),
    ]);
    made.style.setProperty("--layer", `var(--${colour})`);
    return made;
  };

  /**
   * @param {number} layer
   * @param {number[]} starts
   * @param {HTMLElement[]} buttons the thumbnails of all layers
   * @param {HTMLCanvasElement} canvas
   * @param {Store} store
   * @returns {{element: HTMLElement, draw: (show: ReadonlySet<number>) => void}}
   */
  function createLayer(layer, starts, buttons, canvas, store) {
    const neurons = neuronsOf(starts, layer);
    const name = say("layer", { layer: layer + 1 });
    const toggle = button(name, () => store.toggleLayer(layer), {
      class: "viewer-layer",
      title: say(layer < 9 ? "layer-key" : "layer-about", { key: layer + 1 }),
    });
    const count = element("span", "viewer-count");
    return {
      element: section(`layer-${layer + 1}`, [toggle, count], [canvas, ...neurons.map((neuron) => buttons[neuron])]),
      draw(show) {
        const shown = neurons.filter((neuron) => show.has(neuron)).length;
        toggle.ariaPressed = shown === neurons.length ? "true" : shown ? "mixed" : "false";
        count.textContent = say("layer-shown", { shown, all: neurons.length });
      },
    };
  }

  /**
   * Arrow keys move the focus from thumbnail to thumbnail, which are one stop of the Tab key.
   * @type {(root: HTMLElement, buttons: HTMLButtonElement[]) => void}
   */
  const watchArrows = (root, buttons) => {
    root.addEventListener("focusin", ({ target }) => {
      if (!buttons.includes(/** @type {HTMLButtonElement} */ (target))) return;
      for (const each of buttons) each.tabIndex = each === target ? 0 : -1;
    });
    root.addEventListener("keydown", (event) => {
      const [right, down] = DIRECTIONS[event.key] ?? [0, 0];
      const from = /** @type {HTMLButtonElement} */ (event.target);
      if (right === down || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey
        || !buttons.includes(from)) return;
      const { x, y } = GINN.thumbnails.boxOf(from);
      const [nearest] = buttons.map((to) => {
        const at = GINN.thumbnails.boxOf(to);
        const ahead = (at.x - x) * right + (at.y - y) * down;
        return { to, ahead, far: ahead + 4 * Math.abs(right ? at.y - y : at.x - x) };
      }).filter(({ ahead }) => ahead > 1).sort((a, b) => a.far - b.far);
      event.preventDefault();
      nearest?.to.focus();
    });
  };

  /**
   * Makes thumbnails as large as the place allows, and so large that a finger can hit one.
   * @type {(columns: HTMLElement, widths: number[]) => [number, number]} their side in CSS px, and how
   *   many stand side by side in a layer
   */
  const fit = (columns, widths) => {
    const most = Math.max(...widths);
    const { clientWidth, clientHeight } = columns;
    // Only where the style sheet lets the columns scroll is their height not that of the thumbnails.
    const limited = getComputedStyle(columns).overflowY === "auto";
    const across = (/** @type {number} */ number) =>
      (clientWidth - EDGE - 3 * GAP * (widths.length + 1)) / (widths.length * number + 1) - GAP;
    const side = (/** @type {number} */ number) => Math.floor(Math.min(MOST, across(number),
      limited ? (clientHeight - HEAD) / Math.ceil(most / number) - GAP : LEAST - 1));
    const numbers = Array.from({ length: most }, (_, at) => at + 1);
    const largest = Math.max(...numbers.map(side));
    let number = numbers.findLast((each) => side(each) >= NEARLY * largest) ?? 1;
    let chosen = side(number);
    if (chosen < LEAST) {
      number = numbers.findLast((each) => across(each) >= LEAST) ?? 1;
      chosen = Math.floor(Math.min(MOST, across(number)));
    }
    columns.style.setProperty("--number", String(number));
    columns.style.setProperty("--cell", `${chosen}px`);
    const height = HEAD + Math.ceil(most / number) * (chosen + GAP) + GAP;
    /** @type {HTMLElement | null} */ (columns.closest(".viewer-side"))
      ?.style.setProperty("--network", `${height}px`);
    return [chosen, number];
  };

  /**
   * Gives each canvas the size of its layer, and each thumbnail its place there.
   * @type {(canvases: HTMLCanvasElement[], thumbnails: Thumbnail[], starts: number[], side: number,
   *   number: number) => void}
   */
  const place = (canvases, thumbnails, starts, side, number) => {
    const scale = devicePixelRatio;
    const pitch = side + GAP;
    canvases.forEach((canvas, layer) => {
      const units = thumbnails.slice(starts[layer], starts[layer + 1]);
      const across = layer < starts.length - 1 ? number : 1;
      canvas.width = Math.round((across * pitch - GAP) * scale);
      canvas.height = Math.round((Math.ceil(units.length / across) * pitch - GAP) * scale);
      units.forEach((unit, at) => {
        unit.x = (at % across) * pitch * scale;
        unit.y = Math.floor(at / across) * pitch * scale;
        unit.side = side * scale;
      });
    });
  };

  /**
   * Draws thumbnails that are in sight and out of date, a few a frame.
   * @param {Thumbnail[]} thumbnails
   * @param {Loader} loader
   * @returns {{draw: (key: string, draw: (thumbnail: Thumbnail, neuron: number) => void) => void,
   *   stop: () => void}}
   */
  function createRound(thumbnails, loader) {
    let next = 0;
    let key = "";
    /** @type {(thumbnail: Thumbnail, neuron: number) => void} */
    let draw;
    /** @returns {boolean} whether all are drawn */
    const drawSome = () => {
      let left = A_FRAME;
      for (let passed = 0; passed < thumbnails.length; passed += 1) {
        const thumbnail = thumbnails[next];
        if (thumbnail.seen && thumbnail.drawn !== key) {
          if (left === 0) return false;
          left -= 1;
          draw(thumbnail, next);
          thumbnail.drawn = key;
        }
        next = (next + 1) % thumbnails.length;
      }
      return true;
    };
    // While a run is trained, training has the other frames.
    const frames = GINN.dom.frames(() => {
      if (!drawSome() && !loader.isLive?.()) frames.schedule();
    });
    return {
      draw(newKey, newDraw) {
        [key, draw] = [newKey, newDraw];
        if (loader.isLive?.()) drawSome();
        else if (thumbnails.some(({ seen, drawn }) => seen && drawn !== key)) frames.schedule();
      },
      stop: frames.stop,
    };
  }

  /**
   * @param {Session} session
   * @returns {HTMLElement} the buttons that show all boundaries, or none, and beside two panes the neurons
   */
  function createSelection({ root, store }) {
    const drawer = button(say("neurons"), () => {
      drawer.ariaExpanded = String(root.classList.toggle("viewer-open"));
    }, { class: "viewer-drawer", "aria-expanded": "false" });
    return element("div", {
      class: "viewer-selection", role: "group", "aria-label": say("selection"),
    }, [
      drawer,
      element("span", "viewer-heading", [say("shown")]),
      button(say("all"), store.showAll, { title: say("all-about") }),
      button(say("none"), () => store.showOnly([]), { title: say("none-about") }),
    ]);
  }

  /**
   * Watches the size of the network, and which thumbnails are in sight.
   * @param {HTMLElement} columns
   * @param {Thumbnail[]} thumbnails
   * @param {() => void} resized
   * @param {() => void} moved
   * @returns {() => void} stops watching
   */
  function watchSight(columns, thumbnails, resized, moved) {
    const buttons = thumbnails.map((each) => each.button);
    const sizes = new ResizeObserver(resized);
    const sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        thumbnails[buttons.indexOf(/** @type {HTMLButtonElement} */ (target))].seen = isIntersecting;
      }
      moved();
    });
    sizes.observe(columns);
    buttons.forEach((each) => sight.observe(each));
    return () => {
      sizes.disconnect();
      sight.disconnect();
    };
  }

  /** @type {(session: Session, thumbnails: Thumbnail[], canvases: HTMLCanvasElement[]) => {element: HTMLElement, columns: HTMLElement, draw: (show: ReadonlySet<number>) => void, wires: Wires}} */
  const createColumns = (session, thumbnails, canvases) => {
    const { index: { widths }, store } = session;
    const starts = layerStarts(widths);
    const buttons = thumbnails.map((each) => each.button);
    const inputs = ["x", "y"].map((name) => element("span", "viewer-input", [name]));
    const wires = GINN.wires.create(session, inputs, buttons);
    const layers = widths.map((_, layer) => createLayer(layer, starts, buttons, canvases[layer], store));
    const columns = element("div", "viewer-columns", [
      section("output", [], inputs),
      ...layers.map((layer) => layer.element),
      section("output", [element("span", {}, [say("output")])],
        [...canvases.slice(-1), ...buttons.slice(-1)]),
    ]);
    columns.append(wires.element);
    watchArrows(columns, buttons);
    /** @type {ReadonlySet<number> | undefined} */
    let drawn;
    return {
      element: element("section", { class: "viewer-network", "aria-label": say("neurons") }, [columns]),
      columns,
      wires,
      draw(show) {
        if (show === drawn) return;
        drawn = show;
        buttons.forEach((each, neuron) => {
          each.ariaPressed = String(show.has(neuron));
        });
        layers.forEach((layer) => layer.draw(show));
      },
    };
  };

  GINN.neuronPanel = {
    create(session) {
      const { root, index: { widths }, store } = session;
      const starts = layerStarts(widths);
      const output = starts[widths.length];
      const unitOf = (/** @type {number} */ neuron) => neuron - starts[layerOf(starts, neuron)] + 1;
      const canvases = starts.map(() => element("canvas"));
      const thumbnails = Array.from({ length: output + 1 }, (_, neuron) => GINN.thumbnails.create(
        nameOf(widths, neuron), neuron < output ? String(unitOf(neuron)) : "", neuron,
        canvases[layerOf(starts, neuron)], store));
      const network = createColumns(session, thumbnails, canvases);
      const round = createRound(thumbnails, session.loader);
      /** @type {Palette | undefined} */
      let palette;
      let side = 0;
      const recolour = () => {
        palette = undefined;
        for (const each of thumbnails) each.drawn = each.lines = "";
      };
      const unwatch = watchSight(network.columns, thumbnails, () => {
        const { columns } = network;
        if (!columns.clientWidth) return;
        const [fitting, number] = fit(columns, widths);
        side = fitting;
        place(canvases, thumbnails, starts, side, number);
        recolour();
        store.refresh();
      }, store.refresh);

      return {
        element: network.element,
        selection: createSelection(session),
        recolour,
        close() {
          unwatch();
          round.stop();
        },
        draw({ active: { state: { run, step, show }, header, lines }, report }) {
          if (!header || !lines || !side) return;
          network.draw(show);
          const colours = (palette ??= GINN.colours.palette(root, widths));
          const { snapshot } = lines;
          const key = `${run} ${header.seed} ${snapshot} ${header.iterations[snapshot]}`;
          const { point, output: found } = report;
          round.draw(`${key} ${found && point?.x} ${found && point?.y} ${found && step}`,
            (each, neuron) => {
              if (each.lines !== key) {
                each.lines = key;
                GINN.thumbnails.drawLine(each, lines.chunk, lines.step, neuron,
                  colours.layers[layerOf(starts, neuron)] ?? colours.output);
              }
              GINN.thumbnails.drawValue(each, found?.values[neuron]);
            });
          network.wires.draw(header, step, side);
        },
      };
    },
  };
}
