// Saves the panes as PNG and as SVG. This script is a separate file, which is loaded when needed.
"use strict";

/**
 * @typedef {object} Caption
 * @property {string} text the shown run and iteration
 * @property {string} address the address of the same view
 */

{
  const { element } = GINN.dom;
  const { say } = GINN.words;
  const SIDE = 800;
  const PNG_SCALE = 2;
  // The gap between two panes.
  const GAP = 16;
  const LINE_HEIGHT = 22;
  const MARGIN = 12;
  // Below 480 px of height, the explorer has its compact layout.
  const FRAME = 'width="720" height="440" loading="lazy" style="max-width:100%;border:1px solid #ccc"';
  const FONT = "14px system-ui, sans-serif";
  const STRIP = 2 * LINE_HEIGHT + MARGIN;

  const leftOf = (/** @type {number} */ at) => at * (SIDE + GAP);
  const widthOf = (/** @type {Scene[]} */ scenes) => leftOf(scenes.length) - GAP;

  /** @type {(text: string) => string} */
  const escaped = (text) => {
    return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  };

  /**
   * @returns {{pen: LinePen, paths: string[]}} a pen, and the SVG elements that its strokes become
   */
  function svgPen() {
    /** @type {string[]} */
    const paths = [];
    let path = "";
    const place = (/** @type {number} */ x, /** @type {number} */ y) =>
      `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
    // The properties of strokes are missing here, because they are set before the first stroke.
    const pen = /** @type {LinePen} */ ({
      beginPath() {
        path = "";
      },
      moveTo(x, y) {
        path += `M${place(x, y)}`;
      },
      lineTo(x, y) {
        path += `L${place(x, y)}`;
      },
      closePath() {
        path += "Z";
      },
      stroke() {
        if (!path) return;
        const faded = pen.globalAlpha < 1 ? ` opacity="${pen.globalAlpha.toFixed(2)}"` : "";
        paths.push(`<path d="${path}" stroke="${pen.strokeStyle}" stroke-width="${pen.lineWidth}"${faded}/>`);
      },
    });
    return { pen, paths };
  }

  /**
   * @param {Scene} scene
   * @returns {string | undefined} a data address, or undefined if the browser does not let pages read pictures
   */
  function groundPicture(scene) {
    const canvas = element("canvas", { width: String(SIDE), height: String(SIDE) });
    const pen = canvas.getContext("2d");
    if (!pen || !(scene.behind || scene.filled || scene.shaded !== undefined)) return undefined;
    GINN.ground.draw(pen, { ...scene, size: SIDE, unit: 1 });
    try {
      return canvas.toDataURL();
    } catch {
      return undefined;
    }
  }

  /**
   * @param {Scene[]} scenes side by side
   * @param {Caption} caption
   * @param {(string | undefined)[]} [grounds] a picture's address for each
   * @returns {string} a drawing with every boundary as a path
   */
  function svgText(scenes, caption, grounds = []) {
    const box = `width="${SIDE}" height="${SIDE}"`;
    const [width, height] = [widthOf(scenes), SIDE + STRIP];
    const { ink, paper } = scenes[0].palette;
    const line = (/** @type {string} */ text, /** @type {number} */ row) =>
      `<text x="${MARGIN}" y="${SIDE + row * LINE_HEIGHT}" fill="${ink}">${escaped(text)}</text>`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`,
      ` width="${width}" height="${height}" style="font:${FONT}">`,
      `<title>${escaped(caption.text)}</title>`,
      `<rect width="${width}" height="${height}" fill="${paper}"/>`,
      `<clipPath id="pane"><rect ${box}/></clipPath>`,
      ...scenes.flatMap((scene, at) => {
        const { pen, paths } = svgPen();
        GINN.scene.drawLines(pen, { ...scene, size: SIDE, unit: 1 });
        return [
          `<g transform="translate(${leftOf(at)})">`,
          grounds[at] ? `<image href="${grounds[at]}" ${box}/>` : "",
          '<g clip-path="url(#pane)" fill="none" stroke-linejoin="round" stroke-linecap="round">',
          ...paths,
          "</g></g>",
        ];
      }),
      `${line(caption.text, 1)}${line(caption.address, 2)}</svg>`,
    ].join("\n");
  }

  /**
   * @param {Scene[]} scenes side by side
   * @param {Caption} caption
   * @returns {HTMLCanvasElement}
   */
  function painted(scenes, caption) {
    const width = widthOf(scenes);
    const { ink, paper } = scenes[0].palette;
    const canvas = element("canvas", {
      width: String(width * PNG_SCALE), height: String((SIDE + STRIP) * PNG_SCALE),
    });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.scale(PNG_SCALE, PNG_SCALE);
    pen.fillStyle = paper;
    pen.fillRect(0, 0, width, SIDE + STRIP);
    scenes.forEach((scene, at) => {
      pen.save();
      pen.translate(leftOf(at), 0);
      pen.beginPath();
      pen.rect(0, 0, SIDE, SIDE);
      pen.clip();
      GINN.scene.draw(pen, { ...scene, size: SIDE, unit: 1 });
      pen.restore();
    });
    pen.fillStyle = ink;
    pen.font = FONT;
    [caption.text, caption.address].forEach((text, row) => {
      pen.fillText(text, MARGIN, SIDE + (row + 1) * LINE_HEIGHT, width - 2 * MARGIN);
    });
    return canvas;
  }

  /** @type {(blob: Blob, name: string) => void} */
  const download = (blob, name) => {
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  /**
   * @param {string} kind
   * @param {boolean} bare whether the file has no pictures
   * @returns {string}
   */
  function report(kind, bare) {
    return say(bare ? "saved-bare" : "saved", { kind });
  }

  /**
   * @param {SavedView[]} views side by side
   * @param {string} state the view state as an address holds it
   * @returns {{scenes: Scene[], caption: Caption, file: string}} `file`: a name without its kind
   */
  function contents(views, state) {
    const { href: address } = new URL(`#${state}`, document.baseURI);
    return {
      scenes: views.map(({ scene }) => scene),
      caption: {
        text: views.map(({ text }) => text).reduce((left, right) => say("and-beside", { left, right })),
        address,
      },
      file: views.map(({ file }) => file).join("-beside-"),
    };
  }

  /**
   * @param {SavedView[]} views side by side
   * @param {string} state the view state as an address holds it
   * @returns {string} what happened, in words
   */
  function svg(views, state) {
    const { scenes, caption, file } = contents(views, state);
    const grounds = scenes.map(groundPicture);
    const text = svgText(scenes, caption, grounds);
    download(new Blob([text], { type: "image/svg+xml" }), `${file}.svg`);
    return report("SVG", scenes.some(({ behind }, at) => behind && !grounds[at]));
  }

  /**
   * @param {SavedView[]} views side by side
   * @param {string} state the view state as an address holds it
   * @returns {string} what happened, in words
   */
  function png(views, state) {
    const { scenes, caption, file } = contents(views, state);
    const save = (/** @type {Scene[]} */ drawn) =>
      painted(drawn, caption).toBlob((blob) => blob && download(blob, `${file}.png`));
    try {
      save(scenes);
      return report("PNG", false);
    } catch {
      save(scenes.map((scene) => ({ ...scene, behind: undefined, against: undefined })));
      return report("PNG", true);
    }
  }

  /**
   * Copies HTML that frames the view in another page, with its caption and a link to it.
   * @param {SavedView[]} views side by side
   * @param {string} state the view state as an address holds it
   * @returns {Promise<string>} what happened, in words
   */
  async function embed(views, state) {
    const { text, address } = contents(views, state).caption;
    const [caption, href, title] = [text, address, document.title].map(escaped);
    const html = [
      `<figure><iframe src="${href}" title="${caption}" ${FRAME}></iframe>`,
      `<figcaption>${caption}. <a href="${href}">${title}</a></figcaption></figure>`,
    ].join("\n");
    return await navigator.clipboard?.writeText(html).then(() => say("embedded"), () => "")
      || say("not-embedded");
  }

  // clip.js replaces the last one.
  GINN.export = { svg, png, embed, clip: () => say("no-clip") };
}
