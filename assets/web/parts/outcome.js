// How a run or a job stands: always a word and a shape, never a colour alone.

import { html } from "../vendor/preact.js";
import { Icon } from "./icon.js";

const OUTCOMES = {
  succeeded: ["Succeeded", "good", "check"],
  failed: ["Failed", "bad", "failed"],
  timed_out: ["Timed out", "bad", "clock"],
  cancelled: ["Cancelled", "cut", "close"],
  replaced: ["Replaced", "cut", "close"],
  interrupted: ["Interrupted", "cut", "unlink"],
  skipped: ["Skipped", "none", "dash"],
  missed: ["Missed", "late", "moon"],
  running: ["Running", "busy", "run"],
  queued: ["Waiting", "busy", "waiting"],
};
const STATES = {
  running: ["Running", "busy", "run"],
  queued: ["Waiting", "busy", "waiting"],
  paused: ["Paused", "late", "pause"],
  disabled: ["Off", "none", "dash"],
  completed: ["Completed", "none", "check"],
  invalid: ["Not valid", "bad", "failed"],
  idle: ["Idle", "none", "clock"],
};

export const OUTCOME_NAMES = Object.keys(OUTCOMES).filter((name) => !["running", "queued"].includes(name));
export const wordOf = (outcome) => OUTCOMES[outcome]?.[0] ?? outcome;
export const toneOf = (outcome) => OUTCOMES[outcome]?.[1] ?? "none";

// What a run came to, or how it stands.
export const standing = (run) => run.outcome ?? (run.started ? "running" : "queued");

const Badge = ({ of: [word, tone, icon] }) => html`<span class="badge tone-${tone}"><${Icon} name=${icon} />${word}</span>`;

export const Outcome = ({ outcome }) => (outcome ? html`<${Badge} of=${OUTCOMES[outcome] ?? [outcome, "none", "dash"]} />` : html`<span class="quiet">never ran</span>`);

export const State = ({ state }) => html`<${Badge} of=${STATES[state] ?? [state, "none", "dash"]} />`;
