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
  /** The picture's labels as text, which `boundaryChunks.labels` decodes. */
  labels: string;
  layer_colours: string[];
  output_colour: string;
  runs: IndexRun[];
}

interface IndexRun {
  id: string;
  /** "good-1", "bad-1" */
  role: string;
  title: string;
  /** One sentence. */
  outcome: string;
  snapshots: number;
  /** The file with the run's header. */
  header: string;
}

/** A run's header. The lists of numbers hold one entry a snapshot. */
interface Run {
  version: number;
  id: string;
  seed: number;
  title: string;
  outcome: string;
  /** Why the run stopped early, or nothing. */
  ended: string;
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
  sprites: { layers: BoundarySheets[]; output: OutputSheets };
}

interface NamedSnapshot {
  name: "first-good" | "last-good" | "steepest";
  step: number;
  /** One sentence. */
  text: string;
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
