// Which runs are shown, and in which order? A page of the history that goes on by what happens.

import { DAY, HOUR } from "./clock.js";

export const SINCE = { "1h": ["The last hour", HOUR], "24h": ["The last 24 hours", DAY], "7d": ["The last 7 days", 7 * DAY], "30d": ["The last 30 days", 30 * DAY] };

// What is asked of the history, from the address of the page.
export function filterOf({ job = "", outcome = "", cause = "", since = "", text = "" }) {
  return { job, outcomes: outcome.split(",").filter(Boolean), cause, since, text: text.trim() };
}

export function questionOf({ job, outcomes, cause, since, text }, now = Date.now()) {
  const begin = SINCE[since] ? new Date(now - SINCE[since][1]).toISOString() : since;
  const all = { job, outcome: outcomes, cause, since: begin, text };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value.length > 0));
}

// As the history decides it, but for the text, which only the output can tell.
export function matches(run, { job, outcomes, cause, since }, now = Date.now()) {
  const happened = run.started ?? run.due_to ?? run.due ?? run.finished;
  return (!job || run.job_id === job) && (outcomes.length === 0 || outcomes.includes(run.outcome)) && (!cause || run.cause === cause) && !isBefore(happened, since, now);
}

// A time without an offset is one of Daybell's walls, as all times of runs are.
function isBefore(time, since, now) {
  if (SINCE[since]) return Date.parse(time) < now - SINCE[since][1];
  if (/([+-]\d\d:\d\d|Z)$/.test(since)) return Date.parse(time) < Date.parse(since);
  return time < since;
}

const arranged = (runs) => [...runs.filter((run) => !run.outcome), ...runs.filter((run) => run.outcome)];

// A run that is known stands where it stood; when it ends, it comes to the top of those that have.
export function withRun(runs, run, filter) {
  const place = runs.findIndex((one) => one.run_id === run.run_id);
  const others = runs.filter((one) => one.run_id !== run.run_id);
  if (!matches(run, filter)) return others;
  const stays = place >= 0 && Boolean(runs[place].outcome) === Boolean(run.outcome);
  return stays ? runs.with(place, run) : arranged([run, ...others]);
}

// The newest page again, before what was known: null where there may be a gap between them.
export function renewed(runs, newest) {
  const ids = new Set(newest.map((run) => run.run_id));
  const ended = runs.filter((run) => run.outcome);
  if (ended.length > 0 && !ended.some((run) => ids.has(run.run_id))) return null;
  return arranged([...newest, ...ended.filter((run) => !ids.has(run.run_id))]);
}
