// walk.js: node walk.js PLAN.json, from browser.py.
"use strict";

const house = require("./house.js");
require("./days.js");
require("./drafts.js");
require("./keys.js");
require("./pages.js");

(async () => {
  await house.open();
  const failed = await house.runAll();
  await house.close();
  process.exit(failed ? 1 : 0);
})().catch((wrong) => {
  console.error(wrong);
  process.exit(3);
});
