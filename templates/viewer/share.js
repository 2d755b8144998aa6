// Buttons that save what the panes show as a file, and that copy a link to it, or HTML that frames it.
"use strict";

{
  const { button, element, icon, load, namedButton } = GINN.dom;
  const { say } = GINN.words;

  GINN.share = {
    create(session, viewsOf, announce) {
      const { root, index, store, writeAddress } = session;
      const state = () => GINN.urlState.write(store.state, store.context);
      /** @param {"png" | "svg" | "embed" | "clip"} kind */
      const save = async (kind) => {
        const views = viewsOf();
        if (views.length === 0) return;
        await (GINN.export ?? load(root.dataset.export));
        announce(await GINN.export?.[kind](views, state(), session, announce) ?? say("no-export"), "told");
      };
      const copyLink = async () => {
        const { href } = new URL(`#${state()}`, location.href);
        announce(
          await navigator.clipboard?.writeText(href).then(() => say("copied"), () => "")
          || say("not-copied"), "told");
      };
      const trainOn = element("a", { href: root.dataset.lab ?? "", title: say("train-on-about") }, [say("train-on")]);
      trainOn.addEventListener("click", () => {
        const { run, step } = store.active();
        trainOn.hash = `take=${index.id}/${run}/${step}`;
      });
      return [
        namedButton("PNG", say("save-png"), () => save("png")),
        namedButton("SVG", say("save-svg"), () => save("svg")),
        ...(writeAddress ? [namedButton("WebM", say("clip"), () => save("clip")),
          namedButton("HTML", say("embed"), () => save("embed")), button(icon("link"), copyLink, {
          "aria-label": say("copy-about"), title: say("copy-about"), class: "viewer-copy",
        })] : []),
        ...(root.dataset.lab ? [trainOn] : []),
      ];
    },
  };
}
