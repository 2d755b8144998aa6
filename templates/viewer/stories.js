// Stories: example views, which are links in the page. The sentence of a followed link stays visible as a caption.
"use strict";

{
  const { element, namedButton } = GINN.dom;

  GINN.stories = {
    create(list) {
      const text = element("p");
      const caption = element("div", { class: "viewer-caption", role: "note" }, [text]);
      /** @type {NodeListOf<HTMLAnchorElement>} */
      const links = list.querySelectorAll("a");
      /** @type {(link: HTMLAnchorElement | undefined) => void} */
      const show = (link) => {
        for (const each of links) each.ariaCurrent = each === link ? "true" : null;
        caption.hidden = !link;
        text.replaceChildren(...(link?.parentElement ?? text).cloneNode(true).childNodes);
        text.querySelector("img")?.remove();
      };
      caption.append(namedButton("×", GINN.words.say("caption-close"), () => show(undefined)));
      for (const each of links) each.addEventListener("click", () => show(each));
      show([...links].find(({ hash }) => hash && hash === location.hash));
      return caption;
    },
  };
}
