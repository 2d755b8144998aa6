// Records the stretch between two snapshots as WebM. It is in one file with export.js, loaded when needed.
"use strict";

{
  const { element } = GINN.dom;
  const { say } = GINN.words;
  const KINDS = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"];
  const BITS_A_SECOND = 8e6;
  // Progress is told in steps of this share.
  const TOLD = 0.1;
  // How long the last snapshot stays (ms).
  const LAST = 700;
  /** @type {{first: number | undefined, stop: (() => void) | undefined}} */
  const now = { first: undefined, stop: undefined };

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(blob: Blob) => void} done
   * @returns {MediaRecorder} that has begun
   * @throws {Error} where the browser does not record, or not this canvas
   */
  function begun(canvas, done) {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const options = { mimeType, videoBitsPerSecond: BITS_A_SECOND };
    const recorder = new MediaRecorder(canvas.captureStream(), options);
    /** @type {Blob[]} */
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => done(new Blob(parts, { type: "video/webm" }));
    recorder.start();
    return recorder;
  }

  /**
   * @param {Session} session
   * @param {number} first
   * @param {number} last
   * @param {Announcer["announce"]} announce
   */
  function record({ root, store, playback }, first, last, announce) {
    const canvas = root.querySelector(".viewer-active canvas") ?? root.querySelector(".viewer-canvas canvas");
    if (!(canvas instanceof HTMLCanvasElement)) return;
    let timer = 0;
    const recorder = begun(canvas, (blob) => {
      const href = URL.createObjectURL(blob);
      element("a", { href, download: `${store.state.run}-${first}-${store.state.step}.webm` }).click();
      setTimeout(() => URL.revokeObjectURL(href), 10_000);
      announce(say("saved", { kind: "WebM" }), "told");
    });
    playback.goTo(first);
    let told = TOLD;
    now.stop = () => {
      clearInterval(timer);
      now.stop = undefined;
      recorder.stop();
    };
    timer = setInterval(() => {
      const { step } = store.state;
      // Lines on their way are waited for.
      if (canvas.parentElement?.dataset.lines !== "exact") return;
      const done = (step - first) / (last - first);
      if (done >= told) {
        announce(say("clip-progress", { percent: GINN.formatting.percentage(done) }), "told");
        told += TOLD;
      }
      if (step < last) store.set({ step: step + 1 });
      else {
        clearInterval(timer);
        timer = setTimeout(() => now.stop?.(), LAST);
      }
    }, 1000 / store.state.speed);
  }

  /** @type {NonNullable<Ginn["export"]>["clip"]} */
  const clip = (_views, _state, session, announce) => {
    const { step } = session.store.state;
    if (now.stop) {
      now.stop();
      return say("saved", { kind: "WebM" });
    }
    if (now.first === undefined || now.first === step) {
      now.first = step;
      return say("clip-first");
    }
    const [first, last] = [now.first, step].sort((a, b) => a - b);
    now.first = undefined;
    try {
      record(session, first, last, announce);
      return say("clip-progress", { percent: GINN.formatting.percentage(0) });
    } catch {
      return say("no-clip");
    }
  };

  if (GINN.export) GINN.export.clip = clip;
}
