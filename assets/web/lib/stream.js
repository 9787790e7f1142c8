// What happens, as it happens? One stream of events, taken up again where it broke off.

import { call, Refused } from "./api.js";

const SILENCE = 40_000; // milliseconds; Daybell says something every 25 s
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;

// `heard(name, members)` for each event; `renewed()` where everything shown must be loaded anew;
// `changed(state)` with "live", "reconnecting" or "signed out".
export async function listen({ heard, renewed, changed }) {
  let last = "";
  let wait = FIRST_WAIT;
  for (;;) {
    try {
      const begun = () => changed("live"); // taken up where it broke off, it says nothing until something happens
      await hearOnce(last, begun, (event) => {
        wait = FIRST_WAIT;
        last = event.id || last;
        if (event.name === "hello" || event.name === "reset") renewed();
        else heard(event.name, event.members);
      });
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return changed("signed out");
    }
    changed("reconnecting");
    await new Promise((resolve) => wake(resolve, wait));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

// Sooner where the window comes back or the network does.
function wake(resolve, wait) {
  const done = () => {
    clearTimeout(timer);
    removeEventListener("online", done);
    document.removeEventListener("visibilitychange", done);
    resolve();
  };
  const timer = setTimeout(done, wait);
  addEventListener("online", done);
  document.addEventListener("visibilitychange", done);
}

async function hearOnce(last, begun, hear) {
  const silence = new AbortController();
  let timer;
  const patient = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE);
  };
  patient();
  try {
    const headers = last ? { "Last-Event-ID": last } : {};
    const answer = await call("GET", "/events", { headers, signal: silence.signal });
    begun();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      patient();
      const frames = (rest + value).split("\n\n");
      rest = frames.pop();
      for (const event of frames.map(parse)) if (event) hear(event);
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

// One event of the stream; null for a comment.
export function parse(frame) {
  const fields = {};
  for (const line of frame.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return fields.event ? { id: fields.id ?? "", name: fields.event, members: JSON.parse(fields.data || "{}") } : null;
}
