// All jobs, the failed ones first: one dense row each, drawn anew only when its own job changes.

import { computed, html, signal, useEffect, useLayoutEffect } from "../vendor/preact.js";
import { adjust, address, go, route } from "../lib/route.js";
import { ids, isLoaded, jobSignal, problems } from "../lib/store.js";
import { cancelRuns, ofMany, pauseJob, quietly, resumeJob, runJob, switchJob } from "../lib/verbs.js";
import { Bars } from "../parts/bars.js";
import { Doomed } from "../parts/doomed.js";
import { FirstJob } from "../parts/first_job.js";
import { Icon } from "../parts/icon.js";
import { Menu } from "../parts/menu.js";
import { Outcome, State } from "../parts/outcome.js";
import { Pause } from "../parts/pause.js";
import { At, Relative, When } from "../parts/time.js";
import { took } from "../lib/clock.js";

const FAILURES = new Set(["failed", "timed_out"]);
const SCREENFUL = 60; // rows that are drawn at once, so that something is there soon; the others follow
const STEPS = new Set(["j", "k"]); // keys that may be held down
const drawn = signal(SCREENFUL);
const selected = signal(new Set());
const underWay = signal(""); // how far what is done to many has come
const doomed = signal(""); // the job whose deletion is asked about

const text = computed(() => (route.value.query.filter ?? "").toLowerCase());
const tag = computed(() => route.value.query.tag ?? "");
const all = computed(() => ids.value.map((id) => jobSignal(id).value).filter(Boolean));
const tags = computed(() => [...new Set(all.value.flatMap((job) => job.tags))].sort().join("\n"));

const rank = (job) => (job.state === "invalid" || FAILURES.has(job.last_outcome) ? 0 : 1);
const matches = (job) =>
  (!tag.value || job.tags.includes(tag.value)) &&
  (!text.value || `${job.name}\n${job.id}\n${job.tags.join(" ")}\n${job.schedule}`.toLowerCase().includes(text.value));

// As one text: it is only "different" when rows come, go or move.
const order = computed(() =>
  all.value
    .filter(matches)
    .sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name))
    .map((job) => job.id)
    .join("\n"),
);
const rows = computed(() => (order.value ? order.value.split("\n") : []));

export function Jobs() {
  useLayoutEffect(listenToKeys, []); // as soon as there is something to see
  useEffect(() => {
    if (isLoaded.value) requestAnimationFrame(() => setTimeout(() => (drawn.value = Infinity)));
  }, [isLoaded.value]);
  if (!isLoaded.value) return html`<p class="lone" role="status">Loading the jobs …</p>`;
  return html`
    <header class="head">
      <h1>Jobs</h1>
      <${Filter} />
      <a class="button main" href=${address("new")} title="New job (n)"><${Icon} name="plus" />New job</a>
    </header>
    <${Problems} />
    ${ids.value.length === 0 ? html`<${FirstJob} />` : html`<${Table} />`}
    <${Chosen} />
    ${doomed.value && html`<${Doomed} key=${doomed.value} id=${doomed.value} close=${() => (doomed.value = "")} />`}
  `;
}

