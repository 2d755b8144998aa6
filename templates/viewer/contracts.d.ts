// The types of the data files that ginn/viewer_data/ writes. Only the type checker reads this file.

/** An experiment's index, by ginn/viewer_data/boundary_chunks.py. */
interface Index {
  version: number;
  id: string;
  title: string;
  /** Pixels along a side of the domain. */
  pixels: number;
  widths: number[];
  /** The picture's file. */
  target: string;
  /** The picture's labels as text, which `boundaryChunks.labels` decodes; in the laboratory, decoded. */
  labels: string | Uint8Array;
  layer_colours: string[];
  output_colour: string;
  runs: IndexRun[];
}

/** What a shown run is called: its kind, and its number among those of its role, 0 for the only one. */
interface RunName {
  kind: "good" | "failed" | "worst" | "bad" | "live" | "twin";
  number: number;
}

interface IndexRun extends RunName {
  id: string;
  /** "good-1", "bad-1" */
  role: string;
  /** At the end. */
  loss: number;
  accuracy: number;
  /** One sentence of how the run stopped early, in English, or nothing. */
  ended: string;
  snapshots: number;
  /** The file with the run's header. */
  header: string;
}

/** A run's header. The lists of numbers hold one entry a snapshot. */
interface Run extends RunName {
  version: number;
  id: string;
  seed: number;
  widths: number[];
  iterations: number[];
  /** Mean cross-entropy in nats. */
  loss: number[];
  accuracy: number[];
  learning_rate: number[];
  /** The number of linear regions over the domain. */
  regions: number[];
  /**
   * For each layer, the output's last: how far its boundaries moved since the snapshot before, in
   * sides of the domain.
   */
  motion: number[][];
  /** The named snapshots in order of step. */
  named_snapshots: NamedSnapshot[];
  snapshots_a_chunk: number;
  /** Files with boundaries. */
  chunks: string[];
  /** Files with weights, for the same snapshots. */
  weights: string[];
  /** The file with the boundaries of every so many snapshots, drawn until those between have arrived. */
  overview: { file: string; stride: number };
  sprites: { layers: BoundarySheets[]; output: OutputSheets };
}

interface NamedSnapshot {
  name: "first-good" | "last-good" | "steepest";
  step: number;
}

/** One layer's sprite sheets. BoundaryLayout in ginn/viewer_data/sheet_layout.py says where a tile is. */
interface BoundarySheets {
  /** Pixels. */
  tile: number;
  /** Snapshots a sheet. */
  columns: number;
  rows_per_band: number;
  rows: number;
  files: string[];
}

/** The output's sprite sheets. OutputLayout in ginn/viewer_data/sheet_layout.py says where a tile is. */
interface OutputSheets {
  /** Pixels. */
  tile: number;
  /** Tiles a row, and rows a sheet. */
  columns: number;
  files: string[];
}
