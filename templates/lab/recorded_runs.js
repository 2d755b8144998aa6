// Recorded runs of the site, from which the laboratory can train on.
"use strict";

{
  const MORE = 20_000; // iterations after the end of a recorded run

  GINN.recordedRuns = {
    load(site, name) {
      const [id, run, step] = name.split("/");
      const picture = site.pictures.find((each) => each.id === id);
      return new Promise((resolve) => {
        if (!picture) {
          resolve(undefined);
          return;
        }
        const address = new URL(picture.index, document.baseURI).href;
        const folder = address.slice(0, address.lastIndexOf("/") + 1);
        const file = address.slice(folder.length);
        let next = () => {};
        const loader = GINN.loader.create(folder, file, () => next());
        /** @type {(wanted: FileRequest) => any} */
        const get = (wanted) => {
          if (loader.failure(wanted.file)) resolve(undefined);
          const found = loader.get(wanted.file);
          if (!found) loader.request([wanted]);
          return found;
        };
        next = () => {
          /** @type {Index | undefined} */
          const index = get({ kind: "script", file, decode: GINN.loader.versioned });
          const entry = index?.runs.find((each) => each.id === run);
          if (!index || !entry) return index && resolve(undefined);
          /** @type {Run | undefined} */
          const header = get({ kind: "script", file: entry.header, decode: GINN.loader.versioned });
          if (!header) return undefined;
          const number = Math.min(header.iterations.length - 1, Math.max(0, Math.floor(Number(step)) || 0));
          const weights = get({
            kind: "script", file: GINN.requests.weightsFile(header, number), decode: GINN.forward.decode,
          });
          if (!weights) return undefined;
          const iteration = header.iterations[number];
          const ends = iteration >= picture.iterations;
          return resolve({
            source: `site:${id}`, picture: GINN.setup.pictureOf(`site:${id}`, site),
            ...picture.training, widths: index.widths, seed: header.seed, scale: 1,
            // After the end, where its rate was 0, a run goes on at its highest rate.
            cosine: !ends,
            length: ends ? iteration + MORE : picture.iterations,
            take: `${id}/${run}/${number}`,
            start: { iteration, parameters: GINN.liveRun.withBiasesInRows(weights, number) },
          });
        };
        next();
      });
    },
  };
}
