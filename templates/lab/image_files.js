// Image files that a reader chooses, drops or pastes. They stay on the device.
"use strict";

{
  const { element, setText } = GINN.dom;
  const { say } = GINN.words;

  GINN.imageFiles = {
    create(pixels, changed) {
      /** @type {Uint8Array | undefined} */
      let levels;
      const slider = element("input", { type: "range", min: "0", max: "254" });
      const note = element("span", { role: "status" });
      const root = element("div", { class: "lab-row", hidden: "" }, [
        element("label", {}, [`${say("lab.threshold")} `, slider]), note,
      ]);
      const apply = () => {
        const threshold = Number(slider.value);
        if (levels) changed(levels.map((level) => Number(level > threshold)));
      };
      slider.addEventListener("input", apply);
      /** @param {Blob} file */
      const open = async (file) => {
        try {
          levels = await GINN.pictures.levelsOf(file, pixels);
          slider.value = String(GINN.pictures.otsu(levels));
          setText(note, "");
          apply();
        } catch {
          levels = undefined;
          setText(note, say("lab.no-image"));
        }
        slider.disabled = !levels;
        root.hidden = false;
      };
      return {
        element: root,
        open,
        accept(place) {
          const first = (/** @type {DataTransfer | null} */ data) =>
            [...(data?.files ?? [])].find(({ type }) => type.startsWith("image/"));
          place.addEventListener("dragover", (event) => event.preventDefault());
          place.addEventListener("drop", (event) => {
            const file = first(event.dataTransfer);
            event.preventDefault();
            if (file) open(file);
          });
          addEventListener("paste", (event) => {
            const file = first(event.clipboardData);
            if (file) open(file);
          });
        },
      };
    },
  };
}
