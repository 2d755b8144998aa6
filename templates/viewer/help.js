// The help dialog: every control and every colour in a sentence.
"use strict";

GINN.help = (() => {
  const { element } = GINN;

  /** @type {[string, string, string][]} name, keys, sentence */
  const CONTROLS = [
    ["Run", "", "Chooses one of the trainings of this network; they differ in their first random weights."],
    ["Compare with", "", "Puts a second stage beside the first, on the same clock; press a stage to have its neurons in the panel."],
    ["Own selection", "", "Lets the second stage show neurons of its own choice; otherwise both show the same."],
    ["Loss curve and slider", "← → Home End", "Move through training, one recorded snapshot after another."],
    ["Ten steps", "Shift ← →", "Move by ten snapshots at once."],
    ["Play", "Space", "Lets time run, or stops it."],
    ["Speed", "+ −", "Sets how many snapshots a second pass."],
    ["Loop", "L", "Begins again when the last snapshot has been shown."],
    ["Coloured strip", "", "How far the boundaries of each layer moved since the snapshot before, from a ten-thousandth of a side to a tenth, in powers of ten. Press it to go there."],
    ["Moments", "M", "Go to a snapshot at which something happened; M goes to the next."],
    ["Point", "P", "Point at the picture to see what the network computes there; press or tap to keep the point. Arrows move it, with Shift ten times as far."],
    ["Numbers on thumbnails", "", "Each neuron's pre-activation at the point. A ring says that it is on: the number is above zero."],
    ["What bends", "B on a thumbnail", "Lists the earlier neurons that bend a boundary, the strongest first. With few shown, small squares mark the kinks."],
    ["Next kink", "K", "Moves the point to the next marked kink; the neuron that bends the line there is named and drawn thick."],
    ["Zoom", "+ − on the stage", "Enlarges the picture up to 64 times: wheel, two fingers, or the buttons beneath."],
    ["Pan", "arrows on the stage", "Moves the enlarged picture; or drag it."],
    ["Reset", "Escape", "Shows the whole picture again."],
    ["Thumbnails", "", "Each is one neuron: press it to show or hide its boundary, point at it to see the boundary thick."],
    ["Only this one", "O", "Double click a thumbnail, or click it with Alt held, to hide all the others."],
    ["Layers", "1 to 9", "Show or hide a whole layer."],
    ["All, None", "A or 0, N", "Show every neuron, or no boundary."],
    ["Behind the lines", "", "Output is the network's probability of white, Target the picture it learns, Error where they disagree, Regions the linear regions."],
    ["Trail", "T", "Leaves the last snapshots of a boundary as fading lines: of the thumbnail pointed at, or of up to four neurons shown."],
    ["Back", "", "The address bar holds the view; the browser's Back takes back what you did last."],
    ["Save and copy", "", "PNG is a picture, SVG a drawing sharp at any size, and the link brings anyone back to this very view."],
  ];

  /**
   * @param {string} term
   * @param {string} keys
   * @param {string} sentence
   * @returns {HTMLElement}
   */
  function row(term, keys, sentence) {
    const name = element("dt", {}, keys ? [`${term} `, element("kbd", {}, [keys])] : [term]);
    return element("div", {}, [name, element("dd", {}, [sentence])]);
  }

  /**
   * @param {string} variable the colour's custom property
   * @param {string} term
   * @param {string} sentence
   * @returns {HTMLElement}
   */
  function colour(variable, term, sentence) {
    const made = row(term, "", sentence);
    const swatch = element("span", { class: "viewer-swatch" });
    swatch.style.background = `var(${variable})`;
    made.firstElementChild?.prepend(swatch);
    return made;
  }

  /**
   * @param {number[]} widths
   * @returns {{button: HTMLButtonElement, dialog: HTMLDialogElement, open: () => void}}
   */
  function create(widths) {
    const colours = widths.map((_, layer) => colour(`--layer-${layer + 1}`, `Layer ${layer + 1}`,
      layer
        ? "Boundaries of this layer: they bend where they cross those of earlier layers."
        : "Boundaries of the first layer, which are straight: on one side the neuron is on, on the other off."));
    const close = element("button", { type: "submit", "aria-label": "Close help" }, ["Close"]);
    const dialog = element("dialog", { class: "viewer-help", "aria-labelledby": "viewer-help-title" }, [
      element("form", { method: "dialog" }, [
        element("h2", { id: "viewer-help-title" }, ["Help"]), close,
      ]),
      element("dl", {}, CONTROLS.map(([term, keys, sentence]) => row(term, keys, sentence))),
      element("h3", {}, ["Colours"]),
      element("dl", {}, [
        ...colours,
        colour("--output", "Output", "Where the network is undecided: probability one half."),
        row("Regions", "", "Each colour is one linear region, where the same neurons are on; it keeps its colour while that holds."),
        colour("--error", "Error", "The stronger this ground, the further the output is from the target."),
      ]),
    ]);
    const open = () => {
      if (!dialog.open) dialog.showModal();
    };
    const button = element("button", { type: "button", title: "Every control explained (?)" }, ["Help"]);
    button.addEventListener("click", open);
    return { button, dialog, open };
  }

  return { create };
})();
