// Nothing there yet: a first job in one click.

import { html } from "../vendor/preact.js";
import { post } from "../lib/api.js";
import { address, go } from "../lib/route.js";
import { runJob } from "../lib/verbs.js";
import { Bell, Icon } from "./icon.js";
import { attempt } from "./toasts.js";

const HELLO = {
  id: "hello",
  name: "Say hello",
  description: "A first job, to look at and to change.",
  triggers: [{ type: "cron", expression: "0 9 * * *" }],
  handler: { type: "command", argv: ["echo Hello from Daybell; date"], shell: true },
};
const HELLO_ON_WINDOWS = { ...HELLO, handler: { ...HELLO.handler, argv: ["echo Hello from Daybell & date /t"] } };

let isMaking = false; // a second click means the same job

async function make() {
  if (isMaking) return;
  isMaking = true;
  await attempt(async () => {
    await post("/jobs", navigator.userAgent.includes("Windows") ? HELLO_ON_WINDOWS : HELLO);
    await runJob(HELLO.id);
    go("jobs", HELLO.id);
  });
  isMaking = false;
}

export const FirstJob = () => html`
  <section class="first">
    <${Bell} />
    <h2>No jobs yet</h2>
    <p>A job is a command and the times at which it runs. Daybell runs it, keeps what it prints, and tells you when it fails.</p>
    <p class="acts">
      <button type="button" class="main" onClick=${make}><${Icon} name="plus" />Make a first one</button>
      <a class="button" href=${address("new")}>Begin with an empty form</a>
    </p>
  </section>
`;
