// Loads the site's data: scripts that hand over values, and pictures. Nothing is asked for twice,
// nothing but what the last wish list named, in its order.
"use strict";

/**
 * @typedef {object} Index an experiment's index, by ginn/viewer_data/boundary_chunks.py
 * @property {number} version
 * @property {string} id
 * @property {string} title
 * @property {number} pixels the domain's side
 * @property {number[]} widths
 * @property {string} target the picture's file
 * @property {string} labels the same for reading: lengths of its black and white runs, black first
 * @property {string[]} layer_colours
 * @property {string} output_colour
 * @property {IndexRun[]} runs
 */
/**
 * @typedef {object} IndexRun
 * @property {string} id
 * @property {string} role "good-1", "bad-1"
 * @property {string} title
 * @property {string} outcome one sentence
 * @property {number} snapshots
 * @property {string} header the run's header file
 */
/**
 * @typedef {object} Run a run's header; the lists hold one entry a snapshot
 * @property {number} version
 * @property {string} id
 * @property {number} seed
 * @property {string} title
 * @property {string} outcome
 * @property {string} ended why the run stopped early, or nothing
 * @property {number[]} widths
 * @property {number[]} iterations
 * @property {number[]} loss mean cross-entropy in nats
 * @property {number[]} accuracy
 * @property {number[]} learning_rate
 * @property {number[]} regions linear regions over the domain
 * @property {number[][]} motion of each layer, the output's last: how far its boundaries moved since the
 *   snapshot before, in sides of the domain
 * @property {Moment[]} moments in order of step
 * @property {number} snapshots_a_chunk
 * @property {string[]} chunks files
 * @property {string[]} weights files, for the same snapshots
 * @property {{layers: BoundaryFilm[], output: OutputFilm}} sprites
 */
/**
 * @typedef {object} Moment a snapshot to go to
 * @property {"first-good" | "last-good" | "steepest"} name
 * @property {number} step
 * @property {string} text one sentence
 */
/**
 * @typedef {object} BoundaryFilm the arithmetic of ginn/viewer_data/sprite_sheets.py's BoundaryLayout
 * @property {number} tile px
 * @property {number} columns snapshots a sheet
 * @property {number} rows_per_band
 * @property {number} rows
 * @property {string[]} files
 */
/**
 * @typedef {object} OutputFilm the arithmetic of ginn/viewer_data/sprite_sheets.py's OutputLayout
 * @property {number} tile px
 * @property {number} columns frames a row, and rows a sheet
 * @property {string[]} files
 */
/**
 * @typedef {object} Place a tile's file, and its top left corner there in px
 * @property {string} file
 * @property {number} x
 * @property {number} y
 */
/**
 * @typedef {object} Wish
 * @property {"script" | "image"} kind
 * @property {string} file relative to the data folder
 * @property {(value: unknown) => unknown} [decode] throws where the value is damaged
 * @property {boolean} [later] for a coming frame: whatever the present one needs comes before
 */
/**
 * @typedef {object} Tile a square cut out of a picture, in its px
 * @property {ImageBitmap} image
 * @property {number} x
 * @property {number} y
 * @property {number} size
 */
/**
 * @typedef {object} Library
 * @property {(wishes: Wish[]) => void} want loads these, in this order, and forgets older wishes
 * @property {(file: string) => any} get the value or picture, or undefined while it has not come
 * @property {(file: string) => string | undefined} failure why it did not come
 * @property {() => void} retry asks again for what failed
 * @property {() => void} close lets go of all that came, and asks for nothing more
 */

