// Pause a job for some time, or let it go on: one button, which keeps the focus when it becomes the other.

import { html } from "../vendor/preact.js";
import { pauseJob, PAUSES, resumeJob } from "../lib/verbs.js";
import { Menu } from "./menu.js";

// `isNamed`: with its word on it.
export function Pause({ job, isNamed = false }) {
  const word = job.is_paused ? "Resume" : "Pause";
  return html`<${Menu}
    icon=${word.toLowerCase()}
    text=${isNamed ? word : ""}
    label=${isNamed ? word : `${word}: ${job.name}`}
    title=${job.is_paused ? "Resume (p)" : undefined}
    act=${job.is_paused ? () => resumeJob(job.id) : undefined}
    items=${PAUSES.map(({ label, body }) => ({ label, act: () => pauseJob(job.id, body()) }))}
  />`;
}
