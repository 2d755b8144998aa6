// Figures whose moments are shown one after another: things side by side, one moving image each. Without
// this script, a few moments of each stand still. It is a separate file, since few articles have such a
// figure.
"use strict";

{
  const PACE = 220; // ms from one moment to the next

  /** @typedef {[string, string]} Moment the address of an image, and its label */

  /**
   * @param {HTMLElement} figure
   * @param {number} last the last place
   * @returns the slider and the button, which the figure gets below its images
   */
  const panelOf = (figure, last) => {
    const panel = document.createElement("div");
    panel.className = "replay-panel";
    const button = document.createElement("button");
    button.type = "button";
    const slider = Object.assign(document.createElement("input"),
      { type: "range", max: String(last), value: "0", ariaLabel: figure.dataset.moment });
    panel.append(button, slider);
    figure.append(panel);
    return { button, slider };
  };

  /**
   * Calls `show` with each place in turn while the button is pressed, and with that of the slider.
   * @param {HTMLElement} figure
   * @param {number} last
   * @param {(place: number) => string} show returns what the slider says of the place
   */
  const play = (figure, last, show) => {
    const { button, slider } = panelOf(figure, last);
    const { play: start = "", pause = "" } = figure.dataset;
    let timer = 0;
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      button.textContent = start;
    };
    const go = (/** @type {number} */ place) => {
      slider.value = String(place);
      slider.ariaValueText = show(place);
    };
    const step = () => {
      go(Math.min(slider.valueAsNumber + 1, last));
      if (slider.valueAsNumber === last) stop();
    };
    button.addEventListener("click", () => {
      if (timer) {
        stop();
        return;
      }
      if (slider.valueAsNumber === last) go(0);
      timer = setInterval(step, PACE);
      button.textContent = pause;
    });
    slider.addEventListener("input", () => {
      stop();
      go(slider.valueAsNumber);
    });
    stop();
    go(0);
  };

  /** @type {(figure: HTMLElement) => void} */
  const enliven = (figure) => {
    /** @type {Moment[][]} */
    const things = JSON.parse(figure.dataset.replay ?? "");
    const parts = [...figure.querySelectorAll(".image:not(.later)")].map((part) => ({
      image: /** @type {HTMLImageElement} */ (part.querySelector("img")),
      label: /** @type {HTMLElement} */ (part.querySelector(".label")),
    }));
    // All moments are fetched at the first wish to see another one, so that none is awaited in turn.
    const fetchAll = () => {
      for (const [source] of things.flat()) new Image().src = source;
    };
    for (const name of ["pointerenter", "focusin"]) {
      figure.addEventListener(name, fetchAll, { once: true });
    }
    play(figure, things[0].length - 1, (place) => things.map((moments, thing) => {
      const [source, text] = moments[place];
      const { image, label } = parts[thing];
      if (image.getAttribute("src") !== source) Object.assign(image, { src: source, alt: text });
      label.textContent = text;
      return text;
    }).join("; "));
    figure.classList.add("replayed");
  };

  /** @type {NodeListOf<HTMLElement>} */
  const figures = document.querySelectorAll("figure [data-replay]");
  figures.forEach(enliven);
}
