// The viewer's one global name and what each script puts there. Read by the type checker alone.

interface Ginn {
  element<T extends keyof HTMLElementTagNameMap>(
    tag: T, attributes?: Record<string, string>, children?: (Node | string)[],
  ): HTMLElementTagNameMap[T];
  svgElement(
    tag: keyof SVGElementTagNameMap, attributes?: Record<string, string>, children?: Node[],
  ): SVGElement;
  tool(text: string, name: string, action: () => unknown): HTMLButtonElement;
  choice(
    legend: string,
    options: { value: string; label: string; title?: string }[],
    choose: (value: string) => void,
  ): { element: HTMLElement; show(value: string): void };
  words: {
    count(number: number): string;
    percent(fraction: number): string;
    decimal(number: number): string;
    short(number: number): string;
  };
  state: {
    SPEEDS: number[];
    MOST_ZOOM: number;
    MOST_TRAIL: number;
    read(text: string, context: Context, preset?: string): State;
    write(state: State, context: Context): string;
    parseSelection(text: string, widths: number[]): ReadonlySet<number> | undefined;
    formatSelection(shown: ReadonlySet<number>, widths: number[]): string;
    layerStarts(widths: number[]): number[];
    countWithin(shown: ReadonlySet<number>, first: number, end: number): number;
  };
  vectors: {
    QUANTA: number;
    unsealed(
      text: unknown, magic: string, version: number, count: number,
    ): { fields: string[]; columns: string[] };
    numbers(text: string | undefined, count: number, column: string): Int32Array;
    decode(text: unknown): Chunk;
  };
  forward: {
    decode(text: unknown): Weights;
    at(weights: Weights, step: number, x: number, y: number): Answer;
  };
  data: {
    receive(name: string, value: unknown): void;
    library(folder: string, changed: () => void): Library;
    versioned(what: string): (value: unknown) => unknown;
    chunkFile(run: Run, step: number): string;
    locateBoundary(film: BoundaryFilm, step: number, row: number): Place;
    locateOutput(film: OutputFilm, step: number): Place;
  };
  receive(name: string, value: unknown): void;
  stage: {
    trace(
      pen: LinePen, chunk: Chunk, step: number, neuron: number, size: number, view: View,
    ): void;
    draw(pen: Pen, scene: Scene): void;
    drawGround(pen: Pen, scene: Scene): void;
    drawLines(pen: LinePen, scene: Scene): void;
  };
  zoom: {
    within(look: Look): Look;
    viewOf(look: Look): View;
    enlarged(look: Look, factor: number, fixed?: { x: number; y: number }): Look;
    moved(look: Look, right: number, down: number): Look;
    create(stage: HTMLElement, look: () => Look, change: (look: Look) => void): Zoom;
  };
  frames: {
    create(library: Library, index: Index, indexFile: string): Frames;
  };
  save: {
    svg(scene: Scene, caption: Caption): string;
    svgText(scene: Scene, caption: Caption, ground?: string): string;
    png(scene: Scene, caption: Caption): string;
    link(address: string): Promise<string>;
  };
  live: {
    create(first: State, names: Names): Live;
    difference(before: State, now: State, names: Names): string;
  };
  help: {
    create(widths: number[]): {
      button: HTMLButtonElement;
      dialog: HTMLDialogElement;
      open(): void;
    };
  };
  keys: {
    listen(
      place: Document | HTMLElement,
      actions: Record<string, (target: HTMLElement) => unknown>,
    ): void;
  };
  timeline: { create(actions: Actions): Timeline };
  network: {
    create(widths: number[], actions: PanelActions): Panel;
    nameOf(widths: number[], neuron: number): string;
  };
  mount(root: HTMLElement, preset?: string, options?: { address?: boolean }): void;
}

declare var GINN: Ginn;