function Filter() {
  const names = tags.value ? tags.value.split("\n") : [];
  return html`
    <search class="filter">
      <label><${Icon} name="search" /><input id="filter" type="search" placeholder="Filter" aria-label="Filter jobs" title="Filter (/)" value=${route.value.query.filter ?? ""} onInput=${(event) => adjust({ filter: event.target.value })} onKeyDown=${leaveFilter} /></label>
      ${names.length > 0 &&
      html`<select aria-label="Tag" value=${tag.value} onChange=${(event) => adjust({ tag: event.target.value })}>
        <option value="">All tags</option>
        ${names.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
      </select>`}
    </search>
  `;
}

// From the filter on to what it found.
function leaveFilter(event) {
  if (event.key === "Enter") document.querySelector(".jobs .job-link")?.focus();
}

// Files that are not valid, each with its remedy.
export const Problems = () =>
  problems.value.length > 0 &&
  html`<ul class="problems" aria-label="Problems">
    ${problems.value.map(({ file, field, message }) => html`<li key=${file + field}><${Icon} name="failed" /><span><b>${file}</b>${field && html` <code>${field}</code>`}: ${message}</span></li>`)}
  </ul>`;

const Table = () =>
  rows.value.length === 0
    ? html`<p class="lone">No job matches. <button type="button" onClick=${() => adjust({ filter: "", tag: "" })}>Show all</button></p>`
    : html`
        <table class="jobs">
          <thead>
            <tr>
              <th scope="col"><${ChooseAll} /></th>
              <th scope="col">Job</th>
              <th scope="col">Schedule</th>
              <th scope="col">Next run</th>
              <th scope="col">Last runs</th>
              <th scope="col">Last result</th>
              <th scope="col"><span class="unseen">What to do</span></th>
            </tr>
          </thead>
          <tbody>
            ${rows.value.slice(0, drawn.value).map((id) => html`<${Row} key=${id} id=${id} />`)}
          </tbody>
        </table>
      `;

function Row({ id }) {
  const job = jobSignal(id).value;
  if (!job) return null;
  const isChosen = selected.value.has(id);
  return html`
    <tr data-job=${id} class="${rank(job) === 0 ? "is-failed" : ""} ${isChosen ? "is-chosen" : ""}">
      <td class="cell-choose">
        <input type="checkbox" aria-label=${`Choose ${job.name}`} checked=${isChosen} onChange=${() => choose(id)} />
        <input type="checkbox" role="switch" class="switch" aria-label=${`On: ${job.name}`} checked=${job.is_enabled} disabled=${job.state === "invalid"} onClick=${(event) => flip(event, job)} />
      </td>
      <th scope="row" class="cell-name">
        <a class="job-link" href=${address("jobs", id)} dir="auto">${job.name}</a>
        ${job.tags.length > 0 && html`<span class="tags">${job.tags.map((name) => html`<a key=${name} class="tag" href=${address("jobs", "", { tag: name })}>${name}</a>`)}</span>`}
      </th>
      <td class="cell-schedule"><span class="schedule" tabindex="0" title=${job.expression} data-expression=${job.expression}>${job.schedule}</span></td>
      <td class="cell-next"><${Next} job=${job} /></td>
      <td class="cell-bars"><${Bars} id=${id} /></td>
      <td class="cell-last"><${Last} job=${job} /></td>
      <td class="cell-acts"><${Acts} job=${job} /></td>
    </tr>
  `;
}

function Next({ job }) {
  if (job.waiting_for) return html`<${State} state="queued" /> <span class="quiet waits" title=${job.waiting_for}>${job.waiting_until && html`until <${At} time=${job.waiting_until} /> at most, `}for ${job.waiting_for}</span>`;
  if (job.is_paused) return html`<${State} state="paused" /> <span class="quiet">${job.paused_until ? html`until <${When} time=${job.paused_until} />` : "until you resume"}</span>`;
  if (["disabled", "completed", "invalid"].includes(job.state)) return html`<${State} state=${job.state} />`;
  return job.next_run ? html`<${When} time=${job.next_run} />` : html`<span class="quiet">when asked</span>`;
}

function Last({ job }) {
  if (job.is_running) return html`<${Outcome} outcome="running" />`;
  if (!job.last_outcome) return html`<span class="quiet">never ran</span>`;
  return html`
    <span class="last"><${Outcome} outcome=${job.last_outcome} /> <span class="quiet"><${Relative} time=${job.last_run} />${job.last_duration_ms !== null && `, ${took(job.last_duration_ms)}`}</span></span>
    ${FAILURES.has(job.last_outcome) && job.last_error && html`<span class="last-error" dir="auto" title=${job.last_error}>${job.last_error}</span>`}
  `;
}

const Acts = ({ job }) => html`
  <span class="acts">
    <button type="button" class="bare" aria-label=${`Run: ${job.name}`} title="Run now (r)" disabled=${job.state === "invalid"} onClick=${() => runJob(job.id)}><${Icon} name="run" /></button>
    <${Pause} job=${job} />
    <${Menu}
      label=${`More about ${job.name}`}
      items=${[
        { label: "Edit", icon: "edit", act: () => go("edit", job.id) },
        { label: "Duplicate", icon: "copy", act: () => go("new", "", { from: job.id }) },
        { label: "All its runs", icon: "runs", act: () => go("runs", "", { job: job.id }) },
        job.is_running && { label: "End its run", icon: "stop", isGrave: true, act: () => cancelRuns(job.id) },
        { label: "Delete …", icon: "trash", isGrave: true, act: () => (doomed.value = job.id) },
      ]}
    />
  </span>
`;

// The switch shows what the file says: it turns when the answer is there, and not before.
function flip(event, job) {
  event.preventDefault();
  switchJob(job.id, !job.is_enabled);
}

function choose(id) {
  const chosen = new Set(selected.value);
  if (!chosen.delete(id)) chosen.add(id);
  selected.value = chosen;
}

function ChooseAll() {
  const chosen = rows.value.filter((id) => selected.value.has(id)).length;
  const isAll = chosen === rows.value.length;
  return html`<input type="checkbox" aria-label="Choose all" checked=${isAll} indeterminate=${chosen > 0 && !isAll} onChange=${() => (selected.value = new Set(isAll ? [] : rows.value))} />`;
}

// What is done to all that are chosen.
function Chosen() {
  const chosen = rows.value.filter((id) => selected.value.has(id));
  if (underWay.value) return html`<p class="chosen" role="status">${underWay.value}</p>`;
  if (chosen.length === 0) return null;
  const act = (verb, words) => async () => {
    selected.value = new Set(); // at once: a second click is not meant for them
    await ofMany(chosen, verb, words, (count) => (underWay.value = `${words} ${count} of ${chosen.length} …`));
    underWay.value = "";
  };
  return html`
    <div class="chosen" role="toolbar" aria-label="Chosen jobs">
      <b>${chosen.length} chosen</b>
      <button type="button" onClick=${act(quietly.run, "Started")}><${Icon} name="run" />Run</button>
      <button type="button" onClick=${act(quietly.pause, "Paused")}><${Icon} name="pause" />Pause</button>
      <button type="button" onClick=${act(quietly.resume, "Resumed")}><${Icon} name="resume" />Resume</button>
      <button type="button" class="bare" aria-label="Choose none" onClick=${() => (selected.value = new Set())}><${Icon} name="close" /></button>
    </div>
  `;
}

// j and k step through the rows; r, p, x and e act on the one that is focused.
function listenToKeys() {
  const pressed = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const links = [...document.querySelectorAll(".jobs .job-link")];
    const row = event.target.closest?.("[data-job]") ?? document.activeElement?.closest?.("[data-job]");
    const place = links.findIndex((link) => row?.contains(link));
    const id = row?.dataset.job;
    const acts = {
      j: () => links[Math.min(place + 1, links.length - 1)]?.focus(),
      k: () => links[Math.max(place - 1, 0)]?.focus(),
      r: () => id && runJob(id),
      p: () => id && (jobSignal(id).value.is_paused ? resumeJob(id) : pauseJob(id)),
      x: () => id && choose(id),
      e: () => id && go("edit", id),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    if (!event.repeat || STEPS.has(event.key)) acts[event.key]();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

export const isTyping = (target) => Boolean(target.closest?.("textarea, select, dialog, [popover], input:not([type=checkbox])"));
