// The viewer's one global name, and what each script adds to it. Only the type checker reads this file.

/** An element's attributes, or its class alone. */
type Attributes = string | Record<string, string>;

interface Choice {
  element: HTMLElement;
  show(value: string): void;
}

interface Ginn {
  /** The script that ginn/pages/assets.py makes of the words. */
  language: {
    /** The tag of the words, which is also that of numbers and plural forms. */
    locale: string;
    /** The texts by key, each in one form, or in one for each plural category. */
    texts: Record<string, string | Record<string, string>>;
  };
  words: { say(key: string, values?: Record<string, string | number>): string };
  dom: {
    element<T extends keyof HTMLElementTagNameMap>(
      tag: T, attributes?: Attributes, children?: (Node | string)[],
    ): HTMLElementTagNameMap[T];
    svgElement<T extends keyof SVGElementTagNameMap>(
      tag: T, attributes?: Attributes, children?: Node[],
    ): SVGElementTagNameMap[T];
    icon(sign: string): SVGElement;
    button(
      content: string | Node, action: () => unknown, attributes?: Record<string, string>,
    ): HTMLButtonElement;
    namedButton(content: string, name: string, action: () => unknown): HTMLButtonElement;
    setText(changed: HTMLElement, text: string): void;
    choice(
      legend: string,
      options: { value: string; label: string; title?: string }[],
      choose: (value: string) => void,
    ): Choice;
    frames(draw: () => void): { schedule(): void; stop(): void };
    load(address: string | undefined): Promise<unknown>;
  };
  formatting: {
    count(number: number): string;
    percent(fraction: number): string;
    percentage(fraction: number): string;
    power(number: number): string;
    decimal(number: number): string;
    signed(number: number, digits?: number): string;
    short(number: number): string;
    probability(value: number): string;
    angle(degrees: number): string;
    place(place: Point): string;
    title(run: RunName): string;
    outcome(run: IndexRun): string;
    snapshot(run: Run, step: number): string;
  };
  neurons: {
    layerStarts(widths: number[]): number[];
    layerOf(starts: number[], neuron: number): number;
    nameOf(widths: number[], neuron: number, key?: string): string;
    neuronsOf(starts: number[], layer: number): number[];
    parseSelection(text: string, widths: number[]): ReadonlySet<number> | undefined;
    formatSelection(shown: ReadonlySet<number>, widths: number[]): string;
  };
  stateTypes: {
    number(
      range: (context: Context, before: State) => [number, number], digits: number,
    ): StateType<number>;
    oneNumberOf(allowed: number[]): StateType<number>;
    oneOf(allowed: (context: Context, before: State) => string[]): StateType<string>;
    optional<T, N>(type: StateType<T>, word: string, nothing: N): StateType<T | N>;
    selection: StateType<ReadonlySet<number>>;
    neuron: StateType<number>;
    onOrOff: StateType<boolean>;
    point: StateType<Point>;
  };
  store: {
    SPEEDS: number[];
    MOST_ZOOM: number;
    MOST_TRAIL: number;
    BEHIND: State["behind"][];
    TABLE: Record<keyof State, Row>;
    create(first: State, context: Context): Store;
  };
  urlState: {
    isState(hash: string): boolean;
    read(text: string, context: Context, preset?: string, unmet?: string[]): State;
    write(state: State, context: Context): string;
    track(store: Store, preset: string, arrived: () => void): () => void;
  };
  vlq: {
    DIGITS: string;
    parse(
      given: unknown, magic: string, version: number, count: number,
    ): { fields: string[]; columns: string[] };
    numbers(text: string | undefined, count: number): Int32Array;
  };
  boundaryChunks: {
    QUANTA: number;
    decode(text: unknown): BoundaryChunk;
    labels(text: unknown, pixels: number): Uint8Array;
  };
  forward: {
    decode(text: unknown): WeightChunk;
    preActivations(
      weights: WeightChunk, step: number, places: Float64Array[], last?: number,
    ): Float64Array[];
    at(weights: WeightChunk, step: number, x: number, y: number): NetworkOutput;
    wires(weights: WeightChunk, step: number, neuron: number): { into: number[]; out: number[] };
  };
  regions?: {
    numbers(
      chunk: BoundaryChunk, step: number, hidden: number, side: number, view: View,
    ): Uint32Array;
    numberOf(neuron: number): number;
    picture(
      chunk: BoundaryChunk, step: number, hidden: number, side: number, view: View, dark: boolean,
    ): HTMLCanvasElement;
    strength(
      weights: WeightChunk, step: number, neuron: number, view: View, colours: string[],
    ): HTMLCanvasElement;
  };
  kinks: {
    ofNeuron(chunk: BoundaryChunk, step: number, neuron: number): Kink[];
    nearest(kinks: Kink[], place: Point, radius: number): Kink | undefined;
  };
  scene: {
    trace(
      pen: LinePen, chunk: BoundaryChunk, step: number, neuron: number, size: number, view: View,
      side?: boolean,
    ): void;
    shade(
      pen: LinePen, chunk: BoundaryChunk, step: number, neuron: number, size: number, view: View,
      colour: string,
    ): void;
    isInSight(chunk: BoundaryChunk, step: number, neuron: number, view: View): boolean;
    draw(pen: Pen, scene: Scene): void;
    drawUnder(pen: Pen, scene: Scene): void;
    drawOver(pen: LinePen, scene: Scene): void;
    drawLines(pen: LinePen, scene: Scene): void;
    colourOf(scene: Pick<Scene, "palette" | "starts">, neuron: number): string;
  };
  ground: {
    draw(pen: Pen, scene: Scene): void;
    isDark(paper: string): boolean;
  };
  colours: {
    assign(root: HTMLElement, index: Index): void;
    palette(root: HTMLElement, widths: number[]): Palette;
  };
  loader: {
    create(folder: string, index: string, changed: () => void): Loader;
    createNotice(loader: Loader, attributes?: Attributes): Notice;
    isOld(index: string): Promise<boolean>;
    versioned(value: unknown): unknown;
  };
  receive(name: string, value: unknown): void;
  requests: {
    chunkFile(run: Run, step: number): string;
    weightsFile(run: Run, step: number): string;
    create(loader: Loader, index: Index, indexFile: string): Requests;
  };
  playback: { create(store: Store): Playback };
  zoom: {
    inside(place: Point): Point;
    viewOf(state: ZoomState): View;
    enlarged(state: ZoomState, factor: number, fixed?: Point): ZoomState;
    moved(state: ZoomState, right: number, down: number): ZoomState;
    placeOf(pane: HTMLElement, event: MouseEvent): Point;
    showing(state: ZoomState, point: Point): ZoomState;
    create(panes: HTMLElement[], store: Store): Zoom;
  };
  canvasPane: {
    FEW: number;
    lookedAt(state: State): number;
    create(session: Session, side: Side): Pane;
  };
  canvasPanes: { create(session: Session): Panes };
  pointQuery: { create(session: Session, active: () => Drawn): Query };
  thumbnails: {
    boxOf(unit: HTMLElement): { x: number; y: number; width: number; height: number };
    markWhilePointed(marking: HTMLElement, neuron: number, store: Store, looked?: number): void;
    create(
      name: string, unit: string, neuron: number, canvas: HTMLCanvasElement, store: Store,
    ): Thumbnail;
    drawValue(thumbnail: Thumbnail, preActivation: number | undefined): void;
    drawLine(
      thumbnail: Thumbnail, chunk: BoundaryChunk, step: number, neuron: number, colour: string,
    ): void;
  };
  wires: { create(session: Session, inputs: HTMLElement[], buttons: HTMLElement[]): Wires };
  neuronPanel?: { create(session: Session): NeuronPanel };
  pointPanel?: {
    addingUp(values: number[], digits: number): { values: number[]; sum: number };
    create(session: Session): PointPanel;
  };
  motionStrip?: { create(widths: number[], goTo: (step: number) => void): MotionStrip };
  timeline: {
    /** What the trail is, in words. */
    trailText(store: Store): string;
    create(session: Session): Timeline;
  };
  runControls: { create(session: Session): RunControls };
  announcer: { create(session: Session, pointInWords: (state: State) => string): Announcer };
  help: { create(): Help | undefined };
  /** Gives the caption of a list of stories. */
  stories: { create(list: HTMLElement): HTMLElement };
  share: {
    create(session: Session, viewsOf: () => SavedView[], announce: Announcer["announce"]): HTMLElement[];
  };
  export?: {
    clip(
      views: SavedView[], state: string, session: Session, announce: Announcer["announce"],
    ): string;
    svg(views: SavedView[], state: string): string;
    png(views: SavedView[], state: string): string;
    embed(views: SavedView[], state: string): Promise<string>;
  };
  keyboard: {
    /** Handles keys until the signal is aborted. */
    listen(place: Document | HTMLElement, targets: KeyTargets, signal: AbortSignal): void;
  };
  parts: { create(session: Session, started: boolean): Parts };
  explorer: {
    create(
      root: HTMLElement, data: Pick<Session, "index" | "loader">, indexFile: string, preset: string,
      keepsAddress: boolean,
    ): Explorer;
  };
  mount(root: HTMLElement, preset?: string, keepsAddress?: boolean): Viewer;
}

declare var GINN: Ginn;
