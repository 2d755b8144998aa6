// What an experiment begins with, as the page's address holds it: picture, network, seed and training.
"use strict";

/**
 * @typedef {object} Setup
 * @property {string} source a given picture, "site:" and an experiment of the site, or "own"
 * @property {Uint8Array} picture
 * @property {number[]} widths
 * @property {number} seed
 * @property {number} rate
 * @property {boolean} cosine
 * @property {number} length of the run, in iterations: with a cosine, the rate is 0 at its end
 * @property {number} batch
 * @property {number} scale of the initial weights
 * @property {number} at the iteration to train to
 * @property {Changes[]} changes in order
 * @property {string} [take] a recorded run from which the training goes on: experiment/run/snapshot
 * @property {{iteration: number, parameters: Float32Array}} [start] the network of `take`
 */
/**
 * @typedef {object} Changes of a twin, which is trained beside the untouched run from there on
 * @property {number} at the iteration
 * @property {string[]} made as `GINN.changes` reads them
 */
/**
 * What the page says about its site: ginn/pages/lab_page.py.
 * @typedef {object} LabSite
 * @property {number} pixels along a side
 * @property {SitePicture[]} pictures
 * @property {string[]} layer_colours
 * @property {string} output_colour
 */

/**
 * @typedef {object} SitePicture
 * @property {string} id of the experiment
 * @property {string} title
 * @property {number} pixels
 * @property {string} labels run lengths
 * @property {string} index the address of the experiment's data
 * @property {number} iterations of its recorded runs
 * @property {{widths: number[], rate: number, batch: number, length: number}} training
 */

{
  const MOST_LAYERS = 6;
  const MOST_UNITS = 32;
  const LENGTHS = [5_000, 20_000, 100_000, 1_270_000];
  const BATCHES = [16, 32, 64, 128, 256];
  const RATES = [0.0003, 0.001, 0.003, 0.01, 0.03];
  const SCALES = [0.25, 0.5, 1, 1.5, 2];
  const MOST = { rate: 1, length: 10_000_000, batch: 1024, scale: 10, seed: 2 ** 32 - 1, at: 10_000_000 };

  /** @type {(source: string, site: LabSite) => Uint8Array | undefined} */
  const pictureOf = (source, { pictures, pixels }) => {
    if (GINN.pictures.names.includes(source)) return GINN.pictures.given(source, pixels);
    const found = pictures.find(({ id }) => `site:${id}` === source);
    const labels = found && GINN.pictures.decode(found.labels, found.pixels);
    return found && labels && GINN.pictures.resized(labels, found.pixels, pixels);
  };

  /** @type {(text: string | null, least: number, most: number, otherwise: number) => number} */
  const numberOf = (text, least, most, otherwise) => {
    const value = text ? Number(text) : NaN;
    return value >= least && value <= most ? value : otherwise;
  };

  /** @type {(text: string | null) => number[] | undefined} */
  const widthsOf = (text) => {
    const widths = (text ?? "").split("-").map(Number);
    const valid = widths.every((units) => Number.isInteger(units) && units > 0 && units <= MOST_UNITS);
    return valid && widths.length <= MOST_LAYERS ? widths : undefined;
  };

  /** @type {(text: string | null, widths: number[]) => Changes[]} */
  const changesOf = (text, widths) => {
    let now = widths;
    return (text ?? "").split(";").flatMap((group) => {
      const [at, list = ""] = group.split(":");
      const made = list.split(",").filter((each) => {
        const valid = GINN.changes.valid(each, now);
        if (valid) now = GINN.changes.grown(now, each);
        return valid;
      });
      return made.length && Number(at) >= 0 ? { at: Math.floor(Number(at)), made } : [];
    });
  };

  GINN.setup = {
    MOST_LAYERS, MOST_UNITS, LENGTHS, BATCHES, RATES, SCALES, MOST,
    pictureOf,
    first: (site) => {
      const source = `site:${site.pictures[0].id}`;
      const picture = /** @type {Uint8Array} */ (pictureOf(source, site));
      return {
        source, picture, ...site.pictures[0].training, seed: 1, cosine: true, scale: 1, at: 0, changes: [],
      };
    },
    original: (site) => ({ ...GINN.setup.first(site), length: site.pictures[0].iterations }),
    read(text, site, taken) {
      const setup = { ...GINN.setup.first(site), ...taken };
      const given = new URLSearchParams(text.replace(/^#/, ""));
      const source = given.get("picture") ?? "";
      const own = source.startsWith("own:")
        ? GINN.pictures.decode(source.slice(4), site.pixels) : undefined;
      const picture = own ?? pictureOf(source, site);
      if (picture) Object.assign(setup, { picture, source: own ? "own" : source });
      if (!taken) setup.widths = widthsOf(given.get("network")) ?? setup.widths;
      const whole = (/** @type {"seed" | "length" | "batch" | "at"} */ name, /** @type {number} */ least) =>
        Math.floor(numberOf(given.get(name), least, MOST[name], setup[name]));
      setup.seed = whole("seed", 0);
      setup.length = whole("length", 1);
      setup.batch = whole("batch", 1);
      setup.at = whole("at", 0);
      setup.rate = numberOf(given.get("rate"), 1e-9, MOST.rate, setup.rate);
      setup.scale = numberOf(given.get("scale"), 0, MOST.scale, setup.scale);
      if (given.has("schedule")) setup.cosine = given.get("schedule") !== "constant";
      setup.changes = changesOf(given.get("changes"), setup.widths);
      return setup;
    },
    write({ source, picture, widths, seed, rate, cosine, length, batch, scale, at, changes, take }) {
      const values = {
        picture: source === "own" ? `own:${GINN.pictures.encode(picture)}` : source,
        network: widths.join("-"), seed, rate, schedule: cosine ? "cosine" : "constant", length, batch,
        scale, at,
        ...(take && { take }),
        ...(changes.length && { changes: changes.map((each) => `${each.at}:${each.made}`).join(";") }),
      };
      return Object.entries(values).map(([name, value]) => `${name}=${value}`).join("&");
    },
  };
}
