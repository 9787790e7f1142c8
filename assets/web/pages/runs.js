// All runs, the newest first: what ran, when, and how it went.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { took } from "../lib/clock.js";
import { address, adjust, route } from "../lib/route.js";
import { filterOf, SINCE } from "../lib/run_list.js";
import { useRuns } from "../lib/runs.js";
import { ids, nameOf } from "../lib/store.js";
import { isTyping } from "./jobs.js";
import { Icon } from "../parts/icon.js";
import { Outcome, OUTCOME_NAMES, standing, wordOf } from "../parts/outcome.js";
import { CAUSES, causeOf } from "../parts/run_table.js";
import { At, Relative } from "../parts/time.js";

const PATIENCE = 300; // milliseconds after the last letter

export default function Runs() {
  const filter = filterOf(route.value.query);
  const list = useRuns(filter);
  useLayoutEffect(listenToKeys, []);
  return html`
    <header class="head"><h1>Runs</h1></header>
    <${Filters} filter=${filter} />
    ${list.error && html`<p class="banner" role="alert">${list.error.message}. <button type="button" onClick=${list.again}>Try again</button></p>`}
    ${list.runs === null ? !list.error && html`<p class="lone" role="status">Loading the runs …</p>` : html`<${Found} list=${list} filter=${filter} />`}
  `;
}

function Filters({ filter }) {
  const jobs = [...new Set([...ids.value, filter.job].filter(Boolean))].map((id) => [id, nameOf(id)]).sort((one, other) => one[1].localeCompare(other[1]));
  const dated = filter.since && !SINCE[filter.since] ? { [filter.since]: [`Since ${filter.since}`] } : {};
  return html`
    <search class="run-filters" aria-label="Filter runs">
      <select aria-label="Job" value=${filter.job} onChange=${(event) => adjust({ job: event.target.value })}>
        <option value="">All jobs</option>
        ${jobs.map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}
      </select>
      <select aria-label="Cause" value=${filter.cause} onChange=${(event) => adjust({ cause: event.target.value })}>
        <option value="">Any cause</option>
        ${Object.entries(CAUSES).map(([name, words]) => html`<option key=${name} value=${name}>${words[0].toUpperCase()}${words.slice(1)}</option>`)}
      </select>
      <select aria-label="Since" value=${filter.since} onChange=${(event) => adjust({ since: event.target.value })}>
        <option value="">Any time</option>
        ${Object.entries({ ...SINCE, ...dated }).map(([name, [words]]) => html`<option key=${name} value=${name}>${words}</option>`)}
      </select>
      <${Printed} text=${filter.text} />
      <div class="chips" role="group" aria-label="Outcome">
        ${OUTCOME_NAMES.map((name) => html`<button key=${name} type="button" aria-pressed=${filter.outcomes.includes(name) ? "true" : "false"} onClick=${() => flip(filter.outcomes, name)}><${Outcome} outcome=${name} /></button>`)}
      </div>
    </search>
  `;
}

const flip = (outcomes, name) => adjust({ outcome: (outcomes.includes(name) ? outcomes.filter((one) => one !== name) : [...outcomes, name]).join(",") });

// What is typed stays as it is until it is looked for, whatever happens meanwhile; and it is no matter of another page.
function Printed({ text }) {
  const [words, write] = useState(text);
  const timer = useRef(null);
  const typed = ({ target }) => {
    write(target.value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = null;
      adjust({ text: target.value.trim() });
    }, PATIENCE);
  };
  useEffect(() => {
    if (timer.current === null && words.trim() !== text) write(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return html`<label class="run-text"><${Icon} name="search" /><input id="filter" type="search" placeholder="Printed by it" aria-label="Text in the output" title="Text in the output (/)" value=${words} onInput=${typed} /></label>`;
}

const clear = () => adjust({ job: "", outcome: "", cause: "", since: "", text: "" });

function Found({ list, filter }) {
  const isFiltered = Object.values(filter).some((value) => value.length > 0);
  return html`
    ${list.runs.length > 0 && html`<${Table} runs=${list.runs} />`}
    <p class="run-foot" role="status">
      ${list.runs.length === 0 && html`<span>${words(list, isFiltered)}</span>`}
      ${list.runs.length === 0 && isFiltered && html`<button type="button" onClick=${clear}>Show all</button>`}
      ${list.next && html`<button type="button" disabled=${list.isAsking} onClick=${list.more}>${list.isAsking ? "Looking …" : list.runs.length === 0 ? "Look further back" : "Show more"}</button>`}
    </p>
  `;
}

function words(list, isFiltered) {
  if (list.next) return "Nothing found yet in the newest runs.";
  return isFiltered ? "No run matches." : "Nothing has run yet. When a job runs, it is here at once.";
}

const Table = ({ runs }) => html`
  <table class="runs">
    <thead>
      <tr><th scope="col">Result</th><th scope="col">Job</th><th scope="col">When</th><th scope="col" class="number">Took</th><th scope="col">Cause</th><th scope="col">What it said</th></tr>
    </thead>
    <tbody>
      ${runs.map((run) => html`<${Row} key=${run.run_id} run=${run} />`)}
    </tbody>
  </table>
`;

function Row({ run }) {
  const name = nameOf(run.job_id);
  const outcome = standing(run);
  const time = run.started ?? run.due ?? run.finished;
  const length = run.started && run.finished ? Date.parse(run.finished) - Date.parse(run.started) : null;
  const said = [run.reason, run.exit_code > 0 && `exit ${run.exit_code}`].filter(Boolean).join(", ");
  return html`
    <tr data-run=${run.run_id}>
      <td class="cell-outcome"><a class="run-link" href=${address("runs", run.run_id)} aria-label=${`${wordOf(outcome)}: ${name}`}><${Outcome} outcome=${outcome} /></a></td>
      <th scope="row" class="cell-job"><a class="job-link" dir="auto" href=${address("jobs", run.job_id)}>${name}</a></th>
      <td class="cell-when"><${At} time=${time} /> <span class="quiet"><${Relative} time=${time} />${run.due_to && `, ${run.count?.toLocaleString("en") ?? "very many"} instants`}</span></td>
      <td class="number cell-took">${length === null ? "" : took(length)}</td>
      <td class="quiet cell-cause">${causeOf(run)}</td>
      <td class="cell-said">${said && html`<span>${said}</span> `}${run.outcome !== "succeeded" && run.error && html`<span class="mono quiet" dir="auto">${run.error}</span>`}</td>
    </tr>
  `;
}

// j and k step through the runs, as through the jobs.
function listenToKeys() {
  const pressed = (event) => {
    const way = { j: 1, k: -1 }[event.key];
    if (!way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const links = [...document.querySelectorAll(".runs .run-link")];
    const row = document.activeElement?.closest?.("[data-run]");
    const place = links.findIndex((link) => row?.contains(link));
    links[Math.min(Math.max(place + way, 0), links.length - 1)]?.focus();
    event.preventDefault();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
