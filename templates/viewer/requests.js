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
 * @typedef {object} Lines the boundaries of the nearest snapshot that has arrived
 * @property {BoundaryChunk} chunk
 * @property {number} step as the chunk counts
 * @property {number} snapshot
 */
/**
 * @typedef {object} Requests
 * @property {(state: State) => IndexRun} runOf
 * @property {(state: State) => Run | undefined} headerOf
 * @property {(state: State, direction: number, weights: boolean) => FileRequest[]} files
 *   needed for a frame and for the frames after it in this direction, the most urgent first
 * @property {(header: Run, step: number) => Lines | undefined} linesNear
 * @property {(header: Run | undefined, step: number, point: Point | null) => NetworkOutput | undefined} outputAt
 *   undefined while the weights have not arrived
 * @property {(state: State, header: Run) => Tile | undefined} backgroundTile
 * @property {() => Tile | undefined} targetTile
 * @property {(place: Point) => boolean} targetAt whether the picture is white at a point
 * @property {(state: State, header: Run) => {chunk: BoundaryChunk, step: number}[]} trail
 *   the earlier snapshots that are drawn faintly, if their boundaries have arrived
 */

{
  /** @type {(run: Run, step: number) => string} the file with the boundaries of a snapshot */
  const chunkFile = (run, step) => run.chunks[Math.floor(step / run.snapshots_a_chunk)];

  /** @type {(run: Run, step: number) => string} the file with the weights of a snapshot */
  const weightsFile = (run, step) => run.weights[Math.floor(step / run.snapshots_a_chunk)];

  /** @type {(sheets: OutputSheets, step: number) => Place} */
  const locateOutput = ({ columns, files, tile }, step) => ({
    file: files[Math.floor(step / columns ** 2)],
    x: (step % columns) * tile,
    y: (Math.floor(step / columns) % columns) * tile,
  });

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
   * @param {boolean} weights
   * @returns {FileRequest[]} the files of one snapshot
   */
  function snapshotFiles(behind, header, step, weights) {
    const output = behind === "output" || behind === "error";
    return [
      chunk(header, step),
      ...(output ? [image(locateOutput(header.sprites.output, step).file)] : []),
      ...(weights ? [script(weightsFile(header, step), GINN.forward.decode)] : []),
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
    return files.concat(snapshotFiles(behind, header, ahead, weights)
      .map((request) => ({ ...request, later: true })));
  }

  /**
   * @template T
   * @param {Run} header
   * @param {number} step
   * @param {(near: number) => T | undefined} find
   * @returns {T | undefined} of the nearest snapshot for which something is found
   */
  function nearest(header, step, find) {
    for (let away = 0; away < header.iterations.length; away += 1) {
      const found = find(step - away) ?? find(step + away);
      if (found) return found;
    }
    return undefined;
  }

  /**
   * @param {Loader} loader
   * @param {Index} index
   * @returns {Pick<Requests, "linesNear" | "backgroundTile" | "targetTile">} the nearest that has arrived
   */
  function parts(loader, index) {
    /** @type {(place: Place, size: number) => Tile | undefined} */
    const tileAt = ({ file, x, y }, size) => {
      const found = loader.get(file);
      return found && { image: found, x, y, size };
    };
    const targetTile = () => tileAt({ file: index.target, x: 0, y: 0 }, index.pixels);
    return {
      targetTile,
      linesNear(header, step) {
        const { file, stride } = header.overview;
        const overview = loader.get(file);
        return nearest(header, step, (snapshot) => {
          const exact = loader.get(chunkFile(header, snapshot));
          if (exact) return { chunk: exact, step: snapshot, snapshot };
          const at = snapshot / stride;
          return overview && Number.isInteger(at) && at >= 0 && at < overview.snapshots
            ? { chunk: overview, step: at, snapshot } : undefined;
        });
      },
      backgroundTile({ behind, step }, header) {
        const { output } = header.sprites;
        if (behind === "output" || (behind === "error" && targetTile())) {
          return nearest(header, step, (near) => tileAt(locateOutput(output, near), output.tile));
        }
        return behind === "target" ? targetTile() : undefined;
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
        ...parts(loader, index),
        files(state, direction, weights) {
          const header = headerOf(state);
          const { behind, step } = state;
          const list = [
            script(indexFile),
            script(runOf(state).header, GINN.loader.versioned),
            ...(behind === "target" || behind === "error" ? [image(index.target)] : []),
          ];
          if (!header) return list;
          list.push(...snapshotFiles(behind, header, step, weights));
          // Other snapshots wait until the boundaries of the present one have arrived, or will not.
          const file = chunkFile(header, step);
          return loader.get(file) || loader.failure(file) ? [
            ...list, script(header.overview.file, GINN.boundaryChunks.decode),
            ...neighbouringFiles(state, header, direction, weights),
          ] : list;
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
