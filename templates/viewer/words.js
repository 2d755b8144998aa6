// The words of the site's language. Before this script, the page loads one with the texts, which the build
// makes from a file of words (ginn/pages/assets.py). It also makes the viewer's one global name.
"use strict";

{
  const { locale, texts } = GINN.language;
  const plural = new Intl.PluralRules(locale);

  GINN.words = {
    /**
     * @param {string} key of the section [viewer], or of another section with its name: "run.good"
     * @param {Record<string, string | number>} [values] by name; a text's form is that for `count`
     * @returns {string} with its values; whole numbers are written as the language does
     */
    say(key, values = {}) {
      const text = texts[key];
      const form = typeof text === "string"
        ? text : text[plural.select(Number(values.count))] ?? text.other;
      return form.replace(/\{(\w+)\}/g, (_, name) => {
        const value = values[name];
        return typeof value === "number" ? GINN.formatting.count(value) : value;
      });
    },
  };
}
