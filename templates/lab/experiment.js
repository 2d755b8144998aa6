// An experiment: a network that is trained frame by frame from a setup, and its twin, which was changed.
"use strict";

/**
 * @typedef {object} Experiment
 * @property {() => Setup} setup
 * @property {() => LiveRun | undefined} run undefined until the first kernel is ready
 * @property {() => LiveRun | undefined} twin
 * @property {(setup: Setup) => Promise<void>} begin starts anew
 * @property {() => number[]} widths with the units that were added
 * @property {(made: string, snapshot: number) => Promise<void>} change the twin at a snapshot, or a new
 *   twin of the run. Both then go on from there, with Adam's moments at 0
 * @property {() => Promise<void>} dropTwin trains the run anew, without changes
 * @property {() => boolean} isRunning
 * @property {() => boolean} isSeeking whether a link's iteration is not reached yet
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
  const SHARE = 1 / 2;

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
    #applied = 0; // how many of the setup's groups of changes are made
    #turn = Promise.resolve(); // one change after another
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
    isSeeking = () => this.#goal > 0;
    pace = () => this.#pace;
    trouble = () => this.#trouble;
    widths = () => this.#run?.trainer.layout.widths ?? this.#setup.widths;

    /** @param {number} speed */
    setSpeed(speed) {
      this.#speed = speed;
    }

    /** @param {boolean} next */
    setRunning(next) {
      if (next === this.#running) return;
      this.#running = next && this.#trouble !== "diverged";
      [this.#worked, this.#pace] = [0, 0];
      if (!next) this.#forgetGoal();
      if (this.#running) this.#request();
      else this.#record();
      this.changed();
    }

    #forgetGoal() {
      this.#goal = 0;
      this.#setup.changes = this.#setup.changes.slice(0, this.#applied);
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
      const { widths, seed, scale, start } = setup;
      const layout = GINN.kernelLayout.of(widths, 1, 1);
      const parameters = start?.parameters
        ?? GINN.kernelNumbers.initial(layout, seed, scale).slice(0, layout.parameters);
      const run = await this.#prepare("live", widths, parameters, start?.iteration ?? 0);
      if (!run) return;
      [this.#run, this.#twin, this.#applied] = [run, undefined, 0];
      await this.#seek();
      this.changed();
    }

    /**
     * @param {string} made
     * @param {number} snapshot
     */
    change(made, snapshot) {
      this.#turn = this.#turn.then(async () => {
        const run = this.#run;
        if (!run) return;
        this.setRunning(false);
        const at = run.snapshots[snapshot].iteration;
        const before = this.#setup.changes.filter((each) => each.at <= at);
        const same = before.find((each) => each.at === at);
        const earlier = before.filter((each) => each !== same);
        const old = before.flatMap((each) => each.made);
        if (!await this.#fork(snapshot, old.length ? this.#twin : undefined, old, [made])) return;
        this.#setup.changes = [...earlier, { at, made: GINN.changes.merged(same?.made ?? [], made) }];
        this.#applied = this.#setup.changes.length;
        this.changed();
      });
      return this.#turn;
    }

    dropTwin = () => this.begin({ ...this.#setup, changes: [], at: this.#setup.changes[0].at });

    /**
     * @param {"live" | "twin"} name
     * @param {number[]} widths
     * @param {Float32Array} parameters
     * @param {number} iteration
     * @param {LiveSnapshot[]} [before]
     * @param {(trainer: Trainer) => void} [change]
     * @returns {Promise<LiveRun | undefined>} undefined if another call came after this one
     */
    async #prepare(name, widths, parameters, iteration, before = [], change = () => {}) {
      this.#begun += 1;
      const own = this.#begun;
      const { batch, picture, seed, rate: peak, length, cosine } = this.#setup;
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
      change(trainer);
      return GINN.liveRun.create(trainer, schedule, picture, name, before);
    }

    /**
     * @param {number} snapshot
     * @param {LiveRun | undefined} twin with the changes before
     * @param {string[]} before
     * @param {string[]} made
     * @returns {Promise<boolean>} whether both runs now go on from the snapshot
     */
    async #fork(snapshot, twin, before, made) {
      const run = this.#run;
      if (!run) return false;
      const old = this.widths();
      const first = before.reduce(GINN.changes.grown, this.#setup.widths);
      const widths = made.reduce(GINN.changes.grown, first);
      /** @type {(name: "live" | "twin", from: LiveRun, change?: (trainer: Trainer) => void) =>
       *   Promise<LiveRun | undefined>} */
      const prepare = (name, from, change) => {
        const taken = from.snapshots.slice(0, snapshot + 1);
        const shaped = `${widths}` === `${old}` ? taken : taken.map((each) =>
          ({ ...each, parameters: GINN.changes.resized(each.parameters, old, widths) }));
        const { parameters, iteration } = shaped[snapshot];
        return this.#prepare(name, widths, parameters, iteration, shaped.slice(0, -1), change);
      };
      const next = await prepare("live", run);
      const changed = next && await prepare("twin", twin ?? run, (trainer) => {
        made.reduce((now, each) => {
          GINN.changes.apply(each, trainer, this.#setup, now);
          return GINN.changes.grown(now, each);
        }, first);
        trainer.freeze(GINN.changes.frozen([...before, ...made]));
      });
      if (!changed) return false;
      [this.#run, this.#twin] = [next, changed];
      return true;
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

    /** Goes on to what a link names: the iteration of its next changes, or its last one. */
    async #seek() {
      const run = this.#run;
      if (!run) return;
      const { changes, at } = this.#setup;
      const iteration = run.trainer.iteration();
      const next = changes.slice(this.#applied).find((group) => group.at >= iteration);
      this.#goal = next?.at ?? at;
      if (this.#goal > iteration) this.setRunning(true);
      else if (!next) this.#goal = 0;
      else {
        const number = changes.indexOf(next);
        const before = changes.slice(0, number).flatMap((each) => each.made);
        if (!await this.#fork(run.snapshots.length - 1, this.#twin, before, next.made)) return;
        this.#applied = number + 1;
        await this.#seek();
        this.changed();
      }
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
      else if (this.#goal) this.#seek();
      if (this.#draws) this.changed();
    }
  }

  GINN.experiment = { create: (setup, changed) => new Trial(setup, changed) };
}
