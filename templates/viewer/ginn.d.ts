// The viewer's one global name and what each script puts there. Read by the type checker alone.

interface Ginn {
  element<T extends keyof HTMLElementTagNameMap>(
    tag: T, attributes?: Record<string, string>, children?: (Node | string)[],
  ): HTMLElementTagNameMap[T];
  svgElement(
    tag: keyof SVGElementTagNameMap, attributes?: Record<string, string>, children?: Node[],
  ): SVGElement;
  button(
    face: string | Node, action: () => unknown, attributes?: Record<string, string>,
  ): HTMLButtonElement;
  tool(face: string | Node, name: string, action: () => unknown): HTMLButtonElement;
  choice(
    legend: string,
    options: { value: string; label: string; title?: string }[],
    choose: (value: string) => void,
  ): { element: HTMLElement; show(value: string): void };
  words: {
    count(number: number): string;
    percent(fraction: number): string;
    decimal(number: number): string;
    signed(number: number, digits?: number): string;
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
    clockEnd(state: State, context: Context): number;
    ofSide(state: State, side: "left" | "right", context: Context): State;
    countWithin(shown: ReadonlySet<number>, first: number, end: number): number;
  };
  vectors: {
    QUANTA: number;
    unsealed(
      text: unknown, magic: string, version: number, count: number,
    ): { fields: string[]; columns: string[] };
    numbers(text: string | undefined, count: number, column: string): Int32Array;
    decode(text: unknown): Chunk;
    labels(text: unknown, pixels: number): Uint8Array;
  };
  forward: {
    decode(text: unknown): Weights;
    at(weights: Weights, step: number, x: number, y: number): Answer;
  };
  kinks: {
    ofNeuron(chunk: Chunk, step: number, neuron: number): Kink[];
    benders(kinks: Kink[]): Bender[];
    nearest(kinks: Kink[], place: Point, radius: number): Kink | undefined;
  };
  regions: {
    numbers(chunk: Chunk, step: number, hidden: number, side: number, view: View): Uint32Array;
    numberOf(neuron: number): number;
    picture(
      chunk: Chunk, step: number, hidden: number, side: number, view: View, dark: boolean,
    ): HTMLCanvasElement;
  };
  data: {
    receive(name: string, value: unknown): void;
    library(folder: string, changed: () => void): Library;
    versioned(what: string): (value: unknown) => unknown;
    chunkFile(run: Run, step: number): string;
    weightsFile(run: Run, step: number): string;
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
    isDark(paper: string): boolean;
  };
  zoom: {
    within(look: Look): Look;
    inside(place: Point): Point;
    viewOf(look: Look): View;
    enlarged(look: Look, factor: number, fixed?: { x: number; y: number }): Look;
    moved(look: Look, right: number, down: number): Look;
    placeOf(stage: HTMLElement, event: MouseEvent): Point;
    showing(look: Look, point: Point): Look;
    create(stages: HTMLElement[], look: () => Look, change: (look: Look) => void): Zoom;
  };
  frames: {
    create(library: Library, index: Index, indexFile: string): Frames;
  };
  save?: {
    svg(scenes: Scene[], caption: Caption): string;
    png(scenes: Scene[], caption: Caption): string;
  };
  live: {
    create(first: State, names: Names): Live;
    difference(before: State, now: State, names: Names): string;
  };
  help: { create(): Help | undefined };
  keys: {
    listen(
      place: Document | HTMLElement,
      actions: Record<string, (target: HTMLElement) => unknown>,
    ): void;
  };
  pane: {
    few(state: State): number[];
    create(index: Index, library: Library, frames: Frames, actions: PaneActions): Pane;
  };
  answers: {
    create(widths: number[], actions: AnswerActions): Answers;
    chance(probability: number): string;
    addingUp(values: number[], digits: number): { values: number[]; sum: number };
  };
  controls: {
    create(
      index: Index, set: (change: Partial<State>) => void, toggleOwn: () => Partial<State>,
    ): Controls;
  };
  clock: {
    create(state: () => State, end: () => number, set: (change: Partial<State>) => void): Clock;
  };
  address: {
    create(
      text: () => string, arrived: () => void,
    ): { note(fields: string[]): void; write(): void };
  };
  activity: { create(widths: number[], goto: (step: number) => void): Activity };
  timeline: { create(widths: number[], actions: Actions): Timeline };
  network: {
    create(widths: number[], actions: PanelActions): Panel;
    marking(
      button: HTMLElement, neuron: number, mark: (neuron: number | undefined) => void,
    ): void;
    nameOf(widths: number[], neuron: number): string;
  };
  questions: {
    create(index: Index, library: Library, frames: Frames, asked: Asked): Questions;
  };
  colours: {
    spread(root: HTMLElement, index: Index): void;
    palette(root: HTMLElement, widths: number[]): Palette;
  };
  explorer: {
    assemble(
      root: HTMLElement, library: Library, indexFile: string, index: Index, preset: string,
      keepsAddress: boolean,
    ): Assembled;
  };
  mount(root: HTMLElement, preset?: string, options?: { address?: boolean }): Viewer;
}

declare var GINN: Ginn;
