// What a frame is made of: which files it needs, and what of them has come.
"use strict";

/**
 * @typedef {object} Frames
 * @property {(state: State) => IndexRun} runOf
 * @property {(state: State) => Run | undefined} headerOf
 * @property {(state: State, direction: number, wants: {standIn: boolean, weights: boolean}) => Wish[]} wishes
 * @property {(place: Place, size: number) => Tile | undefined} tileAt
 * @property {(state: State, header: Run) => Tile | undefined} behindTile
 * @property {() => Tile | undefined} targetTile
 * @property {(place: Point) => boolean} targetAt whether the picture is white there
 * @property {(state: State, header: Run) => Tile[]} standIns
 * @property {(state: State, header: Run) => {chunk: Chunk, step: number}[]} trailOf
 */

GINN.frames = (() => {
  /**
   * @param {Library} library
   * @param {Index} index
   * @param {string} indexFile
   * @returns {Frames}
   */
  function create(library, index, indexFile) {
    const starts = GINN.state.layerStarts(index.widths);
    const runOf = (/** @type {State} */ state) =>
      index.runs.find(({ id }) => id === state.run) ?? index.runs[0];
    /** @returns {Run | undefined} */
    const headerOf = (/** @type {State} */ state) => library.get(runOf(state).header);

    /**
     * Everything that is wanted for a frame and the next ones, most urgent first.
     * @param {State} state
     * @param {number} direction where the clock moved last, 1 or -1
     * @param {{standIn: boolean, weights: boolean}} wants coarse lines, and the network itself
     * @returns {Wish[]}
     */
    function wishes(state, direction, { standIn, weights }) {
      const header = headerOf(state);
      /** @type {Wish[]} */
      const list = [
        { kind: "script", file: indexFile },
        { kind: "script", file: runOf(state).header, decode: GINN.data.versioned("the run") },
      ];
      if (state.behind === "target" || state.behind === "error") {
        list.push({ kind: "image", file: index.target });
      }
      if (!header) return list;
      const { chunkFile, weightsFile, locateOutput } = GINN.data;
      const ahead = Math.min(header.iterations.length - 1,
        Math.max(0, state.step + direction * header.snapshots_a_chunk));
      // What comes next waits until the present frame is whole.
      const whole = library.get(chunkFile(header, state.step)) !== undefined;
      const steps = whole ? [state.step, ahead] : [state.step];
      for (const step of steps) {
        const later = step !== state.step;
        list.push({
          kind: "script", file: chunkFile(header, step), decode: GINN.vectors.decode, later,
        });
        if (state.behind === "output" || state.behind === "error") {
          list.push({ kind: "image", file: locateOutput(header.sprites.output, step).file, later });
        }
        if (standIn && step === state.step) {
          for (const file of boundarySheets(state, header)) list.push({ kind: "image", file });
        }
        if (weights) {
          list.push({
            kind: "script", file: weightsFile(header, step), decode: GINN.forward.decode, later,
          });
        }
      }
      const earliest = Math.max(0, state.step - state.trail);
      for (let step = earliest; whole && step < state.step; step += header.snapshots_a_chunk) {
        list.push({ kind: "script", file: chunkFile(header, step), decode: GINN.vectors.decode });
      }
      return list;
    }

    /**
     * @param {State} state
     * @param {Run} header
     * @returns {Set<string>} the sheets that hold the present snapshot
     */
    function boundarySheets(state, header) {
      const files = new Set();
      for (const film of header.sprites.layers) {
        for (let row = 0; row < film.rows; row += film.rows_per_band) {
          files.add(GINN.data.locateBoundary(film, state.step, row).file);
        }
      }
      return files;
    }

    /**
     * @param {{file: string, x: number, y: number}} place
     * @param {number} size
     * @returns {Tile | undefined}
     */
    function tileAt({ file, x, y }, size) {
      const image = library.get(file);
      return image && { image, x, y, size };
    }

    /**
     * @param {State} state
     * @param {Run} header
     * @returns {Tile | undefined}
     */
    function behindTile(state, header) {
      if (state.behind === "output" || (state.behind === "error" && targetTile())) {
        const film = header.sprites.output;
        return tileAt(GINN.data.locateOutput(film, state.step), film.tile);
      }
      return state.behind === "target" ? targetTile() : undefined;
    }

    function targetTile() {
      return tileAt({ file: index.target, x: 0, y: 0 }, index.pixels);
    }

    /**
     * @param {State} state
     * @param {Run} header
     * @returns {Tile[]} of whole layers where they are shown whole, else of single neurons
     */
    function standIns(state, header) {
      return header.sprites.layers.flatMap((film, layer) => {
        const [first, end] = [starts[layer], starts[layer + 1]];
        const whole = GINN.state.countWithin(state.show, first, end) === end - first;
        const rows = whole ? [0] : [...state.show]
          .filter((neuron) => first <= neuron && neuron < end)
          .map((neuron) => neuron - first + 1);
        return rows.map((row) =>
          tileAt(GINN.data.locateBoundary(film, state.step, row), film.tile))
          .filter((tile) => tile !== undefined);
      });
    }

    /**
     * @param {State} state
     * @param {Run} header
     * @returns {{chunk: Chunk, step: number}[]} the snapshots before the present one, as far as they have come
     */
    function trailOf(state, header) {
      return Array.from({ length: Math.min(state.trail, state.step) }, (_, age) => {
        const step = state.step - Math.min(state.trail, state.step) + age;
        return { step, chunk: library.get(GINN.data.chunkFile(header, step)) };
      }).filter(({ chunk }) => chunk);
    }

    /** @type {Uint8Array | undefined} */
    let labels;

    return {
      runOf, headerOf, wishes, tileAt, behindTile, targetTile, standIns, trailOf,
      /** Not from the picture: browsers keep the pixels of a local folder's pictures to themselves. */
      targetAt({ x, y }) {
        labels ??= GINN.vectors.labels(index.labels, index.pixels);
        const cell = (/** @type {number} */ value) =>
          Math.min(index.pixels - 1, Math.floor(value * index.pixels));
        return labels[cell(y) * index.pixels + cell(x)] === 1;
      },
    };
  }

  return { create };
})();
