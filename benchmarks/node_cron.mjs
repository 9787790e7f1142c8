// node_cron.mjs LIBRARY COUNT
//
// The rival: COUNT jobs of node-cron, all of them due in the far future.

import { pathToFileURL } from "node:url";

const [library, count] = process.argv.slice(2);
const { default: cron } = await import(pathToFileURL(library));
const month = ((new Date().getUTCMonth() + 6) % 12) + 1;

for (let number = 0; number < Number(count); number++) {
  cron.schedule(`${number % 60} ${Math.floor(number / 60) % 24} ${(number % 28) + 1} ${month} *`, () => {}, { timezone: "UTC" });
}
console.log("ready");
