// Draws what is under a scene's lines: a picture, linear regions, or the side or strength of a neuron.
"use strict";

{
  /** @type {(pen: Pen, tile: Omit<Tile, "image"> & {image: CanvasImageSource}, size: number, view: View) => void} */
  const drawTile = (pen, tile, size, view) => {
    const part = tile.size / view.zoom;
    const x = tile.x + view.x * tile.size;
    const y = tile.y + view.y * tile.size;
    pen.drawImage(tile.image, x, y, part, part, 0, 0, size, size);
  };

  /** @type {(colour: string) => number[]} red, green and blue of #rrggbb, 0 to 255 */
  const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

  /** @type {(colour: string) => number} */
  const brightness = (colour) => channels(colour).reduce((sum, value) => sum + value);

  /** @type {(paper: string) => boolean} */
  const isDark = (paper) => brightness(paper) < (3 * 255) / 2;

  /**
   * Replaces the black and white of the picture drawn so far by the palette's, on which lines of every
   * colour are visible. Each channel is multiplied by their difference, then black is added.
   * @param {Pen} pen
   * @param {number} size
   * @param {Pick<Palette, "black" | "white">} palette
   */
  function tone(pen, size, { black, white }) {
    const low = channels(black);
    const range = channels(white).map((value, at) => Math.max(0, value - low[at]));
    pen.globalCompositeOperation = "multiply";
    pen.fillStyle = `rgb(${range.join(" ")})`;
    pen.fillRect(0, 0, size, size);
    pen.globalCompositeOperation = "lighter";
    pen.fillStyle = `rgb(${low.join(" ")})`;
    pen.fillRect(0, 0, size, size);
    pen.globalCompositeOperation = "source-over";
  }

  const small = GINN.dom.element("canvas");
  const smallPen = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));

  /**
   * Draws a tile in the palette's black and white, which it gets while it is small.
   * @type {(pen: Pen, tile: Tile, scene: Scene) => void}
   */
  const drawToned = (pen, tile, { size: whole, view, palette }) => {
    const { size } = tile;
    small.width = small.height = size;
    drawTile(smallPen, tile, size, { x: 0, y: 0, zoom: 1 });
    tone(smallPen, size, palette);
    drawTile(pen, { image: small, x: 0, y: 0, size }, whole, view);
  };

  /**
   * Turns the picture drawn so far into its difference to another: paper where they agree.
   * @type {(pen: Pen, against: Tile, scene: Scene) => void}
   */
  const drawDifference = (pen, against, { size, view, palette: { paper, error } }) => {
    pen.globalCompositeOperation = "difference";
    drawTile(pen, against, size, view);
    // The darker colour must come first. On light paper, it is the colour of errors.
    const light = brightness(paper) > brightness(error);
    if (light) {
      pen.fillStyle = "#ffffff";
      pen.fillRect(0, 0, size, size);
    }
    tone(pen, size, light ? { black: error, white: paper } : { black: paper, white: error });
  };

  /**
   * Draws what is under the lines.
   * @type {(pen: Pen, scene: Scene) => void}
   */
  const draw = (pen, scene) => {
    const { size, view, palette } = scene;
    pen.fillStyle = palette.paper;
    pen.fillRect(0, 0, size, size);
    if (scene.filled) {
      // Regions have as many pixels as the pane, or are sharp. A strength is smooth.
      pen.imageSmoothingEnabled = scene.shaded !== undefined;
      pen.drawImage(scene.filled, 0, 0, size, size);
    } else if (scene.shaded !== undefined && scene.chunk) {
      GINN.scene.shade(pen, scene.chunk, scene.step, scene.shaded, size, view,
        GINN.scene.colourOf(scene, scene.shaded));
    }
    if (!scene.behind) return;
    // Smoothing would blend the pixels at an outline, and blended pixels would look like agreement.
    pen.imageSmoothingEnabled = !scene.against;
    if (!scene.against) drawToned(pen, scene.behind, scene);
    else {
      drawTile(pen, scene.behind, size, view);
      drawDifference(pen, scene.against, scene);
    }
  };

  GINN.ground = { draw, isDark };
}
