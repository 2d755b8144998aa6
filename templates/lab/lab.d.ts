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
}
