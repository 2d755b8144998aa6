// What each script of the laboratory adds to the one global name. Only the type checker reads this file.

interface TrainerStart {
  /** A label a pixel, 1 for white. */
  picture: Uint8Array;
  seed: number;
  schedule: Schedule;
  parameters: Float32Array;
}

interface Ginn {
  assembler: {
    create(parameters: number): Code;
    assemble(
      functions: { name: string; parameters: number; body: number[] }[], size: number,
    ): Uint8Array<ArrayBuffer>;
  };
  kernelLayout: {
    BLOCK: number;
    of(widths: number[], batch: number, pixels: number): KernelLayout;
  };
  kernelNumbers: {
    MULTIPLIERS: number[];
    KEY_STEPS: number[];
    ROUNDS: number;
    BETAS: number[];
    EPSILON: number;
    LEAST: number;
    LOG_2: number[];
    INVERSE_LOG_2: number;
    ROUNDING: number;
    LIMITS: number[];
    FACTORIALS: number[];
    upper(a: number, b: number): number;
    philox(first: number, second: number, third: number, key: number): number[];
    /** The initial parameters: uniform within `scale` / sqrt(inputs). */
    initial(layout: KernelLayout, seed: number, scale: number): Float32Array;
    /** The learning rate of an iteration. */
    rate(schedule: Schedule, iteration: number): number;
  };
  wasmProducts: {
    VECTOR: number;
    work(parameters: number, row: number): Work;
    product(work: Work, product: Product): void;
    gradients(work: Work, layer: KernelLayer, out: number): void;
  };
  wasmKernel: {
    bytes(layout: KernelLayout): Uint8Array<ArrayBuffer>;
    /** Throws where WebAssembly with vectors is missing or forbidden. */
    create(layout: KernelLayout): Promise<Kernel>;
  };
  jsKernel: { create(layout: KernelLayout): Kernel };
  trainer: {
    kernel(layout: KernelLayout): Promise<{ kernel: Kernel; fast: boolean }>;
    create(kernel: Kernel, layout: KernelLayout, start: TrainerStart): Trainer;
  };
  tracer: {
    /** The boundaries of a network as a chunk of one snapshot, not rounded, and its linear regions. */
    trace(parameters: Float32Array, widths: number[]): { regions: number; chunk: BoundaryChunk };
  };
  pictures: {
    /** Of the given pictures. */
    names: string[];
    /** A canvas with so many pixels a side, and a function that gives each its colour, 0xaabbggrr. */
    sheet(pixels: number, attributes?: Record<string, string>): {
      canvas: HTMLCanvasElement;
      paint(values: Uint8Array | Float32Array, wordOf: (value: number) => number): void;
    };
    given(name: string, pixels: number): Uint8Array;
    otsu(levels: Uint8Array): number;
    encode(labels: Uint8Array): string;
    decode(text: string, pixels: number): Uint8Array | undefined;
    resized(labels: Uint8Array, from: number, to: number): Uint8Array;
    mirrored(labels: Uint8Array, pixels: number): Uint8Array;
    /** The pixel at a place. */
    cellOf(place: Point, pixels: number): number;
    /** The connected area around a pixel gets the other colour. */
    filled(labels: Uint8Array, pixels: number, start: number): Uint8Array;
    /** The grey level of each pixel of an image file, fitted into the square. */
    levelsOf(file: Blob, pixels: number): Promise<Uint8Array>;
  };
  setup: {
    MOST_LAYERS: number;
    MOST_UNITS: number;
    LENGTHS: number[];
    BATCHES: number[];
    RATES: number[];
    SCALES: number[];
    MOST: Record<"rate" | "length" | "batch" | "scale" | "seed" | "at", number>;
    pictureOf(source: string, site: LabSite): Uint8Array | undefined;
    first(site: LabSite): Setup;
    /** The first experiment of the site, trained to its end. */
    original(site: LabSite): Setup;
    /** Always valid, whatever the address; `taken` is the recorded run that it names. */
    read(text: string, site: LabSite, taken?: Partial<Setup>): Setup;
    write(setup: Setup): string;
  };
  liveRun: {
    withBiasesLast(parameters: Float32Array, widths: number[]): Float32Array;
    withBiasesInRows(chunk: WeightChunk, step: number): Float32Array;
    /** `before` are snapshots that the run begins with. */
    create(
      trainer: Trainer, schedule: Schedule, picture: Uint8Array, name: "live" | "twin",
      before?: LiveSnapshot[],
    ): LiveRun;
  };
  liveLoader: {
    /** A loader whose files are parts of runs: "live/boundaries/7". */
    create(
      index: Index, runs: () => Record<string, LiveRun>, target: HTMLCanvasElement,
      isLive: () => boolean,
    ): Loader;
  };
  experiment: { create(setup: Setup, changed: () => void): Experiment };
  editor: {
    /** `above` are elements above the tools; `changed` is called after each action. */
    create(pixels: number, above: HTMLElement[], changed: (labels: Uint8Array) => void): Editor;
  };
  imageFiles: {
    create(pixels: number, changed: (labels: Uint8Array) => void): {
      element: HTMLElement;
      open(file: Blob): Promise<void>;
      /** Lets an element take dropped files, and the page pasted ones. */
      accept(place: HTMLElement): void;
    };
  };
  settingsPanel: {
    create(site: LabSite, change: (part: Partial<Setup>) => void, open: (file: Blob) => void): {
      picture: HTMLElement;
      network: HTMLElement;
      show(setup: Setup): void;
    };
  };
  changes: {
    /** Whether a text is a change of a network of these widths. */
    valid(text: string, widths: number[]): boolean;
    /** A list of changes with one more. */
    merged(made: string[], next: string): string[];
    /** The widths after a change. */
    grown(widths: number[], text: string): number[];
    /** The layers that a list of changes freezes, as bits. */
    frozen(made: string[]): number;
    /** The parameters of a network with other widths. New units have weights of zero. */
    resized(parameters: Float32Array, widths: number[], wanted: number[]): Float32Array;
    /** Nothing for a layer that is frozen, which `frozen` tells. `widths` are those before the change; the trainer's layout has those after it. */
    apply(
      text: string, trainer: Trainer, setup: Pick<Setup, "seed" | "picture">, widths: number[],
    ): void;
  };
  lineDrag: {
    /** A line's point nearest to a place. */
    foot(line: number[], place: Point): Point;
    /** Weights and bias of a moved line. */
    moved(line: number[], right: number, down: number): number[];
    /** Those of a line turned clockwise, in radians. */
    turned(line: number[], angle: number, around: Point): number[];
    nearest(
      lines: Record<number, number[]>, view: View, place: Point, reach: number,
    ): Grip | undefined;
    /** `lines` gives the first layer's lines that can be dragged, by unit, or nothing. */
    watch(root: HTMLElement, actions: {
      lines: () => Record<number, number[]> | undefined;
      view: () => View;
      change: (unit: number, line: number[]) => Promise<void>;
    }): void;
  };
  changesPanel: {
    create(root: HTMLElement, actions: {
      change: (made: string) => Promise<void>;
      drop: () => void;
      state: () => State;
    }): ChangesPanel;
  };
  recordedRuns: {
    /** What a setup gets from a run of the site; `name` is experiment/run/snapshot. */
    load(site: LabSite, name: string): Promise<Partial<Setup> | undefined>;
  };
  takeAway: {
    settings(setup: Setup, pixels: number): string;
    recorded(length: number): number[][];
    weights(experiment: Experiment, snapshot: LiveSnapshot | undefined): string;
    create(
      experiment: Experiment, shown: () => LiveSnapshot | undefined, target: HTMLCanvasElement,
      writeAddress: () => void,
    ): HTMLElement;
  };
}
