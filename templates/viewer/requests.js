// The files that a frame needs, and the parts of them that have arrived.
"use strict";

/**
 * @typedef {object} Place a tile's file, and its top left corner there in px
 * @property {string} file
 * @property {number} x
 * @property {number} y
 */
/**
 * @typedef {object} Tile a square cut out of a picture, in its px
 * @property {ImageBitmap} image
 * @property {number} x
 * @property {number} y
 * @property {number} size
 */
/**
 * @typedef {object} Requests
 * @property {(state: State) => IndexRun} runOf
 * @property {(state: State) => Run | undefined} headerOf
 * @property {(state: State, direction: number, needs: {sheets: boolean, weights: boolean}) => FileRequest[]} files
 *   needed for a frame and for the frames after it in this direction, the most urgent first
 * @property {(header: Run, step: number, layer: number, row: number) => Tile | undefined} boundaryTile
 * @property {(header: Run | undefined, step: number, point: Point | null) => NetworkOutput | undefined} outputAt
 *   undefined while the weights have not arrived
 * @property {(state: State, header: Run) => Tile | undefined} backgroundTile
 * @property {() => Tile | undefined} targetTile
 * @property {(place: Point) => boolean} targetAt whether the picture is white at a point
 * @property {(state: State, header: Run) => Tile[]} coarseTiles of the shown neurons
 * @property {(state: State, header: Run) => {chunk: BoundaryChunk, step: number}[]} trail
 *   the earlier snapshots that are drawn faintly, if their boundaries have arrived
 */

