// One job: what it is, why it ran or did not, what comes, and how its runs went.

import { html, useRef, useState } from "../vendor/preact.js";
import { get, ofJob } from "../lib/api.js";
import { took } from "../lib/clock.js";
import { address, go } from "../lib/route.js";
import { lineOf } from "../lib/shell_words.js";
import { ids, jobSignal } from "../lib/store.js";
import { cancelRuns, runJob, switchJob } from "../lib/verbs.js";
import { Definition } from "../parts/definition.js";
import { Doomed } from "../parts/doomed.js";
import { Durations } from "../parts/durations.js";
import { Explanations } from "../parts/explanations.js";
import { Icon } from "../parts/icon.js";
import { Loaded, useAnswer, useEvents } from "../parts/loaded.js";
import { Menu } from "../parts/menu.js";
import { Outcome, State } from "../parts/outcome.js";
import { Pause } from "../parts/pause.js";
import { RunTable } from "../parts/run_table.js";
import { Relative, When } from "../parts/time.js";

const RUNS = 200;
const SHOWN = 25;

export default function JobPage({ id }) {
  const file = useAnswer(() => get(ofJob(id)), [id]);
  const ofThis = (name, members) => name !== "job_removed" && ((members.run?.job_id ?? members.job_id) === id || name === "changed");
  const wasThere = useRef(false); // one that was made just now may not be among them yet, nor is any at first
  wasThere.current ||= ids.value.includes(id);
  const isGone = () => wasThere.current && !ids.value.includes(id);
  useEvents(ofThis, () => isGone() || file.reload(), [id]);
  if (isGone()) return html`<p class="lone" role="status">This job is gone: its file was deleted. <a href=${address("runs", "", { job: id })}>Its runs</a> stay.</p>`;
  return html`<${Loaded} answer=${file}>${(found) => html`<${Body} id=${id} found=${found} ofThis=${ofThis} />`}<//>`;
}

function Body({ id, found, ofThis }) {
  const job = jobSignal(id).value ?? found.status;
  const [isDoomed, doom] = useState(false);
  return html`
    <header class="head">
      <h1 dir="auto">${job.name}</h1>
      <span class="acts">
        <button type="button" class="main" disabled=${job.state === "invalid"} onClick=${() => runJob(id)}><${Icon} name="run" />Run now</button>
        ${job.is_running && html`<button type="button" class="grave" onClick=${() => cancelRuns(id)}><${Icon} name="stop" />End it</button>`}
        <${Pause} job=${job} isNamed />
        <a class="button" href=${address("edit", id)}><${Icon} name="edit" />Edit</a>
        <${Menu}
          label="More"
          items=${[
            { label: job.is_enabled ? "Switch off" : "Switch on", icon: job.is_enabled ? "dash" : "check", act: () => switchJob(id, !job.is_enabled) },
            { label: "Duplicate", icon: "copy", act: () => go("new", "", { from: id }) },
            { label: "Delete …", icon: "trash", isGrave: true, act: () => doom(true) },
          ]}
        />
      </span>
    </header>
    <${Facts} job=${job} definition=${found.definition} />
    <div class="cards">
      <${WhyCard} id=${id} ofThis=${ofThis} />
      ${job.state !== "invalid" && html`<${NextCard} id=${id} ofThis=${ofThis} />`}
    </div>
    <${Past} id=${id} ofThis=${ofThis} />
    <${Definition} id=${id} definition=${found.definition} />
    ${isDoomed && html`<${Doomed} id=${id} close=${() => doom(false)} gone=${() => go("jobs")} />`}
  `;
}

// What is no list of words is shown as it is: the file of a job may say anything.
function command({ argv = [], shell } = {}) {
  const words = [argv].flat().map((word) => (typeof word === "string" ? word : JSON.stringify(word)));
  return shell || !Array.isArray(argv) ? words.join(" ") : lineOf(words);
}

const Facts = ({ job, definition }) => html`
  <section class="card">
    ${definition?.description && html`<p dir="auto">${definition.description}</p>`}
    <dl class="facts">
      <dt>State</dt>
      <dd><${State} state=${job.state} />${job.waiting_for && html` <span class="quiet">for ${job.waiting_for}</span>`}${job.paused_until && html` <span class="quiet">until <${When} time=${job.paused_until} /></span>`}${job.pause_reason && html` <span class="quiet" dir="auto">${job.pause_reason}</span>`}</dd>
      <dt>Schedule</dt>
      <dd>${job.schedule} ${job.expression && html`<code class="quiet">${job.expression}</code>`}</dd>
      <dt>Command</dt>
      <dd><code dir="ltr">${command(definition?.handler ?? undefined)}</code></dd>
      <dt>Last run</dt>
      <dd>${job.last_run ? html`<${Outcome} outcome=${job.is_running ? "running" : job.last_outcome} /> <span class="quiet"><${Relative} time=${job.last_run} />${job.last_duration_ms !== null && `, took ${took(job.last_duration_ms)}`}</span>` : html`<span class="quiet">never</span>`}
        ${job.last_error && html`<br /><span class="mono quiet" dir="auto">${job.last_error}</span>`}</dd>
      <dt>Runs</dt>
      <dd>${job.run_count.toLocaleString("en")}, of which ${job.error_count.toLocaleString("en")} failed</dd>
      ${job.tags.length > 0 && html`<dt>Tags</dt><dd class="tags">${job.tags.map((name) => html`<a key=${name} class="tag" href=${address("jobs", "", { tag: name })}>${name}</a>`)}</dd>`}
    </dl>
  </section>
`;

function WhyCard({ id, ofThis }) {
  const answer = useAnswer(() => get(ofJob(id, "/why")), [id]);
  useEvents(ofThis, answer.reload, [id]);
  return html`
    <section class="card" aria-labelledby="why">
      <header><h2 id="why">Why it ran, or did not</h2></header>
      <${Loaded} answer=${answer}>${({ explanations }) => html`<${Explanations} all=${explanations} />`}<//>
    </section>
  `;
}

function NextCard({ id, ofThis }) {
  const answer = useAnswer(() => get(ofJob(id, "/next"), { n: 5 }), [id]);
  useEvents(ofThis, answer.reload, [id]);
  return html`
    <section class="card" aria-labelledby="next">
      <header><h2 id="next">Next runs</h2></header>
      <${Loaded} answer=${answer}>
        ${({ runs }) => (runs.length === 0 ? html`<p class="quiet">Only when somebody asks for it.</p>` : html`<ol class="rows">${runs.map((time) => html`<li key=${time}><${When} time=${time} /></li>`)}</ol>`)}
      <//>
    </section>
  `;
}

function Past({ id, ofThis }) {
  const answer = useAnswer(() => get("/runs", { job: id, limit: RUNS }), [id]);
  useEvents((name, members) => name.startsWith("run_") && ofThis(name, members), answer.reload, [id]);
  return html`
    <${Loaded} answer=${answer}>
      ${({ runs }) => html`
        <section class="card" aria-labelledby="durations">
          <header><h2 id="durations">How long it took</h2></header>
          <${Durations} runs=${runs.filter((run) => run.outcome).reverse()} />
        </section>
        <section class="card" aria-labelledby="runs">
          <header><h2 id="runs">Runs</h2>${runs.length > SHOWN && html`<a href=${address("runs", "", { job: id })}>All runs</a>`}</header>
          <${RunTable} runs=${runs.slice(0, SHOWN)} />
        </section>
      `}
    <//>
  `;
}
