// Buttons that save what the panes show as a file, and that copy a link to it.
"use strict";

{
  const { element, namedButton } = GINN.dom;

  GINN.share = {
    create({ root, store, writeAddress }, viewsOf, say) {
      /** @param {"png" | "svg"} kind */
      const save = async (kind) => {
        const views = viewsOf();
        if (views.length === 0) return;
        const state = GINN.urlState.write(store.state, store.context);
        await (GINN.export ?? new Promise((resolve) => {
          document.head.append(Object.assign(document.createElement("script"),
            { src: root.dataset.export, onload: resolve, onerror: resolve }));
        }));
        say(GINN.export?.[kind](views, state) ?? "The script for saving did not arrive.");
      };
      const copyLink = async () => {
        writeAddress?.();
        say(
          await navigator.clipboard?.writeText(location.href).then(() => "Link copied.", () => "")
          || "The browser does not let this page copy; the link is in the address bar.");
      };
      return element("div", { role: "group", "aria-label": "Save and share" }, [
        namedButton("PNG", "Save as PNG", () => save("png")),
        namedButton("SVG", "Save as SVG", () => save("svg")),
        ...(writeAddress ? [namedButton("Copy link", "Copy link to this view", copyLink)] : []),
      ]);
    },
  };
}
