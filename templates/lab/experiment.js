// An experiment: a network that is trained frame by frame from a setup, and its twin, which was changed.
"use strict";

/**
 * @typedef {object} Experiment
 * @property {() => Setup} setup
 * @property {() => LiveRun | undefined} run undefined until the first kernel is ready
 * @property {() => LiveRun | undefined} twin
 * @property {(setup: Setup) => Promise<void>} begin starts anew
 * @property {(made: string, snapshot: number) => Promise<void>} change a twin of the run at a snapshot; a
 *   twin that was not trained yet is changed further
 * @property {() => void} dropTwin
 * @property {() => boolean} isRunning
 * @property {(running: boolean) => void} setRunning
 * @property {(iterations: number) => void} advance trains at once
 * @property {(speed: number) => void} setSpeed iterations a frame, or Infinity
 * @property {() => number} pace iterations a second, while running
 * @property {() => string} trouble "", "slow" without WebAssembly, or "diverged"
 */

{
  // All in ms. Training gets what drawing leaves of a frame, within limits.
  const FRAME = 14;
  const [LEAST, MOST] = [3, 12];
  // Drawing gets at most this share of the time, so slow devices draw fewer frames.
  const SHARE = 2 / 3;

  /** @implements {Experiment} */
  class Trial {
    /** @type {LiveRun | undefined} */
    #run;
    /** @type {LiveRun | undefined} */
    #twin;
    /** @type {Map<string, Promise<{kernel: Kernel, fast: boolean}>>} the two kernels of the present shape */
    #kernels = new Map();
    #running = false;
    #speed = 1;
    #pace = 0;
    #trouble = "";
    #begun = 0; // counts what waits for a kernel, of which the last one is right
    #goal = 0; // the iteration that a link names, before which all frames are full
    #next = 0; // the frame that is asked for
    #began = 0; // the last frame
    #worked = 0; // when it was last trained
    #drawn = 0; // when the run was last drawn
    #cost = 0; // ms that drawing took then
    #draws = false; // whether the present frame draws the run
    #channel = new MessageChannel();

    /**
     * @param {Setup} setup
     * @param {() => void} changed
     */
    constructor(setup, changed) {
      this.#setup = setup;
      this.changed = changed;
      // What is posted in a frame arrives after the frame has been painted.
      this.#channel.port1.onmessage = () => this.#work();
    }

    #setup;
    setup = () => this.#setup;
    run = () => this.#run;
    twin = () => this.#twin;
    isRunning = () => this.#running;
    pace = () => this.#pace;
    trouble = () => this.#trouble;

    /** @param {number} speed */
    setSpeed(speed) {
      this.#speed = speed;
    }

    /** @param {boolean} next */
    setRunning(next) {
      if (next === this.#running) return;
      this.#running = next && this.#trouble !== "diverged";
      [this.#worked, this.#pace] = [0, 0];
      if (!next) this.#goal = 0;
      if (this.#running) this.#request();
      else this.#record();
      this.changed();
    }

    /** @param {number} iterations */
    advance(iterations) {
      const run = this.#run;
      if (!run) return;
      this.#trainBoth(run, Math.min(iterations, this.#setup.length - run.trainer.iteration()), Infinity);
      this.#record();
      this.changed();
    }

    /** @param {Setup} setup */
    async begin(setup) {
      this.#setup = setup;
      const { widths, batch, seed, scale, start, changes, at } = setup;
      const layout = GINN.kernelLayout.of(widths, batch, 1);
      const parameters = start?.parameters
        ?? GINN.kernelNumbers.initial(layout, seed, scale).slice(0, layout.parameters);
      const run = await this.#prepare("live", parameters, [], start?.iteration ?? 0, []);
      if (!run) return;
      [this.#run, this.#twin] = [run, undefined];
      const iteration = run.trainer.iteration();
      this.#goal = changes ? changes.at : at;
      if (changes?.at === iteration) await this.#arrive();
      else if (this.#goal > iteration) this.setRunning(true);
      else this.#goal = 0;
      this.changed();
    }

    /**
     * @param {string} made
     * @param {number} snapshot
     */
    async change(made, snapshot) {
      const { changes, seed } = this.#setup;
      if (this.#twin && changes?.at === this.#twin.trainer.iteration()) {
        GINN.changes.apply(made, this.#twin.trainer, seed);
        this.#twin.renew();
        this.#setup.changes = { at: changes.at, made: [...changes.made, made] };
        this.changed();
      } else if (this.#run) {
        this.setRunning(false);
        this.#twin = undefined;
        await this.#fork(snapshot, { at: this.#run.snapshots[snapshot].iteration, made: [made] });
      }
    }

    dropTwin() {
      this.#twin = undefined;
      this.#setup.changes = undefined;
      this.changed();
    }

    /**
     * @param {"live" | "twin"} name
     * @param {Float32Array} parameters
     * @param {LiveSnapshot[]} before
     * @param {number} iteration
     * @param {string[]} made
     * @returns {Promise<LiveRun | undefined>} undefined if another call came after this one
     */
    async #prepare(name, parameters, before, iteration, made) {
      this.#begun += 1;
      const own = this.#begun;
      const { widths, batch, picture, seed, rate: peak, length, cosine } = this.#setup;
      const layout = GINN.kernelLayout.of(widths, batch, Math.sqrt(picture.length));
      const shape = `${widths}/${batch}`;
      for (const other of this.#kernels.keys()) if (!other.endsWith(shape)) this.#kernels.delete(other);
      const waiting = this.#kernels.get(name + shape) ?? GINN.trainer.kernel(layout);
      this.#kernels.set(name + shape, waiting);
      const { kernel, fast } = await waiting;
      if (own !== this.#begun) return undefined;
      this.#trouble = fast ? "" : "slow";
      const schedule = { peak, length, cosine };
      const trainer = GINN.trainer.create(kernel, layout, { picture, seed, schedule, parameters });
      trainer.restart(parameters, iteration);
      for (const each of made) GINN.changes.apply(each, trainer, seed);
      return GINN.liveRun.create(trainer, schedule, picture, name, before);
    }

    /**
     * @param {number} snapshot
     * @param {Changes} changes
     */
    async #fork(snapshot, changes) {
      const run = this.#run;
      if (!run) return;
      const { parameters, iteration } = run.snapshots[snapshot];
      const before = run.snapshots.slice(0, snapshot);
      const twin = await this.#prepare("twin", parameters, before, iteration, changes.made);
      if (!twin || run !== this.#run) return;
      run.cut(snapshot);
      this.#twin = twin;
      this.#setup.changes = changes;
      this.changed();
    }

    /**
     * Trains the run, and its twin as far.
     * @param {LiveRun} run
     * @param {number} most
     * @param {number} time ms
     */
    #trainBoth(run, most, time) {
      const twin = this.#twin;
      run.train(most, performance.now() + (twin ? time / 2 : time));
      twin?.train(run.trainer.iteration() - twin.trainer.iteration(), Infinity);
    }

    #record() {
      const finite = [this.#run, this.#twin].map((each) => each?.record() ?? true);
      if (finite.includes(false)) [this.#running, this.#trouble] = [false, "diverged"];
    }

    /** What a link names is reached: the iteration of its changes, or its last one. */
    async #arrive() {
      const { changes, at } = this.#setup;
      this.#goal = at;
      const run = this.#run;
      if (!run) return;
      if (changes && !this.#twin && run.trainer.iteration() === changes.at) {
        this.#running = false;
        await this.#fork(run.snapshots.length - 1, changes);
      }
      if (run.trainer.iteration() < at) this.setRunning(true);
      else this.#goal = 0;
    }

    #request() {
      cancelAnimationFrame(this.#next);
      this.#next = requestAnimationFrame(() => {
        this.#began = performance.now();
        this.#channel.port2.postMessage("");
      });
    }

    /** Trains in what is left of a frame, and has the result drawn in the next one. */
    #work() {
      const run = this.#run;
      if (!this.#running || !run) return;
      const begun = performance.now();
      const taken = begun - this.#began;
      if (this.#draws) this.#cost = taken;
      const before = run.trainer.iteration();
      const sought = this.#goal > before;
      const end = sought ? this.#goal : this.#setup.length;
      this.#trainBoth(run, Math.min(sought ? Infinity : this.#speed, end - before),
        Math.min(MOST, Math.max(LEAST, FRAME - taken)));
      const after = run.trainer.iteration();
      // A mean in which a frame counts less the longer ago it is.
      const rate = ((after - before) * 1000) / (begun - this.#worked);
      if (this.#worked) this.#pace += (rate - this.#pace) * (this.#pace ? 0.1 : 1);
      this.#worked = begun;
      if (after >= end) this.#running = false;
      this.#draws = !this.#running || begun - this.#drawn > this.#cost / SHARE;
      if (this.#draws) {
        this.#record();
        this.#drawn = begun;
      }
      if (this.#running) this.#request();
      else if (this.#goal) this.#arrive();
      if (this.#draws) this.changed();
    }
  }

  GINN.experiment = { create: (setup, changed) => new Trial(setup, changed) };
}
