import viewer from "../viewer/eslint.config.mjs";

export default viewer;