GINN.data = (() => {
  const VERSION = 2; // of the index and the headers, by ginn/viewer_data/boundary_chunks.py
  const MOST_AT_ONCE = 3;
  // A decoded sheet takes 4 to 16 MB; the browser's own cache keeps the compressed ones.
  const MOST_SHEETS = 8;

  /** @type {Map<string, {value: unknown}>} what scripts handed over, by their own address */
  const inbox = new Map();

  /**
   * Data scripts call this. The script's address tells whose value it is; the name is for readers.
   * @param {string} _name
   * @param {unknown} value
   */
  function receive(_name, value) {
    const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
    if (script) inbox.set(script.src, { value });
  }

  /**
   * @param {string} address
   * @returns {Promise<unknown>}
   */
  function loadScript(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => {
        script.remove();
        const parcel = inbox.get(script.src);
        inbox.delete(script.src);
        if (parcel) resolve(parcel.value);
        else reject(new Error("it is damaged"));
      };
      script.onerror = () => {
        script.remove();
        reject(new Error("it could not be loaded"));
      };
      document.head.append(script);
    });
  }

  /**
   * Browsers keep the pixels of a picture element for as long as memory lasts; a bitmap's can be let go.
   * @param {string} address
   * @returns {Promise<ImageBitmap>}
   */
  function loadImage(address) {
    return new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => createImageBitmap(image).then(resolve, reject);
      image.onerror = () => reject(new Error("it could not be loaded"));
      image.src = address;
    });
  }

  /**
   * @param {string} folder absolute address of the data folder, with its last slash
   * @param {() => void} changed called after every arrival and failure
   * @returns {Library}
   */
  function library(folder, changed) {
    /** @type {Map<string, any>} arrived, least recently wanted first */
    const shelf = new Map();
    /** @type {Map<string, string>} */
    const failures = new Map();
    /** @type {Set<string>} */
    const onTheWay = new Set();
    /** @type {Wish[]} */
    let wishes = [];

    function loadNext() {
      for (const wish of wishes) {
        if (onTheWay.size >= MOST_AT_ONCE) return;
        const known = shelf.has(wish.file) || failures.has(wish.file) || onTheWay.has(wish.file);
        if (!known) load(wish);
      }
    }

    /** @param {Wish} wish */
    async function load(wish) {
      onTheWay.add(wish.file);
      try {
        const address = folder + wish.file;
        const value = await (wish.kind === "script" ? loadScript(address) : loadImage(address));
        shelf.set(wish.file, wish.decode ? wish.decode(value) : value);
      } catch (error) {
        failures.set(wish.file, error instanceof Error ? error.message : String(error));
      }
      onTheWay.delete(wish.file);
      loadNext();
      changed();
    }

    function dropOldSheets() {
      const wanted = new Set(wishes.map((wish) => wish.file));
      const sheets = [...shelf].filter(([, value]) => value instanceof ImageBitmap);
      for (const [file, image] of sheets.slice(0, Math.max(0, sheets.length - MOST_SHEETS))) {
        if (wanted.has(file)) continue;
        shelf.delete(file);
        image.close();
      }
    }

    return {
      want(next) {
        wishes = next;
        for (const { file } of next) {
          const value = shelf.get(file);
          if (value instanceof ImageBitmap) {
            shelf.delete(file);
            shelf.set(file, value);
          }
        }
        dropOldSheets();
        loadNext();
      },
      get: (file) => shelf.get(file),
      failure: (file) => failures.get(file),
      retry() {
        failures.clear();
        loadNext();
        changed();
      },
      close() {
        wishes = [];
        for (const value of shelf.values()) if (value instanceof ImageBitmap) value.close();
        shelf.clear();
      },
    };
  }

  /**
   * @param {string} what
   * @returns {(value: unknown) => unknown} passes on a value of this version of the contract
   */
  function versioned(what) {
    return (value) => {
      const version = /** @type {any} */ (value)?.version;
      if (version !== VERSION) {
        throw new Error(`${what} is of version ${version}, this page reads ${VERSION}`);
      }
      return value;
    };
  }

  /**
   * @param {Run} run
   * @param {number} step
   * @returns {string} the file with the boundaries of a snapshot
   */
  function chunkFile(run, step) {
    return run.chunks[Math.floor(step / run.snapshots_a_chunk)];
  }

  /**
   * @param {Run} run
   * @param {number} step
   * @returns {string} the file with the weights of a snapshot
   */
  function weightsFile(run, step) {
    return run.weights[Math.floor(step / run.snapshots_a_chunk)];
  }

  /**
   * @param {BoundaryFilm} film
   * @param {number} step
   * @param {number} row 0 for the whole layer, 1 + i for its neuron i
   * @returns {Place}
   */
  function locateBoundary(film, step, row) {
    const bands = Math.ceil(film.rows / film.rows_per_band);
    const sheet = Math.floor(step / film.columns) * bands + Math.floor(row / film.rows_per_band);
    return {
      file: film.files[sheet],
      x: (step % film.columns) * film.tile,
      y: (row % film.rows_per_band) * film.tile,
    };
  }

  /**
   * @param {OutputFilm} film
   * @param {number} step
   * @returns {Place}
   */
  function locateOutput(film, step) {
    return {
      file: film.files[Math.floor(step / film.columns ** 2)],
      x: (step % film.columns) * film.tile,
      y: (Math.floor(step / film.columns) % film.columns) * film.tile,
    };
  }

  return { receive, library, versioned, chunkFile, weightsFile, locateBoundary, locateOutput };
})();

GINN.receive = GINN.data.receive;