{
  /** @type {(run: Run, step: number) => string} the file with the boundaries of a snapshot */
  const chunkFile = (run, step) => run.chunks[Math.floor(step / run.snapshots_a_chunk)];

  /** @type {(run: Run, step: number) => string} the file with the weights of a snapshot */
  const weightsFile = (run, step) => run.weights[Math.floor(step / run.snapshots_a_chunk)];

  /**
   * @param {BoundarySheets} sheets
   * @param {number} step
   * @param {number} row 0 for the whole layer, 1 + i for its neuron i
   * @returns {Place}
   */
  function locateBoundary({ rows, rows_per_band: band, columns, files, tile }, step, row) {
    const sheet = Math.floor(step / columns) * Math.ceil(rows / band) + Math.floor(row / band);
    return { file: files[sheet], x: (step % columns) * tile, y: (row % band) * tile };
  }

  /** @type {(sheets: OutputSheets, step: number) => Place} */
  const locateOutput = ({ columns, files, tile }, step) => ({
    file: files[Math.floor(step / columns ** 2)],
    x: (step % columns) * tile,
    y: (Math.floor(step / columns) % columns) * tile,
  });

  /**
   * @param {Run} header
   * @param {number} step
   * @returns {string[]} the sheets that hold the boundaries of a snapshot
   */
  function boundarySheets(header, step) {
    return header.sprites.layers.flatMap((sheets) => {
      const bands = Math.ceil(sheets.rows / sheets.rows_per_band);
      return Array.from({ length: bands }, (_, band) =>
        locateBoundary(sheets, step, band * sheets.rows_per_band).file);
    });
  }

  /** @type {(file: string) => FileRequest} */
  const image = (file) => ({ kind: "image", file });
  /** @type {(file: string, decode?: FileRequest["decode"]) => FileRequest} */
  const script = (file, decode) => ({ kind: "script", file, decode });
  /** @type {(run: Run, step: number) => FileRequest} */
  const chunk = (run, step) => script(chunkFile(run, step), GINN.boundaryChunks.decode);

  /**
   * @param {State["behind"]} behind
   * @param {Run} header
   * @param {number} step
   * @param {{sheets: boolean, weights: boolean}} needs
   * @returns {FileRequest[]} the files of one snapshot
   */
  function snapshotFiles(behind, header, step, needs) {
    const output = behind === "output" || behind === "error";
    return [
      chunk(header, step),
      ...(output ? [image(locateOutput(header.sprites.output, step).file)] : []),
      ...(needs.sheets ? boundarySheets(header, step).map(image) : []),
      ...(needs.weights ? [script(weightsFile(header, step), GINN.forward.decode)] : []),
    ];
  }

  /**
   * @param {State} state
   * @param {Run} header
   * @param {number} direction
   * @param {boolean} weights
   * @returns {FileRequest[]} for the snapshots before and after the present one
   */
  function neighbouringFiles({ behind, step, trail }, header, direction, weights) {
    const stride = header.snapshots_a_chunk;
    /** @type {FileRequest[]} */
    const files = [];
    for (let earlier = Math.max(0, step - trail); earlier < step; earlier += stride) {
      files.push(chunk(header, earlier));
    }
    const ahead = Math.min(header.iterations.length - 1, Math.max(0, step + direction * stride));
    return files.concat(snapshotFiles(behind, header, ahead, { sheets: false, weights })
      .map((request) => ({ ...request, later: true })));
  }

  /**
   * @param {Loader} loader
   * @param {Index} index
   * @returns {Pick<Requests, "boundaryTile" | "backgroundTile" | "targetTile" | "coarseTiles">}
   */
  function tiles(loader, index) {
    const starts = GINN.neurons.layerStarts(index.widths);
    /** @type {(place: Place, size: number) => Tile | undefined} */
    const tileAt = ({ file, x, y }, size) => {
      const found = loader.get(file);
      return found && { image: found, x, y, size };
    };
    /** @type {Requests["boundaryTile"]} */
    const boundaryTile = ({ sprites: { layers } }, step, layer, row) =>
      tileAt(locateBoundary(layers[layer], step, row), layers[layer].tile);
    const targetTile = () => tileAt({ file: index.target, x: 0, y: 0 }, index.pixels);
    return {
      boundaryTile,
      targetTile,
      backgroundTile({ behind, step }, { sprites: { output } }) {
        if (behind === "output" || (behind === "error" && targetTile())) {
          return tileAt(locateOutput(output, step), output.tile);
        }
        return behind === "target" ? targetTile() : undefined;
      },
      coarseTiles({ show, step }, header) {
        return header.sprites.layers.flatMap((_, layer) => {
          const neurons = GINN.neurons.neuronsOf(starts, layer);
          const shown = neurons.filter((neuron) => show.has(neuron));
          const rows = shown.length === neurons.length
            ? [0] : shown.map((neuron) => neuron - starts[layer] + 1);
          return rows.map((row) => boundaryTile(header, step, layer, row))
            .filter((tile) => tile !== undefined);
        });
      },
    };
  }

  GINN.requests = {
    chunkFile, weightsFile,
    create(loader, index, indexFile) {
      const runOf = (/** @type {State} */ state) =>
        index.runs.find(({ id }) => id === state.run) ?? index.runs[0];
      /** @returns {Run | undefined} */
      const headerOf = (/** @type {State} */ state) => loader.get(runOf(state).header);
      /** @type {Uint8Array | undefined} */
      let labels;

      return {
        runOf,
        headerOf,
        ...tiles(loader, index),
        files(state, direction, needs) {
          const header = headerOf(state);
          const { behind, step } = state;
          const list = [
            script(indexFile),
            script(runOf(state).header, GINN.loader.versioned),
            ...(behind === "target" || behind === "error" ? [image(index.target)] : []),
          ];
          if (!header) return list;
          list.push(...snapshotFiles(behind, header, step, needs));
          // Other snapshots wait until the boundaries of the present one have arrived.
          return loader.get(chunkFile(header, step)) === undefined ? list
            : [...list, ...neighbouringFiles(state, header, direction, needs.weights)];
        },
        outputAt(header, step, point) {
          const weights = header && point && loader.get(weightsFile(header, step));
          return weights && GINN.forward.at(weights, step, point.x, point.y);
        },
        // Browsers let no page read the pixels of a file in a local folder. The index has the labels.
        targetAt({ x, y }) {
          labels ??= GINN.boundaryChunks.labels(index.labels, index.pixels);
          const cell = (/** @type {number} */ value) =>
            Math.min(index.pixels - 1, Math.floor(value * index.pixels));
          return labels[cell(y) * index.pixels + cell(x)] === 1;
        },
        trail(state, header) {
          const length = Math.min(state.trail, state.step);
          return Array.from({ length }, (_, age) => {
            const step = state.step - length + age;
            return { step, chunk: loader.get(chunkFile(header, step)) };
          }).filter((earlier) => earlier.chunk);
        },
      };
    },
  };
}
