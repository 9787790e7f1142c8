// The same stretch of time as a table, for those who would rather read it.

import { html } from "../vendor/preact.js";
import { took } from "../lib/clock.js";
import { address, adjust, route } from "../lib/route.js";
import { jobSignal } from "../lib/store.js";
import { standingOf } from "../lib/timeline_lanes.js";
import { stamp } from "../lib/timeline_scale.js";
import { Icon } from "./icon.js";
import { Outcome } from "./outcome.js";
import { causeOf } from "./run_table.js";
import { AWAY } from "./timeline_words.js";

const ROWS = 200;

export function Rows({ line, scale, order, label }) {
  const shown = new Set(order);
  const past = pastOf(line, shown);
  const coming = line.upcoming.filter((one) => shown.has(one.job_id)).map(({ job_id, at }) => ({ time: at, id: job_id, what: "Due" }));
  const isComing = route.value.query.rows ? route.value.query.rows === "coming" : past.length === 0;
  const all = isComing ? coming : past;
  const page = Math.min(Math.max(Number(route.value.query.page) || 1, 1), Math.ceil(all.length / ROWS) || 1);
  return html`
    <div class="rows-choice" role="group" aria-label="Which rows">
      <button type="button" aria-pressed=${String(!isComing)} onClick=${() => adjust({ rows: "past", page: "" })}>What was: ${past.length}</button>
      <button type="button" aria-pressed=${String(isComing)} onClick=${() => adjust({ rows: "coming", page: "" })}>What comes: ${coming.length}</button>
    </div>
    ${all.length === 0
      ? html`<p class="lone">${isComing ? "Nothing is to come here." : "Nothing was here."}</p>`
      : html`
          <div class="scroll" tabindex="0" role="region" aria-label="Rows">
            <table class="timeline-table">
              <caption class="unseen">${label}, ${isComing ? "the soonest first" : "the newest first"}</caption>
              <thead>
                <tr><th scope="col">Time</th><th scope="col">Job</th><th scope="col">What</th><th scope="col" class="number">How long</th><th scope="col">Outcome</th></tr>
              </thead>
              <tbody>
                ${all.slice((page - 1) * ROWS, page * ROWS).map((row) => html`<${Row} key=${row.key ?? row.id + row.time} row=${row} scale=${scale} />`)}
              </tbody>
            </table>
          </div>
          <${Pages} page=${page} count=${all.length} />
        `}
  `;
}

function Row({ row, scale }) {
  const job = row.id && jobSignal(row.id).value;
  return html`
    <tr>
      <td><time datetime=${row.time}>${stamp(scale, row.time)}</time>${row.end && row.end !== row.time && html` <span class="quiet">to <time datetime=${row.end}>${stamp(scale, row.end)}</time></span>`}</td>
      <td class="row-job" dir="auto">${job ? html`<a href=${address("jobs", row.id)}>${job.name}</a>` : row.id}</td>
      <td class="row-what">${row.what}${row.cause && html` <span class="quiet">${row.cause}</span>`}</td>
      <td class="number row-how">${row.ms === undefined ? "–" : took(row.ms)}</td>
      <td class="row-outcome">${row.outcome && html`<a class="plain" href=${address("runs", row.key)}><${Outcome} outcome=${row.outcome} /></a>`}${row.reason && html` <span class="quiet" dir="auto">${row.reason}</span>`}</td>
    </tr>
  `;
}

function Pages({ page, count }) {
  const last = Math.ceil(count / ROWS);
  if (last === 1) return null;
  return html`
    <nav class="pages" aria-label="Pages of the table">
      <button type="button" disabled=${page === 1} onClick=${() => adjust({ page: page - 1 })}><${Icon} name="left" />Before</button>
      <span>${(page - 1) * ROWS + 1} to ${Math.min(page * ROWS, count)} of ${count}</span>
      <button type="button" disabled=${page === last} onClick=${() => adjust({ page: page + 1 })}>After<${Icon} name="right" /></button>
    </nav>
  `;
}

// The newest first. Times away belong to no job.
function pastOf(line, shown) {
  const runs = line.runs.map((run) => ({
    time: run.started,
    key: run.run_id,
    id: run.job_id,
    what: run.finished ? "Ran" : "Runs",
    cause: run.cause === "schedule" ? "" : causeOf(run),
    ms: run.finished ? Date.parse(run.finished) - Date.parse(run.started) : undefined,
    outcome: standingOf(run),
  }));
  const gaps = line.gaps.map((gap) => ({
    time: gap.since,
    end: gap.until,
    key: gap.run_id,
    id: gap.job_id,
    what: gap.outcome ? "Did not run" : "Waits",
    outcome: standingOf(gap),
    reason: gap.reason,
  }));
  const away = (line.absences ?? []).map(({ since, until, kind }) => ({ time: since, end: until, what: AWAY[kind] ?? kind, ms: Date.parse(until) - Date.parse(since) }));
  return [...[...runs, ...gaps].filter((row) => shown.has(row.id)), ...away].sort((one, other) => Date.parse(other.time) - Date.parse(one.time));
}
