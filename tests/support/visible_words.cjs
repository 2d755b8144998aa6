// Prints the texts in scripts that a reader of the page would see, as JSON: [file, line, text].
// Usage: node visible_words.cjs ESPREE SCRIPT...  It reads the syntax tree that ESLint's parser makes.
"use strict";
const fs = require("fs");
const [, , parser, ...scripts] = process.argv;
const { parse } = require(parser);

// Attributes and properties whose values are seen or heard.
const SEEN = new Set(["title", "label", "alt", "placeholder", "textContent", "ariaLabel",
  "ariaValueText", "aria-label", "aria-valuetext"]);
// The arguments of functions that become texts.
const ARGUMENTS = {
  button: [0], namedButton: [0, 1], choice: [0], setText: [1], announce: [0], row: [0, 1], fillText: [0],
  element: [2], svgElement: [2], append: [0, 1, 2, 3, 4], replaceChildren: [0, 1, 2, 3, 4],
};

/** The last name of an expression or a key: "textContent" of `note.textContent`. */
const nameOf = (node) => {
  if (!node) return "";
  if (node.type === "MemberExpression") return nameOf(node.property);
  return String(node.name ?? node.value ?? "");
};

/** Whether a text becomes visible, by what its ancestors are; `path` has them, the nearest last. */
function isSeen(node, path) {
  let child = node;
  for (const at of [...path].reverse()) {
    if (at.type === "CallExpression" || at.type === "NewExpression") {
      return (ARGUMENTS[nameOf(at.callee)] ?? []).includes(at.arguments.indexOf(child));
    }
    if (at.type === "Property") return at.value === child && SEEN.has(nameOf(at.key));
    if (at.type === "AssignmentExpression") return at.right === child && SEEN.has(nameOf(at.left));
    if (at.type === "ConditionalExpression" && at.test === child) return false;
    if (at.type === "MemberExpression") return false;
    if (at.type === "BinaryExpression" && at.operator !== "+") return false;
    if (at.type.endsWith("Statement") || at.type === "VariableDeclaration") return false;
    child = at;
  }
  return false;
}

const found = [];
for (const file of scripts) {
  const walk = (node, path) => {
    if (!node || typeof node.type !== "string") return;
    const text = node.type === "TemplateElement" ? node.value.cooked
      : node.type === "Literal" && typeof node.value === "string" ? node.value : "";
    if (/\p{L}/u.test(text) && isSeen(node, path)) found.push([file, node.loc.start.line, text]);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (child && typeof child === "object") walk(child, [...path, node]);
      }
    }
  };
  walk(parse(fs.readFileSync(file, "utf-8"), { ecmaVersion: 2024, loc: true }), []);
}
console.log(JSON.stringify(found));
