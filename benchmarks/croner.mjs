// croner.mjs LIBRARY COUNT SECONDS FILE [PROGRAM]
//
// The rival: COUNT jobs of croner, of which one is due at these SECONDS of each minute; the others in the far future. That one
// runs `PROGRAM FILE 0` (croner knows whole seconds only) or, without a program, writes such a line itself.

import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library, count, seconds, file, program] = process.argv.slice(2);
const { Cron } = await import(pathToFileURL(library));
const month = ((new Date().getUTCMonth() + 6) % 12) + 1;

function call() {
  const called = performance.timeOrigin + performance.now();
  if (program) spawn(program, [file, "0"], { stdio: "ignore" });
  else appendFileSync(file, `${Math.round(called * 1000)}000 0\n`);
}

for (let number = 0; number < Number(count) - 1; number++) {
  new Cron(`${number % 60} ${Math.floor(number / 60) % 24} ${(number % 28) + 1} ${month} *`, { timezone: "UTC" }, () => {});
}
new Cron(`${seconds} * * * * *`, { timezone: "UTC" }, call);
console.log("ready");
