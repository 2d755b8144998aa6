// Buttons that save what the panes show as a file, and that copy a link to it, or HTML that frames it.
"use strict";

{
  const { button, element, icon, load, namedButton } = GINN.dom;
  const { say } = GINN.words;

  GINN.share = {
    create({ root, index, store, writeAddress }, viewsOf, announce) {
      /** @param {"png" | "svg" | "embed"} kind */
      const save = async (kind) => {
        const views = viewsOf();
        if (views.length === 0) return;
        const state = GINN.urlState.write(store.state, store.context);
        await (GINN.export ?? load(root.dataset.export));
        announce(await GINN.export?.[kind](views, state) ?? say("no-export"), "told");
      };
      const copyLink = async () => {
        writeAddress?.();
        const { href } = new URL(`#${GINN.urlState.write(store.state, store.context)}`, location.href);
        announce(
          await navigator.clipboard?.writeText(href).then(() => say("copied"), () => "")
          || say("not-copied"), "told");
      };
      const trainOn = element("a", { href: root.dataset.lab ?? "" }, [say("train-on")]);
      trainOn.addEventListener("click", () => {
        const { run, step } = store.active();
        trainOn.hash = `take=${index.id}/${run}/${step}`;
      });
      return element("div", { class: "viewer-share", role: "group", "aria-label": say("share") }, [
        namedButton("PNG", say("save-png"), () => save("png")),
        namedButton("SVG", say("save-svg"), () => save("svg")),
        ...(writeAddress ? [namedButton("HTML", say("embed"), () => save("embed")), button(icon("link"), copyLink, {
          "aria-label": say("copy-about"), title: say("copy-about"), class: "viewer-copy",
        })] : []),
        ...(root.dataset.lab ? [trainOn] : []),
      ]);
    },
  };
}
