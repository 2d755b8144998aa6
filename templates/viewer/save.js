// Keeping and sharing: the stage as PNG and as SVG, and the link to what is shown.
"use strict";

/**
 * @typedef {object} Caption
 * @property {string} text what is shown: run and iteration
 * @property {string} address where it can be seen again
 * @property {string} file the saved file's name, without its kind
 * @property {string} ink #rrggbb
 */

GINN.save = (() => {
  const { element } = GINN;
  const SIDE = 800;
  const PNG_SCALE = 2;
  const LINE_HEIGHT = 22;
  const MARGIN = 12;
  const FONT = "14px system-ui, sans-serif";
  const STRIP = 2 * LINE_HEIGHT + MARGIN;

  /**
   * @param {string} text
   * @returns {string}
   */
  function escaped(text) {
    return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  }

  /**
   * @returns {{pen: LinePen, paths: string[]}} a pen whose strokes are SVG elements
   */
  function svgPen() {
    /** @type {string[]} */
    const paths = [];
    let path = "";
    const place = (/** @type {number} */ x, /** @type {number} */ y) =>
      `${Number(x.toFixed(2))} ${Number(y.toFixed(2))}`;
    /** @type {LinePen} */
    const pen = {
      strokeStyle: "", lineWidth: 1, lineJoin: "round", lineCap: "round", globalAlpha: 1,
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
    };
    return { pen, paths };
  }

  /**
   * @param {Scene} scene
   * @returns {string | undefined} a data address, or none where the browser keeps pictures to itself
   */
  function groundPicture(scene) {
    const canvas = element("canvas", { width: String(SIDE), height: String(SIDE) });
    const pen = canvas.getContext("2d");
    if (!pen || !scene.behind) return undefined;
    GINN.stage.drawGround(pen, { ...scene, size: SIDE, unit: 1 });
    try {
      return canvas.toDataURL();
    } catch {
      return undefined;
    }
  }

  /**
   * @param {Scene} scene
   * @param {Caption} caption
   * @param {string} [ground] a picture's address
   * @returns {string} a drawing with every boundary as a path
   */
  function svgText(scene, caption, ground) {
    const { pen, paths } = svgPen();
    GINN.stage.drawLines(pen, { ...scene, size: SIDE, unit: 1 });
    const box = `width="${SIDE}" height="${SIDE}"`;
    const line = (/** @type {string} */ text, /** @type {number} */ row) =>
      `<text x="${MARGIN}" y="${SIDE + row * LINE_HEIGHT}" fill="${caption.ink}">${escaped(text)}</text>`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE + STRIP}"`,
      ` width="${SIDE}" height="${SIDE + STRIP}" style="font:${FONT}">`,
      `<title>${escaped(caption.text)}</title>`,
      `<rect width="${SIDE}" height="${SIDE + STRIP}" fill="${scene.palette.paper}"/>`,
      `<clipPath id="stage"><rect ${box}/></clipPath>`,
      ground ? `<image href="${ground}" ${box}/>` : "",
      '<g clip-path="url(#stage)" fill="none" stroke-linejoin="round" stroke-linecap="round">',
      ...paths,
      `</g>${line(caption.text, 1)}${line(caption.address, 2)}</svg>`,
    ].join("\n");
  }

  /**
   * @param {Scene} scene
   * @param {Caption} caption
   * @returns {HTMLCanvasElement}
   */
  function painted(scene, caption) {
    const [side, unit] = [SIDE * PNG_SCALE, PNG_SCALE];
    const canvas = element("canvas", {
      width: String(side), height: String((SIDE + STRIP) * PNG_SCALE),
    });
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    GINN.stage.draw(pen, { ...scene, size: side, unit });
    pen.scale(PNG_SCALE, PNG_SCALE);
    pen.fillStyle = scene.palette.paper;
    pen.fillRect(0, SIDE, SIDE, STRIP);
    pen.fillStyle = caption.ink;
    pen.font = FONT;
    [caption.text, caption.address].forEach((text, row) => {
      pen.fillText(text, MARGIN, SIDE + (row + 1) * LINE_HEIGHT, SIDE - 2 * MARGIN);
    });
    return canvas;
  }

  /**
   * @param {Blob} blob
   * @param {string} name
   */
  function download(blob, name) {
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  /**
   * @param {Scene} scene
   * @param {Caption} caption
   * @returns {string} what happened, in words
   */
  function svg(scene, caption) {
    const ground = groundPicture(scene);
    const text = svgText(scene, caption, ground);
    download(new Blob([text], { type: "image/svg+xml" }), `${caption.file}.svg`);
    return scene.behind && !ground
      ? "Saved as SVG without the picture behind: from a local folder the browser keeps it back."
      : "Saved as SVG.";
  }

  /**
   * @param {Scene} scene
   * @param {Caption} caption
   * @returns {string} what happened, in words
   */
  function png(scene, caption) {
    const save = (/** @type {Scene} */ drawn) =>
      painted(drawn, caption).toBlob((blob) => blob && download(blob, `${caption.file}.png`));
    try {
      save(scene);
      return "Saved as PNG.";
    } catch {
      save({ ...scene, behind: undefined, against: undefined, standIns: [] });
      return "Saved as PNG without the picture behind: from a local folder the browser keeps it back.";
    }
  }

  /**
   * @param {string} address
   * @returns {Promise<string>} what happened, in words
   */
  async function link(address) {
    try {
      await navigator.clipboard.writeText(address);
      return "Link copied.";
    } catch {
      return "The browser does not let this page copy; the link is in the address bar.";
    }
  }

  return { svg, svgText, png, link };
})();
