export default [
  {
    files: ["*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script" },
    rules: {
      eqeqeq: "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": ["error", { hoist: "functions" }],
      "no-undef": "off",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^GINN$" }],
      "no-use-before-define": ["error", { functions: false, variables: false }],
      "prefer-const": "error",
      "no-param-reassign": "error",
      curly: ["error", "multi-line"],
    },
  },
];
