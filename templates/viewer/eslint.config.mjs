export default [
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script" },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      // A script is one block: it adds to GINN, and nothing else of it is global.
      "no-implicit-globals": ["error", { lexicalBindings: true }],
      "no-new-func": "error",
      "no-shadow": ["error", { hoist: "functions" }],
      "no-undef": "off",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-use-before-define": "error",
      "prefer-const": "error",
      "no-param-reassign": "error",
      curly: ["error", "multi-line"],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", { max: 60, IIFEs: true }],
    },
  },
  { files: ["**/explorer.js"], rules: { "max-lines": ["error", 150] } },
];
