// A run that is trained in the page: its snapshots, and what the explorer asks about them, made when it asks.
"use strict";

/**
 * @typedef {object} LiveSnapshot
 * @property {number} iteration
 * @property {Float32Array} parameters
 * @property {number} loss over every `stride`-th pixel of every `stride`-th row, as the accuracy is
 * @property {number} accuracy
 * @property {number} rate
 * @property {Float32Array | undefined} logits those of the last snapshot only
 * @property {boolean} kept whether the next one does not replace it
 */
/**
 * @typedef {object} LiveRun
 * @property {Trainer} trainer
 * @property {LiveSnapshot[]} snapshots
 * @property {(most: number, deadline: number) => void} train up to `most` iterations, until the deadline (ms)
 * @property {() => boolean} record the present state; false if it is no longer finite
 * @property {() => Run} header
 * @property {(kind: string, snapshot: number) => unknown} part a file's content: see `GINN.liveLoader`
 */

{
  // A snapshot is kept each time the iteration has grown by this share.
  const GROWTH = 0.02;
  // With more pixels than this along a side, only every second pixel and row is measured.
  const MOST_PIXELS = 128;
  const CHUNK = 4; // iterations between two looks at the clock, at first
  const CHUNK_TIME = 1; // ms

  /** @type {(iteration: number) => number} the iteration of the snapshot to keep after this one */
  const dueAfter = (iteration) => iteration + Math.max(1, Math.floor(iteration * GROWTH));

  /** @type {(parameters: Float32Array, widths: number[]) => Float32Array} in the order of `WeightChunk` */
  const withBiasesLast = (parameters, widths) => {
    const values = new Float32Array(parameters.length);
    const sizes = [2, ...widths, 1];
    let at = 0;
    sizes.slice(1).forEach((units, l) => {
      const row = sizes[l] + 1;
      for (let unit = 0; unit < units; unit += 1) {
        const first = at + unit * row;
        values.set(parameters.subarray(first, first + row - 1), at + unit * (row - 1));
        values[at + units * (row - 1) + unit] = parameters[first + row - 1];
      }
      at += units * row;
    });
    return values;
  };

  /** @type {(chunk: WeightChunk, step: number) => Float32Array} the inverse, of one of a chunk's snapshots */
  const withBiasesInRows = ({ first, sizes, values }, step) => {
    const count = sizes.slice(1).reduce((sum, units, l) => sum + units * (sizes[l] + 1), 0);
    const own = values.subarray((step - first) * count, (step - first + 1) * count);
    const places = withBiasesLast(Float32Array.from(own.keys()), sizes.slice(1, -1));
    const parameters = new Float32Array(count);
    places.forEach((place, i) => {
      parameters[place] = own[i];
    });
    return parameters;
  };

  /** @type {(logits: Float32Array) => HTMLCanvasElement} the probability of white as a grey */
  const outputPicture = (logits) => {
    const { canvas, paint } = GINN.pictures.sheet(Math.round(Math.sqrt(logits.length)));
    paint(logits, (logit) => 0xff000000 | (Math.round(255 / (1 + Math.exp(-logit))) * 0x10101));
    return canvas;
  };

  // Counts runs, and changed networks, so that each has a number of its own in place of a seed.
  let made = 0;

  /** @implements {LiveRun} */
  class TrainedRun {
    /** @type {WeakMap<LiveSnapshot, Record<string, any>>} */
    #parts = new WeakMap();
    /** @type {number[]} */
    #regions = [];
    /** @type {Run | undefined} */
    #header;
    #files = /** @type {Record<string, string[]>} */ ({ boundaries: [], weights: [], output: [] });
    #chunk = CHUNK;
    #due = 0; // the iteration of the next snapshot to keep
    #number = made++;

    /**
     * @param {Trainer} trainer
     * @param {Schedule} schedule
     * @param {Uint8Array} picture
     * @param {"live" | "twin"} name
     * @param {LiveSnapshot[]} before
     */
    constructor(trainer, schedule, picture, name, before) {
      const { pixels } = trainer.layout;
      this.trainer = trainer;
      this.schedule = schedule;
      this.name = name;
      this.snapshots = before.slice();
      this.stride = pixels > MOST_PIXELS ? 2 : 1;
      this.side = Math.ceil(pixels / this.stride);
      this.labels = Uint8Array.from({ length: this.side ** 2 }, (_, i) => {
        const place = (/** @type {number} */ number) =>
          Math.min(pixels - 1, number * this.stride + (this.stride >> 1));
        return picture[place(Math.floor(i / this.side)) * pixels + place(i % this.side)];
      });
      this.record();
    }

    /** @returns {LiveSnapshot} the present state */
    #measure() {
      const iteration = this.trainer.iteration();
      const parameters = this.trainer.parameters();
      const logits = this.trainer.logits(parameters, this.stride);
      let [loss, right] = [0, 0];
      for (let i = 0; i < logits.length; i += 1) {
        const signed = this.labels[i] ? logits[i] : -logits[i];
        loss += Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed);
        if (signed > 0) right += 1;
      }
      return {
        iteration, parameters, logits, loss: loss / logits.length, accuracy: right / logits.length,
        rate: GINN.kernelNumbers.rate(this.schedule, iteration), kept: iteration >= this.#due,
      };
    }

    record() {
      const { snapshots } = this;
      const last = snapshots[snapshots.length - 1];
      if (last?.iteration === this.trainer.iteration()) return true;
      const next = this.#measure();
      if (!next.parameters.every(Number.isFinite)) return false;
      if (last) last.logits = undefined;
      if (last && !last.kept) snapshots.pop();
      this.#regions.length = Math.min(this.#regions.length, snapshots.length);
      snapshots.push(next);
      if (next.kept) this.#due = dueAfter(next.iteration);
      this.#header = undefined;
      return true;
    }

    /**
     * @param {number} most
     * @param {number} deadline
     */
    train(most, deadline) {
      const { trainer } = this;
      const goal = trainer.iteration() + most;
      while (trainer.iteration() < goal && performance.now() < deadline) {
        const began = performance.now();
        const count = Math.min(this.#chunk, goal - trainer.iteration(), this.#due - trainer.iteration());
        trainer.train(count);
        const took = Math.max(0.01, performance.now() - began);
        if (count === this.#chunk) {
          this.#chunk = Math.max(1, Math.min(2 * count, Math.floor((count * CHUNK_TIME) / took)));
        }
        if (trainer.iteration() === this.#due && !this.record()) return;
      }
    }

    /** @returns {Run} */
    header() {
      const { name, snapshots, trainer: { layout: { widths } } } = this;
      const [chunks, weights, outputs] = Object.entries(this.#files).map(([kind, files]) => {
        for (let n = files.length; n < snapshots.length; n += 1) files.push(`${name}/${kind}/${n}`);
        return files;
      });
      return this.#header ??= {
        version: 0, id: name, kind: name, number: 0, seed: this.#number, widths,
        iterations: snapshots.map(({ iteration }) => iteration),
        loss: snapshots.map(({ loss }) => loss),
        accuracy: snapshots.map(({ accuracy }) => accuracy),
        learning_rate: snapshots.map(({ rate }) => rate),
        regions: this.#regions,
        motion: [...widths, 1].map(() => []),
        named_snapshots: [],
        snapshots_a_chunk: 1,
        overview: { file: "", stride: 1 },
        chunks, weights,
        sprites: { layers: [], output: { tile: this.side, columns: 1, files: outputs } },
      };
    }

    /**
     * @param {string} kind
     * @param {number} number
     */
    part(kind, number) {
      const snapshot = this.snapshots[number];
      if (!snapshot) return undefined;
      const { parameters, logits } = snapshot;
      const { widths } = this.trainer.layout;
      const parts = this.#parts.get(snapshot) ?? {};
      this.#parts.set(snapshot, parts);
      if (kind === "boundaries") {
        parts.traced ??= GINN.tracer.trace(parameters, widths);
        this.#regions[number] = parts.traced.regions;
        parts.traced.chunk.first = number;
        return parts.traced.chunk;
      }
      if (kind === "output") {
        parts.output ??= outputPicture(logits ?? this.trainer.logits(parameters, this.stride));
        return parts.output;
      }
      parts.weights ??= {
        snapshots: 1, sizes: [2, ...widths, 1], values: withBiasesLast(parameters, widths),
      };
      parts.weights.first = number;
      return parts.weights;
    }
  }

  GINN.liveRun = {
    withBiasesLast, withBiasesInRows,
    create: (trainer, schedule, picture, name, before = []) =>
      new TrainedRun(trainer, schedule, picture, name, before),
  };
  GINN.liveLoader = {
    create(index, runs, target, isLive) {
      return {
        newer: false,
        isLive,
        request() {},
        failure: () => undefined,
        retry() {},
        close() {},
        get(file) {
          const [name, kind, number] = file.split("/");
          const run = runs()[name];
          if (!run) return { index, target }[file];
          return kind ? run.part(kind, Number(number)) : run.header();
        },
      };
    },
  };
}
